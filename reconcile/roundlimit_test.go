package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// Many orders wait for a product that the same run makes. They are too many to
// be made unasked: the next run says so. A first load asks nobody.
func TestLimitsHoldWhatWasWaiting(t *testing.T) {
	t.Parallel()
	for _, n := range []int{50, 51} {
		for name, loaded := range map[string]bool{"first load": false, "later": true} {
			t.Run(fmt.Sprint(n, " ", name), func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				left, right, p := orders()
				e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
				if loaded {
					stock.put("P0", stockRecord("P0", "Kahvi", "1")...)
					left.put("O0", append(stockRecord("O0", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("P0")})...)
					mustRun(t, e, nil)
				}
				had := len(right.records)
				stock.put("P", stockRecord("P", "Tee", "1")...)
				for i := range n {
					id := fmt.Sprint("N", i)
					left.put(id, append(stockRecord(id, "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("P")})...)
				}
				mustRun(t, e, nil)
				if asks := loaded && n > 50; !asks {
					if len(right.records) != had+n {
						t.Errorf("%d orders were made", len(right.records)-had)
					}
					return
				}
				if len(right.records) != had {
					t.Errorf("%d orders were made unasked", len(right.records)-had)
				}
				if _, err := e.Run(t.Context(), nil); instep.KindOf(err) != instep.Guarded {
					t.Errorf("the next run says %v", err)
				}
				mustRun(t, e, &reconcile.Select{Approved: true})
				if len(right.records) != had+n {
					t.Errorf("%d orders were made once it was approved", len(right.records)-had)
				}
			})
		}
	}
}

// What the plan has made counts with what is made after it.
func TestLimitsCountTheWholeRun(t *testing.T) {
	t.Parallel()
	for _, waiting := range []int{20, 21} {
		stock, books := twoSystems()
		left, right, p := orders()
		e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
		order := func(id, product string) {
			left.put(id, append(stockRecord(id, "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String(product)})...)
		}
		stock.put("P0", stockRecord("P0", "Kahvi", "1")...)
		order("O0", "P0")
		mustRun(t, e, nil)
		stock.put("P", stockRecord("P", "Tee", "1")...)
		for i := range 30 {
			order(fmt.Sprint("A", i), "P0")
		}
		for i := range waiting {
			order(fmt.Sprint("B", i), "P")
		}
		mustRun(t, e, nil)
		want := 1 + 30
		if 30+waiting <= 50 {
			want += waiting
		}
		if len(right.records) != want {
			t.Errorf("%d waited: there are %d orders, want %d", waiting, len(right.records), want)
		}
	}
}

// What is sent once more because its reply was lost is no more than before.
func TestLimitsCountRepeatsOnce(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("P0", stockRecord("P0", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	putSome(stock, 50)
	n := 0
	books.fault = func(string) (lost, before bool) { n++; return n <= 3, true }
	mustRun(t, e, nil)
	if len(books.records) != 51 {
		t.Errorf("there are %d records, want all 51 after one run", len(books.records))
	}
}
