package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// emptied is a pair of one product whose price is emptied in the stock while it is
// hidden in the books.
func emptied(t *testing.T) (stock, books *system, store *memory.Store, p reconcile.Pair) {
	t.Helper()
	stock, books = twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p = both(pairOf(stock, books))
	p.Flow, p.Hidden[instep.Left], p.Erase = instep.BothWays, reconcile.EraseHidden, []string{"price"}
	store = memory.New()
	mustRun(t, newEngine(t, store, nil, p), nil)
	books.hide("b001", true)
	return stock, books, store, p
}

func price(n string) instep.Value { return instep.Number(instep.MustDecimal(n)) }

// A record is back, and the write of its values to the other one, which was
// emptied or set out of use meanwhile, is lost. They are written all the same.
func TestReturnOutlivesLostWrite(t *testing.T) {
	t.Parallel()
	for name, hidden := range map[string]reconcile.HiddenPolicy{"emptied": reconcile.EraseHidden, "set out of use": reconcile.DeactivateHidden} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books, store, p := emptied(t)
			p.Hidden[instep.Left] = hidden
			mustRun(t, newEngine(t, store, nil, p), sweep())
			if f := stock.records["A"]; f.Get("price") == price("1") && f.Get("barred") == instep.Bool(false) {
				t.Fatalf("the stock holds %v", f)
			}
			books.hide("b001", false)
			lost := 0
			stock.fault = func(string) (bool, bool) { lost++; return lost == 1, true }
			mustRun(t, newEngine(t, store, nil, p), sweep())
			if lost == 0 {
				t.Fatal("nothing was written")
			}
			for range 2 {
				mustRun(t, newEngine(t, store, nil, p), nil)
			}
			if f := stock.records["A"]; f.Get("price") != price("1") || f.Get("barred") != instep.Bool(false) {
				t.Errorf("the stock holds %v", f)
			}
		})
	}
}

// The reply to the write that empties a record is lost. What people fill in then
// is theirs: it is not emptied once more, and an edit when the other shows again.
func TestEmptyingInDoubt(t *testing.T) {
	t.Parallel()
	stock, books, store, p := emptied(t)
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), sweep()); err == nil || !stock.records["A"].Get("price").IsBlank() {
		t.Fatalf("the process has not died after the write: %v", err)
	}
	e := newEngine(t, store, nil, p)
	mustRun(t, e, sweep())
	stock.edit("A", "price", price("7"))
	mustRun(t, e, sweep())
	if got := stock.records["A"].Get("price"); got != price("7") {
		t.Errorf("the price that was filled in is %v", got)
	}
	books.hide("b001", false)
	mustRun(t, e, sweep())
	for where, got := range map[string]instep.Value{"stock": stock.records["A"].Get("price"), "books": books.records["b001"].Get("net_price")} {
		if got != price("7") {
			t.Errorf("the price in the %s is %v", where, got)
		}
	}
}
