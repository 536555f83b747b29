package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// booksFirst is the pair of the two systems with the books on the left side.
func booksFirst(books *system, stock instep.Source) reconcile.Pair {
	p := pairOf(books, stock)
	for i := range p.Mapping.Rules {
		r := &p.Mapping.Rules[i]
		r.Left, r.Right = r.Right, r.Left
	}
	return p
}

// sameNumber has two records of the books with the number of one of the stock,
// which is linked with the first. A person has said that the second is to have
// one made for it; the first is edited.
func sameNumber(t *testing.T, right instep.Source, books *system) *reconcile.Engine {
	t.Helper()
	p := booksFirst(books, right)
	p.Mapping.Rules[0].Owner = instep.RightOwns
	books.put("b1", booksRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	mustRun(t, e, nil)
	books.edit("b1", "code", instep.String("C"))
	books.put("b2", booksRecord("A", "Tee", "2")...)
	mustRun(t, e, nil)
	answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, "new")
	books.edit("b1", "title", instep.String("Kahvia"))
	return e
}

// The linked record is gone, which nobody can tell. What is to be written to it
// in the same call does not get into the one that is made under its id.
func TestMadeUnderLinkedID(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.Snapshot = true }
	e := sameNumber(t, onlyListed{stock, stock, stock}, books)
	madeAnew(t, e, stock, books)
}

// madeAnew has the linked record be gone, and wants the other one to be made under
// its id, once.
func madeAnew(t *testing.T, e *reconcile.Engine, stock, books *system) {
	t.Helper()
	stock.remove("A")
	for range 3 {
		mustRun(t, e, nil)
	}
	if got := stock.records["A"].Get("name").String(); got != "Tee" || len(stock.records) != 1 {
		t.Errorf("the stock holds %v", stock.records)
	}
	if x := explainOne(t, e, books.ref("b2")); x.State != instep.InStep {
		t.Errorf("what was made anew is %s %s", x.State, x.Message.Code)
	}
}

// The linked record is there: nothing is made under its id, and what is to be
// written to it is written.
func TestMadeUnderTakenID(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	e := sameNumber(t, stock, books)
	mustRun(t, e, nil)
	if got := stock.records["A"].Get("name").String(); got != "Kahvia" || len(stock.records) != 1 {
		t.Errorf("the stock holds %v", stock.records)
	}
	onlyReview(t, e, "taken")
}

// The system can be asked, and says that it is gone, or withdrawn: which of the two
// nobody can tell. What was to be written to it leaves no second link with its id.
func TestMadeUnderIDOfOneFoundGone(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.HidesMissing = true }
	e := sameNumber(t, stock, books)
	books.edit("b1", "code", instep.String("D")) // so that the link itself is to be committed
	madeAnew(t, e, stock, books)
}

// A write to the linked record was refused. The next sweep tries it again, though the
// other one is to be made under its id in the same call.
func TestTriedAgainBesideTakenID(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.IfVersion = true }
	e := sameNumber(t, stock, books)
	stock.block = func(op instep.Op) error {
		if op.Action == instep.Update {
			return &instep.Error{Kind: instep.Invalid, Op: "stock"}
		}
		return nil
	}
	for range 2 {
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, books.ref("b1")); x.Message.Code != "refused" {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	stock.block = nil
	mustRun(t, e, sweep())
	if got := stock.records["A"].Get("name").String(); got != "Kahvia" {
		t.Errorf("it is called %s", got)
	}
}

// A record of which only a file tells is gone. One is to be made under its id, and
// another one, which has its number by now, meets it in the same call.
func TestMetAndMadeInOneCall(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.Snapshot = true }
	p := booksFirst(books, onlyListed{stock, stock, stock})
	p.Flow = instep.ToRight
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("b1", booksRecord("A", "Tee", "2")...)
	books.put("b2", booksRecord("A", "Kaakao", "3")...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.stale = func(r instep.Record) instep.Record { delete(stock.records, "A"); return r } // gone once it was listed
	all, err := e.Reviews(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("%d reviews, %v", len(all), err)
	}
	for _, r := range all {
		if r.Left.Ref.ID == "b2" {
			answer(t, e, r.ID, "new")
		}
	}
	for range 3 {
		mustRun(t, e, nil)
		stock.stale = nil
	}
	if len(stock.records) != 1 {
		t.Errorf("the stock holds %v", stock.records)
	}
}
