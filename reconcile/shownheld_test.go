package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// What was written could not be read back. A list shows what somebody has made
// of it since, but what follows from that is held back, and then the field holds
// what stood there before the write: that is an edit, and not a write that was
// not taken.
func TestShownThoughHeldBack(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.traits = func(t *instep.Traits) { t.Exact = true }
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Espresso"))
	mustRun(t, e, nil)
	books.edit("b001", "title", instep.String("Mokka"))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	stock.edit("A", "name", instep.String("Latte"))
	books.edit("b001", "title", instep.String("Kahvi"))
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	onlyReview(t, e, "conflict")
}
