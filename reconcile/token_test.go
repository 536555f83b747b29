package reconcile_test

import (
	"maps"
	"testing"
	"time"

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

// The life of a key begins when it is first sent, and not once more with each
// time that it is sent again: a vendor that has forgotten it would make a second
// record.
func TestKeyLivesFromTheFirst(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, time.Hour }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	sent := map[string]int{}
	books.block = func(op instep.Op) error {
		sent[op.Key]++
		return &instep.Error{Kind: instep.Lost, Op: "books"}
	}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, pairOf(stock, &looked{system: books}))
	mustRun(t, e, nil)
	if len(sent) != 1 {
		t.Fatalf("the creates had the keys %v", sent)
	}
	c.now = c.now.Add(40 * time.Minute)
	mustRun(t, e, nil) // within its life
	again := maps.Clone(sent)
	c.now = c.now.Add(40 * time.Minute)
	mustRun(t, e, nil) // beyond, though not long after it was last sent
	for key, n := range again {
		if n < 2 || sent[key] != n {
			t.Errorf("the key was sent %d times within its life, and %d times in all", n, sent[key])
		}
	}
}
