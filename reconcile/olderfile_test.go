package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record is left out of a file, is read by its id, and is written from what that
// tells; the reply is lost, and nobody can look what became of it, as the other
// system only lists. An older file, which is delivered late, shows what the record
// was called before: that is written nowhere.
func TestUpdateNobodyCanLookAtOlderFile(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"carried out": false, "not carried out": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
			left, books := twoSystems()
			for _, s := range []*system{left, books} {
				s.traits = func(t *instep.Traits) { t.Snapshot = true }
			}
			for _, code := range []string{"A", "Z"} {
				left.put(code, stockRecord(code, "Kahvi", "1")...)
				books.put("b"+code, booksRecord(code, "Kahvi", "1")...)
			}
			stock := &belated{system: left, clock: c}
			right := &belated{system: books, clock: c}
			p := pairOf(stock, onlyListed{right, books, books})
			e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
			mustRun(t, e, nil)
			c.now = c.now.Add(time.Hour)
			left.edit("A", "name", instep.String("vanha"))
			older := stock.keep()
			c.now = c.now.Add(time.Second)
			left.hide("A", true)
			stock.shown = stock.keep()
			left.hide("A", false)
			left.edit("A", "name", instep.String("uusi"))
			books.fault = func(string) (bool, bool) { books.fault = nil; return true, before }
			c.now = c.now.Add(time.Second)
			mustRun(t, e, nil)
			if books.fault != nil {
				t.Fatal("nothing was sent")
			}
			books.block = func(op instep.Op) error {
				if got := op.Fields.Get("title"); got == instep.String("vanha") {
					t.Errorf("%s %s: the title becomes %s", op.Action, op.Ref.ID, got)
				}
				return nil
			}
			for _, stock.shown = range []*instep.Page{older, older, nil} {
				c.now = c.now.Add(time.Second)
				mustRun(t, e, nil)
			}
			if got := books.records["bA"].Get("title"); got != instep.String("uusi") {
				t.Errorf("the title is %s", got)
			}
		})
	}
}
