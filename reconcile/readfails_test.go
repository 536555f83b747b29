package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// failsOnceSystem is a system of which one call that reads fails.
type failsOnceSystem struct {
	*system
	*failsOnce
}

func (s failsOnceSystem) Describe(ctx context.Context) ([]instep.FieldInfo, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	return s.system.Describe(ctx)
}

func (s failsOnceSystem) Probe(ctx context.Context) (instep.Report, error) {
	if err := s.step(); err != nil {
		return instep.Report{}, err
	}
	return s.system.Probe(ctx)
}

func (s failsOnceSystem) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if err := s.step(); err != nil {
		return instep.Page{}, err
	}
	return s.system.Read(ctx, from)
}

func (s failsOnceSystem) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	return s.system.Get(ctx, refs)
}

func (s failsOnceSystem) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	return s.system.Find(ctx, field, values)
}

// TestEachReadingCallFails is TestEachCallOfTheStoreFails for the calls that read
// one of the systems.
func TestEachReadingCallFails(t *testing.T) {
	t.Parallel()
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				stock, books, store, pairs := scene(t)
				once := &failsOnce{}
				once.left.Store(int64(n))
				failing := make([]reconcile.Pair, len(pairs))
				for i, p := range pairs {
					p.Left, p.Right = failsOnceSystem{p.Left.(*system), once}, failsOnceSystem{p.Right.(*system), once}
					failing[i] = p
				}
				_, err := newEngine(t, store, &reconcile.Options{Serial: n%2 == 0}, failing...).Run(t.Context(), nil)
				if failed := once.failed(); failed != errors.Is(err, errOnce) || !failed && err != nil {
					t.Fatalf("call %d failed is %t, but the run says %v", n, failed, err)
				}
				e := newEngine(t, store, nil, pairs...)
				mustRun(t, e, nil)
				stock.takeWrites()
				books.takeWrites()
				checkInStep(t, e, stock, books)
				oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
				if t.Failed() {
					t.Fatalf("after call %d has failed", n)
				}
				if !once.failed() {
					if n < 8 {
						t.Errorf("only %d calls", n)
					}
					return
				}
			}
		})
	}
}
