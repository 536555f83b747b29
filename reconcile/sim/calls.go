package sim

import "math/rand/v2"

// tryIdle counts the calls of a run in which nothing has changed, and of one in
// which a few records have (I11): each stream is asked once, and beyond that
// there are no more calls than pages and records that changed.
func (w *world) tryIdle(rnd *rand.Rand) {
	made, ok := w.couples(4)
	if !ok {
		return
	}
	if _, err := w.next(ways{}, false); err != nil || !w.allThere(0) || !w.allThere(1) {
		return
	}
	_, err := w.next(ways{}, false)
	w.came(Idle, "%v", err)
	w.checkCalls(0)
	changed := 1 + rnd.IntN(len(made))
	for _, c := range made[:changed] {
		w.editFrom(c, 2)
	}
	_, _ = w.next(ways{}, false)
	w.checkCalls(changed)
}

// checkCalls wants the lists of a run to have taken no more calls than these
// changes need. A file is read as a whole.
func (w *world) checkCalls(changed int) {
	for _, v := range w.side {
		pages := 1 + changed/v.page
		if calls := v.odd.reads; !v.snapshot && calls > pages {
			w.violate("I11", "%s was asked for %d pages of %d changes", v.name, calls, changed)
		}
		// A record that is written is looked at before and after, its source before.
		if calls := v.odd.calls - v.odd.reads; calls > 3*changed {
			w.violate("I11", "%s was called %d times for %d changes", v.name, calls, changed)
		}
	}
}
