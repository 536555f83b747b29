package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A first load is ended by a right that is missing, and taken up again. One linked
// record is found gone, which is as many as may be; another one goes while the run
// is under way. That the load was approved by being applied does not approve that:
// the counterpart of the second one stays until the next run.
func TestFirstLoadApprovesNoDeletion(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for i, code := range []string{"A", "B", "C"} {
		stock.put(code, stockRecord(code, "Kahvi", "1")...)
		books.put(string('1'+rune(i)), booksRecord(code, "Kahvi", "1")...)
	}
	stock.put("N", stockRecord("N", "Tee", "1")...)
	books.block = func(instep.Op) error { return &instep.Error{Kind: instep.Forbidden, Op: "books"} }
	p := ownedByBoth(stock, books)
	p.Deletes[instep.Right], p.Guards.Deletes = reconcile.DeleteDeleted, 1
	e := newEngine(t, memory.New(), nil, p)
	if _, err := e.Run(t.Context(), nil); instep.KindOf(err) != instep.Forbidden {
		t.Fatalf("the first load ended with %v", err)
	}
	stock.remove("A")
	stock.edit("B", "name", instep.String("Kaakao"))
	books.block = func(op instep.Op) error {
		if op.Action == instep.Update {
			books.block = nil
			stock.remove("B")
			return &instep.Error{Kind: instep.Conflict, Op: "books"}
		}
		return nil
	}
	mustRun(t, e, nil)
	if _, there := books.records["1"]; there || books.block != nil {
		t.Errorf("the books hold %v", books.records)
	}
	if _, there := books.records["2"]; !there {
		t.Errorf("two were deleted: %v", books.takeWrites())
	}
	mustRun(t, e, nil)
	if _, there := books.records["2"]; there || len(books.records) != 2 {
		t.Errorf("after the next run the books hold %v", books.records)
	}
}
