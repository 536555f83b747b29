package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// The record of a link ceases, and another is made under its id, whose reply is
// lost and which somebody edits at once: a person is asked whether it is the one.
// Until then it is not taken for the one that has ceased either.
func TestRetakenInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed, books.keyed = "", "code"
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, both(pairOf(stock, books)))
	mustRun(t, e, nil)
	books.edit("A", "code", instep.String("B"))
	mustRun(t, e, nil)
	if got := stock.records["s1"].Get("number"); got != instep.String("B") {
		t.Fatalf("the number is %v", got)
	}
	stock.put("s2", stockRecord("A", "Tee", "2")...)
	books.remove("A")
	books.fault = func(string) (lost, before bool) { return true, false }
	books.after = func(id string) {
		f := books.records[id]
		books.records[id] = f.With("title", instep.String("Chai"))
	}
	mustRun(t, e, nil)
	books.fault = nil
	mustRun(t, e, sweep())
	onlyReview(t, e, "found_differs")
	if x := explainOne(t, e, stock.ref("s1")); x.Message.Code != "reused" {
		t.Errorf("the first is %s %s", x.State, x.Message.Code)
	}
	if got := stock.records["s1"].Get("name"); got != instep.String("Kahvi") {
		t.Errorf("the first was given %v", got)
	}
}

// A create is in doubt whose source is gone, and what it made has another number by
// then: a person is asked, and it goes over as a record of its own. It has the same
// name as ever, which is a key as well, so that its next number is no riddle.
func TestSameNameInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed, books.keyed = "", "code"
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Flow = instep.BothWays
	p.Mapping.Rules[1].Match = &instep.Match{Rank: 2, Strong: true}
	e := newEngine(t, memory.New(), nil, p)
	books.fault = func(string) (lost, before bool) { return true, false }
	books.after = func(id string) {
		books.records[id] = books.records[id].With("code", instep.String("B"))
		stock.remove("s1")
	}
	mustRun(t, e, nil)
	books.fault, books.after = nil, nil
	mustRun(t, e, sweep())
	onlyReview(t, e, "in_doubt")
	books.edit("A", "code", instep.String("C"))
	mustRun(t, e, nil)
	if x := explainOne(t, e, books.ref("A")); x.State != instep.InStep {
		t.Errorf("it is %s %s", x.State, x.Message.Code)
	}
	if got := stock.records["s001"].Get("number"); got != instep.String("C") {
		t.Errorf("the stock holds %v", stock.records)
	}
}
