package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// doubt is a write whose reply is missing.
type doubt struct {
	intent instep.Intent
	whole  instep.Intent // with what nothing shows of an update that was carried out
	shown  instep.Intent // what of an update is there, though other fields are as before
	unit   instep.UnitID
	sent   time.Time
	link   *instep.Link
	source *instep.Record
	value  instep.Value // of the first key, in the target's form
	found  *instep.Record
	fate   fate
	asked  bool // a rung of the ladder that can tell was asked
	reason *instep.Message
}

// fate is what became of a write in doubt.
type fate uint8

const (
	absent  fate = iota // nothing of it is there, so far
	done                // it was carried out
	unclear             // a person must look
	void                // there is nothing to find out any more
	waiting             // the record that would tell is hidden: found out when that shows again
)

// recover finds out what became of the writes that an earlier run, or this
// one, sent without learning the outcome. What is not there yet may still
// come until the request's declared life is over, so it looks again then; one
// wait serves all. What is still not there was not carried out and is planned
// anew. Nothing is ever sent a second time on a guess.
func (ps *pass) recover(ctx context.Context) error {
	if len(ps.units) == 0 {
		return nil
	}
	if err := ps.bind(ctx); err != nil { // links are adopted under the mapping in use
		return err
	}
	for _, s := range sides {
		if err := ps.recoverSide(ctx, s); err != nil {
			return err
		}
	}
	return ps.load(ctx)
}

func (ps *pass) recoverSide(ctx context.Context, s instep.Side) error {
	traits := &ps.pair.side[s].traits
	var open []*doubt
	var until time.Time
	for i := range ps.units {
		u := &ps.units[i]
		if u.Side != s {
			continue
		}
		for _, in := range u.Intents {
			if in.Token != "" && in.First.IsZero() {
				in.First = u.Sent
			}
			open = append(open, &doubt{intent: in, unit: u.ID, sent: u.Sent})
		}
		if end := u.Sent.Add(traits.RequestLife + traits.ReadLag); end.After(until) {
			until = end
		}
	}
	if len(open) == 0 {
		return nil
	}
	// What was sent at a time to come was sent before the clock was set back.
	most := traits.RequestLife + traits.ReadLag
	if end := ps.engine.now().Add(most); until.After(end) {
		until = end
	}
	wait := max(until.Sub(ps.engine.now()), 0)
	ps.engine.emit(Recovering{ps.pair.Name, s, len(open), wait})
	if err := ps.look(ctx, s, open); err != nil {
		return err
	}
	if missing := stillAbsent(open); len(missing) > 0 && wait > 0 {
		if err := ps.engine.opt.Clock.Sleep(ctx, until.Sub(ps.engine.now())); err != nil {
			return err
		}
		if err := ps.look(ctx, s, missing); err != nil {
			return err
		}
	}
	return ps.settleDoubts(ctx, s, open)
}

func stillAbsent(open []*doubt) []*doubt {
	var out []*doubt
	for _, d := range open {
		if d.fate == absent {
			out = append(out, d)
		}
	}
	return out
}

// look sets the fate of each doubt to what can be seen now.
func (ps *pass) look(ctx context.Context, s instep.Side, open []*doubt) error {
	ids := make([]instep.LinkID, len(open))
	for i, d := range open {
		ids[i] = d.intent.Link
	}
	if err := ps.loadLinks(ctx, ids); err != nil {
		return err
	}
	var creates, updates []*doubt
	for _, d := range open {
		if d.link == nil {
			d.link = ps.links[d.intent.Link]
			d.intent = ps.translate(d.intent, d.link.Map)
			d.whole = d.intent
		}
		if d.intent.Action == instep.Create {
			creates = append(creates, d)
		} else {
			updates = append(updates, d)
		}
	}
	if err := ps.lookUpdates(ctx, s, updates); err != nil {
		return err
	}
	return ps.lookCreates(ctx, s, creates)
}

