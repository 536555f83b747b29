package sim

import (
	"math/rand/v2"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// trySetBack has a user set back what the engine wrote, where it could not read
// that back but has seen it in a list since: that is an edit.
func (w *world) trySetBack(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	v := w.side[s]
	v.after = 0
	w.pair.Mapping.Rules[2].Owner = instep.BothOwn
	made, ok := w.couples(1)
	if !ok {
		return
	}
	c := made[0]
	old := c[s].cur().fields.Get(v.fields[2])
	w.edit(s.Other(), c[s.Other()], 2, w.plain)
	w.endsInStep(SetBack, made, 2)
	w.edit(s, c[s], 2, func(int) instep.Value { return old })
	_, err := w.next(ways{}, false)
	w.came(SetBack, "%v", err)
	w.inStep(SetBack, made, 2)
}

// tryUnmapped has a user change what nothing maps: that is no edit against the
// deletion of the counterpart.
func (w *world) tryUnmapped(rnd *rand.Rand) {
	s, ok := w.deletable(rnd)
	made, linked := w.couples(2)
	if !ok || !linked {
		return
	}
	w.pair.EditedGone = reconcile.ReviewEdited
	v, r := w.side[s.Other()], made[0][s.Other()]
	v.odd.memo = map[*row]string{r: "for the drawer"}
	v.change(r, func(*state) {})
	w.gone(s, made[0][s])
	_, err := w.next(ways{}, true)
	w.came(Unmapped, "%v", err)
	if err == nil && r.live() {
		w.violate("I6", "%s %s is there although its counterpart was deleted, and nobody has edited it", v.name, r.cur().id)
	}
}

// mostTurns is how often a field may be written that is turned back each time.
const mostTurns = 8

// tryQuarrel has a system turn back what is written, each time.
func (w *world) tryQuarrel(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	v, o := w.side[s], w.side[s.Other()]
	if v.snapshot || o.snapshot {
		return
	}
	w.pair.Mapping.Rules[2].Owner = ownerOf(s.Other())
	w.pair.Drift = reconcile.RevertDrift
	made, ok := w.couples(1)
	if !ok {
		return
	}
	own := w.plain(2)
	writes := 0
	v.odd.robot = func(r *row) {
		if r == made[0][s] {
			writes++
			w.clk.after(time.Second, func() { w.edit(s, r, 2, func(int) instep.Value { return own }) })
		}
	}
	w.edit(s, made[0][s], 2, func(int) instep.Value { return own })
	for n := 0; n < 14 && w.res.Violation == ""; n++ {
		w.clk.pass(3*time.Minute + v.lag)
		if _, err := w.run(false); err != nil {
			return
		}
	}
	w.came(Quarrelled, "%d writes", writes)
	if writes > mostTurns {
		w.violate("I7", "%s: a field that is turned back was written %d times in an hour", v.name, writes)
	}
}
