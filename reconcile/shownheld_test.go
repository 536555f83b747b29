package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// What was written could not be read back. A list shows what somebody has made
// of it since, but what follows from that is held back, and then the field holds
// what stood there before the write: that is an edit, and not a write that was
// not taken.
func TestShownThoughHeldBack(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.traits = func(t *instep.Traits) { t.Exact = true }
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Espresso"))
	mustRun(t, e, nil)
	books.edit("b001", "title", instep.String("Mokka"))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	stock.edit("A", "name", instep.String("Latte"))
	books.edit("b001", "title", instep.String("Kahvi"))
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	onlyReview(t, e, "conflict")
}

// eventLog is a system whose next list begins with what a record was before.
type eventLog struct {
	*system
	before []instep.Record
}

func (l *eventLog) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := l.system.Read(ctx, from)
	page.Records, l.before = append(l.before, page.Records...), nil
	return page, err
}

// What was written could not be read back. A list tells of each change: of what was
// written, and then of what stood there before. That is an edit.
func TestShownInLog(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.traits = func(t *instep.Traits) { t.Exact = true }
	right := &eventLog{system: books}
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, right))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Espresso"))
	mustRun(t, e, nil)
	right.before = []instep.Record{books.record("b001")}
	books.edit("b001", "title", instep.String("Kahvi"))
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "Kahvi")
}

// What was written could not be read back, and files are too old to show it. Before
// another field is written the record is read by its id, and shows it. What stood
// there before the write is an edit from then on.
func TestShownByID(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.traits = func(t *instep.Traits) { t.Exact, t.Snapshot = true, true }
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, books))
	run := func() {
		mustRun(t, e, sweep())
		c.now = c.now.Add(time.Hour)
	}
	run()
	books.asOf = c.now
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = instep.NewFields(booksRecord("A", "Kahvi", "1")...)
		return r
	}
	run()
	stock.edit("A", "name", instep.String("Espresso"))
	run()
	stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
	run()
	books.edit("b001", "title", instep.String("Kahvi"))
	books.asOf, books.stale = c.now, nil
	run()
	wantBoth(t, stock, books, "Kahvi")
}
