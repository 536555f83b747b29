package sim

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

const (
	pairName     = "products"
	interrupting = 100 // numbers what users do while the engine runs, from here on
	stamp        = "02T15:04:05.000"
	latency      = 5 * time.Millisecond // of a call
)

var errKilled = errors.New("the process was killed")

// world is two systems, their users, and an engine that may die.
type world struct {
	rnd   *dice
	clk   *clock
	trace bytes.Buffer
	side  [2]*vendor
	store *store
	pair  reconcile.Pair
	opt   reconcile.Options
	res   Result

	mute    bool // no trace is written
	calm    bool // no faults any more
	dead    bool // the process
	running bool // what users do comes between reading and writing
	death   death
	round   int // numbers runs
	n       int // numbers whatever needs a new name
	strong  bool
	trims   bool // the mapping trims texts

	owners    [2]map[string]int // by side, the entity whose record had a key
	parent    []int             // entities that turned out to be one
	poison    [2]map[int]instep.Value
	excused   map[int]string          // entities a person has to look at, and why first
	reasons   map[int]map[string]bool // all there are
	merged    map[int]bool            // entities of which a record was merged into another
	faulty    bool                    // the run under way has met a fault that ends runs
	approved  int
	wrote     map[int]int // writes since the last doing of a user, by entity
	pending   []*situation
	commits   int        // in the run under way
	small     *small     // if this is a small world
	groups    *groups    // what products refer to, if they do
	sighted   []sighting // in the run under way
	began     time.Time  // the run under way
	writes    []string   // carried out, if they are to be told; see PermutedRuns
	quiet     bool       // nobody has answered since the last run
	doings    int        // of users and persons
	points    int        // points at which the process could have died so far
	dieAt     int        // the one at which it does; 0: none
	refusals  int        // of deletions and deactivations: there is no record whose change they wait for, so they are tried now and then
	doing     int        // numbers those of users in a round
	answers   map[string]answered
	announced map[string]int // by idempotency key, the run that wrote it down first
	sent      int            // writes
	sentTo    map[int]int    // by entity, in the run under way
	untold    []answer       // writes of the run under way that were answered
	asked     int            // writes of products that a system was asked for and let us make
	again     int            // and of these those that only repeat a request of an earlier run
	denied    bool           // a call was refused for want of a right, in the run under way
	blind     *blind         // the run under way, if it may not read
	caution   *caution       // if the pair has small limits
	logged    uint64         // the last row of the log that was looked at
	own       [numFeatures]*rand.Rand
	stop      stop     // the caller of the run under way
	ways      ways     // of the run under way
	trying    bool     // there is peace, and a trial goes on
	repeated  []string // values that a system repeated in what it refused last
	asleep    *sleeper // the process that fell asleep, or may yet
	woken     bool     // it has woken up, and goes on
	away      stateAway
}

// newWorld makes the world of a seed as the dice fall, before its first run,
// with groups that products refer to or without. One that is mute writes no
// trace.
func newWorld(seed uint64, rnd *dice, grouped, mute bool) *world {
	w := newEmpty(seed, rnd)
	w.mute = mute
	if grouped {
		w.addGroups()
	}
	for s, v := range w.side {
		w.log("%s is %+v", v.name, v.kind)
		w.log("deletes %s hidden %d", w.pair.Deletes[s], w.pair.Hidden[s])
	}
	w.log("first %s flow %s drift %d edited gone %d", w.pair.First, w.pair.Flow, w.pair.Drift, w.pair.EditedGone)
	for _, r := range w.pair.Mapping.Rules {
		w.log("rule %s owner %s", r.Name, r.Owner)
	}
	w.fill()
	return w
}

// newEmpty makes a world without records.
func newEmpty(seed uint64, rnd *dice) *world {
	w := &world{
		rnd: rnd, clk: newClock(),
		owners: [2]map[string]int{{}, {}}, poison: [2]map[int]instep.Value{{}, {}},
		excused: map[int]string{}, reasons: map[int]map[string]bool{}, merged: map[int]bool{}, wrote: map[int]int{}, answers: map[string]answered{},
		announced: map[string]int{}, sentTo: map[int]int{},
	}
	w.res.Seed = seed
	w.store = newStore(w)
	for s := range w.side {
		w.side[s] = newVendor(w, instep.Side(s), drawKind(w.rnd))
	}
	w.drawPair()
	return w
}

