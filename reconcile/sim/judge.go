package sim

import (
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// The promises are looked at here as the engine sends a write, with what only
// the world knows.

// judge looks at a write before anything becomes of it.
func (w *world) judge(v *vendor, op *instep.Op) {
	if w.small != nil {
		return
	}
	w.judgeRef(v, op)
	if op.Action == instep.Create {
		w.judgeSentCreate(v, op)
		return
	}
	r := v.find(op.Ref.ID)
	if r == nil || r.entity < 0 {
		return
	}
	w.count(r.entity)
	c, meeting := w.counterpart(v.side, r)
	if op.Action != instep.Update {
		w.judgeRetire(v, r, op.Action)
		return
	}
	if c == nil || v.stale(r, op) {
		return // it went while this was on its way, or it will be refused
	}
	if w.root(c.entity) != w.root(r.entity) && !w.confused(c, r) && !w.hadOneKey(v.side, r, c) {
		w.violate("I8", "%s %s is written from %s, which is another thing", v.name, op.Ref.ID, c.cur().id)
		return
	}
	hides := w.sees(v.side.Other(), c, instep.Hidden)
	if hides && w.empties(v, op) {
		return
	}
	if hides {
		w.violate("I14", "%s %s is written although its counterpart %s is hidden", v.name, op.Ref.ID, c.cur().id)
	}
	for i := range w.pair.Mapping.Rules {
		if x := op.Fields.Get(v.fields[i]); !x.IsAbsent() {
			w.judgeField(v, r, c, i, x, meeting)
		}
	}
}

// empties reports whether all that an update does is what the policy says of a
// record whose counterpart is hidden.
func (w *world) empties(v *vendor, op *instep.Op) bool {
	for i, r := range w.pair.Mapping.Rules {
		if x := op.Fields.Get(v.fields[i]); !x.IsAbsent() && (!x.IsBlank() || !slices.Contains(w.pair.Erase, r.Name)) {
			return false
		}
	}
	return w.pair.Hidden[v.side] == reconcile.EraseHidden
}

func (w *world) count(entity int) {
	e := w.root(entity)
	w.wrote[e]++
	w.sentTo[e]++
	w.sent++
}

// confused reports whether the key of two rows is or was that of others too,
// so that nobody can tell which of them is which.
func (w *world) confused(c, r *row) bool {
	why := w.excused[w.root(c.entity)]
	return why != "" && w.excused[w.root(r.entity)] == why && why != "a stranger has the key"
}

// hadOneKey reports whether two rows once had the same key: a list that lags
// still shows it when one of them has another by now, as if they had been
// linked a little earlier.
// What was merged into one of them counts.
func (w *world) hadOneKey(s instep.Side, r, c *row) bool {
	return w.hadOne(0, s, r, c) || w.strong && w.hadOne(3, s, r, c)
}

// hadOne reports whether two rows once had the same in the field of a rule.
func (w *world) hadOne(rule int, s instep.Side, r, c *row) bool {
	had := map[instep.Value]bool{}
	for _, x := range w.side[s].family(r) {
		for i := range x.hist {
			had[x.hist[i].fields.Get(w.side[s].fields[rule])] = true
		}
	}
	return slices.ContainsFunc(w.side[s.Other()].family(c), func(y *row) bool {
		return slices.ContainsFunc(y.hist, func(st state) bool {
			x := st.fields.Get(w.side[s.Other()].fields[rule])
			return had[x] && (rule == 0 || !x.IsBlank())
		})
	})
}

// sees reports whether a row has a status since before the run began, as far back
// as the lists of its system lag.
func (w *world) sees(s instep.Side, r *row, status instep.Status) bool {
	at := w.began
	if seen := w.side[s].seen; seen.Before(at) {
		at = seen
	}
	st := r.at(at)
	return st != nil && st.status == status && !slices.ContainsFunc(r.hist, func(st state) bool { return st.at.After(at) && st.status != status })
}

// counterpart returns the row that the engine has linked with r, else the one
// that has its key, and whether the two are still meeting.
func (w *world) counterpart(s instep.Side, r *row) (c *row, meeting bool) {
	other := w.side[s.Other()]
	for _, link := range w.store.links() {
		if link.Sides[s].ID != r.cur().id {
			continue
		}
		if _, half := link.Half(); !half {
			return other.find(link.Sides[s.Other()].ID), link.Meeting
		}
	}
	if rows := other.holds(w.side[s].key(r)); len(rows) == 1 {
		return rows[0], true
	}
	return nil, true
}

// judgeField looks at one field of an update of r from c.
func (w *world) judgeField(v *vendor, r, c *row, i int, x instep.Value, meeting bool) {
	rule := &w.pair.Mapping.Rules[i]
	s := v.side
	before := r.cur().fields.Get(v.fields[i])
	// A field that never met is still on its first load, unless a person let it be.
	meets := w.met(s, r, c, i) || r.decided[i] && c.decided[i]
	late := w.pair.First == s.Other() && w.filledLate(s.Other(), c, i) // its value would have stood, had the list that the two met by shown it
	if broken, why := w.breaksOwner(s, r, c, i, x); broken && meets && !late && (!meeting || w.breaksFirst(s, r, i)) {
		w.violate("I3", "%s %s: %s of %s is overwritten by %s, %s", v.name, r.cur().id, rule.Name, before, x, why)
	}
	if meeting && !meets && !c.stands && w.breaksFirst(s, r, i) && !w.filledUnseen(v, r, i) {
		w.violate("B3", "%s %s: %s of the side whose values stand is overwritten", v.name, r.cur().id, rule.Name)
	}
	if i == 3 && meeting && !meets && !x.IsBlank() && !before.IsBlank() && !w.toldOf(s, r, c) {
		w.violate("B3", "%s %s: joined with %s although their strong keys are %s and %s", v.name, r.cur().id, c.cur().id, before, x)
	}
	if !w.held(s.Other(), c, i, x) {
		w.violate("I16", "%s %s: %s is set to %s, which %s does not hold any more", v.name, r.cur().id, rule.Name, x, c.cur().id)
	}
	sent := r.sent[i] // one that never arrived is no part of what went back and forth
	for k, y := range sent {
		again := i == groupRule && c.from[i].user // a person chooses among few
		if y == x && k < len(sent)-1 && sent[len(sent)-1] != x && !again {
			w.violate("I7", "%s %s: %s goes back and forth: %v, %s", v.name, r.cur().id, rule.Name, sent, x)
		}
	}
}

// toldOf reports whether a person said that r and c belong together, or what was
// merged into one of them and the other.
func (w *world) toldOf(s instep.Side, r, c *row) bool {
	return slices.ContainsFunc(w.side[s].family(r), func(a *row) bool {
		return slices.ContainsFunc(w.side[s.Other()].family(c), func(b *row) bool { return a.told[b] })
	})
}

// breaksFirst reports whether a write to a field of r is one against the side
// whose values stand as two records meet.
func (w *world) breaksFirst(s instep.Side, r *row, i int) bool {
	return w.pair.First == s && !r.cur().fields.Get(w.side[s].fields[i]).IsBlank() && !r.from[i].carried
}

// filledUnseen reports whether a field of r was empty in all that could be seen of
// it: a system that cannot be asked for a record has nothing else than its lists.
func (w *world) filledUnseen(v *vendor, r *row, i int) bool {
	if v.getter {
		return false
	}
	view := r.at(v.seen)
	return view != nil && view.fields.Get(v.fields[i]).IsBlank()
}

// breaksOwner reports whether a write of x to a field of r is one against its
// owner, and why. What the other side has held too is in step, not an edit, and
// was it before the two were linked.
func (w *world) breaksOwner(s instep.Side, r, c *row, i int, x instep.Value) (broken bool, why string) {
	owner, from := w.pair.Mapping.Rules[i].Owner, &r.from[i]
	before := r.cur().fields.Get(w.side[s].fields[i])
	switch {
	case !owner.Owns(s.Other()):
		return true, "but only this side owns it"
	case from.user && !from.carried && owner == instep.BothOwn && before != x && !w.familyHad(s.Other(), c, i, before):
		return true, "which is an edit of both"
	}
	return false, ""
}

// familyHad reports whether a row, or one that was merged into it, has ever held
// a value in the field of a rule.
func (w *world) familyHad(s instep.Side, r *row, i int, x instep.Value) bool {
	return slices.ContainsFunc(w.side[s].family(r), func(r *row) bool { return w.hadValue(s, r, i, x) })
}

// hadValue reports whether a row has ever held a value in the field of a rule.
func (w *world) hadValue(s instep.Side, r *row, i int, x instep.Value) bool {
	return slices.ContainsFunc(r.hist, func(st state) bool {
		return w.shared(i, st.fields.Get(w.side[s].fields[i])) == w.shared(i, x)
	})
}

// met reports whether two rows, while they have not met as a whole, may have
// met in one field: both showed the same once, or one what its system makes of
// what the other one showed. From then on the field has its base, and its owner
// decides. What was merged into a row has left it its link, and so its bases.
func (w *world) met(s instep.Side, r, c *row, i int) bool {
	v, o := w.side[s], w.side[s.Other()]
	for _, a := range v.family(r) {
		for _, b := range o.family(c) {
			if slices.ContainsFunc(a.hist, func(st state) bool {
				x := st.fields.Get(v.fields[i])
				return w.hadValue(s.Other(), b, i, x) || w.hadValue(s.Other(), b, i, o.store(x)) || w.bends(s, b, i, x)
			}) {
				return true
			}
		}
	}
	return false
}

// bends reports whether side s makes x of what the row b of the other side has
// held in the field of a rule.
func (w *world) bends(s instep.Side, b *row, i int, x instep.Value) bool {
	o := w.side[s.Other()]
	return w.side[s].lossy() && slices.ContainsFunc(b.hist, func(st state) bool {
		return w.shared(i, w.side[s].store(st.fields.Get(o.fields[i]))) == w.shared(i, x)
	})
}

// family returns a row and those that were merged into it.
func (v *vendor) family(r *row) []*row {
	out := []*row{r}
	for _, x := range v.rows {
		if x.cur().into == r {
			out = append(out, x)
		}
	}
	return out
}

// held reports whether the field of a rule has held x since the engine last
// wrote it there.
func (w *world) held(s instep.Side, c *row, i int, x instep.Value) bool {
	name := w.side[s].fields[i]
	for k := len(c.hist) - 1; k >= 0; k-- {
		if w.shared(i, c.hist[k].fields.Get(name)) == w.shared(i, x) {
			return true
		}
		if k <= c.confirmed[i] {
			break
		}
	}
	return w.hadBefore(s, c, i, x)
}

// hadBefore reports whether a row has the id of one that is gone, and the list
// that is the first to show the id still is of that one.
func (w *world) hadBefore(s instep.Side, c *row, i int, x instep.Value) bool {
	v := w.side[s]
	return !c.shown && slices.ContainsFunc(v.rows, func(y *row) bool {
		st := y.at(v.goesBy)
		return y != c && st != nil && st.id == c.cur().id && w.shared(i, st.fields.Get(v.fields[i])) == w.shared(i, x)
	})
}

// shared is a value in the form in which the two sides are compared.
func (w *world) shared(i int, x instep.Value) instep.Value {
	if x.IsAbsent() {
		return instep.Null()
	}
	if i == groupRule {
		return w.groupOf(x)
	}
	if i == 1 && w.trims {
		if y, err := instep.BuiltIn()["trim"].Read(x); err == nil && x.Type() == instep.TypeString {
			return y
		}
	}
	return x
}

// agree reports whether two rows are in step in a field: one holds what its
// system makes of what the other holds.
func (w *world) agree(i int, l, r *row) bool {
	if i == groupRule {
		return w.sameGroup(l.cur().fields.Get(groupField), r.cur().fields.Get(groupField)) || w.neverSet(l, r)
	}
	a := w.shared(i, l.cur().fields.Get(w.side[0].fields[i]))
	b := w.shared(i, r.cur().fields.Get(w.side[1].fields[i]))
	return a == b || w.shared(i, w.side[1].store(a)) == b || w.shared(i, w.side[0].store(b)) == a || w.nameless(i, l, r)
}

// judgeSentCreate looks at a create as it is sent.
func (w *world) judgeSentCreate(v *vendor, op *instep.Op) {
	key := op.Fields.Get(v.fields[0]).String()
	other := w.side[v.side.Other()]
	e := w.sourceOf(v.side.Other(), key)
	sources := other.holds(key)
	switch {
	case key == "":
		w.violate("B3", "%s: a record without a key is created", v.name)
		return
	case e < 0:
		w.violate("I4", "%s: %s is created, which nothing on the other side ever was", v.name, key)
		return
	case w.toldApart(other.side, key):
		return // as a person said
	case len(other.shownOf(sources, key)) > 1:
		w.violate("I8", "%s: %s is created although several records have the key", v.name, key)
	}
	if shown := other.shownOf(sources, key); len(shown) == 1 {
		sources = shown
	} else if len(sources) == 0 { // its number was changed since it was listed
		sources = other.shownOf(other.rows, key)
	}
	w.count(e)
	for _, r := range v.rows {
		if r.entity >= 0 && w.root(r.entity) == e {
			w.judgeBeside(v, r, key, sources, op)
		}
	}
	for _, l := range v.late {
		again := !l.done && l.op.Action == instep.Create && l.op.Fields.Get(v.fields[0]).String() == key
		if again && !v.chosen && (op.Key == "" || op.Key != l.op.Key) {
			w.violate("I4", "%s: %s is created again while the first one may still come", v.name, key)
		}
	}
}

// showed reports whether a list that was read showed a row with a key. One whose
// counterpart is gone is made anew by its link, not by its key.
func (v *vendor) showed(r *row, key string) bool {
	st := r.at(v.goesBy)
	return r.shown && !r.cut.Equal(v.goesBy) && (r.last == nil || r.last.live()) && st != nil && st.fields.Get(v.fields[0]).String() == key && st.status != instep.Hidden && st.status != instep.Deleted
}

// sourceOf returns the entity that a create with a key is for: that of the one
// record of side s that has it now, else that of the first that ever had.
func (w *world) sourceOf(s instep.Side, key string) int { return w.root(w.ownSourceOf(s, key)) }

// ownSourceOf is sourceOf without regard to what was merged into what.
func (w *world) ownSourceOf(s instep.Side, key string) int {
	rows := w.side[s].holds(key)
	if shown := w.side[s].shownOf(rows, key); len(shown) == 1 {
		rows = shown
	}
	if len(rows) == 1 && rows[0].entity >= 0 {
		return rows[0].entity
	}
	if e, ok := w.owners[s][key]; ok {
		return e
	}
	return -1
}

// shownOf returns those of the rows that a list showed with a key.
func (v *vendor) shownOf(rows []*row, key string) []*row {
	return slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return !v.showed(r, key) })
}

