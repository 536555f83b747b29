package model

import (
	"slices"

	"github.com/instep-go/instep"
)

// torn gives all that may be remembered after a run that was killed.
// What was written must still be part of the plan.
func (e *expected) torn(before *notes, s seen, f fault) ([]*notes, string) {
	log := slices.Clone(s.log)
	out := []*notes{{loaded: before.loaded, read: before.read}}
	for _, a := range e.parts {
		var options []tie
		var maybe bool
		options, log, maybe = a.torn(log, f.n > 0)
		var more []*notes
		for _, m := range out {
			for _, t := range options {
				n := m.clone()
				t.fresh = false
				n.ties = append(n.ties, t)
				more = append(more, n)
			}
			if maybe {
				more = append(more, m)
			}
		}
		out = more
	}
	for _, m := range out {
		m.tidy()
	}
	if len(log) > 0 {
		return nil, "written: " + log[0].write.String()
	}
	return out, ""
}

// torn gives what may be remembered of a part of a run that was killed, the
// rest of the log, and whether it may be that nothing is remembered.
func (a *part) torn(log []sent, begun bool) ([]tie, []sent, bool) {
	_, half := a.was.half()
	unknown := half && a.was.fresh
	switch {
	case !begun && unknown:
		return nil, log, true
	case !begun:
		return []tie{a.was}, log, false
	}
	options := []tie{a.after(), a.was, a.seen()}
	if a.anew.create {
		options = append(options, a.anew)
	}
	if a.drop && !half {
		options = append(options, a.was.widowed(a.gone))
	}
	for _, st := range a.do {
		i := slices.IndexFunc(log, func(g sent) bool { return g.write.like(st.write) })
		var more []tie
		for _, t := range options {
			_, alone := t.half()
			switch {
			case st.action != instep.Create && alone: // they met before it was sent
				if i < 0 {
					more = append(more, t)
				}
			case i < 0:
				more = append(more, t, st.doubted(t))
			case !log[i].settled:
				more = append(more, st.doubted(t))
			default:
				st.finish(&t, log[i].id)
				more = append(more, t)
			}
		}
		if i >= 0 {
			log = slices.Delete(log, i, i+1)
			unknown = false
		}
		options = more
	}
	return options, log, unknown || a.drop
}

// seen is the tie as it was, but for the keys that the run has seen.
func (a *part) seen() tie {
	t, after := a.was, a.after()
	for s, id := range t.ids {
		if id != 0 && after.ids[s] == id {
			t.keys[s] = after.keys[s]
		}
	}
	return t
}

// widowed is the tie without its record of side s.
func (t tie) widowed(s instep.Side) tie {
	n := tie{ids: t.ids, keys: t.keys, lone: true}
	n.ids[s], n.keys[s] = 0, 0
	n.loneAs = n.keys[s.Other()]
	return n
}

// doubted is the tie with the step in doubt.
func (st *step) doubted(t tie) tie {
	t.doubt[st.side] = doubt{open: true, action: st.action, set: st.set, before: st.was, erase: st.erase}
	if st.action == instep.Create {
		t.ids[st.side] = 0
	}
	return t
}
