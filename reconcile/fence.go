package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

const (
	// quarrel is how long what was written is remembered to notice that a
	// field is turned back and forth.
	quarrel = time.Hour

	// mostTurns is how often that may happen before a person is asked.
	mostTurns = 4

	// skew is how far the engine's clock may be off where a vendor does not
	// say when it wrote something.
	skew = time.Minute

	// fileSkew is how far it may be off for all that is decided by the time that
	// a file bears.
	fileSkew = 15 * time.Minute
)

// behindFence takes out of a view of a record what is older than our own
// write to it: no information about that field. What is read by id is older
// only if it is what stood there before. It returns when the record is
// to be read again because of it; zero if that is not needed.
func (ps *pass) behindFence(s instep.Side, link instep.LinkID, v *view, asOf time.Time, direct bool) (due time.Time) {
	f, ok := ps.fences[instep.MarkID{Link: link, Side: s}]
	if !ok || f.Map != ps.state.Mapping || ps.mappingChanged() {
		return due
	}
	ps.noteLanded(s, link, v.vec, asOf)
	lag := ps.pair.side[s].traits.ReadLag
	slack := lag
	if ps.isFile(s, asOf) {
		slack += fileSkew
	}
	for _, field := range f.Fields {
		now := v.vec.at(int(field.Rule))
		if now == 0 || now == field.Hash || ps.notYet(field.At) {
			continue
		}
		switch fresh := field.At.Add(lag); {
		case !asOf.IsZero() && asOf.Add(-slack).Before(field.At):
			if !ps.pair.side[s].traits.Snapshot { // the next list may not show it again
				due = later(due, later(fresh, ps.now))
			}
		case asOf.IsZero() && ps.now.Before(fresh) && (!direct || now == field.Was):
			due = later(due, fresh)
		default:
			continue
		}
		v.vec[field.Rule], v.sum = 0, 0
	}
	return due
}

// noteLanded notes what a record shows of what we wrote and could not read back.
// Something else may be seen of it in the end: a log tells of each change, and what
// is read by its id right before a write comes to nothing if that is put off.
func (ps *pass) noteLanded(s instep.Side, link instep.LinkID, seen vector, asOf time.Time) {
	f := ps.fences[instep.MarkID{Link: link, Side: s}]
	if f.Map != ps.state.Mapping {
		return
	}
	for _, field := range f.Fields {
		if !field.Pending || seen.at(int(field.Rule)) != field.Hash || !asOf.IsZero() && asOf.Before(field.At) {
			continue
		}
		if ps.landed[s] == nil {
			ps.landed[s] = map[instep.LinkID][]uint16{}
		}
		ps.landed[s][link] = append(ps.landed[s][link], field.Rule)
	}
}

// isFile reports whether a list is one that is delivered late, and not of what is
// there now: by its time, which is by the vendor's clock, it is a while old, or of
// a time to come.
func (ps *pass) isFile(s instep.Side, asOf time.Time) bool {
	now := ps.engine.now()
	return ps.pair.side[s].traits.Snapshot && !asOf.IsZero() && (now.Sub(asOf) >= fileSkew || asOf.After(now.Add(skew)))
}

