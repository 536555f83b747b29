package reconcile_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record keeps the id that was chosen for it when it gets another number. It is
// deleted and to be made anew, as its counterpart was edited; before it can be, it
// is brought back. It belongs to its counterpart again, and none is made beside it
// under an id that is its number by now.
func TestChosenBackBeforeMadeAnew(t *testing.T) {
	t.Parallel()
	for name, hidden := range map[string]bool{"as it was": false, "hidden": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.keyed = "" // the number is no more the id once it is changed
			stock.traits = func(t *instep.Traits) { t.ChosenID = true }
			stock.put("K4", stockRecord("K4", "Kahvi", "1")...)
			p := ownedByBoth(stock, books)
			p.EditedGone, p.Guards.Deletes = reconcile.RecreateEdited, -1
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			stock.edit("K4", "number", instep.String("K10"))
			mustRun(t, e, nil)
			stock.remove("K4")
			books.edit("b001", "title", instep.String("Tee"))
			stock.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable, Op: "stock"} }
			mustRun(t, e, sweep())
			stock.block = nil
			stock.put("K4", stockRecord("K10", "Kahvi", "1")...)
			stock.hide("K4", hidden)
			for range 2 {
				mustRun(t, e, sweep())
			}
			stock.hide("K4", false)
			mustRun(t, e, sweep())
			if len(stock.records) != 1 || stock.records["K4"].Get("name") != instep.String("Tee") || books.records["b001"].Get("code") != instep.String("K10") {
				t.Errorf("the stock holds %v, the books %v", stock.records, books.records)
			}
			if x := explainOne(t, e, books.ref("b001")); x.Other.ID != "K4" || x.State != instep.InStep {
				t.Errorf("it is %s %+v with %q", x.State, x.Message, x.Other.ID)
			}
		})
	}
}

// A record of the stock gets another number, is deleted, and leaves its id to one
// that is made for another record of the books. The reply to that create is lost,
// or the process dies after it. What is found under the id is what was sent, and is
// taken over: nobody is asked, and the first one's counterpart hears nothing of it.
func TestFoundUnderIDGivenAgain(t *testing.T) {
	t.Parallel()
	for name, dies := range map[string]bool{"the reply is lost": false, "the process dies": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("K7", stockRecord("K7", "Kahvi", "1")...)
			p := ownedByBoth(stock, books)
			p.Guards.Deletes = -1
			store, dead := memory.New(), false
			e := newEngine(t, store, nil, p)
			mustRun(t, e, nil)
			stock.edit("K7", "number", instep.String("K10"))
			mustRun(t, e, nil)
			stock.remove("K7")
			books.put("b900", booksRecord("K7", "Tee", "2")...)
			sent := 0
			stock.fault = func(string) (lost, before bool) { sent, dead = sent+1, dies; return sent == 1, false }
			if _, err := newEngine(t, killStore{store, &dead}, nil, p).Run(t.Context(), sweep()); (err != nil) != dies || sent != 1 {
				t.Fatalf("the run ended with %v after %d writes", err, sent)
			}
			stock.fault = nil
			mustRun(t, e, sweep())
			stock.edit("K7", "name", instep.String("Teetä"))
			mustRun(t, e, nil)
			if open, err := e.Reviews(t.Context()); err != nil || len(open) > 0 {
				t.Errorf("%v; a person is asked %+v", err, open)
			}
			want := map[string]string{"K10": "Kahvi 1", "K7": "Teetä 2"}
			if diff := gocmp.Diff(want, byCode(books, "code", "title", "net_price")); diff != "" {
				t.Errorf("the books (-want +got):\n%s", diff)
			}
			if x := explainOne(t, e, stock.ref("K7")); x.Other.ID != "b900" || len(stock.records) != 1 {
				t.Errorf("K7 belongs with %q; the stock holds %v", x.Other.ID, stock.records)
			}
			if x := explainOne(t, e, books.ref("b001")); x.Other.ID != "" {
				t.Errorf("what had the id before is %s with %q", x.State, x.Other.ID)
			}
		})
	}
}

// A create is refused, because a record has its id that is another one's
// counterpart, and the reply is lost. The two look the same: what is found is not
// taken over all the same, as nothing says that it has gone meanwhile.
func TestFoundUnderTakenID(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	e := sameNumber(t, stock, books)
	books.put("b2", booksRecord("A", "Kahvi", "1")...)
	books.edit("b1", "title", instep.String("Kahvi"))
	stock.fault = func(string) (lost, before bool) { stock.fault = nil; return true, false }
	for range 2 {
		mustRun(t, e, sweep())
	}
	onlyReview(t, e, "found_differs")
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "b1" || stock.fault != nil {
		t.Errorf("it belongs with %q", x.Other.ID)
	}
}