// judgeBeside looks at a create of what has, or had, the record r already.
func (w *world) judgeBeside(v *vendor, r *row, key string, sources []*row, op *instep.Op) {
	other := w.side[v.side.Other()]
	// Renamed before anything had shown what it is: nobody can tell that it is
	// the one that was linked under another id.
	strange := len(sources) == 1 && sources[0].engine && (sources[0].known == "" || sources[0].known == sources[0].cur().id) && other.changedName(sources[0])
	// The same request once more, as the first rung says.
	round, announced := w.announced[op.Key]
	again := strange || op.Key != "" && (v.tried[op.Key] || announced && round < w.round) ||
		w.mergedBeside(r, sources)
	view := r.at(v.seen)
	// A user gave it another key, and it is not what the source was linked with:
	// it is another thing for all that anybody can see.
	rekeyed := v.key(r) != key && (!r.engine || r.from[0].user) && !(len(sources) == 1 && sources[0].with[r])
	// Made by a create whose reply nobody read, withdrawn before anybody looked,
	// and back under a key that its source does not have any more.
	unseen := v.key(r) != key && r.engine && r.last == nil && r.wasAway()
	// Made by hand for one that is gone, under a number which that had only lately.
	anew := len(sources) == 1 && r.last != nil && !r.last.live() && sources[0] != r.last && !sources[0].engine && !w.hadKey(v, r, key)
	// Made for one that is gone, by a create whose reply nobody read, and that one's
	// number before it went was given to another record.
	lost := len(sources) == 1 && r.last == nil && r.engine && !sources[0].engine && !w.hadKey(v, r, key) &&
		!w.hadKey(other, sources[0], v.key(r)) && slices.ContainsFunc(other.rows, func(x *row) bool {
		return x != sources[0] && x.entity == r.entity && !x.live() && w.hadKey(other, x, v.key(r))
	})
	// What it was made for is another record, which has its number.
	own := other.holds(v.key(r))
	others := len(sources) == 1 && v.key(r) != key && len(own) == 1 && own[0] != sources[0] && own[0].live() && r.engine
	// It has another counterpart by now, and its old one came back as another thing.
	link := w.linkOf(v.side, r)
	apart := len(sources) == 1 && link == nil && r.last == sources[0] && (sources[0].wasAway() || r.wasAway()) && v.key(r) != key
	moved := apart || len(sources) == 1 && link != nil && link.Sides[other.side].ID != sources[0].cur().id && v.key(r) != key
	replaced := moved || len(sources) == 1 && r.last != nil && r.last != sources[0] && v.key(r) != key
	// It came back between being looked for and the create, under another key than
	// that of the one made anew, whose link has forgotten it.
	back := view != nil && view.status == instep.Deleted && r.live() && v.key(r) != key
	// It got another id and hid itself at once: nobody has seen what is under it.
	hid := link == nil && r.hidRenamed()
	// Another took its place after it was deleted, which is all that its counterpart's
	// link knows of. It came back and was withdrawn before a run took anything down.
	passed := len(sources) == 1 && link == nil && sources[0].last != nil && sources[0].last != r && r.cameBack()
	blind := rekeyed || unseen || anew || lost || others || replaced || back || !v.finder && (!r.engine && (view == nil || view.status == instep.Hidden) ||
		view != nil && view.status == instep.Deleted && r.live()) // it came back while this was on its way
	refused := v.chosen && r.cur().id == op.Ref.ID // by the vendor: there is a record of that id
	switch {
	case again:
	case !refused && (r.live() && !blind || r.cur().status == instep.Hidden && r.last != nil && !rekeyed && !anew && !replaced && !hid && !passed && !(r.remade && v.hidesMissing)):
		w.violate("I4", "%s: %s is created although %s is there (%s)", v.name, key, r.cur().id, r.cur().status)
	case r.cur().status == instep.Deleted && len(sources) == 1 && r.with[sources[0]] && !w.mayRecreate(other.side, r, sources[0]):
		w.violate("I5", "%s: %s is created although %s was deleted", v.name, key, r.cur().id)
	}
}

