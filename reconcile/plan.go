package reconcile

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/instep-go/instep"
)

// Plan is what a run would do. It is made by [Engine.Plan] and good for one
// [Engine.Apply]. It holds values only in memory.
type Plan struct {
	Run string

	engine   *Engine
	passes   []*pass
	paused   []Paused
	applied  bool
	approved bool
}

// Guards returns the limits the plan goes beyond. Unless it is empty, the plan
// must be approved before it is applied.
func (p *Plan) Guards() []Guard {
	var all []Guard
	for _, ps := range p.passes {
		all = append(all, ps.guards...)
	}
	return all
}

// Paused returns the pairs that are not part of the plan, because one of their
// systems refused what they need.
func (p *Plan) Paused() []Paused { return slices.Clone(p.paused) }

// Err is what a caller who only plans should say of the paused pairs; nil if
// there are none. Apply returns it as well.
func (p *Plan) Err() error { return pausedError(p.paused) }

// Approve lets the plan be applied although it goes beyond a guard: a person
// has looked at it. What no guard lets through, such as the deletions of a
// side that looks empty, is not part of the plan then either.
func (p *Plan) Approve() { p.approved = true }

// Item is what a plan says of one record or pair of records.
type Item struct {
	Pair    string
	Outcome instep.Outcome
	Side    instep.Side // the side that is written, or whose record it is about
	Left    instep.Ref  // ID is empty where there is no record yet
	Right   instep.Ref
	Label   string   // the first match key, for people; may be empty
	Matched []string // where two records meet: the match keys they have in common, the best first
	Fields  []Change // what is written, or drifted; empty where nothing is
	Reason  instep.Message
	Stands  bool // it was already so after an earlier run
	Skipped bool // it is due, but Select leaves it for a later run
}

// Change is one field of an Item.
type Change struct {
	Rule string       // the rule's name
	From instep.Value // the value now, in the target's own form; absent if not in hand
	To   instep.Value // the value to write, in the target's own form; absent if not in hand
}

// Complete reads the records that the plan writes and that were not read for
// planning, at most 20,000 of each side, so that Items and Save have the
// values on both sides. Without it, what was not read is absent there: a run
// that only reads changes has one of the two records of each. An error means
// that nothing was added to at least one pair.
func (p *Plan) Complete(ctx context.Context) error {
	p.engine.mu.Lock()
	defer p.engine.mu.Unlock()
	for _, ps := range p.passes {
		if err := ps.complete(ctx); err != nil {
			return fmt.Errorf("pair %s: %w", ps.pair.Name, err)
		}
	}
	return nil
}

// Counts returns how many records the plan has by outcome, over all pairs.
// Records that were in step before are not counted.
func (p *Plan) Counts() Counts {
	var c Counts
	for _, ps := range p.passes {
		c.merge(ps.counts())
	}
	return c
}

// CountsOf returns the counts of one pair; zero if the plan has no such pair.
func (p *Plan) CountsOf(pair string) Counts {
	for _, ps := range p.passes {
		if ps.pair.Name == pair {
			return ps.counts()
		}
	}
	return Counts{}
}

// Empty reports whether there is nothing to write.
func (p *Plan) Empty() bool { return p.Counts().Writes() == 0 }

// Items yields what the plan says, pair by pair: writes first, then what is
// set aside, then the rest, each in the order of the left ids and then the
// right ones. Records that are newly linked and equal, or unmatched, are
// yielded too, records that are in step are not; a caller picks by Outcome.
func (p *Plan) Items() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, ps := range p.passes {
			for w, j := range ps.all() {
				if w == nil {
					met := ps.workOf(j)
					w = &met
				}
				if w.outcome == instep.InStep {
					continue
				}
				if !yield(ps.item(w)) {
					return
				}
			}
		}
	}
}
