package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// byName is a pair whose records are also known by their names.
func byName(l, r instep.Source) reconcile.Pair {
	p := pairOf(l, r)
	p.Mapping.Rules[1].Match = &instep.Match{Rank: 2}
	return p
}

// Two records of one name are both made, also where the run ends between the
// two: what is made from one of them is not the other's counterpart.
func TestNamesakesAreBothMade(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		stop func(books *system, n *int) // what befalls the second create
	}{
		{"undisturbed", func(*system, *int) {}},
		{"refused for now", func(books *system, n *int) {
			books.block = func(instep.Op) error {
				if *n++; *n == 2 {
					return instep.Unavailable
				}
				return nil
			}
		}},
		{"the whole run stops", func(books *system, n *int) {
			books.traits = func(t *instep.Traits) { t.MaxBatch = 1 }
			books.block = func(instep.Op) error {
				if *n++; *n == 2 {
					return instep.Unauthorized
				}
				return nil
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			for _, code := range []string{"A", "B", "C"} {
				stock.put(code, stockRecord(code, "Matti Virtanen", "1")...)
			}
			n := 0
			test.stop(books, &n)
			e := newEngine(t, memory.New(), nil, byName(stock, books))
			_, _ = e.Run(t.Context(), nil)
			mustRun(t, e, nil)
			if len(books.records) != 3 {
				t.Errorf("%d of 3 were made", len(books.records))
			}
			books.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}

// A name that a linked record has for another reason puts a new one of that
// name in doubt as before.
func TestNamesOfOthersAreInDoubt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		do   func(stock, books *system, e *reconcile.Engine)
	}{
		{"it was there before", func(stock, books *system, e *reconcile.Engine) {
			books.put("7", booksRecord("A", "Matti Virtanen", "1")...)
			stock.put("A", stockRecord("A", "Matti Virtanen", "1")...)
			mustRun(t, e, nil)
		}},
		{"it was named so later", func(stock, books *system, e *reconcile.Engine) {
			stock.put("A", stockRecord("A", "Maija Meikäläinen", "1")...)
			mustRun(t, e, nil)
			books.edit("b001", "title", instep.String("Matti Virtanen"))
			mustRun(t, e, nil)
		}},
		{"it is free on the other side", func(stock, books *system, e *reconcile.Engine) {
			stock.put("A", stockRecord("A", "Matti Virtanen", "1")...)
			mustRun(t, e, nil)
			books.put("900", booksRecord("X9", "Matti Virtanen", "1")...)
		}},
		{"it is that of one it was merged into", func(stock, books *system, e *reconcile.Engine) {
			stock.put("A", stockRecord("A", "Matti Virtanen", "1")...)
			mustRun(t, e, nil)
			books.put("900", booksRecord("A", "Matti Virtanen", "1")...)
			delete(books.records, "b001")
			books.merged["b001"] = "900"
			mustRun(t, e, &reconcile.Select{Sweep: true})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			e := newEngine(t, memory.New(), nil, byName(stock, books))
			test.do(stock, books, e)
			made := len(books.records)
			stock.put("B", stockRecord("B", "Matti Virtanen", "1")...)
			sum := mustRun(t, e, &reconcile.Select{Sweep: true}) // which shows that A is there
			if sum.Pairs[0].Counts.Of(instep.Review) < 1 || len(books.records) != made {
				t.Errorf("%v, %d records in the books", sum.Pairs[0].Counts, len(books.records))
			}
		})
	}
}

// A record that is gone may be the new one of the same name: deleted and made
// anew, or renumbered where nothing tells so.
func TestNamesakeThatIsGone(t *testing.T) {
	t.Parallel()
	for _, sweep := range []bool{false, true} {
		for _, between := range []bool{false, true} {
			for _, canRename := range []bool{false, true} {
				t.Run(fmt.Sprint(sweep, between, canRename), func(t *testing.T) {
					t.Parallel()
					stock, books := twoSystems()
					stock.traits = func(t *instep.Traits) { t.CanRename = canRename }
					for _, code := range []string{"A", "Z1", "Z2", "Z3", "Z4"} {
						stock.put(code, stockRecord(code, "Matti "+code[:1], "1")...)
					}
					p := byName(stock, books)
					e := newEngine(t, memory.New(), nil, p)
					mustRun(t, e, nil)
					made := len(books.records)
					if between {
						stock.remove("A")
						mustRun(t, e, &reconcile.Select{Sweep: true})
						stock.put("A2", stockRecord("A2", "Matti A", "1")...)
					} else {
						stock.rename("A", "A2")
					}
					sum := mustRun(t, e, &reconcile.Select{Sweep: sweep})
					if len(books.records) != made {
						t.Errorf("%v, %d records in the books", sum.Pairs[0].Counts, len(books.records))
					}
				})
			}
		}
	}
}

// What a create fills in by itself is nobody's edit, also where its reply is
// lost; what stands there otherwise is one.
func TestDefaultsAreNoEdits(t *testing.T) {
	t.Parallel()
	for _, edited := range []bool{false, true} {
		stock, books := twoSystems()
		books.infos[2].Default = instep.Number(instep.MustDecimal("9.50"))
		p := both(byName(stock, books))
		price := stockRecord("A", "Kahvi", "1")
		price[2].Value = instep.Null()
		stock.put("A", price...)
		lost := false
		books.fault = func(string) (bool, bool) {
			defer func() { lost = true }()
			return !lost, false
		}
		given := instep.MustDecimal("9.50")
		if edited {
			given = instep.MustDecimal("8")
		}
		e := newEngine(t, memory.New(), nil, p)
		books.after = func(id string) { books.records[id] = books.records[id].With("net_price", instep.Number(given)) }
		mustRun(t, e, nil)
		mustRun(t, e, nil)
		want := instep.Null()
		if edited {
			want = instep.Number(given)
		}
		if got := stock.records["A"].Get("price"); got != want || len(books.records) != 1 {
			t.Errorf("edited %v: the stock's price is %v, want %v; %d records in the books", edited, got, want, len(books.records))
		}
	}
}

// A number is nobody else's: a second record with that of a linked one is in
// doubt, whoever made that one's counterpart.
func TestSecondOfOneNumberIsInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	e := newEngine(t, memory.New(), nil, byName(stock, books))
	stock.put("x1", stockRecord("A", "Kahvi", "1")...)
	mustRun(t, e, nil)
	stock.put("x2", stockRecord("A", "Tee", "1")...)
	sum := mustRun(t, e, nil)
	if sum.Pairs[0].Counts.Of(instep.Review) != 1 || len(books.records) != 1 {
		t.Errorf("%v, %d records in the books", sum.Pairs[0].Counts, len(books.records))
	}
}
