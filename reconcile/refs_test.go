package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// replying is a system whose replies hold the record that was written.
type replying struct{ *system }

func (s replying) Unwrap() any { return s.system }

func (s replying) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out, err := s.system.Write(ctx, ops)
	for i := range out {
		if rec := s.record(out[i].Ref.ID); out[i].Err == nil && ops[i].Action != instep.Delete {
			out[i].After = &rec
		}
	}
	return out, err
}

func ordered(id, product string) []instep.Field {
	return append(stockRecord(id, "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String(product)})
}

// What a reply shows of a reference is understood, also if what it names was
// made in the same run: it is no edit of that side when it is next seen.
func TestReferenceInReply(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	p.Right = replying{right}
	p.Mapping.Rules[len(p.Mapping.Rules)-1].Owner = instep.BothOwn
	e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("O1", ordered("O1", "A")...)
	mustRun(t, e, nil)
	left.edit("O1", "product", instep.String("MISSING"))
	sum, err := e.Run(t.Context(), sweep())
	if err != nil {
		t.Fatal(err)
	}
	if n := sum.Pairs[1].Counts.Of(instep.Review); n != 0 {
		t.Errorf("edited on one side only, a person is asked: %+v", sum.Pairs[1])
	}
}

// A reference that has yet to go over may have been edited for all that anybody
// can tell: its record is not deleted, or made anew, without a question.
func TestReferenceOwedAndGone(t *testing.T) {
	t.Parallel()
	for policy, want := range map[reconcile.EditedGonePolicy]instep.Outcome{
		reconcile.ReviewEdited: instep.Review, reconcile.RecreateEdited: instep.Review, reconcile.DeleteEdited: instep.Removed,
	} {
		t.Run(want.String(), func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			left, right, p := orders()
			p.Mapping.Rules[len(p.Mapping.Rules)-1].Later = true
			p.Deletes[instep.Left], p.EditedGone = reconcile.DeleteDeleted, policy
			e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
			left.put("O1", ordered("O1", "MISSING")...)
			left.put("O2", stockRecord("O2", "Tilaus", "1")...)
			mustRun(t, e, nil)
			left.edit("O1", "product", instep.String("ELSEWHERE"))
			right.remove("b001")
			plan, err := e.Plan(t.Context(), sweep())
			if err != nil {
				t.Fatal(err)
			}
			if got := plan.Counts().Of(want); got != 1 {
				t.Errorf("outcome is %+v, want one %s", plan.Counts(), want)
			}
		})
	}
}

// What a record refers to is made in the same run as its counterpart. That the
// reference stands for something by then is nobody's edit: the record is deleted
// with its counterpart, and not made anew.
func TestReferenceMadeInTheSameRun(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	p.Mapping.Rules[len(p.Mapping.Rules)-1].Later, p.Mapping.Rules[len(p.Mapping.Rules)-1].Owner = true, instep.BothOwn
	p.Flow, p.First = instep.BothWays, instep.Right
	p.Deletes[instep.Right], p.EditedGone, p.Guards.Deletes = reconcile.DeleteDeleted, reconcile.RecreateEdited, -1
	products := both(pairOf(stock, books))
	products.Flow = instep.BothWays
	e := newEngine(t, memory.New(), nil, p, products)
	mustRun(t, e, nil)
	books.put("77", booksRecord("A", "Kahvi", "1")...)
	right.put("7", append(booksRecord("O1", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("77")})...)
	mustRun(t, e, nil)
	if got := left.records["O1"].Get("product"); got != instep.String("A") {
		t.Fatalf("the order on the left is for %v", got)
	}
	left.remove("O1")
	mustRun(t, e, sweep())
	if len(left.records) != 0 || len(right.records) != 0 {
		t.Errorf("left holds %v, right holds %v", left.records, right.records)
	}
}

// A person lets a deletion stand against an edit; the record comes back with a
// value of its own. As its deletion stood, so does that.
func TestOverruledAndBack(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	books.edit("b001", "title", instep.String("Kaffe"))
	mustRun(t, e, nil)
	books.remove("b001")
	stock.edit("A", "name", instep.String("Kahvit"))
	mustRun(t, e, sweep())
	answer(t, e, onlyReview(t, e, "edited_gone").ID, "right")
	mustRun(t, e, nil)
	books.put("b001", booksRecord("A", "Kaffe", "1")...)
	stock.takeWrites()
	books.takeWrites()
	mustRun(t, e, nil)
	if got := stock.records["A"].Get("name").String(); got != "Kaffe" {
		t.Errorf("in the stock it is called %s", got)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written to the books: %q", w)
	}
	stock.takeWrites()
	checkInStep(t, e, stock, books)
}

// A field that a create left empty is filled in on one side before anybody has
// looked at the new record: that is an edit of that side, and of no other.
func TestEmptyThenFilled(t *testing.T) {
	t.Parallel()
	for _, there := range []bool{true, false} {
		t.Run(fmt.Sprintf("on the new record %t", there), func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			books.traits = func(t *instep.Traits) { t.Exact = true }
			stock.put("A", stockRecord("A", "Kahvi", "1")[:2]...)
			p := pairOf(stock, books)
			for i := range p.Mapping.Rules {
				p.Mapping.Rules[i].Owner = instep.BothOwn
			}
			p.Flow = instep.BothWays
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			if there {
				books.edit("b001", "net_price", instep.Number(instep.MustDecimal("7")))
			} else {
				stock.edit("A", "price", instep.Number(instep.MustDecimal("7")))
			}
			mustRun(t, e, nil)
			left, right := stock.records["A"].Get("price").String(), books.records["b001"].Get("net_price").String()
			if left != "7" || right != "7" {
				t.Errorf("it costs %q and %q", left, right)
			}
		})
	}
}

// Two orders meet before there is the product that they are for, and somebody edits
// the one that was written in the moment before it can be read back. It gets its
// product all the same, as soon as there is one.
func TestReferenceLateAndEditedAtOnce(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	p.Mapping.Rules[len(p.Mapping.Rules)-1].Later = true
	p.Right = &meddled{versioned: &versioned{right}, then: func() { right.edit("b001", "title", instep.String("Heti")) }}
	e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
	left.put("O1", ordered("O1", "A")...)
	right.put("b001", booksRecord("O1", "Vanha", "1")...)
	mustRun(t, e, nil)
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	for range 2 {
		mustRun(t, e, nil)
	}
	if got := right.records["b001"].Get("product"); got != instep.String("b001") {
		t.Errorf("the order is for %v", got)
	}
}

// An order is given another product, and its counterpart is deleted. That is an
// edit like any other: a person is asked.
func TestReferenceEditedAndGone(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	p.Mapping.Rules[len(p.Mapping.Rules)-1].Owner = instep.BothOwn
	p.Flow, p.Guards.Deletes = instep.BothWays, -1
	p.Deletes[instep.Right], p.EditedGone = reconcile.DeleteDeleted, reconcile.ReviewEdited
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Tee", "1")...)
	left.put("O1", ordered("O1", "A")...)
	e := newEngine(t, memory.New(), nil, p, pairOf(stock, books))
	mustRun(t, e, nil)
	right.edit("b001", "product", instep.String("b002"))
	left.remove("O1")
	mustRun(t, e, sweep())
	if len(right.records) != 1 {
		t.Errorf("the edited order was deleted")
	}
	onlyReview(t, e, "edited_gone")
}
