package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestFoundUnsentOlderFile has a field that a create in doubt did not send be edited
// twice, and the second value be read by id. An older file takes it back nowhere.
func TestFoundUnsentOlderFile(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	left, books := twoSystems()
	stock := &belated{system: left, clock: c}
	left.traits = func(t *instep.Traits) { t.Snapshot = true }
	books.put("b900", booksRecord("A", "Kahvi", "0")[:2]...)
	store, dead := memory.New(), false
	left.fault = func(string) (bool, bool) { dead = true; return true, false }
	o, p := &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, books)
	if _, err := newEngine(t, killStore{store, &dead}, o, p).Run(t.Context(), nil); err == nil {
		t.Fatal("not killed")
	}
	left.fault = nil
	c.now = c.now.Add(time.Second)
	left.edit("A", "price", price("21.5"))
	stock.shown = stock.keep()
	c.now = c.now.Add(time.Second)
	left.edit("A", "price", price("23.5"))
	books.block = func(op instep.Op) error {
		if op.Fields.Get("net_price") == price("21.5") {
			t.Errorf("%s %v", op.Action, op.Fields)
		}
		return nil
	}
	for range 3 {
		mustRun(t, newEngine(t, store, o, p), nil)
		c.now = c.now.Add(time.Second)
	}
}

// TestUpdatedFoundLateList has another field of a record be edited twice while an
// update of it is in doubt, and the second value be read by id. A late list that
// shows the first one takes it back nowhere.
func TestUpdatedFoundLateList(t *testing.T) {
	t.Parallel()
	for name, traits := range comesLate {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
			stock, right := twoSystems()
			books := &belated{system: right, clock: c}
			books.traits = traits
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			store, dead := memory.New(), false
			o, p := &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, books)
			mustRun(t, newEngine(t, store, o, p), nil)
			c.now = c.now.Add(time.Hour)
			stock.edit("A", "name", instep.String("Tee"))
			books.fault = func(string) (bool, bool) { dead = true; return true, false }
			if _, err := newEngine(t, killStore{store, &dead}, o, p).Run(t.Context(), nil); err == nil {
				t.Fatal("not killed")
			}
			books.fault = nil
			c.now = c.now.Add(time.Second)
			books.edit("b001", "net_price", price("21.5"))
			books.shown = books.keep()
			c.now = c.now.Add(time.Second)
			books.edit("b001", "net_price", price("23.5"))
			stock.block = func(op instep.Op) error {
				if op.Fields.Get("price") == price("21.5") {
					t.Errorf("%s %v", op.Action, op.Fields)
				}
				return nil
			}
			mustRun(t, newEngine(t, store, o, p), nil)
		})
	}
}

// TestMadeUnderFormerIDLateList has a record be made under the id of one that is
// gone, which a late list still shows. Nothing of that one goes to the counterpart
// of the new one.
func TestMadeUnderFormerIDLateList(t *testing.T) {
	t.Parallel()
	for name, traits := range comesLate {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
			left, books := twoSystems()
			stock := &belated{system: left, clock: c}
			left.traits = traits
			p := ownedByBoth(stock, books)
			p.Guards.Deletes = -1
			left.put("A", stockRecord("Z", "Tee", "2")...)
			e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
			mustRun(t, e, nil)
			c.now = c.now.Add(time.Hour)
			stock.shown = stock.keep()
			c.now = c.now.Add(time.Second)
			books.remove("b001")
			mustRun(t, e, sweep())
			left.remove("A")
			books.put("b900", booksRecord("A", "Kahvi", "1")...)
			books.block = func(op instep.Op) error { t.Errorf("%s %s %v", op.Action, op.Ref.ID, op.Fields); return nil }
			for range 3 {
				mustRun(t, e, sweep())
				c.now = c.now.Add(time.Second)
			}
			c.now, stock.shown = c.now.Add(time.Hour), nil
			mustRun(t, e, sweep())
			oneEach(t, left, books)
		})
	}
}
