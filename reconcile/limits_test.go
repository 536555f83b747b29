package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestGuardsLetThrough wants a guard to let through just as many as it says,
// and not one more.
func TestGuardsLetThrough(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		guards reconcile.Guards
		do     func(stock *system, n int)
	}{
		"deletes": {reconcile.Guards{Deletes: 4}, removeSome},
		"creates": {reconcile.Guards{Creates: 4}, putSome},
		"updates": {reconcile.Guards{Updates: 4}, editSome},
	} {
		for n := 3; n <= 5; n++ {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				for i := range 60 {
					code := fmt.Sprintf("P%03d", i)
					stock.put(code, stockRecord(code, "Tuote", "1")...)
				}
				p := pairOf(stock, books)
				p.Guards, p.Deletes[instep.Right] = test.guards, reconcile.DeleteDeleted
				e := newEngine(t, memory.New(), nil, p)
				mustRun(t, e, nil)
				test.do(stock, n)
				if _, err := e.Run(t.Context(), sweep()); (instep.KindOf(err) == instep.Guarded) != (n > 4) || n <= 4 && err != nil {
					t.Errorf("the run says %v", err)
				}
			})
		}
	}
}

// TestUnknownPolicy wants a name for a policy that there is none of.
func TestUnknownPolicy(t *testing.T) {
	t.Parallel()
	if got := (reconcile.DeleteDeleted + 1).String(); got != "unknown" {
		t.Errorf("it is called %q", got)
	}
}
