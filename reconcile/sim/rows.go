package sim

import (
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// situation is a row of the decision table that a run is about to meet, and
// how to tell afterwards that it was dealt with as it says.
type situation struct {
	row    Row
	entity int
	done   func() bool
}

// assess says which rows of the decision table the next run meets.
func (w *world) assess() {
	w.pending = w.pending[:0]
	w.sentTo = map[int]int{}
	linked := map[*row]bool{}
	for _, link := range w.store.links() {
		if _, half := link.Half(); half {
			continue
		}
		l, r := w.linkedRow(0, link.Sides[0].ID), w.linkedRow(1, link.Sides[1].ID)
		if l == nil || r == nil {
			continue
		}
		linked[l], linked[r] = true, true
		w.assessLinked(link.ID, l, r)
	}
	for s, v := range w.side {
		for _, r := range v.rows {
			if r.live() && !linked[r] && r.last == nil {
				w.assessNew(instep.Side(s), r)
			}
		}
	}
}

// linkedRow returns the row that has or last had an id.
func (w *world) linkedRow(s instep.Side, id string) *row {
	if r := w.side[s].find(id); r != nil {
		return r
	}
	for _, r := range w.side[s].rows {
		for k := range r.hist {
			if r.hist[k].id == id {
				return r
			}
		}
	}
	return nil
}

func (w *world) meets(row Row, entity int, done func() bool) {
	w.pending = append(w.pending, &situation{row, w.root(entity), done})
}

// compare counts the situations that the run has dealt with, and takes down
// what is in step now.
func (w *world) compare(err error) {
	w.learn(err == nil)
	w.noteLinks()
	w.noteBlocked(err == nil && w.calm && !w.ways.alone)
	if err != nil {
		return
	}
	w.noteWritten()
	for _, s := range w.pending {
		if s.done() {
			w.res.Rows[s.row]++
			w.log("row %s", s.row)
		}
	}
}

// noteWritten takes down of which updates a run that came to its end knows: those
// whose replies came, and those of earlier runs, if it could look.
func (w *world) noteWritten() {
	for _, v := range w.side {
		for _, r := range v.rows {
			if r.heard && r.wroteIn == w.round || r.live() && r.wroteIn < w.round {
				r.unread = false
			}
		}
	}
}

// noteLinks takes down what is linked now.
func (w *world) noteLinks() {
	for _, link := range w.store.links() {
		if _, half := link.Half(); half {
			continue
		}
		if l, r := w.linkedRow(0, link.Sides[0].ID), w.linkedRow(1, link.Sides[1].ID); l != nil && r != nil {
			w.note(l, r)
		}
	}
}

// note takes down that two rows are linked, and which of their fields agree.
func (w *world) note(l, r *row) {
	l.with[r], r.with[l], l.last, r.last = true, true, r, l
	for i := range w.pair.Mapping.Rules {
		if l.live() && r.live() && w.agree(i, l, r) {
			l.from[i].carried, r.from[i].carried = true, true
		}
	}
}

// assessNew looks at a row that was never linked.
func (w *world) assessNew(s instep.Side, r *row) {
	v, o := w.side[s], w.side[s.Other()]
	key := v.key(r)
	own, others := v.holds(key), o.holds(key)
	quiet := func() bool { return w.sentTo[w.root(r.entity)] == 0 && w.linkOf(s, r) == nil }
	joined := func() bool { return w.linkOf(s, r) != nil }
	switch {
	case key == "":
		w.meets(NewUnfit, r.entity, quiet)
	case len(own) > 1 && w.anyLinked(s, own), len(others) == 1 && w.linkOf(s.Other(), others[0]) != nil:
		w.meets(NewTaken, r.entity, quiet)
	case len(own) > 1 || len(others) > 1:
		w.meets(NewMany, r.entity, quiet)
	case len(others) == 0 && w.pair.Flow.Allows(s.Other()):
		w.meets(NewAlone, r.entity, joined)
	case len(others) == 1 && w.apart(s, r, others[0]):
		w.meets(NewApart, r.entity, quiet)
	case len(others) == 1 && r.born == w.round && others[0].born == w.round:
		w.meets(NewBoth, r.entity, joined)
	case len(others) == 1:
		w.meets(NewOne, r.entity, joined)
	}
}

func (w *world) anyLinked(s instep.Side, rows []*row) bool {
	for _, r := range rows {
		if w.linkOf(s, r) != nil {
			return true
		}
	}
	return false
}

// apart reports whether the strong keys of two rows differ.
func (w *world) apart(s instep.Side, r, o *row) bool {
	a := r.cur().fields.Get(w.side[s].fields[3])
	b := o.cur().fields.Get(w.side[s.Other()].fields[3])
	return w.strong && !a.IsBlank() && !b.IsBlank() && a != b
}

// linkOf returns the link that joins the row with another one, nil if none.
func (w *world) linkOf(s instep.Side, r *row) *instep.Link {
	for _, link := range w.store.links() {
		if _, half := link.Half(); !half && link.Sides[s].ID == r.cur().id {
			return &link
		}
	}
	return nil
}

func (w *world) linked(s instep.Side, r *row) bool { return w.linkOf(s, r) != nil }

// assessLinked looks at two rows that are linked.
func (w *world) assessLinked(id instep.LinkID, l, r *row) {
	switch {
	case l.live() && r.live():
		w.assessLive(id, l, r)
	case l.cur().status == instep.Hidden || r.cur().status == instep.Hidden:
		w.meets(HiddenOne, l.entity, func() bool { return w.marked(id, instep.Frozen, instep.Deactivated) })
	case !l.live() && !r.live():
		w.meets(GoneBoth, l.entity, func() bool { return w.sentTo[w.root(l.entity)] == 0 })
	case l.live():
		w.assessGone(id, instep.Right, r, l)
	default:
		w.assessGone(id, instep.Left, l, r)
	}
}

// assessGone looks at a row that was deleted on side s, and the one left.
func (w *world) assessGone(id instep.LinkID, s instep.Side, gone, left *row) {
	entity := left.entity
	to := s.Other()
	switch {
	case gone.cur().into != nil:
		w.meets(MergedOne, entity, func() bool {
			link := w.linkOf(to, left)
			return w.marked(id, instep.Review) || link != nil && link.Sides[s].ID == gone.cur().into.cur().id
		})
	case w.partner(to, left) != nil:
		w.meets(MadeAgain, entity, func() bool {
			return w.marked(id, instep.Review) || w.linkOf(to, left) != nil && w.side[s].find(w.linkOf(to, left).Sides[s].ID) != gone
		})
	case w.uncarried(to, left):
		w.meets(GoneEdited, entity, func() bool {
			return w.marked(id, instep.Review) || left.cur().status == instep.Deleted || w.partner(to, left) != nil
		})
	default:
		w.meets(GoneSame, entity, func() bool { return w.retired(id, to, left) })
	}
}

// retired reports whether a row was dealt with as the policy for the deletion
// of its counterpart says.
func (w *world) retired(id instep.LinkID, s instep.Side, r *row) bool {
	switch w.pair.Deletes[s] {
	case reconcile.DeleteDeleted:
		return r.cur().status == instep.Deleted
	case reconcile.DeactivateDeleted:
		return r.cur().status == instep.Inactive
	case reconcile.UnlinkDeleted:
		return r.live() && w.linkOf(s, r) == nil
	}
	return r.live() && w.marked(id, instep.Gone)
}

func (w *world) marked(id instep.LinkID, outcomes ...instep.Outcome) bool {
	marks, _ := w.store.marks()
	for _, m := range marks[id] {
		if slices.Contains(outcomes, m.Outcome) {
			return true
		}
	}
	return false
}

// assessLive looks at two linked rows that are both there.
func (w *world) assessLive(id instep.LinkID, l, r *row) {
	entity := l.entity
	for s, x := range []*row{l, r} {
		link := w.linkOf(instep.Side(s), x)
		if link == nil {
			w.meets(RenamedOne, entity, func() bool { return w.linkOf(instep.Side(s), x) != nil })
			return
		}
		if k := len(x.hist); k > 1 && x.hist[k-2].status == instep.Deleted {
			w.meets(BackAgain, entity, func() bool { return w.linkOf(instep.Side(s), x) != nil && !w.marked(id, instep.Gone) })
			return
		}
	}
	if row, ok := w.edited(l, r); ok {
		w.meets(row, entity, func() bool { return w.dealtWith(row, id, l, r) })
	}
}

// edited says which row of the table the edits of two linked rows make.
func (w *world) edited(l, r *row) (Row, bool) {
	var left, right, apart []int
	for i := range w.pair.Mapping.Rules {
		a, b := &l.from[i], &r.from[i]
		dl, dr := a.user && !a.carried && !a.known, b.user && !b.carried && !b.known
		rule := &w.pair.Mapping.Rules[i]
		switch {
		case dl && dr && w.agree(i, l, r):
			return EditedEqual, true
		case dl && dr && rule.Owner == instep.BothOwn:
			return EditedShared, true
		case dl && dr:
			return EditedOwned, true
		case dl && rule.Owner.Owns(instep.Left):
			left = append(left, i)
		case dr && rule.Owner.Owns(instep.Right):
			right = append(right, i)
		case dl || dr:
			apart = append(apart, i)
		}
	}
	switch {
	case len(left) > 0 && len(right) > 0:
		return EditedApart, true
	case len(left) > 0:
		return LeftEdited, true
	case len(right) > 0:
		return RightEdited, true
	case len(apart) > 0:
		return DriftEdited, true
	}
	return Same, true
}

// dealtWith reports whether the edits of two linked rows were dealt with.
func (w *world) dealtWith(row Row, id instep.LinkID, l, r *row) bool {
	switch row {
	case Same:
		return w.sentTo[w.root(l.entity)] == 0
	case EditedShared:
		return w.marked(id, instep.Review)
	case DriftEdited:
		if w.pair.Drift == reconcile.ReportDrift {
			return w.settleDrift(id, l, r)
		}
	}
	for i := range w.pair.Mapping.Rules {
		if !w.agree(i, l, r) && !w.drifted(i, l, r) {
			return false
		}
	}
	return true
}

// settleDrift notes that a drift was seen and left alone.
func (w *world) settleDrift(id instep.LinkID, l, r *row) bool {
	for _, link := range w.store.links() {
		if link.ID != id || len(link.Drift) == 0 {
			continue
		}
		for _, i := range link.Drift {
			l.from[i].known, r.from[i].known = true, true
		}
		return true
	}
	return false
}

// noteView counts lists that are older than what the engine has written.
func (w *world) noteView(v *vendor, view time.Time) {
	if !w.calm && !v.writtenAt.IsZero() && view.Before(v.writtenAt) {
		w.hit(StaleView, "%s", v.name)
	}
}

// carried notes that what an op wrote has come over from the other side.
func (w *world) carried(v *vendor, r *row, op instep.Op) {
	o, link := w.side[v.side.Other()], w.linkOf(v.side, r)
	for _, c := range o.rows {
		linked := link != nil && link.Sides[o.side].ID == c.cur().id
		if w.root(c.entity) != w.root(r.entity) && o.key(c) != v.key(r) && !linked { // of several with a key a person said which it was made for
			continue
		}
		for i := range w.pair.Mapping.Rules {
			x := op.Fields.Get(v.fields[i])
			if !x.IsAbsent() && w.shared(i, c.cur().fields.Get(o.fields[i])) == w.shared(i, x) {
				c.from[i].carried = true
			}
		}
	}
}
