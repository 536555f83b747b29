package sim

import (
	"context"
	"errors"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// olderPlan makes a plan that another run overtakes. What it returns carries it
// out: since the state has moved on, nothing may come of that.
func (w *world) olderPlan() (carryOut func()) {
	if !w.chance(OlderPlan, 4) {
		return func() {}
	}
	w.death, w.dead, w.faulty = death{}, false, false
	w.beginBlind()
	w.log("somebody makes a plan, and has it lie")
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		w.violate("world", "%v", err)
		return func() {}
	}
	plan, err := e.Plan(context.Background(), nil)
	w.tolerate(err)
	if err != nil {
		return func() {}
	}
	made, paused := w.store.generation(), w.denied
	return func() {
		if w.store.generation() != made {
			w.applyOlder(e, plan, paused)
		}
	}
}

// applyOlder has an older plan be carried out. If a system had not let the engine in
// when it was made, that is what it is about.
func (w *world) applyOlder(e *reconcile.Engine, plan *reconcile.Plan, paused bool) {
	w.death, w.dead, w.faulty = death{}, false, false
	w.beginBlind()
	w.came(OlderPlan, "the state has moved on")
	plan.Approve()
	asked := w.asked
	_, err := e.Apply(context.Background(), plan)
	if w.asked != asked {
		w.violate("plan", "%d writes of a plan of an older state", w.asked-asked)
	}
	if !errors.Is(err, instep.Conflict) && !w.faulty && !w.denied && !(paused && isDenied(err)) {
		w.violate("plan", "a plan of an older state ends with: %v", err)
	}
}

// applyAgain has a plan be carried out once more.
func (w *world) applyAgain(e *reconcile.Engine, plan *reconcile.Plan) {
	if w.dead || w.woken || !w.chance(OlderPlan, 4) {
		return
	}
	w.came(OlderPlan, "once more")
	asked := w.asked
	if _, err := e.Apply(context.Background(), plan); !errors.Is(err, instep.Config) || w.asked != asked {
		w.violate("plan", "carried out once more it makes %d writes and ends with: %v", w.asked-asked, err)
	}
}

// generation returns how often the state of the products was committed.
func (s *store) generation() uint64 { return s.generationOf(pairName) }

func (s *store) generationOf(pair string) uint64 {
	state, err := s.State.Pair(context.Background(), pair)
	if err != nil {
		s.w.violate("world", "%v", err)
	}
	return state.Gen
}
