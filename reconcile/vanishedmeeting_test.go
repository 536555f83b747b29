package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Two records of the stock have the number of one of the books. A person says of
// the second that it is another, and the first is about to meet that one when it is
// deleted: one is made for the second under the free id, by the same call or by one
// before. The first is not joined with it.
func TestMeetingVanishes(t *testing.T) {
	t.Parallel()
	for _, batch := range []int{1, 5} {
		stock, books := twoSystems()
		stock.keyed, books.keyed = "", "code"
		books.traits = func(t *instep.Traits) { t.MaxBatch = batch }
		stock.put("s1", stockRecord("A", "Kahvi", "1")...)
		stock.put("s2", stockRecord("A", "Tee", "2")...)
		books.put("A", booksRecord("A", "Coffee", "1")...)
		e := newEngine(t, memory.New(), nil, pairOf(stock, books))
		mustRun(t, e, nil)
		for _, r := range reviews(t, e, "ambiguous") {
			if r.Left.Ref.ID == "s2" {
				answer(t, e, r.ID, "new")
			}
		}
		plan, err := e.Plan(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		books.remove("A")
		if _, err := e.Apply(t.Context(), plan); err != nil {
			t.Fatalf("calls of %d: %v", batch, err)
		}
		mustRun(t, e, sweep())
		if x := explainOne(t, e, stock.ref("s2")); x.State != instep.InStep || books.records["A"].Get("title").String() != "Tee" {
			t.Errorf("calls of %d: the second is %s; the books hold %v", batch, x.State, books.records)
		}
		if x := explainOne(t, e, stock.ref("s1")); x.State != instep.Review {
			t.Errorf("calls of %d: the first is %s %s", batch, x.State, x.Message.Code)
		}
	}
}
