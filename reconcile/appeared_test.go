package reconcile_test

import (
	"context"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// looked is a system that has something happen before it is asked for a key,
// and does not find what is hidden.
type looked struct {
	*system
	before func()
}

func (l *looked) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if l.before != nil {
		l.before()
		l.before = nil
	}
	found, err := l.system.Find(ctx, field, values)
	for i, recs := range found {
		found[i] = nil
		for _, r := range recs {
			if r.Status == instep.Live {
				found[i] = append(found[i], r)
			}
		}
	}
	return found, err
}

// A record is found by its key right before its like was to be made, and hides
// itself before a list has shown it. Nothing is made beside it, and the two meet
// when it shows again.
func TestAppearedThenHidden(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	right := &looked{system: books, before: func() { books.put("x", booksRecord("A", "Kahvi", "1")...) }}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, right))
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.Message.Code != "appeared" {
		t.Fatalf("the record was not found: %s %s", x.State, x.Message.Code)
	}
	books.hide("x", true)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if len(books.records) != 1 {
		t.Fatalf("the books hold %v", books.records)
	}
	onlyReview(t, e, "hidden_match")
	books.hide("x", false)
	mustRun(t, e, sweep())
	oneEach(t, stock, books)
	if x := explainOne(t, e, stock.ref("A")); x.State.String() != "in step" || len(books.records) != 1 {
		t.Errorf("%s %+v, the books hold %v", x.State, x.Message, books.records)
	}
}

// Somebody makes the record that is about to be created. The two are joined,
// and nobody is asked.
func TestAppearedMeanwhile(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	there := &looked{books, func() { books.put("own", booksRecord("A", "Kahvi", "1")...) }}
	e := newEngine(t, memory.New(), nil, pairOf(stock, there))
	mustRun(t, e, nil)
	if list, err := e.Reviews(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("a person is asked: %v, %v", list, err)
	}
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "own" || x.State != instep.InStep {
		t.Errorf("it is %s, %+v, with %q", x.State, x.Message, x.Other.ID)
	}
	if len(books.records) != 1 {
		t.Errorf("the books hold %v", books.records)
	}
}
