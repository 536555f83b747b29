package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// filed is a system that gives one file a day: what it held at a time.
type filed struct {
	*system
	at      time.Time
	records []instep.Record
}

func (f *filed) Traits() instep.Traits {
	t := f.system.Traits()
	t.Snapshot = true
	return t
}

// deliver makes a file of what the system holds.
func (f *filed) deliver(at time.Time) {
	page, _ := f.system.Read(context.Background(), "")
	f.at, f.records = at, page.Records
}

func (f *filed) Read(context.Context, instep.Cursor) (instep.Page, error) {
	return instep.Page{
		Records: f.records, AsOf: f.at, Next: instep.Cursor(f.at.String()), Sweep: instep.Sweep{Complete: true, Total: len(f.records)},
	}, nil
}

// A record was deleted because its counterpart was. The file of the morning
// still has it: that brings nothing back, however often it is read. A later file
// that has it does.
func TestStaleFileAfterOurDeletion(t *testing.T) {
	t.Parallel()
	for name, hides := range map[string]bool{"missing is gone": false, "missing may be hidden": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			staleFile(t, hides)
		})
	}
}

func staleFile(t *testing.T, hides bool) {
	stock, right := twoSystems()
	right.traits = func(t *instep.Traits) { t.HidesMissing = hides }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	books := &filed{system: right}
	p := both(pairOf(stock, books))
	p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	p.Flow, p.Guards.Deletes = instep.BothWays, -1
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, p)
	run := func() {
		t.Helper()
		c.now = c.now.Add(time.Hour)
		mustRun(t, e, sweep())
	}
	books.deliver(c.now)
	run()
	books.deliver(c.now.Add(10 * time.Minute))
	run()
	stock.remove("A")
	run()
	if len(right.records) > 0 {
		t.Fatalf("the books hold %v", right.records)
	}
	for range 5 { // of the file of the morning
		run()
	}
	if len(stock.records)+len(right.records) > 0 {
		t.Errorf("a stale file brings back %v, %v", stock.records, right.records)
	}
	books.deliver(c.now)
	run()
	right.put("b001", booksRecord("A", "Kahvi", "1")...)
	books.deliver(c.now.Add(10 * time.Minute))
	run()
	run()
	if len(stock.records) != 1 || len(right.records) != 1 {
		t.Errorf("brought back, it is not made anew: %v, %v", stock.records, right.records)
	}
}
