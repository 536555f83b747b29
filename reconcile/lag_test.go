package reconcile_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestCreateShowsLate has a create whose reply is lost carried out just before
// its time is over, by a vendor who shows new records some time later: to the
// engine it is not there for longer than a request may live. It is not made
// again.
func TestCreateShowsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stock, books := twoSystems()
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		books.traits = func(t *instep.Traits) { t.RequestLife, t.ReadLag = 10*time.Second, 30*time.Second }
		books.block = func(op instep.Op) error {
			books.block = nil
			time.AfterFunc(35*time.Second, func() { books.carryOut(op) })
			return &instep.Error{Kind: instep.Lost}
		}
		e := newEngine(t, memory.New(), nil, pairOf(stock, books))
		for range 4 {
			mustRun(t, e, nil)
			time.Sleep(time.Minute)
		}
		oneEach(t, stock, books)
		if w := books.takeWrites(); len(w) != 1 {
			t.Errorf("written: %v", w)
		}
		checkInStep(t, e, stock, books)
	})
}
