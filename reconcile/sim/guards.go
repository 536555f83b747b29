package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// caution is a pair with small limits, and people who look at a plan beyond
// them only after some rounds (I10).
type caution struct {
	limits   reconcile.Guards
	approves int // the round from which on somebody approves

	// Of the run under way:
	first   bool                   // it belongs to the first load, which no limit on creates and updates is for
	held    bool                   // a plan of it was not approved
	tripped bool                   // and it is the products that go beyond a limit
	asked   int                    // writes before that
	known   map[instep.LinkID]bool // links of which something was open before
	written [instep.Deactivate + 1]map[string]bool
}

// guarding numbers the drawing of limits, beside what users do at first.
const guarding = 300

// drawGuards chooses small limits for some pairs.
func (w *world) drawGuards() {
	if w.rnd.IntN(5) > 0 {
		return
	}
	c := &caution{approves: 2 + w.rnd.IntN(6)}
	most := 1 + w.rnd.IntN(2)
	c.limits = []reconcile.Guards{{Deletes: 1}, {Creates: most}, {Updates: most}}[w.rnd.IntN(3)]
	w.pair.Guards, w.caution = c.limits, c
	for s := range w.pair.Deletes {
		if c.limits.Deletes > 0 {
			c.approves, w.pair.SweepEvery = 12, time.Hour
		}
		if w.pair.Deletes[s] == reconcile.DeactivateDeleted {
			w.pair.Deletes[s] = reconcile.DeleteDeleted
		}
	}
	w.log("limits %+v, approved from run %d on", c.limits, c.approves)
}

// purge has a user delete several linked records of a side at once.
func (w *world) purge() {
	if w.caution == nil || w.rnd.IntN(2) > 0 {
		return
	}
	s := instep.Side(w.rnd.IntN(2))
	if w.pair.Deletes[s.Other()] != reconcile.DeleteDeleted {
		s = s.Other()
	}
	for n := 2 + w.rnd.IntN(2); n > 0; n-- {
		for _, r := range w.side[s].liveRows() {
			if w.linked(s, r) {
				w.side[s].settle(r.cur().id)
				w.gone(s, r)
				break
			}
		}
	}
}

// beginCaution takes down what the run that begins must keep to.
func (w *world) beginCaution() {
	if w.caution == nil {
		return
	}
	streams := w.store.streams()
	w.caution.first = streams[0].SweptAt.IsZero() || streams[1].SweptAt.IsZero()
	w.caution.held, w.caution.tripped = false, false
	marks, _ := w.store.marks()
	w.caution.known = map[instep.LinkID]bool{}
	for id := range marks {
		w.caution.known[id] = true
	}
	for a := range w.caution.written {
		w.caution.written[a] = map[string]bool{}
	}
}

// withholds reports whether a plan that goes beyond limits is left without
// approval.
func (w *world) withholds(guards []reconcile.Guard) bool {
	c := w.caution
	if !w.limited() {
		return false
	}
	for i := range guards {
		c.tripped = c.tripped || guards[i].Pair == pairName
	}
	c.asked, c.held = w.asked, true
	w.hit(HeldBack, "%s", guards[0].Message.Code)
	return true
}

// note takes down a write that a system is asked for. What goes to both records
// of a link is one update.
func (c *caution) note(v *vendor, op *instep.Op) {
	if c == nil {
		return
	}
	id := v.name + " " + op.Ref.ID
	link := v.w.linkTo(v.side, op.Ref.ID)
	round, announced := v.w.announced[op.Key]
	switch {
	case op.Key != "" && announced && round < v.w.round:
		return // counted by the run that announced it
	case op.Action == instep.Create:
		id = v.name + " " + op.Fields.Get(v.fields[0]).String()
	case op.Action == instep.Update && link != nil:
		id = fmt.Sprint(link.ID)
	case op.Action == instep.Delete && link != nil && c.known[link.ID]:
		return // counted by the run that found it
	}
	c.written[op.Action][id] = true
}

// linkTo returns the link that has an id on a side, nil if none.
func (w *world) linkTo(s instep.Side, id string) *instep.Link {
	for _, link := range w.store.links() {
		if link.Sides[s].ID == id {
			return &link
		}
	}
	return nil
}

// checkCaution wants a run beyond a limit to have written nothing, and any
// other one no more of a kind than its limit. Deletions are counted over all
// runs: one that was found may be carried out later.
func (w *world) checkCaution(err error) {
	c := w.caution
	switch {
	case !w.limited():
		return
	case c.tripped:
		if w.asked > c.asked {
			w.violate("I10", "%d writes beyond a limit, and nobody has approved them", w.asked-c.asked)
		}
		if !errors.Is(err, instep.Guarded) && !w.dead && !w.faulty && !w.denied {
			w.violate("I10", "a run beyond a limit ends with: %v", err)
		}
		return
	}
	creates, updates := len(c.written[instep.Create]), len(c.written[instep.Update])
	if !c.first && (beyond(creates, c.limits.Creates) || beyond(updates, c.limits.Updates)) {
		w.violate("I10", "%d creates and %d updates, but only %+v are allowed", creates, updates, c.limits)
	}
	for _, v := range w.side {
		n := 0
		for id := range c.written[instep.Delete] {
			if strings.HasPrefix(id, v.name) {
				n++
			}
		}
		if beyond(n, c.limits.Deletes) {
			w.violate("I10", "%s: %d deletions, but only %+v are allowed", v.name, n, c.limits)
		}
	}
}

// limited reports whether a run keeps to limits that nobody lifts.
func (w *world) limited() bool { return w.caution != nil && !w.calm && w.round < w.caution.approves }

// beyond reports whether a number is above a limit that was set.
func beyond(n, limit int) bool { return limit > 0 && n > limit }
