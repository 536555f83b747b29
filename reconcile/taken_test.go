package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record cannot be made under its number, because another one has this as its
// id. When that one is gone it is made, though nothing has changed where it is
// made from.
func TestTakenUntilGone(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Flow, p.First = instep.ToLeft, instep.Right
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	mustRun(t, e, nil)
	stock.put("A", stockRecord("Z", "Tee", "2")...)
	books.put("b1", booksRecord("A", "Kahvi", "1")...)
	run := func(state instep.Outcome) {
		t.Helper()
		mustRun(t, e, nil)
		c.now = c.now.Add(25 * time.Hour)
		if x := explainOne(t, e, books.ref("b1")); x.State != state {
			t.Errorf("it is %s %s, want %s", x.State, x.Message.Code, state)
		}
	}
	run(instep.Review)
	writes := 0
	stock.fault = func(string) (bool, bool) { writes++; return false, false }
	run(instep.Review)
	if writes > 0 {
		t.Errorf("it was sent %d times while the other one was there", writes)
	}
	stock.remove("A")
	run(instep.InStep)
	oneEach(t, stock, books)
}
