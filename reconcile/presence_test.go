package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// linkedPair puts one record into both systems and links the two: "A" in the
// stock, "b001" in the books.
func linkedPair(t *testing.T, change func(*reconcile.Pair)) (stock, books *system, e *reconcile.Engine, store *memory.Store) {
	t.Helper()
	stock, books = twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("Z", stockRecord("Z", "Tee", "2")...)
	p := pairOf(stock, books)
	for i := range p.Mapping.Rules[1:] {
		p.Mapping.Rules[i+1].Owner = instep.BothOwn
	}
	p.Flow = instep.BothWays
	if change != nil {
		change(&p)
	}
	store = memory.New()
	e = newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	stock.takeWrites()
	books.takeWrites()
	return stock, books, e, store
}

func sweep() *reconcile.Select { return &reconcile.Select{Sweep: true} }

// TestPresence plays every row of the decision table that is about records
// that are no longer there, or not there for us.
func TestPresence(t *testing.T) {
	t.Parallel()
	both := func(p reconcile.DeletePolicy) func(*reconcile.Pair) {
		return func(pair *reconcile.Pair) { pair.Deletes = [2]reconcile.DeletePolicy{p, p} }
	}
	editBooks := func(_, books *system) { books.edit("b001", "title", instep.String("Kahvia")) }
	removeStock := func(stock, _ *system) { stock.remove("A") }
	tests := []struct {
		name   string
		change func(*reconcile.Pair)
		do     []func(stock, books *system)
		want   instep.Outcome
		stock  string // all that was written
		books  string
	}{
		{name: "deleted, ignored", do: doAll(removeStock), want: instep.Gone},
		{name: "deleted, unlinked", change: both(reconcile.UnlinkDeleted), do: doAll(removeStock), want: instep.Unlinked},
		{name: "deleted, deactivated", change: both(reconcile.DeactivateDeleted), do: doAll(removeStock), want: instep.Deactivated, books: "deactivate b001 active"},
		{name: "deleted, deleted", change: both(reconcile.DeleteDeleted), do: doAll(removeStock), want: instep.Removed, books: "delete b001"},
		{name: "deleted on the right, deleted", change: both(reconcile.DeleteDeleted), do: doAll(func(_, books *system) { books.remove("b001") }), want: instep.Removed, stock: "delete A"},
		{name: "deleted on both", change: both(reconcile.DeleteDeleted), do: doAll(func(stock, books *system) { stock.remove("A"); books.remove("b001") }), want: instep.Gone},
		{name: "deleted and edited", change: both(reconcile.DeleteDeleted), do: doAll(removeStock, editBooks), want: instep.Review},
		{name: "deleted and edited, deletion wins", change: func(p *reconcile.Pair) { both(reconcile.DeleteDeleted)(p); p.EditedGone = reconcile.DeleteEdited }, do: doAll(removeStock, editBooks), want: instep.Removed, books: "delete b001"},
		{name: "deleted and edited, made anew", change: func(p *reconcile.Pair) { p.EditedGone = reconcile.RecreateEdited }, do: doAll(removeStock, editBooks), want: instep.Created, stock: "create A barred,name,number,price"},
		{name: "hidden", change: both(reconcile.DeleteDeleted), do: doAll(func(stock, _ *system) { stock.hide("A", true) }), want: instep.Frozen},
		{name: "hidden and edited on the other side", do: doAll(func(stock, _ *system) { stock.hide("A", true) }, editBooks), want: instep.Frozen},
		{name: "hidden, deactivated", change: func(p *reconcile.Pair) { p.Hidden[instep.Right] = reconcile.DeactivateHidden }, do: doAll(func(stock, _ *system) { stock.hide("A", true) }), want: instep.Deactivated, books: "deactivate b001 active"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books, e, _ := linkedPair(t, test.change)
			for _, do := range test.do {
				do(stock, books)
			}
			sum, err := e.Run(t.Context(), sweep())
			if err != nil {
				t.Fatal(err)
			}
			if sum.Pairs[0].Counts.Of(test.want) != 1 {
				t.Errorf("outcome is %+v, want one %s", sum.Pairs[0].Counts, test.want)
			}
			for range 2 { // and nothing more happens
				mustRun(t, e, sweep())
				mustRun(t, e, nil)
			}
			if got := strings.Join(stock.takeWrites(), "; "); got != test.stock {
				t.Errorf("written to the stock: %q, want %q", got, test.stock)
			}
			if got := strings.Join(books.takeWrites(), "; "); got != test.books {
				t.Errorf("written to the books: %q, want %q", got, test.books)
			}
		})
	}
}

