package reconcile_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// Records are matched by number and by name. One is made, and nobody reads it back,
// as its system takes everything as it is sent; the next list is from before. A
// person says of another record of that name that it is not the same, and that one
// cannot be made, as its number is too long. Once a list shows the new record, they are not asked again.
func TestMadeHasAllItsKeys(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, right := twoSystems()
	right.traits = func(t *instep.Traits) { t.Exact = true }
	books := &belated{system: right, clock: c}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Mapping.Rules[1].Match = &instep.Match{Rank: 2, Strong: true}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Second)
	const long = "MUCH-TOO-LONG"
	stock.put(long, stockRecord(long, "Kahvi", "1")...)
	books.shown = &instep.Page{Next: "since 0"}
	mustRun(t, e, nil)
	answer(t, e, reviewOf(t, e, stock.ref(long)).ID, "never")
	books.shown = nil
	for i := range 3 {
		c.now = c.now.Add(time.Hour)
		stock.edit(long, "price", price(strconv.Itoa(i+2)))
		mustRun(t, e, nil)
		if x := explainOne(t, e, stock.ref(long)); x.State != instep.Unfit {
			t.Errorf("after %d lists it is %s %s", i+1, x.State, x.Message.Code)
		}
	}
}

// unheard is a system that checks versions, and may tell of no changes for a while.
type unheard struct {
	versioned
	silent bool
}

func (u *unheard) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if u.silent {
		return instep.Page{Next: from}, nil
	}
	return u.versioned.Read(ctx, from)
}

// A record gets another number, and nothing was read of the one that it is written
// to, whose system takes everything as it is sent. A person says of another record of the new number that
// it is not the same, and that one cannot be made, as its name is too long. They
// have said so of the record with its new number, and are not asked again.
func TestUpdatedHasItsNewKey(t *testing.T) {
	t.Parallel()
	stock, right := twoSystems()
	stock.keyed = ""
	right.traits = func(t *instep.Traits) { t.Exact = true }
	books := &unheard{versioned: versioned{right}}
	stock.put("1", stockRecord("A", "Kahvi", "1")...)
	right.put("b", booksRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	stock.edit("1", "number", instep.String("B"))
	mustRun(t, e, nil)
	stock.put("2", stockRecord("B", "a name that is too long for the books", "1")...)
	books.silent = true
	mustRun(t, e, nil)
	answer(t, e, onlyReview(t, e, "linked_elsewhere").ID, "never")
	books.silent = false
	for i := range 3 {
		stock.edit("2", "price", price(strconv.Itoa(i+2)))
		mustRun(t, e, nil)
		if x := explainOne(t, e, stock.ref("2")); x.State != instep.Unfit {
			t.Errorf("after %d lists it is %s %s", i+1, x.State, x.Message.Code)
		}
	}
}