// translate brings an intent that was made under an earlier mapping into
// terms of the one in use. Rules that are no longer there fall out.
func (ps *pass) translate(in instep.Intent, mapping uint32) instep.Intent {
	made := ps.outdated(mapping)
	if made == nil {
		return in
	}
	out := in
	out.Rules, out.Hashes, out.Before = nil, nil, nil
	for i, r := range in.Rules {
		if int(r) >= len(made.Prints) {
			continue
		}
		if now := indexValues(ps.pair.prints, made.Prints[r]); now >= 0 {
			out.Rules = append(out.Rules, uint16(now))
			out.Hashes = append(out.Hashes, in.Hashes[i])
			if i < len(in.Before) {
				out.Before = append(out.Before, in.Before[i])
			}
		}
	}
	return out
}

func (ps *pass) lookUpdates(ctx context.Context, s instep.Side, open []*doubt) error {
	refs := make([]instep.Ref, len(open))
	for i, d := range open {
		refs[i] = ps.pair.side[s].ref(d.intent.Target)
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
	}
	for i, d := range open {
		d.shown = instep.Intent{}
		is := ps.presence(s, recs[i].Status)
		switch {
		case d.intent.Action == instep.Delete:
			if is == gone {
				d.fate = done
			}
		case is == gone:
			d.fate = void
		case is == hidden && d.intent.Action == instep.Update && ps.pair.side[s].getter != nil:
			d.fate = waiting // what it holds then is ours, perhaps, and nobody's edit
		case is != there: // it tells nothing of the values
		case d.intent.Action == instep.Deactivate:
			if recs[i].Status == instep.Inactive {
				d.fate, d.found = done, &recs[i]
			}
		case ps.asSent(s, &recs[i], d):
			d.fate, d.found = done, &recs[i]
		default:
			ps.judgeShown(s, &recs[i], d)
		}
	}
	return nil
}

// judgeShown says what became of an update of which a record shows some, but not
// all. Where no field holds what stood there before, it was carried out, or somebody
// did the like. Else it may still come. Once it cannot any more, what is there is in
// step all the same, whoever did it: the system may make of the rest just what stood
// there before.
func (ps *pass) judgeShown(s instep.Side, rec *instep.Record, d *doubt) {
	shown, moved := ps.shownOf(s, rec, d)
	switch {
	case len(shown.Rules) == 0:
	case moved:
		d.fate, d.found, d.intent = done, rec, shown
	case !d.intent.Wipe:
		d.found, d.shown = rec, shown
	}
}

// asSent reports whether a record holds what an intent was to write: the
// values themselves, or what the side makes of them by the mapping's own
// rounding.
func (ps *pass) asSent(s instep.Side, rec *instep.Record, d *doubt) bool {
	v := ps.prepare(s, rec).clone()
	for i, r := range d.intent.Rules {
		if int(r) >= len(v.vec) || v.vec[r] == 0 || v.vec[r] != d.intent.Hashes[i] && v.vec[r] != ps.echoOf(s, int(r), d.source) {
			return false
		}
	}
	return true
}

// shownOf returns what of an update a record shows, and whether no field holds what
// stood there before. The others were edited before or after it: nobody can tell, so
// nothing is taken to be known of them.
func (ps *pass) shownOf(s instep.Side, rec *instep.Record, d *doubt) (shown instep.Intent, moved bool) {
	now := ps.prepare(s, rec).vec
	shown, moved = d.intent, true
	shown.Rules, shown.Hashes, shown.Before = nil, nil, nil
	for i, r := range d.intent.Rules {
		was, is := vector(d.intent.Before).at(i), now.at(int(r))
		switch {
		case was == 0 || is == 0 || is == was:
			moved = false
		case is == d.intent.Hashes[i]:
			shown.Rules, shown.Hashes, shown.Before = append(shown.Rules, r), append(shown.Hashes, is), append(shown.Before, was)
		}
	}
	return shown, moved
}

// echoOf hashes what side s should show of a rule's field after it was written
// from the source record. It is 0 if that record is not in hand.
func (ps *pass) echoOf(s instep.Side, i int, source *instep.Record) uint32 {
	if source == nil {
		return 0
	}
	r := &ps.pair.rules[i]
	if r.keeps(s) {
		return 0
	}
	v, bad := ps.project(r, s, source)
	if bad != nil {
		return 0
	}
	return ps.echo(r, s, v)
}