func doAll(f ...func(stock, books *system)) []func(stock, books *system) { return f }

// TestBackAgain has records return after each of the policies.
func TestBackAgain(t *testing.T) {
	t.Parallel()
	t.Run("hidden", func(t *testing.T) {
		t.Parallel()
		stock, books, e, _ := linkedPair(t, nil)
		stock.hide("A", true)
		mustRun(t, e, sweep())
		books.edit("b001", "title", instep.String("Kahvia"))
		books.edit("b001", "net_price", instep.Number(instep.MustDecimal("7")))
		mustRun(t, e, nil)
		if w := stock.takeWrites(); len(w) != 0 {
			t.Errorf("a hidden record was written: %v", w)
		}
		stock.hide("A", false)
		mustRun(t, e, nil)
		if got := stock.records["A"].Get("name").String(); got != "Kahvia" {
			t.Errorf("the edit made meanwhile did not arrive: %s", got)
		}
		stock.takeWrites()
		checkInStep(t, e, stock, books)
	})
	t.Run("set out of use", func(t *testing.T) {
		t.Parallel()
		stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Hidden[instep.Right] = reconcile.DeactivateHidden })
		stock.hide("A", true)
		mustRun(t, e, sweep())
		stock.hide("A", false)
		mustRun(t, e, nil)
		if got := books.records["b001"].Get("active"); got != instep.Bool(true) {
			t.Errorf("it is not in use again: %v", got)
		}
		if got := stock.records["A"].Get("barred"); got != instep.Bool(false) {
			t.Errorf("our own doing came back as an edit: barred is %v", got)
		}
		books.takeWrites()
		checkInStep(t, e, stock, books)
	})
	t.Run("deleted", func(t *testing.T) {
		t.Parallel()
		stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Deletes[instep.Right] = reconcile.DeleteDeleted })
		stock.remove("A")
		mustRun(t, e, sweep())
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		mustRun(t, e, nil)
		oneEach(t, stock, books)
		books.takeWrites()
		checkInStep(t, e, stock, books)
	})
	t.Run("unlinked stays alone, also when it is edited", func(t *testing.T) {
		t.Parallel()
		stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Deletes[instep.Right] = reconcile.UnlinkDeleted })
		stock.remove("A")
		mustRun(t, e, sweep())
		books.edit("b001", "title", instep.String("Kahvia"))
		mustRun(t, e, nil)
		if len(stock.records) != 1 {
			t.Error("the deleted record was brought back")
		}
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		mustRun(t, e, nil)
		if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "b001" {
			t.Errorf("what came back is linked with %q", x.Other.ID)
		}
	})
}

// A stale view after both are gone brings nothing back.
func TestLateViewOfTheDeletedBringsNothingBack(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Deletes[instep.Right] = reconcile.DeleteDeleted })
	stock.remove("A")
	mustRun(t, e, sweep())
	books.takeWrites()
	get := books.record
	books.stale = func(r instep.Record) instep.Record {
		if r.Ref.ID == "b002" { // listed in place of what was deleted
			late := get("b002")
			late.Ref.ID = "b001"
			late.Fields = late.Fields.With("code", instep.String("A"))
			return late
		}
		return r
	}
	mustRun(t, e, sweep())
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 || len(stock.records) != 1 {
		t.Errorf("written because of a late view: %v", w)
	}
}

// The number of a record that is gone sits on another one now.
func TestSuccessor(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
		p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	})
	books.remove("b001")
	books.put("9", booksRecord("A", "Kahvi", "1")...)
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "9" {
		t.Errorf("A is linked with %q, want 9", x.Other.ID)
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
	checkInStep(t, e, stock, books)
}

