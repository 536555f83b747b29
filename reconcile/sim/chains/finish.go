package chains

import (
	"io"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// Run plays the history of a seed: users, faults and runs of the engines, then
// peace, in which all systems must come into step. The same seed gives the same
// result and, unless out is nil, writes the same trace to it, byte for byte.
func Run(seed uint64, out io.Writer) Result {
	w := newWorld(seed, out)
	for range 4 + w.rnd.IntN(5) {
		for _, p := range w.shuffled() {
			if w.rnd.IntN(5) > 0 {
				p.run(w.rnd.IntN(5) == 0)
			}
			if w.rnd.IntN(3) == 0 {
				w.user()
			}
		}
		if w.ended() {
			return w.res
		}
		for range 1 + w.rnd.IntN(4) {
			w.user()
		}
		if w.rnd.IntN(3) == 0 {
			w.person()
		}
		w.clk.pass(w.pause())
	}
	w.finish()
	return w.res
}

// shuffled gives the processes in any order.
func (w *world) shuffled() []*process {
	procs := slices.Clone(w.procs)
	w.rnd.Shuffle(len(procs), func(i, j int) { procs[i], procs[j] = procs[j], procs[i] })
	return procs
}

// pause is how long nobody runs an engine.
func (w *world) pause() time.Duration {
	if w.rnd.IntN(3) == 0 {
		return time.Duration(w.rnd.IntN(90)) * time.Second
	}
	return time.Duration(w.rnd.IntN(30)) * time.Hour
}

// round has every process run once in peace.
func (w *world) round(sweep bool) (empty bool) {
	w.clk.pass(50 * time.Hour)
	empty = true
	for _, p := range w.shuffled() {
		if plan := p.run(sweep); plan == nil || !plan.Empty() {
			empty = false
		}
	}
	return empty
}

// finish ends the faults. So many runs as a pair alone may take, and one more
// for every further pair on the longest way, must bring all systems into step
// (I1), where they stay (I2). Each answer of a person starts the count again.
func (w *world) finish() {
	w.log("peace")
	w.calm = true
	left, answers := 3+w.hops, 0
	for n := 0; left > 0 && !w.ended(); n++ {
		w.round(n == 1)
		left--
		if w.person() > 0 {
			answers++
			left = 2 + w.hops
		}
		if answers > 4*len(w.edges) {
			w.violate("I1", "a person was asked in %d rounds of peace and there is still no end", answers)
			return
		}
	}
	if w.ended() {
		return
	}
	w.checkEnd()
	w.rest("in step")
	w.probeEdit()
	w.probeDelete()
}

// ended reports whether the history has come to its end early.
func (w *world) ended() bool { return w.res.Violation != "" }

// rest wants two rounds that write nothing and plan nothing (I2).
func (w *world) rest(when string) {
	for range 2 {
		before := w.writes
		if w.ended() {
			return
		}
		empty := w.round(false)
		if w.writes != before {
			w.violate("I2", "%s, but the next run writes", when)
		}
		if !empty {
			w.violate("I2", "%s, but the next plan is not empty", when)
		}
	}
}

// checkEnd looks at where all systems have come to.
func (w *world) checkEnd() {
	for _, e := range w.edges {
		marks, doubt := e.open()
		e.checkLinks(marks)
		for i := range doubt {
			e.checkDoubt(&doubt[i])
		}
		for s := range e.port {
			e.checkAlone(instep.Side(s))
		}
	}
	for _, y := range w.sys {
		y.checkDoubles()
	}
}

// checkDoubt wants every write to have been found out about, unless the thing is
// withdrawn in one of the two systems, or may be for all that they tell.
func (e *edge) checkDoubt(in *instep.Intent) {
	for _, link := range e.links() {
		for s := range link.Sides {
			if r := e.port[s].find(link.Sides[s].ID); link.ID == in.Link && r != nil && e.away(r.entity) {
				return
			}
		}
	}
	e.w.violate("I1", "%s: a write to link %d is still in doubt", e.pair.Name, in.Link)
}

// away reports whether a thing is withdrawn in one of the two systems, or gone
// from one that does not tell the two apart.
func (e *edge) away(entity int) bool {
	for _, p := range e.port {
		for _, r := range p.rows {
			s := r.cur().status
			if r.entity == entity && (s == instep.Hidden || s == instep.Deleted && p.hidesMissing && !p.seesDeletes) {
				return true
			}
		}
	}
	return false
}

// checkLinks looks at what is linked and at what waits.
func (e *edge) checkLinks(marks map[instep.LinkID][]instep.Mark) {
	for _, link := range e.links() {
		var rows [2]*row
		entity := 0
		for s := range rows {
			if id := link.Sides[s].ID; id != "" {
				rows[s] = e.port[s].find(id)
				entity = rows[s].entity
			}
		}
		if e.w.excused[entity] != "" {
			e.w.res.Excused++
			continue
		}
		for _, m := range marks[link.ID] {
			e.checkMark(&m, entity)
		}
		if rows[0] != nil && rows[1] != nil {
			e.checkPair(rows[0], rows[1], &link)
		}
	}
}

// checkMark wants a reason for what waits: in one of the two systems the thing
// is gone or withdrawn, or nothing flows.
func (e *edge) checkMark(m *instep.Mark, entity int) {
	gone := false
	for _, p := range e.port {
		for _, r := range p.rows {
			gone = gone || r.entity == entity && r.cur().status == instep.Deleted
		}
	}
	ok := gone || e.away(entity)
	switch m.Outcome {
	case instep.Unmatched, instep.Drifted:
		ok = true
	case instep.Frozen:
		ok = e.away(entity)
	case instep.Gone, instep.Removed, instep.Unlinked, instep.Deactivated:
		ok = gone
	}
	if !ok {
		e.w.violate("I1", "%s: link %d (%s) waits for nothing: %s %s", e.pair.Name, m.Link, keyOf(entity), m.Outcome, reconcile.Text(m.Message))
	}
}

// checkPair looks at two linked rows.
func (e *edge) checkPair(l, r *row, link *instep.Link) {
	w := e.w
	if l.entity != r.entity {
		w.violate("I4", "%s: %s and %s are linked, but they are two things", e.pair.Name, l.id, r.id)
		return
	}
	if l.live() != r.live() {
		e.checkGone(l, r)
	}
	if !l.live() || !r.live() {
		return
	}
	w.res.Agreed++
	for i := range ruleNames {
		told := slices.Contains(link.Drift, uint16(i))
		if !e.agree(i, l, r) && !(told && e.mayDiffer(i, l, r)) {
			w.violate("I1", "%s: %s of %s and %s is %s and %s", e.pair.Name, ruleNames[i], l.id, r.id, e.port[0].value(l, i), e.port[1].value(r, i))
		}
	}
}

// agree reports whether two rows are in step in a field: one holds
// what its system makes of what the other holds.
func (e *edge) agree(i int, l, r *row) bool {
	a, b := e.port[0].value(l, i), e.port[1].value(r, i)
	return a == b || e.port[1].keep(a) == b || e.port[0].keep(b) == a
}

// mayDiffer reports whether a field may differ, if that is told.
func (e *edge) mayDiffer(i int, l, r *row) bool {
	return e.mayDrift(i, l, r) || e.port[0].untaken(l, i) || e.port[1].untaken(r, i)
}

// mayDrift reports whether a field may differ: the side that does not own it
// was edited in sight of what its owner holds, and that is only told.
func (e *edge) mayDrift(i int, l, r *row) bool {
	owned := [2]int{e.port[0].editAt(l, i), e.port[1].editAt(r, i)}
	owner := e.rule(i).Owner
	if owner == instep.BothOwn || e.pair.Drift != reconcile.ReportDrift {
		return false
	}
	if owner == instep.RightOwns {
		owned[0], owned[1] = owned[1], owned[0]
	}
	return e.w.knew(owned[1], owned[0])
}

// checkGone wants a deletion to have come over where the policy says so, unless the
// record that is left was made anew by another pair when this one had parted the two
// before it: it never was the counterpart of the one that is gone.
func (e *edge) checkGone(l, r *row) {
	gone, left, s := l, r, instep.Right
	if l.live() {
		gone, left, s = r, l, instep.Left
	}
	from := e.port[s.Other()]
	told := !from.hidesMissing || from.seesDeletes
	if gone.cur().status == instep.Deleted && told && left.live() && gone.linked[left] && e.pair.Deletes[s] == reconcile.DeleteDeleted {
		e.w.violate("I1", "%s: %s was deleted, but %s is still there", e.pair.Name, gone.id, left.id)
	}
}

// checkAlone wants a counterpart for every record that a pair carries over. One
// that was made anew beside one that may only be withdrawn is a person's to say.
func (e *edge) checkAlone(s instep.Side) {
	to := e.port[s.Other()]
	for _, r := range e.port[s].rows {
		if !r.live() || e.w.excused[r.entity] != "" {
			continue
		}
		c := to.rowOf(r.entity)
		if c == nil && e.pair.Flow.Allows(to.side) && !(e.away(r.entity) && e.port[s].asked(r)) {
			e.w.violate("I1", "%s: %s of %s has no counterpart", e.pair.Name, r.id, e.port[s].name)
		}
		if c == nil || !c.live() || e.away(r.entity) {
			continue
		}
		if link, ok := e.linkOf(s, r.id); !ok || link.Sides[to.side].ID != c.id {
			e.w.violate("I1", "%s: %s and %s are one thing and not linked", e.pair.Name, r.id, c.id)
		}
	}
}

// checkDoubles wants one record for each thing (I4), or, where nobody could have
// known better, a person who is asked.
func (y *system) checkDoubles() {
	there := map[int]*row{}
	for _, r := range y.rows {
		if !r.live() {
			continue
		}
		if o := there[r.entity]; o != nil && (y.w.excused[r.entity] == "" || !y.asked(o) && !y.asked(r)) {
			y.w.violate("I4", "%s: %s and %s are the same thing, %s", y.name, o.id, r.id, keyOf(r.entity))
		}
		there[r.entity] = r
	}
}

// asked reports whether a question about a row waits in one of the pairs.
func (y *system) asked(r *row) bool {
	for _, e := range y.w.edges {
		marks, _ := e.open()
		for s, p := range e.port {
			link, ok := e.linkOf(instep.Side(s), r.id)
			if p.system == y && ok && slices.ContainsFunc(marks[link.ID], func(m instep.Mark) bool { return m.Outcome == instep.Review }) {
				return true
			}
		}
	}
	return false
}
