package reconcile

import (
	"context"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// crew lets several write calls of a pass be under way at once. Everything
// the engine does itself is done by one of them at a time: the lock is held
// throughout and given up only while a connector works, a commit is under way,
// or ids are looked up, so that the stages of a write read as if they ran in a
// row.
type crew struct {
	sync.Mutex
	landed  sync.Cond
	sending map[instep.LinkID]bool // links that have a write under way, until what came of it is committed

	lands   int    // how often something landed
	next    *joint // the batches that go into the next commit; nil if there are none
	writing bool   // a commit is under way
}

// joint is a commit of several batches.
type joint struct {
	batches []*instep.Batch
	done    bool
	err     error
}

func newCrew() *crew {
	c := &crew{sending: map[instep.LinkID]bool{}}
	c.landed.L = c
	return c
}

// sendAll sends a queue of works to side s, as many calls at once as it takes. The
// first error keeps further ones from being begun; what is under way is
// brought to its end.
func (ps *pass) sendAll(ctx context.Context, s instep.Side, q *queue) error {
	var first error
	send := func() {
		for first == nil {
			works := q.next()
			if len(works) == 0 {
				return
			}
			err := ctx.Err()
			if err == nil {
				err = ps.afford(s)
			}
			if err == nil {
				err = ps.sendChunk(ctx, s, works)
			}
			ps.release(works)
			if err != nil && first == nil {
				first = err
			}
		}
	}
	sendOut := func() {
		send()
		if err := ps.settleNow(ctx); err != nil {
			first = err // it says more than why the queue came to its end
		}
	}
	n := min(ps.pair.side[s].traits.MaxInFlight, q.calls())
	if n <= 1 || ps.engine.opt.Serial {
		sendOut()
		return first
	}
	ps.crew = newCrew()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			ps.crew.Lock()
			defer ps.crew.Unlock()
			sendOut()
		})
	}
	wg.Wait()
	ps.crew = nil
	return first
}

// idle gives the lock up while f works.
func (c *crew) idle(f func()) {
	if c == nil {
		f()
		return
	}
	c.Unlock()
	defer c.Lock()
	f()
}

// takeOff notes that writes to the links of works are under way.
func (c *crew) takeOff(works []*work) {
	if c == nil {
		return
	}
	for _, w := range works {
		c.sending[w.link.ID] = true
	}
}

// land notes that what became of them is committed.
func (c *crew) land(works []*work) {
	if c == nil {
		return
	}
	c.lands++
	for _, w := range works {
		if w.link != nil {
			delete(c.sending, w.link.ID)
		}
	}
	c.landed.Broadcast()
}

// awaitHolders waits until no record under way holds an id that one of the ops
// got: that record has got another id meanwhile, or is gone, and the vendor's
// answer to its own write will tell. What is waited for was always carried out
// earlier, so that no two wait for each other. It returns who holds the ids then.
func (ps *pass) awaitHolders(ctx context.Context, ops []*op) (holders, error) {
	taken := ps.maybeHeld(newIDs(ops))
	if ps.crew == nil {
		return ps.holders(ctx, taken)
	}
	for {
		var held holders
		var err error
		before := ps.crew.lands
		ps.crew.idle(func() { held, err = ps.holders(ctx, taken) })
		switch {
		case err != nil || !held.any():
			return held, err
		case ps.crew.holdAny(held, ops):
			ps.crew.landed.Wait()
		case ps.crew.lands == before:
			return held, nil
		}
	}
}

// any reports whether one of the ids is somebody's.
func (h holders) any() bool {
	held := func(h holder) bool { return h.now != 0 }
	return slices.ContainsFunc(h[0], held) || slices.ContainsFunc(h[1], held)
}

// holdAny reports whether one of the holders has a write under way other than
// the ops.
func (c *crew) holdAny(held holders, ops []*op) bool {
	foreign := func(h holder) bool {
		return h.now != 0 && c.sending[h.now] && !slices.ContainsFunc(ops, func(o *op) bool { return o.w.link != nil && o.w.link.ID == h.now })
	}
	return slices.ContainsFunc(held[0], foreign) || slices.ContainsFunc(held[1], foreign)
}

// commit has batches committed, together with those of others that come while
// an earlier commit is under way. The lock is given up meanwhile.
func (c *crew) commit(bs []*instep.Batch, join func([]*instep.Batch) *instep.Batch, write func(*instep.Batch) error) error {
	g, first := c.next, c.next == nil
	if first {
		g = &joint{}
		c.next = g
	}
	g.batches = append(g.batches, bs...)
	if !first {
		for !g.done {
			c.landed.Wait()
		}
		return g.err
	}
	for c.writing {
		c.landed.Wait()
	}
	c.next, c.writing = nil, true
	b := join(g.batches)
	c.idle(func() { g.err = write(b) })
	c.writing, g.done = false, true
	c.landed.Broadcast()
	return g.err
}
