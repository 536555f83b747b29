package reconcile_test

import (
	"context"
	"slices"
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
	eachCallFails(t, 8, func(once *failsOnce, store instep.Checkpoint, pairs []reconcile.Pair) (instep.Checkpoint, []reconcile.Pair) {
		failing := slices.Clone(pairs)
		for i := range failing {
			p := &failing[i]
			p.Left, p.Right = failsOnceSystem{p.Left.(*system), once}, failsOnceSystem{p.Right.(*system), once}
		}
		return store, failing
	})
}
