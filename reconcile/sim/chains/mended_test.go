package chains_test

import "testing"

// mended are histories beyond those that are played for each change: each broke a
// promise once, until engine or oracle was mended.
var mended = []uint64{
	1311, 1908, 2091, 2136, 2295, 2381, 2633, 3772, 4588, 5240, 5377, 6172, 7875, 7962, 8696, 9328, 14594, 21620, 24085, 25220,
	25705, 25914, 27434, 27539, 28966, 29726, 30364, 32030, 32577, 34107, 36575, 36781, 37795, 40961, 45484, 47966,
}

func TestMended(t *testing.T) {
	t.Parallel()
	for _, seed := range mended {
		one(t, seed, false)
	}
}