// hidRenamed reports whether a row was withdrawn at the very moment at which it
// got its id.
func (r *row) hidRenamed() bool {
	n := len(r.hist)
	return n > 2 && r.cur().status == instep.Hidden && r.hist[n-2].id == r.cur().id && r.hist[n-3].id != r.cur().id && r.hist[n-2].at.Equal(r.cur().at)
}

// cameBack reports whether a row was deleted, and is there again.
func (r *row) cameBack() bool {
	at := slices.IndexFunc(r.hist, func(st state) bool { return st.status == instep.Deleted })
	return at >= 0 && r.cur().status != instep.Deleted
}

// mergedBeside reports whether a row and the one source of a create are one
// thing only since one of their kind was merged into another, and were never
// linked: which of them is which is for a person to tell.
func (w *world) mergedBeside(r *row, sources []*row) bool {
	if !w.merged[w.root(r.entity)] {
		return false
	}
	return len(sources) == 0 || (r.entity != sources[0].entity || r.cur().status == instep.Hidden) && !r.with[sources[0]]
}

// mayRecreate reports whether a deleted row may be made anew from its
// counterpart on side s: that was edited since it was last carried over, or deleted and
// came back.
func (w *world) mayRecreate(s instep.Side, r, source *row) bool {
	if r.remade {
		return true
	}
	if len(w.side[s].family(source)) > 1 && w.pair.EditedGone == reconcile.RecreateEdited {
		return true // it has values of its own, which never came over while the link was another's
	}
	if source.stands && w.pair.EditedGone == reconcile.RecreateEdited {
		return true // what a person lets stand is as good as an edit until it was written
	}
	if r.unread && len(source.edits) > 0 && w.pair.EditedGone == reconcile.RecreateEdited {
		return true // it was written to, and nobody knows: an edit may be lost with it
	}
	if w.pair.EditedGone == reconcile.RecreateEdited && w.namesDeleted(s, source) {
		return true
	}
	if r.told[source] && w.pair.EditedGone == reconcile.RecreateEdited {
		return true // where it differs from what was sent, the source has yet to be written to it
	}
	for _, y := range w.side[s].family(source) {
		for k, st := range y.hist {
			if st.status == instep.Deleted && (y == source || k < len(y.hist)-1) {
				return true
			}
		}
	}
	for i := range source.from {
		if source.from[i].bent {
			return true // whoever does not know of the write cannot tell it from an edit
		}
	}
	// An edit made before the record was, from an older view, counts as well.
	return w.pair.EditedGone == reconcile.RecreateEdited && (source.edited(r.hist[0].at) || w.uncarried(s, source))
}

