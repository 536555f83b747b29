package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Whoever looks at a plan may stop after any of its items, and sees those that
// come first.
func TestItemsUntilStopped(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	plan, err := newEngine(t, memory.New(), nil, pairOf(stock, books)).Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []instep.Ref
	for item := range plan.Items() {
		all = append(all, item.Left)
	}
	if len(all) < 10 {
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
