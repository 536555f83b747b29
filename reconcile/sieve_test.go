package reconcile

import (
	"fmt"
	"testing"
)

// TestSieve puts ids in twice, and counts how often others are taken for them.
func TestSieve(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 100, 50_000} {
		s := newSieve(n)
		wrong := 0
		for i := range n {
			if s.put(fmt.Sprint("D-", i)) {
				wrong++
			}
		}
		for i := range n {
			if !s.put(fmt.Sprint("D-", i)) {
				t.Fatalf("of %d, %d is not known any more", n, i)
			}
		}
		if wrong > 1+n/500 { // ids are hashed with another seed each time
			t.Errorf("%d of %d new ids seem to be known", wrong, n)
		}
	}
}
