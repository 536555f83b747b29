package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// What vendors do besides: logs of changes that end, pages that shift, times of
// a whole day, values that stand where nothing was given, clocks that are set.

// drawOdd gives the systems what the history has of that from its beginning.
func (w *world) drawOdd() {
	if own := w.own[CoarseTimes]; own != nil {
		w.side[own.IntN(2)].step = []time.Duration{time.Second, time.Minute, 24 * time.Hour}[own.IntN(3)]
	}
	if own := w.own[ServerDefault]; own != nil {
		w.side[own.IntN(2)].defaults = true
	}
}

// expired answers a list that goes on from where the system's log of changes does
// not reach any more; nil if it does.
func (v *vendor) expired(from instep.Cursor) error {
	if from == "" || !v.w.chance(ExpiredCursor, 8) {
		return nil
	}
	v.w.came(ExpiredCursor, "%s", v.name)
	return &instep.Error{Kind: instep.Expired, Op: v.name}
}

// modified is the time of a state as the system tells it.
func (v *vendor) modified(s *state) time.Time {
	t := s.at.Add(v.skew)
	if v.step > 0 {
		return t.Truncate(v.step)
	}
	return t
}

// noteCoarse counts a write of the engine and an edit of a user that have the
// same time.
func (v *vendor) noteCoarse(r *row) {
	n := len(r.hist)
	if v.step > 0 && n > 1 && r.heard && v.modified(&r.hist[n-1]).Equal(v.modified(&r.hist[n-2])) {
		v.w.came(CoarseTimes, "%s %s", v.name, r.cur().id)
	}
}

// fill puts into a new record what the system has there where nothing is given.
func (v *vendor) fill(r *row) {
	name := v.fields[1]
	if !v.defaults || !r.cur().fields.Get(name).IsBlank() {
		return
	}
	r.cur().fields = r.cur().fields.With(name, unnamed)
	r.from[1] = origin{carried: true, bent: true}
	v.w.came(ServerDefault, "%s %s", v.name, r.cur().id)
}

// unnamed is the name that a system gives where it is given none.
var unnamed = instep.String("unnamed")

// nameless reports whether two rows may differ in their name since one of them has
// none, or never had one: as they meet, empties do not erase and are not filled, and
// what a system puts where it is given nothing is what it makes of nothing, and
// nobody's edit.
func (w *world) nameless(i int, l, r *row) bool {
	return i == 1 && (w.side[0].nameOf(l).IsBlank() || w.side[1].nameOf(r).IsBlank() || w.side[0].neverNamed(l) || w.side[1].neverNamed(r))
}

func (v *vendor) nameOf(r *row) instep.Value { return r.cur().fields.Get(v.fields[1]) }

func (v *vendor) neverNamed(r *row) bool {
	return !slices.ContainsFunc(r.hist, func(st state) bool { return !st.fields.Get(v.fields[1]).IsBlank() })
}

// shift has a list move on while it is read: its next page begins with what was
// at the end of the one before, as that is by now.
func (v *vendor) shift(k walk, rows []*row) (again []instep.Record) {
	if k.offset == 0 || k.offset > len(rows) || v.snapshot || !v.w.chance(ShiftedPage, 3) {
		return nil
	}
	r := rows[k.offset-1]
	if !r.live() {
		return nil
	}
	v.w.came(ShiftedPage, "%s %s", v.name, r.cur().id)
	return []instep.Record{v.see(r, r.cur())}
}

// setClocks may have a system's clock be set, by as much as it may be wrong.
func (w *world) setClocks() {
	if !w.chance(ClockStep, 3) {
		return
	}
	v := w.side[w.own[ClockStep].IntN(2)]
	if !v.tells {
		return
	}
	v.skew = stepped(v.skew, w.own[ClockStep])
	w.came(ClockStep, "%s is ahead by %s now", v.name, v.skew)
}

func stepped(skew time.Duration, own *rand.Rand) time.Duration {
	const most = 10 * time.Minute
	by := time.Duration(own.Int64N(int64(most))) - most/2
	return max(-most, min(most, skew+by))
}