// judgeRetire looks at a deletion, or at a record being set out of use.
func (w *world) judgeRetire(v *vendor, r *row, a instep.Action) {
	c, _ := w.counterpart(v.side, r)
	if r.last != nil && (c == nil || r.last.cur().status == instep.Deleted && !v.inherited(r, c)) {
		c = r.last
	}
	o, shown := w.side[v.side.Other()], instep.Live
	link := w.linkOf(v.side, r)
	if link != nil {
		x := w.linkedRow(o.side, link.Sides[o.side].ID)
		// Made for it, or come in the place of the one that is gone.
		made := r.last != nil && !r.last.live() && x != nil && x != r.last && w.root(x.entity) == w.root(r.entity)
		if made || c == nil && x != nil && v.inherited(r, x) { // in this very run
			c = x
		}
	}
	if c != nil && (!o.getter || link != nil && link.Sides[o.side].ID != c.cur().id) {
		if view := c.at(o.seen); view != nil { // the file is all there is to look at
			shown = view.status
		}
	}
	deleted := c != nil && (c.cur().status == instep.Deleted || shown == instep.Deleted || w.unlearnt(c) || o.seemsDeleted(c))
	if deleted && w.toldMerged(v.side.Other(), c) {
		w.violate("I6", "%s %s: %s, but its counterpart was merged into %s", v.name, r.cur().id, a, c.cur().into.cur().id)
		return
	}
	// What a file said was hidden stays so where nobody can ask for it, though no file has it any more.
	unasked := deleted && !o.getter && c.wasHidden()
	hidden := c != nil && (c.cur().status == instep.Hidden || shown == instep.Hidden || deleted && o.hidesMissing || unasked)
	policy := w.pair.Deletes[v.side]
	ok := a == instep.Delete && deleted && policy == reconcile.DeleteDeleted ||
		a == instep.Deactivate && deleted && policy == reconcile.DeactivateDeleted ||
		a == instep.Deactivate && hidden && w.pair.Hidden[v.side] == reconcile.DeactivateHidden
	if !ok {
		w.violate("I6", "%s %s: %s, but its counterpart is %s", v.name, r.cur().id, a, statusOf(c))
		return
	}
	if a == instep.Delete && w.pair.EditedGone != reconcile.DeleteEdited && w.uncarried(v.side, r) {
		w.violate("I3", "%s %s is deleted although it was edited since", v.name, r.cur().id)
	}
}

