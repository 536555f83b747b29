package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// The field of a name gets another owner while something is still open: an edit
// that nobody has carried over, or a difference that was reported and left. An
// edit is never written over by what was there before it; a difference that
// nobody has touched since goes the new owner's way.
func TestNewOwner(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to    instep.Owner
		drift, then func(stock, books *system)
		stock, book string
		came        instep.Outcome
	}{
		"both's edit, now only the other's": {
			from: instep.BothOwn, to: instep.LeftOwns, then: func(_, books *system) { books.edit("b001", "title", instep.String("Tee")) },
			stock: "Kahvi", book: "Tee", came: instep.Drifted,
		},
		"the owner's edit, now the other's": {
			from: instep.LeftOwns, to: instep.RightOwns, then: func(stock, _ *system) { stock.edit("A", "name", instep.String("Tee")) },
			stock: "Tee", book: "Kahvi", came: instep.Drifted,
		},
		"the new owner's edit": {
			from: instep.LeftOwns, to: instep.RightOwns, then: func(_, books *system) { books.edit("b001", "title", instep.String("Tee")) },
			stock: "Tee", book: "Tee", came: instep.Updated,
		},
		"edited on both sides": {
			from: instep.LeftOwns, to: instep.BothOwn, stock: "Tee", book: "Vesi", came: instep.Review,
			then: func(stock, books *system) {
				stock.edit("A", "name", instep.String("Tee"))
				books.edit("b001", "title", instep.String("Vesi"))
			},
		},
		"a difference that was left, and edited since": {
			from: instep.LeftOwns, to: instep.RightOwns, drift: func(_, books *system) { books.edit("b001", "title", instep.String("Tee")) },
			then:  func(stock, _ *system) { stock.edit("A", "name", instep.String("Vesi")) },
			stock: "Vesi", book: "Tee", came: instep.Drifted,
		},
		"a difference that was left": {
			from: instep.LeftOwns, to: instep.RightOwns, drift: func(_, books *system) { books.edit("b001", "title", instep.String("Tee")) },
			then:  func(stock, _ *system) { stock.edit("A", "price", price("2")) }, // so that it is looked at
			stock: "Tee", book: "Tee", came: instep.Updated,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			p, store := ownedByBoth(stock, books), memory.New()
			run := func(owner instep.Owner, edit func(stock, books *system)) reconcile.Summary {
				t.Helper()
				p.Mapping.Rules[1].Owner = owner
				if edit != nil {
					edit(stock, books)
				}
				return mustRun(t, newEngine(t, store, nil, p), nil)
			}
			run(c.from, nil)
			run(c.from, c.drift)
			sum := run(c.to, c.then)
			if l, r := stock.records["A"].Get("name").String(), books.records["b001"].Get("title").String(); l != c.stock || r != c.book {
				t.Errorf("they are called %s and %s, want %s and %s", l, r, c.stock, c.book)
			}
			if sum.Pairs[0].Counts.Of(c.came) != 1 {
				t.Errorf("%v, want one %s", sum.Pairs[0].Counts, c.came)
			}
		})
	}
}
