package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestReadOnlyPlanSendsNothing plans while a create is in doubt that the vendor
// would recognise if it was sent again. An engine that is to write nothing does
// not do that either.
func TestReadOnlyPlanSendsNothing(t *testing.T) {
	t.Parallel()
	for _, readOnly := range []bool{true, false} {
		t.Run(fmt.Sprint(readOnly), func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			books.traits = func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<40 }
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			sent := 0
			books.fault = func(string) (lost, before bool) {
				sent++
				return true, true
			}
			vendor, store := blind{&keyed{system: books, made: map[string]string{}, token: map[string]string{}}}, memory.New()
			dying := &failing{store, 2, func() {}} // it dies before it can write down that there was no reply
			if _, err := newEngine(t, dying, nil, pairOf(stock, vendor)).Run(t.Context(), nil); err == nil || sent != 1 {
				t.Fatalf("%d creates were sent, and the run says %v", sent, err)
			}
			e := newEngine(t, store, &reconcile.Options{ReadOnly: readOnly}, pairOf(stock, vendor))
			if _, err := e.Plan(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if (sent == 1) != readOnly {
				t.Errorf("%d creates were sent", sent)
			}
		})
	}
}
