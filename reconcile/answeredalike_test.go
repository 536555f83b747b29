package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A person says that a record was made from another one, after somebody has given
// it all that the other has. There is nothing to write, and the two are in step.
func TestMadeAndAlike(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	n := 0
	books.fault = func(string) (lost, before bool) {
		if n++; n == 1 {
			books.put("99", booksRecord("A", "Aivan muu", "50")...)
		}
		return n == 1, true
	}
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	r := onlyReview(t, e, "found_differs")
	books.put("99", booksRecord("A", "Kahvi", "1")...)
	answer(t, e, r.ID, "made:books/product/99")
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || x.Other.ID != "99" {
		t.Errorf("it is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
	stock.edit("A", "name", instep.String("Kahvia"))
	mustRun(t, e, nil)
	if got := books.records["99"].Get("title"); got != instep.String("Kahvia") {
		t.Errorf("its title is %v after an edit", got)
	}
}

// Nothing can be made on a side that is only read: whoever asks for it is told so,
// and the question stays.
func TestNewWhereNothingIsWritten(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	for _, id := range []string{"1", "2"} {
		stock.put(id, stockRecord("A", "Kahvi "+id, "1")...)
	}
	books.put("b", booksRecord("A", "Kahvi", "1")...)
	p := pairOf(struct {
		instep.Source
		instep.Getter
		instep.Traiter
	}{stock, stock, stock}, books)
	p.Flow, p.First = instep.ToRight, instep.Left
	for i := range p.Mapping.Rules {
		p.Mapping.Rules[i].Direction = instep.ToRight
	}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	r := reviewOf(t, e, books.ref("b"))
	a, err := reconcile.ParseAnswer("new")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Answer(t.Context(), r.ID, a); instep.KindOf(err) != instep.Config {
		t.Errorf("the answer is taken: %v", err)
	}
	if x := explainOne(t, e, books.ref("b")); x.State != instep.Review {
		t.Errorf("it is %s %s", x.State, x.Message.Code)
	}
}

// Two records meet, and a field that only one side owns is edited there meanwhile.
// A person leaves the two as they are: the difference is told as a drift.
func TestMeetingLeftDifferent(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("100", booksRecord("A", "Coffee", "1")...)
	p := pairOf(stock, books)
	p.Mapping.Rules[1].Owner = instep.RightOwns
	e := newEngine(t, memory.New(), nil, p)
	n := 0
	books.fault = func(string) (bool, bool) {
		if n++; n == 1 {
			books.edit("100", "title", instep.String("Espresso"))
		}
		return n == 1, true
	}
	for range 2 {
		mustRun(t, e, nil)
	}
	answer(t, e, onlyReview(t, e, "conflict").ID, "drop")
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); len(x.Drifted) != 1 || x.Drifted[0] != "name" {
		t.Errorf("drifted are %q; it is %s", x.Drifted, x.State)
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
}

// What happened to a record is told by its last 20 rows, the newest first.
func TestHistoryEnds(t *testing.T) {
	t.Parallel()
	stock, _, e, _ := linkedPair(t, nil)
	const edits = 25
	for i := range edits {
		stock.edit("A", "price", price(fmt.Sprint(i+10)))
		mustRun(t, e, nil)
	}
	x := explainOne(t, e, stock.ref("A"))
	if len(x.History) != 20 || x.History[0].Action != "update right" {
		t.Errorf("%d rows, the first of them %q", len(x.History), x.History[0].Action)
	}
}
