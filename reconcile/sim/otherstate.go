package sim

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// tryForeign has a system be that of another company. Nothing is done with it.
func (w *world) tryForeign(rnd *rand.Rand) {
	made, ok := w.couples(1)
	if !ok {
		return
	}
	w.editFrom(made[0], 2)
	w.side[rnd.IntN(2)].odd.foreign = true
	asked, known := w.asked, w.store.generation()
	_, err := w.next(ways{expect: instep.Mismatch}, false)
	w.came(ForeignState, "%v", err)
	if !errors.Is(err, instep.Mismatch) || w.asked != asked || w.store.generation() != known {
		w.violate("B1", "the state is another company's, and the run makes %d writes and ends with: %v", w.asked-asked, err)
	}
}

// tryPutBack puts an older state back, and has a record be made since. Both sides
// are read as a whole, and nothing is made before somebody approves it.
func (w *world) tryPutBack(rnd *rand.Rand) {
	s, ok := w.towards()
	if !ok || len(w.store.kept) == 0 || !w.allInStep() {
		return
	}
	w.store.putBack(w.store.kept[:rnd.IntN(len(w.store.kept))])
	w.fresh(s, w.newKey(), w.newEntity(), w.plainValues())
	asked := w.asked
	plan, err := w.next(ways{alone: true, expect: instep.Guarded}, false)
	w.came(StatePutBack, "%v", err)
	if !tripped(plan, "rewound") || w.asked != asked {
		w.violate("B1", "a state that was put back makes %d writes that nobody has approved, and ends with: %v", w.asked-asked, err)
	}
	for _, v := range w.side {
		if !v.whole.Equal(w.began) {
			w.violate("B1", "%s is not read as a whole though the state was put back", v.name)
		}
	}
}

// tryOtherKey plays the first load twice, in states with different keys: the same
// is linked, and no hash of the one is in the other.
func (w *world) tryOtherKey(*rand.Rand) {
	var hashes [2][]string
	for n := range hashes {
		q := quietWorld(w.res.Seed)
		q.opt.Key = &[16]byte{byte(1 + n)}
		q.clk.pass(50 * time.Hour)
		if _, err := q.run(false); err != nil {
			return
		}
		for _, link := range q.store.links() {
			hashes[n] = append(hashes[n], string(link.Sides[0].Base), string(link.Sides[1].Base))
		}
	}
	w.came(OtherKey, "%d hashes", len(hashes[0]))
	for _, h := range hashes[0] {
		if len(h) > 0 && slices.Contains(hashes[1], h) {
			w.violate("values", "a hash does not depend on the key: whoever has the state can try values")
			return
		}
	}
	if len(hashes[0]) != len(hashes[1]) {
		w.violate("I18", "with another key %d records are linked, not %d", len(hashes[1])/2, len(hashes[0])/2)
	}
}
