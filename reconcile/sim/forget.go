package sim

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// tryErase has the state forget a record and its counterpart. Whatever users do to
// the two, nothing is written, and nothing is known of them.
func (w *world) tryErase(rnd *rand.Rand) {
	made, ok := w.couples(2)
	if !ok {
		return
	}
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		w.violate("world", "%v", err)
		return
	}
	s, c := instep.Side(rnd.IntN(2)), made[0]
	ref := w.side[s].ref(c[s].cur().id)
	if err := e.Erase(context.Background(), ref); err != nil {
		w.violate("erase", "%v", err)
		return
	}
	w.came(Forgotten, "%s", ref)
	if _, err := e.Known(context.Background(), ref); !errors.Is(err, instep.NotFound) {
		w.violate("erase", "asked what is known of an erased record, it answers: %v", err)
	}
	w.excuse(c[0].entity, "erased")
	var past [2]int
	for s := range past {
		w.edit(instep.Side(s), c[s], 2, w.plain)
		past[s] = len(c[s].hist)
	}
	w.editFrom(made[1], 2)
	_, _ = w.next(ways{}, false)
	_, _ = w.next(ways{}, true)
	for s, v := range w.side {
		if len(c[s].hist) != past[s] || len(v.holds(v.key(c[s]))) != 1 || w.linked(instep.Side(s), c[s]) {
			w.violate("erase", "%s %s was erased, and something came of it", v.name, c[s].cur().id)
		}
	}
	w.inStep(Forgotten, made[1:], 2)
}
