package model

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// frozen says what is done where one of two records is hidden: nothing flows,
// and the other may be set out of use or emptied, once.
func (p *planner) frozen(a *part) {
	t := &a.before
	for _, s := range sides {
		r := p.rec(t, s)
		if !r.open() || p.rec(t, s.Other()).status != hidden {
			continue
		}
		switch {
		case p.Hidden[s] == reconcile.DeactivateHidden && !p.done(t, s, putAside):
			p.bar(a, s, r)
		case p.Hidden[s] == reconcile.EraseHidden && !p.done(t, s, emptied):
			p.empty(a, s, r)
		}
	}
}

// done reports whether a record was already set out of use or emptied: that is
// done once.
func (p *planner) done(t *tie, s instep.Side, what deed) bool {
	return t.did[s] == what && (p.bend&barsAgain == 0 || !t.away[s])
}

// bar sets a record out of use, unless it is.
func (p *planner) bar(a *part, s instep.Side, r *record) {
	done := func(t *tie) { t.did[s] = putAside }
	if r.status == barred {
		a.free = done
		return
	}
	a.do = append(a.do, step{write{s, instep.Deactivate, r.id, fields{unset, unset}}, r.fields, done, false})
}

// empty takes away the value of a record.
func (p *planner) empty(a *part, s instep.Side, r *record) {
	done := func(t *tie) { t.did[s] = emptied; t.base[s].val = 0 }
	if r.fields.val == 0 {
		a.free = done
		return
	}
	a.do = append(a.do, step{write{s, instep.Update, r.id, fields{unset, 0}}, r.fields, func(t *tie) {
		t.wiped = !t.met()
		done(t)
	}, true})
}

// lonely says what is done with a record of side s whose counterpart is gone.
func (p *planner) lonely(a *part, s instep.Side) {
	t := &a.before
	r := p.rec(t, s)
	switch {
	case t.alone:
		a.free = func(*tie) {}
		return
	case t.buried || t.did[0] == removed || t.did[1] == removed:
		p.makeAnew(a, s)
		return
	case !t.met():
		a.ask = true // nothing is decided from one of them alone
		return
	}
	if p.edited(t, s) {
		switch p.EditedGone {
		case reconcile.ReviewEdited:
			a.ask = true
			return
		case reconcile.RecreateEdited:
			p.makeAnew(a, s)
			return
		}
	}
	switch p.Deletes[s] {
	case reconcile.UnlinkDeleted:
		a.free = func(t *tie) { t.alone = true }
	case reconcile.DeactivateDeleted:
		if !p.done(t, s, putAside) {
			p.bar(a, s, r)
		}
	case reconcile.DeleteDeleted:
		a.do = append(a.do, step{write{s, instep.Delete, r.id, fields{unset, unset}}, r.fields,
			func(t *tie) { t.did[s] = removed }, false})
	}
}

// edited reports whether a record has an edit that counts: of a field that its
// side owns.
func (p *planner) edited(t *tie, s instep.Side) bool {
	r := p.rec(t, s)
	for _, f := range bothFields {
		if p.owner(f).Owns(s) && t.edited(s, f, r.fields) {
			return true
		}
	}
	return false
}

// makeAnew takes leave of what is gone: the record of side s looks for a
// counterpart as if it were new, and gets one.
func (p *planner) makeAnew(a *part, s instep.Side) {
	t := tie{create: true, back: true}
	t.ids[s], t.keys[s] = a.before.ids[s], a.before.keys[s]
	a.before, a.anew = t, t
}

// create makes a counterpart of the tie's record of side s, unless another
// record there holds its key by now.
func (p *planner) create(a *part, s instep.Side) {
	o := s.Other()
	f := p.values(&a.before, s)
	set := sparse(f)
	a.do = append(a.do, step{write{o, instep.Create, 0, set}, fields{}, func(t *tie) {
		t.base = [2]fields{f, f}
		t.keys = [2]int8{f.key, f.key}
		t.did = [2]deed{}
		t.made = int8(o) + 1
		t.create, t.back, t.buried, t.unmatched = false, false, false, false
	}, false})
}

// sparse is what a create sends: where there is nothing to carry over, nothing.
func sparse(f fields) fields {
	for _, x := range bothFields {
		if f.get(x) == 0 {
			f.set(x, unset)
		}
	}
	return f
}
