package sim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep/reconcile/sim"
)

// TestPermuted wants the same plan in whatever order the records arrive.
func TestPermuted(t *testing.T) {
	t.Parallel()
	items, n := 0, uint64(300)
	if testing.Short() {
		n = 60
	}
	for seed := *first; seed < *first+n; seed++ {
		want := sim.Permuted(seed, 3) // the order in which they were made
		items += len(want)
		for order := uint64(4); order < 9; order++ {
			if diff := cmp.Diff(want, sim.Permuted(seed, order)); diff != "" {
				t.Errorf("seed %d, order %d: another plan (-as made, +permuted)\n%s", seed, order, diff)
				break
			}
		}
	}
	if items < int(n) {
		t.Errorf("only %d items in the plans: they prove little", items)
	}
}

// TestPermutedRuns wants the same writes and links after some runs, in whatever
// order the records arrive in each.
func TestPermutedRuns(t *testing.T) {
	t.Parallel()
	lines, n := 0, uint64(200)
	if testing.Short() {
		n = 20
	}
	for seed := *first; seed < *first+n; seed++ {
		want := sim.PermutedRuns(seed, 3)
		lines += len(want)
		for order := uint64(4); order < 8; order++ {
			if diff := cmp.Diff(want, sim.PermutedRuns(seed, order)); diff != "" {
				t.Errorf("seed %d, order %d: another end (-as made, +permuted)\n%s", seed, order, diff)
				break
			}
		}
	}
	if lines < 5*int(n) {
		t.Errorf("only %d writes and links: they prove little", lines)
	}
}
