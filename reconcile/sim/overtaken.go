package sim

import (
	"errors"
	"iter"
	"slices"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// sleeper is a process that stands still in the middle of a run, as one does
// whose machine was paused. For the world it is dead: its lease ran out, and
// another process took over. What it was to do next is a call that reads or
// commits: a request that is on its way cannot be called back by anybody.
type sleeper struct {
	left   int               // calls until it falls asleep
	knows  map[string]uint64 // generations of the state it has read, by pair
	yield  func(struct{}) bool
	asleep bool
	resume func() (struct{}, bool)
	stop   func()
	err    error // what its run came to
}

// drawSleeper may have the process of the run that begins fall asleep. No two
// sleep at once.
func (w *world) drawSleeper() *sleeper {
	if w.asleep != nil || w.stop.after > 0 || !w.chance(Overtaken, 3) {
		return nil
	}
	own := w.own[Overtaken]
	return &sleeper{left: 1 + own.IntN(1<<own.IntN(8)), knows: map[string]uint64{}}
}

// passAsleep is a pass whose process may fall asleep on the way: it seems to have
// been killed then.
func (w *world) passAsleep(s *sleeper, sweep bool) (plan *reconcile.Plan, err error) {
	w.asleep = s
	s.resume, s.stop = iter.Pull(func(yield func(struct{}) bool) {
		s.yield = yield
		plan, s.err = w.pass(sweep)
	})
	if _, ok := s.resume(); !ok {
		w.asleep = nil
		return plan, s.err
	}
	w.log("the process falls asleep")
	w.dead = true
	return nil, errKilled
}

// sleepHere may have the process that makes a call fall asleep before it, once it
// has read the state of every pair.
func (w *world) sleepHere() {
	s := w.asleep
	if s == nil || s.asleep || len(s.knows) < len(w.pairs()) {
		return
	}
	if s.left--; s.left == 0 {
		s.asleep = true
		s.yield(struct{}{}) // one that is not to wake up finds itself dead
	}
}

// learns notes the generation of a state that a process reads or commits.
func (s *sleeper) learns(pair string, state *instep.PairState) {
	if s != nil && !s.asleep && state != nil {
		s.knows[pair] = state.Gen
	}
}

// wake has a process that sleeps go on, if another one has been at work since. It
// may write nothing any more, to no system and not to the state (I13).
func (w *world) wake() {
	s := w.asleep
	if s == nil {
		return
	}
	w.asleep = nil
	if !w.overtaken(s) {
		w.dead = true
		s.stop()
		w.dead = false
		return
	}
	w.came(Overtaken, "it wakes up")
	calm := w.calm
	w.calm, w.woken = true, true
	s.resume()
	w.calm, w.woken = calm, false
	w.log("it ends: %v", s.err)
	if s.err != nil && !errors.Is(s.err, errState) && !slices.ContainsFunc(mayEndWith, func(k instep.Kind) bool { return errors.Is(s.err, k) }) {
		w.violate("I13", "a process that another one has overtaken ends with: %v", s.err)
	}
}

// mayEndWith are the kinds of error with which an overtaken process may end: that
// it was, or what a system told it before it fell asleep.
var mayEndWith = []instep.Kind{
	instep.Conflict, instep.RateLimited, instep.Unavailable, instep.Unauthorized, instep.Forbidden, instep.Expired,
}

// overtaken reports whether the state of every pair has moved on.
func (w *world) overtaken(s *sleeper) bool {
	for pair, gen := range s.knows {
		if w.store.generationOf(pair) == gen {
			return false
		}
	}
	return true
}

// writesOvertaken notes that a process writes that another one has overtaken.
func (w *world) writesOvertaken(what string) error {
	if !w.woken {
		return nil
	}
	w.violate("I13", "a process that another one has overtaken writes to %s", what)
	return errKilled
}
