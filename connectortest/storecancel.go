package connectortest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/instep-go/instep"
)

// cancelRules are about contexts that end.
var cancelRules = []storeRule{
	{
		name: "canceled calls",
		text: "a call whose context has ended fails with kind Canceled and the context's error, and a commit then writes nothing",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b", instep.KeyHash{Hash: 1, Sides: 3})}})
			ctx := s.endsAfter(0)
			for name, call := range s.calls(ctx) {
				err := call()
				if instep.KindOf(err) != instep.Canceled || !errors.Is(err, context.Canceled) {
					s.Errorf("%s: got error %v, want one of kind %s that wraps the context's", name, err, kindName(instep.Canceled))
				}
			}
			s.missing(2)
			s.links(1)
		},
	},
	{
		name: "canceled at work",
		text: "a commit whose context ends while it works is carried out as a whole or not at all, as its error says",
		check: func(s *storeTest) {
			for asked := range 200 { // more often than a commit looks at its context
				if s.wholeOrNot(s.endsAfter(asked), manyLinks(20, asked+1)) {
					break
				}
			}
			for round := range 5 {
				s.cutShort(round*800, manyLinks(2000, round+1001))
			}
		},
	},
}

// cutShort commits links with a context that ends as soon as some other calls
// are through.
func (s *storeTest) cutShort(calls int, links []instep.Link) {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		for range calls {
			_, _ = s.Pair(s.Context(), "other")
		}
		cancel()
	})
	s.wholeOrNot(ctx, links)
}

// wholeOrNot commits links and checks that they are there if that succeeds,
// and else that none of them is.
func (s *storeTest) wholeOrNot(ctx context.Context, links []instep.Link) (done bool) {
	s.Helper()
	err := s.Commit(ctx, &instep.Batch{Pair: pairName, Links: links})
	if err != nil && instep.KindOf(err) != instep.Canceled {
		s.Fatalf("Commit: %v", err)
	}
	there, want := 0, 0
	for _, k := range s.lookup(instep.Left, leftIDs(links)...) {
		if k.Link != 0 {
			there++
		}
	}
	if err == nil {
		want = len(links)
	}
	if there != want {
		s.Fatalf("Commit returned %v, and %d of %d links are there", err, there, len(links))
	}
	return err == nil
}

// countdown is a context that ends when it was asked so often whether it has.
type countdown struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int64
}

// endsAfter returns a context that ends after it was asked n times whether it
// has; after 0 times, it has ended.
func (s *storeTest) endsAfter(n int) context.Context {
	ctx, cancel := context.WithCancel(s.Context())
	c := &countdown{Context: ctx, end: cancel}
	c.left.Store(int64(n))
	if n == 0 {
		cancel()
	}
	return c
}

func (c *countdown) Done() <-chan struct{} {
	c.asked()
	return c.Context.Done()
}

func (c *countdown) Err() error {
	c.asked()
	return c.Context.Err()
}

func (c *countdown) asked() {
	if c.left.Add(-1) < 0 {
		c.end()
	}
}

// calls are all calls of a store, with a context.
func (s *storeTest) calls(ctx context.Context) map[string]func() error {
	calls := map[string]func() error{
		"Pair":   func() error { _, err := s.Pair(ctx, pairName); return err },
		"Lookup": func() error { return s.Lookup(ctx, pairName, instep.Left, []string{"a"}, make([]instep.Known, 1)) },
		"Links":  func() error { _, err := s.Links(ctx, pairName, []instep.LinkID{1}); return err },
		"Scan":   func() error { _, err := s.Scan(ctx, pairName, 0, 1); return err },
		"Keys":   func() error { _, err := s.Keys(ctx, pairName, []uint64{1}); return err },
		"Open": func() error {
			for _, err := range s.Open(ctx, pairName) {
				return err
			}
			return nil
		},
		"Commit": func() error {
			return s.Commit(ctx, &instep.Batch{Pair: pairName, Links: []instep.Link{joined(2, 1, "c", "d")}})
		},
		"Commit that erases": func() error { return s.Commit(ctx, &instep.Batch{Pair: pairName, Erased: []instep.LinkID{1}}) },
	}
	if j, ok := instep.As[instep.Journal](s.Checkpoint); ok {
		calls["Activity"] = func() error { _, err := j.Activity(ctx, pairName, 0, 1); return err }
	}
	if h, ok := instep.As[instep.Historian](s.Checkpoint); ok {
		calls["History"] = func() error { _, err := h.History(ctx, pairName, 1, 1); return err }
	}
	return calls
}