// notYet reports whether a time of ours is one to come: the clock was set back
// since, and nothing follows from it. A vendor's own time may be wrong by hours.
func (ps *pass) notYet(at time.Time) bool { return at.After(ps.now.Add(24 * time.Hour)) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// notTaken reports whether a field still has the value it had before our
// write, though the write has had its time: the vendor did not take it. It is
// nobody's edit.
func (ps *pass) notTaken(link *instep.Link, s instep.Side, rule int, now uint32) bool {
	f, ok := ps.fences[instep.MarkID{Link: link.ID, Side: s}]
	if !ok || f.Map != ps.state.Mapping {
		return false
	}
	i := slices.IndexFunc(f.Fields, func(field instep.FencedField) bool { return int(field.Rule) == rule })
	return i >= 0 && f.Fields[i].Pending && f.Fields[i].Was == now && !slices.Contains(ps.landed[s][link.ID], uint16(rule))
}

// fenceOff remembers what an op wrote, and reports whether a field was turned
// back and forth too often.
func (ps *pass) fenceOff(b *instep.Batch, o *op, link *instep.Link) (turned bool) {
	id := instep.MarkID{Link: link.ID, Side: o.target}
	// Both clocks count: lags run on ours, and the times of files on theirs.
	at := later(o.result.At, ps.engine.now())
	if o.result.At.IsZero() {
		at = at.Add(ps.skewOf(o.target))
	}
	f := ps.standingFence(id.Link, id.Side)
	was := o.before
	for i, r := range o.intent.Rules {
		field := instep.FencedField{
			Rule: r, At: at, Hash: o.after.vec.at(int(r)), Was: was.at(int(r)), Pending: o.blindly || slices.Contains(o.lagging, r),
		}
		if field.Hash == field.Was {
			field.Hash = o.intent.Hashes[i]
		}
		k := slices.IndexFunc(f.Fields, func(f instep.FencedField) bool { return f.Rule == r })
		if k < 0 {
			f.Fields = append(f.Fields, field)
			continue
		}
		old := &f.Fields[k]
		field.Back = old.Back
		if field.Hash == old.Was || field.Hash == old.Hash && field.Was != old.Hash { // the same once more: somebody had turned it back
			field.Back++
		}
		turned = turned || field.Back > mostTurns
		f.Fields[k] = field
	}
	f.Fields = ps.fenceOthers(f.Fields, o, link, at)
	b.Fences = append(b.Fences, f)
	ps.fences[id] = f
	return turned
}

// fenceOthers fences fields that an op did not write. An older view of a new
// record's id is of another record in every field. Of one that was updated, what
// somebody else has changed was read by its id.
func (ps *pass) fenceOthers(fields []instep.FencedField, o *op, link *instep.Link, at time.Time) []instep.FencedField {
	created := o.intent.Action == instep.Create
	if !created && (o.blindly || !ps.listsLate(o.target)) {
		return fields
	}
	base := ps.baseOf(&link.Sides[o.target], link.Map)
	for r, h := range o.after.vec {
		if h != 0 && !slices.Contains(o.intent.Rules, uint16(r)) && (created || h != base.at(r)) {
			fields = fenceField(fields, uint16(r), at, h, true)
		}
	}
	return fields
}

// needsFence reports whether an older view may take what an op wrote back: of a
// record that is new only if another one had its id before.
func (ps *pass) needsFence(o *op) bool {
	t := &ps.pair.side[o.target].traits
	before := t.Snapshot || t.ReadLag > 0 && !ps.fresh
	return o.intent.Action == instep.Update || o.intent.Action == instep.Create && t.ChosenID && before
}

// skewOf is what is added to the engine's own time where it stands for the
// time of a write: only views that tell their own time are compared with it.
func (ps *pass) skewOf(s instep.Side) time.Duration {
	if ps.pair.side[s].traits.Snapshot {
		return skew
	}
	return 0
}

// unexpired leaves out fields that no stale view can turn up of any more.
func (ps *pass) unexpired(s instep.Side, fields []instep.FencedField) []instep.FencedField {
	var rest []instep.FencedField
	for _, f := range fields {
		if ps.now.Before(f.At.Add(ps.fenceLife(s))) && !ps.notYet(f.At) {
			rest = append(rest, f)
		}
	}
	return rest
}

// fenceLife is how long a fence stands: as long as a stale view may turn up.
// Files are delivered late, but never by more than some days.
func (ps *pass) fenceLife(s instep.Side) time.Duration {
	t := &ps.pair.side[s].traits
	life := max(quarrel, 2*t.ReadLag)
	if t.Snapshot {
		life = max(life, 7*24*time.Hour)
	}
	return life
}

// takeDownFences drops fences that are no longer needed.
func (ps *pass) takeDownFences(b *instep.Batch) {
	for id, f := range ps.fences {
		if len(ps.unexpired(id.Side, f.Fields)) == 0 && !ps.open[id.Link] {
			b.Unfenced = append(b.Unfenced, id)
		}
	}
	slices.SortFunc(b.Unfenced, compareMarkIDs)
}

// unfence drops the fence of a record that its link lets go of.
func (ps *pass) unfence(b *instep.Batch, id instep.MarkID) {
	if _, ok := ps.fences[id]; ok {
		b.Unfenced = append(b.Unfenced, id)
		delete(ps.fences, id)
	}
}

// forgetTurns begins to count anew how often what was written was turned back. An
// older view is told by the fence as before.
func (ps *pass) forgetTurns(b *instep.Batch, id instep.MarkID) {
	f, ok := ps.fences[id]
	if !ok {
		return
	}
	f.Fields = slices.Clone(f.Fields)
	for i := range f.Fields {
		f.Fields[i].Back = 0
	}
	b.Fences = append(b.Fences, f)
	ps.fences[id] = f
}

func compareMarkIDs(a, b instep.MarkID) int {
	return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.Side, b.Side))
}

