package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// The process dies before a record was made, and what it was to be made from, which
// can only be listed, gets another number: nobody can tell what became of it. A
// person says that nothing is to be made. The number that was sent was no part of
// what they saw: that there is no doubt any more does not have it made after all.
func TestDropOutlivesDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("7", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(onlyListed{stock, stock, stock}, books)
	store, dead := memory.New(), false
	books.fault = func(string) (bool, bool) { dead = true; return true, true }
	if _, err := newEngine(t, killStore{store, &dead}, nil, p).Run(t.Context(), nil); err == nil {
		t.Fatal("not killed")
	}
	books.fault = nil
	stock.edit("7", "number", instep.String("B"))
	e := newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	answer(t, e, onlyReview(t, e, "in_doubt").ID, "drop")
	for _, name := range []string{"Tee", "Kaakao"} {
		stock.edit("7", "name", instep.String(name))
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, stock.ref("7")); x.State != instep.Unmatched || x.Review != "" || len(books.records) > 0 {
		t.Errorf("it is %s %s; the books hold %v", x.State, x.Message.Code, books.records)
	}
}

// A person says that a second record of a number is not the one that the first is
// linked with, and it cannot be made as long as the system is busy. The first one's
// number is changed; the reply to that is lost, and nobody can look. The number that
// the other record may have by now does not have them asked again.
func TestNeverHoldsInDoubt(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	stock.keyed = ""
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("1", stockRecord("A", "Kahvi", "1")...)
	books.put("b", booksRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, onlyListed{&belated{system: books, clock: c}, books, books})
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	mustRun(t, e, nil)
	stock.put("2", stockRecord("A", "Tee", "1")...)
	mustRun(t, e, nil)
	answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, "never")
	books.block = func(op instep.Op) error {
		if op.Action == instep.Create {
			return &instep.Error{Kind: instep.Busy, Op: "books"}
		}
		return &instep.Error{Kind: instep.Lost, Op: "books"}
	}
	stock.edit("1", "number", instep.String("B"))
	for i := range 4 {
		c.now = c.now.Add(time.Hour)
		mustRun(t, e, sweep())
		if x := explainOne(t, e, stock.ref("2")); x.State != instep.Failed {
			t.Errorf("after %d runs it is %s %s", i+1, x.State, x.Message.Code)
		}
	}
}

// A record was made, which nobody could find out, and it is listed late; what it was
// made from has got another number since. It is known by the number that was sent,
// however often its source was seen meanwhile: nothing is made for it.
func TestListedLongAfterDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("7", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(onlyListed{stock, stock, stock}, books)
	p.Flow = instep.BothWays
	store, dead := memory.New(), false
	books.fault = func(string) (bool, bool) { dead = true; return true, false }
	if _, err := newEngine(t, killStore{store, &dead}, nil, p).Run(t.Context(), nil); err == nil {
		t.Fatal("not killed")
	}
	books.fault = nil
	books.changed["b001"] = 0
	stock.edit("7", "number", instep.String("B"))
	e := newEngine(t, store, nil, p)
	for _, name := range []string{"Tee", "Kaakao"} {
		mustRun(t, e, nil)
		onlyReview(t, e, "in_doubt")
		stock.edit("7", "name", instep.String(name))
	}
	books.edit("b001", "net_price", priced("2"))
	mustRun(t, e, nil)
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Review || len(stock.records) != 1 {
		t.Errorf("it is %s %s, with %q; the stock holds %v", x.State, x.Message.Code, x.Other.ID, stock.records)
	}
}
