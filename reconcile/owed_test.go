package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// A record is deleted although its counterpart was edited, and a person says that
// the deletion stands: what the two are called, they have not in common from then
// on. The record comes back, and before its name can go over to the counterpart,
// that one is deleted. Nobody can tell whether the name was edited meanwhile: a
// person is asked, and the record is not deleted as well.
func TestGoneBeforeInCommon(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
		p.Deletes[instep.Left], p.Guards.Deletes = reconcile.DeleteDeleted, -1
	})
	stock.remove("A")
	books.edit("b001", "title", instep.String("Kahvia"))
	mustRun(t, e, sweep())
	answer(t, e, onlyReview(t, e, "edited_gone").ID, "left")
	mustRun(t, e, sweep())
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable, Op: "books"} }
	mustRun(t, e, sweep())
	books.remove("b001")
	books.block = nil
	stock.takeWrites()
	for range 2 {
		mustRun(t, e, sweep())
		if w := stock.takeWrites(); len(w) > 0 {
			t.Errorf("written: %v", w)
		}
	}
	answer(t, e, onlyReview(t, e, "edited_gone").ID, "left")
	mustRun(t, e, sweep())
	oneEach(t, stock, books)
}
