package reconcile

import (
	"context"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// crew lets several write calls of a pass be under way at once. Everything
// the engine does itself is done by one of them at a time: the lock is held
// throughout and given up only while a connector works, so that the stages of
// a write read as if they ran in a row.
type crew struct {
	sync.Mutex
	landed  sync.Cond
	sending map[instep.LinkID]bool // links that have a write under way, until what came of it is committed

	next    *joint // the batches that go into the next commit; nil if there are none
	writing bool   // a commit is under way
}

// joint is a commit of several batches.
type joint struct {
	batch instep.Batch
	done  bool
	err   error
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

// takeOff notes that writes to the links of ops are under way.
func (c *crew) takeOff(ops []*op) {
	if c == nil {
		return
	}
	for _, o := range ops {
		c.sending[o.w.link.ID] = true
	}
}

// land notes that what became of them is committed.
func (c *crew) land(ops []*op) {
	if c == nil {
		return
	}
	for _, o := range ops {
		if o.w.link != nil {
			delete(c.sending, o.w.link.ID)
		}
	}
	c.landed.Broadcast()
}

// awaitHolders waits until no record under way holds an id that one of the ops
// got: that record has got another id meanwhile, or is gone, and the vendor's
// answer to its own write will tell. What is waited for was always carried out
// earlier, so that no two wait for each other. It returns who holds the ids then.
func (ps *pass) awaitHolders(ctx context.Context, ops []*op) (holders, error) {
	taken := newIDs(ops)
	if ps.crew == nil {
		return ps.holders(ctx, taken)
	}
	for {
		held, err := ps.holders(ctx, taken)
		if err != nil || !ps.crew.holdAny(held, ops) {
			return held, err
		}
		ps.crew.landed.Wait()
	}
}

// holdAny reports whether one of the holders has a write under way other than
// the ops.
func (c *crew) holdAny(held holders, ops []*op) bool {
	foreign := func(h holder) bool {
		return h.now != 0 && c.sending[h.now] && !slices.ContainsFunc(ops, func(o *op) bool { return o.w.link != nil && o.w.link.ID == h.now })
	}
	return slices.ContainsFunc(held[0], foreign) || slices.ContainsFunc(held[1], foreign)
}

// commit has a batch committed, together with those of others that come while
// an earlier commit is under way. The lock is given up meanwhile.
func (c *crew) commit(b *instep.Batch, write func(*instep.Batch) error) error {
	g, first := c.next, c.next == nil
	if first {
		g = &joint{batch: *b}
		c.next = g
	} else {
		addBatch(&g.batch, b)
	}
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
	c.idle(func() { g.err = write(&g.batch) })
	c.writing, g.done = false, true
	c.landed.Broadcast()
	return g.err
}

// addBatch joins a batch to others. Each is about links of its own.
func addBatch(all, b *instep.Batch) {
	if b.State != nil {
		all.State = b.State
	}
	all.Links = append(all.Links, b.Links...)
	all.Dropped = append(all.Dropped, b.Dropped...)
	all.Marks = append(all.Marks, b.Marks...)
	all.Cleared = append(all.Cleared, b.Cleared...)
	all.Units = append(all.Units, b.Units...)
	all.Settled = append(all.Settled, b.Settled...)
	all.Activity = append(all.Activity, b.Activity...)
	all.Fences = append(all.Fences, b.Fences...)
	all.Unfenced = append(all.Unfenced, b.Unfenced...)
	all.Decisions = append(all.Decisions, b.Decisions...)
	all.Revoked = append(all.Revoked, b.Revoked...)
	all.Erased = append(all.Erased, b.Erased...)
}
