package reconcile_test

import (
	"slices"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record that is withdrawn takes the values with it that were given away.
func TestEraseHidden(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"plain", "killed"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.traits = func(t *instep.Traits) { t.HidesMissing = true }
			p := pairOf(stock, books)
			p.Hidden[instep.Right], p.Erase = reconcile.EraseHidden, []string{p.Mapping.Rules[2].Name}
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			books.takeWrites()
			stock.hide("A", true)
			if policy == "killed" {
				n := 0
				books.fault = func(string) (lost, before bool) { n++; return n == 1, false }
			}
			for range 3 {
				mustRun(t, e, sweep())
			}
			if got := books.takeWrites(); !slices.Equal(got, []string{"update b001 net_price"}) {
				t.Errorf("written: %v", got)
			}
			if got := books.records["b001"].Get("net_price"); !got.IsBlank() {
				t.Errorf("the price is still %v", got)
			}
			if x := explainOne(t, e, stock.ref("A")); x.State != instep.Frozen || x.Message.Code != "erased_hidden" {
				t.Errorf("explained as %v %s", x.State, x.Message.Code)
			}
			books.edit("b001", "title", instep.String("Kahvi, edited meanwhile"))
			stock.hide("A", false)
			mustRun(t, e, nil)
			if got := books.records["b001"].Get("net_price").String(); got != "1" {
				t.Errorf("after it shows again the price is %s", got)
			}
			mustRun(t, e, sweep())
			books.takeWrites()
			stock.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}

// What people fill in while it is hidden is theirs.
func TestEraseHiddenOnce(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Hidden[instep.Right], p.Erase = reconcile.EraseHidden, []string{p.Mapping.Rules[2].Name}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.hide("A", true)
	mustRun(t, e, sweep())
	books.edit("b001", "net_price", instep.Number(instep.MustDecimal("7")))
	books.takeWrites()
	for range 3 {
		mustRun(t, e, sweep())
	}
	if got := books.takeWrites(); len(got) != 0 {
		t.Errorf("written: %v", got)
	}
}

func TestEraseIsChecked(t *testing.T) {
	t.Parallel()
	for name, erase := range map[string][]string{"none": nil, "unknown": {"nothing"}, "a match key": {"code"}} {
		stock, books := twoSystems()
		p := pairOf(stock, books)
		p.Hidden[instep.Right], p.Erase = reconcile.EraseHidden, erase
		if _, err := reconcile.New(memory.New(), []reconcile.Pair{p}, nil); instep.KindOf(err) != instep.Config {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A record that shows again before its counterpart is emptied saves it.
func TestEraseHiddenShowsAgain(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Hidden[instep.Right], p.Erase = reconcile.EraseHidden, []string{p.Mapping.Rules[2].Name}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.takeWrites()
	stock.hide("A", true)
	plan, err := e.Plan(t.Context(), sweep())
	if err != nil {
		t.Fatal(err)
	}
	stock.hide("A", false)
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
	checkInStep(t, e, stock, books)
}

// What was filled in right before the other record was withdrawn, and is seen in
// the same run, goes as well.
func TestEraseHiddenWithWhatIsNew(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := both(pairOf(stock, books))
	p.Hidden[instep.Left], p.Erase = reconcile.EraseHidden, []string{p.Mapping.Rules[2].Name}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("0", stockRecord("0", "Tee", "1")...)
	stock.edit("A", "price", instep.Null())
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.edit("0", "price", instep.Null())
	stock.edit("A", "price", instep.Number(instep.MustDecimal("7")))
	books.hide(explainOne(t, e, stock.ref("A")).Other.ID, true)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if got := stock.records["A"].Get("price"); !got.IsBlank() {
		t.Errorf("the price is still %v", got)
	}
}
