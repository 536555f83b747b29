package model

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// expected is what the rules say one run comes to.
type expected struct {
	parts []part
	next  *notes
	asked []recordID
}

// expect plans a run from what was remembered.
func expect(p Policy, b bend, w *world, m *notes, undone bool) expected {
	w = w.clone()
	w.land(w.horizon())
	n := m.clone()
	pl := planner{Policy: p, bend: b, w: w, m: n, undone: undone}
	return expected{parts: pl.plan(), next: n}
}

// complete is what is remembered after a run in which nothing went wrong, with
// what was written beyond it, or what is missing.
func (e *expected) complete(w *world, log []sent) (*notes, []sent, string) {
	log = slices.Clone(log)
	next := &notes{loaded: true, read: w.last}
	for _, a := range e.parts {
		t := a.after()
		for _, st := range a.do {
			i := slices.IndexFunc(log, func(g sent) bool { return g.write.like(st.write) })
			if i < 0 {
				return nil, nil, "not written: " + st.write.String()
			}
			st.finish(&t, log[i].id)
			log = slices.Delete(log, i, i+1)
		}
		if a.ask {
			e.ask(&t)
		}
		if !a.drop {
			next.ties = append(next.ties, t)
		}
	}
	next.tidy()
	return next, log, ""
}

// whole checks a run that came to its end. Where a reply was lost, and found
// out, there is a second round: what waited for it goes on.
func whole(p Policy, b bend, w *world, m *notes, s seen, f fault, undone bool) (*notes, string) {
	e := expect(p, b, w, m, undone)
	n, rest, diff := e.complete(w, s.log)
	switch {
	case diff != "":
		return n, diff
	case f.kind >= lostUndo && f.kind <= lostLate:
		if again, diff := second(p, b, w, n, s, rest); diff == "" || len(rest) > 0 {
			return again, diff
		}
	case len(rest) > 0:
		return n, "written: " + rest[0].write.String()
	}
	return n, e.agree(n, s, f.kind != noFault)
}

// second is the second round of a run, with the rest of what was written in it.
// The systems hold by then what the rules have in the first one.
func second(p Policy, b bend, w *world, m *notes, s seen, rest []sent) (*notes, string) {
	w = w.clone()
	later := slices.Clone(rest)
	for _, g := range s.log {
		if i := slices.IndexFunc(later, func(l sent) bool { return l.write == g.write }); i >= 0 {
			later = slices.Delete(later, i, i+1)
		} else if id, _ := w.carryOut(g.side, g.write.op()); id != g.id {
			return m, "made before its time: " + g.write.String()
		}
	}
	e := expect(p, b, w, m, false)
	n, rest, diff := e.complete(w, rest)
	switch {
	case diff != "":
		return n, diff
	case len(rest) > 0:
		return n, "written: " + rest[0].write.String()
	}
	return n, e.agree(n, s, true)
}

// op is the write as the engine sends it.
func (w write) op() instep.Op {
	op := instep.Op{Action: w.action, Ref: instep.Ref{ID: strconv.Itoa(w.id)}}
	for _, x := range bothFields {
		if v := w.set.get(x); v != unset {
			op.Fields = op.Fields.With([...]string{keyField, valField}[x], toValue(v))
		}
	}
	return op
}

func (e *expected) ask(t *tie) {
	for s, id := range t.ids {
		if id != 0 {
			e.asked = append(e.asked, recordID{instep.Side(s), id})
		}
	}
}

// finish remembers that the step was done; id is the record's that was made.
func (st *step) finish(t *tie, id int) {
	if st.action == instep.Create {
		t.ids[st.side] = id
	}
	st.then(t)
}

// tidy brings the notes into their one form. What belongs to a record that was
// swallowed by a new tie is gone by now.
func (m *notes) tidy() {
	made := map[recordID]bool{}
	for i := range m.ties {
		if _, half := m.ties[i].half(); !half {
			for _, s := range sides {
				made[recordID{s, m.ties[i].ids[s]}] = true
			}
		}
	}
	m.ties = slices.DeleteFunc(m.ties, func(t tie) bool {
		s, half := t.half()
		return half && made[recordID{s, t.ids[s]}]
	})
	slices.SortFunc(m.ties, func(a, b tie) int {
		return cmp.Or(cmp.Compare(a.ids[0], b.ids[0]), cmp.Compare(a.ids[1], b.ids[1]))
	})
}

