package sim

import (
	"math/rand/v2"

	"github.com/instep-go/instep"
)

// tryLimit tells a run how much to write at most. What it leaves must come over in
// the next ones, which only read changes.
func (w *world) tryLimit(rnd *rand.Rand) { w.tryPart(LeftForLater, ways{limit: 1 + rnd.IntN(2)}) }

// tryStop has the caller stop a run.
func (w *world) tryStop(rnd *rand.Rand) {
	w.tryPart(StoppedHere, ways{stopAfter: 1 + rnd.IntN(2)})
}

// tryUnsent has a client give some writes up before it sends them, though nobody
// has stopped the run.
func (w *world) tryUnsent(rnd *rand.Rand) {
	made, ok := w.editedCouples(3)
	if !ok {
		return
	}
	w.side[w.from(2).Other()].odd.unsent = 1 + rnd.IntN(2)
	_, err := w.next(ways{}, false)
	w.came(Unsent, "%v", err)
	w.endsInStep(Unsent, made, 2)
}

func (w *world) tryPart(f Feature, how ways) {
	made, ok := w.editedCouples(5)
	if !ok {
		return
	}
	asked := w.asked
	if _, err := w.next(how, false); w.res.Violation != "" || err != nil && f != StoppedHere {
		return
	}
	if f == LeftForLater && w.asked-asked > how.limit {
		w.violate("limit", "%d writes, and %d were allowed", w.asked-asked, how.limit)
	}
	w.came(f, "%d writes", w.asked-asked)
	w.endsInStep(f, made, 2)
}

// tryBudget gives a run few requests (I11). It may bring to its end what is under
// way, and says that it has stopped.
func (w *world) tryBudget(rnd *rand.Rand) {
	made, ok := w.editedCouples(6)
	if !ok {
		return
	}
	s := w.from(2).Other()
	w.pair.Guards.Requests = 2 + rnd.IntN(3)
	_, err := w.next(ways{expect: instep.Guarded}, false)
	const underWay = 3 // a write, what is read back after it, and a page read ahead
	if calls := w.side[s].odd.calls; calls > w.pair.Guards.Requests+underWay {
		w.violate("I11", "%d requests to %s, and %d are allowed", calls, w.side[s].name, w.pair.Guards.Requests)
	}
	if err != nil {
		w.came(Budgeted, "%v", err)
	}
	w.pair.Guards.Requests = 0
	w.endsInStep(Budgeted, made, 2)
}