func TestMerged(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Flow = instep.ToRight })
	books.put("9", booksRecord("OTHER", "Kahvi", "1")...)
	books.put("b001", booksRecord("A", "Kahvi", "1")...)
	books.merged["b001"] = "9"
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "9" {
		t.Errorf("A is linked with %q, want 9", x.Other.ID)
	}
	books.merged["9"] = "b002" // which is linked with Z
	books.put("9", booksRecord("A", "Kahvi", "1")...)
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.Review || x.Message.Code != "merged_linked" {
		t.Errorf("merged into a linked record: %v %s", x.State, x.Message.Code)
	}
}

func explainOne(t *testing.T, e *reconcile.Engine, ref instep.Ref) reconcile.Explanation {
	t.Helper()
	all, err := e.Explain(t.Context(), ref)
	if err != nil || len(all) != 1 {
		t.Fatalf("Explain %v: %v, %v", ref, all, err)
	}
	return all[0]
}

// TestGuards goes beyond each limit, looks that nothing is done, and approves.
func TestGuards(t *testing.T) {
	t.Parallel()
	many := func(p *reconcile.Pair) { p.Deletes[instep.Right] = reconcile.DeleteDeleted }
	tests := []struct {
		code   string
		change func(*reconcile.Pair)
		n      int
		do     func(stock, books *system)
		writes int // after approval
	}{
		{"many_gone", many, 200, func(stock, _ *system) { removeSome(stock, 5) }, 5},
		{"many_gone", func(p *reconcile.Pair) { many(p); p.Guards.Deletes = 1 }, 200, func(stock, _ *system) { removeSome(stock, 2) }, 2},
		{"emptied", many, 60, func(stock, _ *system) { removeSome(stock, 58) }, 58},
		{"many_creates", nil, 60, func(stock, _ *system) { putSome(stock, 51) }, 51},
		{"many_updates", nil, 60, func(stock, _ *system) { editSome(stock, 51) }, 51},
		{"canary", func(p *reconcile.Pair) { many(p); p.Canary[instep.Left] = "KANARIA" }, 60, func(stock, _ *system) { removeSome(stock, 1) }, 0},
	}
	for i, test := range tests {
		t.Run(fmt.Sprintf("%d %s", i, test.code), func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			for i := range test.n {
				code := fmt.Sprintf("P%03d", i)
				stock.put(code, stockRecord(code, "Tuote", "1")...)
			}
			p := pairOf(stock, books)
			if test.change != nil {
				test.change(&p)
			}
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			books.takeWrites()
			test.do(stock, books)
			plan, err := e.Plan(t.Context(), sweep())
			if err != nil {
				t.Fatal(err)
			}
			codes := []string{}
			for _, g := range plan.Guards() {
				codes = append(codes, g.Message.Code)
				if reconcile.Text(g.Message) == g.Message.Code || strings.Contains(reconcile.Text(g.Message), "{") {
					t.Errorf("no text: %v", g.Message)
				}
			}
			if !slices.Contains(codes, test.code) {
				t.Errorf("guards %v, want %s", codes, test.code)
			}
			if _, err := e.Apply(t.Context(), plan); instep.KindOf(err) != instep.Guarded {
				t.Errorf("Apply without approval: %v", err)
			}
			if w := books.takeWrites(); len(w) != 0 {
				t.Errorf("written without approval: %v", w)
			}
			mustRun(t, e, &reconcile.Select{Sweep: true, Approved: true})
			if w := books.takeWrites(); len(w) != test.writes {
				t.Errorf("%d writes after approval, want %d", len(w), test.writes)
			}
		})
	}
}

func removeSome(s *system, n int) {
	for i := range n {
		s.remove(fmt.Sprintf("P%03d", i))
	}
}

func putSome(s *system, n int) {
	for i := range n {
		code := fmt.Sprintf("N%03d", i)
		s.put(code, stockRecord(code, "Uusi", "1")...)
	}
}

func editSome(s *system, n int) {
	for i := range n {
		s.edit(fmt.Sprintf("P%03d", i), "name", instep.String("Muutettu"))
	}
}

