package sim

import (
	"math/rand/v2"

	"github.com/instep-go/instep"
)

// tryProposed has two records have a key in common that is only to be proposed.
func (w *world) tryProposed(*rand.Rand) {
	if len(w.pair.Mapping.Rules) != 3 {
		return
	}
	w.addTax(instep.BothOwn, &instep.Match{Rank: 2, Propose: true})
	if !w.side[0].getter || !w.side[1].getter {
		w.pair.Mapping.Rules[3].Owner = instep.LeftOwns
	}
	w.pair.Flow = instep.Nowhere
	tax := w.plain(3)
	var c [2]*row
	for s, v := range w.side {
		c[s] = w.fresh(instep.Side(s), w.newKey(), w.newEntity(), w.plainValues())
		c[s].cur().fields = c[s].cur().fields.With(v.fields[3], tax)
	}
	w.checkApart(Proposed, c)
}

// tryWeak has two records be alike in nothing but a weak key.
func (w *world) tryWeak(*rand.Rand) {
	if w.strong {
		return
	}
	w.pair.Mapping.Rules[0].Match = &instep.Match{Rank: 1, Weak: true}
	key := w.newKey()
	var c [2]*row
	for s := range c {
		c[s] = w.fresh(instep.Side(s), key, w.newEntity(), w.plainValues())
	}
	w.checkApart(WeakKey, c)
}

// checkApart wants two records not to be joined, but shown to a person.
func (w *world) checkApart(f Feature, c [2]*row) {
	for s := range c {
		w.excuse(c[s].entity, f.String())
	}
	_, err := w.next(ways{}, false)
	w.came(f, "%v", err)
	if link := w.linkOf(instep.Left, c[0]); link != nil && link.Sides[instep.Right].ID == c[1].cur().id {
		w.violate("B3", "%s and %s were joined by a key that only a person may join them by (%s)", c[0].cur().id, c[1].cur().id, f)
	} else if err == nil && !w.store.asks(instep.Left, c[0]) && !w.store.asks(instep.Right, c[1]) {
		w.violate("B3", "nobody is asked whether %s and %s are one (%s)", c[0].cur().id, c[1].cur().id, f)
	}
}
