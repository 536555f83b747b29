package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// lateFile is a pair whose right side delivers a file that shows its record
// under an old name still.
func lateFile(t *testing.T) (stock, books *system, e *reconcile.Engine, c *clock) {
	t.Helper()
	c = &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books = twoSystems()
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	books.put("b001", booksRecord("A", "vanha", "1")...)
	books.asOf = c.now
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("title", instep.String("vanha"))
		return r
	}
	p := ownedByBoth(stock, books)
	p.First = instep.Right
	e = newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	c.now = c.now.Add(time.Hour)
	return stock, books, e, c
}

// A record is made from what was read by id, which the file does not show yet,
// and the reply is lost. The file takes nothing back.
func TestCreateOlderFile(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	books.edit("b001", "title", instep.String("uusi"))
	sent := 0
	stock.fault = func(string) (lost, before bool) {
		sent++
		return sent <= 2, sent == 1
	}
	for range 3 {
		mustRun(t, e, nil)
		c.now = c.now.Add(time.Hour)
	}
	wantBoth(t, stock, books, "uusi")
	books.asOf, books.stale = c.now, nil
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "uusi")
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}
