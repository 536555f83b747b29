package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestMadeAnewUnderAnotherKey makes a record, has a person delete it and edit
// the one that it was made from, and makes it anew: under the key of the first
// time the vendor would answer with the record that is gone.
func TestMadeAnewUnderAnotherKey(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<40 }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	var keys []string
	books.block = func(op instep.Op) error {
		if op.Action == instep.Create {
			keys = append(keys, op.Key)
		}
		return nil
	}
	p := ownedByBoth(stock, books)
	p.EditedGone = reconcile.RecreateEdited
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.remove("b001")
	stock.edit("A", "name", instep.String("Kahvia"))
	mustRun(t, e, sweep())
	mustRun(t, e, sweep())
	if len(keys) != 2 || keys[0] == "" || keys[1] == "" || keys[0] == keys[1] {
		t.Errorf("the creates had the keys %q", keys)
	}
	oneEach(t, stock, books)
}
