package model

import (
	"slices"

	"github.com/instep-go/instep"
)

// recover settles writes in doubt by what stands there now.
func (p *planner) recover() {
	for i := 0; i < len(p.m.ties); i++ {
		t := &p.m.ties[i]
		for _, s := range sides {
			switch {
			case !t.doubt[s].open:
			case t.doubt[s].action == instep.Create:
				i -= p.lookForCreated(i, s)
				t = &p.m.ties[max(i, 0)]
				d := &t.doubt[s]
				d.asked = d.asked || d.open && p.rec(t, s.Other()).status != hidden
			default:
				p.settle(t, s)
			}
		}
	}
}

// settle looks at what stands where a write is in doubt.
func (p *planner) settle(t *tie, s instep.Side) {
	d := t.doubt[s]
	r := p.rec(t, s)
	if d.action == instep.Update && r != nil && r.status == hidden {
		return // what it holds is seen when it shows again
	}
	if d.action != instep.Update || r == nil || !r.open() {
		t.doubt[s] = doubt{}
		switch {
		case d.action == instep.Deactivate && r.status == barred:
			t.did[s] = putAside
		case d.action == instep.Delete && r.status == gone:
			t.did[s] = removed
		}
		return
	}
	for _, f := range bothFields {
		v, now := d.set.get(f), r.fields.get(f)
		switch {
		case v == unset || now != v && now != d.before.get(f) && !p.settled(t, s, f):
			continue // a third value: it may be somebody's edit
		case now == v && d.erase:
			t.wiped = !t.met()
			t.base[s].set(f, v)
			t.did[s] = emptied
		case now == v && t.did[s.Other()] != nothing:
			t.base[s].set(f, v) // it was away meanwhile, and its values stand
		case now == v:
			t.base[s].set(f, v)
			t.base[s.Other()].set(f, v)
			t.did = [2]deed{} // those of the record that is back stand by now
		}
		t.doubt[s].set.set(f, unset)
	}
	if t.doubt[s].set == (fields{unset, unset}) {
		t.doubt[s] = doubt{}
	}
}

// settled reports whether a third value needs nobody: both sides hold it, or
// edits of its side do not count, or what was to be written is no edit, as the
// other record has come back.
func (p *planner) settled(t *tie, s instep.Side, f field) bool {
	o := s.Other()
	if _, back := t.returned(); back && p.bend&yields != 0 {
		return true
	}
	if from := p.rec(t, o); from.open() && from.fields.get(f) == p.rec(t, s).fields.get(f) {
		return true
	}
	return !p.owner(f).Owns(s)
}

// lookForCreated finds the record that a create in doubt has made on side s,
// and returns how many ties before the i-th are gone for it. As no values are
// kept, the key to look for is that of the record it was made from: if that has
// another by now, or none that is seen, nobody can tell.
func (p *planner) lookForCreated(i int, s instep.Side) int {
	t := &p.m.ties[i]
	d := t.doubt[s]
	if d.asked {
		return 0
	}
	if from := p.rec(t, s.Other()); !from.open() || from.fields.key != d.set.key {
		return 0
	}
	var found []recordID
	for j := range p.w.sides[s] {
		if r := &p.w.sides[s][j]; r.open() && r.fields.key == d.set.key {
			found = append(found, recordID{s, r.id})
		}
	}
	if len(found) == 0 {
		t.doubt[s] = doubt{}
		t.create, t.back = true, true
		return 0
	}
	at := p.m.of(found[0])
	sent := fields{max(d.set.key, 0), max(d.set.val, 0)}
	if len(found) > 1 || !p.m.ties[at].fresh || !asSent(p.w.find(s, found[0].id).fields, d.set) {
		return 0
	}
	t.ids[s] = found[0].id
	t.base = [2]fields{sent, sent}
	t.keys = [2]int8{sent.key, sent.key}
	t.doubt[s] = doubt{}
	t.made = int8(s) + 1
	t.create = false
	p.m.ties = slices.Delete(p.m.ties, at, at+1)
	if at < i {
		return 1
	}
	return 0
}

// asSent reports whether a record holds what was sent.
func asSent(now, set fields) bool {
	for _, f := range bothFields {
		if v := set.get(f); v != unset && now.get(f) != v {
			return false
		}
	}
	return true
}

// concerns reports whether a tie is a create in doubt that has to do with a key.
// Nothing is joined with what has it meanwhile.
func (p *planner) concerns(t *tie, key int8) bool {
	s, half := t.half()
	d := t.doubt[s.Other()]
	return half && d.open && (d.set.key == key || t.keys[s] == key || p.has(t, s, key))
}
