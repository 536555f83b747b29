package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A create is in doubt, and two records have its key: either may be what came
// of it. One of them gets another key before a person has looked. It is not
// sent back as a new record.
func TestCandidateGetsAnotherKey(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Flow = instep.BothWays
	store := memory.New()
	dead := false
	books.fault = func(string) (bool, bool) { dead = true; return true, false }
	e := newEngine(t, killStore{store, &dead}, nil, p)
	if _, err := e.Run(t.Context(), nil); err == nil || len(books.records) != 1 {
		t.Fatalf("run: %v; books hold %v", err, books.records)
	}
	books.fault = nil
	books.put("x", booksRecord("A", "Tee", "2")...)
	e = newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	if n := len(reviews(t, e, "found_several")); n != 3 {
		t.Errorf("%d records wait, want all three", n)
	}
	for id := range books.records {
		if id != "x" {
			books.edit(id, "code", instep.String("B"))
		}
	}
	for range 2 {
		mustRun(t, e, nil)
	}
	if len(stock.records) != 1 || len(books.records) != 2 {
		t.Errorf("stock holds %v, books hold %v", stock.records, books.records)
	}
}
