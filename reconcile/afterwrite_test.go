package reconcile_test

import (
	"context"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// meddled is a system in which somebody edits a record right after it was
// written, before anybody can look.
type meddled struct {
	*versioned
	then func()
}

func (m *meddled) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out, err := m.versioned.Write(ctx, ops)
	if m.then != nil {
		m.then()
		m.then = nil
	}
	return out, err
}

// TestEditRightAfterWrite has a person edit what was written in the moment
// before it is read back. Their value is what both sides have in the end, and
// not what the engine takes for the vendor's form of its own.
func TestEditRightAfterWrite(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	right := &meddled{versioned: &versioned{books}}
	edit := func(to string) func() { return func() { books.edit("b001", "title", instep.String(to)) } }
	right.then = edit("heti luonnin jälkeen")
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, right))
	for range 3 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "heti luonnin jälkeen")
	stock.edit("A", "name", instep.String("Tee"))
	right.then = edit("heti muutoksen jälkeen")
	for range 3 {
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "heti muutoksen jälkeen")
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}
