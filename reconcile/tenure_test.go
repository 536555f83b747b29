package reconcile_test

import (
	"context"
	"errors"
	"testing"

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
