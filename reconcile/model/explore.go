package model

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Found is what an exploration came to. Each disagreement is a history, what
// the rules say of its last run, and what the engine did.
type Found struct {
	States        int            // different states after a run
	Runs          int            // runs of the engine
	Depth         int            // how much happens in the longest of the histories, all of which were played: two for each step
	Bent          map[string]int // runs that agree only with a rule bent, by its name
	Disagreements []string
}

// state is where a history has come to.
type state struct {
	world *world
	store *memory.Store
	now   time.Time
	gap   time.Duration // until the next run
	may   []*notes
	used  bool // there was a fault
	shape string
	last  *played
}

// played is one step of a history.
type played struct {
	before *played
	act    string
	fault  fault
}

func (h *played) String() string {
	if h == nil {
		return ""
	}
	s := h.before.String() + "\n  " + h.act
	if h.fault.kind != noFault {
		s += " (" + h.fault.String() + ")"
	}
	return s
}

// explorer walks through all histories of one policy.
type explorer struct {
	Size
	policy Policy

	step  int // that is being played
	mu    sync.Mutex
	seen  map[sign]bool // of states after a run; whether a fault was used
	tried map[sign]bool // of states before a run
	found Found
	level []*state // the next one
	err   error
}

// Size is how far an exploration goes.
type Size struct {
	Records int  // the most a side: 1 or 2
	Steps   int  // the first run included
	Calm    bool // without faults
	Workers int  // how many runs are under way at once; 0 counts as 1
}

// String tells the size of the worlds, without the steps.
func (z Size) String() string {
	faults := "with faults"
	if z.Calm {
		faults = "without faults"
	}
	return fmt.Sprintf("%d a side, %s", z.Records, faults)
}

// Explore plays every history of a policy. An error is one of the machinery or
// that of the context: what the engine does otherwise than the rules say is
// among the disagreements.
func Explore(ctx context.Context, p Policy, z Size) (Found, error) {
	x := &explorer{Size: z, policy: p, seen: map[sign]bool{}, tried: map[sign]bool{}}
	x.found.Bent = map[string]int{}
	var now []*state
	for _, st := range starts(z.Records) {
		s := &state{world: &world{}, store: memory.New(), now: time.Unix(1e9, 0), may: []*notes{{}}}
		for _, side := range sides {
			for _, f := range st[side] {
				s.world.add(side, f)
			}
		}
		s.last = &played{act: fmt.Sprintf("start: left %v, right %v", st[0], st[1])}
		now = append(now, s)
	}
	x.each(ctx, now, func(ctx context.Context, s *state) error {
		return x.runs(ctx, s, s.last)
	})
	for x.step = 1; x.step < z.Steps && x.err == nil; x.step++ {
		now, x.level = x.level, nil
		x.each(ctx, now, x.expand)
	}
	x.found.Depth = 2 * x.step
	x.found.States = len(x.seen)
	return x.found, x.err
}

// each calls f for all states, several at once.
func (x *explorer) each(ctx context.Context, states []*state, f func(context.Context, *state) error) {
	work := make(chan *state)
	var wg sync.WaitGroup
	for range max(1, x.Workers) {
		wg.Go(func() {
			for s := range work {
				if err := f(ctx, s); err != nil {
					x.mu.Lock()
					x.err = err
					x.mu.Unlock()
				}
			}
		})
	}
	for _, s := range states {
		work <- s
	}
	close(work)
	wg.Wait()
}

// expand plays every act from a state.
func (x *explorer) expand(ctx context.Context, s *state) error {
	fresh, other := s.fresh()
	for _, a := range acts(s.world, x.Records, fresh, other) {
		n := *s
		n.world = s.world.clone()
		a.do(n.world)
		if err := x.runs(ctx, &n, &played{before: s.last, act: a.name}); err != nil {
			return err
		}
	}
	return nil
}

