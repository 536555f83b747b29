package sim

import (
	"errors"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// rights is what a system refuses us for a while, whatever it is asked.
type rights struct {
	reads, writes bool
	met           bool // a call was refused since they were taken
}

func (r *rights) lost() bool { return r.reads || r.writes }

// losingRights numbers what it is in a round to lose rights, beside what users do.
const losingRights = 200

// loseRights may have a system take a right from us, now or while the next run
// is under way, and give it back some time later.
func (w *world) loseRights() {
	if w.rnd.IntN(40) > 0 {
		return
	}
	v := w.side[w.rnd.IntN(2)]
	taken := []rights{{reads: true}, {writes: true}, {reads: true, writes: true}}[w.rnd.IntN(3)]
	take := func() {
		if !w.calm && !v.rights.lost() {
			v.rights = taken
			w.log("! %s takes the right to read %t and to write %t", v.name, taken.reads, taken.writes)
		}
	}
	if w.rnd.IntN(2) == 0 {
		take()
	} else {
		w.clk.after(time.Duration(20+w.rnd.IntN(150))*time.Millisecond, take)
	}
	w.clk.after(time.Duration(1+w.rnd.IntN(40))*time.Hour, v.giveRights)
	if w.groups != nil && w.rnd.IntN(2) == 0 {
		w.groups.touch(func(x *group) bool { return x.there() }, func(x *group) { x.status, x.deleted = instep.Deleted, true })
	}
}

func (v *vendor) giveRights() {
	if v.rights.lost() {
		v.w.log("! %s gives all rights back", v.name)
		v.rights = rights{}
	}
}

// refuses answers a call for which there is no right; nil if there is. A key
// that may do nothing at all is refused itself.
func (v *vendor) refuses(right bool) error {
	if !right {
		return nil
	}
	if !v.rights.met {
		v.rights.met = true
		v.w.hit(RightLost, "%s", v.name)
	}
	if b := v.w.blind; b != nil && !v.w.denied {
		b.wrote = v.w.asked // what went out before, the run had decided when it was let in
	}
	v.w.denied = true
	err := &instep.Error{Kind: instep.Forbidden, Op: v.name}
	if v.rights.reads && v.rights.writes {
		err.Kind = instep.Unauthorized
	}
	v.w.log("  -> %v", err)
	return err
}

// refusedAll answers each of some writes for which there is no right: the call
// as a whole, or one by one.
func (v *vendor) refusedAll(n int) ([]instep.Result, error) {
	err := v.refuses(v.rights.writes)
	if err == nil || v.rights.reads {
		return nil, err
	}
	return slices.Repeat([]instep.Result{{Err: err}}, n), nil
}

// blind is a run that may not read one of the systems, and what it must leave
// as it is.
type blind struct {
	side  *vendor
	wrote int
	known [2]instep.Stream
}

// beginBlind notes where things stand if the run that begins may not read.
func (w *world) beginBlind() {
	w.denied, w.blind, w.again = false, nil, 0
	for _, v := range w.side {
		if v.rights.reads {
			w.blind = &blind{v, w.asked, w.store.streams()}
		}
	}
}

// checkBlind wants a run that was not let in to say so, and to have written
// nothing since it was told, and to have taken away and learnt nothing.
func (w *world) checkBlind(err error) {
	b := w.blind
	if b == nil || !b.side.rights.reads || w.dead {
		return // given back meanwhile
	}
	expired := w.own[ExpiredCursor] != nil && errors.Is(err, instep.Expired)
	if !isDenied(err) && !w.faulty && !w.stop.ended(err) && !expired {
		w.violate("rights", "%s may not be read, and the run ends with: %v", b.side.name, err)
	}
	if n := w.asked - b.wrote - w.again; n > 0 {
		w.violate("I6", "%d writes although %s may not be read", n, b.side.name)
	}
	if now := w.store.streams(); now != b.known {
		w.violate("I21", "the cursors went from %v to %v although %s may not be read", b.known, now, b.side.name)
	}
}

func isDenied(err error) bool {
	return errors.Is(err, instep.Forbidden) || errors.Is(err, instep.Unauthorized)
}
