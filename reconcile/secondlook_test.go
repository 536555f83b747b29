package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// finding is a system that cannot be asked by a field for a while.
type finding struct {
	*system
	down func() bool
}

func (f *finding) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if f.down() {
		return nil, &instep.Error{Kind: instep.Unavailable, Op: "find", Err: errors.New("down")}
	}
	return f.system.Find(ctx, field, values)
}

// A create is in doubt. It is looked for once, waited for, and then nobody can
// be asked: that is no reason to take it for one that was not carried out.
func TestSecondLookFails(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.life = time.Minute
	store, dead := memory.New(), false
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := &clock{now: began}
	there := &finding{books, func() bool { return c.now.After(began) }}
	looked := 0
	o := &reconcile.Options{Clock: c, Observe: func(ev reconcile.Event) {
		if r, ok := ev.(reconcile.Recovering); ok {
			looked += r.Writes
		}
	}}
	var late instep.Op
	books.block = func(op instep.Op) error {
		late, dead = op, true
		return &instep.Error{Kind: instep.Lost}
	}
	e := newEngine(t, killStore{store, &dead}, o, pairOf(stock, there))
	if _, err := e.Run(t.Context(), nil); err == nil {
		t.Fatal("it was not killed")
	}
	c.now, books.block = began, nil
	e = newEngine(t, store, o, pairOf(stock, there))
	if _, err := e.Run(t.Context(), nil); instep.KindOf(err) != instep.Unavailable {
		t.Errorf("the run says %v", err)
	}
	books.carryOut(late)
	there.down = func() bool { return false }
	looked = 0
	for range 2 {
		mustRun(t, e, nil)
	}
	if looked != 1 {
		t.Errorf("%d creates were in doubt after that, want one", looked)
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || len(books.records) != 1 {
		t.Errorf("it is %s, and the books hold %v", x.State, books.records)
	}
}