// echo hashes what side s should show of a rule's field that a value was
// written to; 0 if that is what was sent, in the shared form.
func (ps *pass) echo(r *rule, s instep.Side, v instep.Value) uint32 {
	if r.keeps(s) {
		return 0
	}
	shared, err := r.read(s, v)
	if err != nil {
		return 0
	}
	h, _ := ps.engine.hash.field(nil, r.Name, shared)
	return fold(h)
}

// keeps reports whether side s shows just what was written to a rule's field:
// no transform of that side can round it. A reference is shown as what it
// stands for.
func (r *rule) keeps(s instep.Side) bool {
	return r.Refs != "" || len(r.via[s]) == 0 && r.List == nil
}

// readSources reads the records that creates in doubt were made from.
func (ps *pass) readSources(ctx context.Context, s instep.Side, open []*doubt) error {
	refs := make([]instep.Ref, len(open))
	for i, d := range open {
		refs[i] = ps.pair.side[s].ref(d.link.Sides[s].ID)
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
	}
	rule := ps.firstKey()
	for i, d := range open {
		d.source = &recs[i]
		switch is := ps.presence(s, d.source.Status); {
		case is == there:
		case ps.findable(s.Other(), d):
			continue
		case is == hidden && ps.pair.side[s].getter != nil:
			d.fate = waiting
			continue
		default:
			d.fate, d.reason = unclear, message("in_doubt")
			continue
		}
		v := ps.prepare(s, d.source)
		if sameKey := len(v.keys) > 0 && v.keys[0].hash == d.intent.Key; !sameKey && !ps.findable(s.Other(), d) {
			d.fate, d.reason = unclear, message("in_doubt") // its key was changed since
			continue
		}
		if rule != nil {
			d.value, _ = ps.project(rule, s.Other(), d.source)
		}
	}
	return nil
}

// findable reports whether a create can be found by its token, whatever became
// of the record it was made from.
func (ps *pass) findable(target instep.Side, d *doubt) bool {
	return d.intent.Token != "" && ps.pair.side[target].traits.TokenField != ""
}

// settleDoubts commits what was found out.
func (ps *pass) settleDoubts(ctx context.Context, s instep.Side, open []*doubt) error {
	b := &instep.Batch{}
	units := map[instep.UnitID]bool{}
	for _, d := range open {
		if !units[d.unit] {
			units[d.unit] = true
			b.Settled = append(b.Settled, d.unit)
		}
		w := &work{outcome: outcomeOf(d.intent.Action), side: s, link: d.link, obs: [2]int32{-1, -1}}
		if inBatch(b, d.link.ID) { // two writes to one link: what was found out of the first comes first
			ps.keepWaiting(b, s, d)
			ps.retry = true
			continue
		}
		if d.fate == absent && len(d.shown.Rules) > 0 {
			d.fate, d.intent = done, d.shown
		}
		switch d.fate {
		case waiting:
			ps.keepWaiting(b, s, d)
			continue
		case done:
			if w.outcome == instep.Removed || w.outcome == instep.Deactivated {
				if err := ps.adoptRetired(ctx, b, s, d, w); err != nil {
					return err
				}
			} else {
				ps.adopt(b, s, d, w)
			}
			ps.adopted = append(ps.adopted, *w)
			continue
		case unclear:
			w.outcome, w.reason = instep.Review, d.reason
		default:
			ps.judgeResend(s, d, w)
			ps.fenceUnread(b, s, d)
			if !d.intent.Wipe {
				ps.fenceSource(b, d.link, s.Other(), d)
			}
		}
		w.side = s.Other()
		ps.keepKey(b, s, d)
		ps.markResend(b, d, w)
		b.Activity = append(b.Activity, ps.activity(w, d.link, s, "none", d.intent.Rules))
	}
	if err := ps.freeIDs(ctx, b, adoptedIDs(s, open)); err != nil {
		return err
	}
	return ps.commit(ctx, b)
}

