package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestFoundIsNotOurs looks for a create whose reply is lost under its key, and
// finds what may not be taken for it: two records of which either may be it, or
// one that belongs to another record.
func TestFoundIsNotOurs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, code string
		before     bool // the create was not carried out
		meanwhile  func(books *system)
	}{
		{"two", "found_several", false, func(books *system) {
			books.put("b900", booksRecord("A", "Kahvi", "1")...)
		}},
		{"linked", "found_differs", true, func(books *system) {
			books.put("b001", booksRecord("A", "Kahvi", "1")...) // it was Z before
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("Z", stockRecord("Z", "Tee", "2")...)
			store := memory.New()
			mustRun(t, newEngine(t, store, nil, ownedByBoth(stock, books)), nil)
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			books.fault = func(string) (lost, before bool) { return true, test.before }
			dying := &failing{store, 1, func() {}}
			if _, err := newEngine(t, dying, nil, ownedByBoth(stock, books)).Run(t.Context(), nil); err == nil {
				t.Fatal("the run has not died")
			}
			books.fault = nil
			test.meanwhile(books)
			books.takeWrites()
			e := newEngine(t, store, nil, ownedByBoth(stock, books))
			if _, err := e.Plan(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if x := explainOne(t, e, stock.ref("A")); x.State != instep.Review || x.Message.Code != test.code || x.Other.ID != "" {
				t.Errorf("it is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
			}
		})
	}
}
