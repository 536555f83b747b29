package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record takes the place of one that was deleted. Later their counterpart is
// deleted, and then brought back: what was deleted for it is made anew, and not
// left out for what was decided as the first one went.
func TestBackAfterSuccessor(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	p.Guards.Deletes, p.Flow = -1, instep.BothWays
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.remove("A")
	stock.put("A2", stockRecord("A", "Kahvi", "1")...)
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("A2")); x.State.String() != "in step" {
		t.Fatalf("the successor is %s %+v", x.State, x.Message)
	}
	books.remove("b001")
	mustRun(t, e, sweep())
	if len(stock.records) != 0 {
		t.Fatalf("the stock holds %v", stock.records)
	}
	books.put("b001", booksRecord("A", "Kahvi", "1")...)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if len(stock.records) != 1 || len(books.records) != 1 {
		t.Errorf("stock holds %v, books hold %v", stock.records, books.records)
	}
}

// A record is left for the one that has taken its counterpart's place, and the
// process dies before the two have met. Meanwhile there are two that it may
// belong with. A person says that it is neither: it has one made for it.
func TestNewInsteadOfSuccessor(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("s1", stockRecord("A", "Kahvi", "1")...)
	p := both(pairOf(stock, books))
	p.Guards.Deletes, p.Flow = -1, instep.BothWays
	store := memory.New()
	e := newEngine(t, store, nil, p)
	mustRun(t, e, nil)
	stock.remove("s1")
	stock.put("s2", stockRecord("A", "Kahvi", "1")...)
	if _, err := newEngine(t, &failing{store, 1, func() {}}, nil, p).Run(t.Context(), sweep()); err == nil {
		t.Fatal("the run has not died")
	}
	stock.put("s3", stockRecord("A", "Kahvi", "1")...)
	e = newEngine(t, store, nil, p)
	mustRun(t, e, sweep())
	for _, r := range reviews(t, e, "ambiguous") {
		if r.Right.Ref.ID == "b001" {
			answer(t, e, r.ID, "new")
		}
	}
	mustRun(t, e, nil)
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.InStep || len(stock.records) != 3 {
		t.Errorf("it is %s %s; the stock holds %v", x.State, x.Message.Code, stock.records)
	}
}

// A person has said of a record that it is not the counterpart of another. When the
// one that is its counterpart is deleted, it takes nobody's place: what the policy
// says of a deletion is done.
func TestVetoedIsNoSuccessor(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"never", "drop"} {
		stock, books := twoSystems()
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		p := both(pairOf(stock, books))
		p.Deletes[instep.Left], p.Guards.Deletes, p.Flow = reconcile.DeleteDeleted, -1, instep.BothWays
		e := newEngine(t, memory.New(), nil, p)
		mustRun(t, e, nil)
		books.put("x", booksRecord("A", "Tee", "2")...)
		mustRun(t, e, nil)
		answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, verb)
		mustRun(t, e, nil)
		books.remove("b001")
		for range 2 {
			mustRun(t, e, sweep())
		}
		if f, ok := stock.records["A"]; ok && f.Get("name") == instep.String("Kahvi") || len(books.records) != 1 {
			t.Errorf("%s: the stock holds %v, the books %v", verb, stock.records, books.records)
		}
	}
}
