package model

import (
	"fmt"

	"github.com/instep-go/instep"
)

// act is one thing that users do between two runs.
type act struct {
	name string
	do   func(*world)
}

// start is what the two systems hold before the first run: for each side its
// records, in order.
type start [2][]fields

// acts lists what users can do, with at most so many records a side. Fresh and
// other are values that stand nowhere.
func acts(w *world, most int, fresh, other int8) []act {
	out := []act{{"nothing", func(*world) {}}}
	for _, s := range sides {
		if w.count(s) < most {
			out = append(out, creates(s, fresh)...)
			out = append(out, undeletes(w, s)...)
		}
		for i := range w.sides[s] {
			out = append(out, actsOn(w, s, &w.sides[s][i], fresh)...)
		}
	}
	return append(out, both(w, fresh, other)...)
}

func creates(s instep.Side, fresh int8) []act {
	var out []act
	for key := int8(1); key <= 2; key++ {
		out = append(out, act{fmt.Sprintf("%v: create key %d", s, key), func(w *world) { w.add(s, fields{key, fresh}) }})
	}
	return out
}

// undeletes brings back the record that was deleted last.
func undeletes(w *world, s instep.Side) []act {
	id, rev := 0, 0
	for _, r := range w.sides[s] {
		if r.status == gone && r.rev > rev {
			id, rev = r.id, r.rev
		}
	}
	if id == 0 {
		return nil
	}
	return []act{{fmt.Sprintf("%v: undelete %d", s, id), func(w *world) {
		w.touch(s, id, func(r *record) { r.status = live })
	}}}
}

// actsOn lists what can be done to one record.
func actsOn(w *world, s instep.Side, r *record, fresh int8) []act {
	id, key := r.id, r.fields.key
	change := func(what string, f func(*record)) act {
		return act{fmt.Sprintf("%v: %s %d", s, what, id), func(w *world) { w.touch(s, id, f) }}
	}
	switch r.status {
	case gone:
		return nil
	case hidden:
		return []act{
			change("show", func(r *record) { r.status = live }),
			change("delete", func(r *record) { r.status = gone }),
		}
	}
	out := []act{
		change("edit", func(r *record) { r.fields.val = fresh }),
		change("re-key", func(r *record) { r.fields.key = 3 - key }),
		change("hide", func(r *record) { r.status = hidden }),
		change("delete", func(r *record) { r.status = gone }),
		{fmt.Sprintf("%v: replace %d", s, id), func(w *world) {
			w.touch(s, id, func(r *record) { r.status = gone })
			w.add(s, fields{key, fresh})
		}},
	}
	if r.status == live {
		out = append(out, change("bar", func(r *record) { r.status = barred }))
	} else {
		out = append(out, change("unbar", func(r *record) { r.status = live }))
	}
	for _, q := range w.sides[s] {
		if q.open() && q.id != id && q.fields.key != key {
			out = append(out, act{fmt.Sprintf("%v: delete %d, %d takes its key", s, id, q.id), func(w *world) {
				w.touch(s, id, func(r *record) { r.status = gone })
				w.touch(s, q.id, func(r *record) { r.fields.key = key })
			}})
		}
	}
	return out
}

// both lists edits of two records with one key, one on each side.
func both(w *world, fresh, other int8) []act {
	var out []act
	for _, l := range w.sides[0] {
		for _, r := range w.sides[1] {
			if !l.open() || !r.open() || l.fields.key != r.fields.key {
				continue
			}
			edit := func(v, u int8) func(*world) {
				return func(w *world) {
					w.touch(instep.Left, l.id, func(x *record) { x.fields.val = v })
					w.touch(instep.Right, r.id, func(x *record) { x.fields.val = u })
				}
			}
			out = append(out,
				act{fmt.Sprintf("edit left %d and right %d alike", l.id, r.id), edit(fresh, fresh)},
				act{fmt.Sprintf("edit left %d and right %d", l.id, r.id), edit(fresh, other)})
			if l.fields.val != r.fields.val {
				out = append(out, follows(instep.Left, l.id, r.fields.val), follows(instep.Right, r.id, l.fields.val))
			}
		}
	}
	return out
}

// follows edits a record to what its counterpart holds.
func follows(s instep.Side, id int, v int8) act {
	return act{fmt.Sprintf("%v: edit %d to what the other holds", s, id), func(w *world) {
		w.touch(s, id, func(r *record) { r.fields.val = v })
	}}
}
