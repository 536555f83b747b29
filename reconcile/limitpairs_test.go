package reconcile_test

import (
	"context"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A run may write so much and no more, in all pairs together: of what the first
// one leaves nothing, the second one makes nothing.
func TestLimitOverPairs(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, orders := ordersWithout()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("O1", stockRecord("O1", "Tilaus", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books), orders)
	for n := 1; n <= 2; n++ {
		mustRun(t, e, &reconcile.Select{Limit: 1})
		if made := len(books.records) + len(right.records); made != n {
			t.Errorf("after %d runs of one write each %d records are made", n, made)
		}
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
	for range 3 {
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || x.Other.ID != "b001" || len(books.records) != 1 {
		t.Errorf("it is %s with %q; the books hold %v", x.State, x.Other.ID, books.records)
	}
}
