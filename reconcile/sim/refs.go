package sim

import (
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

// groupID returns the id that a reference holds, "" if it holds none.
func groupID(x instep.Value) string {
	if ref, ok := x.AsRef(); ok {
		return ref.ID
	}
	if x.IsBlank() {
		return ""
	}
	return x.String()
}

// groupOf gives a reference the one form of both sides: the code of what it
// names.
func (w *world) groupOf(x instep.Value) instep.Value {
	id := groupID(x)
	if id == "" {
		return instep.Null()
	}
	for _, g := range w.groups.side {
		if y := g.find(id); y != nil {
			return instep.String(y.code)
		}
	}
	return instep.String(id)
}

// namesDeleted reports whether a row names a group that is gone. If that was made
// anew, no more is known of the old one than its hash, and that another is named
// looks the same.
func (w *world) namesDeleted(s instep.Side, r *row) bool {
	if w.groups == nil {
		return false
	}
	g := w.groups.side[s].find(groupID(r.cur().fields.Get(groupField)))
	return g != nil && (g.deleted || !g.there())
}

// sameGroup reports whether two references, of the left and the right side,
// name groups that are linked, or were.
func (w *world) sameGroup(left, right instep.Value) bool {
	x, y := groupID(left), groupID(right)
	for _, link := range w.store.linksOf(groupPair) {
		if _, half := link.Half(); !half && x != "" && y != "" && (link.Sides[0].ID == x || link.Sides[1].ID == y) {
			return link.Sides[0].ID == x && link.Sides[1].ID == y
		}
	}
	return w.groupOf(left) == w.groupOf(right)
}

// atHome returns the reference of a record that a user makes.
func (w *world) atHome(s instep.Side, f instep.Fields) instep.Fields {
	if w.groups == nil || s != w.groups.home || w.rnd.IntN(3) == 0 {
		return f
	}
	return f.With(groupField, instep.String(w.groups.choose()))
}

// choose returns the code of a group that is there, or of one that is not yet.
func (gs *groups) choose() string {
	rows := slices.DeleteFunc(slices.Clone(gs.side[gs.home].rows), func(x *group) bool { return !x.there() })
	if len(rows) > 0 && gs.w.rnd.IntN(2) == 0 {
		return rows[gs.w.rnd.IntN(len(rows))].code
	}
	gs.w.n++
	code := fmt.Sprintf("G%d", gs.w.n)
	gs.asked = append(gs.asked, code)
	return code
}

// user has somebody at home do something to groups or to what refers to them.
func (gs *groups) user() {
	w := gs.w
	switch n := w.rnd.IntN(20); {
	case n < 7:
		gs.make()
	case n < 14:
		if r := w.any(gs.home); r != nil {
			w.side[gs.home].settle(r.cur().id)
			w.edit(gs.home, r, groupRule, func(int) instep.Value { return instep.String(gs.choose()) })
		}
	case n < 16:
		gs.touch(func(x *group) bool { return x.there() }, func(x *group) {
			w.n++
			x.name = fmt.Sprintf("g%d", w.n)
		})
	case n < 18:
		gs.touch(func(x *group) bool { return x.there() }, func(x *group) { x.status, x.deleted = instep.Deleted, true })
	default:
		gs.touch(func(x *group) bool { return !x.there() }, func(x *group) { x.status = instep.Live })
	}
}

// make has a user make a group, often one that is referred to already.
func (gs *groups) make() {
	w := gs.w
	var code string
	if len(gs.asked) > 0 && w.rnd.IntN(4) > 0 {
		i := w.rnd.IntN(len(gs.asked))
		code = gs.asked[i]
		gs.asked = slices.Delete(gs.asked, i, i+1)
	} else {
		w.n++
		code = fmt.Sprintf("G%d", w.n)
	}
	w.res.Events++
	w.doings++
	w.log("user makes the group %s", code)
	gs.side[gs.home].add(code, code, "of "+code)
}

// touch has a user change one of the groups at home.
func (gs *groups) touch(which func(*group) bool, f func(*group)) {
	home := gs.side[gs.home]
	for _, x := range slices.Backward(home.rows) {
		if which(x) && gs.w.rnd.IntN(2) == 0 {
			home.change(x, func() { f(x) })
			gs.w.res.Events++
			gs.w.doings++
			gs.w.log("user has the group %s be %s %q", x.id, x.status, x.name)
			return
		}
	}
}

// judge looks at a write to a group before anything becomes of it.
func (g *groupRegister) judge(op *instep.Op) {
	w, home := g.in.w, g.in.side[g.in.home]
	if g == home {
		w.violate("I3", "the group %s is written on the side that owns it", op.Ref.ID)
		return
	}
	if op.Action == instep.Create {
		code := op.Fields.Get("code").String()
		if home.find(code) == nil {
			w.violate("I4", "the group %s is created, which never was", code)
		}
		if slices.ContainsFunc(g.rows, func(x *group) bool { return x.code == code && x.there() }) {
			w.violate("I4", "the group %s is created although it is there", code)
		}
		return
	}
	x := g.find(op.Ref.ID)
	if x == nil || op.Action == instep.Update {
		return
	}
	if b := w.blind; b != nil && b.side.rights.reads {
		w.violate("I6", "the group %s: %s although nobody may look at the products of %s, which may name it", x.id, op.Action, b.side.name)
	}
	if y := home.find(x.code); y == nil || y.there() {
		w.violate("I6", "the group %s: %s although %s is there", x.id, op.Action, x.code)
	}
}

// judgeRef wants a reference that is written to name the counterpart of what
// the source refers to (I15).
func (w *world) judgeRef(v *vendor, op *instep.Op) {
	if w.groups == nil || op.Action != instep.Create && op.Action != instep.Update {
		return
	}
	s, sources := v.side.Other(), w.sourcesOf(v, op)
	x := groupID(op.Fields.Get(groupField))
	if x == "" {
		refers := func(r *row) bool {
			return !slices.ContainsFunc(r.hist, func(st state) bool { return groupID(st.fields.Get(groupField)) == "" })
		}
		if op.Action == instep.Create && !w.groups.later && len(sources) > 0 && !slices.ContainsFunc(sources, func(r *row) bool { return !refers(r) }) {
			w.violate("I15", "%s: %s is created without its group", v.name, sources[0].cur().id)
		}
		return
	}
	for _, link := range w.store.linksOf(groupPair) {
		if link.Sides[v.side].ID != x || link.Sides[s].ID == "" {
			continue
		}
		if len(sources) > 0 && !slices.ContainsFunc(sources, func(r *row) bool { return r.referred(link.Sides[s].ID) }) {
			w.violate("I15", "%s %s: %s is put into %s, which is the counterpart of %s", v.name, op.Action, op.Ref.ID, x, link.Sides[s].ID)
		}
		return
	}
	w.violate("I15", "%s %s: %s is put into %s, which is nothing's counterpart", v.name, op.Action, op.Ref.ID, x)
}

// sourcesOf returns the rows that a write may come from.
func (w *world) sourcesOf(v *vendor, op *instep.Op) (out []*row) {
	if op.Action == instep.Create {
		key := op.Fields.Get(v.fields[0]).String()
		o := w.side[v.side.Other()]
		return slices.DeleteFunc(slices.Clone(o.rows), func(r *row) bool { return !w.hadKey(o, r, key) })
	}
	s := v.side.Other()
	for _, link := range w.store.links() {
		if c := w.linkedRow(s, link.Sides[s].ID); link.Sides[v.side].ID == op.Ref.ID && c != nil {
			out = append(out, c)
		}
	}
	return out
}

// referred reports whether a row ever referred to a group.
func (r *row) referred(id string) bool {
	return slices.ContainsFunc(r.hist, func(st state) bool { return groupID(st.fields.Get(groupField)) == id })
}

// noteBlocked counts what waited for a group and does not any more, and wants
// nothing to wait for one that has its counterpart.
func (w *world) noteBlocked(quiet bool) {
	if w.groups == nil {
		return
	}
	marks, _ := w.store.marks()
	for _, link := range w.store.links() {
		at := slices.IndexFunc(marks[link.ID], func(m instep.Mark) bool { return m.Outcome == instep.Blocked })
		if at >= 0 {
			if wait, idle := w.waitsIdly(&marks[link.ID][at]); idle && quiet && w.caution == nil { // or a limit may hold back what is free
				w.violate("I15", "link %d waits for %s, which has its counterpart or could have it", link.ID, wait)
			}
			continue
		}
		if _, half := link.Half(); w.groups.blocked[link.ID] && !half {
			delete(w.groups.blocked, link.ID)
			w.res.Released++
			w.log("released link %d", link.ID)
		}
	}
}

// waitsIdly reports whether everything that a blocked record waits for was
// there before the run, and waits for nobody itself.
func (w *world) waitsIdly(m *instep.Mark) (id string, idle bool) {
	if !w.side[0].getter || !w.side[1].getter {
		return "", false // nothing can be looked at again before the next file
	}
	for _, wait := range m.Waits {
		if id = wait.ID; !w.couldBeMade(wait) {
			return id, false
		}
	}
	return id, true
}

// couldBeMade reports whether a group that is waited for was there before the
// run began, and nobody is asked about it.
func (w *world) couldBeMade(wait instep.Wait) bool {
	x := w.groups.side[wait.Side].find(wait.ID)
	if x == nil || !x.there() || !x.at.Before(w.began) {
		return false
	}
	marks, doubt := w.store.marksOf(groupPair)
	for _, link := range w.store.linksOf(groupPair) {
		if link.Sides[wait.Side].ID == x.id {
			return len(marks[link.ID]) == 0 && !slices.ContainsFunc(doubt, func(in instep.Intent) bool { return in.Link == link.ID })
		}
	}
	return true
}

// checkGroups wants each group to have its counterpart in the end.
func (w *world) checkGroups() {
	if w.groups == nil {
		return
	}
	home, away := w.groups.side[w.groups.home], w.groups.side[w.groups.home.Other()]
	marks, doubt := w.store.marksOf(groupPair)
	if len(doubt) > 0 {
		w.violate("I1", "a write to a group is still in doubt")
	}
	linked, asked := map[string]string{}, map[string]bool{}
	for _, link := range w.store.linksOf(groupPair) {
		id := link.Sides[home.side].ID
		linked[id] = link.Sides[away.side].ID
		asked[id] = slices.ContainsFunc(marks[link.ID], func(m instep.Mark) bool { return m.Outcome == instep.Review })
	}
	for _, x := range home.rows {
		y := away.find(linked[x.id])
		// Deleted while its create was in doubt, it could not be read.
		if x.there() && !(asked[x.id] && x.deleted) && (y == nil || !y.there() || y.name != x.name) {
			w.violate("I1", "the group %s has no counterpart, or another name there", x.id)
		}
	}
}

// missing reports whether a record has reason to wait: what it refers to is not
// there, or is itself in question.
func (gs *groups) missing(m *instep.Mark) bool {
	return slices.ContainsFunc(m.Waits, func(wait instep.Wait) bool { return !gs.w.couldBeMade(wait) })
}

// neverSet reports whether two rows may differ in their reference since the
// side whose values stand as they meet never had one: its empties do not erase.
func (w *world) neverSet(l, r *row) bool {
	x := l
	if w.pair.First == instep.Right {
		x = r
	}
	return !w.groups.later && x.unset()
}

// unset reports whether a row never referred to a group.
func (r *row) unset() bool {
	return !slices.ContainsFunc(r.hist, func(st state) bool { return groupID(st.fields.Get(groupField)) != "" })
}
