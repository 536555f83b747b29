package reconcile

import (
	"cmp"
	"iter"
	"slices"

	"github.com/instep-go/instep"
)

// creation is a record that is to have a counterpart made, of which nothing
// else is to be said: the number of its observation. In a first load that
// creates these are nearly all, so that they are held as this and are works
// only while they are written.
type creation int32

// holdsCreations reports whether works may be held as creations: none is to be
// picked out of them.
func (ps *pass) holdsCreations() bool {
	return !ps.onlyMarked && ps.budget < 0 && len(ps.sel.Only) == 0
}

// addCreation notes a work of decideAlone as a creation, and reports whether
// that says all of it.
func (ps *pass) addCreation(w *work) bool {
	source := w.side.Other()
	if !ps.holdsCreations() || w.outcome != instep.Created || w.link != nil || len(w.waits) > 0 || !w.due.IsZero() {
		return false
	}
	ps.creations[w.side] = append(ps.creations[w.side], creation(w.obs[source]))
	return true
}

// create is what a work would be for a creation on side s.
func (ps *pass) create(s instep.Side, c creation) *work {
	w := &work{outcome: instep.Created, side: s, obs: [2]int32{-1, -1}, create: true, held: true, reason: ps.newOn(s.Other())}
	w.obs[s.Other()] = int32(c)
	return w
}

// newOn is the reason for a creation.
func (ps *pass) newOn(s instep.Side) *instep.Message {
	if ps.isNew[s] == nil {
		ps.isNew[s] = message("new_on", arg("side", s.String()))
	}
	return ps.isNew[s]
}

// sortCreations brings them into the order that their works would have.
func (ps *pass) sortCreations() {
	for _, s := range sides {
		o := &ps.obs[s.Other()]
		slices.SortFunc(ps.creations[s], func(a, b creation) int { return cmp.Compare(o.ob(int32(a)).id(), o.ob(int32(b)).id()) })
	}
}

// spread makes works of all creations.
func (ps *pass) spread() {
	n := len(ps.works)
	for _, s := range sides {
		for _, c := range ps.creations[s] {
			w := ps.create(s, c)
			w.held = false
			ps.works = append(ps.works, *w)
		}
		ps.creations[s] = nil
	}
	if len(ps.works) > n {
		slices.SortStableFunc(ps.works, ps.compareWorks)
	}
}

// held yields works and, as works, creations, in their order. A work that is
// yielded for a creation is nobody else's.
func (ps *pass) held() iter.Seq[*work] {
	return func(yield func(*work) bool) {
		rest := ps.works
		for _, s := range sides {
			for _, c := range ps.creations[s] {
				created := ps.create(s, c)
				for len(rest) > 0 && ps.compareWorks(rest[0], *created) < 0 {
					if !yield(&rest[0]) {
						return
					}
					rest = rest[1:]
				}
				if !yield(created) {
					return
				}
			}
		}
		for i := range rest {
			if !yield(&rest[i]) {
				return
			}
		}
	}
}

// queue gives out what is to be written to one side, call by call.
type queue struct {
	ps    *pass
	side  instep.Side
	works []*work
	held  bool // creations are part of it
	size  int  // of a call
}

// calls is how many calls are left.
func (q *queue) calls() int {
	n := len(q.works)
	if q.held {
		n += len(q.ps.creations[q.side])
	}
	return (n + q.size - 1) / q.size
}

// next takes the works of a call; none if all were given out.
func (q *queue) next() []*work {
	var call []*work
	for len(call) < q.size {
		var created *work
		if held := q.ps.creations[q.side]; q.held && len(held) > 0 {
			created = q.ps.create(q.side, held[0])
		}
		switch {
		case len(q.works) > 0 && (created == nil || q.ps.compareWorks(*q.works[0], *created) < 0):
			call = append(call, q.works[0])
			q.works = q.works[1:]
		case created != nil:
			call = append(call, created)
			q.ps.creations[q.side] = q.ps.creations[q.side][1:]
		default:
			return call
		}
	}
	return call
}

// release lets go of creations that were carried out, and keeps those of which
// there is more to say than that.
func (ps *pass) release(works []*work) {
	for _, w := range works {
		switch {
		case !w.held:
		case w.outcome == instep.Created && w.closed:
			ps.created++
		default:
			ps.kept = append(ps.kept, w)
		}
	}
}

// acted yields the works of the pass that may have a link by now.
func (ps *pass) acted() iter.Seq[*work] {
	return func(yield func(*work) bool) {
		for i := range ps.works {
			if !yield(&ps.works[i]) {
				return
			}
		}
		for _, w := range ps.kept {
			if !yield(w) {
				return
			}
		}
	}
}
