package reconcile

import "hash/maphash"

// sieve is a set of ids that is small because it is not exact: of an id that was
// put in it knows so, and of one in some two thousand others it thinks so. That
// holds for as many ids as it was made for, at three bytes each; of more it
// thinks so more often.
type sieve []uint64

func newSieve(ids int) sieve { return make(sieve, max(1, ids*24/64)) }

// put puts an id in, and reports whether it may have been in before.
func (s sieve) put(id string) (before bool) {
	const bits = 6 // for each id
	hash := maphash.String(idSeed, id)
	at, step := hash, hash>>32|1
	before = true
	for range bits {
		word, bit := &s[at/64%uint64(len(s))], uint64(1)<<(at%64)
		before = before && *word&bit != 0
		*word |= bit
		at += step
	}
	return before
}
