package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// fill puts the first records into both systems.
func (w *world) fill() {
	for n := range 2 + w.rnd.IntN(5) {
		w.part(phase{0, 1 + n}, func() {
			s := instep.Side(w.rnd.IntN(2))
			r := w.make(s, w.newKey(), w.newEntity())
			if w.rnd.IntN(2) == 0 {
				w.twin(s, r)
			}
		})
	}
	if w.rnd.IntN(6) == 0 {
		w.part(phase{0, 100}, w.several)
	}
}

// part has something be done that can be left out.
func (w *world) part(p phase, do func()) {
	if w.rnd.leftOut(p) {
		return
	}
	leave := w.rnd.enter(p)
	defer leave()
	do()
}

func (w *world) newEntity() int {
	w.parent = append(w.parent, len(w.parent))
	return len(w.parent) - 1
}

// root gives the one name of entities that turned out to be the same.
func (w *world) root(e int) int {
	for e >= 0 && w.parent[e] != e {
		e = w.parent[e]
	}
	return e
}

// entityOf returns the entity whose record on a side had a key, -1 if none.
func (w *world) entityOf(s instep.Side, key string) int {
	if e, ok := w.owners[s][key]; ok {
		return w.root(e)
	}
	return -1
}

func (w *world) newKey() string {
	w.n++
	return fmt.Sprintf("K%d", w.n)
}

// value makes a value that was not there before, for the field of a rule.
func (w *world) value(rule int) instep.Value {
	w.n++
	switch {
	case rule == 2 && w.rnd.IntN(4) == 0:
		return instep.Number(instep.MustDecimal(fmt.Sprintf("%d.125", w.n)))
	case rule == 2:
		return instep.Number(instep.MustDecimal(fmt.Sprintf("%d.5", w.n)))
	case rule == 3:
		return instep.String(fmt.Sprintf("T%d", w.n))
	}
	pad := strings.Repeat(" ", max(w.rnd.IntN(5)-2, 0))
	if w.rnd.IntN(5) == 0 {
		return instep.String(fmt.Sprintf("%sn%d in many words%s", pad, w.n, pad))
	}
	return instep.String(fmt.Sprintf("%sn%d%s", pad, w.n, pad))
}

// make has a user make a record.
func (w *world) make(s instep.Side, key string, entity int) *row {
	v := w.side[s]
	id := ""
	if v.chosen {
		id = key
		for v.find(id) != nil {
			id += "x"
		}
	}
	f := instep.NewFields(
		instep.Field{Name: v.fields[0], Value: instep.String(key)},
		instep.Field{Name: v.fields[1], Value: v.store(w.value(1))},
		instep.Field{Name: v.fields[2], Value: v.store(w.value(2))})
	if w.strong {
		f = f.With(v.fields[3], instep.String(fmt.Sprintf("E%d", entity)))
	}
	if w.side[s.Other()].defaults && w.chance(ServerDefault, 2) {
		f = f.With(v.fields[1], instep.Null())
	}
	r := v.add(id, entity, w.atHome(s, f))
	w.owns(s, key, entity)
	for i := range r.from {
		r.from[i] = origin{user: true, made: true, n: w.n}
	}
	w.res.Events++
	w.log("user makes %s %s %s", v.name, r.cur().id, r.cur().fields)
	w.touched(entity)
	return r
}

// owns remembers whose key it is; the first to have it keeps it.
func (w *world) owns(s instep.Side, key string, entity int) {
	if _, ok := w.owners[s][key]; !ok {
		w.owners[s][key] = entity
	}
}

// twin has a user make the counterpart of a record of side s by hand.
func (w *world) twin(s instep.Side, r *row) {
	t := w.make(s.Other(), w.side[s].key(r), r.entity)
	v := w.side[s.Other()]
	for i := 1; i < 3; i++ {
		if w.rnd.IntN(2) == 0 {
			same := r.cur().fields.Get(w.side[s].fields[i])
			t.cur().fields = t.cur().fields.With(v.fields[i], v.store(same))
		}
	}
	if w.strong && w.rnd.IntN(4) == 0 {
		t.cur().fields = t.cur().fields.With(v.fields[3], w.value(3))
		w.excuse(r.entity, "strong keys differ")
	}
}

