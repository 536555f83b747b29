package reconcile_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// forgetful is a system that does not know some cursors any more.
type forgetful struct {
	*system
	forgot func(from instep.Cursor) bool
	reads  []instep.Cursor
}

func (f *forgetful) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	f.reads = append(f.reads, from)
	if f.forgot != nil && f.forgot(from) {
		return instep.Page{}, &instep.Error{Kind: instep.Expired, Op: f.name}
	}
	return f.system.Read(ctx, from)
}

// Nobody ran for longer than a system keeps its changes. It is read from the
// beginning, so that what was deleted meanwhile is found as well.
func TestCursorOutOfDate(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Tee", "1")...)
	left := &forgetful{system: stock}
	e := newEngine(t, memory.New(), nil, pairOf(left, books))
	mustRun(t, e, nil)
	stock.remove("A")
	stock.edit("B", "name", instep.String("Kaakao"))
	left.forgot = func(from instep.Cursor) bool { return from != "" }
	mustRun(t, e, nil)
	if x := explainOne(t, e, books.ref("b001")); x.State != instep.Gone {
		t.Errorf("A is %s", x.State)
	}
	if got := books.records["b002"].Get("title"); got != instep.String("Kaakao") {
		t.Errorf("B is called %v", got)
	}
	left.forgot, left.reads = nil, nil
	mustRun(t, e, nil)
	if len(left.reads) != 1 || left.reads[0] == "" {
		t.Errorf("the run after it reads from %q", left.reads)
	}
}

// A system that loses our place in every list is told of: nothing is written on
// the word of a part, and the other one is not taken to have lost it too.
func TestPlaceInListLost(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.page = 1
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Tee", "1")...)
	left := &forgetful{system: stock, forgot: func(from instep.Cursor) bool { return strings.HasPrefix(string(from), "sweep") }}
	right := &forgetful{system: books}
	_, err := newEngine(t, memory.New(), &reconcile.Options{Serial: true}, pairOf(left, right)).Run(t.Context(), nil)
	if !errors.Is(err, instep.Expired) || len(books.records) != 0 || len(left.reads) != 6 || len(right.reads) > 1 {
		t.Errorf("%d and %d reads, %v; the books hold %v", len(left.reads), len(right.reads), err, books.records)
	}
}
