package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// Two records meet, and are away before what follows from it is written: both of
// them, or the second one alone, for which another is to be made. When they are
// there again they are still at their first meeting, and the first side's values
// stand, also in fields that it does not own.
func TestStillMeeting(t *testing.T) {
	t.Parallel()
	both := func(t *testing.T, stock, _ *system, e *reconcile.Engine) {
		stock.remove("A")
		mustRun(t, e, sweep())
		if x := explainOne(t, e, stock.ref("A")); x.Message.Code != "both_gone" {
			t.Fatalf("it is %s %s", x.State, x.Message.Code)
		}
		stock.put("A", stockRecord("A", "Kahvi", "2")...)
	}
	one := func(t *testing.T, stock, _ *system, e *reconcile.Engine) {
		stock.edit("A", "price", instep.Number(instep.MustDecimal("2")))
		mustRun(t, e, sweep())
		answer(t, e, onlyReview(t, e, "edited_gone").ID, "left")
	}
	for name, away := range map[string]func(*testing.T, *system, *system, *reconcile.Engine){"both": both, "one": one} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			books.put("100", booksRecord("A", "Coffee", "1")...)
			books.fault = func(string) (lost, before bool) { return true, true }
			p := pairOf(stock, books)
			p.Guards.Deletes = -1
			p.Mapping.Rules[1].Owner = instep.RightOwns
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			books.fault = nil
			books.remove("100")
			away(t, stock, books, e)
			books.put("100", booksRecord("A", "Coffee", "1")...)
			for range 2 {
				mustRun(t, e, sweep())
			}
			want := booksRecord("A", "Kahvi", "2")
			if got := books.records["100"]; len(books.records) != 1 || !got.Equal(instep.NewFields(want...)) {
				t.Errorf("the books hold %v", books.records)
			}
		})
	}
}

// Two records meet, of which the first has no name, and what is to be written is
// refused as the second is edited. Meanwhile the first gets a name: it stands, as
// if it had been there when they met, though the name belongs to the other side.
func TestFilledWhileMeeting(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "", "1")...)
	stock.edit("A", "name", instep.Null())
	books.put("b001", booksRecord("A", "Coffee", "2")...)
	books.block = func(instep.Op) error {
		books.block = nil
		stock.edit("A", "name", instep.String("Kahvi"))
		return &instep.Error{Kind: instep.Conflict}
	}
	p := pairOf(stock, books)
	p.Drift = reconcile.RevertDrift
	p.Mapping.Rules[1].Owner = instep.RightOwns
	e := newEngine(t, memory.New(), nil, p)
	for range 2 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "Kahvi")
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// Two records meet, and what goes to the second one is not sent after all, while
// the second one's id goes to the first. They are still at their first meeting after
// that: the first side's name stands, though it belongs to the other side.
func TestStillMeetingOnOneSide(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.infos = append(stock.infos, instep.FieldInfo{Name: "books_id", Type: instep.TypeString, Access: instep.ReadWrite})
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("b001", booksRecord("A", "Coffee", "1")...)
	books.block = func(instep.Op) error { return instep.Canceled }
	p := pairOf(stock, books)
	p.Mapping.Rules[1].Owner = instep.RightOwns
	p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
		Name: "books id", Left: instep.End{Field: "books_id"}, Right: instep.End{Field: instep.IDField},
		Owner: instep.RightOwns, Direction: instep.ToLeft,
	})
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	if got := stock.records["A"].Get("books_id"); got != instep.String("b001") {
		t.Fatalf("the id in the stock is %v", got)
	}
	books.block = nil
	for range 2 {
		mustRun(t, e, sweep())
	}
	wantBoth(t, stock, books, "Kahvi")
}