// inert returns the rules whose field the vendor did not take from us.
func (ps *pass) inert(link *instep.Link, s instep.Side, now vector) []int {
	if link == nil || len(ps.fences) == 0 {
		return nil
	}
	var rules []int
	for i := range ps.pair.rules {
		if h := now.at(i); h != 0 && ps.notTaken(link, s, i, h) {
			rules = append(rules, i)
		}
	}
	return rules
}

func (ps *pass) inertNames(w *work, nodes [2]node) []string {
	var names []string
	for _, s := range sides {
		if nodes[s].obs < 0 || w.meeting {
			continue
		}
		for _, i := range ps.inert(w.link, s, ps.obs[s].vec(nodes[s].obs)) {
			names = append(names, ps.pair.rules[i].Name)
		}
	}
	return names
}

// confirmShown notes of what we wrote and could not read back that its vendor has
// taken it: the record shows it, or what somebody has made of it since. What it
// held before is an edit from then on, and not a write that was not taken.
func (ps *pass) confirmShown(b *instep.Batch, link *instep.Link, w *work) {
	for _, s := range sides {
		id, i := instep.MarkID{Link: link.ID, Side: s}, w.obs[s]
		f := ps.fences[id]
		if f.Map != ps.state.Mapping || link.Sides[s].ID == "" {
			continue
		}
		var vec vector
		if i >= 0 {
			vec = ps.obs[s].vec(i)
		}
		taken := false
		f.Fields = slices.Clone(f.Fields)
		for k := range f.Fields {
			field := &f.Fields[k]
			now, landed := vec.at(int(field.Rule)), slices.Contains(ps.landed[s][link.ID], field.Rule)
			if field.Pending && (landed || now != 0 && now != field.Was) {
				field.Pending, taken = false, true
			}
		}
		if taken {
			b.Fences = append(b.Fences, f)
			ps.fences[id] = f
		}
	}
}

// fenceSource keeps what a write in doubt, a create too, was made from, where
// that may have been read by id from a source whose lists come late.
func (ps *pass) fenceSource(b *instep.Batch, link *instep.Link, s instep.Side, d *doubt) {
	if !ps.listsLate(s) || ps.pair.side[s].getter == nil {
		return
	}
	f := ps.standingFence(link.ID, s)
	for i, r := range d.whole.Rules {
		last := !fencedAfter(f.Fields, r, d.sent.Add(ps.skewOf(s)))
		f.Fields = fenceField(f.Fields, r, d.sent, d.whole.Hashes[i], last)
	}
	b.Fences = append(b.Fences, f)
	ps.fences[instep.MarkID{Link: link.ID, Side: s}] = f
}

// fenceUnread keeps what an update in doubt was to write, where nobody can look: a
// file that is older than that tells nothing of these fields.
func (ps *pass) fenceUnread(b *instep.Batch, s instep.Side, d *doubt) {
	if d.intent.Action != instep.Update || d.fate != absent || ps.pair.side[s].getter != nil {
		return
	}
	f := ps.standingFence(d.link.ID, s)
	for i, r := range d.intent.Rules {
		f.Fields = fenceField(f.Fields, r, d.sent.Add(ps.skewOf(s)), d.intent.Hashes[i], true)
	}
	b.Fences = append(b.Fences, f)
	ps.fences[instep.MarkID{Link: d.link.ID, Side: s}] = f
}

