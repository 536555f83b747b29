package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record is deleted, though its counterpart was edited, and is to be made anew;
// before it can be, it is brought back. It belongs to its counterpart again, and
// no second one is made beside it.
func TestBackBeforeMadeAnew(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(stock, books *system){
		"as it was":         func(_, _ *system) {},
		"hidden":            func(_, books *system) { books.hide("b001", true) },
		"to another number": func(stock, _ *system) { stock.edit("s1", "number", instep.String("B")) },
		"with another name": func(_, books *system) { books.edit("b001", "net_price", price("7")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.keyed = ""
			stock.put("s1", stockRecord("A", "Kahvi", "1")...)
			p := ownedByBoth(stock, &looked{system: books})
			p.EditedGone = reconcile.RecreateEdited
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			books.remove("b001")
			stock.edit("s1", "name", instep.String("Tee"))
			books.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable, Op: "books"} }
			mustRun(t, e, sweep())
			books.block = nil
			books.put("b001", booksRecord("A", "Kahvi", "1")...)
			then(stock, books)
			for range 2 {
				mustRun(t, e, sweep())
			}
			books.hide("b001", false)
			mustRun(t, e, sweep())
			if len(books.records) != 1 || books.records["b001"].Get("title") != instep.String("Tee") {
				t.Errorf("the books hold %v", books.records)
			}
			if x := explainOne(t, e, stock.ref("s1")); x.Other.ID != "b001" || x.State != instep.InStep {
				t.Errorf("it is %s %+v with %q", x.State, x.Message, x.Other.ID)
			}
		})
	}
}
