package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// askedOnce has a person say of a record that it is another than the one of a
// linked pair that has got its key. Nobody asks again, also as it is edited.
func askedOnce(t *testing.T, e *reconcile.Engine, stock *system) {
	t.Helper()
	answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, "never")
	for _, price := range []string{"5", "6"} {
		mustRun(t, e, sweep())
		stock.edit("s2", "price", instep.Number(instep.MustDecimal(price)))
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
	askedOnce(t, e, stock)
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
	askedOnce(t, e, stock)
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