// fenceFound keeps what a record that turned out to have been made was found to
// hold, where it was edited since: a list may be older.
func (ps *pass) fenceFound(b *instep.Batch, s instep.Side, link instep.LinkID, base, found vector) {
	if !ps.listsLate(s) || slices.Equal(base, found) {
		return
	}
	f := ps.standingFence(link, s)
	for r, h := range found {
		if h != 0 && h != base.at(r) {
			f.Fields = fenceField(f.Fields, uint16(r), ps.engine.now(), h, true)
		}
	}
	b.Fences = append(b.Fences, f)
	ps.fences[instep.MarkID{Link: link, Side: s}] = f
}

// standingFence is what of a record's fence still counts.
func (ps *pass) standingFence(link instep.LinkID, s instep.Side) instep.Fence {
	f := instep.Fence{Link: link, Side: s, Map: ps.state.Mapping}
	if old := ps.fences[instep.MarkID{Link: link, Side: s}]; old.Map == f.Map {
		f.Fields = ps.unexpired(s, old.Fields)
	}
	return f
}

// fenceField notes what a field was seen to hold at a time. What was seen last
// counts, whatever the clocks say.
func fenceField(fields []instep.FencedField, rule uint16, at time.Time, hash uint32, last bool) []instep.FencedField {
	i := slices.IndexFunc(fields, func(f instep.FencedField) bool { return f.Rule == rule })
	switch {
	case i < 0:
		return append(fields, instep.FencedField{Rule: rule, At: at, Hash: hash})
	case last || fields[i].At.Before(at):
		fields[i].At, fields[i].Hash = later(fields[i].At, at), hash
	}
	return fields
}

// fencedAfter reports whether something is noted of a field as of a time or later.
func fencedAfter(fields []instep.FencedField, rule uint16, at time.Time) bool {
	return slices.ContainsFunc(fields, func(f instep.FencedField) bool { return f.Rule == rule && !f.At.Before(at) })
}

// listsLate reports whether a list of a side may be older than what was read
// from there by id before.
func (ps *pass) listsLate(s instep.Side) bool {
	return ps.pair.side[s].traits.Snapshot || ps.pair.side[s].traits.ReadLag > 0
}

// fenceRead keeps what was read by id from a source whose lists come late: one
// that is older tells nothing of the record. It does so once for a work, before
// what the work itself writes is fenced off.
func (ps *pass) fenceRead(b *instep.Batch, link *instep.Link, w *work) {
	if w.fenced {
		return
	}
	w.fenced = true
	ps.confirmShown(b, link, w)
	for _, s := range sides {
		i := w.obs[s]
		if i < 0 || !ps.listsLate(s) || !ps.obs[s].ob(i).rare().direct || link.Sides[s].ID == "" {
			continue
		}
		ps.fenceSeen(b, link.ID, s, ps.obs[s].vec(i), ps.obs[s].ob(i).rare().changed)
	}
}

// fenceSeen keeps what a record of side s was seen to hold, as it was read by its
// id. When it last changed is by the vendor's clock, which may be ahead of ours, and
// so are the times of its files.
func (ps *pass) fenceSeen(b *instep.Batch, link instep.LinkID, s instep.Side, seen vector, changed time.Time) {
	f, at := ps.standingFence(link, s), ps.now.Add(ps.skewOf(s))
	if ps.pair.side[s].traits.Snapshot {
		at = later(at, changed)
	}
	for r, h := range seen {
		if h != 0 {
			f.Fields = fenceField(f.Fields, uint16(r), at, h, true)
		}
	}
	b.Fences = append(b.Fences, f)
	ps.fences[instep.MarkID{Link: link, Side: s}] = f
}
