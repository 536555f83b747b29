package reconcile_test

import (
	"context"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// appearing is a system in which somebody makes a record right before it is
// asked whether there is one.
type appearing struct {
	*system
	before func()
}

func (a *appearing) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if a.before != nil {
		a.before()
		a.before = nil
	}
	return a.system.Find(ctx, field, values)
}

// Somebody makes the record that is about to be created. The two are joined,
// and nobody is asked.
func TestAppearedMeanwhile(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	there := &appearing{books, func() { books.put("own", booksRecord("A", "Kahvi", "1")...) }}
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
