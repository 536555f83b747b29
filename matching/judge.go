package matching

import (
	"slices"

	"github.com/instep-go/instep"
)

var sides = [2]instep.Side{instep.Left, instep.Right}

// code is what was found out about a node. Of several doubts about a node the
// first in this order is told.
type code uint8

const (
	alone code = iota
	matched
	contradiction
	heldElsewhere
	sameKey
	ambiguous
	linkedElsewhere
	numberOnly
	proposed
	dropped // it does not count
)

var codeNames = [...]string{
	contradiction: "contradiction", heldElsewhere: "held_elsewhere", sameKey: "same_key", ambiguous: "ambiguous",
	linkedElsewhere: "linked_elsewhere", numberOnly: "number_only", proposed: "proposed", dropped: "",
}

// group is what nodes with one key in common come to.
type group struct {
	rank  uint8
	flags uint8 // that at least one of the keys has
	many  bool  // nodes may be in several groups of the rank
	ref   int32 // the worker's number of the group, once it is in doubt; -1 before
	nodes []int32
}

// alone reports whether the key should be that of one record of a side alone.
func (g *group) alone() bool { return g.rank == 1 || g.flags&strong != 0 }

// judgeRank judges all groups of a rank.
func (x *resolver) judgeRank(k uint8) {
	rk := x.ranks[k]
	x.parts.split(rk.keys, x.spread(k), x.withKey(k))
	workers := x.workers
	if rk.many { // then a node can be in two groups
		workers = workers[:1]
	}
	x.parts.groups(workers, func(w *worker, hash uint64, nodes []int32) {
		g := group{rank: k, flags: rk.any, many: rk.many, ref: -1, nodes: nodes}
		if rk.any != rk.all {
			g.flags = x.flags(k, hash, nodes)
		}
		x.judge(w, &g)
	})
	if rk.many {
		x.listGroups(k)
	}
}

// flags returns those that at least one of the nodes' keys has.
func (x *resolver) flags(k uint8, hash uint64, nodes []int32) uint8 {
	var flags uint8
	for _, n := range nodes {
		ks := x.keysOf(n)
		if i, ok := ks.has(k, hash); ok {
			_, own := ks.kind(i)
			flags |= own
		}
	}
	return flags
}

// judge decides about one group.
func (x *resolver) judge(w *worker, g *group) {
	if ns := g.nodes; len(ns) == 2 && ns[0] < x.left && ns[1] >= x.left && x.found[ns[0]].code == alone && x.found[ns[1]].code == alone {
		x.meet(w, g, ns[0], ns[1]) // by far the most common
		return
	}
	x.sort(w, g)
	l, r := w.open[instep.Left], w.open[instep.Right]
	switch {
	case len(l) == 1 && len(r) == 1:
		x.meet(w, g, l[0], r[0])
	case len(l) > 0 && len(r) > 0:
		x.doubt(w, g, ambiguous, 0, l...)
		x.doubt(w, g, ambiguous, 0, r...)
	case g.alone() && len(l)+len(r) > 1:
		x.doubt(w, g, sameKey, 0, l...)
		x.doubt(w, g, sameKey, 0, r...)
	}
}

// sort tells the nodes of a group apart: those still open from those that an
// earlier rank settled. What has the key of one of these may be the same once
// more, and so is in doubt.
func (x *resolver) sort(w *worker, g *group) {
	elsewhere := [2]code{ambiguous, ambiguous}
	for _, s := range sides {
		w.open[s], w.taken[s] = w.open[s][:0], w.taken[s][:0]
	}
	for _, n := range g.nodes {
		s, _ := x.sideOf(n)
		switch f := &x.found[n]; {
		case f.code == alone || f.rank == g.rank:
			w.open[s] = append(w.open[s], n)
		default:
			w.taken[s] = append(w.taken[s], n)
			if f.code == matched {
				elsewhere[s] = linkedElsewhere
			}
		}
	}
	for _, s := range sides {
		switch {
		case g.alone() && len(w.taken[s]) > 0:
			x.doubt(w, g, sameKey, 0, w.open[s]...)
		case len(w.taken[s.Other()]) > 0:
			x.doubt(w, g, elsewhere[s.Other()], 0, w.open[s]...)
		default:
			continue
		}
		w.open[s] = w.open[s][:0]
	}
}

// meet decides about two nodes that alone have a key in common.
func (x *resolver) meet(w *worker, g *group, l, r int32) {
	if c, against := x.objection(g, l, r); c != alone {
		x.doubt(w, g, c, against, l, r)
		return
	}
	a, b := &x.found[l], &x.found[r]
	if g.many && (a.code != alone && (a.code != matched || a.ref != r) || b.code != alone && (b.code != matched || b.ref != l)) {
		x.doubt(w, g, ambiguous, 0, l, r) // another key of this rank says otherwise
		return
	}
	*a, *b = finding{ref: r, code: matched, rank: g.rank}, finding{ref: l, code: matched, rank: g.rank}
}

