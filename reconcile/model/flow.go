package model

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// flow compares the fields of two records that are both there.
func (p *planner) flow(a *part) {
	t := &a.before
	for _, s := range sides {
		if p.bend&yields == 0 && (t.did[s] == putAside || t.did[s] == emptied) {
			p.stands(a, s.Other())
			return
		}
	}
	now := [2]fields{p.values(t, instep.Left), p.values(t, instep.Right)}
	base := t.base
	set := [2]fields{{unset, unset}, {unset, unset}}
	for _, f := range bothFields {
		if t.unsure(f) {
			a.ask = true // a third value stands where a write is in doubt
			continue
		}
		v := p.decide(f, now, base)
		if v.ask {
			a.ask = true
		}
		if v.take {
			base[0].set(f, now[0].get(f))
			base[1].set(f, now[1].get(f))
		}
		if v.put {
			set[v.side].set(f, now[v.side.Other()].get(f))
		}
	}
	for _, s := range sides {
		p.put(a, s, set[s])
	}
	if a.held.on && p.bend&heldFlows == 0 {
		a.do = nil // the tie waits as a whole
	}
	a.free = func(t *tie) {
		t.base = base
		t.did = [2]deed{}
		t.alone, t.buried = false, false
	}
}

var sides = [...]instep.Side{instep.Left, instep.Right}

// verdict is what is done with one field.
type verdict struct {
	put  bool // it is written to side
	side instep.Side
	take bool // the bases take over what stands there
	ask  bool
}

// decide is the table of fields: each against the base of its own side.
func (p *planner) decide(f field, now, base [2]fields) verdict {
	if base[0].get(f) == unset || base[1].get(f) == unset {
		return p.met(f, now)
	}
	var edited [2]bool
	for s := range now {
		edited[s] = now[s].get(f) != base[s].get(f)
	}
	equal := now[0].get(f) == now[1].get(f)
	owner := p.owner(f)
	switch {
	case !edited[0] && !edited[1]:
		return verdict{}
	case equal:
		return verdict{take: true}
	case edited[0] && edited[1]:
		if owner == instep.BothOwn {
			return verdict{ask: true}
		}
		return verdict{put: true, side: ownerSide(owner).Other()}
	}
	s := instep.Left
	if edited[1] {
		s = instep.Right
	}
	switch {
	case owner.Owns(s):
		return verdict{put: true, side: s.Other()}
	case p.Drift == reconcile.RevertDrift:
		return verdict{put: true, side: s}
	}
	return verdict{take: true}
}

// met is for a field of two records that were not in step in it since they
// met: the value of the pair's first side stands, but an empty one erases
// nothing.
func (p *planner) met(f field, now [2]fields) verdict {
	v := now[p.First].get(f)
	if v == 0 || v == now[p.First.Other()].get(f) {
		return verdict{take: true}
	}
	return verdict{put: true, side: p.First.Other()}
}

// ownerSide is the side of an owner that is not both.
func ownerSide(o instep.Owner) instep.Side {
	if o == instep.LeftOwns {
		return instep.Left
	}
	return instep.Right
}
