package reconcile_test

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
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

// Whoever looks at a plan may stop at any item, also where what an earlier run
// could not make comes among what is new.
func TestItemsUntilStoppedAmongCreates(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for _, id := range []string{"A", "C", "E"} {
		stock.put(id, stockRecord(id, strings.Repeat("Kahvi", 5), "1")...)
	}
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	for _, id := range []string{"A", "B", "C", "D", "E"} {
		stock.put(id, stockRecord(id, "Kahvi", "1")...)
	}
	plan, err := e.Plan(t.Context(), nil)
	if err != nil || plan.Counts().Of(instep.Created) != 5 {
		t.Fatalf("%v\n%s", err, describePlan(plan))
	}
	stopAtEach(t, plan)
}
