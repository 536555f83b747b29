package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// meddled is a system in which somebody edits a record right after it was
// written, before anybody can look.
type meddled struct {
	*versioned
	then func()
}

func (m *meddled) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out, err := m.versioned.Write(ctx, ops)
	if m.then != nil {
		m.then()
		m.then = nil
	}
	return out, err
}

// TestEditRightAfterWrite has a person edit what was written in the moment
// before it is read back. Their value is what both sides have in the end, and
// not what the engine takes for the vendor's form of its own.
func TestEditRightAfterWrite(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	right := &meddled{versioned: &versioned{books}}
	edit := func(to string) func() { return func() { books.edit("b001", "title", instep.String(to)) } }
	right.then = edit("heti luonnin jälkeen")
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, right))
	for range 3 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "heti luonnin jälkeen")
	stock.edit("A", "name", instep.String("Tee"))
	right.then = edit("heti muutoksen jälkeen")
	for range 3 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "heti muutoksen jälkeen")
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// timed is a system that says when a record last changed, and has no versions.
// After a write, somebody may edit before anybody can look.
type timed struct {
	*system
	then func()
}

func (v *timed) at(id string) time.Time {
	return time.Date(2026, 3, 1, 12, 0, v.changed[id], 0, time.UTC)
}

func (v *timed) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := v.system.Get(ctx, refs)
	for i := range recs {
		recs[i].Modified = v.at(recs[i].Ref.ID)
	}
	return recs, err
}

func (v *timed) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out, err := v.system.Write(ctx, ops)
	for i := range out {
		out[i].At = v.at(out[i].Ref.ID)
	}
	if v.then != nil {
		v.then()
		v.then = nil
	}
	return out, err
}

// What the system says of the time is enough to tell an edit right after a write
// from what the system has made of the write.
func TestEditRightAfterWriteByTime(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	right := &timed{system: books}
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, right))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("Tee"))
	right.then = func() { books.edit("b001", "title", instep.String("Kaakao")) }
	for range 3 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "Kaakao")
}
