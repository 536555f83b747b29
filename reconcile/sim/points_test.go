package sim_test

import (
	"testing"

	"github.com/instep-go/instep/reconcile/sim"
)

// TestPoints has the process die at every point of some histories, one after
// the other: none is left to chance.
func TestPoints(t *testing.T) {
	t.Parallel()
	n := uint64(30)
	if testing.Short() {
		n = 2
	}
	played := 0
	for seed := *first; seed < *first+n; seed++ {
		points, violation := sim.Points(seed, 0)
		if violation != "" {
			t.Errorf("seed %d: %s", seed, violation)
		}
		for at := 1; at <= points; at++ {
			if _, violation := sim.Points(seed, at); violation != "" {
				t.Errorf("seed %d, killed at point %d of %d: %s", seed, at, points, violation)
			}
			played++
		}
	}
	t.Logf("killed at all of %d points, before and after each commit and each write of %d histories", played, n)
	if played < 30*int(n) {
		t.Errorf("there were only %d points: they prove little", played)
	}
}
