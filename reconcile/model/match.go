package model

import (
	"slices"

	"github.com/instep-go/instep"
)

// replace lets records take the places of those that are gone. It comes first,
// as nobody else does then.
func (p *planner) replace(parts []part) {
	for i := range parts {
		asked := parts[i].ask
		s, key, ok := p.single(parts, i)
		switch {
		case ok && !p.quiet(&parts[i], s):
			p.succeed(parts, i, s, key)
		case parts[i].ask && !asked && (parts[i].before.fresh || p.bend&placeGiven != 0):
			p.vacate(parts, s, key)
		}
	}
}

// resettle lets records that are to get a new counterpart take the places of
// those that are gone.
func (p *planner) resettle(parts []part) {
	for i := range parts {
		if s, key, ok := p.single(parts, i); ok && parts[i].anew.create {
			p.succeed(parts, i, s, key)
		}
	}
}

// match says what is done with records that have no counterpart.
func (p *planner) match(parts []part) {
	for i := range parts {
		p.involve(parts, i)
	}
	for i := range parts {
		if s, key, ok := p.single(parts, i); ok {
			p.meet(parts, i, s, key)
		}
	}
}

// involve has people look at all that has the key of a record which waits for
// what becomes of a create in doubt.
func (p *planner) involve(parts []part, i int) {
	a := &parts[i]
	s, half := a.before.half()
	if r := p.rec(&a.before, s); half && a.before.judged && r.open() {
		v := p.around(parts, r.fields.key)
		p.askAll(parts, v)
		p.judge(parts, v)
	}
}

// judge has the records that people were asked about wait for the answer,
// whatever becomes of them.
func (p *planner) judge(parts []part, v rivals) {
	for _, i := range slices.Concat(v.free[0], v.free[1]) {
		t := &parts[i].before
		t.judged = t.judged || parts[i].ask && !t.doubtful()
	}
}

// quiet reports whether a record that nothing was to be made for is as it was.
func (p *planner) quiet(a *part, s instep.Side) bool {
	return a.before.unmatched && p.rec(&a.before, s).fields == a.before.base[s]
}

// single reports whether a part is about a record that looks for a
// counterpart, with its side and key.
func (p *planner) single(parts []part, i int) (instep.Side, int8, bool) {
	a := &parts[i]
	s, half := a.before.half()
	if !half || a.drop || a.ask || a.before.alone || a.free != nil || a.before.doubtful() {
		return 0, 0, false
	}
	r := p.rec(&a.before, s)
	if p.bend&crowdFree != 0 && a.before.crowded {
		a.before.judged, a.before.crowded = false, false
	}
	if a.ask = a.before.judged || r.open() && p.suspect(parts, a, r.fields.key); a.ask {
		return s, r.fields.key, false
	}
	a.drop = r.status == gone
	return s, r.fields.key, r.open()
}

// suspect reports whether a record may be what a create in doubt has made, or
// has to do with it. Once a person is asked about that, it waits for the answer,
// whatever becomes of it.
func (p *planner) suspect(parts []part, a *part, key int8) bool {
	open := false
	for i := range parts {
		if b := &parts[i].before; p.bend&cautious != 0 && &parts[i] != a && b.had.has(key) {
			open, a.before.judged = true, true
		}
		if !p.concerns(&parts[i].before, key) {
			continue
		}
		open = true
		h, _ := parts[i].before.half()
		a.before.judged = a.before.judged || parts[i].before.doubt[h.Other()].asked
	}
	return open
}

// rivals are the places of parts of records that have one key, by side.
type rivals struct {
	free   [2][]int // without counterpart
	bound  [2][]int // with one
	past   [2][]int // gone, in a tie whose other record is there
	hidden bool     // one of the first two is hidden
}

