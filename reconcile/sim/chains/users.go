package chains

import (
	"time"

	"github.com/instep-go/instep"
)

// arrive has a record be made by hand, sometimes in two systems at once.
func (w *world) arrive() {
	w.entities++
	y := w.sys[w.rnd.IntN(len(w.sys))]
	w.make(y, w.entities)
	if o := w.sys[w.rnd.IntN(len(w.sys))]; o != y && w.rnd.IntN(2) == 0 {
		w.hit(Twin, "%s", keyOf(w.entities))
		w.make(o, w.entities)
	}
}

// make has a user make a record of a thing.
func (w *world) make(y *system, entity int) {
	f := instep.NewFields(
		instep.Field{Name: y.fields[keyRule], Value: instep.String(keyOf(entity))},
		instep.Field{Name: y.fields[nameRule], Value: y.keep(w.text())},
		instep.Field{Name: y.fields[priceRule], Value: y.keep(w.amount())},
		instep.Field{Name: y.fields[noteRule], Value: y.keep(w.text())})
	for i := range y.fields[keyRule+1:] {
		w.typed(f.Get(y.fields[keyRule+1+i]), 0)
	}
	r := y.add(entity, f)
	w.touched(entity)
	w.res.Events++
	w.log("user makes %s %s %s", y.name, r.id, f)
}

// touched says that a user has done something to a thing.
func (w *world) touched(entity int) {
	for _, y := range w.sys {
		for _, r := range y.rows {
			if r.entity == entity {
				clear(r.wrote)
				r.writes = 0
			}
		}
	}
}

// any returns a record of a system that is there, nil if there is none. The
// first thing of a world is left alone by those who delete and withdraw, so
// that no system ever looks emptied.
func (w *world) any(y *system, but int) *row {
	var there []*row
	for _, r := range y.rows {
		if r.live() && r.entity != but {
			there = append(there, r)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return there[w.rnd.IntN(len(there))]
}

// user has somebody do something.
func (w *world) user() {
	y := w.sys[w.rnd.IntN(len(w.sys))]
	n := w.rnd.IntN(100)
	if n < 12 {
		w.arrive()
		return
	}
	but := 0
	if n >= 80 {
		but = 1
	}
	r := w.any(y, but)
	switch {
	case r == nil:
	case n < 50:
		w.edit(y, r, w.field())
	case n < 80:
		w.editTwo(y, r)
	case n < 90:
		w.remove(y, r)
	default:
		w.hide(y, r)
	}
}

func (w *world) field() int { return nameRule + w.rnd.IntN(3) }

// edit has a user give a field a new value.
func (w *world) edit(y *system, r *row, rule int) {
	if rule == priceRule {
		w.set(y, r, rule, w.amount())
		return
	}
	w.set(y, r, rule, w.text())
}

// set has a user type a value.
func (w *world) set(y *system, r *row, rule int, x instep.Value) {
	y.settle(r.id, nil)
	if !r.live() {
		return
	}
	x = y.keep(x)
	w.typed(x, y.editAt(r, rule))
	y.change(r, func(s *state) { s.fields = s.fields.With(y.fields[rule], x) })
	r.given[rule] = 0
	w.touched(r.entity)
	w.res.Events++
	w.log("user edits %s %s %s to %s", y.name, r.id, y.fields[rule], x)
}

// elsewhere returns a live record of the same thing in another system.
func (w *world) elsewhere(y *system, r *row) (*system, *row) {
	rows, at := w.others(y, r.entity)
	if len(rows) == 0 {
		return nil, nil
	}
	i := w.rnd.IntN(len(rows))
	if !rows[i].live() {
		return nil, nil
	}
	return at[i], rows[i]
}

// editTwo has users edit a thing in two systems between two runs.
func (w *world) editTwo(y *system, r *row) {
	o, c := w.elsewhere(y, r)
	if c == nil {
		w.edit(y, r, w.field())
		return
	}
	rule := w.field()
	w.edit(y, r, rule)
	switch w.rnd.IntN(4) {
	case 0, 1:
		w.hit(EditSame, "%s", keyOf(r.entity))
		w.edit(o, c, rule)
	case 2:
		w.hit(EditApart, "%s", keyOf(r.entity))
		w.edit(o, c, nameRule+(rule-nameRule+1)%3)
	default:
		w.hit(EditEqual, "%s", keyOf(r.entity))
		x := y.value(r, rule)
		w.edits[w.editOf(x)].twice = true
		w.set(o, c, rule, x)
	}
}

// remove has a user delete a record, and somebody else edit it elsewhere at
// times.
func (w *world) remove(y *system, r *row) {
	y.settle(r.id, nil)
	if !r.live() {
		return
	}
	w.touched(r.entity)
	w.hit(DeletedRecord, "%s %s", y.name, r.id)
	y.change(r, func(s *state) { s.status = instep.Deleted })
	if o, c := w.elsewhere(y, r); c != nil && w.rnd.IntN(3) == 0 {
		w.hit(DeletedEdited, "%s", keyOf(r.entity))
		w.edit(o, c, w.field())
	}
}

// hide has a record be withdrawn from us, mostly for a time.
func (w *world) hide(y *system, r *row) {
	y.settle(r.id, nil)
	if !r.live() {
		return
	}
	w.touched(r.entity)
	w.hit(HiddenRecord, "%s %s", y.name, r.id)
	was := r.cur().status
	y.change(r, func(s *state) { s.status = instep.Hidden })
	if w.rnd.IntN(3) == 0 {
		return
	}
	w.clk.after(time.Duration(1+w.rnd.IntN(60))*time.Hour, func() {
		if w.calm || r.cur().status != instep.Hidden {
			return
		}
		w.touched(r.entity)
		w.hit(ShownRecord, "%s %s", y.name, r.id)
		y.change(r, func(s *state) { s.status = was })
	})
}

// editSoon has a user edit what was just written one second later.
func (w *world) editSoon(y *system, id string) {
	r := y.find(id)
	w.clk.after(time.Second, func() {
		if w.calm || r == nil || !r.live() {
			return
		}
		w.hit(EditSoon, "%s %s", y.name, r.id)
		w.edit(y, r, w.field())
	})
}

// meanwhile has users go on while an engine is at work, and other engines run.
func (w *world) meanwhile(by *process) {
	if w.calm {
		return
	}
	if w.rnd.IntN(20) == 0 {
		w.user()
	}
	if len(w.procs) == 1 || w.rnd.IntN(12) > 0 {
		return
	}
	if p := w.procs[w.rnd.IntN(len(w.procs))]; !p.running {
		w.hit(Together, "%d while %d runs", p.n, by.n)
		p.run(false)
	}
}