// several has users make records that share a key.
func (w *world) several() {
	key := w.newKey()
	s := instep.Side(w.rnd.IntN(2))
	if w.side[s].unique {
		return
	}
	for _, side := range []instep.Side{s, s, s.Other()} {
		r := w.make(side, key, w.newEntity())
		w.excuse(r.entity, "several have its key")
	}
}

// excuse says why a person may have to look at an entity.
func (w *world) excuse(entity int, why string) {
	e := w.root(entity)
	if w.excused[e] == "" {
		w.excused[e] = why
	}
	if w.reasons[e] == nil {
		w.reasons[e] = map[string]bool{}
	}
	w.reasons[e][why] = true
}

// inherit hands the reasons of an entity that turned out to be another one on
// to that.
func (w *world) inherit(from, to int) {
	for why := range w.reasons[w.root(from)] {
		w.excuse(to, why)
	}
}

// touched says that a user did something to an entity.
func (w *world) touched(entity int) {
	if entity < 0 {
		return
	}
	e := w.root(entity)
	w.doings++
	delete(w.wrote, e)
	for _, v := range w.side {
		delete(w.poison[v.side], e)
		for _, r := range v.rows {
			if w.root(r.entity) == e {
				clear(r.sent)
			}
		}
	}
}

// any returns a record that is there, nil if there is none.
func (w *world) any(s instep.Side) *row {
	rows := w.side[s].liveRows()
	if len(rows) == 0 {
		return nil
	}
	return rows[w.rnd.IntN(len(rows))]
}

// partner returns the live record of the same entity on the other side.
func (w *world) partner(s instep.Side, r *row) *row {
	for _, o := range w.side[s.Other()].rows {
		if o.live() && w.root(o.entity) == w.root(r.entity) {
			return o
		}
	}
	return nil
}

// user has somebody do something to one of the systems, or to both.
func (w *world) user() {
	w.doing++
	w.part(phase{w.rnd.in.round, w.doing}, w.userDoes)
}

func (w *world) userDoes() {
	if w.groups != nil && w.rnd.IntN(3) == 0 {
		w.groups.user()
		return
	}
	s := instep.Side(w.rnd.IntN(2))
	r := w.any(s)
	if r == nil {
		w.make(s, w.newKey(), w.newEntity())
		return
	}
	w.side[s].settle(r.cur().id)
	switch n := w.rnd.IntN(100); {
	case n < 10:
		w.arrive(s)
	case n < 12:
		w.arriveOdd(s, r)
	case n < 30:
		w.editBoth(s, r)
	case n < 38:
		w.remove(s, r)
	case n < 48:
		w.hide(s, r)
	case n < 54:
		w.rename(s, r)
	case n < 57:
		w.rekey(s, r)
	case n < 61:
		w.back(s)
	case n < 64:
		w.merge(s, r)
	case n < 67:
		w.refuse(s, r)
	case n < 70:
		w.bar(s, r)
	default:
		w.edit(s, r, w.field(), w.value)
	}
}

func (w *world) field() int { return 1 + w.rnd.IntN(2) }

// arrive has a record be made, often on both sides at once.
func (w *world) arrive(s instep.Side) {
	r := w.make(s, w.newKey(), w.newEntity())
	if w.rnd.IntN(3) == 0 {
		w.twin(s, r)
	}
}

// arriveOdd has a record be made that must not go over: without a key, or
// with that of a linked one.
func (w *world) arriveOdd(s instep.Side, r *row) {
	key := w.side[s].key(r)
	if w.rnd.IntN(2) == 0 || w.side[s].unique || key == "" {
		w.make(s, "", w.newEntity())
		return
	}
	w.excuse(r.entity, "another has its key")
	w.excuse(w.make(s, key, w.newEntity()).entity, "another has its key")
}

