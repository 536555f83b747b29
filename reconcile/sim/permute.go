package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep/reconcile"
)

// Permuted makes the world of a seed and plans its first run, with the rows of
// both systems listed in the order that a number chooses. The text tells what
// the plan holds, a line for each item, sorted: it must not depend on the
// order (I8).
func Permuted(seed, order uint64) []string {
	w := newWorld(seed)
	w.calm, w.opt.Hold = true, 1000 // all values are at hand, so that the items show them
	for _, v := range w.side {
		v.order, v.batch, v.page = order, 3, 4
	}
	w.clk.pass(50 * time.Hour)
	e, err := reconcile.New(w.store, []reconcile.Pair{w.pair}, &w.opt)
	if err != nil {
		return []string{err.Error()}
	}
	plan, err := e.Plan(context.Background(), &reconcile.Select{Sweep: true})
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for item := range plan.Items() {
		out = append(out, fmt.Sprintf("%+v", item))
	}
	slices.Sort(out)
	return out
}
