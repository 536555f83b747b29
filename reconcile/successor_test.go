package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record takes the place of one that was deleted. Later their counterpart is
// deleted, and then brought back: what was deleted for it is made anew, and not
// left out for what was decided as the first one went.
func TestBackAfterSuccessor(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	p.Guards.Deletes, p.Flow = -1, instep.BothWays
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.remove("A")
	stock.put("A2", stockRecord("A", "Kahvi", "1")...)
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("A2")); x.State.String() != "in step" {
		t.Fatalf("the successor is %s %+v", x.State, x.Message)
	}
	books.remove("b001")
	mustRun(t, e, sweep())
	if len(stock.records) != 0 {
		t.Fatalf("the stock holds %v", stock.records)
	}
	books.put("b001", booksRecord("A", "Kahvi", "1")...)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if len(stock.records) != 1 || len(books.records) != 1 {
		t.Errorf("stock holds %v, books hold %v", stock.records, books.records)
	}
}
