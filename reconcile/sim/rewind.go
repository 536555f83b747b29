package sim

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// PutBack plays a quiet history of a seed, in which nothing fails and users make
// records and edit what their side owns, and then puts copies of the state back
// that were taken after some of its commits, one after the other. Both systems
// are in step, so nothing may be written to either, whatever the engine has
// forgotten; see [instep.PairState].Rewound. It returns how many copies were
// tried: none where something waits for a person.
func PutBack(seed uint64) (tried int, violation string) {
	w := quietWorld(seed)
	w.store.keep = true
	for n := range 5 {
		w.part(phase{1 + n, 0}, func() { w.quietRound(n < 3) })
	}
	if w.res.Violation != "" || !w.allInStep() {
		return 0, w.res.Violation
	}
	leave := w.rnd.enter(phase{1000, 0})
	defer leave()
	all := w.store.kept
	for k := 0; k < len(all) && w.res.Violation == ""; k += 1 + len(all)/20 {
		w.store.putBack(all[:k])
		writes := w.sent
		w.clk.pass(50 * time.Hour)
		if _, err := w.run(false); err == nil && w.sent != writes {
			w.violate("I4", "%d writes after the state of commit %d of %d was put back, though both sides agree", w.sent-writes, k, len(all))
		}
		tried++
	}
	return tried, w.res.Violation
}

// quietWorld makes the world of a seed in which nothing fails, and neither system
// bends what it is given.
func quietWorld(seed uint64) *world {
	w := newWorld(seed, newDice(seed, script{}), false, true)
	w.calm, w.trims, w.pair.Flow = true, false, instep.BothWays
	for _, v := range w.side {
		v.trim, v.round, v.cut = false, false, 0
	}
	for i := range w.pair.Mapping.Rules {
		w.pair.Mapping.Rules[i].Left.Via, w.pair.Mapping.Rules[i].Right.Via = nil, nil
	}
	return w
}

// quietRound is a run, after users have made and edited some records.
func (w *world) quietRound(busy bool) {
	for s := instep.Side(w.rnd.IntN(2)); busy && w.rnd.IntN(4) < 3; s = s.Other() {
		rule := w.field()
		r := w.any(s)
		switch owner := w.pair.Mapping.Rules[rule].Owner; {
		case r == nil, w.rnd.IntN(3) == 0:
			w.arrive(s)
		case owner.Owns(s) && w.partner(s, r) != nil:
			w.edit(s, r, rule, w.value)
		}
	}
	w.clk.pass(50 * time.Hour)
	if _, err := w.run(false); err != nil && !errors.Is(err, errKilled) {
		w.violate("run", "%v", err)
	}
}

// allInStep reports whether every record has its counterpart, holds the same,
// and waits for nobody.
func (w *world) allInStep() bool {
	marks, units := w.store.marks()
	if len(marks)+len(units)+len(w.poison[0])+len(w.poison[1]) > 0 {
		return false
	}
	linked := 0
	for _, link := range w.store.links() {
		l, r := w.side[0].find(link.Sides[0].ID), w.side[1].find(link.Sides[1].ID)
		if l == nil || r == nil || !l.live() || !r.live() {
			return false
		}
		linked++
		for i := range w.pair.Mapping.Rules {
			if !w.agree(i, l, r) {
				return false
			}
		}
	}
	return len(w.side[0].liveRows()) == linked && len(w.side[1].liveRows()) == linked
}

// putBack replaces what was committed by the first of it.
func (s *store) putBack(batches []instep.Batch) {
	s.State, s.rewound = memory.New(), map[string]bool{pairName: true, groupPair: true}
	clear(s.gens)
	clear(s.units)
	for i := range batches {
		b := batches[i]
		if err := s.State.Commit(context.Background(), &b); err != nil {
			s.w.violate("world", "what was committed cannot be committed again: %v", err)
			return
		}
		for _, l := range b.Links {
			s.gens[linkOf{b.Pair, l.ID}] = l.Gen
		}
	}
}

// keepBatch notes a commit, so that older states can be put back.
func (s *store) keepBatch(b *instep.Batch) {
	if b.State != nil && !b.State.Rewound {
		delete(s.rewound, b.Pair)
	}
	if !s.keep {
		return
	}
	c := *b
	c.Links, c.Marks, c.Units = slices.Clone(b.Links), slices.Clone(b.Marks), slices.Clone(b.Units)
	if b.State != nil {
		state := *b.State
		c.State = &state
	}
	s.kept = append(s.kept, c)
}