// log writes a line into the trace.
func (w *world) log(format string, args ...any) {
	if w.mute {
		return
	}
	w.trace.WriteString(w.clk.now.Format(stamp))
	w.trace.WriteByte(' ')
	fmt.Fprintf(&w.trace, format, args...)
	w.trace.WriteByte('\n')
}

// hit counts a fault that has come about.
func (w *world) hit(f Fault, format string, args ...any) {
	w.res.Faults[f]++
	w.res.Events++
	w.log("! %s: "+format, append([]any{f}, args...)...)
	if f == Throttled || f == Unreachable || f == Refused {
		w.faulty = true
	}
}

// violate notes the first promise that was broken.
func (w *world) violate(invariant, format string, args ...any) {
	text := fmt.Sprintf(invariant+": "+format, args...)
	w.log("VIOLATION %s", text)
	if w.res.Violation == "" {
		w.res.Violation = text
	}
}

// call begins a call of the engine to anything outside. A dead process makes
// none.
func (w *world) call(format string, args ...any) error {
	w.sleepHere()
	return w.send(format, args...)
}

// send is call for what can be under way when a process stands still. Time
// stands still for one that another has overtaken: the world is busy with that.
func (w *world) send(format string, args ...any) error {
	if w.dead {
		return errKilled
	}
	if !w.woken {
		w.clk.pass(latency)
	}
	w.log(format, args...)
	return nil
}

// death says at which commit and at which write of a run the process dies; 0:
// at none.
type death struct {
	commit, write int
	after         bool
}

func (d *death) send() (before, after bool)    { return d.step(&d.write) }
func (d *death) commits() (before, after bool) { return d.step(&d.commit) }
func (d *death) step(n *int) (before, after bool) {
	if *n == 0 {
		return false, false
	}
	*n--
	return *n == 0 && !d.after, *n == 0 && d.after
}

func (w *world) die(f Fault, format string, args ...any) {
	w.hit(f, format, args...)
	w.dead = true
}

// drawDeath chooses whether and where the process dies in the next run.
func (w *world) drawDeath() {
	w.dead, w.death = false, death{after: w.rnd.IntN(2) == 0}
	switch {
	case w.calm:
	case w.rnd.IntN(4) == 0:
		w.death.commit = 1 + w.rnd.IntN(4)
	case w.rnd.IntN(4) == 0:
		w.death.write = 1 + w.rnd.IntN(3)
	}
}

// drawPair chooses the pair and its policies.
func (w *world) drawPair() {
	left, right := w.side[0], w.side[1]
	w.trims, w.strong = w.rnd.IntN(3) == 0, w.rnd.IntN(4) == 0
	owner := func() instep.Owner {
		switch o := instep.Owner(w.rnd.IntN(3)); {
		case !left.getter:
			return instep.Owner(1 + w.rnd.IntN(2))
		case !right.getter:
			return instep.Owner(1 + w.rnd.IntN(2))
		default:
			return o
		}
	}
	var via []string
	if w.trims {
		via = []string{"trim"}
	}
	end := func(v *vendor, i int) instep.End { return instep.End{Field: v.fields[i]} }
	rules := []instep.Rule{
		{Name: "key", Left: end(left, 0), Right: end(right, 0), Owner: owner(), Match: &instep.Match{Rank: 1}},
		{Name: "name", Left: end(left, 1), Right: end(right, 1), Owner: owner()},
		{Name: "price", Left: end(left, 2), Right: end(right, 2), Owner: owner()},
	}
	rules[1].Left.Via, rules[1].Right.Via = via, via
	if w.strong {
		rules = append(rules, instep.Rule{
			Name: "tax", Left: end(left, 3), Right: end(right, 3), Owner: owner(), Match: &instep.Match{Rank: 2, Strong: true},
		})
	}
	w.pair = reconcile.Pair{
		Name: pairName, Left: left.source(), Right: right.source(), Mapping: instep.Mapping{Rules: rules},
		First: instep.Side(w.rnd.IntN(2)), Flow: instep.Direction(w.rnd.IntN(3)),
		Drift: reconcile.DriftPolicy(w.rnd.IntN(2)), EditedGone: reconcile.EditedGonePolicy(w.rnd.IntN(3)),
		SweepEvery: time.Duration(1+w.rnd.IntN(48)) * time.Hour,
	}
	for s := range w.side {
		if other := w.side[1-s]; other.getter || other.seesDeletes {
			w.pair.Deletes[s] = reconcile.DeletePolicy(w.rnd.IntN(4))
			if !w.side[s].getter {
				w.pair.Deletes[s] %= 2 // what cannot be looked at first is not taken away
			}
		}
		if hide := reconcile.HiddenPolicy(w.rnd.IntN(5) / 4); w.side[s].getter {
			w.pair.Hidden[s] = hide
		}
	}
	w.opt = reconcile.Options{
		Key: &[16]byte{1}, Hold: 1 + w.rnd.IntN(12), Clock: w.clk, Serial: true, Observe: w.observe,
		NewRun: func() string { w.round++; return fmt.Sprintf("run-%d", w.round) }, // a process that sleeps has its name
	}
}

