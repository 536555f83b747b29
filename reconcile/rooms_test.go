package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestBatchesOfBothSides writes to both sides in one run, where one takes more
// records in a call than the other.
func TestBatchesOfBothSides(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.MaxBatch = 2 }
	stock.traits = func(t *instep.Traits) { t.MaxBatch = 5 }
	p := pairOf(stock, books)
	p.Flow = instep.BothWays
	for i := range 7 {
		code := fmt.Sprintf("A-%d", i)
		stock.put(code, stockRecord(code, "Kahvi", "1")...)
		books.put(fmt.Sprint("x", i), booksRecord(fmt.Sprintf("B-%d", i), "Tee", "2")...)
	}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	if len(stock.records) != 14 || len(books.records) != 14 {
		t.Errorf("%d and %d records, not 14 on each side", len(stock.records), len(books.records))
	}
}
