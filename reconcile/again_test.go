package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A number is held by another record, and a person says to try again once that
// one is out of the way. A file from before our own last write still takes
// nothing back.
func TestAgainOlderFile(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, right := twoSystems()
	stock.keyed = "" // the number is no more the id once it is changed
	books := &belated{system: right, clock: c}
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	books.shown = books.keep()
	c.now = c.now.Add(time.Hour)
	stock.edit("A", "name", instep.String("Tee"))
	mustRun(t, e, nil)
	wantBoth(t, stock, right, "Tee")
	books.put("b900", booksRecord("N", "Maito", "2")...)
	stock.edit("A", "number", instep.String("N"))
	mustRun(t, e, nil)
	answer(t, e, onlyReview(t, e, "key_held").ID, "again")
	books.remove("b900")
	for range 2 {
		mustRun(t, e, nil)
		wantBoth(t, stock, right, "Tee")
	}
	if got := books.records["b001"].Get("code"); got != instep.String("N") {
		t.Errorf("it was not tried again: its number is %s", got)
	}
}

// Somebody insists on a value until a person is asked, who says to try again.
// From then on it is counted anew: a person is asked once more only after more
// than four turns.
func TestAgainCountsTurnsAnew(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	untilAsked := func() (turns int) {
		for len(reviews(t, e, "turned")) == 0 && turns < 20 {
			stock.edit("A", "name", instep.String([]string{"tämä", "tuo"}[turns%2]))
			mustRun(t, e, nil)
			turns++
		}
		return turns
	}
	untilAsked()
	answer(t, e, onlyReview(t, e, "turned").ID, "again")
	stock.edit("A", "name", instep.String("lopullinen"))
	mustRun(t, e, nil)
	if open := reviews(t, e, "turned"); len(open) > 0 || books.records["b001"].Get("title") != instep.String("lopullinen") {
		t.Errorf("%d reviews at once; the books hold %v", len(open), books.records["b001"])
	}
	if turns := untilAsked(); turns <= 4 || turns == 20 {
		t.Errorf("a person is asked again after %d turns", turns)
	}
}