// edit has a user give a field a value.
func (w *world) edit(s instep.Side, r *row, rule int, value func(int) instep.Value) {
	v := w.side[s]
	x := v.store(value(rule))
	if x == r.cur().fields.Get(v.fields[rule]) {
		return
	}
	w.touched(r.entity)
	r.clash = r.clash || w.updateInDoubt(s, r) || w.stillMeets(s, r)
	if p := w.partner(s, r); p != nil {
		w.meet(s, r, p)
	}
	w.n++
	v.change(r, func(st *state) { st.fields = st.fields.With(v.fields[rule], x) })
	r.from[rule] = origin{user: true, n: w.n}
	r.edits = append(r.edits, w.clk.now)
	v.noteCoarse(r)
	w.res.Events++
	w.log("user edits %s %s %s to %s", v.name, r.cur().id, v.fields[rule], x)
}

// meet takes down which fields of two rows of one entity agree, before one of
// them changes.
func (w *world) meet(s instep.Side, r, p *row) {
	if s == instep.Right {
		r, p = p, r
	}
	for i := range w.pair.Mapping.Rules {
		if w.agree(i, r, p) {
			r.from[i].carried, p.from[i].carried = true, true
		}
	}
}

// editBoth has users edit a record and its counterpart between two runs.
func (w *world) editBoth(s instep.Side, r *row) {
	p := w.partner(s, r)
	if p == nil {
		w.edit(s, r, w.field(), w.value)
		return
	}
	w.side[s.Other()].settle(p.cur().id)
	rule := w.field()
	w.edit(s, r, rule, w.value)
	switch w.rnd.IntN(3) {
	case 0:
		w.hit(BothDisjoint, "%s", r.cur().id)
		w.edit(s.Other(), p, 3-rule, w.value)
	case 1:
		w.hit(BothSame, "%s", r.cur().id)
		w.edit(s.Other(), p, rule, w.value)
		if w.pair.Mapping.Rules[rule].Owner == instep.BothOwn {
			w.excuse(r.entity, "edited on both sides")
		}
	default:
		same := r.cur().fields.Get(w.side[s].fields[rule])
		w.edit(s.Other(), p, rule, func(int) instep.Value { return same })
		r.equal, p.equal = true, true
	}
}

// remove has users delete a record, and sometimes its counterpart as well.
func (w *world) remove(s instep.Side, r *row) {
	p := w.partner(s, r)
	w.gone(s, r)
	switch {
	case p == nil:
	case w.rnd.IntN(4) == 0:
		w.side[s.Other()].settle(p.cur().id)
		w.gone(s.Other(), p)
	case w.rnd.IntN(3) == 0:
		w.side[s.Other()].settle(p.cur().id)
		w.edit(s.Other(), p, w.field(), w.value)
		w.excuse(p.entity, "deleted and edited")
	case w.rnd.IntN(3) == 0 && !w.side[s].chosen:
		w.make(s, w.side[s].key(r), r.entity)
		w.excuse(r.entity, "made again by hand")
	}
}

// gone has a user delete a record.
func (w *world) gone(s instep.Side, r *row) {
	w.touched(r.entity)
	w.leave(s, r)
	w.hit(DeletedRecord, "%s %s", w.side[s].name, r.cur().id)
	w.side[s].change(r, func(st *state) { st.status = instep.Deleted })
}

// leave takes down what a record that goes has in common with its counterpart:
// that is no edit against its going, as it was there for whoever took it away to
// see.
func (w *world) leave(s instep.Side, r *row) {
	if p := w.partner(s, r); p != nil {
		w.meet(s, r, p)
	}
}

