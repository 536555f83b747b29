package sim

import (
	"math/rand/v2"
	"time"

	"github.com/instep-go/instep"
)

// lonely returns a side and a new record of it of which the create will be lost,
// and which can only be found by its key.
func (w *world) lonely() (r *row, o *vendor) {
	s, ok := w.towards()
	o = w.side[s.Other()]
	if !ok {
		return nil, o
	}
	o.odd.swallows, o.odd.swallowed = true, map[string]int{}
	return w.fresh(s, w.newKey(), w.newEntity(), w.plainValues()), o
}

// mostSent is how often a create may be sent: once and six times more.
const mostSent = 7

// trySwallow has a system lose every create. After some a person is asked.
func (w *world) trySwallow(*rand.Rand) {
	r, o := w.lonely()
	if r == nil {
		return
	}
	for range mostSent + 4 {
		w.clk.pass(100 * 24 * time.Hour)
		if _, err := w.next(ways{}, false); err != nil || w.res.Violation != "" {
			return
		}
	}
	sent := o.odd.swallowed[w.side[o.side.Other()].key(r)]
	w.came(Swallowed, "%d creates", sent)
	if sent > mostSent {
		w.violate("I4", "%s: a create that is lost time and again was sent %d times", o.name, sent)
	}
	if !w.store.asks(o.side.Other(), r) {
		w.violate("I1", "a create was lost %d times, and nobody is asked", sent)
	}
}

// asks reports whether a person is asked about a row.
func (s *store) asks(side instep.Side, r *row) bool {
	marks, _ := s.marks()
	for _, link := range s.links() {
		for _, m := range marks[link.ID] {
			if link.Sides[side].ID == r.cur().id && m.Outcome == instep.Review {
				return true
			}
		}
	}
	return false
}

// trySeveral has a create be lost, and users make two records that might be it.
func (w *world) trySeveral(*rand.Rand) {
	r, o := w.lonely()
	if r == nil {
		return
	}
	if !w.losesCreate(o, r) {
		return
	}
	w.excuse(r.entity, "several have its key")
	for range 2 {
		w.excuse(w.likeness(o, r).entity, "several have its key")
	}
	_, err := w.next(ways{}, false)
	w.came(FoundSeveral, "%v", err)
	if err == nil && (w.linked(o.side.Other(), r) || !w.store.asks(o.side.Other(), r)) {
		w.violate("I8", "%s might be either of two, and nobody is asked", r.cur().id)
	}
	asked, one := w.asked, o.holds(w.side[o.side.Other()].key(r))[0]
	w.edit(o.side, one, 0, func(int) instep.Value { return instep.String(w.newKey()) })
	if _, err = w.next(ways{}, false); err == nil && w.asked != asked {
		w.violate("I8", "%s may be what was made of %s, and is made again under another key", one.cur().id, r.cur().id)
	}
}

// losesCreate runs the engine once, and reports whether a create was lost, and the
// process with it.
func (w *world) losesCreate(o *vendor, r *row) bool {
	o.odd.dies = true
	_, _ = w.next(ways{}, false)
	o.odd.swallows, o.odd.dies = false, false
	return w.inDoubt(o.side.Other(), r)
}

// likeness has a user make a record that holds what another one does.
func (w *world) likeness(o *vendor, r *row) *row {
	v := w.side[o.side.Other()]
	return w.fresh(o.side, v.key(r), w.newEntity(), map[int]instep.Value{1: r.cur().fields.Get(v.fields[1]), 2: r.cur().fields.Get(v.fields[2])})
}

// tryLinked has a create be lost, and a user give a record that has a counterpart
// all that it would hold.
func (w *world) tryLinked(*rand.Rand) {
	made, ok := w.couples(1)
	r, o := w.lonely()
	if !ok || r == nil || w.strong || !w.losesCreate(o, r) {
		return
	}
	s, b := o.side.Other(), made[0][o.side]
	w.excuse(r.entity, "another has its key")
	w.excuse(b.entity, "another has its key")
	for i := range 3 {
		w.edit(o.side, b, i, func(int) instep.Value { return r.cur().fields.Get(w.side[s].fields[i]) })
	}
	_, err := w.next(ways{}, false)
	w.came(FoundLinked, "%v", err)
	if link := w.linkOf(o.side, b); link == nil || link.Sides[s].ID != made[0][s].cur().id {
		w.violate("I8", "%s lost its counterpart to %s", b.cur().id, r.cur().id)
	}
	if !w.store.asks(s, r) {
		w.violate("I8", "%s may be what was made of %s, and nobody is asked", b.cur().id, r.cur().id)
	}
}
