package sim

import (
	"context"
	"errors"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// lookOnly has an engine that is not to write make a plan, and somebody tell it
// to carry it out all the same.
func (w *world) lookOnly() {
	if !w.chance(LookedOnly, 3) {
		return
	}
	w.death, w.dead, w.faulty = death{}, false, false
	w.beginBlind()
	opt := w.opt
	opt.ReadOnly = true
	asked, sent := w.asked, w.sent
	e, err := reconcile.New(w.store, w.pairs(), &opt)
	if err != nil {
		w.violate("world", "%v", err)
		return
	}
	w.log("an engine that is not to write looks")
	plan, err := e.Plan(context.Background(), nil)
	if err == nil {
		w.came(LookedOnly, "%d writes planned", plan.Counts().Writes())
		if _, err := e.Apply(context.Background(), plan); !errors.Is(err, instep.Config) {
			w.violate("read-only", "told to write, it answers: %v", err)
		}
	}
	w.tolerate(err)
	if w.asked != asked || w.sent != sent {
		w.violate("read-only", "%d writes by an engine that is not to write", w.asked-asked+w.sent-sent)
	}
}
