package sim

import (
	"math/rand/v2"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// tryEcho has a system make something else of what it is given. That is nothing
// that anybody has edited, and nothing is written back.
func (w *world) tryEcho(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	v := w.side[s]
	v.round = true
	w.pair.Mapping.Rules[2].Owner = instep.BothOwn
	made, ok := w.couples(1)
	if !ok {
		return
	}
	w.n++
	price := instep.Number(instep.MustDecimal("1.125"))
	w.edit(s.Other(), made[0][s.Other()], 2, func(int) instep.Value { return price })
	_, _ = w.next(ways{}, false)
	asked := w.asked
	_, err := w.next(ways{}, false)
	_, _ = w.next(ways{}, true)
	w.came(Echo, "%v", err)
	if w.asked != asked {
		w.violate("B7", "what %s has made of a price was taken for an edit: %d writes", v.name, w.asked-asked)
	}
}

// tryGivenAgain has a record be renamed, and its old id be given to a new one.
func (w *world) tryGivenAgain(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	v := w.side[s]
	v.renames = true
	made, ok := w.couples(1)
	if !ok {
		return
	}
	_, _ = w.next(ways{}, true) // so that it is known what each of them is
	r := made[0][s]
	old := r.cur().id
	w.rename(s, r)
	other := w.fresh(s, w.newKey(), w.newEntity(), w.plainValues())
	other.cur().id = old
	for range 2 {
		_, _ = w.next(ways{}, true)
	}
	w.came(GivenAgain, "%s", old)
	if link := w.linkOf(s, r); link == nil || link.Sides[s.Other()].ID != made[0][s.Other()].cur().id {
		w.violate("I8", "%s %s was renamed, and its counterpart is another's", v.name, r.cur().id)
	}
}

// tryDuringSweep has users edit while everything is read: what the list did not
// show is read after it.
func (w *world) tryDuringSweep(*rand.Rand) {
	made, ok := w.couples(3)
	if !ok {
		return
	}
	by := func(*reconcile.Plan) {
		for _, c := range made {
			w.editFrom(c, 2)
		}
	}
	_, err := w.next(ways{between: by}, true)
	w.came(DuringSweep, "%v", err)
	w.endsInStep(DuringSweep, made, 2)
}
