package chains

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// process runs an engine with some pairs over a state of its own.
type process struct {
	w         *world
	n         int
	edges     []*edge
	store     *store
	opt       reconcile.Options
	runs      int
	running   bool
	dead      bool
	faulty    bool      // its run has met a fault that ends runs
	bent      []bending // what systems made of its writes
	fields    []written // what it wrote in its run
	death     death
	announced map[string]int // by idempotency key, the run that wrote it down first
}

// written is a field that a process has written.
type written struct {
	r *row
	spot
}

// death says at which commit or write of a run the process dies; 0: at none.
type death struct {
	commit, write int
	after         bool
}

// step counts down to a death.
func step(n *int, dieAfter bool) (before, after bool) {
	if *n == 0 {
		return false, false
	}
	*n--
	return *n == 0 && !dieAfter, *n == 0 && dieAfter
}

// staff gives the pairs to processes: all to one, or each to one of its own.
func (w *world) staff() {
	for _, e := range w.edges {
		if len(w.procs) == 0 || w.res.Apart {
			w.procs = append(w.procs, newProcess(w, len(w.procs)))
		}
		p := w.procs[len(w.procs)-1]
		p.edges = append(p.edges, e)
		e.by = p
	}
}

func newProcess(w *world, n int) *process {
	p := &process{w: w, n: n, announced: map[string]int{}}
	p.store = newStore(p)
	p.opt = reconcile.Options{
		Key: &[16]byte{byte(n + 1)}, Hold: 1 + w.rnd.IntN(12), Clock: w.clk, Serial: true,
		Observe: func(ev reconcile.Event) { w.log("* %T %+v", ev, ev) },
		NewRun:  func() string { p.runs++; return fmt.Sprintf("run-%d-%d", p.n, p.runs) },
	}
	return p
}

// call begins a call of an engine to anything outside. A dead process makes
// none.
func (p *process) call(format string, args ...any) error {
	if p.dead {
		return errKilled
	}
	p.w.clk.pass(latency)
	p.w.log(format, args...)
	return nil
}

// hit counts a fault of which the process knows.
func (p *process) hit(f Fault, format string, args ...any) {
	p.w.hit(f, format, args...)
	if f == Throttled || f == Unreachable || f == Occupied {
		p.faulty = true
		p.doubt()
	}
}

// doubt has the process not know what became of what it wrote in this run.
func (p *process) doubt() {
	for _, b := range p.bent {
		p.w.edits[b.edit].unsure = true
	}
	for _, f := range p.fields {
		f.r.doubt[f.spot] = true
	}
}

func (p *process) die(f Fault, format string, args ...any) {
	p.w.hit(f, format, args...)
	p.dead = true
}

// drawDeath chooses whether and where the process dies in the next run.
func (p *process) drawDeath() {
	p.death = death{after: p.w.rnd.IntN(2) == 0}
	switch {
	case p.w.calm:
	case p.w.rnd.IntN(5) == 0:
		p.death.commit = 1 + p.w.rnd.IntN(4)
	case p.w.rnd.IntN(5) == 0:
		p.death.write = 1 + p.w.rnd.IntN(3)
	}
}

// run has a new process do one run, from its start to its end or death.
func (p *process) run(sweep bool) *reconcile.Plan {
	p.drawDeath()
	p.dead, p.faulty, p.running = false, false, true
	p.w.res.Events++
	p.w.log("run of %d, sweep %t", p.n, sweep)
	plan, err := p.pass(sweep)
	p.w.log("run of %d ends: %v", p.n, err)
	p.tolerate(err)
	if p.dead {
		p.doubt()
	}
	p.dead, p.running, p.bent, p.fields = false, false, nil, nil
	for _, e := range p.edges {
		if err == nil && e.loaded.IsZero() {
			e.loaded = p.w.clk.now
		}
		for _, x := range e.port {
			clear(x.looks)
		}
	}
	return plan
}

// pass plans and applies. That the engine crashes by itself is a broken promise
// too.
func (p *process) pass(sweep bool) (plan *reconcile.Plan, err error) {
	defer func() {
		if x := recover(); x != nil {
			p.w.log("%s", debug.Stack())
			err = fmt.Errorf("panic: %v", x)
		}
	}()
	e, err := p.engine()
	if err != nil {
		return nil, err
	}
	plan, err = e.Plan(context.Background(), &reconcile.Select{Sweep: sweep})
	if err != nil {
		return nil, err
	}
	if p.w.out != nil {
		for item := range plan.Items() {
			p.w.log("plan %+v", item)
		}
	}
	if len(plan.Guards()) > 0 {
		plan.Approve()
	}
	_, err = e.Apply(context.Background(), plan)
	return plan, err
}

func (p *process) engine() (*reconcile.Engine, error) {
	pairs := make([]reconcile.Pair, len(p.edges))
	for i, e := range p.edges {
		pairs[i] = e.pair
	}
	return reconcile.New(p.store, pairs, &p.opt)
}

// tolerate knows the errors that a run may end with.
func (p *process) tolerate(err error) {
	temporary := errors.Is(err, instep.RateLimited) || errors.Is(err, instep.Unavailable)
	if err != nil && !(p.dead && errors.Is(err, errKilled)) && !(p.faulty && temporary) {
		p.w.violate("run", "%v", err)
	}
}
