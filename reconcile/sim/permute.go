package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// permuted makes the world of a seed without faults, with the rows of both
// systems listed in the order that a number chooses.
func permuted(seed, order uint64) *world {
	w := newWorld(seed, newDice(seed, script{}), false, false)
	w.calm, w.opt.Hold = true, 1000 // which values are in hand depends on the order, and with them when what cannot be read again is written
	for _, v := range w.side {
		v.order, v.batch, v.page = order, 3, 4
	}
	return w
}

// Permuted makes the world of a seed and plans its first run, with the rows of
// both systems listed in the order that a number chooses. The text tells what
// the plan holds, a line for each item, sorted: it must not depend on the
// order (I8).
func Permuted(seed, order uint64) []string {
	w := permuted(seed, order)
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

// PermutedRuns plays some runs in the world of a seed, with users who do the
// same in each, whatever the order in which both systems list their rows. The
// text tells what was written and what is linked in the end, without ids that
// the systems have chosen: neither may depend on the order (I8).
func PermutedRuns(seed, order uint64) []string {
	w := permuted(seed, order)
	w.writes = []string{}
	for day := range 4 {
		w.clk.pass(50 * time.Hour)
		w.dead, w.death = false, death{}
		if _, err := w.pass(true); err != nil {
			return []string{err.Error()}
		}
		w.noteLinks()
		w.rnd.enter(phase{1000, day}) // whatever the systems have drawn meanwhile
		if day < 2 {
			w.usersGoOn()
		}
	}
	out := append(w.writes, w.res.Violation)
	marks, _ := w.store.marks()
	for _, link := range w.store.links() {
		var b strings.Builder
		fmt.Fprintf(&b, "link %s|%s", w.permutedRow(0, link.Sides[0].ID), w.permutedRow(1, link.Sides[1].ID))
		for _, m := range marks[link.ID] {
			fmt.Fprintf(&b, " %s %s %s", m.Side, m.Outcome, m.Message.Code)
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out
}

// usersGoOn has users do something to each record that a user made.
func (w *world) usersGoOn() {
	for s, v := range w.side {
		for _, r := range slices.Clone(v.rows) {
			switch n := w.rnd.IntN(12); {
			case r.engine || !r.live():
			case n < 5:
				w.edit(instep.Side(s), r, w.field(), w.value)
			case n == 5:
				w.gone(instep.Side(s), r)
			case n == 6:
				w.change(v, r, instep.Hidden)
			}
		}
	}
}

// change gives a row another status.
func (w *world) change(v *vendor, r *row, status instep.Status) {
	w.touched(r.entity)
	v.change(r, func(st *state) { st.status = status })
}

// permutedRow tells what a linked record holds.
func (w *world) permutedRow(s instep.Side, id string) string {
	if r := w.linkedRow(s, id); r != nil && id != "" {
		return fmt.Sprint(r.cur().status, r.cur().fields)
	}
	return "-"
}
