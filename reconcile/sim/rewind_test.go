package sim_test

import (
	"testing"

	"github.com/instep-go/instep/reconcile/sim"
)

// TestPutBack wants nothing to be written where an older copy of the state is
// put back and both systems are in step (I4, I6).
func TestPutBack(t *testing.T) {
	t.Parallel()
	n := uint64(600)
	if testing.Short() {
		n = 40
	}
	copies, worlds := 0, 0
	for seed := *first; seed < *first+n; seed++ {
		tried, violation := sim.PutBack(seed)
		if violation != "" {
			t.Errorf("seed %d: %s", seed, violation)
		}
		if copies += tried; tried > 0 {
			worlds++
		}
	}
	t.Logf("%d copies put back in %d worlds", copies, worlds)
	if copies < int(n)/4 {
		t.Errorf("only %d copies were put back: they prove little", copies)
	}
}
