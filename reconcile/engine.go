package reconcile

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// DefaultHold is how many records of each side of an unfinished pass are kept
// in memory if Options do not say otherwise. What is beyond is read again when
// needed.
const DefaultHold = 200_000

// Options are the settings of an [Engine]. The zero value works.
type Options struct {
	// Transforms are those that mappings may name. Nil: instep.BuiltIn().
	Transforms instep.Transforms

	// Key is the secret of the hashes in the state. Nil: the store's own,
	// which must then be an instep.HashKeyer.
	Key *[16]byte

	// Observe is called for each event, one at a time. It must not block for
	// long and must not call the engine. Nil: none.
	Observe func(Event)

	// ReadOnly refuses Apply: nothing is written to any system.
	ReadOnly bool

	// Hold is how many records of each side are kept in memory between
	// planning and writing, packed into some hundred bytes each. All are kept
	// of a side that cannot be read by id. 0: DefaultHold.
	Hold int

	// Spill makes temporary files that hold what is read, in place of memory,
	// so that nothing is read again before it is written: some hundred bytes
	// a record, at most 2 GiB a side. What goes into them is encrypted, with a
	// key that ends with the process. The engine closes them when a plan was
	// applied; those of a plan that never is are closed with it, by the
	// collector, if they are an [os.File]. Where the system allows it, remove
	// their names at once, so that no crash leaves one behind. An error ends a run with [instep.Config]. Nil:
	// there are none.
	Spill func() (Scratch, error)

	// Seal encrypts values for the activity log. Nil: the log holds hashes.
	Seal func(instep.Value) []byte

	// Clock tells the time and waits. Nil: the real one.
	Clock Clock

	// Serial does everything in a row, so that with a Clock and NewRun of
	// one's own the same input gives the same calls in the same order. It is
	// for tests; a run takes longer.
	Serial bool

	// NewRun returns the name of the next run for the activity log. Nil: a
	// random one.
	NewRun func() string

	// Actor is who the activity log names as the one who acted. Empty:
	// "engine".
	Actor string
}

// Engine brings pairs of registers into step. It is safe for concurrent use,
// but does one thing at a time.
type Engine struct {
	store instep.Checkpoint
	pairs []*pair
	opt   Options
	hash  hasher

	mu       sync.Mutex // one run at a time
	observed sync.Mutex // one event at a time
}

// New checks the pairs and returns an engine over the store. It reads
// nothing yet. An error is of kind Config and says what to change.
func New(store instep.Checkpoint, pairs []Pair, o *Options) (*Engine, error) {
	e := &Engine{store: store}
	if o != nil {
		e.opt = *o
	}
	if err := e.defaults(); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, cfg := range pairs {
		if names[cfg.Name] {
			return nil, configError("pair "+cfg.Name, "the name is used twice", "give each pair its own name")
		}
		names[cfg.Name] = true
		p, err := newPair(cfg, e.opt.Transforms)
		if err != nil {
			return nil, err
		}
		e.pairs = append(e.pairs, p)
	}
	return e, e.join()
}

// join finds the pairs that rules refer to, and brings all pairs into an order
// in which what is referred to comes first. Circles keep the order given.
func (e *Engine) join() error {
	byName := map[string]*pair{}
	for _, p := range e.pairs {
		byName[p.Name] = p
	}
	for _, p := range e.pairs {
		for i := range p.rules {
			r := &p.rules[i]
			if r.Refs == "" {
				continue
			}
			other := byName[r.Refs]
			if other == nil {
				return configError("pair "+p.Name, fmt.Sprintf("rule %q refers to the pair %q, which is not there", r.Name, r.Refs),
					"give the engine that pair as well")
			}
			if p.joined == nil {
				p.joined = map[string]*pair{}
			}
			p.joined[r.Refs] = other
		}
	}
	var ordered []*pair
	placed := map[*pair]bool{}
	var place func(p *pair)
	place = func(p *pair) {
		if placed[p] {
			return
		}
		placed[p] = true
		for _, name := range sortedKeys(p.joined) {
			place(p.joined[name])
		}
		ordered = append(ordered, p)
	}
	for _, p := range e.pairs {
		place(p)
	}
	e.pairs = ordered
	return nil
}

func (e *Engine) defaults() error {
	if e.opt.Transforms == nil {
		e.opt.Transforms = instep.BuiltIn()
	}
	if e.opt.Clock == nil {
		e.opt.Clock = realClock{}
	}
	if e.opt.NewRun == nil {
		e.opt.NewRun = newRunID
	}
	if e.opt.Hold <= 0 {
		e.opt.Hold = DefaultHold
	}
	if e.opt.Actor == "" {
		e.opt.Actor = "engine"
	}
	if e.opt.Key == nil {
		k, ok := instep.As[instep.HashKeyer](e.store)
		if !ok {
			return configError("engine", "there is no key for the hashes", "set Options.Key")
		}
		key := k.HashKey()
		e.opt.Key = &key
	}
	e.hash = newHasher(*e.opt.Key)
	return nil
}

func (e *Engine) emit(ev Event) {
	if e.opt.Observe == nil {
		return
	}
	e.observed.Lock()
	defer e.observed.Unlock()
	e.opt.Observe(ev)
}

