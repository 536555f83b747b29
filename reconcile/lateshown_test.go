package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A system shows what was written to it a while later, also by its id. Meanwhile
// the other record is edited again, and this one is read for that: what it held
// before our write is no edit, and nobody is told that it did not take the write.
func TestReadAgainBeforeShown(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.ReadLag = time.Minute }
	right := &slow{system: books}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, right))
	run := func(after time.Duration) {
		c.now = c.now.Add(after)
		mustRun(t, e, nil)
		books.changed["b001"] = 0 // its list does not show it either
	}
	run(0)
	run(time.Hour)
	right.shows = instep.String("Kahvi")
	stock.edit("A", "name", instep.String("Kahvia"))
	run(0)
	stock.edit("A", "price", priced("3"))
	run(10 * time.Second)
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.Pending || len(x.Drifted) > 0 {
		t.Errorf("before it shows, it is %s %s, drifted in %v", x.State, x.Message.Code, x.Drifted)
	}
	right.shows = instep.Value{}
	run(time.Hour)
	wantBoth(t, stock, books, "Kahvia")
	if w := stock.takeWrites(); len(w) > 0 {
		t.Errorf("written to the stock: %q", w)
	}
	if got := books.records["b001"].Get("net_price"); got != priced("3") {
		t.Errorf("the price in the books is %v", got)
	}
}
