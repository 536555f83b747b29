package model

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// flow compares the fields of two records that are both there.
func (p *planner) flow(a *part) {
	t := &a.before
	now := [2]fields{p.values(t, instep.Left), p.values(t, instep.Right)}
	base, drift := t.base, t.drift
	set := [2]fields{{unset, unset}, {unset, unset}}
	for _, f := range bothFields {
		if t.unsure(f) {
			a.ask = true // a third value stands where a write is in doubt
			continue
		}
		v := p.verdict(t, f, now)
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
		if v.put || v.take {
			drift[f] = v.drift
		}
	}
	for _, s := range sides {
		p.put(a, s, set[s])
	}
	if a.held.on && p.bend&heldFlows == 0 {
		a.do = nil // the tie waits as a whole
	}
	free := func(t *tie) {
		for _, f := range bothFields {
			if set[0].get(f) == unset && set[1].get(f) == unset {
				t.base[0].set(f, base[0].get(f))
				t.base[1].set(f, base[1].get(f))
			}
		}
		t.did, t.drift = [2]deed{}, drift
		t.alone, t.buried = false, false
	}
	if _, back := t.returned(); !back || len(a.do) == 0 {
		a.free = free
		return
	}
	for i := range a.do { // until then it goes on to stand
		then := a.do[i].then
		a.do[i].then = func(t *tie) { free(t); then(t) }
	}
}

// known reports whether it was known once what a field holds on both sides.
func (t *tie) known(f field) bool { return t.base[0].get(f) != unset && t.base[1].get(f) != unset }

// edited reports whether a field is another than it was known to be.
func (t *tie) edited(s instep.Side, f field, now fields) bool {
	base := t.base[s].get(f)
	return base != unset && base != now.get(f)
}

// returned reports whether one of two records was set out of use or emptied
// because of the other, which is back, and which side that one is of.
func (t *tie) returned() (instep.Side, bool) {
	for _, s := range sides {
		if t.did[s] == putAside || t.did[s] == emptied {
			return s.Other(), true
		}
	}
	return 0, false
}

// verdict says what is done with one field. Those of a record that is back
// stand, also where they are empty.
func (p *planner) verdict(t *tie, f field, now [2]fields) verdict {
	s, back := t.returned()
	edited := t.edited(instep.Left, f, now[0]) || t.edited(instep.Right, f, now[1])
	switch {
	case p.bend&asksMet != 0 && back && !t.known(f) && now[0].get(f) != now[1].get(f):
		return verdict{ask: true}
	case !back || !t.met() || edited && p.bend&yields != 0:
		return p.decide(f, now, t.base)
	case now[0].get(f) == now[1].get(f):
		return verdict{take: true}
	case t.drift[f] && !edited:
		return verdict{}
	case !p.owner(f).Owns(s):
		s = s.Other()
	}
	return verdict{put: true, side: s.Other()}
}

var sides = [...]instep.Side{instep.Left, instep.Right}

// verdict is what is done with one field.
type verdict struct {
	put   bool // it is written to side
	side  instep.Side
	take  bool // the bases take over what stands there
	drift bool // with take: the sides go on to differ, as the field is another's
	ask   bool
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
	return verdict{take: true, drift: true}
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