// markResend has a write looked at again. That a record is back after its
// counterpart was set out of use or emptied holds until its values are written.
func (ps *pass) markResend(b *instep.Batch, d *doubt, w *work) {
	if away := ps.backAgain(d.link); away != nil {
		ps.keepBack(b, d.link.ID, *away)
		return
	}
	ps.markAs(b, instep.Mark{
		Link: d.link.ID, Side: w.side, Outcome: w.outcome, Message: *w.reason, Due: w.due,
		Create: d.intent.Action == instep.Create && d.fate == absent && w.outcome == instep.Failed,
	})
}

// keepBack has it hold on that a link's record of side s is back, and looked at at
// once.
func (ps *pass) keepBack(b *instep.Batch, link instep.LinkID, s instep.Side) {
	m := ps.marks[instep.MarkID{Link: link, Side: s}]
	m.Due = time.Time{}
	ps.markAs(b, m)
}

// keepKey keeps the key that an update in doubt gave a record, where nobody can
// look: nothing else is made under it meanwhile.
func (ps *pass) keepKey(b *instep.Batch, s instep.Side, d *doubt) {
	if d.intent.Action != instep.Update || d.intent.Key == 0 || ps.pair.side[s].getter != nil {
		return
	}
	next := *d.link
	next.Gen++
	next.Keys = ps.sortedKeyHashes(addInDoubt(slices.Clone(next.Keys), d.intent.Key, s))
	b.Links = append(b.Links, next)
}

// mostResends is how often a create that gets no reply is sent again: where one
// of ten is lost, it is chance for one in ten million.
const mostResends = 6

// judgeResend decides about a write that nothing is to be seen of, though it
// has had its time. It is planned anew. A create of which this is said once
// more was perhaps not lost: the vendor may take longer than it declares. Then
// it waits longer each time, and in the end for a person.
func (ps *pass) judgeResend(s instep.Side, d *doubt, w *work) {
	w.outcome, w.reason = instep.Failed, message("resend")
	m := ps.marks[instep.MarkID{Link: d.link.ID, Side: s.Other()}]
	if d.intent.Action != instep.Create || m.Message.Code != "resend" {
		return
	}
	if m.Tries+1 >= mostResends {
		w.outcome, w.reason = instep.Review, message("in_doubt")
		return
	}
	t := &ps.pair.side[s].traits
	w.due = ps.engine.now().Add((t.RequestLife + t.ReadLag) << (2 * (m.Tries + 1)))
}

// adoptedIDs returns the ids of records that turned out to have been created.
func adoptedIDs(s instep.Side, open []*doubt) (ids [2][]takenID) {
	for _, d := range open {
		if d.fate == done && d.intent.Action == instep.Create {
			ids[s] = append(ids[s], takenID{d.found.Ref.ID, d.link.ID})
		}
	}
	return ids
}

// keepWaiting leaves a write in doubt.
func (ps *pass) keepWaiting(b *instep.Batch, s instep.Side, d *doubt) {
	if len(b.Units) == 0 {
		b.Units = append(b.Units, ps.newUnit(s, d.sent))
	}
	u := &b.Units[0]
	u.Intents = append(u.Intents, d.intent)
	if d.sent.After(u.Sent) {
		u.Sent = d.sent
	}
}

func outcomeOf(a instep.Action) instep.Outcome {
	switch a {
	case instep.Create:
		return instep.Created
	case instep.Delete:
		return instep.Removed
	case instep.Deactivate:
		return instep.Deactivated
	default:
		return instep.Updated
	}
}

func (ps *pass) baseOf(side *instep.LinkSide, mapping uint32) vector {
	v := ps.pair.base(side.Base, ps.outdated(mapping))
	if len(v) != len(ps.pair.rules) {
		return make(vector, len(ps.pair.rules))
	}
	return v
}

func (ps *pass) addKeys(have []instep.KeyHash, s instep.Side, keys []key, identity uint64) []instep.KeyHash {
	all := slices.Clone(have)
	for _, k := range keys {
		all = addKeyHash(all, k.hash, 1<<s)
	}
	return ps.sortedKeyHashes(addKeyHash(all, identity, 1<<s))
}

func asError(err error) *instep.Error {
	e, _ := errors.AsType[*instep.Error](err)
	return e
}
