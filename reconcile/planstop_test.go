package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// Whoever looks at a plan may stop after any of its items, and sees those that
// come first.
func TestItemsUntilStopped(t *testing.T) {
	t.Parallel()
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, store, pairs := scene(t)
			plan, err := newEngine(t, store, nil, pairs...).Plan(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			stopAtEach(t, plan)
		})
	}
}

func stopAtEach(t *testing.T, plan *reconcile.Plan) {
	t.Helper()
	var all []instep.Ref
	for item := range plan.Items() {
		all = append(all, item.Left)
	}
	if len(all) < 3 {
		t.Fatalf("the plan has %d items", len(all))
	}
	for n := range all {
		seen := 0
		for item := range plan.Items() {
			if item.Left != all[seen] {
				t.Fatalf("item %d is about %v, want %v", seen, item.Left, all[seen])
			}
			if seen++; seen > n {
				break
			}
		}
		if seen != n+1 {
			t.Errorf("stopped after %d items, and %d came", n+1, seen)
		}
	}
}
