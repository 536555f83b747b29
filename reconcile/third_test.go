package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Two records meet, and of the first write to the books nothing is to be seen;
// meanwhile the only side whose edits count was edited. A person is asked, and
// either answer is carried out.
func TestMeetingEditedMeanwhile(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]string{"left": "Kahvi", "right": "Espresso"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			books.put("100", booksRecord("A", "Coffee", "1")...)
			p := pairOf(stock, books)
			p.Mapping.Rules[1].Owner = instep.RightOwns
			e := newEngine(t, memory.New(), nil, p)
			n := 0
			books.fault = func(string) (bool, bool) {
				if n++; n == 1 {
					books.edit("100", "title", instep.String("Espresso"))
					return true, true
				}
				return false, false
			}
			mustRun(t, e, nil)
			mustRun(t, e, nil)
			if got := books.records["100"].Get("title").String(); got != "Espresso" {
				t.Fatalf("the edit was written over with %s", got)
			}
			answer(t, e, onlyReview(t, e, "conflict").ID, verb)
			for range 2 {
				mustRun(t, e, nil)
			}
			if got := stock.records["A"].Get("name").String() + " " + books.records["100"].Get("title").String(); got != want+" "+want {
				t.Errorf("both hold %s, want %s", got, want)
			}
			if open := reviews(t, e, "conflict"); len(open) > 0 {
				t.Errorf("asked again: %+v", open)
			}
		})
	}
}
