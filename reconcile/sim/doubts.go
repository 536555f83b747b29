package sim

import (
	"math/rand/v2"
	"time"

	"github.com/instep-go/instep"
)

// shareAll has both sides own every field. It is for before a run: a rule that has
// changed is compared anew, whoever edited what.
func (w *world) shareAll() {
	for i := range w.pair.Mapping.Rules {
		w.pair.Mapping.Rules[i].Owner = instep.BothOwn
	}
}

// losesUpdate has users edit fields of side s, the engine write them, and the
// process die before it is told.
func (w *world) losesUpdate(c [2]*row, s instep.Side, rules ...int) {
	for _, i := range rules {
		w.edit(s, c[s], i, w.plain)
	}
	w.side[s.Other()].odd.dies = true
	_, _ = w.next(ways{}, false)
	w.side[s.Other()].odd.dies = false
}

// tryInPart has an update be lost of which one field shows what was sent, and the
// other one something else: whether that was entered before or since, nobody
// knows.
func (w *world) tryInPart(rnd *rand.Rand) {
	w.shareAll()
	made, ok := w.couples(1)
	if !ok {
		return
	}
	s, c := instep.Side(rnd.IntN(2)), made[0]
	w.losesUpdate(c, s, 1, 2)
	w.edit(s.Other(), c[s.Other()], 2, w.plain)
	third := c[s].cur().fields.Get(w.side[s].fields[2])
	_, err := w.next(ways{}, false)
	w.came(InPart, "%v", err)
	if c[s].cur().fields.Get(w.side[s].fields[2]) != third || !w.store.asks(0, c[0]) {
		w.violate("W4", "%s was written and edited, nobody knows in which order, and nobody is asked", c[s.Other()].cur().id)
	}
}

// tryShownLate has a create be carried out so late that only the life of a request
// and the lag of the system together cover it.
func (w *world) tryShownLate(*rand.Rand) {
	s, ok := w.towards()
	o := w.side[s.Other()]
	if !ok || o.snapshot {
		return
	}
	o.life, o.lag = 10*time.Second, 30*time.Second
	_, _ = w.next(ways{}, true)
	r := w.fresh(s, w.newKey(), w.newEntity(), w.plainValues())
	o.odd.lateBy = 35 * time.Second
	_, err := w.next(ways{}, false)
	w.came(ShownLate, "%v", err)
	_, _ = w.next(ways{}, false)
	if n := len(o.holds(w.side[s].key(r))); n != 1 {
		w.violate("I4", "%s: %d records were made of %s", o.name, n, r.cur().id)
	}
}
