package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A first load is to make a record that later runs would not make, and cannot. It
// is made as soon as it can be.
func TestFirstLoadIsMadeGood(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.put("b", booksRecord("ONLY", "Vain kirjoissa", "3")...)
	p := pairOf(stock, books)
	p.First = instep.Right
	stock.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable, Op: "stock"} }
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	if len(stock.records) != 0 {
		t.Fatalf("the stock holds %v", stock.records)
	}
	stock.block = nil
	mustRun(t, e, sweep())
	if x := explainOne(t, e, books.ref("b")); x.State != instep.InStep || x.Other.ID != "ONLY" {
		t.Errorf("it is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
}

// The immutable id of a record is shown for the first time while its counterpart
// is hidden, and nothing is done about the two. It is known from then on: the
// record is followed to another number, and has none made beside its counterpart.
func TestIdentityShownWhileHidden(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	books.hide("b001", true)
	mustRun(t, e, sweep())
	stock.uid = map[string]string{"A": "uid A"}
	stock.hide("A", false)
	mustRun(t, e, sweep())
	stock.rename("A", "B")
	mustRun(t, e, sweep())
	books.hide("b001", false)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if x := explainOne(t, e, stock.ref("B")); x.State != instep.InStep || x.Other.ID != "b001" || len(books.records) != 1 {
		t.Errorf("it is %s %s, with %q; the books hold %v", x.State, x.Message.Code, x.Other.ID, books.records)
	}
}

// A record is set out of use, and no reply comes. That it is out of use is our
// doing, as if the reply had come: it is no edit that its deleted counterpart is
// made anew for.
func TestBarredInDoubtIsNoEdit(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
		p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeactivateDeleted, reconcile.DeactivateDeleted}
		p.EditedGone, p.Guards.Deletes = reconcile.RecreateEdited, -1
		p.Right = inactive{p.Right.(*system)}
	})
	stock.remove("A")
	n := 0
	books.fault = func(string) (lost, before bool) { n++; return n == 1, false }
	for range 3 {
		mustRun(t, e, sweep())
	}
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Deactivated || len(stock.records) != 1 {
		t.Errorf("it is %s %s; the stock holds %v", x.State, x.Message.Code, stock.records)
	}
	if w := books.takeWrites(); len(w) != 1 {
		t.Errorf("written to the books: %v", w)
	}
}

// The like, and somebody edits the record around that time. The edit counts: its
// deleted counterpart is made anew for it.
func TestEditAroundBarredInDoubt(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
		p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeactivateDeleted, reconcile.DeactivateDeleted}
		p.EditedGone, p.Guards.Deletes = reconcile.RecreateEdited, -1
		p.Right = inactive{p.Right.(*system)}
	})
	stock.remove("A")
	books.fault = func(string) (lost, before bool) {
		books.fault = nil
		books.edit("b001", "title", instep.String("Kahvia"))
		return true, false
	}
	for range 3 {
		mustRun(t, e, sweep())
	}
	if got := stock.records["A"].Get("name"); got != instep.String("Kahvia") {
		t.Errorf("the name in the stock is %v", got)
	}
}

// A vendor gives a new record a number of its own. The number it was to have is
// free from then on: another record gets it.
func TestNumberThatWasNotTaken(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	books.after = func(id string) {
		if id == "b001" {
			books.records[id] = books.records[id].With("code", instep.String("OWN"))
		}
	}
	p := pairOf(stock, books)
	p.Mapping.Rules[0].CreateOnly = true
	e := newEngine(t, memory.New(), nil, p)
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	mustRun(t, e, nil)
	stock.edit("s1", "number", instep.String("Z"))
	mustRun(t, e, nil)
	stock.put("s2", stockRecord("A", "Tee", "1")...)
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("s2")); x.State != instep.InStep || x.Other.ID != "b002" {
		t.Errorf("it is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
}

// A vendor says each time that a record has changed meanwhile. It is tried ten more
// times in a run, and then left to the next one.
func TestChangedAgainAndAgain(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("O1", ordered("O1", "A")...)
	e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
	mustRun(t, e, nil)
	left.edit("O1", "name", instep.String("Uusi"))
	sent := 0
	right.block = func(instep.Op) error { sent++; return &instep.Error{Kind: instep.Conflict} }
	mustRun(t, e, nil)
	if sent != 11 {
		t.Errorf("sent %d times", sent)
	}
}