// Select narrows a run down. The zero value is everything that is due.
type Select struct {
	// Sweep reads both registers as a whole, whatever was read before, and
	// tries again what otherwise waits for its time.
	Sweep bool

	// Only names the records to write; others are planned but left for a
	// later run. An entry without ID stands for its whole entity.
	Only []instep.Ref

	// Limit is the most writes of the run; 0: no limit.
	Limit int

	// Approved lets the run go on although a guard would stop it: a person
	// has looked.
	Approved bool
}

// Plan reads both sides of every pair and decides what a run would do. It
// writes to neither system, except that a create of an earlier run whose reply
// was lost is sent once more where the vendor knows idempotency keys. To the
// state it writes only what it found out about such writes. A nil Select is
// everything. A pair whose key, or a right of it, is refused is paused and not
// part of the plan; if all are, that is the error, of kind Unauthorized,
// Forbidden or Config. Any other error is of the whole run.
func (e *Engine) Plan(ctx context.Context, sel *Select) (*Plan, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if sel == nil {
		sel = &Select{}
	}
	plan := &Plan{Run: e.opt.NewRun(), engine: e}
	budget := sel.Limit
	if budget <= 0 {
		budget = -1
	}
	for _, p := range e.pairs {
		ps := &pass{engine: e, pair: p, run: plan.Run, now: e.now(), sel: *sel, budget: budget, meters: &[2]instep.Meter{}, spent: newSpent(), tenure: &tenure{}}
		paused, err := waitsFor(p, plan.paused), error(nil)
		if paused == nil {
			err = ps.plan(ctx)
			paused = ps.pausedBy(err)
		}
		switch {
		case paused != nil:
			plan.paused = append(plan.paused, *paused)
			e.emit(*paused)
			continue
		case err != nil:
			return nil, fmt.Errorf("pair %s: %w", p.Name, err)
		}
		plan.passes, budget = append(plan.passes, ps), ps.budget
		e.emit(Planned{Pair: p.Name, Counts: ps.counts()})
	}
	if len(plan.passes) == 0 && len(plan.paused) > 0 {
		return nil, plan.Err()
	}
	return plan, nil
}

// Apply carries out a plan made by Plan, once, as soon after it as possible:
// a record that changed since it was planned is left for the next run. When
// ctx ends, Apply finishes the write it has under way and returns the
// context's error with the summary of what was done; the next run goes on
// from there. A pair whose plan goes beyond a guard is left alone, and the
// error is of kind Guarded, unless the plan was approved. A source whose cursor
// stands still is told of at the end, as an error of kind Malformed, and so are
// paused pairs, with the kind of what was refused. Any other error ends the run
// of all pairs.
func (e *Engine) Apply(ctx context.Context, plan *Plan) (Summary, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	sum := Summary{Run: plan.Run}
	if e.opt.ReadOnly {
		return sum, configError("apply", "the engine is read-only", "leave Options.ReadOnly unset to write")
	}
	if plan.engine != e || plan.applied {
		return sum, configError("apply", "the plan was made by another engine or is already applied", "make a new plan")
	}
	plan.applied = true
	defer plan.closeFiles()
	end := newEnding(plan)
	var carried []*pass
	for _, ps := range plan.passes {
		if end.waits(ps) {
			continue
		}
		err := ps.guarded(plan.approved)
		if err == nil {
			ps.spent.begin(&ps.pair.Guards, plan.approved || ps.sel.Approved, ps.firstLoad())
			err = ps.apply(ctx)
		}
		if end.take(ps, err) {
			return e.conclude(plan, sum), fmt.Errorf("pair %s: %w", ps.pair.Name, err)
		}
		if err == nil {
			carried = append(carried, ps)
		}
	}
	for _, ps := range slices.Backward(carried) { // what refers to others goes before them
		end.keepReferred(ps)
		err := ps.close(ctx)
		if end.take(ps, err) {
			return e.conclude(plan, sum), fmt.Errorf("pair %s: %w", ps.pair.Name, err)
		}
		end.leave(ps, ps.fault)
	}
	for _, ps := range carried { // what is referred to may have been made in a further round of its pair
		if end.behind[ps.pair.Name] {
			continue
		}
		if err := ps.takeUpReleased(ctx); end.take(ps, err) {
			return e.conclude(plan, sum), fmt.Errorf("pair %s: %w", ps.pair.Name, err)
		}
	}
	sum = e.conclude(plan, sum)
	sum.Paused = end.paused
	return sum, end.err()
}

// closeFiles lets go of what was spilled: nothing is written from it any more.
func (p *Plan) closeFiles() {
	for _, ps := range p.passes {
		for s := range ps.obs {
			ps.obs[s].values.spill.close()
		}
	}
}

// conclude adds what was done to the summary.
func (e *Engine) conclude(plan *Plan, sum Summary) Summary {
	for _, ps := range plan.passes {
		if !ps.begun {
			continue
		}
		ps.done.Counts = ps.counts()
		for s := range sides {
			ps.done.Requests[s] = ps.meters[s].Count()
		}
		ps.done.Left = max(ps.done.Left, ps.skipped+ps.total-ps.writes)
		sum.Pairs = append(sum.Pairs, ps.done)
		e.emit(PairDone{ps.done})
	}
	return sum
}

// Run plans and applies. A nil Select is everything.
func (e *Engine) Run(ctx context.Context, sel *Select) (Summary, error) {
	plan, err := e.Plan(ctx, sel)
	if err != nil {
		return Summary{}, err
	}
	return e.Apply(ctx, plan)
}

func (e *Engine) now() time.Time { return e.opt.Clock.Now().UTC() }

func newRunID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
