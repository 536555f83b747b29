package sim

import (
	"fmt"
	"slices"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// This file is a planner for one record a side, written from the rules alone:
// it sees values, remembers bases as values, and knows nothing of hashes,
// marks and intents. What it says is compared with what the engine does.

// situated is where the record of one side is.
type situated uint8

const (
	absent situated = iota
	present
	barred // there, but out of use
	hidden
	deleted
)

func (p situated) there() bool { return p == present || p == barred }

// pairState is what is known of the two records.
type pairState struct {
	at      [2]situated
	value   [2][2]string // by side and field
	linked  bool
	meeting bool // linked, but the first side's values are not all over yet
	base    [2][2]string
	drifted [2]bool // by field
	parted  bool    // the deletion of one ended the link
	loaded  bool    // the first load is over
	owed    bool    // the first load was to make a counterpart, and could not yet
	known   [2]bool // the record was seen before
	unsure  bool    // linked by a create whose reply nobody read
	met     [2]bool // by field, once both were the same: it has its base
	doubt   doubt
	clash   [2]bool // by field, what it holds is neither what was there nor what was sent
	retired [2]bool // set out of use by us while the other one is away
	asked   bool    // a person was asked what became of a create
}

// doubt is a write of which nobody knows whether it was carried out.
type doubt struct {
	on, create bool
	side       instep.Side
	set        [2]bool
	was, sent  [2]string
}

// rules are what the two records are to be kept in step by.
type rules struct {
	owner   [2]instep.Owner // by field
	drift   reconcile.DriftPolicy
	deletes [2]reconcile.DeletePolicy
	edited  reconcile.EditedGonePolicy
	hidden  reconcile.HiddenPolicy
	first   instep.Side
	flow    instep.Direction
}

// wanted is a write that the rules ask for.
type wanted struct {
	side   instep.Side
	action instep.Action
	set    [2]bool // by field
	value  [2]string
}

// String tells the write.
func (w wanted) String() string {
	if w.action != instep.Create && w.action != instep.Update {
		return fmt.Sprintf("%s %s", w.action, w.side)
	}
	return fmt.Sprintf("%s %s %q", w.action, w.side, w.value)
}

// verdict is what the rules say: the writes, whether a person must look, and
// what is known afterwards even if nothing is written.
type verdict struct {
	writes []wanted
	review bool
	noted  pairState
}

// consult says what is to be done about two records.
func consult(p pairState, r *rules) verdict {
	if p.unsure && p.linked {
		p = foundOut(p)
	}
	p = p.settle()
	v := p.consult(r)
	v.noted.loaded = true
	for s := range p.at {
		v.noted.known[s] = v.noted.known[s] || p.at[s].there()
		v.noted.retired[s] = v.noted.retired[s] && p.at[s] != hidden // shown again it is another matter
	}
	return v
}

// foundOut is what can be known of a create in doubt: what was made and is
// gone, or hidden, cannot be told from what was never made.
func foundOut(p pairState) pairState {
	p.unsure = false
	for s := range p.at {
		if !p.known[s] && !p.at[s].there() {
			p.linked, p.at[s] = false, absent
		}
	}
	return p
}

// settle finds out what became of a write in doubt. What holds another value
// than before and than sent was edited before or after it: nobody can tell.
func (p pairState) settle() pairState {
	d := p.doubt
	if !d.on || !p.at[d.side].there() {
		return p
	}
	if d.create {
		p.doubt.on = p.value[d.side] != d.sent && !p.linked
		return p
	}
	p.doubt.on = false
	for f := range 2 {
		switch now := p.value[d.side][f]; {
		case !d.set[f] || now == d.was[f]:
		case now == d.sent[f]:
			p.base[0][f], p.base[1][f], p.drifted[f] = now, now, false
		default:
			p.clash[f] = true
		}
	}
	return p
}

func (p pairState) consult(r *rules) verdict {
	if p.doubt.on && p.doubt.create && (p.asked || p.at[p.doubt.side].there()) {
		// It may be the one that was created, and a question stays until it is answered.
		noted := p
		noted.asked = true
		return verdict{review: true, noted: noted}
	}
	if !p.linked {
		return strangers(p, r)
	}
	l, o := p.at[0], p.at[1]
	switch {
	case l.there() && o.there():
		return fields(p, r)
	case l == hidden || o == hidden:
		return p.away(r)
	case !l.there() && !o.there():
		return verdict{noted: p}
	case l.there():
		return p.gone(instep.Right, r)
	}
	return p.gone(instep.Left, r)
}

// strangers is about records that are not linked.
func strangers(p pairState, r *rules) verdict {
	l, o := p.at[0].there(), p.at[1].there()
	switch {
	case l && o && p.parted:
		p.linked, p.parted = true, false // it came back under the id it had
		return fields(p, r)
	case l && o:
		p.linked, p.meeting = true, true
		return fields(p, r)
	case p.parted || !l && !o:
		return verdict{noted: p}
	}
	from := instep.Left
	if o {
		from = instep.Right
	}
	to := from.Other()
	p.owed = p.owed || !p.loaded && r.first == from
	if p.at[to] == hidden && p.known[to] {
		return verdict{review: true, noted: p} // it may be the one that is withdrawn
	}
	if !r.flow.Allows(to) && !p.owed {
		return verdict{noted: p}
	}
	return verdict{writes: []wanted{p.create(from)}, noted: p}
}

// create is the write that makes the record of side from on the other side.
func (p pairState) create(from instep.Side) wanted {
	return wanted{side: from.Other(), action: instep.Create, set: [2]bool{true, true}, value: p.value[from]}
}

// fields is about two linked records that are both there.
func fields(p pairState, r *rules) verdict {
	var v verdict
	writes := [2]wanted{{side: 0, action: instep.Update}, {side: 1, action: instep.Update}}
	for f := range 2 {
		to, write, review := p.field(f, r)
		v.review = v.review || review
		if write {
			writes[to].set[f], writes[to].value[f] = true, p.value[to.Other()][f]
		}
	}
	for _, w := range writes {
		if w.set[0] || w.set[1] {
			v.writes = append(v.writes, w)
		}
	}
	p.meeting = p.meeting && (len(v.writes) > 0 || v.review)
	p.retired = [2]bool{}
	v.noted = p
	return v
}

// field is about one field of two records that are both there. It takes down
// what is known without a write.
func (p *pairState) field(f int, r *rules) (to instep.Side, write, review bool) {
	l, o := p.value[0][f], p.value[1][f]
	if l == o {
		p.base[0][f], p.base[1][f], p.drifted[f], p.met[f], p.clash[f] = l, o, false, true, false
		return 0, false, false
	}
	// On a first meeting the first side's value would stand once, also against the owner's.
	if p.clash[f] && (r.owner[f] == instep.BothOwn || p.meeting && !p.met[f] && r.owner[f].Owns(r.first.Other())) {
		return 0, false, true
	}
	if p.meeting && !p.met[f] {
		return r.first.Other(), true, false
	}
	changed := [2]bool{l != p.base[0][f], o != p.base[1][f]}
	switch owner := r.owner[f]; {
	case changed[0] && changed[1] && owner == instep.BothOwn:
		return 0, false, true
	case changed[0] && owner.Owns(instep.Left):
		return instep.Right, true, false
	case changed[1] && owner.Owns(instep.Right):
		return instep.Left, true, false
	case changed[0] || changed[1]:
		s := instep.Left
		if changed[1] {
			s = instep.Right
		}
		if r.drift == reconcile.RevertDrift {
			return s, true, false
		}
		p.base[s][f], p.drifted[f] = p.value[s][f], true
	}
	return 0, false, false
}

// away is about linked records of which one is withdrawn from us.
func (p pairState) away(r *rules) verdict {
	v := verdict{noted: p}
	for s := range p.at {
		// A user who puts it into use again meanwhile knows why.
		if p.at[1-s] == hidden && p.at[s] == present && !p.retired[s] && r.hidden == reconcile.DeactivateHidden {
			v.writes = append(v.writes, wanted{side: instep.Side(s), action: instep.Deactivate})
		}
	}
	return v
}

// gone is about linked records of which that of side s was deleted.
func (p pairState) gone(s instep.Side, r *rules) verdict {
	left := s.Other()
	if p.meeting { // the two were never in step: nobody can tell what was edited
		return verdict{review: true, noted: p}
	}
	if p.edited(left, r) {
		switch r.edited {
		case reconcile.ReviewEdited:
			return verdict{review: true, noted: p}
		case reconcile.RecreateEdited:
			return verdict{writes: []wanted{p.create(left)}, noted: p}
		}
	}
	v := verdict{noted: p}
	switch r.deletes[left] {
	case reconcile.UnlinkDeleted:
		v.noted.linked, v.noted.parted = false, true
	case reconcile.DeactivateDeleted:
		if p.at[left] == present && !p.retired[left] {
			v.writes = []wanted{{side: left, action: instep.Deactivate}}
		}
	case reconcile.DeleteDeleted:
		v.writes = []wanted{{side: left, action: instep.Delete}}
	}
	return v
}

// edited reports whether the record of side s has an edit that counts.
func (p pairState) edited(s instep.Side, r *rules) bool {
	for f := range 2 {
		if !p.meeting && p.value[s][f] != p.base[s][f] && r.owner[f].Owns(s) {
			return true
		}
	}
	return false
}

// carryOut is what is known when a write was carried out.
func carryOut(p pairState, w wanted) pairState {
	from := w.side.Other()
	switch w.action {
	case instep.Create:
		p.at[w.side], p.linked, p.parted, p.meeting, p.owed = present, true, false, false, false
		p.drifted, p.known[w.side] = [2]bool{}, true
		p.doubt, p.clash, p.retired = doubt{}, [2]bool{}, [2]bool{} // what was in doubt was about the one before
	case instep.Delete:
		p.at[w.side] = deleted
		return p
	case instep.Deactivate:
		p.at[w.side], p.retired[w.side] = barred, true
		return p
	}
	for f := range 2 {
		if w.set[f] {
			p.value[w.side][f] = w.value[f]
			p.base[w.side][f], p.base[from][f], p.drifted[f], p.met[f] = w.value[f], w.value[f], false, true
		}
	}
	p.meeting = p.meeting && !(p.settled(0) && p.settled(1))
	return p
}

// settled reports whether a field has its base, and nobody has to decide about
// it.
func (p pairState) settled(f int) bool {
	return p.value[0][f] == p.value[1][f] || p.met[f] && p.drifted[f]
}

// equal reports whether two lists of writes are the same, in any order.
func equalWrites(a, b []wanted) bool {
	if len(a) != len(b) {
		return false
	}
	for _, w := range a {
		if !slices.Contains(b, w) {
			return false
		}
	}
	return true
}
