package reconcile_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// TestIDGivenTwice: in a first load, a vendor gives the id of a record that is
// gone by then to another. It counts as the later one's.
func TestIDGivenTwice(t *testing.T) {
	t.Parallel()
	for gone, prepare := range map[string]func(books *system){
		"A": func(books *system) { // which was just made
			books.after = func(id string) {
				if books.after = nil; id == "b001" {
					delete(books.records, id)
					books.next = 0
				}
			}
		},
		"Z": func(books *system) { // which was just joined
			books.put("b002", booksRecord("Z", "Kahvi", "1")...)
			books.after = func(id string) {
				if id == "b001" {
					delete(books.records, "b002")
				}
			}
		},
	} {
		t.Run(gone, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			for _, code := range []string{"A", "B", "Z"} {
				stock.put(code, stockRecord(code, "Kahvi", "1")...)
			}
			prepare(books)
			books.traits = func(t *instep.Traits) { t.MaxBatch = 1 }
			e := newEngine(t, memory.New(), nil, pairOf(stock, books))
			for range 3 {
				mustRun(t, e, sweep())
			}
			for code := range stock.records {
				stock.edit(code, "name", instep.String("Kahvi "+code))
			}
			mustRun(t, e, nil)
			got := map[string]string{}
			for _, rec := range books.records {
				got[rec.Get("code").String()] += rec.Get("title").String()
			}
			want := map[string]string{"A": "Kahvi A", "B": "Kahvi B", "Z": "Kahvi Z"}
			delete(want, gone)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("what each record is called (-want +got):\n%s", diff)
			}
		})
	}
}

// Two records are about to meet as the vendor gives the id of the second one, which
// is gone by then, to a new record. What was to be written to the one that is gone
// is not written to that.
func TestIDGivenBeforeMeeting(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Kahvi", "1")...)
	stock.put("Z", stockRecord("Z", "Tee", "1")...)
	books.put("b002", booksRecord("Z", "Kahvi", "1")...)
	books.traits = func(t *instep.Traits) { t.MaxBatch = 1 }
	books.after = func(id string) {
		if id == "b001" {
			delete(books.records, "b002")
		}
	}
	mustRun(t, newEngine(t, memory.New(), nil, pairOf(stock, books)), nil)
	if got := books.records["b002"]; got.Get("code") != instep.String("B") || got.Get("title") != instep.String("Kahvi") {
		t.Errorf("the new record holds %v", got)
	}
}
