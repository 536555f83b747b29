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

// Two fields are written, and the process dies. One of them shows what was sent, the
// other what stood there before, which is what the system makes of it. The first has
// come over whatever became of the write: what its source gets after that is an edit,
// and nobody is asked.
func TestUpdateShownBesideBent(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	name := &p.Mapping.Rules[1]
	name.Left.Via, name.Right.Via = nil, nil // so that nothing tells what the books make of it
	store := &failing{memory.New(), 1000, func() {}}
	mustRun(t, newEngine(t, store, nil, p), nil)
	stock.edit("A", "name", instep.String("Kahvi "))
	stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
	books.fault = func(string) (lost, before bool) { store.left = 0; return false, false }
	if _, err := newEngine(t, store, nil, p).Run(t.Context(), nil); err == nil {
		t.Fatal("the run has not died")
	}
	books.fault = nil
	stock.edit("A", "price", instep.Number(instep.MustDecimal("3")))
	e := newEngine(t, store.Checkpoint, nil, p)
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("net_price"); got != instep.Number(instep.MustDecimal("3")) {
		t.Errorf("the price in the books is %v", got)
	}
	if open := reviews(t, e, "conflict"); len(open) > 0 {
		t.Errorf("asked: %+v", open)
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// Two fields are sent, and not carried out; somebody enters the one value of the two.
// The other one is sent once more, though no list shows its source again.
func TestUpdateHalfEntered(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
	books.fault = func(string) (lost, before bool) {
		books.fault = nil
		books.edit("b001", "net_price", instep.Number(instep.MustDecimal("2")))
		return true, true
	}
	for range 2 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "Kahvia")
}
