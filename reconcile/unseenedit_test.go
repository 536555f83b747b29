package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

func priced(x string) instep.Value { return instep.Number(instep.MustDecimal(x)) }

// An edit of the books is to be turned back, and the record of the stock is read by
// its id for that. It was edited too, which no list has shown. A list that shows
// something older takes nothing back.
func TestOlderListAfterUnseenEdit(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.ReadLag = time.Minute }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Drift = reconcile.RevertDrift
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, p)
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	stock.edit("A", "price", priced("3"))
	stock.changed["A"] = 0 // not listed yet
	books.edit("b001", "net_price", priced("9"))
	mustRun(t, e, nil)
	stock.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("price", priced("2"))
		return r
	}
	stock.changed["A"] = stock.clock + 1
	stock.clock++
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("net_price"); got != priced("3") {
		t.Errorf("the price is %v; the books were written %q", got, books.writes)
	}
}
