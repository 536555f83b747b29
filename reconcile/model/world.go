package model

import (
	"slices"
	"strconv"
	"time"

	"github.com/instep-go/instep"
)

// status says how a record of the tiny systems stands.
type status uint8

const (
	live status = iota
	barred
	hidden
	gone
)

// fields are the two values of a record: its key, 1 or 2, and a value. 0 is the
// empty value.
type fields struct{ key, val int8 }

// record is one row of a tiny system. A row stays when its record is deleted,
// so that it can come back under its id.
type record struct {
	id     int
	fields fields
	status status
	rev    int // when it last changed, by the side's own count
}

// here reports whether the record is on the list of its system, seen or hidden.
func (r *record) here() bool { return r.status != gone }

// open reports whether the record shows itself.
func (r *record) open() bool { return r.status == live || r.status == barred }

// late is a write that the system carries out after its reply was lost.
type late struct {
	at   time.Time
	side instep.Side
	op   instep.Op
	then func(id int) // told of it, within the same run
}

// world is what the two systems hold.
type world struct {
	sides [2][]record // by side; ids ascend and are never used again
	last  [2]int      // the side's count of changes
	late  []late
}

func (w *world) clone() *world {
	c := *w
	for s := range w.sides {
		c.sides[s] = slices.Clone(w.sides[s])
	}
	c.late = slices.Clone(w.late)
	return &c
}

// find returns the record with the id, or nil.
func (w *world) find(s instep.Side, id int) *record {
	if id < 1 || id > len(w.sides[s]) {
		return nil
	}
	return &w.sides[s][id-1]
}

// count returns how many records of a side are there, seen or hidden.
func (w *world) count(s instep.Side) int {
	n := 0
	for i := range w.sides[s] {
		if w.sides[s][i].here() {
			n++
		}
	}
	return n
}

// add makes a record and returns its id.
func (w *world) add(s instep.Side, f fields) int {
	w.last[s]++
	id := len(w.sides[s]) + 1
	w.sides[s] = append(w.sides[s], record{id: id, fields: f, rev: w.last[s]})
	return id
}

// touch changes a record and counts the change.
func (w *world) touch(s instep.Side, id int, change func(*record)) {
	w.last[s]++
	r := w.find(s, id)
	change(r)
	r.rev = w.last[s]
}

// carryOut does what an operation says and returns the id of its record; false
// if there is none such.
func (w *world) carryOut(s instep.Side, op instep.Op) (int, bool) {
	if op.Action == instep.Create {
		return w.add(s, fromFields(op.Fields, fields{})), true
	}
	id, _ := strconv.Atoi(op.Ref.ID)
	r := w.find(s, id)
	if r == nil || !r.open() {
		return id, false
	}
	w.touch(s, id, func(r *record) {
		switch op.Action {
		case instep.Update:
			r.fields = fromFields(op.Fields, r.fields)
		case instep.Deactivate:
			r.status = barred
		case instep.Delete:
			r.status = gone
		}
	})
	return id, true
}

// land carries out the late writes that are due.
func (w *world) land(now time.Time) {
	w.late = slices.DeleteFunc(w.late, func(l late) bool {
		due := !l.at.After(now)
		if due {
			id, _ := w.carryOut(l.side, l.op)
			if l.then != nil {
				l.then(id)
			}
		}
		return due
	})
}

const (
	keyField = "key"
	valField = "val"
)

func (f fields) toFields() instep.Fields {
	return instep.NewFields(
		instep.Field{Name: keyField, Value: toValue(f.key)},
		instep.Field{Name: valField, Value: toValue(f.val)})
}

func toValue(v int8) instep.Value {
	if v == 0 {
		return instep.Null()
	}
	return instep.Int(int64(v))
}

func fromValue(v instep.Value) int8 {
	n, _ := v.AsInt()
	return int8(n)
}

// fromFields returns f with what an operation sets.
func fromFields(set instep.Fields, f fields) fields {
	if v := set.Get(keyField); !v.IsAbsent() {
		f.key = fromValue(v)
	}
	if v := set.Get(valField); !v.IsAbsent() {
		f.val = fromValue(v)
	}
	return f
}

// horizon is when the last late write has landed.
func (w *world) horizon() time.Time {
	var t time.Time
	for _, l := range w.late {
		if l.at.After(t) {
			t = l.at
		}
	}
	return t
}

// forget takes leave of the run that sent what is late.
func (w *world) forget() {
	for i := range w.late {
		w.late[i].then = nil
	}
}
