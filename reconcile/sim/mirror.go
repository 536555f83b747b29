package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// Mirrored plays some runs in the world of a seed, without faults, and if
// turned is set with the two systems on each other's side of every pair. The
// text tells what was planned, what was written and what waits in the end: it
// must not depend on which system is called the left one (I19).
func Mirrored(seed uint64, turned bool) []string {
	w := permuted(seed, 3)
	w.writes = []string{}
	var out []string
	for day := range 3 {
		w.clk.pass(50 * time.Hour)
		w.dead, w.death = false, death{}
		lines, err := w.mirroredPass(turned)
		if out = append(out, lines...); err != nil {
			return append(out, err.Error())
		}
		w.rnd.enter(phase{1000, day}) // whatever the systems have drawn meanwhile
		w.usersGoOn()
	}
	out = append(out, w.writes...)
	slices.Sort(out)
	return out
}

// mirroredPass plans and applies, and tells the plan as it would be if nothing
// was turned.
func (w *world) mirroredPass(turned bool) ([]string, error) {
	pairs := w.pairs()
	if turned {
		for i := range pairs {
			pairs[i] = mirror(pairs[i])
		}
	}
	e, err := reconcile.New(w.store, pairs, &w.opt)
	if err != nil {
		return nil, err
	}
	plan, err := e.Plan(context.Background(), &reconcile.Select{Sweep: true})
	if err != nil {
		return nil, err
	}
	w.approve(plan)
	var out []string
	for item := range plan.Items() {
		if turned {
			turn(&item)
		}
		w.neutral(&item)
		out = append(out, fmt.Sprintf("%+v", item))
	}
	_, err = e.Apply(context.Background(), plan)
	return out, err
}

// neutral takes out of an item what is told of the left one of two that are
// alike, and what depends on which was read or written first: ids and times.
// What happens to which records, in which fields, remains.
func (w *world) neutral(it *reconcile.Item) {
	it.Left.ID, it.Right.ID, it.Label, it.Stands = w.rowText(it.Left), w.rowText(it.Right), "", false
	it.Fields = slices.Clone(it.Fields)
	for i := range it.Fields {
		it.Fields[i] = reconcile.Change{Rule: it.Fields[i].Rule}
	}
	switch it.Reason.Code {
	case "conflict", "both_gone", "maybe_renamed":
		it.Side, it.Reason.Args = instep.Left, nil
	case "hidden", "barred_hidden": // where both are, it is the left one that is told of
		it.Outcome, it.Side, it.Reason = instep.Frozen, instep.Left, instep.Message{}
	case "same_key", "hidden_match", "linked_elsewhere": // the first of several reasons is told
		it.Reason = instep.Message{}
	}
}

// rowText tells what the record of a reference holds.
func (w *world) rowText(ref instep.Ref) string {
	for s, v := range w.side {
		if v.name == ref.System && ref.Entity != groupField {
			return w.permutedRow(instep.Side(s), ref.ID)
		}
	}
	return ref.ID
}

// mirror swaps the sides of a pair.
func mirror(p reconcile.Pair) reconcile.Pair {
	p.Left, p.Right = p.Right, p.Left
	p.First, p.Flow = p.First.Other(), mirrorFlow(p.Flow)
	slices.Reverse(p.Deletes[:])
	slices.Reverse(p.Hidden[:])
	slices.Reverse(p.Canary[:])
	rules := slices.Clone(p.Mapping.Rules)
	for i := range rules {
		r := &rules[i]
		r.Left, r.Right = r.Right, r.Left
		r.Direction = mirrorFlow(r.Direction)
		switch r.Owner {
		case instep.LeftOwns:
			r.Owner = instep.RightOwns
		case instep.RightOwns:
			r.Owner = instep.LeftOwns
		}
	}
	p.Mapping.Rules = rules
	return p
}

func mirrorFlow(d instep.Direction) instep.Direction {
	switch d {
	case instep.ToLeft:
		return instep.ToRight
	case instep.ToRight:
		return instep.ToLeft
	default:
		return d
	}
}

// turn swaps the sides of an item.
func turn(it *reconcile.Item) {
	it.Left, it.Right, it.Side = it.Right, it.Left, it.Side.Other()
	it.Reason.Args = slices.Clone(it.Reason.Args)
	for i := range it.Reason.Args {
		switch a := &it.Reason.Args[i]; a.Value {
		case instep.Left.String():
			a.Value = instep.Right.String()
		case instep.Right.String():
			a.Value = instep.Left.String()
		}
	}
}