// around finds the records with a key.
func (p *planner) around(parts []part, key int8) rivals {
	var v rivals
	for i := range parts {
		t := &parts[i].before
		h, half := t.half()
		if parts[i].drop && !half {
			continue
		}
		for _, x := range sides {
			switch {
			case half && (x != h || t.alone):
			case !half && parts[i].vacated && x == parts[i].gone:
			case !half && p.past(t, x, key):
				v.past[x] = append(v.past[x], i)
			case !p.has(t, x, key):
			case half:
				v.free[x] = append(v.free[x], i)
			default:
				v.bound[x] = append(v.bound[x], i)
			}
			v.hidden = v.hidden || (!half || x == h) && p.has(t, x, key) && p.rec(t, x).status == hidden
		}
	}
	return v
}

// ends reports whether the one record of a tie that is left is deleted in this
// run.
func (a *part) ends() bool {
	return slices.ContainsFunc(a.do, func(st step) bool { return st.action == instep.Delete })
}

// rekeyed reports whether the record of side s gets another key in this run.
func (a *part) rekeyed(s instep.Side) bool {
	return slices.ContainsFunc(a.do, func(st step) bool {
		return st.action == instep.Update && st.side == s && st.set.key != unset
	})
}

// leave takes the ties out that end in this run, or whose record gets another
// key in it.
func (p *planner) leave(v *rivals, parts []part) {
	ends := func(i int) bool { return parts[i].ends() }
	for _, s := range sides {
		v.bound[s] = slices.DeleteFunc(v.bound[s], func(i int) bool { return ends(i) || parts[i].rekeyed(s) && !p.undone })
		v.past[s] = slices.DeleteFunc(v.past[s], ends)
	}
}

// past reports whether a tie's record is gone that had the key.
func (p *planner) past(t *tie, s instep.Side, key int8) bool {
	if p.rec(t, s).status != gone || t.keys[s] != key {
		return false
	}
	return p.rec(t, s.Other()).here() || p.bend&buriedLate != 0 && !t.buried && t.did[0] != removed && t.did[1] != removed
}

// has reports whether a tie's record has the key; of a hidden one it is the
// key that it was last seen with.
func (p *planner) has(t *tie, s instep.Side, key int8) bool {
	r := p.rec(t, s)
	return r.open() && r.fields.key == key || r.status == hidden && t.keys[s] == key
}

// meet is the table of unlinked records.
func (p *planner) meet(parts []part, i int, s instep.Side, key int8) {
	a := &parts[i]
	o := s.Other()
	v := p.around(parts, key)
	if slices.ContainsFunc(parts, func(b part) bool { return b.anew.create }) {
		p.leave(&v, parts) // there is a second round, after the deletions
	}
	quiet := p.quiet(a, s)
	others := len(v.bound[o]) + len(v.past[o]) + len(v.past[s])
	switch {
	case len(v.free[s]) > 1 || len(v.bound[s]) > 0 || others > 0 || len(v.free[o]) > 1 || v.hidden:
		if !quiet {
			p.askAll(parts, v)
		}
	case a.before.back && !p.asMade(parts, a, s, v):
		p.askAll(parts, v)
		p.judge(parts, v)
	case len(v.free[o]) == 1:
		if s == instep.Left || a.before.back {
			j := v.free[o][0]
			t := tie{ids: a.before.ids}
			t.ids[o] = parts[j].before.ids[o]
			p.join(a, t)
			parts[j].drop = true
		}
	case a.before.lone && p.carries(a, s) && key != a.before.loneAs:
		a.ask = true // it does not go with the one that took its counterpart's place
	case !a.before.lone && p.carries(a, s):
		p.create(a, s)
	default:
		f := p.values(&a.before, s)
		a.free = func(t *tie) { t.unmatched, t.base[s] = true, f }
	}
}

// carries reports whether a record without counterpart gets one.
func (p *planner) carries(a *part, s instep.Side) bool {
	return p.Flow.Allows(s.Other()) || a.before.create || !p.m.loaded && p.First == s
}

