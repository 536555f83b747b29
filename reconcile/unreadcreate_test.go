package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A field flows to the left alone, and the books give new records a price of their
// own. It is nobody's edit, whether or not the new record is looked at once it is
// made: the price in the stock stands.
func TestGivenWhereNothingIsWritten(t *testing.T) {
	t.Parallel()
	for name, exact := range map[string]bool{"read back": false, "not read back": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			books.traits = func(t *instep.Traits) { t.Exact = exact }
			books.after = func(id string) { books.records[id] = books.records[id].With("net_price", priced("5")) }
			p := pairOf(stock, books)
			p.Mapping.Rules[2].Owner, p.Mapping.Rules[2].Direction = instep.BothOwn, instep.ToLeft
			e := newEngine(t, memory.New(), nil, p)
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			mustRun(t, e, sweep())
			if diff := cmp.Diff([]string{"create b001 active,code,title"}, books.takeWrites()); diff != "" {
				t.Errorf("written to the books (-want +got):\n%s", diff)
			}
			mustRun(t, e, sweep())
			if got := stock.records["A"].Get("price"); got != priced("1") {
				t.Errorf("the price in the stock is %v", got)
			}
			books.edit("b001", "net_price", priced("6"))
			mustRun(t, e, nil)
			if got := stock.records["A"].Get("price"); got != priced("6") {
				t.Errorf("once it was edited in the books, it is %v", got)
			}
		})
	}
}

// A number is given once, to new records. What a write that was not looked at has
// made of it counts before any list shows it: a new record has the number that it
// was made with, and keeps it when something else is written to it.
func TestNumberBeforeItIsListed(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	books.traits = func(t *instep.Traits) { t.Exact = true }
	p := pairOf(stock, books)
	p.Mapping.Rules[0].CreateOnly = true
	e := newEngine(t, memory.New(), nil, p)
	run := func() {
		mustRun(t, e, nil)
		books.changed["b001"] = 0 // lists do not show it yet
	}
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	run()
	stock.edit("s1", "number", instep.String("B"))
	stock.edit("s1", "name", instep.String("Kahvia"))
	run()
	stock.edit("s1", "number", instep.String("C"))
	run()
	stock.put("sA", stockRecord("A", "Tee", "1")...)
	stock.put("sB", stockRecord("B", "Tee", "1")...)
	run()
	if x := explainOne(t, e, stock.ref("sA")); x.State != instep.Review || x.Message.Code != "linked_elsewhere" {
		t.Errorf("the one with the number of another is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
	if x := explainOne(t, e, stock.ref("sB")); x.State != instep.InStep || x.Other.ID != "b002" {
		t.Errorf("the one with a free number is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
}
