package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// An order waits for its product, whose create gets no reply and is not carried
// out: it is made in a further round, when nothing more was to be done about orders.
// The order is taken up in the same run all the same.
func TestReferenceMadeInFurtherRound(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]bool{"the order waits": false, "its reference comes later": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			left, right, p := orders()
			p.Mapping.Rules[len(p.Mapping.Rules)-1].Later = later
			o := &reconcile.Options{Clock: &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}, Serial: true}
			e := newEngine(t, memory.New(), o, p, pairOf(stock, books))
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			left.put("O1", ordered("O1", "A")...)
			books.fault = func(string) (lost, before bool) { books.fault = nil; return true, true }
			mustRun(t, e, nil)
			if len(books.records) != 1 || books.fault != nil {
				t.Fatalf("the books hold %v", books.records)
			}
			if got := right.records["b001"].Get("product"); got != instep.String("b001") {
				t.Errorf("the orders on the right are %v", right.records)
			}
		})
	}
}
