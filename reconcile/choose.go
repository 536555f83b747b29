package reconcile

import (
	"cmp"
	"slices"

	"github.com/instep-go/instep"
)

// order puts what is written first, then what waits, then the rest.
func (w *work) order() int {
	switch w.outcome {
	case instep.Created, instep.Updated:
		return 0
	case instep.Removed, instep.Deactivated:
		if w.writes() {
			return 0
		}
		return 2
	case instep.Drifted, instep.Linked, instep.Unmatched, instep.InStep, instep.Unlinked:
		return 2
	default:
		return 1
	}
}

func (ps *pass) sortWorks() {
	ps.sortJoined()
	ps.sortCreations()
	slices.SortStableFunc(ps.works, ps.compareWorks)
}

func (ps *pass) compareWorks(a, b work) int {
	return cmp.Or(
		cmp.Compare(a.order(), b.order()), cmp.Compare(a.outcome, b.outcome),
		cmp.Compare(ps.id(&a, instep.Left), ps.id(&b, instep.Left)),
		cmp.Compare(ps.id(&a, instep.Right), ps.id(&b, instep.Right)),
	)
}

// choose marks the works that Select leaves for a later run.
func (ps *pass) choose() {
	ps.total += len(ps.creations[0]) + len(ps.creations[1])
	for i := range ps.works {
		w := &ps.works[i]
		if !w.writes() {
			continue
		}
		n := w.count()
		if w.skipped = !ps.wanted(w) || ps.budget >= 0 && ps.budget < n; w.skipped {
			ps.skipped++
			continue
		}
		ps.total += n
		if ps.budget >= 0 {
			ps.budget -= n
		}
	}
}

func (ps *pass) wanted(w *work) bool {
	if len(ps.sel.Only) == 0 {
		return true
	}
	for _, s := range sides {
		ref := ps.pair.side[s].ref(ps.id(w, s))
		for _, only := range ps.sel.Only {
			if ref.ID != "" && only == ref || only.ID == "" && only.System == ref.System && only.Entity == ref.Entity {
				return true
			}
		}
	}
	return false
}
