package model

import (
	"slices"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// part is what the rules say of one tie: what becomes of it without any write,
// what is written, and who waits for a person.
type part struct {
	before  tie
	drop    bool        // the tie ends
	gone    instep.Side // with drop or vacated: whose place another record takes
	vacated bool        // the place of the record that is gone is given up
	free    func(*tie)  // what is remembered without a write; nil until planned: nothing
	do      []step      // at most one for each side
	ask     bool        // the records of the tie wait for a person
	held    stuck
	was     tie // as it was when the run began
	anew    tie // before it looked for a new counterpart, if it has left its old one
}

// after is the tie without the writes.
func (a *part) after() tie {
	t := a.before
	t.create = t.create && !a.ask
	t.fresh, t.back = false, t.back && t.create
	a.free(&t)
	t.held = a.held
	return t
}

// step is a write and what is remembered once it is done.
type step struct {
	write
	was   fields // what stood there before
	then  func(*tie)
	erase bool // it empties the record
}

// planner goes by the rules of docs/design.md, section 3, with everything in
// view: the two systems as they are, and what it remembers.
type planner struct {
	Policy
	bend   bend
	w      *world
	m      *notes
	given  [2]keySet // keys that the run gives to records, by side: another one does not get them
	undone bool      // the reply to a write of this run was lost, and it was not carried out before others were planned that depend on it
}

// plan says what one run does: a part for each tie, remembered or new.
func (p *planner) plan() []part {
	p.adoptNew()
	p.recover()
	parts := make([]part, len(p.m.ties))
	for i := range p.m.ties {
		parts[i] = part{before: p.m.ties[i], was: p.m.ties[i]}
	}
	p.replace(parts)
	for i := range parts {
		a := &parts[i]
		s, half := a.before.half()
		switch {
		case a.drop || a.free != nil || a.ask:
		case !half:
			p.linked(a)
		case a.before.doubtful():
			a.ask = a.before.doubt[s.Other()].asked
		}
	}
	p.resettle(parts)
	p.match(parts)
	p.glance(parts)
	return parts
}

// glance remembers the key of each record that shows itself.
func (p *planner) glance(parts []part) {
	for i := range parts {
		free := parts[i].free
		parts[i].free = func(t *tie) {
			if free != nil {
				free(t)
			}
			for _, s := range sides {
				r := p.rec(t, s)
				if r == nil {
					continue
				}
				if r.open() {
					t.keys[s] = r.fields.key
				}
				t.unmatched = t.unmatched && r.status != hidden
				t.missed[s], t.veiled[s] = r.status == gone, r.status == hidden
				t.away[s] = t.did[s] == putAside && (t.away[s] || !r.open())
			}
			t.had = p.hadWaiting(t)
		}
	}
}

// hadWaiting are the keys that a record was seen with while it waits because of
// a create in doubt.
func (p *planner) hadWaiting(t *tie) keySet {
	s, half := t.half()
	d := t.doubt[s.Other()]
	if !half || !t.judged && !d.asked {
		return 0
	}
	return t.had.with(t.keys[s])
}

// rec returns the record of a tie's side, or nil.
func (p *planner) rec(t *tie, s instep.Side) *record { return p.w.find(s, t.ids[s]) }

// adoptNew remembers every record that nothing is known of.
func (p *planner) adoptNew() {
	for s := range p.w.sides {
		for i := range p.w.sides[s] {
			r := &p.w.sides[s][i]
			id := recordID{instep.Side(s), r.id}
			if r.open() && p.m.of(id) < 0 {
				t := tie{fresh: true}
				t.ids[s], t.keys[s] = r.id, r.fields.key
				p.m.ties = append(p.m.ties, t)
			}
		}
	}
}

// linked says what is done with two records that belong together.
func (p *planner) linked(a *part) {
	t := &a.before
	l, r := p.rec(t, instep.Left), p.rec(t, instep.Right)
	switch {
	case p.stuck(t) && p.erases(t):
		a.ask, a.held = true, t.held
	case l.status == hidden || r.status == hidden:
		p.frozen(a)
	case l.here() && r.here():
		p.flow(a)
	case l.here():
		p.lonely(a, instep.Left)
	case r.here():
		p.lonely(a, instep.Right)
	default:
		a.free = func(t *tie) { t.buried, t.alone = true, false }
	}
}

// erases reports whether one record is hidden and the other is to be emptied
// for it, and is not empty.
func (p *planner) erases(t *tie) bool {
	return slices.ContainsFunc(sides[:], func(s instep.Side) bool {
		r := p.rec(t, s)
		return p.rec(t, s.Other()).status == hidden && p.Hidden[s] == reconcile.EraseHidden && r.open() && r.fields.val != 0
	})
}

// stuck reports whether a key was not carried over, its record did not change
// since, and that is taken for the end of it.
func (p *planner) stuck(t *tie) bool {
	if p.bend&heldStays == 0 || !t.held.on {
		return false
	}
	r := p.rec(t, t.held.side)
	return r.open() && r.fields == t.held.was
}

// values gives what a side holds.
func (p *planner) values(t *tie, s instep.Side) fields { return p.rec(t, s).fields }

// put plans the writing of what is set to side s, unless it is a key that
// another record there holds: then a person is asked.
func (p *planner) put(a *part, s instep.Side, set fields) {
	if set == (fields{unset, unset}) {
		return
	}
	id := a.before.ids[s]
	switch {
	case p.stuck(&a.before):
		a.ask, a.held = true, a.before.held
		return
	case set.key > 0 && (p.held(s, set.key, id) || p.given[s].has(set.key)):
		a.ask = true
		a.held = stuck{true, s.Other(), p.values(&a.before, s.Other())}
		return
	}
	was := p.values(&a.before, s)
	a.do = append(a.do, step{write{s, instep.Update, id, set}, was, func(t *tie) {
		for _, f := range bothFields {
			if v := set.get(f); v != unset {
				t.base[s].set(f, v)
				t.base[s.Other()].set(f, v)
			}
		}
		if set.key != unset {
			t.keys[s] = set.key
		}
	}, false})
	p.given[s] = p.given[s].with(set.key)
}

// held reports whether another record of side s that shows itself has the key.
func (p *planner) held(s instep.Side, key int8, but int) bool {
	return slices.ContainsFunc(p.w.sides[s], func(r record) bool {
		return r.open() && r.id != but && r.fields.key == key
	})
}