// doubt notes that nodes of the group need a person.
func (x *resolver) doubt(w *worker, g *group, c code, against uint8, nodes ...int32) {
	if len(nodes) == 0 {
		return
	}
	if g.ref < 0 && !g.many {
		g.ref = w.note(g.nodes)
	}
	for _, n := range nodes {
		f := &x.found[n]
		if f.code == matched { // by another key of this rank
			x.found[f.ref] = finding{code: ambiguous, rank: g.rank}
			f.code = ambiguous
		}
		if f.code == alone || c < f.code || c == f.code && against < f.against {
			*f = finding{ref: g.ref, code: c, rank: g.rank, against: against, worker: w.number}
		}
	}
}

// note keeps the members of a group in doubt and returns its number.
func (w *worker) note(nodes []int32) int32 {
	w.members = append(w.members, nodes...)
	w.ends = append(w.ends, uint32(len(w.members)))
	return int32(len(w.ends) - 1)
}

// objection says what speaks against joining two nodes, and which rank; alone
// if nothing does.
func (x *resolver) objection(g *group, l, r int32) (c code, against uint8) {
	if x.careful {
		a, b := x.keysOf(l), x.keysOf(r)
		if k, yes := contradicts(a, b); yes {
			return contradiction, k
		}
		if k, yes := x.heldByOthers(a, b); yes {
			return heldElsewhere, k
		}
		if g.flags&weak != 0 && !supported(a, b, g.rank) {
			return numberOnly, 0
		}
	}
	if g.flags&propose != 0 {
		return proposed, 0
	}
	return alone, 0
}

// contradicts reports whether two records have strong keys of one rank and
// none of them is the same, and which is the first such rank.
func contradicts(l, r keys) (against uint8, yes bool) {
	for i := l.from; i < l.to; i++ {
		k, flags := l.kind(i)
		if flags&strong != 0 && (!yes || k < against) && differ(l, r, k) {
			against, yes = k, true
		}
	}
	return against, yes
}

// differ reports whether both have strong keys of the rank, but none in common.
func differ(l, r keys, k uint8) bool {
	both := false
	for i := l.from; i < l.to; i++ {
		if own, flags := l.kind(i); own != k || flags&strong == 0 {
			continue
		}
		for j := r.from; j < r.to; j++ {
			if other, flags := r.kind(j); other == k && flags&strong != 0 {
				if l.hash(i) == r.hash(j) {
					return false
				}
				both = true
			}
		}
	}
	return both
}

// heldByOthers reports whether the two have weak keys that differ, and one of
// these is that of another record of the other side.
func (x *resolver) heldByOthers(l, r keys) (against uint8, yes bool) {
	if x.others[l.side].n == 0 {
		return 0, false
	}
	for i := l.from; i < l.to; i++ {
		k, flags := l.kind(i)
		if flags&weak == 0 || yes && k >= against {
			continue
		}
		for j := r.from; j < r.to; j++ {
			other, _ := r.kind(j)
			if other == k && l.hash(i) != r.hash(j) && (x.third(l, i, r) || x.third(r, j, l)) {
				against, yes = k, true
			}
		}
	}
	return against, yes
}

// third reports whether a record of the other side than a's has the key i of a,
// not counting b.
func (x *resolver) third(a keys, i uint32, b keys) bool {
	n := x.others[a.side].at(i)
	k, _ := a.kind(i)
	if _, own := b.has(k, a.hash(i)); own {
		return n > 1
	}
	return n > 0
}

// supported reports whether the two have a key of another rank in common.
func supported(l, r keys, k uint8) bool {
	for i := l.from; i < l.to; i++ {
		if own, _ := l.kind(i); own != k {
			if _, same := r.has(own, l.hash(i)); same {
				return true
			}
		}
	}
	return false
}

// listGroups keeps, for each node that is in doubt at a rank of which records
// have several keys, all groups it is in.
func (x *resolver) listGroups(k uint8) {
	w := &x.workers[0]
	lists := map[int32][]int32{}
	x.parts.groups(x.workers[:1], func(_ *worker, _ uint64, nodes []int32) {
		ref := int32(-1)
		for _, n := range nodes {
			if f := x.found[n]; f.rank != k || f.code <= matched {
				continue
			}
			if ref < 0 {
				ref = w.note(nodes)
			}
			lists[n] = append(lists[n], ref)
		}
	})
	for n, refs := range lists {
		x.found[n].ref = refs[0]
		if len(refs) > 1 {
			x.more[n] = slices.Clip(refs)
		}
	}
}
