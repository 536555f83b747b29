package reconcile_test

import (
	"slices"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// The reply to an update is lost, and its record is hidden before anybody has
// looked what became of it. When it shows again it holds what we wrote: that is
// nobody's edit, and brings nothing back that was deleted meanwhile.
func TestUpdateInDoubtHides(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Flow = instep.BothWays
	p.Deletes, p.EditedGone = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}, reconcile.RecreateEdited
	p.Guards.Deletes = -1
	store := memory.New()
	e := newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Tee"))
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), nil); err == nil || !slices.Contains(books.takeWrites(), "update b001 title") {
		t.Fatalf("the process has not died after the write: %v", err)
	}
	books.hide("b001", true)
	stock.remove("A")
	for range 2 {
		mustRun(t, e, sweep())
	}
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Unknown {
		t.Errorf("while it is hidden, what became of the write is %s %s", x.State, x.Message.Code)
	}
	books.hide("b001", false)
	mustRun(t, e, sweep())
	if len(stock.records) != 0 || len(books.records) != 0 {
		t.Errorf("the stock holds %v, the books hold %v", stock.records, books.records)
	}
}

// The other record is edited while the one that was written to is hidden. That
// edit goes over once it shows, though the list that told of it was read long ago.
func TestEditWhileUpdateInDoubtHides(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	store := memory.New()
	mustRun(t, newEngine(t, store, nil, p), nil)
	stock.edit("A", "name", instep.String("Tee"))
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), nil); err == nil {
		t.Fatal("the process has not died")
	}
	books.hide("b001", true)
	e := newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Kaakao"))
	mustRun(t, e, nil)
	books.hide("b001", false)
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("title"); got != instep.String("Kaakao") {
		t.Errorf("the title is %v", got)
	}
}

// Meanwhile the other record is emptied, as a policy says. When the hidden one
// shows again, what it holds goes back there: that the other is empty is no edit.
func TestUpdateInDoubtHidesAndErases(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Flow, p.Hidden[instep.Left], p.Erase = instep.BothWays, reconcile.EraseHidden, []string{"price"}
	store := memory.New()
	mustRun(t, newEngine(t, store, nil, p), nil)
	stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), nil); err == nil {
		t.Fatal("the process has not died")
	}
	books.hide("b001", true)
	e := newEngine(t, store, nil, p)
	mustRun(t, e, sweep())
	if got := stock.records["A"].Get("price"); !got.IsBlank() {
		t.Fatalf("the price in the stock is %v", got)
	}
	books.hide("b001", false)
	mustRun(t, e, sweep())
	for where, got := range map[string]instep.Value{"stock": stock.records["A"].Get("price"), "books": books.records["b001"].Get("net_price")} {
		if got != instep.Number(instep.MustDecimal("2")) {
			t.Errorf("the price in the %s is %v", where, got)
		}
	}
}

// A create is in doubt whose own record is away, and the record's id goes to
// another. The log says that nobody finds out any more what became of it.
func TestIDLeftWhileInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.HidesMissing = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Flow = instep.BothWays
	store := memory.New()
	if _, err := newEngine(t, &failing{store, 2, func() {}}, nil, p).Run(t.Context(), nil); err == nil || len(books.records) != 1 {
		t.Fatalf("the process has not died after the write: %v", err)
	}
	stock.remove("A")
	e := newEngine(t, store, nil, p)
	mustRun(t, e, sweep())
	answer(t, e, onlyReview(t, e, "hidden_match").ID, "never")
	mustRun(t, e, sweep())
	oneEach(t, stock, books)
	rows, err := store.History(t.Context(), p.Name, 1, 10)
	if err != nil || !slices.ContainsFunc(rows, func(a instep.Activity) bool { return a.Message.Code == "id_left" && len(a.Fields) > 0 }) {
		t.Errorf("the log says %v, %v", rows, err)
	}
}
