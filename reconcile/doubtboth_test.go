package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// deaf is a system that answers no question by id once both have lost a reply.
type deaf struct {
	*system
	lost *[2]bool
}

func (d deaf) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if d.lost[0] && d.lost[1] {
		return nil, &instep.Error{Kind: instep.Unavailable, Op: "get from " + d.name}
	}
	return d.system.Get(ctx, refs)
}

// Both sides were written to, and no reply came from either. The next run finds
// out about both, whichever was sent first.
func TestDoubtOnBothSides(t *testing.T) {
	t.Parallel()
	stock, books, _, store := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("vasen"))
	stock.edit("Z", "name", instep.String("toinen"))
	books.edit("b001", "net_price", instep.Number(instep.MustDecimal("7")))
	lost := [2]bool{}
	stock.fault = func(string) (bool, bool) { lost[0] = true; return true, false }
	books.fault = func(string) (bool, bool) { lost[1] = true; return true, false }
	p := both(pairOf(deaf{stock, &lost}, deaf{books, &lost}))
	e := newEngine(t, store, nil, p)
	if _, err := e.Run(t.Context(), nil); !errors.Is(err, instep.Unavailable) || !lost[0] || !lost[1] {
		t.Fatalf("replies were lost %v, and the run says %v", lost, err)
	}
	stock.fault, books.fault, lost = nil, nil, [2]bool{}
	mustRun(t, e, nil)
	for work, err := range store.Open(t.Context(), "products") {
		if err != nil || work.Unit != nil {
			t.Errorf("still in doubt: %+v, %v", work.Unit, err)
		}
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// Nobody links by hand what may have been made already.
func TestLinkWhileInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	lost := [2]bool{true, false}
	books.fault = func(string) (bool, bool) { lost[1] = true; return true, false }
	e := newEngine(t, memory.New(), nil, pairOf(deaf{stock, &lost}, deaf{books, &lost}))
	if _, err := e.Run(t.Context(), nil); !errors.Is(err, instep.Unavailable) || !lost[1] {
		t.Fatalf("a reply was lost %t, and the run says %v", lost[1], err)
	}
	books.put("b900", booksRecord("B", "Kahvi", "1")...)
	books.fault, lost = nil, [2]bool{}
	link := func() error {
		return e.Link(t.Context(), "products", stock.ref("A"), books.ref("b900"), "Liisa")
	}
	if err := link(); instep.KindOf(err) != instep.Conflict {
		t.Errorf("it was linked: %v", err)
	}
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "b001" {
		t.Errorf("it is linked with %q", x.Other.ID)
	}
}

// A vendor says that it has made a record, and does not say which: it is looked
// for, and not made again.
func TestReplyWithoutID(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	mute := &wrapped{system: books}
	mute.write = func(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results, err := books.Write(ctx, ops)
		for i := range results {
			results[i].Ref, results[i].After = instep.Ref{}, nil
		}
		return results, err
	}
	e := newEngine(t, memory.New(), nil, pairOf(stock, mute))
	sum := mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || x.Other.ID != "b001" || len(books.records) != 1 || sum.Pairs[0].Counts.Of(instep.Created) != 1 {
		t.Errorf("it is %s with %q; the books hold %v; %+v", x.State, x.Other.ID, books.records, sum.Pairs[0].Counts)
	}
}
