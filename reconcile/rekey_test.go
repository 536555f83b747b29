package reconcile_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A record is given another number, and the reply to that is lost. The new
// number is then one that is taken, and the old one is free, whether the write
// was carried out at first or not.
func TestRekeyInDoubt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, killed bool }{
		"carried out": {false, false}, "not carried out": {true, false}, "carried out, and the process killed": {false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			books.put("100", booksRecord("A", "Kahvi", "1")...)
			p := pairOf(stock, books)
			store, dead := memory.New(), false
			e := newEngine(t, killStore{store, &dead}, nil, p)
			mustRun(t, e, nil)
			stock.edit("A", "number", instep.String("B"))
			n := 0
			books.fault = func(string) (bool, bool) {
				n++
				dead = test.killed && n == 1
				return n == 1, test.before
			}
			if _, err := e.Run(t.Context(), nil); (err != nil) != test.killed {
				t.Fatal(err)
			}
			dead = false
			e = newEngine(t, store, nil, p)
			stock.put("N", stockRecord("A", "Tee", "1")...)
			stock.put("M", stockRecord("B", "Kahvi", "1")...)
			for range 2 {
				mustRun(t, e, nil)
			}
			var codes []string
			for _, r := range books.records {
				codes = append(codes, r.Get("code").String())
			}
			slices.Sort(codes)
			if diff := cmp.Diff([]string{"A", "B"}, codes); diff != "" {
				t.Errorf("codes in the books (-want +got):\n%s", diff)
			}
		})
	}
}
