package reconcile

import (
	"strconv"

	"github.com/instep-go/instep"
)

// activity returns the row that tells of a work.
func (ps *pass) activity(w *work, link *instep.Link, s instep.Side, action string, rules []uint16) instep.Activity {
	a := instep.Activity{
		At: ps.engine.now(), Run: ps.run, Pair: ps.pair.Name, Link: link.ID,
		Entity: ps.pair.side[instep.Left].traits.Entity,
		LeftID: link.Sides[instep.Left].ID, RightID: link.Sides[instep.Right].ID,
		Actor: ps.engine.opt.Actor, Cause: ps.cause(w), Action: action, Outcome: w.outcome,
	}
	if w.reason != nil {
		a.Message = *w.reason
	}
	for _, r := range rules {
		a.Fields = append(a.Fields, ps.pair.rules[r].Name)
		a.Before = append(a.Before, ps.trace(w, s, int(r)))
		a.After = append(a.After, ps.trace(w, s.Other(), int(r)))
	}
	return a
}

// trace tells what a field of one side holds, in the shared form.
func (ps *pass) trace(w *work, s instep.Side, i int) instep.Trace {
	var t instep.Trace
	switch {
	case w.obs[s] >= 0:
		t.Hash = ps.obs[s].vec(w.obs[s]).at(i)
	case w.link != nil && w.link.Sides[s].ID != "":
		t.Hash = vectorOf(w.link.Sides[s].Base).at(i)
	}
	if ps.engine.opt.Seal == nil {
		return t
	}
	if rec := ps.inHand(w, s); rec != nil {
		r := &ps.pair.rules[i]
		if v, err := ps.shared(r, s, rec); err == nil && !v.IsAbsent() {
			t.Sealed = ps.engine.opt.Seal(v)
		}
	}
	return t
}

func (ps *pass) cause(w *work) string {
	switch {
	case ps.onlyMarked:
		return "retry"
	case ps.firstLoad():
		return "first load"
	case w.obs[instep.Left] >= 0 && w.obs[instep.Right] >= 0:
		return "both sides read"
	case w.obs[instep.Left] >= 0:
		return "left side read"
	default:
		return "right side read"
	}
}

func (ps *pass) linkedEqual(rule string, n int) instep.Activity {
	return instep.Activity{
		At: ps.engine.now(), Run: ps.run, Pair: ps.pair.Name, Entity: ps.pair.side[instep.Left].traits.Entity,
		Actor: ps.engine.opt.Actor, Cause: "first meeting", Action: "link", Outcome: instep.Linked,
		Message: *message("linked_equal", arg("count", strconv.Itoa(n)), arg("rule", rule)),
	}
}

// changedRules returns the rules a work touches.
func (ps *pass) changedRules(w *work) []uint16 {
	var rules []uint16
	for i := range ps.pair.rules {
		if _, ok := ps.changed(w, i); ok {
			rules = append(rules, uint16(i))
		}
	}
	return rules
}