// asMade reports whether what a record that came back finds on the other side,
// if anything, can be joined with it as it is.
func (p *planner) asMade(parts []part, a *part, s instep.Side, v rivals) bool {
	o := s.Other()
	if len(v.free[o]) == 0 {
		return true
	}
	t := tie{ids: a.before.ids}
	t.ids[o] = parts[v.free[o][0]].before.ids[o]
	var c part
	p.join(&c, t)
	return len(c.do) == 0
}

// askAll has people look at all records without counterpart that have a key.
func (p *planner) askAll(parts []part, v rivals) {
	for _, i := range slices.Concat(v.free[0], v.free[1]) {
		a := &parts[i]
		s, _ := a.before.half()
		if !p.rec(&a.before, s).open() || a.before.alone {
			continue
		}
		a.ask = true
		a.free = func(t *tie) { t.unmatched, t.base = false, [2]fields{} }
	}
}

// succeed lets a record take the place of one that is gone. The key of a tie is
// that of the record which is still there.
func (p *planner) succeed(parts []part, i int, s instep.Side, key int8) {
	o := s.Other()
	v := p.around(parts, key)
	if len(v.free[s]) > 1 || len(v.bound[s]) > 0 || len(v.free[o]) > 0 {
		p.vacate(parts, s, key)
		return
	}
	j := p.vacancy(parts, v, s)
	if j < 0 || len(v.bound[o]) == 0 || p.stuck(&parts[j].before) {
		return
	}
	t := &parts[j].before
	if p.rec(t, o).status == hidden {
		parts[i].ask = true
		if t.missed[s] && t.veiled[o] || parts[i].anew.create {
			return
		}
		parts[j] = part{before: *t, was: *t, vacated: true, gone: s, free: func(t *tie) { *t = t.widowed(s) }}
		return
	}
	n := tie{ids: t.ids}
	n.ids[s] = parts[i].before.ids[s]
	parts[j] = part{before: *t, was: parts[j].was, drop: true, gone: s, free: func(*tie) {}}
	p.join(&parts[i], n)
}

// vacate gives up the place of a record that is gone where the one that could
// take it may have to do with a create in doubt: then a person is asked about
// all of them.
func (p *planner) vacate(parts []part, s instep.Side, key int8) {
	v := p.around(parts, key)
	waits := func(i int) bool {
		t := &parts[i].before
		return t.doubtful() || p.bend&placeGiven != 0 && t.judged
	}
	if p.bend&placeKept != 0 || !slices.ContainsFunc(slices.Concat(v.free[0], v.free[1]), waits) {
		return
	}
	if j := p.vacancy(parts, v, s); j >= 0 && len(v.bound[s.Other()]) > 0 {
		t := parts[j].before
		parts[j] = part{before: t, was: t, ask: p.rec(&t, s.Other()).open(), vacated: true, gone: s, free: func(t *tie) { *t = t.widowed(s) }}
	}
}

// vacancy finds the one tie whose record of side s is gone, among records with
// one key; -1 if there is none, or another has to do with the key as well.
func (p *planner) vacancy(parts []part, v rivals, s instep.Side) int {
	o := s.Other()
	ties := map[int]bool{}
	for _, i := range slices.Concat(v.bound[o], v.past[0], v.past[1]) {
		ties[i] = true
	}
	for i := range ties {
		t := &parts[i].before
		if len(ties) == 1 && p.rec(t, s).status == gone && p.rec(t, o).here() && !parts[i].ends() {
			return i
		}
	}
	return -1
}

// join makes a tie of two records that have not met before.
func (p *planner) join(a *part, t tie) {
	t.base = [2]fields{{unset, unset}, {unset, unset}}
	c := part{before: t}
	p.flow(&c)
	a.do, a.ask, a.held = c.do, c.ask, c.held
	a.free = func(n *tie) {
		*n = t
		c.free(n)
	}
}
