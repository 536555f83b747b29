package sim

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/instep-go/instep"
)

// mostStill is in how many runs a source may give changes while its cursor stands
// still.
const mostStill = 5

// tryStill has a system's cursor stand still. Its changes are carried out all the
// same, and the fifth run says so, not an earlier one. Where times are as coarse
// as days, several runs end at the same mark as they should.
func (w *world) tryStill(*rand.Rand) {
	s := w.from(2)
	v := w.side[s]
	made, ok := w.couples(1)
	if !ok || v.snapshot || v.step > time.Minute {
		return
	}
	v.odd.still = true
	for n := 1; n <= mostStill && w.res.Violation == ""; n++ {
		w.edit(s, made[0][s], 2, w.plain)
		before := w.store.streams()[s].Cursor
		_, err := w.next(ways{expect: instep.Malformed}, false)
		if w.store.streams()[s].Cursor != before {
			return // a list of everything has come between
		}
		if told := errors.Is(err, instep.Malformed); told != (n == mostStill) {
			w.violate("I21", "in run %d in which the cursor stands still it says: %v", n, err)
		}
	}
	w.came(StandsStill, "%s", v.name)
}

// tryEndless has a system give the same page over and over, and say that there
// are more. The run says so, after few requests (I11).
func (w *world) tryEndless(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	v := w.side[s]
	made, ok := w.couples(1)
	if !ok || v.snapshot {
		return
	}
	v.odd.endless = true
	w.edit(s, made[0][s], 2, w.plain)
	if _, err := w.next(ways{expect: instep.Malformed}, false); !errors.Is(err, instep.Malformed) {
		w.violate("I11", "a list without end ends with: %v", err)
	}
	w.came(Endless, "%s", v.name)
	v.odd = odd{}
	_, _ = w.next(ways{}, false)
	_, _ = w.next(ways{}, false)
	if w.from(2) == s {
		w.inStep(Endless, made, 2)
	}
}

// oddPage is the page of a list whose cursor stands.
func (v *vendor) oddPage(from instep.Cursor, page *instep.Page) {
	v.odd.reads++
	switch {
	case v.odd.endless:
		page.Next, page.More = from, true
	case v.odd.still && from != "" && !page.More:
		page.Next = from
	}
	if v.odd.reads > 200 {
		v.w.violate("I11", "%s: a list is read for ever", v.name)
		v.w.dead = true
	}
}
