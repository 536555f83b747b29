package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A person says that nothing is made for a record. Later it is found to belong with
// another one, and is given that one's number. That it was to stay alone does not
// hold any more: should the other go one day, that is another matter.
func TestKeptAloneUntilMet(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Flow = instep.BothWays
	p.Mapping.Rules[0].Match.Weak = true
	p.Mapping.Rules[1].Match = &instep.Match{Rank: 2}
	books.put("b1", booksRecord("X", "Kahvi", "1")...)
	books.put("b2", booksRecord("X", "Tee", "1")...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	answer(t, e, reviewOf(t, e, books.ref("b1")).ID, "drop")
	if x := explainOne(t, e, books.ref("b1")); len(x.Decisions) != 1 {
		t.Fatalf("decided: %+v", x.Decisions)
	}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	mustRun(t, e, nil)
	x := explainOne(t, e, books.ref("b1"))
	if x.Other.ID != "A" || books.records["b1"].Get("code") != instep.String("A") {
		t.Fatalf("it is %s %s, with %q; the books hold %v", x.State, x.Message.Code, x.Other.ID, books.records["b1"])
	}
	if len(x.Decisions) > 0 {
		t.Errorf("still decided: %+v", x.Decisions)
	}
}
