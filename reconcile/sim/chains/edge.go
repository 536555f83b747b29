package chains

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// edge is one pair of systems.
type edge struct {
	w      *world
	by     *process
	port   [2]*port
	pair   reconcile.Pair
	loaded time.Time // when its first load was over; zero: it is not
}

// join makes the systems of a shape, the pairs between them, and the processes
// that run these.
func (w *world) join(shape Shape) {
	most := 0
	for _, j := range joins[shape] {
		most = max(most, j[0], j[1])
	}
	for n := range most + 1 {
		k := draw(w.rnd)
		w.sys = append(w.sys, newSystem(w, n, k))
		w.res.Lossy = w.res.Lossy || k.lossy()
		w.res.Styles[k.style]++
		w.log("%s is %s %+v", systemNames[n], k.style, k)
	}
	for n := range w.sys {
		w.hops = max(w.hops, slices.Max(w.distances([]int{n})))
	}
	w.drawOwners(joins[shape])
	for n, j := range joins[shape] {
		if w.rnd.IntN(2) == 0 {
			j[0], j[1] = j[1], j[0]
		}
		w.edges = append(w.edges, w.newEdge(n, w.sys[j[0]], w.sys[j[1]]))
	}
	w.staff()
}

// drawOwners chooses who owns the fields: all, one system, or two that are
// joined.
func (w *world) drawOwners(all [][2]int) {
	for _, rule := range []int{priceRule, noteRule} {
		switch j := all[w.rnd.IntN(len(all))]; w.rnd.IntN(4) {
		case 0:
			w.owners[rule] = []int{w.rnd.IntN(len(w.sys))}
		case 1:
			w.owners[rule] = []int{j[0], j[1]}
		}
	}
}

func (w *world) newEdge(n int, l, r *system) *edge {
	e := &edge{w: w}
	var rules []instep.Rule
	for i, name := range ruleNames {
		rules = append(rules, instep.Rule{
			Name: name, Left: instep.End{Field: l.fields[i]}, Right: instep.End{Field: r.fields[i]}, Owner: w.wantsOwner(i, l, r),
		})
	}
	rules[keyRule].Match = &instep.Match{Rank: 1}
	for s, y := range []*system{l, r} {
		e.port[s] = &port{system: y, e: e, side: instep.Side(s), looks: map[string]time.Time{}}
	}
	e.pair = reconcile.Pair{
		Name: fmt.Sprintf("%d-%s-%s", n, l.name, r.name), Left: e.port[0], Right: e.port[1],
		Mapping: instep.Mapping{Rules: rules}, First: instep.Side(w.rnd.IntN(2)), Drift: reconcile.DriftPolicy(w.rnd.IntN(2)),
		EditedGone: reconcile.EditedGonePolicy(w.rnd.IntN(3)), SweepEvery: time.Duration(1+w.rnd.IntN(48)) * time.Hour,
	}
	if w.rnd.IntN(4) == 0 {
		e.pair.Flow = instep.Direction(w.rnd.IntN(3))
	}
	for s := range e.pair.Deletes {
		e.pair.Deletes[s] = drawDeletes(w.rnd)
	}
	w.log("pair %s first %s flow %s drift %d deletes %v edited gone %d", e.pair.Name, e.pair.First, e.pair.Flow, e.pair.Drift, e.pair.Deletes, e.pair.EditedGone)
	for _, r := range rules {
		w.log("  rule %s owner %s", r.Name, r.Owner)
	}
	return e
}

// drawDeletes chooses what follows from a deletion: mostly another one.
func drawDeletes(rnd *rand.Rand) reconcile.DeletePolicy {
	if rnd.IntN(10) < 7 {
		return reconcile.DeleteDeleted
	}
	return reconcile.DeletePolicy(rnd.IntN(3))
}

// rule returns a rule of the pair.
func (e *edge) rule(i int) *instep.Rule { return &e.pair.Mapping.Rules[i] }

// linkOf returns the link that a record of a side is in, if any.
func (e *edge) linkOf(s instep.Side, id string) (link instep.Link, ok bool) {
	var known [1]instep.Known
	if err := e.by.store.Store.Lookup(context.Background(), e.pair.Name, s, []string{id}, known[:]); err != nil || known[0].Link == 0 {
		return link, false
	}
	links, err := e.by.store.Store.Links(context.Background(), e.pair.Name, []instep.LinkID{known[0].Link})
	if err != nil {
		e.w.violate("world", "%v", err)
		return link, false
	}
	return links[0], true
}

// counterpart returns the row that a row of side s is linked with, else the one
// that stands for the same thing, and whether the two are still meeting. What was
// made under the id of the linked one after sent is none for a write that was on
// its way by then: its engine could not have looked at it.
func (e *edge) counterpart(s instep.Side, r *row, sent time.Time) (c *row, meeting bool) {
	other := e.port[s.Other()]
	if link, ok := e.linkOf(s, r.id); ok {
		if _, half := link.Half(); !half {
			return other.foundBy(link.Sides[s.Other()].ID, sent), link.Meeting
		}
	}
	return other.rowOf(r.entity), true
}
