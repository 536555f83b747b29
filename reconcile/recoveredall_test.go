package reconcile_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Replies of both sides were lost. Already the next plan knows what came of each
// write, whichever was sent first.
func TestPlanKnowsOfBothSides(t *testing.T) {
	t.Parallel()
	stock, books, _, store := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("vasen"))
	books.edit("b002", "net_price", price("7"))
	lost := [2]bool{}
	stock.fault = func(string) (bool, bool) { lost[0] = true; return true, false }
	books.fault = func(string) (bool, bool) { lost[1] = true; return true, false }
	p := both(pairOf(deaf{stock, &lost}, deaf{books, &lost}))
	p.Flow = instep.BothWays
	if _, err := newEngine(t, store, nil, p).Run(t.Context(), nil); !errors.Is(err, instep.Unavailable) || !lost[0] || !lost[1] {
		t.Fatalf("replies were lost %v, and the run says %v", lost, err)
	}
	stock.fault, books.fault, lost = nil, nil, [2]bool{}
	if _, err := newEngine(t, store, nil, p).Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for work, err := range store.Open(t.Context(), "products") {
		if err != nil || work.Unit != nil {
			t.Errorf("still in doubt: %+v, %v", work.Unit, err)
		}
	}
}

// Of two creates under ids that we choose, the replies are lost. One was not
// carried out, and is sent again; the other was, and is not.
func TestTwoChosenIDsInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.put("1", booksRecord("A", "Kahvi", "1")...)
	books.put("2", booksRecord("B", "Tee", "2")...)
	p := ownedByBoth(&noFinder{stock}, books)
	p.First = instep.Right
	asked := 0
	stock.fault = func(string) (lost, before bool) {
		asked++
		return asked <= 2, asked == 1
	}
	e := newEngine(t, memory.New(), nil, p)
	for range 2 {
		mustRun(t, e, nil)
	}
	if asked != 3 || len(stock.records) != 2 {
		t.Errorf("%d creates were sent; the stock holds %v", asked, stock.records)
	}
	for _, id := range []string{"A", "B"} {
		if x := explainOne(t, e, stock.ref(id)); x.State != instep.InStep || x.Other.ID == "" {
			t.Errorf("%s is %s %s", id, x.State, x.Message.Code)
		}
	}
}

// The reply to a create is lost, and the mapping changes before anybody has
// looked. The record is found, and not made again.
func TestCreateInDoubtAcrossMappings(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	lost := [2]bool{true, false}
	books.fault = func(string) (bool, bool) { lost[1] = true; return true, false }
	p, store := pairOf(deaf{stock, &lost}, deaf{books, &lost}), memory.New()
	if _, err := newEngine(t, store, nil, p).Run(t.Context(), nil); !errors.Is(err, instep.Unavailable) {
		t.Fatalf("the run says %v", err)
	}
	books.fault, lost = nil, [2]bool{}
	p.Mapping.Rules[2].Owner = instep.BothOwn
	p.Mapping.Rules = append(p.Mapping.Rules[1:], p.Mapping.Rules[0])
	e := newEngine(t, store, nil, p)
	for range 2 {
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || x.Other.ID != "b001" || len(books.records) != 1 {
		t.Errorf("it is %s %s, with %q; the books hold %v", x.State, x.Message.Code, x.Other.ID, books.records)
	}
}

// A record that was gone is there again under its id, with another number. Where
// the vendor gives the ids it is the same one, and nobody is asked.
func TestBackWithAnotherNumber(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	p.Guards.Deletes = -1
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.remove("s1")
	mustRun(t, e, sweep())
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Gone {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	stock.put("s1", stockRecord("Z", "Kahvi", "1")...)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if x := explainOne(t, e, stock.ref("s1")); x.State != instep.InStep || x.Other.ID != "b001" {
		t.Errorf("it is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
	if got := books.records["b001"].Get("code"); got != instep.String("Z") {
		t.Errorf("its code in the books is %v", got)
	}
}

// A record takes the place of one that is gone, while something else is edited on
// the other side. The plan says of which record it is that it is left for the new
// one, and so does what is written down of it.
func TestSuccessorBesideAnEdit(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	stock.put("s2", stockRecord("B", "Tee", "2")...)
	p := both(pairOf(stock, books))
	p.Guards.Deletes, p.Flow = -1, instep.BothWays
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.remove("s1")
	mustRun(t, e, sweep())
	stock.put("s9", stockRecord("A", "Kahvi", "1")...)
	books.edit("b002", "title", instep.String("Vihreä tee"))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var replaced []string
	for item := range plan.Items() {
		if item.Reason.Code == "replaced" {
			replaced = append(replaced, item.Right.ID)
		}
	}
	if !slices.Equal(replaced, []string{"b001"}) {
		t.Errorf("left for another one are %q, want b001", replaced)
	}
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	for id, other := range map[string]string{"s9": "b001", "s2": "b002"} {
		if x := explainOne(t, e, stock.ref(id)); x.State != instep.InStep || x.Other.ID != other {
			t.Errorf("%s is %s %s, with %q", id, x.State, x.Message.Code, x.Other.ID)
		}
	}
}
