package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A process stands still right after a write, and another one does all that is to
// do meanwhile. When the first goes on it writes nothing more.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for _, code := range []string{"A", "B", "C"} {
		stock.put(code, stockRecord(code, "Kahvi "+code, "1")...)
	}
	store := memory.New()
	other := newEngine(t, store, &reconcile.Options{Serial: true}, pairOf(stock, books))
	writes := 0
	slow := &wrapped{system: books, traits: func(t *instep.Traits) { t.MaxBatch = 1 }}
	slow.write = func(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
		results, err := books.Write(ctx, ops)
		if writes++; writes == 1 {
			mustRun(t, other, nil)
		}
		return results, err
	}
	_, err := newEngine(t, store, &reconcile.Options{Serial: true}, pairOf(stock, slow)).Run(t.Context(), nil)
	if !errors.Is(err, instep.Conflict) || writes != 1 {
		t.Errorf("it makes %d writes and ends with: %v", writes, err)
	}
	if len(books.records) != 3 {
		t.Errorf("the books hold %v", books.records)
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, other, stock, books)
}

// The same where the other one has done something else: that alone ends the first
// one's tenure.
func TestOvertakenElsewhere(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for _, code := range []string{"A", "B", "C"} {
		stock.put(code, stockRecord(code, "Kahvi "+code, "1")...)
	}
	store, serial := memory.New(), &reconcile.Options{Serial: true}
	other := newEngine(t, store, serial, pairOf(stock, books))
	mustRun(t, other, nil)
	for _, code := range []string{"A", "B", "C"} {
		stock.edit(code, "name", instep.String("Tee"))
	}
	writes := 0
	books.fault = func(string) (bool, bool) { writes++; return false, false }
	slow := &distracted{system: books}
	slow.asked = func(refs []instep.Ref) {
		if slices.Contains(refs, books.ref("b002")) { // before it is written
			slow.asked, books.fault = nil, nil
			mustRun(t, other, &reconcile.Select{Only: []instep.Ref{stock.ref("C")}})
			books.fault = func(string) (bool, bool) { writes++; return false, false }
		}
	}
	_, err := newEngine(t, store, serial, pairOf(stock, slow)).Run(t.Context(), nil)
	if !errors.Is(err, instep.Conflict) || writes != 0 {
		t.Errorf("it makes %d writes and ends with: %v", writes, err)
	}
	stock.takeWrites()
	books.takeWrites()
	mustRun(t, other, nil)
	books.takeWrites()
	checkInStep(t, other, stock, books)
}

// distracted is a system during whose reading by id something else happens.
type distracted struct {
	*system
	asked func(refs []instep.Ref)
}

func (a *distracted) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := a.system.Get(ctx, refs)
	if a.asked != nil {
		a.asked(refs)
	}
	return recs, err
}

// A create of an earlier run is in doubt, and would be sent once more under its
// key. Another process has seen to it meanwhile: it is not sent.
func TestOvertakenBeforeResend(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	keyed := func(s *system, sends *int, fail bool) *wrapped {
		w := &wrapped{system: s, traits: func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 24*time.Hour }}
		w.write = func(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
			if *sends++; fail {
				return nil, &instep.Error{Kind: instep.Lost, Op: "write"}
			}
			return s.Write(ctx, ops)
		}
		return w
	}
	store, serial := memory.New(), &reconcile.Options{Serial: true}
	lost := [2]bool{true, true}
	var first, second, third int
	if _, err := newEngine(t, store, serial, pairOf(deaf{stock, &lost}, keyed(books, &first, true))).Run(t.Context(), nil); first != 1 {
		t.Fatalf("%d creates were lost: %v", first, err)
	}
	other := newEngine(t, store, serial, pairOf(stock, keyed(books, &second, false)))
	source := &distracted{system: stock}
	source.asked = func([]instep.Ref) {
		source.asked = nil
		mustRun(t, other, nil)
	}
	_, err := newEngine(t, store, serial, pairOf(source, keyed(books, &third, false))).Run(t.Context(), nil)
	if !errors.Is(err, instep.Conflict) || second != 1 || third != 0 {
		t.Errorf("the other one makes %d writes, it %d, and ends with: %v", second, third, err)
	}
	if len(books.records) != 1 {
		t.Errorf("the books hold %v", books.records)
	}
}

// A process reads by its id a record that the state knows, and stands still there. To
// another one the record is gone, and then there anew. The first one ends, and writes
// nothing.
func TestOvertakenWhileMatching(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.put("b1", booksRecord("A", "Kahvi", "1")...)
	store, serial := memory.New(), &reconcile.Options{Serial: true}
	other := newEngine(t, store, serial, pairOf(stock, books))
	mustRun(t, other, nil)
	stock.put("A", stockRecord("A", "Tee", "1")...)
	slow := &distracted{system: books}
	slow.asked = func([]instep.Ref) {
		slow.asked = nil
		books.remove("b1")
		mustRun(t, other, sweep())
		books.put("b1", booksRecord("A", "Kahvi", "1")...)
		mustRun(t, other, nil)
	}
	_, err := newEngine(t, store, serial, pairOf(stock, slow)).Run(t.Context(), nil)
	if !errors.Is(err, instep.Conflict) || slow.asked != nil {
		t.Errorf("it ends with: %v", err)
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, other, stock, books)
}
