package reconcile_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// retaken has a record be gone, which its counterpart outlives, and one with
// another number be there under its id, which is chosen for new records.
func retaken(t *testing.T) (stock, books *system, e *reconcile.Engine) {
	t.Helper()
	stock, books = twoSystems()
	stock.keyed = "" // the number is no more the id once it is changed
	stock.traits = func(t *instep.Traits) { t.ChosenID = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	p.Guards.Deletes = -1
	e = newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.remove("A")
	mustRun(t, e, sweep())
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Gone {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	stock.put("A", stockRecord("Z", "Tee", "2")...)
	stock.takeWrites()
	books.takeWrites()
	return stock, books, e
}

// Nothing tells whether it is the one that was gone, or another one that got the
// id: a person is asked, and nothing is written before that, however often it is
// looked at and whatever is edited meanwhile.
func TestRetakenIsAsked(t *testing.T) {
	t.Parallel()
	stock, books, e := retaken(t)
	for i := range 4 {
		mustRun(t, e, &reconcile.Select{Sweep: i%2 == 0})
		onlyReview(t, e, "reused")
		if w := append(stock.takeWrites(), books.takeWrites()...); len(w) > 0 {
			t.Fatalf("in run %d, before anybody has answered: %v", i+1, w)
		}
		if i == 1 {
			stock.edit("A", "price", price("3"))
			books.edit("b001", "title", instep.String("Kahvia"))
		}
	}
}

// If it is the same, it goes on as the one that it was; if not, each of the two is
// on its own, and what was there before gets nothing of what is there now.
func TestRetakenAnswered(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]map[string]string{
		"link:books/product/b001": {"Z": "Tee 2"},
		"new":                     {"A": "Kahvi 1", "Z": "Tee 2"},
	} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books, e := retaken(t)
			mustRun(t, e, nil)
			answer(t, e, onlyReview(t, e, "reused").ID, verb)
			for range 2 {
				mustRun(t, e, sweep())
			}
			if diff := gocmp.Diff(want, byCode(books, "code", "title", "net_price")); diff != "" {
				t.Errorf("the books (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(map[string]string{"Z": "Tee 2"}, byCode(stock, "number", "name", "price")); diff != "" {
				t.Errorf("the stock (-want +got):\n%s", diff)
			}
			if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || books.records[x.Other.ID].Get("code") != instep.String("Z") {
				t.Errorf("it is %s with %q", x.State, x.Other.ID)
			}
			stock.takeWrites()
			books.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}

// Two records of the stock have one number. The counterpart of the first is gone, and
// its id is given to what is made of the second, of which the reply is lost and which
// somebody edits at once. It has the number that the one before it had: that does not
// make it the same, and nothing of it goes over to the first.
func TestRetakenWithTheSameNumber(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed, books.keyed = "", "code"
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	p.Guards.Deletes = -1
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.remove("A")
	mustRun(t, e, sweep())
	stock.put("s2", stockRecord("A", "Tee", "2")...)
	mustRun(t, e, nil)
	answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, "never")
	books.fault = func(string) (lost, before bool) { books.fault = nil; return true, false }
	books.after = func(id string) { books.records[id] = books.records[id].With("title", instep.String("Chai")) }
	for range 3 {
		mustRun(t, e, sweep())
		if got := stock.records["s1"].Get("name"); got != instep.String("Kahvi") {
			t.Fatalf("the first was given %v", got)
		}
	}
	onlyReview(t, e, "found_differs")
	if x := explainOne(t, e, stock.ref("s1")); x.Message.Code != "reused" {
		t.Errorf("the first is %s %s", x.State, x.Message.Code)
	}
}
