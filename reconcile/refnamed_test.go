package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// An order refers to a product that is nobody's counterpart when it meets its own,
// and is by the time that the other order is deleted. Nobody has edited the order:
// it is deleted as well, and no person is asked, nor is the other one made anew.
func TestReferenceGotCounterpart(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]reconcile.EditedGonePolicy{"asked about": reconcile.ReviewEdited, "made anew": reconcile.RecreateEdited} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			left, right, p := orders()
			p.Mapping.Rules[len(p.Mapping.Rules)-1].Owner = instep.BothOwn
			p.Flow, p.Deletes[instep.Right] = instep.BothWays, reconcile.DeleteDeleted
			p.EditedGone, p.Guards.Deletes = then, -1
			e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
			books.put("77", booksRecord("A", "Kahvi", "1")...)
			left.put("O1", stockRecord("O1", "Tilaus", "1")...)
			right.put("7", append(booksRecord("O1", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("77")})...)
			mustRun(t, e, nil)
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			mustRun(t, e, nil)
			left.remove("O1")
			mustRun(t, e, sweep())
			if len(left.records)+len(right.records) > 0 {
				t.Errorf("left holds %v, right holds %v", left.records, right.records)
			}
			if open, err := e.Reviews(t.Context()); err != nil || len(open) > 0 {
				t.Errorf("%v; a person is asked %+v", err, open)
			}
		})
	}
}
