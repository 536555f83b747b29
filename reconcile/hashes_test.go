package reconcile_test

import (
	"bytes"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestHashesNeedTheKey links the same two records under two keys and wants
// nothing that the state holds of their values to be the same: whoever has a
// state, but not its key, cannot try out what a value may be.
func TestHashesNeedTheKey(t *testing.T) {
	t.Parallel()
	linkUnder := func(key [16]byte) instep.Link {
		stock, books := twoSystems()
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		store := memory.New()
		mustRun(t, newEngine(t, store, &reconcile.Options{Key: &key}, pairOf(stock, books)), nil)
		links, err := store.Scan(t.Context(), "products", 0, 2)
		if err != nil || len(links) != 1 {
			t.Fatalf("%d links, %v", len(links), err)
		}
		return links[0]
	}
	a, b := linkUnder([16]byte{1}), linkUnder([16]byte{15: 1})
	for s := range a.Sides {
		l, r := &a.Sides[s], &b.Sides[s]
		if l.Sum == r.Sum && l.Sum != 0 || len(l.Base) != len(r.Base) || len(l.Base) == 0 {
			t.Errorf("sums %x and %x, bases of %d and %d bytes", l.Sum, r.Sum, len(l.Base), len(r.Base))
		}
		for i := 0; i+4 <= min(len(l.Base), len(r.Base)); i += 4 {
			if bytes.Equal(l.Base[i:i+4], r.Base[i:i+4]) && !bytes.Equal(l.Base[i:i+4], make([]byte, 4)) {
				t.Errorf("rule %d has the hash %x under both keys", i/4, l.Base[i:i+4])
			}
		}
	}
	for _, k := range a.Keys {
		for _, other := range b.Keys {
			if k.Hash == other.Hash {
				t.Errorf("the match key %x is the same under both keys", k.Hash)
			}
		}
	}
}

// TestSwappedValues has a person put two values of a record into each other's
// place: all that is hashed is the same, but not where it stands.
func TestSwappedValues(t *testing.T) {
	t.Parallel()
	stock, books, p := orders()
	p.Mapping.Rules[4].Refs = ""
	text := func(s string) instep.Value { return instep.String(s) }
	stock.put("A", append(stockRecord("A", "yksi", "1"), instep.Field{Name: "product", Value: text("kaksi")})...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.edit("A", "name", text("kaksi"))
	stock.edit("A", "product", text("yksi"))
	mustRun(t, e, nil)
	if f := books.records["b001"]; f.Get("title") != text("kaksi") || f.Get("product") != text("yksi") {
		t.Errorf("in the books they are %s and %s", f.Get("title"), f.Get("product"))
	}
}