// hide has a record be withdrawn from us, or another one be released again.
func (w *world) hide(s instep.Side, r *row) {
	w.touched(r.entity)
	w.hit(HiddenRecord, "%s %s", w.side[s].name, r.cur().id)
	w.side[s].change(r, func(st *state) { st.status = instep.Hidden })
	if w.rnd.IntN(3) > 0 {
		w.clk.after(time.Duration(1+w.rnd.IntN(60))*time.Hour, func() { w.show(s, r) })
	}
}

func (w *world) show(s instep.Side, r *row) {
	if w.calm || r.cur().status != instep.Hidden {
		return
	}
	w.touched(r.entity)
	w.hit(ShownRecord, "%s %s", w.side[s].name, r.cur().id)
	w.side[s].change(r, func(st *state) { st.status = instep.Live })
}

// rename has a user give a record another id.
func (w *world) rename(s instep.Side, r *row) {
	v := w.side[s]
	if !v.renames {
		w.edit(s, r, w.field(), w.value)
		return
	}
	w.n++
	w.touched(r.entity)
	w.hit(Renamed, "%s %s to r%d", v.name, r.cur().id, w.n)
	r.astray = r.unread
	v.change(r, func(st *state) { st.id = fmt.Sprintf("r%d", w.n) })
}

// rekey has a user give a record a key that nobody had.
func (w *world) rekey(s instep.Side, r *row) {
	key := w.newKey()
	switch {
	case slices.ContainsFunc(w.side[s].family(r), func(x *row) bool { return w.linked(s, x) }), w.sameTax(s, r):
	case w.partner(s, r) != nil:
		if w.running || w.inDoubt(s, r) || w.inDoubt(s.Other(), w.partner(s, r)) {
			r.former = append(r.former, r.entity)
		}
		r.entity = w.newEntity() // for all that anybody can tell it is another thing now
	default:
		w.excuse(r.entity, "its key changed before it was linked")
	}
	w.owns(s, key, r.entity)
	w.edit(s, r, 0, func(int) instep.Value { return instep.String(key) })
}

// sameTax reports whether the strong key of a row still tells what it stands
// for when the other one is edited.
func (w *world) sameTax(s instep.Side, r *row) bool {
	p := w.partner(s, r)
	return w.strong && p != nil && !w.apart(s, r, p) && !r.cur().fields.Get(w.side[s].fields[3]).IsBlank()
}

// updateInDoubt reports whether nobody knows yet what became of an update of a
// row. What it holds then, if it is neither the old value nor the new one, is
// for a person to judge.
func (w *world) updateInDoubt(s instep.Side, r *row) bool {
	_, units := w.store.marks()
	return slices.ContainsFunc(units, func(in instep.Intent) bool {
		link := w.linkOf(s, r)
		return link != nil && in.Link == link.ID && in.Action == instep.Update
	})
}

// stillMeets reports whether a row is linked with one that it was never in step with:
// the first writes to it were sent, and did not come to be so far.
func (w *world) stillMeets(s instep.Side, r *row) bool {
	link := w.linkOf(s, r)
	return link != nil && link.Meeting && w.pair.First != s
}

// inDoubt reports whether a create was sent for a row, and nobody has found out
// yet what became of it.
func (w *world) inDoubt(s instep.Side, r *row) bool {
	marks, units := w.store.marks()
	for _, link := range w.store.links() {
		if id := link.Sides[s].ID; !slices.ContainsFunc(r.hist, func(st state) bool { return st.id == id }) {
			continue
		}
		sent := slices.ContainsFunc(units, func(in instep.Intent) bool { return in.Link == link.ID })
		if sent || slices.ContainsFunc(marks[link.ID], func(m instep.Mark) bool { return m.Outcome == instep.Review }) {
			return true
		}
	}
	return false
}

