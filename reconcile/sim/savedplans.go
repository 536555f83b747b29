package sim

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/instep-go/instep/reconcile"
)

// trySaved has a plan be saved, the world move on, and the plan be carried out:
// what still holds, and no more. The rest is there in the next runs.
func (w *world) trySaved(*rand.Rand) {
	made, ok := w.couples(4)
	if !ok {
		return
	}
	for _, c := range made[:3] {
		w.editFrom(c, 2)
	}
	w.clk.pass(50 * time.Hour)
	saved := w.save()
	if saved == nil {
		return
	}
	w.editFrom(made[2], 2) // it is to be written otherwise by now
	w.editFrom(made[3], 2) // and of this the plan knows nothing
	w.clk.pass(50 * time.Hour)
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		w.violate("world", "%v", err)
		return
	}
	w.beginSaved()
	plan, stale, err := e.PlanSaved(context.Background(), saved, nil)
	if err == nil {
		_, err = e.Apply(context.Background(), plan)
	}
	if err != nil {
		w.violate("saved", "it ends with: %v", err)
		return
	}
	w.came(SavedApplied, "%d of it do not hold", len(stale))
	w.checkSaved(made, stale)
	w.endsInStep(SavedApplied, made, 2)
}

// beginSaved takes down what run does.
func (w *world) beginSaved() {
	w.round++
	w.death, w.dead, w.faulty, w.began = death{}, false, false, w.clk.now
	w.beginBlind()
}

// save makes a plan and brings it into a file and back.
func (w *world) save() *reconcile.SavedPlan {
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		w.violate("world", "%v", err)
		return nil
	}
	var file bytes.Buffer
	plan, err := e.Plan(context.Background(), nil)
	if err == nil {
		err = plan.Save(&file, nil)
	}
	var saved *reconcile.SavedPlan
	if err == nil {
		saved, err = reconcile.ReadPlan(&file)
	}
	if err != nil {
		w.violate("saved", "a plan cannot be kept: %v", err)
	}
	return saved
}

// checkSaved wants what was saved and holds to be carried out, and nothing else.
func (w *world) checkSaved(made [][2]*row, stale []reconcile.SavedOp) {
	w.inStep(SavedApplied, made[:2], 2)
	for _, c := range made[2:] {
		if w.agree(2, c[0], c[1]) {
			w.violate("saved", "%s was written, of which the saved plan does not say so", c[0].cur().id)
		}
	}
	if !slices.ContainsFunc(stale, func(op reconcile.SavedOp) bool { return op.Left == made[2][0].cur().id }) {
		w.violate("saved", "nothing says that the plan for %s does not hold any more", made[2][0].cur().id)
	}
}
