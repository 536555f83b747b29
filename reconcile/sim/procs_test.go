package sim_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/instep-go/instep/reconcile/sim"
)

// TestProcs wants a seed to be the same history, byte for byte, on however many
// processors it is played (I18). It runs beside no other test.
func TestProcs(t *testing.T) {
	was := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(was)
	n := uint64(40)
	if testing.Short() {
		n = 10
	}
	for seed := *first; seed < *first+n; seed++ {
		runtime.GOMAXPROCS(1)
		want := sim.Run(seed, sim.Newest).Trace
		for _, procs := range []int{2, 7} {
			runtime.GOMAXPROCS(procs)
			if !bytes.Equal(sim.Run(seed, sim.Newest).Trace, want) {
				t.Errorf("seed %d is another history on %d processors", seed, procs)
			}
		}
	}
}
