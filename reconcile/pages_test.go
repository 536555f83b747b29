package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// slowPages takes a second for each page of one record, and counts how many are
// being read.
type slowPages struct {
	*system
	pages         int
	stands        bool // after the second page the cursor does not move
	reading, read atomic.Int32
	most, stopped atomic.Int32
}

func (s *slowPages) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	s.most.Store(max(s.most.Load(), s.reading.Add(1)))
	defer s.reading.Add(-1)
	s.read.Add(1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		s.stopped.Add(1)
		return instep.Page{}, ctx.Err()
	}
	n := 0
	fmt.Sscan(string(from), &n)
	id := fmt.Sprint("A-", n)
	p := instep.Page{
		Records: []instep.Record{{Ref: s.ref(id), Fields: instep.NewFields(stockRecord(id, "Kahvi", "1")...)}},
		Next:    instep.Cursor(fmt.Sprint(n + 1)), More: n+1 < s.pages,
	}
	if s.stands && n == 1 {
		p.Next = from
	}
	if !p.More {
		p.Sweep = instep.Sweep{Complete: true, Total: s.pages}
	}
	return p, nil
}

// slowLookups takes a second for each page that is looked up on the left.
type slowLookups struct {
	instep.Checkpoint
	fail bool
}

func (m slowLookups) Unwrap() any { return m.Checkpoint }

func (m slowLookups) Lookup(ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
	if s == instep.Left && len(ids) > 0 {
		time.Sleep(time.Second)
		if m.fail {
			return &instep.Error{Kind: instep.Unavailable, Op: "look up", Err: errors.New("the disk fails")}
		}
	}
	return m.Checkpoint.Lookup(ctx, pair, s, ids, out)
}

// TestReadsAhead: a page is read while the one before is looked up, one at a
// time, unless everything is to be done in a row.
func TestReadsAhead(t *testing.T) {
	t.Parallel()
	for serial, want := range map[bool]time.Duration{false: 6 * time.Second, true: 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			stock, books := twoSystems()
			pages := &slowPages{system: stock, pages: 5}
			e := newEngine(t, slowLookups{memory.New(), false}, &reconcile.Options{Serial: serial}, pairOf(pages, books))
			start := time.Now()
			p, err := e.Plan(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != want || pages.most.Load() != 1 {
				t.Errorf("serial %v: took %v, not %v; %d pages at once", serial, took, want, pages.most.Load())
			}
			if got := p.Counts().Of(instep.Created); got != 5 {
				t.Errorf("%d to be created, not 5", got)
			}
		})
	}
}

// TestReadAheadEnds: when a run ends early, no page is being read any more.
func TestReadAheadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stock, books := twoSystems()
		pages := &slowPages{system: stock, pages: 5}
		e := newEngine(t, slowLookups{memory.New(), true}, nil, pairOf(pages, books))
		_, err := e.Plan(t.Context(), nil)
		if instep.KindOf(err) != instep.Unavailable {
			t.Errorf("the error is %v", err)
		}
		if pages.reading.Load() != 0 || pages.read.Load() != 2 {
			t.Errorf("%d pages are still being read of %d", pages.reading.Load(), pages.read.Load())
		}
	})
}

// TestReadAheadKeepsToBudget: no page is read that the run cannot afford.
func TestReadAheadKeepsToBudget(t *testing.T) {
	t.Parallel()
	for _, serial := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			stock, books := twoSystems()
			pages := &slowPages{system: stock, pages: 5}
			p := pairOf(pages, books)
			p.Guards.Requests = 5 // two of them before the first page
			_, err := newEngine(t, memory.New(), &reconcile.Options{Serial: serial}, p).Plan(t.Context(), nil)
			if instep.KindOf(err) != instep.Guarded || pages.read.Load() != 3 {
				t.Errorf("serial %v: %d pages read, error %v", serial, pages.read.Load(), err)
			}
		})
	}
}

// TestListWhoseCursorStands: a list that goes on for ever is an error, and not
// read for ever.
func TestListWhoseCursorStands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stock, books := twoSystems()
		pages := &slowPages{system: stock, pages: 5, stands: true}
		e := newEngine(t, memory.New(), nil, pairOf(pages, books))
		_, err := e.Plan(t.Context(), nil)
		if instep.KindOf(err) != instep.Malformed || pages.read.Load() != 2 {
			t.Errorf("%d pages read, error %v", pages.read.Load(), err)
		}
	})
}
