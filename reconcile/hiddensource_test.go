package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep/store/memory"
)

// TestDoubtWaitsForHiddenSource hides the record from which a create was made
// whose reply is lost: nobody is asked as long as it is hidden, and it is not
// made again when it shows.
func TestDoubtWaitsForHiddenSource(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.fault = func(string) (lost, before bool) { return true, false }
	store := memory.New()
	if _, err := newEngine(t, &failing{store, 2, func() {}}, nil, pairOf(stock, books)).Run(t.Context(), nil); err == nil {
		t.Fatal("the run has not died")
	}
	books.fault = nil
	e := newEngine(t, store, nil, pairOf(stock, books))
	stock.hide("A", true)
	mustRun(t, e, nil)
	if r := reviews(t, e, "in_doubt"); len(r) != 0 {
		t.Errorf("a person is asked: %+v", r)
	}
	stock.hide("A", false)
	mustRun(t, e, nil)
	oneEach(t, stock, books)
}
