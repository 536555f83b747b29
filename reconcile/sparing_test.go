package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// asked is a system that counts for how many records it was asked by id, and
// fails if it is told to.
type asked struct {
	*system
	refs int
	fail bool
}

func (a *asked) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if a.refs += len(refs); a.fail {
		return nil, &instep.Error{Kind: instep.Unavailable, Op: "get", Err: errors.New("down")}
	}
	return a.system.Get(ctx, refs)
}

// A register of which most is missing is not asked about record by record.
func TestEmptiedIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	putSome(stock, 60)
	left := &asked{system: stock}
	e := newEngine(t, memory.New(), nil, pairOf(left, books))
	mustRun(t, e, nil)
	for id := range stock.records {
		if len(stock.records) > 2 {
			stock.remove(id)
		}
	}
	left.refs = 0
	if _, err := e.Run(t.Context(), sweep()); instep.KindOf(err) != instep.Guarded {
		t.Errorf("the run says %v", err)
	}
	if left.refs > 0 {
		t.Errorf("it was asked for %d records", left.refs)
	}
}

// Nothing is deleted where the other system cannot be asked once more whether
// the record is really gone.
func TestNoDeletionUnconfirmed(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	putSome(stock, 3)
	left := &asked{system: stock}
	p := pairOf(left, books)
	p.Deletes[instep.Right] = reconcile.DeleteDeleted
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	for id := range stock.records {
		stock.remove(id)
		break
	}
	books.takeWrites()
	plan, err := e.Plan(t.Context(), sweep())
	if err != nil {
		t.Fatal(err)
	}
	left.fail = true
	if _, err := e.Apply(t.Context(), plan); instep.KindOf(err) != instep.Unavailable {
		t.Errorf("Apply says %v", err)
	}
	if w := books.takeWrites(); len(w) > 0 {
		t.Errorf("written: %v", w)
	}
	left.fail = false
	mustRun(t, e, sweep())
	if w := books.takeWrites(); len(w) != 1 {
		t.Errorf("written once it can be asked: %v", w)
	}
}

// What is written down of a record whose counterpart is gone is looked at again
// after a while, and not in every run.
func TestGoneIsNotAskedForEachTime(t *testing.T) {
	t.Parallel()
	stock, right := twoSystems()
	books := &asked{system: right}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Tee", "1")...)
	p := pairOf(stock, books)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.remove("A")
	mustRun(t, e, sweep())
	if x := explainOne(t, e, right.ref("b001")); x.State != instep.Gone {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	books.refs = 0
	for range 3 {
		mustRun(t, e, nil)
	}
	if books.refs > 0 {
		t.Errorf("%d were read by id", books.refs)
	}
}
