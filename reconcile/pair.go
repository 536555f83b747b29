package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// DefaultSweepEvery is how often a register is read as a whole if the pair
// does not say otherwise.
const DefaultSweepEvery = 24 * time.Hour

// Pair joins one entity of two installations.
type Pair struct {
	// Name is what plans, logs and the state call the pair. It must never
	// change once there is state.
	Name string

	// Left and Right read and write the two registers. Each must also be an
	// instep.Sink if anything may be written there, an instep.Getter unless
	// it is a snapshot, and an instep.Traiter.
	Left, Right instep.Source

	// Mapping says which fields correspond.
	Mapping instep.Mapping

	// Matcher gives the keys by which records find each other. Nil: the
	// rules of the mapping that have Match set.
	Matcher instep.Matcher

	// First is the side whose values stand when two records meet for the
	// first time. During the first load its records are also created on the
	// other side, whatever Flow says.
	First instep.Side

	// Flow says on which side records are created that are not there.
	Flow instep.Direction

	// Drift says what happens to edits of fields the side does not own.
	Drift DriftPolicy

	// Deletes says, by Side, what is done with a record of that side whose
	// counterpart was deleted.
	Deletes [2]DeletePolicy

	// EditedGone says what happens to a record that was deleted on one side
	// and edited on the other.
	EditedGone EditedGonePolicy

	// Hidden says, by Side, what is done with a record of that side whose
	// counterpart is hidden from us.
	Hidden [2]HiddenPolicy

	// Erase names the rules whose fields EraseHidden empties. When the record
	// shows again, its values are written anew.
	Erase []string

	// Canary names, by Side, a record that is always there. Before anything
	// counts as gone it is looked at: credentials that do not see it see too
	// little. Empty: none.
	Canary [2]string

	// Guards are the limits beyond which a run stops.
	Guards Guards

	// SweepEvery is how long a register may be read by its changes alone
	// before it is read as a whole again. 0: DefaultSweepEvery.
	SweepEvery time.Duration
}

// party is one side of a pair with its capabilities looked up once.
type party struct {
	source   instep.Source
	sink     instep.Sink
	getter   instep.Getter
	finder   instep.Finder
	lister   instep.Lister
	describe instep.Describer
	prober   instep.Prober
	traits   instep.Traits
	byField  []uint16 // the rules, in the order of the names of their fields here
}

func newParty(src instep.Source) party {
	p := party{source: src}
	p.sink, _ = instep.As[instep.Sink](src)
	p.getter, _ = instep.As[instep.Getter](src)
	p.finder, _ = instep.As[instep.Finder](src)
	p.lister, _ = instep.As[instep.Lister](src)
	p.describe, _ = instep.As[instep.Describer](src)
	p.prober, _ = instep.As[instep.Prober](src)
	if t, ok := instep.As[instep.Traiter](src); ok {
		p.traits = t.Traits()
	}
	return p
}

func (p *party) ref(id string) instep.Ref {
	return instep.Ref{System: p.traits.System, Entity: p.traits.Entity, ID: id}
}

// sideOf returns the side a reference is on.
func (p *pair) sideOf(ref instep.Ref) instep.Side {
	if p.side[instep.Right].ref(ref.ID) == ref {
		return instep.Right
	}
	return instep.Left
}

// pair is a Pair that was checked and prepared.
type pair struct {
	Pair
	side    [2]party
	rules   []rule
	prints  []string
	matcher instep.Matcher
	joined  map[string]*pair // the pairs that rules refer to, by name
	creates [2]bool          // whether records are created on the side after the first load
}

func newPair(cfg Pair, t instep.Transforms) (*pair, error) {
	if err := checkPair(cfg, t); err != nil {
		return nil, err
	}
	p := &pair{Pair: cfg, matcher: cfg.Matcher}
	p.side = [2]party{newParty(cfg.Left), newParty(cfg.Right)}
	if p.SweepEvery == 0 {
		p.SweepEvery = DefaultSweepEvery
	}
	for _, s := range sides {
		p.creates[s] = cfg.Flow.Allows(s)
	}
	for i, r := range cfg.Mapping.Rules {
		p.rules = append(p.rules, newRule(i, r, t))
		p.prints = append(p.prints, r.Fingerprint(t))
	}
	for _, s := range sides {
		p.side[s].byField = byField(p.rules, s)
	}
	if p.matcher == nil {
		p.matcher = ruleMatcher(p.rules)
	}
	if err := p.checkParties(); err != nil {
		return nil, err
	}
	return p, p.checkPolicies()
}

func byField(rules []rule, s instep.Side) []uint16 {
	order := make([]uint16, len(rules))
	for i := range order {
		order[i] = uint16(i)
	}
	slices.SortStableFunc(order, func(a, b uint16) int {
		return strings.Compare(rules[a].End(s).Field, rules[b].End(s).Field)
	})
	return order
}

var sides = [2]instep.Side{instep.Left, instep.Right}

func checkPair(cfg Pair, t instep.Transforms) error {
	switch {
	case cfg.Name == "":
		return configError("pair", "it has no name", "set Pair.Name")
	case cfg.Left == nil || cfg.Right == nil:
		return configError("pair "+cfg.Name, "one of its sides is nil", "set Pair.Left and Pair.Right")
	case cfg.SweepEvery < 0:
		return configError("pair "+cfg.Name, "SweepEvery is negative", "leave it 0 for one sweep a day")
	}
	if err := cfg.Mapping.Check(nil, nil, t); err != nil {
		return fmt.Errorf("pair %s: %w", cfg.Name, err)
	}
	if cfg.Matcher == nil && !hasMatchRule(cfg.Mapping) {
		return configError("pair "+cfg.Name, "nothing says how records find each other",
			"set Match on a rule of the mapping, or set Pair.Matcher")
	}
	return nil
}

func hasMatchRule(m instep.Mapping) bool {
	for _, r := range m.Rules {
		if r.Match != nil {
			return true
		}
	}
	return false
}

// checkParties refuses a pair whose traits cannot keep the promises.
func (p *pair) checkParties() error {
	for _, s := range sides {
		pt := &p.side[s]
		what := fmt.Sprintf("pair %s, %s side", p.Name, s)
		switch {
		case pt.traits.System == "" || pt.traits.Entity == "":
			return configError(what, "it does not say which system and entity it is", "implement instep.Traiter")
		case pt.getter == nil && !pt.traits.Snapshot:
			return configError(what, "it reads changes only and cannot read one record again",
				"implement instep.Getter, or wrap it in something that keeps its records")
		case pt.sink == nil && p.mayWrite(s):
			return configError(what, "it would be written but is no instep.Sink",
				"set Pair.Flow and the rules' directions to the other side")
		}
	}
	return nil
}

func (p *pair) mayWrite(s instep.Side) bool {
	if p.creates[s] || p.First != s {
		return true
	}
	for i := range p.rules {
		r := &p.rules[i]
		if r.Direction.Allows(s) && r.Owner.Owns(s.Other()) {
			return true
		}
	}
	return false
}

func configError(op, what, remedy string) error {
	return &instep.Error{Kind: instep.Config, Op: op, Err: errors.New(what), Remedy: remedy}
}
