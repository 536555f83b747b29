package reconcile_test

import (
	"testing"

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
