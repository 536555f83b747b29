package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestHalvesMeetLater has records that were left without counterpart in one
// run find each other in a later one, in every combination of who came first.
func TestHalvesMeetLater(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.put("1", booksRecord("OLD", "Vanha", "1")...)
	stock.put("TOO-LONG-CODE", stockRecord("TOO-LONG-CODE", "Lang", "1")...)
	books.put("2", booksRecord("", "Ilman", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()

	stock.put("OLD", stockRecord("OLD", "Uusi nimi", "1")...)     // a half link of the books meets a new record
	stock.edit("TOO-LONG-CODE", "number", instep.String("SHORT")) // a half link of the stock meets one of the books:
	books.edit("2", "code", instep.String("SHORT"))               // both were unfit
	books.put("3", booksRecord("LATER", "Myöhemmin", "1")...)     // and one that has none yet
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update 1 title", "update 2 title"}, books.takeWrites()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	stock.put("LATER", stockRecord("LATER", "Myöhemmin", "2")...)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update 3 net_price"}, books.takeWrites()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if len(books.records) != 3 {
		t.Errorf("%d records in the books, want 3", len(books.records))
	}
	checkInStep(t, e, stock, books)
}
