package sim

import (
	"math/rand/v2"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// deletable returns a side whose records may vanish, so that those of the other
// one are deleted.
func (w *world) deletable(rnd *rand.Rand) (s instep.Side, ok bool) {
	s = instep.Side(rnd.IntN(2))
	if !w.allThere(0) || !w.allThere(1) {
		return s, false // what is done about those that are away is changed for them too
	}
	w.pair.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	w.pair.Guards = reconcile.Guards{Deletes: 1000}
	return s, true
}

// tryCanary has credentials see too little: the record that is always there is not.
func (w *world) tryCanary(rnd *rand.Rand) {
	s, ok := w.deletable(rnd)
	made, linked := w.couples(2)
	if !ok || !linked {
		return
	}
	w.pair.Canary[s] = made[0][s].cur().id
	w.tryNothingThere(CanaryGone, "canary", s)
}

// tryEmptied has a register list nothing: it is rather another one.
func (w *world) tryEmptied(rnd *rand.Rand) {
	s, ok := w.deletable(rnd)
	_, linked := w.couples(2)
	if !ok || !linked || !w.allThere(s) {
		return
	}
	w.tryNothingThere(Emptied, "emptied", s)
}

// allThere reports whether no link waits for anything, or has a record of a side that is away.
func (w *world) allThere(s instep.Side) bool {
	marks, _ := w.store.marks()
	for _, link := range w.store.links() {
		r := w.side[s].find(link.Sides[s].ID)
		if r == nil || !r.live() || len(marks[link.ID]) > 0 {
			return false
		}
	}
	return true
}

func (w *world) tryNothingThere(f Feature, code string, s instep.Side) {
	v := w.side[s]
	v.odd.empty = true
	asked := w.asked
	plan, err := w.next(ways{alone: true, expect: instep.Guarded}, true)
	if f == CanaryGone {
		_, _ = w.next(ways{}, true) // whoever approves it does not approve what follows from it
	}
	w.came(f, "%s: %v", v.name, err)
	if !tripped(plan, code) || w.asked != asked {
		w.violate("I10", "%s shows nothing, and the run makes %d writes and ends with: %v", v.name, w.asked-asked, err)
	}
}

// tryLimitOfGone has as many records be gone as may be, and then one more.
func (w *world) tryLimitOfGone(rnd *rand.Rand) {
	s, ok := w.deletable(rnd)
	if !ok {
		return
	}
	made, linked := w.couples(6)
	if _, err := w.next(ways{}, true); err != nil || !linked {
		return
	}
	w.pair.Guards.Deletes = 2
	for _, part := range []struct {
		gone  [][2]*row
		trips bool
	}{{made[:2], false}, {made[2:5], true}} {
		for _, c := range part.gone {
			w.gone(s, c[s])
		}
		plan, err := w.next(ways{alone: true, expect: instep.Guarded}, true)
		if plan == nil {
			return
		}
		w.came(AtTheLimit, "%d gone", len(part.gone))
		if tripped(plan, "many_gone") != part.trips {
			w.violate("I10", "%d records are gone, 2 may be, and the run ends with: %v", len(part.gone), err)
		}
	}
}
