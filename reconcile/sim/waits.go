package sim

import (
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// checkMark wants a reason for everything that waits.
func (w *world) checkMark(m *instep.Mark, l, r *row) {
	for s, x := range []*row{l, r} {
		if x != nil && (w.hasReason(w.side[s], x) || w.explained(x, m.Message.Code)) {
			return
		}
	}
	if w.waitsForRecord(m, l, r) || w.waitsForPerson(m.Message.Code, l, r) {
		return
	}
	if m.Outcome == instep.Unmatched || m.Outcome == instep.Drifted {
		return
	}
	w.violate("I1", "link %d waits for nothing: %s %s", m.Link, m.Outcome, reconcile.Text(m.Message))
}

// waitsForRecord reports whether what waits does so for a record that cannot be
// seen, or is not known for what it is.
func (w *world) waitsForRecord(m *instep.Mark, l, r *row) bool {
	switch m.Message.Code {
	case "ref_missing":
		return w.groups.missing(m)
	case "in_doubt":
		return w.doubted(l) || w.doubted(r) || !w.side[0].finder || !w.side[1].finder || w.unsteady(l) || w.unsteady(r)
	case "not_listed":
		// What a person left as it is stays out of what is looked at, so that its
		// values are at hand only now and then where nobody can ask for it.
		return w.leftAlone(l) || w.leftAlone(r) || w.outOfSight(l, r)
	case "hidden", "barred_hidden", "vanished":
		return w.outOfSight(l, r)
	case "gone", "left_alone", "replaced", "let_go", "barred", "edited_gone":
		return w.unlearnt(l) || w.unlearnt(r) || m.Message.Code == "let_go" && (outlived(l) || outlived(r))
	case "hidden_match":
		return w.lost(1, l) || w.lost(0, r)
	}
	return false
}

// outOfSight reports whether nobody can tell what became of one of two rows, or of
// one on the other side that has its key.
func (w *world) outOfSight(l, r *row) bool {
	return w.unrecognized(0, l) || w.unrecognized(1, r) || w.lost(1, l) || w.lost(0, r) ||
		w.counterpartRenamed(0, l) || w.counterpartRenamed(1, r)
}

// counterpartRenamed reports whether one on the other side that has the key of a row
// of side s stands in its link under an id that it no longer has.
func (w *world) counterpartRenamed(s int, x *row) bool {
	o := w.side[1-s]
	return x != nil && slices.ContainsFunc(o.rows, func(y *row) bool {
		return w.hadKey(o, y, w.side[s].key(x)) && w.unrecognized(1-s, y)
	})
}

// waitsForPerson reports whether only a person can tell which record is which, or
// which value stands.
func (w *world) waitsForPerson(code string, l, r *row) bool {
	switch code {
	case "reused": // what was merged into a record has left it its link, and may have had another key
		return w.retaken(0, l) || w.retaken(1, r) || len(w.side[0].family(l)) > 1 || len(w.side[1].family(r)) > 1
	case "turned": // what a system makes of a value that nobody can read back passes for somebody's edit
		return w.bendsUnseen(0) || w.bendsUnseen(1) || l != nil && l.turnedByUsers() || r != nil && r.turnedByUsers()
	case "found_differs", "found_several":
		return w.taken(0, r) || w.taken(1, l) || w.doubted(l) || w.doubted(r) || w.unsteady(l) || w.unsteady(r) ||
			w.side[0].lossy() || w.side[1].lossy() || w.touchedBeside(l, r)
	case "linked_elsewhere", "same_key", "ambiguous":
		return w.hasRival(0, l) || w.hasRival(1, r) || w.hasTwin(0, l) || w.hasTwin(1, r) || w.unrecognized(0, l) || w.unrecognized(1, r) ||
			w.doubtBeside(0, l) || w.doubtBeside(1, r) || w.hasPredecessor(0, l) || w.hasPredecessor(1, r) || w.spokenFor(0, l) || w.spokenFor(1, r) ||
			w.unlearnt(l) || w.unlearnt(r)
	case "key_held":
		return w.keyElsewhere(0, l, r) || w.keyElsewhere(1, r, l)
	case "taken":
		return w.taken(0, r) || w.taken(1, l)
	case "conflict":
		return l != nil && r != nil && (w.conflict(l, r) || l.clash || r.clash || w.side[0].reuses(l) || w.side[1].reuses(r))
	}
	return false
}

// hasPredecessor reports whether a row has the key of one of its side that is gone
// and still linked: it may be what took that one's place.
func (w *world) hasPredecessor(s int, x *row) bool {
	v := w.side[s]
	return x != nil && slices.ContainsFunc(v.rows, func(y *row) bool {
		return y != x && !y.live() && y.last != nil && w.hadKey(v, y, v.key(x)) && w.linked(instep.Side(s), y)
	})
}

// spokenFor reports whether the one on the other side that has a key of a row is
// linked with another record, which had that key as well.
func (w *world) spokenFor(s int, x *row) bool {
	v, o := w.side[s], w.side[1-s]
	return x != nil && slices.ContainsFunc(o.rows, func(y *row) bool {
		link := w.linkOf(o.side, y)
		if link == nil || o.key(y) != v.key(x) {
			return false
		}
		z := w.linkedRow(v.side, link.Sides[s].ID)
		return z != nil && z != x && z.live() && w.hadKey(v, z, v.key(x))
	})
}

// wroteUnheard reports whether a row got another id while nobody knew what became
// of an update of it, be it that the process died with the reply: what it holds then
// may be anybody's.
func (v *vendor) wroteUnheard(x *row) bool {
	return x.astray || x.wroteIn > 0 && !x.heard && v.changedName(x)
}

// retaken reports whether a row was away and has another key by now, under an id
// that was chosen: nothing tells it from another record that got the id. So does one
// that may be what came of a create for another record of its key.
func (w *world) retaken(s int, x *row) bool {
	v := w.side[s]
	return x != nil && v.chosen && (x.wasAway() && (v.changedName(x) || w.keyInDoubt(1-s, v.key(x))) || v.reuses(x))
}

// keyInDoubt reports whether a person is asked what came of a create that was made
// from a row of side s with a key.
func (w *world) keyInDoubt(s int, key string) bool {
	o := w.side[s]
	return slices.ContainsFunc(o.rows, func(y *row) bool { return w.hadKey(o, y, key) && w.askedInDoubt(o.side, y) })
}

// bendsUnseen reports whether a system makes something else of what it is given, and
// cannot be asked what.
func (w *world) bendsUnseen(s int) bool { return w.side[s].lossy() && !w.side[s].getter }

// turnedByUsers reports whether users have edited a row more than four times within
// an hour, as they do who edit it right after each write.
func (r *row) turnedByUsers() bool {
	for i := 4; i < len(r.edits); i++ {
		if r.edits[i].Sub(r.edits[i-4]) <= time.Hour {
			return true
		}
	}
	return false
}

// twins are the questions about records that share a key.
var twins = []string{
	"same_key", "ambiguous", "linked_elsewhere", "contradiction", "key_held", "taken", "found_several", "found_differs", "in_doubt", "appeared",
}

// explains says which questions an excuse explains.
var explains = map[string][]string{
	"strong keys differ":                   {"contradiction"},
	"several have its key":                 twins,
	"another has its key":                  twins,
	"edited on both sides":                 {"conflict"},
	"deleted and edited":                   {"edited_gone"},
	"made again by hand":                   twins,
	"back, but made again meanwhile":       twins,
	"its key changed before it was linked": twins,
	"a stranger has the key":               twins,
	"a stranger has its key":               twins,
	"merged":                               append([]string{"merged_linked", "conflict", "edited_gone"}, twins...),
	"a person had one made for it":         twins,
	"a person left it as it is":            twins,
}

// explained reports whether what befell an entity explains a question about one
// of its rows.
func (w *world) explained(x *row, code string) bool {
	for why := range w.reasons[w.root(x.entity)] {
		if slices.Contains(explains[why], code) {
			return true
		}
	}
	return false
}

// unsteady reports whether a row, or one that stands for the same thing, had
// another key or id before, or is or was gone or withdrawn. What was sent under the old one cannot
// be looked for by what is there now, as no values are kept: whether it came to
// be is for a person to find out, also if it is the result that was seen first.
func (w *world) unsteady(x *row) bool {
	for _, v := range w.side {
		for _, y := range v.rows {
			if x != nil && w.root(y.entity) == w.root(x.entity) && (y.wasAway() || v.changedName(y)) {
				return true
			}
		}
	}
	return false
}

// doubted reports whether a create in doubt had to do with a row, and its key or
// that of the other one was edited meanwhile: then a person has to tell whether
// the one is what was made of the other.
func (w *world) doubted(x *row) bool {
	if x == nil || len(x.former) > 0 {
		return x != nil
	}
	for _, v := range w.side {
		for _, y := range v.rows {
			if slices.ContainsFunc(y.former, func(e int) bool { return w.root(e) == w.root(x.entity) }) {
				return true
			}
		}
	}
	return false
}

// leftAlone reports whether a person has left a row, or one that has its key, as
// it is.
func (w *world) leftAlone(x *row) bool {
	left := func(y *row) bool { return w.reasons[w.root(y.entity)]["a person left it as it is"] }
	return x != nil && (left(x) || slices.ContainsFunc(w.side[0].rows, func(y *row) bool { return w.hadOneKey(0, y, x) && left(y) }) ||
		slices.ContainsFunc(w.side[1].rows, func(y *row) bool { return w.hadOneKey(1, y, x) && left(y) }))
}

// keyElsewhere reports whether the key of a row x is that of another record than
// its counterpart y.
func (w *world) keyElsewhere(s int, x, y *row) bool {
	return x != nil && slices.ContainsFunc(w.side[1-s].rows, func(z *row) bool {
		return z != y && z.cur().status != instep.Deleted && w.side[1-s].key(z) == w.side[s].key(x)
	})
}

// doubtBeside reports whether the key of a row of side s is or was that of one
// which a create in doubt had to do with: which of them it made is asked there.
func (w *world) doubtBeside(s int, x *row) bool {
	if x == nil {
		return false
	}
	key := w.side[s].key(x)
	for _, v := range w.side {
		if slices.ContainsFunc(v.rows, func(y *row) bool { return y != x && w.hadKey(v, y, key) && w.doubted(y) }) {
			return true
		}
	}
	return false
}

// wasAway reports whether a row ever was deleted or withdrawn.
func (r *row) wasAway() bool {
	return slices.ContainsFunc(r.hist, func(st state) bool {
		return st.status == instep.Deleted || st.status == instep.Hidden
	})
}

// changedName reports whether a row had another key or id before.
func (v *vendor) changedName(x *row) bool {
	c := x.cur()
	for i := range x.hist {
		h := &x.hist[i]
		if h.id != c.id || h.fields.Get(v.fields[0]) != c.fields.Get(v.fields[0]) {
			return true
		}
	}
	return false
}

// hasReason reports whether a row is one that somebody has to look at, or that
// has to wait.
func (w *world) hasReason(v *vendor, x *row) bool {
	e := w.root(x.entity)
	if !x.live() || v.key(x) == "" || x.last != nil && !x.last.live() {
		return true
	}
	for _, o := range w.side {
		_, refused := w.poison[o.side][e]
		_, alike := w.poison[o.side][w.entityOf(v.side, v.key(x))] // another had its key first
		if refused || alike {
			return true
		}
		for _, y := range o.rows {
			if st := y.cur().status; w.root(y.entity) == e && (st == instep.Hidden || st == instep.Deleted && (o.hidesMissing || !o.getter)) {
				return true
			}
		}
	}
	return false
}

// hasTwin reports whether another record of the same side has the key of a row,
// or is the same thing: users made it twice, or nobody could see that it was
// there. One that is withdrawn keeps its link, and so does one that is gone
// where nobody can ask for it by its id, or is told that it may be withdrawn. The
// former has the key that it was seen with, whatever it got before it went.
func (w *world) hasTwin(s int, x *row) bool {
	if x == nil {
		return false
	}
	v := w.side[s]
	for _, y := range v.rows {
		if !y.live() && y.cur().status != instep.Hidden && v.getter && !v.hidesMissing {
			continue
		}
		same := v.key(y) == v.key(x) || w.strong && y.cur().fields.Get(v.fields[3]) == x.cur().fields.Get(v.fields[3]) ||
			y.cur().status == instep.Hidden && w.hadKey(v, y, v.key(x))
		if y != x && (same || w.root(y.entity) == w.root(x.entity)) {
			return true
		}
	}
	return false
}

// hasRival reports whether the one on the other side that has a key of a row
// is itself in question: it has a twin, waits for a person, or may belong to another.
func (w *world) hasRival(s int, x *row) bool {
	if x == nil {
		return false
	}
	v, o := w.side[s], w.side[1-s]
	tax := x.cur().fields.Get(v.fields[3])
	return slices.ContainsFunc(o.rows, func(y *row) bool {
		same := o.key(y) == v.key(x) || w.strong && !tax.IsBlank() && y.cur().fields.Get(o.fields[3]) == tax
		return same && (w.hasTwin(1-s, y) || w.hasReason(o, y) || w.askedInDoubt(o.side, y) || w.wanted(s, x, y))
	})
}

// wanted reports whether another record of side s than x has one of the keys of y,
// and is linked with none that is there: y may be the counterpart of either.
func (w *world) wanted(s int, x, y *row) bool {
	v, o := w.side[s], w.side[1-s]
	tax := y.cur().fields.Get(o.fields[3])
	return slices.ContainsFunc(v.rows, func(z *row) bool {
		same := v.key(z) == o.key(y) || w.strong && !tax.IsBlank() && z.cur().fields.Get(v.fields[3]) == tax
		return z != x && z.live() && same && (z.last == nil || !z.last.live())
	})
}

// askedInDoubt reports whether a person is asked what came of a create that was made
// from a row. Whether that is to be asked is looked at where it is.
func (w *world) askedInDoubt(s instep.Side, x *row) bool {
	marks, _ := w.store.marks()
	return slices.ContainsFunc(w.store.links(), func(link instep.Link) bool {
		_, half := link.Half()
		return half && link.Sides[s].ID == x.cur().id && slices.ContainsFunc(marks[link.ID], func(m instep.Mark) bool {
			return m.Outcome == instep.Review && slices.Contains([]string{"in_doubt", "found_differs", "found_several"}, m.Message.Code)
		})
	})
}

// unrecognized reports whether a row was renamed before anything but the reply
// to its create had shown it, so that its link holds the old id, and nobody can
// tell that this one is gone.
func (w *world) unrecognized(s int, x *row) bool {
	if x == nil || w.side[s].getter && !w.side[s].hidesMissing {
		return false
	}
	for _, link := range w.store.links() {
		id := link.Sides[s].ID
		if id != x.cur().id && slices.ContainsFunc(x.hist, func(st state) bool { return st.id == id }) {
			return true
		}
	}
	return false
}

// unlearnt reports whether a row was given another id before the engine learnt
// what it is: under the old one it is gone for all that anybody can tell.
func (w *world) unlearnt(x *row) bool {
	return x != nil && (x.known == "" || x.known == x.cur().id) &&
		slices.ContainsFunc(x.hist, func(st state) bool { return st.id != x.cur().id })
}

// outlived reports whether a record's last counterpart was away at some time.
func outlived(x *row) bool { return x != nil && x.last != nil && x.last.wasAway() }

// lost reports whether a record of side s that had a key of x cannot be seen:
// withdrawn, or gone where nobody tells.
func (w *world) lost(s int, x *row) bool {
	v := w.side[s]
	return x != nil && slices.ContainsFunc(v.rows, func(y *row) bool {
		tax := x.cur().fields.Get(w.side[1-s].fields[3])
		has := w.hadKey(v, y, w.side[1-s].key(x)) || w.strong && !tax.IsBlank() && y.cur().fields.Get(v.fields[3]) == tax
		away := v.hidesMissing || !v.getter || y.cur().status == instep.Hidden || v.renames && y.wasHidden()
		return !y.live() && away && has
	})
}

// wasHidden reports whether a row was withdrawn before. Where ids change, nobody
// can tell then whether it was deleted, or got another one meanwhile.
func (r *row) wasHidden() bool {
	return slices.ContainsFunc(r.hist, func(st state) bool { return st.status == instep.Hidden })
}

func (w *world) hadKey(v *vendor, x *row, key string) bool {
	return slices.ContainsFunc(x.hist, func(st state) bool { return st.fields.Get(v.fields[0]).String() == key })
}

// taken reports whether a record of side s has the id that a create from x
// chooses, though its key is another by now.
func (w *world) taken(s int, x *row) bool {
	if x == nil || !w.side[s].chosen {
		return false
	}
	return w.side[s].find(w.side[1-s].key(x)) != nil // what was asked once stays, also if that one is gone since
}

// touchedBeside reports whether a user made or edited the counterpart of one
// of the rows.
func (w *world) touchedBeside(rows ...*row) bool {
	for _, x := range rows {
		for _, v := range w.side {
			for _, y := range v.rows {
				if x != nil && y != x && w.root(y.entity) == w.root(x.entity) && (!y.engine || len(y.edits) > 0) {
					return true
				}
			}
		}
	}
	return false
}

// conflict reports whether what a field that both sides own holds comes from a
// user on both. That two users once agreed in between, unseen, changes nothing.
// A write whose reply got lost and whose value the system bent looks the same,
// and so do two edits of which one was bent: nobody else knows what it does. So
// does a write to a record that was withdrawn before anybody read the reply, and
// a reference to what was made anew. Of a field that only one side owns, where the
// other's values stand on a first meeting, that is so on the owner's side alone.
func (w *world) conflict(l, r *row) bool {
	second := w.pair.First.Other()
	for i := range w.pair.Mapping.Rules {
		a, b := &l.from[i], &r.from[i]
		if w.shared(i, l.cur().fields.Get(w.side[0].fields[i])) == w.shared(i, r.cur().fields.Get(w.side[1].fields[i])) {
			continue
		}
		odd := [2]bool{a.user || a.bent || l.wasAway() || w.side[0].wroteUnheard(l), b.user || b.bent || r.wasAway() || w.side[1].wroteUnheard(r)}
		if i == groupRule {
			odd[0], odd[1] = odd[0] || w.namesDeleted(0, l), odd[1] || w.namesDeleted(1, r)
		}
		switch owner := w.pair.Mapping.Rules[i].Owner; {
		case owner == instep.BothOwn && odd[0] && odd[1] && (a.user || b.user):
			return true
		case owner != instep.BothOwn && owner.Owns(second) && odd[second]:
			return true
		}
	}
	return false
}
