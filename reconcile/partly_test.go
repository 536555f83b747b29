package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Two fields are written, and no reply comes. One of them shows what was sent,
// because somebody entered the same; the other something else. Nobody can tell
// whether that was entered before our write or after it: a person is asked.
func TestUpdatePartlyShown(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("100", booksRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
	n := 0
	books.fault = func(string) (bool, bool) {
		if n++; n == 1 {
			books.edit("100", "title", instep.String("Espresso"))
			books.edit("100", "net_price", instep.Number(instep.MustDecimal("2")))
		}
		return n == 1, true
	}
	for range 2 {
		mustRun(t, e, nil)
	}
	if fields := onlyReview(t, e, "conflict").Message.Arg("fields"); fields != "name" {
		t.Errorf("asked about %s", fields)
	}
	if got := stock.records["A"].Get("name").String() + ", " + books.records["100"].Get("title").String(); got != "Kahvia, Espresso" {
		t.Errorf("an edit was written over: %s", got)
	}
}
