package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A write cannot be read back at once. A list shows that it was taken, and then
// somebody sets the field to what it was before: that is an edit, and not a
// write that the vendor did not take.
func TestSetBackAfterABlindWrite(t *testing.T) {
	t.Parallel()
	for name, review := range map[string]bool{"in step": false, "while another field waits": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			books.traits = func(t *instep.Traits) { t.Snapshot = true }
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, both(pairOf(stock, onlyListed{books, books, books})))
			run := func() {
				t.Helper()
				c.now = c.now.Add(time.Hour)
				books.asOf = c.now
				mustRun(t, e, sweep())
			}
			run()
			stock.edit("A", "name", instep.String("Tee"))
			run() // writes
			if review {
				stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
				books.edit("b001", "net_price", instep.Number(instep.MustDecimal("3")))
			}
			run() // sees that it was taken
			books.edit("b001", "title", instep.String("Kahvi"))
			run()
			if got := stock.records["A"].Get("name"); got != instep.String("Kahvi") {
				t.Errorf("the name in the stock is %v: %v", got, explainOne(t, e, stock.ref("A")).Message)
			}
		})
	}
}