// seemsDeleted reports whether a row that was deleted has come back hidden, where what
// is hidden looks like what is not there: for all that anybody can see it is as before.
func (v *vendor) seemsDeleted(r *row) bool {
	return v.hidesMissing && r.cur().status == instep.Hidden &&
		slices.ContainsFunc(r.hist, func(st state) bool { return st.status == instep.Deleted })
}

// inherited reports whether a row has its counterpart from one that was merged
// into it.
func (v *vendor) inherited(r, c *row) bool {
	return slices.ContainsFunc(v.family(r), func(x *row) bool { return x != r && x.with[c] })
}

// toldMerged reports whether the system says of a row, under the id its link
// has, that it was merged into one that is there.
func (w *world) toldMerged(s instep.Side, r *row) bool {
	into := r.cur().into
	if into == nil || !into.live() || !w.sees(s, into, into.cur().status) || r.last == nil {
		return false
	}
	link := w.linkOf(s.Other(), r.last)
	return link != nil && link.Sides[s].ID == r.cur().id
}

func statusOf(r *row) string {
	if r == nil {
		return "unknown"
	}
	return r.cur().status.String()
}

// uncarried reports whether a row has an edit that counts and has not come to
// the other side. What it was made with is no edit: it was there before the two
// were linked; nor is what was changed and changed back to what both held, or to
// what a person let go of.
func (w *world) uncarried(s instep.Side, r *row) bool {
	for i := range w.pair.Mapping.Rules {
		from := &r.from[i]
		given := r.given != nil && w.shared(i, r.given.Get(w.side[s].fields[i])) == w.shared(i, r.cur().fields.Get(w.side[s].fields[i]))
		if from.user && !from.made && !from.carried && w.pair.Mapping.Rules[i].Owner.Owns(s) && !w.asLast(i, s, r) && !given {
			return true
		}
	}
	return false
}

// asLast reports whether a field of a row holds what its last counterpart held in
// the end, or when the row was edited last: then both were in step.
func (w *world) asLast(i int, s instep.Side, r *row) bool {
	switch {
	case r.last == nil:
		return false
	case slices.ContainsFunc(r.edits, func(t time.Time) bool {
		at := r.last.at(t)
		return at != nil && at.status != instep.Deleted &&
			w.shared(i, at.fields.Get(w.side[s.Other()].fields[i])) == w.shared(i, r.cur().fields.Get(w.side[s].fields[i]))
	}):
		return true
	}
	if s == instep.Left {
		return w.agree(i, r, r.last)
	}
	return w.agree(i, r.last, r)
}
