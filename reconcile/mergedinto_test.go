package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// A record is merged into one that has stood without a counterpart so far: that
// one takes its place, and nobody is asked.
func TestMergedIntoOneAlone(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Flow = instep.ToRight })
	books.put("9", booksRecord("OTHER", "Kahvi", "1")...)
	mustRun(t, e, nil)
	if x := explainOne(t, e, books.ref("9")); x.State != instep.Unmatched {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	books.put("b001", booksRecord("A", "Kahvi", "1")...)
	books.merged["b001"] = "9"
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "9" || x.State != instep.InStep {
		t.Errorf("A is linked with %q, %s", x.Other.ID, x.State)
	}
}

// A record is merged into one that has a counterpart, and which got another id in
// the same moment. That one keeps its counterpart, and a person is asked.
func TestMergedIntoOneRenamed(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
		p.Flow = instep.ToRight
		p.Right.(*system).uid = map[string]string{"b001": "first", "b002": "second"}
	})
	books.put("9", booksRecord("Z", "Tee", "2")...)
	books.remove("b002")
	books.uid["9"] = "second"
	books.put("b001", booksRecord("A", "Kahvi", "1")...)
	books.merged["b001"] = "9"
	for range 2 {
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, stock.ref("Z")); x.Other.ID != "9" || x.State != instep.InStep {
		t.Errorf("Z is linked with %q, %s", x.Other.ID, x.State)
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.Review || x.Message.Code != "merged_linked" {
		t.Errorf("A is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
}

// What a record was deleted for turns out to have been merged into another, right
// before it is to be deleted. It is not: a person is asked.
func TestMergedBeforeDeletion(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Deletes[instep.Left] = reconcile.DeleteDeleted })
	was := books.records["b001"]
	books.remove("b001")
	plan, err := e.Plan(t.Context(), sweep())
	if err != nil || plan.Counts().Of(instep.Removed) != 1 {
		t.Fatalf("plan: %v %s", err, describePlan(plan))
	}
	books.records["b001"], books.merged["b001"] = was, "b002"
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if _, ok := stock.records["A"]; !ok {
		t.Error("it was deleted though its counterpart was merged into another")
	}
	if x := explainOne(t, e, stock.ref("A")); x.Message.Code != "merged_linked" {
		t.Errorf("A is %s %s", x.State, x.Message.Code)
	}
}
