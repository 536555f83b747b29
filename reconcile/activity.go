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
	if len(rules) > 0 {
		a.Fields = ps.ruleNames(rules)
		a.Before, a.After = ps.traces(w, s, rules), ps.traces(w, s.Other(), rules)
	}
	return a
}

// traces tells what fields of one side hold, in the shared form.
func (ps *pass) traces(w *work, s instep.Side, rules []uint16) []instep.Trace {
	var vec vector
	switch {
	case w.obs[s] >= 0:
		vec = ps.obs[s].vec(w.obs[s])
	case w.link != nil && w.link.Sides[s].ID != "":
		vec = vectorOf(w.link.Sides[s].Base)
	}
	if vec == nil { // there is no record on that side
		if len(ps.noTraces) < len(rules) {
			ps.noTraces = make([]instep.Trace, len(ps.pair.rules))
		}
		return ps.noTraces[:len(rules):len(rules)]
	}
	traces := ps.traceSlab.take(len(rules), 1<<10)
	for at, r := range rules {
		traces[at].Hash = vec.at(int(r))
	}
	if ps.engine.opt.Seal == nil {
		return traces
	}
	if rec := ps.inHand(w, s); rec != nil {
		for at, r := range rules {
			if v, err := ps.shared(&ps.pair.rules[r], s, rec); err == nil && !v.IsAbsent() {
				traces[at].Sealed = ps.engine.opt.Seal(v)
			}
		}
	}
	return traces
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
