package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A side that does not own a field was edited, and the owner's value is to be
// written back. The owner is edited between the plan and the write, and turned
// back after it: both of these are edits, and go over.
func TestRevertedToNewerValue(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Drift = reconcile.RevertDrift
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.edit("b001", "title", instep.String("Coffee"))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	stock.edit("A", "name", instep.String("Espresso"))
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	wantBoth(t, stock, books, "Espresso")
	stock.edit("A", "name", instep.String("Kahvi"))
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "Kahvi")
}
