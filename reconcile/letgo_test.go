package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// letGo has a record be left for the one that has taken its counterpart's place,
// and the process die before the two have met.
func letGo(t *testing.T, then func(stock, books *system)) (stock, books *system, e *reconcile.Engine) {
	t.Helper()
	stock, books = twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Guards.Deletes, p.Flow = -1, instep.BothWays
	store := memory.New()
	e = newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	stock.remove("s1")
	stock.put("s2", stockRecord("A", "Kahvi", "1")...)
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), sweep()); err == nil {
		t.Fatal("the run has not died")
	}
	then(stock, books)
	mustRun(t, e, sweep())
	return stock, books, e
}

// It has another number by then, so that it does not belong with the successor: a
// person says whether it is to have another, and is not asked again.
func TestLetGoAndRenumbered(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]int{"new": 2, "drop": 1} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books, e := letGo(t, func(_, books *system) { books.edit("b001", "code", instep.String("Z")) })
			if len(stock.records) != 1 || len(books.records) != 2 {
				t.Fatalf("before anybody was asked the stock holds %v, the books %v", stock.records, books.records)
			}
			answer(t, e, onlyReview(t, e, "let_go").ID, verb)
			for range 2 {
				mustRun(t, e, sweep())
			}
			if open := reviews(t, e, "let_go"); len(open) != 0 || len(stock.records) != want || len(books.records) != 2 {
				t.Errorf("%d reviews; the stock holds %v, the books %v", len(open), stock.records, books.records)
			}
		})
	}
}

// Where the successor goes as well, what stays alone says that its counterpart was
// deleted, and not that a person wanted it.
func TestLetGoAndLeft(t *testing.T) {
	t.Parallel()
	_, books, e := letGo(t, func(stock, _ *system) { stock.remove("s2") })
	books.edit("b001", "title", instep.String("Tee"))
	plan, err := e.Plan(t.Context(), sweep())
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for it := range plan.Items() {
		told = told || it.Right.ID == "b001" && it.Reason.Code == "left_alone"
	}
	if !told {
		t.Error("nothing says that its counterpart was deleted")
	}
}

// A field that is left different, as only the other side owns it, is still told
// of after the pair was deleted and brought back.
func TestDriftOutlivesDeletion(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Deletes, p.Guards.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}, -1
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.edit("b001", "title", instep.String("Tee"))
	mustRun(t, e, nil)
	was := books.records["b001"]
	stock.remove("A")
	mustRun(t, e, sweep())
	if len(books.records) != 0 {
		t.Fatalf("the books hold %v", books.records)
	}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.mu.Lock()
	books.clock++
	books.records["b001"], books.changed["b001"] = was, books.clock
	books.mu.Unlock()
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("A")); len(x.Drifted) != 1 || x.Drifted[0] != "name" {
		t.Errorf("%s; what differs is told as %v", x.State, x.Drifted)
	}
}