func (w *world) observe(ev reconcile.Event) {
	w.log("* %T %+v", ev, ev)
	w.checkRepeated(ev)
}

// run has a process do one run, from its start to its end or death.
func (w *world) run(sweep bool) (*reconcile.Plan, error) {
	w.drawDeath()
	w.faulty, w.quiet, w.began = false, true, w.clk.now
	w.beginBlind()
	w.beginCaution()
	w.drawStop()
	w.drawStateAway()
	w.res.Events++
	w.log("run, sweep %t", sweep)
	w.side[0].odd.reads, w.side[1].odd.reads = 0, 0
	if !w.trying {
		w.assess()
	}
	w.running = true
	plan, err := w.process(sweep)
	w.running = false
	w.log("run ends: %v", err)
	w.checkStateAway(err)
	w.tolerate(err)
	w.checkLog()
	w.checkBlind(err)
	w.checkCaution(err)
	w.checkStop()
	w.dead = false
	w.compare(err)
	return plan, err
}

// process has a new process play a pass.
func (w *world) process(sweep bool) (*reconcile.Plan, error) {
	w.store.reopen()
	if s := w.drawSleeper(); s != nil {
		return w.passAsleep(s, sweep)
	}
	return w.pass(sweep)
}

// pass has a new process plan and apply. That it crashes by itself is a
// broken promise too.
func (w *world) pass(sweep bool) (plan *reconcile.Plan, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log("%s", debug.Stack())
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		return nil, err
	}
	ctx := w.context()
	plan, err = e.Plan(ctx, &reconcile.Select{Sweep: sweep, Limit: w.ways.limit})
	if err == nil {
		w.logPlan(plan)
		if w.ways.between != nil {
			w.ways.between(plan)
		}
		w.approve(plan)
		if !w.calm && w.rnd.IntN(4) == 0 {
			w.user()
		}
		_, err = e.Apply(ctx, plan)
		w.applyAgain(e, plan)
	}
	return plan, err
}

// approve lets a plan be carried out that goes beyond a limit.
func (w *world) approve(plan *reconcile.Plan) {
	p, ok := any(plan).(interface {
		Guards() []reconcile.Guard
		Approve()
	})
	if !ok || len(p.Guards()) == 0 {
		return
	}
	w.log("guards %+v", p.Guards())
	if w.woken {
		p.Approve()
		return
	}
	if w.ways.alone || w.withholds(p.Guards()) {
		return
	}
	w.approved++
	p.Approve()
}

func (w *world) logPlan(plan *reconcile.Plan) {
	if w.mute {
		return
	}
	for item := range plan.Items() {
		w.log("plan %+v", item)
	}
}

// tolerate knows the errors that a run may end with.
func (w *world) tolerate(err error) {
	kind := instep.KindOf(err)
	for _, k := range []instep.Kind{instep.RateLimited, instep.Unavailable} {
		if errors.Is(err, k) {
			kind = k
		}
	}
	switch {
	case err == nil, errors.Is(err, errKilled) && w.dead, errors.Is(err, errState) && w.away.failed:
	case w.faulty && (kind == instep.RateLimited || kind == instep.Unavailable):
	case w.stop.ended(err), w.ways.expect != 0 && errors.Is(err, w.ways.expect):
	case w.denied && isDenied(err):
	case w.own[ExpiredCursor] != nil && errors.Is(err, instep.Expired): // again and again
	case w.caution != nil && w.caution.held && errors.Is(err, instep.Guarded):
	default:
		w.violate("run", "%v", err)
	}
}
