package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// The clock is set back by a day while a create is in doubt: it is waited for
// no longer than a request lives.
func TestClockSetBackWhileInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.life = time.Minute
	store, dead := memory.New(), false
	books.fault = func(string) (bool, bool) { dead = true; return true, true }
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	var waits []time.Duration
	o := &reconcile.Options{Clock: c, Observe: func(ev reconcile.Event) {
		if r, ok := ev.(reconcile.Recovering); ok {
			waits = append(waits, r.Wait)
		}
	}}
	e := newEngine(t, killStore{store, &dead}, o, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); err == nil {
		t.Fatal("it was not killed")
	}
	books.fault = nil
	waits, c.now = nil, c.now.AddDate(0, 0, -1)
	began := c.now
	e = newEngine(t, store, o, pairOf(stock, books))
	mustRun(t, e, nil)
	if len(waits) != 1 || waits[0] != time.Minute || c.now.Sub(began) != time.Minute {
		t.Errorf("told to wait %v, and waited %v", waits, c.now.Sub(began))
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || len(books.records) != 1 {
		t.Errorf("it is %s, and the books hold %v", x.State, books.records)
	}
}
