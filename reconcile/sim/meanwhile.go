package sim

import (
	"math/rand/v2"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// tryMeanwhile has somebody make the counterpart by hand after the plan was made
// that creates it.
func (w *world) tryMeanwhile(*rand.Rand) {
	s, ok := w.towards()
	o := w.side[s.Other()]
	if !ok || !o.finder || !w.side[s].getter {
		return
	}
	key, e, values := w.newKey(), w.newEntity(), w.plainValues()
	r := w.fresh(s, key, e, values)
	by := func(*reconcile.Plan) { w.fresh(o.side, key, e, values) }
	_, err := w.next(ways{between: by}, false)
	w.came(MadeMeanwhile, "%v", err)
	if w.store.asks(s, r) {
		w.violate("B4", "somebody is asked about %s, of which there is one that has its key", r.cur().id)
	}
	_, _ = w.next(ways{}, false)
	if n := len(o.holds(key)); n != 1 || !w.linked(s, r) {
		w.violate("I4", "%s: %d records have the key of %s, linked %t", o.name, n, r.cur().id, w.linked(s, r))
	}
}

// tryManyAfterOne has more records than may be made wait for one that comes.
func (w *world) tryManyAfterOne(*rand.Rand) {
	if w.groups == nil || w.groups.later {
		return
	}
	home := w.groups.home
	if !w.pair.Flow.Allows(home.Other()) {
		return
	}
	w.n++
	code := w.plain(1).String()
	for range 4 {
		r := w.fresh(home, w.newKey(), w.newEntity(), w.plainValues())
		r.cur().fields = r.cur().fields.With(groupField, instep.String(code))
	}
	if _, err := w.next(ways{}, false); err != nil {
		return
	}
	w.groups.side[home].add(code, code, "of "+code)
	w.pair.Guards.Creates = 2
	asked := w.asked
	_, err := w.next(ways{alone: true, expect: instep.Guarded}, false)
	w.came(ManyAfterOne, "%d writes, %v", w.asked-asked, err)
	if w.asked-asked > 2 {
		w.violate("I10", "%d records are made, and only 2 may be without approval", w.asked-asked)
	}
}
