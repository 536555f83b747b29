package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// prompted is a system that has something happen right before its next list.
type prompted struct {
	*system
	before func()
}

func (p *prompted) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if p.before != nil {
		p.before()
		p.before = nil
	}
	return p.system.Read(ctx, from)
}

// The process dies after a record was made. What it was made from is hidden while
// that is looked into, and shows itself in the list of the same run; meanwhile the
// new record was edited. The two do not meet for the first time: the edit is not
// overwritten, and a person is asked once the new record is found.
func TestMeetsInFlight(t *testing.T) {
	t.Parallel()
	t.Run("made on the right", func(t *testing.T) {
		t.Parallel()
		left, books := twoSystems()
		left.put("A", stockRecord("A", "Kahvi", "1")...)
		stock, store, dead := &prompted{system: left}, memory.New(), false
		p := ownedByBoth(stock, books)
		books.fault = func(string) (bool, bool) { dead = true; return true, false }
		if _, err := newEngine(t, killStore{store, &dead}, nil, p).Run(t.Context(), nil); err == nil {
			t.Fatal("not killed")
		}
		books.fault = nil
		left.hide("A", true)
		books.edit("b001", "title", instep.String("Tee"))
		stock.before = func() { left.hide("A", false) }
		e := newEngine(t, store, nil, p)
		for range 3 {
			mustRun(t, e, nil)
			if got := books.records["b001"].Get("title"); got != instep.String("Tee") {
				t.Fatalf("the edit was overwritten with %s", got)
			}
		}
		if x := explainOne(t, e, left.ref("A")); x.State != instep.Review || x.Message.Code != "found_differs" {
			t.Errorf("it is %s %s", x.State, x.Message.Code)
		}
	})
	// The new record has a link of its own already, which is the one that stays
	// when two are joined.
	t.Run("made on the left", func(t *testing.T) {
		t.Parallel()
		stock, right := twoSystems()
		right.put("b001", booksRecord("A", "Kahvi", "1")...)
		books, store, dead := &prompted{system: right}, memory.New(), false
		p := ownedByBoth(stock, books)
		p.First = instep.Right
		stock.fault = func(string) (bool, bool) { dead = true; return true, false }
		if _, err := newEngine(t, killStore{store, &dead}, nil, p).Run(t.Context(), nil); err == nil {
			t.Fatal("not killed")
		}
		stock.fault = nil
		right.hide("b001", true)
		e := newEngine(t, store, nil, p)
		mustRun(t, e, nil)
		stock.edit("A", "name", instep.String("Tee"))
		books.before = func() { right.hide("b001", false) }
		for range 3 {
			mustRun(t, e, nil)
			if got := stock.records["A"].Get("name"); got != instep.String("Tee") {
				t.Fatalf("the edit was overwritten with %s", got)
			}
		}
		if x := explainOne(t, e, right.ref("b001")); x.State != instep.Review || x.Message.Code != "found_differs" {
			t.Errorf("it is %s %s", x.State, x.Message.Code)
		}
	})
}

// Likewise, but what the record was made from is not hidden in that list: it is
// gone. What is kept of the create goes with what is known of the record, and the
// runs after that have nothing to look up.
func TestSourceGoneInFlight(t *testing.T) {
	t.Parallel()
	left, books := twoSystems()
	left.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("B", stockRecord("B", "Tee", "1")...)
	stock, store, dead := &prompted{system: left}, memory.New(), false
	p := ownedByBoth(stock, books)
	books.fault = func(string) (bool, bool) { dead = true; return true, true }
	o := &reconcile.Options{Clock: &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}, Serial: true}
	if _, err := newEngine(t, killStore{store, &dead}, o, p).Run(t.Context(), nil); err == nil {
		t.Fatal("not killed")
	}
	books.fault = nil
	left.hide("A", true)
	stock.before = func() { left.remove("A") }
	e := newEngine(t, store, o, p)
	for range 3 {
		mustRun(t, e, sweep())
	}
	oneEach(t, left, books)
	for u, err := range store.Open(t.Context(), p.Name) {
		if err != nil || u.Unit != nil {
			t.Errorf("%v; in doubt is %+v", err, u.Unit)
		}
	}
}