// back has a deleted record come back under the id it had.
func (w *world) back(s instep.Side) {
	v := w.side[s]
	for _, r := range slices.Backward(v.rows) {
		if c := r.cur(); c.status == instep.Deleted && c.into == nil && v.find(c.id) == r && !(v.unique && len(v.holds(v.key(r))) > 0) {
			w.touched(r.entity)
			w.hit(Undeleted, "%s %s", v.name, c.id)
			if len(v.holds(v.key(r))) > 0 {
				w.excuse(r.entity, "back, but made again meanwhile")
			}
			v.change(r, func(st *state) { st.status = instep.Live })
			return
		}
	}
}

// merge has a user merge a record into another one of its system.
func (w *world) merge(s instep.Side, r *row) {
	v := w.side[s]
	into := w.any(s)
	if into == nil || !v.seesDeletes || into == r || w.root(into.entity) == w.root(r.entity) {
		w.edit(s, r, w.field(), w.value)
		return
	}
	w.touched(r.entity)
	w.touched(into.entity)
	w.leave(s, r)
	w.hit(Merged, "%s %s into %s", v.name, r.cur().id, into.cur().id)
	v.change(r, func(st *state) { st.status, st.into = instep.Deleted, into })
	why := w.excused[w.root(into.entity)]
	w.inherit(r.entity, into.entity)
	w.parent[w.root(r.entity)] = w.root(into.entity)
	w.excused[w.root(into.entity)] = why
	w.excuse(into.entity, "merged")
	w.merged[w.root(into.entity)] = true
}

// refuse has the other system take no writes for an entity until a user does
// something to it.
func (w *world) refuse(s instep.Side, r *row) {
	w.edit(s, r, w.field(), w.value)
	w.poison[s.Other()][w.root(r.entity)] = instep.Null()
	w.log("%s takes nothing of entity %d", w.side[s.Other()].name, w.root(r.entity))
}

func (w *world) poisoned(v *vendor, r *row) bool {
	_, ok := w.poison[v.side][w.root(r.entity)]
	return ok
}

func (w *world) poisonedKey(v *vendor, key string) bool {
	_, ok := w.poison[v.side][w.entityOf(v.side.Other(), key)]
	return ok
}

// bar has a user set a record out of use, or into use again.
func (w *world) bar(s instep.Side, r *row) {
	w.touched(r.entity)
	w.res.Events++
	w.side[s].change(r, func(st *state) { st.status = instep.Inactive - st.status })
	w.log("user sets %s %s %s", w.side[s].name, r.cur().id, r.cur().status)
}

// meanwhile has users go on while the engine reads a list.
func (w *world) meanwhile(*vendor) {
	if !w.calm && w.rnd.IntN(20) == 0 {
		w.user()
	}
}

// stranger gives the key of a create that got lost to somebody else.
func (w *world) stranger(v *vendor, op instep.Op) {
	key := op.Fields.Get(v.fields[0]).String()
	if op.Action != instep.Create || len(v.holds(key)) > 0 || w.rnd.IntN(3) > 0 {
		return
	}
	for _, l := range v.late {
		if !l.done && l.op.Action == instep.Create {
			return
		}
	}
	w.hit(Stranger, "%s %s", v.name, key)
	r := w.make(v.side, key, w.newEntity())
	w.excuse(r.entity, "a stranger has the key")
	w.excuse(w.entityOf(v.side.Other(), key), "a stranger has its key")
}

// editSoon has a user edit what was just written one second later.
func (w *world) editSoon(v *vendor, id string) {
	r := v.find(id)
	w.clk.after(time.Second, func() {
		if w.calm || r == nil || !r.live() {
			return
		}
		w.hit(EditAfterWrite, "%s %s", v.name, r.cur().id)
		v.settle(r.cur().id)
		w.edit(v.side, r, w.field(), w.value)
	})
}

// editBetween has a user edit a record after the engine has read it and right
// before it is written.
func (w *world) editBetween(v *vendor, id string) {
	if r := v.find(id); r != nil && r.live() {
		w.hit(EditBetween, "%s %s", v.name, id)
		w.edit(v.side, r, w.field(), w.value)
	}
}
