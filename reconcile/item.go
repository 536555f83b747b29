package reconcile

import (
	"github.com/instep-go/instep"
)

// item describes a work to a person.
func (ps *pass) item(w *work) Item {
	it := Item{
		Pair: ps.pair.Name, Outcome: w.outcome, Side: w.side, Stands: w.stands, Skipped: w.skipped,
		Left:  ps.pair.side[instep.Left].ref(ps.id(w, instep.Left)),
		Right: ps.pair.side[instep.Right].ref(ps.id(w, instep.Right)),
		Label: ps.label(w),
	}
	if w.buried {
		it.Outcome = instep.Gone
	}
	if w.reason != nil {
		it.Reason = *w.reason
	}
	it.Fields = ps.changes(w)
	return it
}

// label is the first match key of a record in hand.
func (ps *pass) label(w *work) string {
	for _, s := range sides {
		if w.obs[s] < 0 {
			continue
		}
		if rec := ps.obs[s].record(w.obs[s]); rec != nil {
			if keys := ps.pair.matcher.Keys(s, rec.Fields, nil); len(keys) > 0 {
				return keys[0].Value
			}
		}
	}
	return ""
}

func (ps *pass) changes(w *work) []Change {
	var out []Change
	for i := range ps.pair.rules {
		target, ok := ps.changed(w, i)
		if !ok {
			continue
		}
		r := &ps.pair.rules[i]
		c := Change{Rule: r.Name}
		if rec := ps.inHand(w, target.Other()); rec != nil {
			c.To, _ = ps.project(r, target, rec)
		}
		if rec := ps.inHand(w, target); rec != nil {
			c.From = r.raw(target, rec)
		}
		if w.outcome == instep.Created && c.To.IsBlank() {
			continue
		}
		out = append(out, c)
	}
	return out
}

// changed reports whether a work touches a rule's field, and on which side.
func (ps *pass) changed(w *work, i int) (instep.Side, bool) {
	switch {
	case w.outcome == instep.Created:
		return w.side, ps.pair.rules[i].Direction.Allows(w.side)
	case w.acts == nil:
		return 0, false
	case w.acts[i] == conflict:
		return instep.Right, true
	}
	if s, ok := w.acts[i].drifted(); ok {
		return s, true
	}
	return w.acts[i].target()
}

func (ps *pass) inHand(w *work, s instep.Side) *instep.Record {
	if w.obs[s] < 0 {
		return nil
	}
	return ps.obs[s].record(w.obs[s])
}
