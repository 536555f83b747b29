package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A file that is late by almost a week takes nothing back of what was written since
// it was made.
func TestFileLateByDays(t *testing.T) {
	t.Parallel()
	stock, right := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	right.put("b001", booksRecord("A", "Kahvi", "1")...)
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	books := &filed{system: right}
	books.deliver(c.now)
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	stock.edit("A", "name", instep.String("Tee"))
	mustRun(t, e, nil)
	wantBoth(t, stock, right, "Tee")
	c.now = c.now.Add(6*24*time.Hour + 20*time.Hour)
	for range 2 {
		mustRun(t, e, sweep())
	}
	wantBoth(t, stock, right, "Tee")
}

// A change log says that it is of a time before our own write, and shows an edit
// that was made after it. It will not show it again: so it is looked at once more
// when such a log is sure to be of a later time.
func TestEditInAnOlderLog(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.ReadLag = 10 * time.Minute }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	stock.edit("A", "name", instep.String("Tee"))
	mustRun(t, e, nil)
	books.edit("b001", "title", instep.String("Kaakao"))
	books.asOf = c.now.Add(-time.Minute)
	c.now = c.now.Add(time.Minute)
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	books.asOf = c.now
	for range 2 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "Kaakao")
}

// A list that may be older than our own write shows an edit made after it, under
// the version that the record has by now. What is written next does not go over
// that edit, though the vendor would take it.
func TestVersionOfAnUnseenEdit(t *testing.T) {
	t.Parallel()
	stock, right := twoSystems()
	right.traits = func(t *instep.Traits) { t.ReadLag = 10 * time.Minute }
	books := &versioned{right}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	stock.edit("A", "name", instep.String("Tee"))
	mustRun(t, e, nil)
	right.edit("b001", "title", instep.String("Kaakao"))
	stock.edit("A", "name", instep.String("Mehu"))
	for range 3 {
		c.now = c.now.Add(time.Minute)
		mustRun(t, e, nil)
	}
	if got := right.records["b001"].Get("title"); got != instep.String("Kaakao") {
		t.Errorf("an edit was written over with %v", got)
	}
	onlyReview(t, e, "conflict")
}

// inactive is a system that tells of records which are out of use.
type inactive struct{ *system }

func (s inactive) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := s.system.Get(ctx, refs)
	for i := range recs {
		if recs[i].Fields.Get("active") == instep.Bool(false) {
			recs[i].Status = instep.Inactive
		}
	}
	return recs, err
}

// What a vendor makes of a value is nobody's edit, also in a record that is out of
// use.
func TestTrimmedOutOfUse(t *testing.T) {
	t.Parallel()
	stock, right := twoSystems()
	p := ownedByBoth(stock, inactive{right})
	p.Mapping.Rules[1].Left.Via, p.Mapping.Rules[1].Right.Via = nil, nil
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.edit("A", "barred", instep.Bool(true))
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String(" Tee "))
	for range 2 {
		mustRun(t, e, nil)
	}
	if got := right.records["b001"].Get("title"); got != instep.String("Tee") {
		t.Errorf("the books call it %v", got)
	}
	if w := stock.takeWrites(); len(w) != 0 {
		t.Errorf("written to the stock: %v", w)
	}
}