// fresh gives two values that neither the world nor the notes hold.
func (s *state) fresh() (int8, int8) {
	used := map[int8]bool{0: true}
	for _, side := range s.world.sides {
		for i := range side {
			used[side[i].fields.val] = true
		}
	}
	for _, l := range s.world.late {
		used[fromFields(l.op.Fields, fields{}).val] = true
	}
	for _, m := range s.may {
		for _, t := range m.ties {
			for i := range t.base {
				used[t.base[i].val], used[t.doubt[i].set.val], used[t.doubt[i].before.val] = true, true, true
			}
		}
	}
	free := make([]int8, 0, 2)
	for v := int8(1); len(free) < 2; v++ {
		if !used[v] {
			free = append(free, v)
		}
	}
	return free[0], free[1]
}

// runs plays one run without a fault and, if there was none yet, one with each.
func (x *explorer) runs(ctx context.Context, s *state, h *played) error {
	key := s.key(x.policy)
	x.mu.Lock()
	old, again := x.tried[key]
	skip := again && (!old || s.used)
	if !skip {
		x.tried[key] = s.used
	}
	x.mu.Unlock()
	if skip {
		return nil
	}
	h.fault = fault{}
	out, err := x.run(ctx, s, *h)
	if err != nil || s.used || x.Calm {
		return err
	}
	for _, f := range faults(out) {
		g := *h
		g.fault = f
		if _, err := x.run(ctx, s, g); err != nil {
			return err
		}
	}
	return nil
}

// faults lists what can go wrong in a run.
func faults(s seen) []fault {
	out := []fault{{kind: cutLeft}, {kind: cutRight}}
	for n := range s.events {
		out = append(out, fault{killed, n})
	}
	for n := range s.sends {
		out = append(out, fault{lostUndo, n}, fault{lostDone, n}, fault{lostLate, n})
	}
	return out
}

// run plays one run and keeps the state it leads to.
func (x *explorer) run(ctx context.Context, s *state, h played) (seen, error) {
	store, err := copyStore(ctx, s.store)
	if err != nil {
		return seen{}, err
	}
	l := &lab{world: s.world.clone(), store: store, now: s.now.Add(s.gap), fault: h.fault}
	l.world.forget()
	l.world.land(l.now)
	out, err := l.run(ctx, x.policy)
	if err != nil {
		return out, err
	}
	may, bent, why := follow(x.policy, s.world, s.may, out, h.fault)
	n := &state{world: l.world, store: store, now: l.now, gap: between, may: may,
		used: s.used || h.fault.kind != noFault, shape: out.shape, last: &h}
	if h.fault.kind == lostLate {
		n.gap = time.Second
	}
	x.keep(n, &out, bent, why)
	return out, nil
}

func (x *explorer) keep(n *state, out *seen, bent bend, why string) {
	var key sign
	if len(n.may) > 0 {
		key = n.key(x.policy)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.found.Runs++
	if bent != 0 {
		x.found.Bent[bent.String()]++
	}
	if len(n.may) == 0 {
		x.found.Disagreements = append(x.found.Disagreements, n.last.String()+"\n    "+why+"\n    "+out.String())
		return
	}
	if old, again := x.seen[key]; again && (!old || n.used) {
		return
	}
	x.seen[key] = n.used
	if x.step+1 < x.Steps {
		x.level = append(x.level, n)
	}
}

// copyStore makes a store of one's own with the same content. Numbers of
// commits begin anew, which nobody can tell.
func copyStore(ctx context.Context, s *memory.Store) (*memory.Store, error) {
	c := memory.New()
	st, err := s.Pair(ctx, pairName)
	if err != nil || st.Gen == 0 {
		return c, err
	}
	st.Gen = 1
	b := &instep.Batch{Pair: pairName, State: &st}
	if b.Links, err = s.Scan(ctx, pairName, 0, 1000); err != nil {
		return nil, err
	}
	for i := range b.Links {
		b.Links[i].Gen = 1
	}
	for o, err := range s.Open(ctx, pairName) {
		switch {
		case err != nil:
			return nil, err
		case o.Unit != nil:
			b.Units = append(b.Units, *o.Unit)
		case o.Mark != nil:
			b.Marks = append(b.Marks, *o.Mark)
		case o.Fence != nil:
			b.Fences = append(b.Fences, *o.Fence)
		case o.Decision != nil:
			b.Decisions = append(b.Decisions, *o.Decision)
		}
	}
	return c, c.Commit(ctx, b)
}
