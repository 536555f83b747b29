package sim_test

import (
	"cmp"
	"slices"
	"sync"
	"testing"

	"github.com/instep-go/instep/reconcile/sim"
)

// TestModel compares the engine with the reference in every small history.
func TestModel(t *testing.T) {
	t.Parallel()
	deep := *depth
	if testing.Short() {
		deep = min(deep, 1)
	}
	all := make([]sim.Explored, sim.Starts())
	var wg sync.WaitGroup
	for g := range 2 {
		wg.Go(func() {
			for n := g; n < len(all); n += 2 {
				all[n] = sim.Explore(t.Context(), n, deep)
			}
		})
	}
	wg.Wait()
	var wrong []sim.Disagreement
	states, runs := 0, 0
	for _, x := range all {
		states, runs = states+x.States, runs+x.Runs
		wrong = append(wrong, x.Disagreements...)
	}
	slices.SortStableFunc(wrong, func(a, b sim.Disagreement) int {
		return cmp.Or(cmp.Compare(a.Depth, b.Depth), cmp.Compare(len(a.Steps), len(b.Steps)))
	})
	shown := map[string]bool{}
	for _, d := range wrong {
		if shown[d.Steps] || len(shown) >= 40 || *only != "" && d.Steps != *only {
			continue
		}
		shown[d.Steps] = true
		t.Errorf("%s\n%s\n%s", d.Start, d.Steps, d.Detail)
		if *trace {
			t.Logf("%s", d.Trace)
		}
	}
	t.Logf("%d states, %d runs, %d disagreements", states, runs, len(wrong))
}
