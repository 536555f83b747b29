package sim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep/reconcile/sim"
)

// TestMirrored wants the same plans and writes whichever system is the left
// one (I19).
func TestMirrored(t *testing.T) {
	t.Parallel()
	lines, n := 0, uint64(400)
	if testing.Short() {
		n = 60
	}
	for seed := *first; seed < *first+n; seed++ {
		want := sim.Mirrored(seed, false)
		lines += len(want)
		if diff := cmp.Diff(want, sim.Mirrored(seed, true)); diff != "" {
			t.Errorf("seed %d: another plan with the sides turned (-as it is, +turned)\n%s", seed, diff)
		}
	}
	if lines < 10*int(n) {
		t.Errorf("only %d items and writes: they prove little", lines)
	}
}
