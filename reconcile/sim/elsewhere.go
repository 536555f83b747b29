package sim

import (
	"math/rand/v2"
	"time"

	"github.com/instep-go/instep/reconcile"
)

// elsewhere plays a trial in a world of its own that is otherwise that of the same
// seed: what it is about would come about too seldom, because it needs systems
// that can be asked for everything and in which nobody waits for anything.
func elsewhere(play func(*world, *rand.Rand)) func(*world, *rand.Rand) {
	return func(w *world, rnd *rand.Rand) {
		q := quietWorld(w.res.Seed)
		q.mute = w.mute
		q.pair.Guards, q.store.keep = reconcile.Guards{}, true
		q.pair.EditedGone, q.pair.SweepEvery = reconcile.ReviewEdited, 10_000*time.Hour
		for s, v := range q.side {
			v.getter, v.finder, v.hidesMissing, v.renames = true, true, false, false
			v.keyed, v.token, v.chosen, v.unique = false, false, false, false
			q.pair.Deletes[s], q.pair.Hidden[s] = reconcile.IgnoreDeleted, reconcile.FreezeHidden
		}
		q.pair.Left, q.pair.Right = q.side[0].source(), q.side[1].source()
		q.trying = true
		for n := range 2 {
			q.part(phase{1 + n, 0}, func() { q.quietRound(n < 1) })
		}
		leave := q.rnd.enter(phase{1000, 0})
		defer leave()
		play(q, rnd)
		w.trace.Write(q.trace.Bytes())
		if q.res.Violation != "" && w.res.Violation == "" {
			w.res.Violation = q.res.Violation
		}
		w.res.Events += q.res.Events
		for f, n := range q.res.Features {
			w.res.Features[f] += n
		}
	}
}
