package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestPlanIsAppliedOnce applies a plan a second time: it would make all its
// records once more.
func TestPlanIsAppliedOnce(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) == 0 {
		t.Fatal("the plan writes nothing")
	}
	if _, err := e.Apply(t.Context(), plan); instep.KindOf(err) != instep.Config {
		t.Errorf("applied once more, it says %v", err)
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("applied once more, it writes %v", w)
	}
	checkInStep(t, e, stock, books)
}