// agree compares what is linked and who waits with what the run came to.
func (e *expected) agree(next *notes, s seen, late bool) string {
	var links []linked
	for _, t := range next.ties {
		if _, half := t.half(); !half {
			links = append(links, t.ids)
		}
	}
	slices.SortFunc(links, func(a, b linked) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	if !slices.Equal(links, s.links) {
		return fmt.Sprintf("linked %v, not %v", s.links, links)
	}
	slices.SortFunc(e.asked, compareIDs)
	e.asked = slices.Compact(e.asked)
	if late { // who waits for what is in doubt may be asked in the next run
		e.asked = slices.DeleteFunc(e.asked, func(r recordID) bool { return !slices.Contains(s.asked, r) })
	}
	if !slices.Equal(e.asked, s.asked) {
		return fmt.Sprintf("waiting for a person %v, not %v", s.asked, e.asked)
	}
	return ""
}

// like reports whether two writes are the same, whatever id a create gives.
func (w write) like(v write) bool {
	sameID := w.id == v.id || w.action == instep.Create
	return sameID && w.side == v.side && w.action == v.action && w.set == v.set
}

func (w write) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%v %v %d", w.side, w.action, w.id)
	for _, f := range bothFields {
		if v := w.set.get(f); v != unset {
			fmt.Fprintf(&s, " %s=%d", [...]string{keyField, valField}[f], v)
		}
	}
	return s.String()
}

func (r recordID) String() string { return fmt.Sprintf("%v %d", r.side, r.id) }

// follow checks a run against every set of notes there may be, and returns
// those that it leaves possible, with how far the rules had to be bent for it.
// Without any, the text says why.
func follow(p Policy, w *world, may []*notes, s seen, f fault) ([]*notes, bend, string) {
	var why []string
	var loose []*notes // those that do not say why people are asked
	var with bend
	for _, b := range bendings {
		var out []*notes
		for _, m := range may {
			next, diff := one(p, b, w, m, s, f)
			if diff == "" {
				out = append(out, next...)
			} else if b == 0 && !slices.Contains(why, diff) {
				why = append(why, diff)
			}
		}
		if exact := slices.DeleteFunc(slices.Clone(out), s.unexplained); len(exact) > 0 {
			s.crowd(exact)
			return dedupe(exact), b, ""
		}
		if len(loose) == 0 {
			loose, with = out, b
		}
	}
	s.crowd(loose)
	if len(loose) > 0 {
		return dedupe(loose), with, ""
	}
	return nil, 0, strings.Join(why, "\n      or ")
}

// unexplained reports whether people are told of a create in doubt that notes
// know nothing of.
func (s *seen) unexplained(m *notes) bool {
	return slices.ContainsFunc(s.held, func(r recordID) bool {
		i := m.of(r)
		return i >= 0 && !m.ties[i].judged && !m.ties[i].doubtful()
	})
}

// crowd notes of which records that wait because of a create in doubt the engine
// has given a person another reason.
func (s *seen) crowd(all []*notes) {
	for _, m := range all {
		for i := range m.ties {
			t := &m.ties[i]
			side, _ := t.half()
			t.crowded = t.judged && !slices.Contains(s.held, recordID{side, t.ids[side]})
		}
	}
}

// one checks a run against one set of notes.
func one(p Policy, b bend, w *world, m *notes, s seen, f fault) ([]*notes, string) {
	switch {
	case s.early:
		return nil, "sent again while the first may still be carried out"
	case s.err == nil && f.kind != killed:
		n, diff := whole(p, b, w, m, s, f, false)
		if diff != "" && f.kind == lostUndo {
			n, diff = whole(p, b, w, m, s, f, true)
		}
		if diff != "" && s.doubtful {
			e := expect(p, b, w, m, false)
			return e.torn(m, s, fault{killed, 1})
		}
		return []*notes{n}, diff
	case f.kind >= cutLeft:
		return []*notes{m}, wroteNothing(s)
	case f.kind == noFault:
		return nil, "the run failed: " + s.err.Error()
	}
	e := expect(p, b, w, m, false)
	return e.torn(m, s, f)
}

func wroteNothing(s seen) string {
	if len(s.log) > 0 {
		return "written: " + s.log[0].write.String()
	}
	return ""
}

// dedupe takes out equal notes.
func dedupe(all []*notes) []*notes {
	out := all[:0:0]
	seen := map[string]bool{}
	for _, m := range all {
		text := string(m.text(nil, &names{plain: true}))
		if !seen[text] {
			seen[text] = true
			out = append(out, m)
		}
	}
	return out
}
