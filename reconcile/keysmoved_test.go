package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// askedOnce has a person say of a record that it is another than the one of a
// linked pair that has got its key. Nobody asks again, also as it is edited.
func askedOnce(t *testing.T, e *reconcile.Engine, s *system, id, price string) {
	t.Helper()
	answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, "never")
	for _, x := range []string{"5", "6"} {
		mustRun(t, e, sweep())
		s.edit(id, price, instep.Number(instep.MustDecimal(x)))
	}
	mustRun(t, e, nil)
	if open := reviews(t, e, "linked_elsewhere"); len(open) > 0 {
		t.Errorf("asked again: %+v", open)
	}
}

// A pair is written on both sides, on one of them its key.
func TestAskedOnceBothWritten(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	books.put("b001", booksRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Flow = instep.ToLeft // nothing is made of the other one
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.edit("s1", "number", instep.String("B"))
	books.edit("b001", "net_price", instep.Number(instep.MustDecimal("3")))
	stock.put("s2", stockRecord("B", "Tee", "2")...)
	mustRun(t, e, nil)
	askedOnce(t, e, stock, "s2", "price")
}

// A pair waits for something, and goes on waiting for the same when its key
// changes.
func TestAskedOnceWaiting(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	stock.edit("s1", "name", instep.String("longer than twenty letters"))
	mustRun(t, e, nil)
	stock.edit("s1", "number", instep.String("B"))
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("s1")); x.State != instep.Unfit {
		t.Fatalf("it is %s", x.State)
	}
	stock.put("s2", stockRecord("B", "Tee", "2")...)
	mustRun(t, e, nil)
	askedOnce(t, e, stock, "s2", "price")
}

// A record is set out of use as its key has changed.
func TestAskedOnceBarred(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Hidden[instep.Right] = reconcile.DeactivateHidden
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.hide("A", true)
	books.edit("b001", "code", instep.String("B"))
	books.put("x", booksRecord("B", "Tee", "2")...)
	mustRun(t, e, sweep())
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Deactivated {
		t.Fatalf("it is %s", x.State)
	}
	askedOnce(t, e, books, "x", "net_price")
}

// A record that was deleted is back, and is withdrawn before its counterpart is
// made anew, as the process has died. Nobody makes another one under its key.
func TestBackThenHidden(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, &looked{system: books}))
	p.Left = &looked{system: stock}
	p.Flow, p.Deletes = instep.BothWays, [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	p.Guards.Deletes = -1
	store := memory.New()
	e := newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	stock.remove("s1")
	mustRun(t, e, sweep())
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), sweep()); err == nil || len(books.records) != 0 {
		t.Fatalf("run: %v; the books hold %v", err, books.records)
	}
	stock.hide("s1", true)
	books.put("x", booksRecord("A", "Kahvi", "1")...)
	e = newEngine(t, store, nil, p)
	mustRun(t, e, sweep())
	onlyReview(t, e, "hidden_match")
	if len(stock.records) != 1 {
		t.Errorf("the stock holds %v", stock.records)
	}
}

// The number that is an id is written on one side, and something else on the
// other: the link goes on with the new number.
func TestRenumberedBothWritten(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.put("b1", booksRecord("A", "Kahvi", "1")...)
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Left, p.Right = p.Right, p.Left
	for i := range p.Mapping.Rules {
		r := &p.Mapping.Rules[i]
		r.Left, r.Right = r.Right, r.Left
	}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.edit("b1", "code", instep.String("B"))
	stock.edit("A", "price", instep.Number(instep.MustDecimal("3")))
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("B")); x.State != instep.InStep {
		t.Errorf("it is %s %s", x.State, x.Message.Code)
	}
}

// Two linked records get the same number at once. Their counterparts do not: one
// does, the other waits for a person, whether they are written in one call or in
// several, a call at a time or several at once.
func TestOneKeyGivenOnce(t *testing.T) {
	t.Parallel()
	for _, batch := range []int{1, 5} {
		for _, serial := range []bool{false, true} {
			stock, books := twoSystems()
			stock.keyed = ""
			books.traits = func(t *instep.Traits) { t.MaxBatch, t.MaxInFlight = batch, 4 }
			for _, id := range []string{"s1", "s2"} {
				stock.put(id, stockRecord(id, "Kahvi", "1")...)
			}
			e := newEngine(t, memory.New(), &reconcile.Options{Serial: serial}, pairOf(stock, books))
			mustRun(t, e, nil)
			for _, id := range []string{"s1", "s2"} {
				stock.edit(id, "number", instep.String("N"))
			}
			mustRun(t, e, nil)
			onlyReview(t, e, "key_held")
			given := 0
			for _, fields := range books.records {
				if fields.Get("code") == instep.String("N") {
					given++
				}
			}
			if given != 1 {
				t.Errorf("calls of %d, in a row %t: the number is given %d times: %v", batch, serial, given, books.records)
			}
		}
	}
}
