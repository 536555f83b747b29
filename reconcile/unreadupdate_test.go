package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// unread is a system that gives files, and cannot be asked for a record.
type unread struct{ file *filed }

func (u unread) Traits() instep.Traits { return u.file.Traits() }

func (u unread) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	return u.file.Read(ctx, from)
}

func (u unread) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	return u.file.Write(ctx, ops)
}

// The reply to an update is lost, and nobody can look what came of it. Then the
// record gets another counterpart. What an older file shows of it is not written to
// that one.
func TestOlderFileOfUnreadUpdate(t *testing.T) {
	t.Parallel()
	left, books := twoSystems()
	left.keyed = ""
	stock := &filed{system: left}
	p := both(pairOf(unread{stock}, books))
	p.Flow, p.Guards.Deletes = instep.BothWays, -1
	p.Deletes[instep.Left] = reconcile.UnlinkDeleted
	left.put("s1", stockRecord("A", "Kahvi", "1")...)
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	stock.deliver(c.now)
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, p)
	run := func() {
		c.now = c.now.Add(time.Hour)
		mustRun(t, e, sweep())
	}
	run()
	books.edit("b001", "net_price", priced("7"))
	left.fault = func(string) (lost, before bool) { return true, false }
	run()
	left.fault = nil
	if got := left.records["s1"].Get("price"); got != priced("7") {
		t.Fatalf("the price is %v", got)
	}
	books.remove("b001")
	books.put("b2", booksRecord("A", "Kahvi", "9")...)
	for range 4 { // of the old file
		run()
	}
	if got := books.records["b2"].Get("net_price"); got != priced("9") {
		t.Errorf("the books were given %v", got)
	}
	stock.deliver(c.now)
	run()
	run()
	if got := books.records["b2"].Get("net_price"); got != priced("7") {
		t.Errorf("the books hold %v in the end", got)
	}
}
