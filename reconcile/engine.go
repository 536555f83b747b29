package reconcile

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// DefaultHold is how many records of an unfinished pass are kept in memory
// if Options do not say otherwise. What is beyond is read again when needed.
const DefaultHold = 20_000

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

	// Hold is how many records are kept in memory between planning and
	// writing. 0: DefaultHold.
	Hold int

	// Seal encrypts values for the activity log. Nil: the log holds hashes.
	Seal func(instep.Value) []byte

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
	return e, nil
}

func (e *Engine) defaults() error {
	if e.opt.Transforms == nil {
		e.opt.Transforms = instep.BuiltIn()
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
	// Sweep reads both registers as a whole, whatever was read before.
	Sweep bool

	// Only names the records to write; others are planned but left for a
	// later run. An entry without ID stands for its whole entity.
	Only []instep.Ref

	// Limit is the most writes of the run; 0: no limit.
	Limit int
}

// Plan reads both sides of every pair and decides what a run would do. It
// writes to neither system. To the state it writes only what it found out
// about writes of an earlier run whose outcome was in doubt. A nil Select is
// everything.
func (e *Engine) Plan(ctx context.Context, sel *Select) (*Plan, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if sel == nil {
		sel = &Select{}
	}
	plan := &Plan{Run: newRunID(), engine: e}
	budget := sel.Limit
	if budget <= 0 {
		budget = -1
	}
	for _, p := range e.pairs {
		ps := &pass{engine: e, pair: p, run: plan.Run, now: time.Now(), sel: *sel, budget: budget}
		if err := ps.plan(ctx); err != nil {
			return nil, fmt.Errorf("pair %s: %w", p.Name, err)
		}
		plan.passes, budget = append(plan.passes, ps), ps.budget
		e.emit(Planned{Pair: p.Name, Counts: ps.counts()})
	}
	return plan, nil
}

// Apply carries out a plan made by Plan, once, as soon after it as possible:
// a record that changed since it was planned is left for the next run. When
// ctx ends, Apply finishes the write it has under way and returns the
// context's error with the summary of what was done; the next run goes on
// from there.
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
	for _, ps := range plan.passes {
		err := ps.applyAll(ctx)
		sum.Pairs = append(sum.Pairs, ps.done)
		e.emit(PairDone{ps.done})
		if err != nil {
			return sum, fmt.Errorf("pair %s: %w", ps.pair.Name, err)
		}
	}
	return sum, nil
}

// Run plans and applies. A nil Select is everything.
func (e *Engine) Run(ctx context.Context, sel *Select) (Summary, error) {
	plan, err := e.Plan(ctx, sel)
	if err != nil {
		return Summary{}, err
	}
	return e.Apply(ctx, plan)
}

func newRunID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
