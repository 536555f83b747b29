package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

var errDead = errors.New("the process is dead")

// mortal ends a process at the n-th durable write or send, before or after it
// took effect. From then on nothing of that process reaches anything.
type mortal struct {
	left int
	dead bool
}

// step reports whether the process dies before and after the next event.
func (m *mortal) step() (before, after bool) {
	if m.dead {
		return true, true
	}
	m.left--
	before = m.left == 0
	m.left--
	after = m.left == 0
	m.dead = before || after
	return before, after
}

// mortalStore is a store whose process can die at a commit.
type mortalStore struct {
	instep.Checkpoint
	*mortal
}

func (s mortalStore) Unwrap() any { return s.Checkpoint }

func (s mortalStore) Commit(ctx context.Context, b *instep.Batch) error {
	before, after := s.step()
	if before {
		return errDead
	}
	if err := s.Checkpoint.Commit(ctx, b); err != nil {
		return err
	}
	if after {
		return errDead
	}
	return nil
}

// TestKilledAnywhere ends the process at every commit and every send, before
// and after its effect, and wants the runs after it to bring both systems
// into step without a duplicate and without a lost edit.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for _, first := range []instep.Side{instep.Left, instep.Right} {
		for n := 1; ; n++ {
			if !killedAt(t, first, n) {
				if n < 20 {
					t.Errorf("only %d places to die", n)
				}
				break
			}
			if t.Failed() {
				t.Fatalf("killed at event %d of a load from the %s side", n, first)
			}
		}
	}
}

func killedAt(t *testing.T, first instep.Side, n int) (died bool) {
	stock, books := twoSystems()
	fill(stock, books)
	m := &mortal{left: n}
	for _, s := range []*system{stock, books} {
		s.fault = func(string) (bool, bool) {
			before, after := m.step()
			return before || after, before
		}
	}
	p := pairOf(stock, books)
	p.First = first
	store := memory.New()
	e := newEngine(t, mortalStore{store, m}, nil, p)
	_, err := e.Run(t.Context(), nil)
	if m.dead && err == nil {
		t.Fatal("the run did not notice that it is dead")
	}
	died = m.dead
	stock.fault, books.fault = nil, nil
	edited := "Muokattu"
	stock.edit("A-003", "name", instep.String(edited)) // between death and the next run
	stock.edit("A-009", "name", instep.String(edited))

	e = newEngine(t, store, nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if first == instep.Left || !died {
		wantTitle(t, stock, books, "A-003")
		wantTitle(t, stock, books, "A-009")
	}
	oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
	if _, ok := stock.records["ONLY"]; ok != (first == instep.Right) {
		t.Errorf("the record that was only in the books: in the stock is %t", ok)
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
	return died
}

func wantTitle(t *testing.T, stock, books *system, code string) {
	t.Helper()
	for _, f := range books.records {
		if f.Get("code").String() == code && f.Get("title") != stock.records[code].Get("name") {
			t.Errorf("%s is called %q in the books", code, f.Get("title"))
		}
	}
}

func TestStoppedRunGoesOn(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	ctx, cancel := context.WithCancel(t.Context())
	done := 0
	opt := &reconcile.Options{Observe: func(e reconcile.Event) {
		if _, ok := e.(reconcile.Wrote); ok {
			if done++; done == 3 {
				cancel()
			}
		}
	}}
	store := memory.New()
	sum, err := newEngine(t, store, opt, pairOf(stock, books)).Run(ctx, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	if sum.Pairs[0].Left == 0 {
		t.Error("the summary does not say that writes are left")
	}
	e := newEngine(t, store, nil, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
	books.takeWrites()
	checkInStep(t, e, stock, books)
}
