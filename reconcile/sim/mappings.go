package sim

import (
	"math/rand/v2"

	"github.com/instep-go/instep"
)

// tryNewRule has the mapping get a rule: where the two sides differ, the owner's
// value goes over at once. Then two values of a record are exchanged.
func (w *world) tryNewRule(*rand.Rand) {
	if len(w.pair.Mapping.Rules) != 3 {
		return
	}
	made, ok := w.couples(2)
	if !ok {
		return
	}
	owner := w.pair.Mapping.Rules[1].Owner
	s := w.from(1)
	for i, v := range w.side {
		for _, c := range made {
			x := w.plain(3)
			v.change(c[i], func(st *state) { st.fields = st.fields.With(v.fields[3], x) })
			if i == int(s.Other()) {
				c[i].from[3].carried = true // nobody has edited it since the two are compared
			}
		}
	}
	if owner == instep.BothOwn {
		owner = ownerOf(s)
	}
	w.addTax(owner, nil)
	_, err := w.next(ways{}, false)
	w.came(NewRule, "%v", err)
	w.inStep(NewRule, made, 3)
	r, v := made[0][s], w.side[s]
	name, tax := r.cur().fields.Get(v.fields[1]), r.cur().fields.Get(v.fields[3])
	w.edit(s, r, 1, func(int) instep.Value { return tax })
	w.edit(s, r, 3, func(int) instep.Value { return name })
	w.endsInStep(NewRule, made, 1)
	w.inStep(NewRule, made, 3)
}

// addTax gives the mapping a rule for the field that has none.
func (w *world) addTax(owner instep.Owner, match *instep.Match) {
	w.pair.Mapping.Rules = append(w.pair.Mapping.Rules, instep.Rule{
		Name: "tax", Left: instep.End{Field: w.side[0].fields[3]}, Right: instep.End{Field: w.side[1].fields[3]}, Owner: owner, Match: match,
	})
}

// tryOnceOnly has a field be only for new records.
func (w *world) tryOnceOnly(*rand.Rand) {
	w.pair.Mapping.Rules[1].CreateOnly = true
	made, ok := w.couples(1)
	if !ok {
		return
	}
	s := w.from(1)
	o := s.Other()
	before := made[0][o].cur().fields.Get(w.side[o].fields[1])
	w.editFrom(made[0], 1)
	w.editFrom(made[0], 2)
	_, err := w.next(ways{}, false)
	w.came(OnceOnly, "%v", err)
	if made[0][o].cur().fields.Get(w.side[o].fields[1]) != before {
		w.violate("B3", "%s: a field that is only for new records was written later", w.side[o].name)
	}
}

// tryEmptyFirst has two records meet of which the one whose values stand holds
// nothing in a field: that erases nothing.
func (w *world) tryEmptyFirst(*rand.Rand) {
	first := w.pair.First
	key, e, values := w.newKey(), w.newEntity(), w.plainValues()
	r := w.fresh(first.Other(), key, e, values)
	w.fresh(first, key, e, map[int]instep.Value{1: values[1], 2: instep.Null()})
	_, err := w.next(ways{}, false)
	w.came(EmptyFirst, "%v", err)
	if x := r.cur().fields.Get(w.side[first.Other()].fields[2]); x != values[2] {
		w.violate("B3", "%s %s: an empty field has erased %s", w.side[first.Other()].name, r.cur().id, values[2])
	}
}
