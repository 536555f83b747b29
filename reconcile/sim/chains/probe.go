package chains

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// whole returns the rows of a thing that is there in every system, linked by
// every pair and waiting for nothing; nil if there is none.
func (w *world) whole(first int) []*row {
	for entity := first; entity <= w.entities; entity++ {
		rows := make([]*row, len(w.sys))
		ok := w.excused[entity] == ""
		for n, y := range w.sys {
			rows[n] = y.rowOf(entity)
			ok = ok && rows[n] != nil && rows[n].cur().status == instep.Live
		}
		for _, e := range w.edges {
			ok = ok && e.steady(rows)
		}
		if ok {
			return rows
		}
	}
	return nil
}

// steady reports whether the pair has linked two of the rows, agrees with them
// in the name, and has nothing open about them.
func (e *edge) steady(rows []*row) bool {
	l, r := rows[e.port[0].n], rows[e.port[1].n]
	link, ok := e.linkOf(instep.Left, l.id)
	marks, _ := e.open()
	return ok && link.Sides[instep.Right].ID == r.id && len(marks[link.ID]) == 0 && e.agree(nameRule, l, r)
}

// probeEdit has one user edit a field that all share in calm times. Every other
// system must be written exactly once, and the user's own not at all. In a ring
// of systems that change what they are given the two ways differ, which is a
// person's to decide: that is left out.
func (w *world) probeEdit() {
	rows := w.whole(1)
	if rows == nil || w.ended() || w.res.Lossy && w.res.Shape.Ring() {
		return
	}
	w.res.Probed++
	y := w.sys[w.rnd.IntN(len(w.sys))]
	before := w.writes
	w.edit(y, rows[y.n], nameRule)
	n := y.editAt(rows[y.n], nameRule)
	for range 1 + w.hops {
		w.round(false)
	}
	for i, o := range w.sys {
		want := 1
		if o == y {
			want = 0
		}
		if got := w.writes[i] - before[i]; got != want {
			w.violate("I7", "an edit in %s took %d writes to %s, not %d", y.name, got, o.name, want)
		}
		if !w.knew(o.editAt(rows[i], nameRule), n) {
			w.violate("I1", "an edit in %s did not come to %s", y.name, o.name)
		}
	}
	w.rest("after an edit")
}

// probeDelete has one user delete a record in calm times. Where every pair
// deletes what was deleted, it must go from every other system in one write.
func (w *world) probeDelete() {
	rows := w.whole(2)
	if rows == nil || w.ended() || !w.deletesAll() {
		return
	}
	w.res.Removed++
	y := w.sys[w.rnd.IntN(len(w.sys))]
	before := w.writes
	y.change(rows[y.n], func(s *state) { s.status = instep.Deleted })
	w.touched(rows[y.n].entity)
	w.log("user deletes %s %s", y.name, rows[y.n].id)
	for range 1 + w.hops {
		w.round(false)
	}
	for i, o := range w.sys {
		if rows[i].live() {
			w.violate("I1", "a deletion in %s did not come to %s", y.name, o.name)
		}
		if got := w.writes[i] - before[i]; o != y && got != 1 {
			w.violate("I7", "a deletion in %s took %d writes to %s", y.name, got, o.name)
		}
	}
	w.rest("after a deletion")
}

func (w *world) deletesAll() bool {
	for _, e := range w.edges {
		for s, p := range e.port {
			if e.pair.Deletes[s] != reconcile.DeleteDeleted || p.hidesMissing && !p.seesDeletes {
				return false
			}
		}
	}
	return true
}