// Policies that a side cannot carry out are refused before anything is read.
func TestPoliciesAreChecked(t *testing.T) {
	t.Parallel()
	for i, change := range []func(*system, *reconcile.Pair){
		func(s *system, p *reconcile.Pair) {
			s.traits = func(t *instep.Traits) { t.CanDelete = false }
			p.Deletes[instep.Right] = reconcile.DeleteDeleted
		},
		func(s *system, p *reconcile.Pair) {
			s.traits = func(t *instep.Traits) { t.CanBar = false }
			p.Deletes[instep.Right] = reconcile.DeactivateDeleted
		},
		func(s *system, p *reconcile.Pair) {
			s.traits = func(t *instep.Traits) { t.CanBar = false }
			p.Hidden[instep.Right] = reconcile.DeactivateHidden
		},
		func(_ *system, p *reconcile.Pair) { p.Deletes[instep.Right] = 99 },
	} {
		stock, books := twoSystems()
		p := pairOf(stock, books)
		change(books, &p)
		if _, err := reconcile.New(memory.New(), []reconcile.Pair{p}, nil); instep.KindOf(err) != instep.Config {
			t.Errorf("case %d: %v", i, err)
		}
	}
}

// Nothing is made on a side whose list was cut short and that cannot be asked.
func TestNoCreateOnACutList(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Tee", "1")...)
	books.put("7", booksRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, blindList{books}))
	mustRun(t, e, nil)
	books.takeWrites()
	books.put("8", booksRecord("C", "Uusi", "1")...)
	stock.put("C", stockRecord("C", "Uusi", "1")...)
	books.cut = 2
	for range 2 {
		mustRun(t, e, sweep())
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written on a list that was cut short: %v", w)
	}
	books.cut = 0
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("C")); x.Other.ID != "8" {
		t.Errorf("C is linked with %q", x.Other.ID)
	}
}

// blindList is a system that cannot be asked by a field.
type blindList struct{ *system }

func (blindList) Find() {}

// What is about to be deleted is left alone if either record has changed since
// the plan was made.
func TestDeletionIsLookedAtOnceMore(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(stock, books *system){
		"the counterpart is back": func(stock, _ *system) { stock.put("A", stockRecord("A", "Kahvi", "1")...) },
		"it was edited":           func(_, books *system) { books.edit("b001", "title", instep.String("Kahvia")) },
	} {
		for _, policy := range []reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeactivateDeleted} {
			t.Run(name+", "+policy.String(), func(t *testing.T) {
				t.Parallel()
				stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Deletes[instep.Right] = policy })
				stock.remove("A")
				plan, err := e.Plan(t.Context(), sweep())
				if err != nil {
					t.Fatal(err)
				}
				if plan.Empty() {
					t.Fatal("nothing is planned")
				}
				meanwhile(stock, books)
				if _, err := e.Apply(t.Context(), plan); err != nil {
					t.Fatal(err)
				}
				if w := books.takeWrites(); len(w) != 0 {
					t.Errorf("written: %v", w)
				}
			})
		}
	}
}

// TestSmallRegisterEmptied: that all of the few linked records of a side are
// gone is for a person to believe, that one is gone is not.
func TestSmallRegisterEmptied(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n, rest int
		limit   int
		guarded bool
	}{{1, 0, 0, false}, {2, 0, 0, true}, {3, 0, 0, true}, {3, 1, 0, false}, {3, 0, -1, false}} {
		stock, books := twoSystems()
		putSome(stock, test.n)
		p := pairOf(stock, books)
		p.Deletes[instep.Right], p.Guards.Deletes = reconcile.DeleteDeleted, test.limit
		e := newEngine(t, memory.New(), nil, p)
		mustRun(t, e, nil)
		for i := range test.n - test.rest {
			stock.remove(fmt.Sprintf("N%03d", i))
		}
		_, err := e.Run(t.Context(), sweep())
		if guarded := instep.KindOf(err) == instep.Guarded; guarded != test.guarded {
			t.Errorf("%d of %d left, limit %d: %v", test.rest, test.n, test.limit, err)
		}
		want := test.rest
		if test.guarded {
			want = test.n
		}
		if len(books.records) != want {
			t.Errorf("%d of %d left, limit %d: %d records in the books", test.rest, test.n, test.limit, len(books.records))
		}
		if test.guarded {
			sel := sweep()
			sel.Approved = true
			if _, err := e.Run(t.Context(), sel); err != nil || len(books.records) != test.rest {
				t.Errorf("approved: %v, %d records", err, len(books.records))
			}
		}
	}
}
