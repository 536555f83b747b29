package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// A record was edited and its counterpart deleted, and a person is asked. That the
// mapping changes does not answer the question.
func TestAskedAcrossMappings(t *testing.T) {
	t.Parallel()
	var pair reconcile.Pair
	stock, books, e, store := linkedPair(t, func(p *reconcile.Pair) {
		p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
		p.EditedGone = reconcile.ReviewEdited
		pair = *p
	})
	books.edit("b001", "title", instep.String("Kahvia"))
	stock.remove("A")
	mustRun(t, e, sweep())
	onlyReview(t, e, "edited_gone")
	pair.Mapping.Rules[1].Right.Via = nil
	e = newEngine(t, store, nil, pair)
	for range 2 {
		mustRun(t, e, nil)
	}
	if len(books.records) != 2 {
		t.Fatalf("the books hold %v", books.records)
	}
	answer(t, e, onlyReview(t, e, "edited_gone").ID, "left")
	mustRun(t, e, nil)
	if len(books.records) != 1 {
		t.Errorf("its deletion was to stand; the books hold %v", books.records)
	}
}
