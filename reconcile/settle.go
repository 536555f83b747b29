package reconcile

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// settle says what is to be committed of what came of the ops: links and bases
// of what was done, marks for what was not, and, in place of the unit, one with
// what is still in doubt.
func (ps *pass) settle(ctx context.Context, unit *instep.Unit, ops []*op) (*instep.Batch, error) {
	held, err := ps.awaitHolders(ctx, ops)
	if err != nil {
		return nil, err
	}
	b := &instep.Batch{Links: make([]instep.Link, 0, len(ops)), Activity: make([]instep.Activity, 0, len(ops))}
	var doubt []instep.Intent
	made := newIDs(ops)
	for _, o := range ops {
		switch kind := instep.KindOf(o.result.Err); {
		case o.parts():
			ps.settleApart(b, o.w, made)
			continue
		case o.problem != nil:
			ps.settleProblem(b, o)
		case o.already:
			ps.settleRetired(b, o)
		case o.intent.Action == instep.Delete && kind == instep.NotFound:
			o.result.Err = nil // it is gone, which is what was wanted
			ps.settleRetired(b, o)
		case o.result.Err == nil && o.retires():
			ps.settleRetired(b, o)
		case o.result.Err == nil:
			ps.settleDone(b, o)
		case inDoubt(kind):
			doubt = append(doubt, o.intent)
			o.problem, o.outcome = message("in_doubt"), instep.Unknown
			ps.settleDoubt(b, o)
		case kind == instep.Canceled, isFatal(kind):
			ps.unsent++ // it is planned again: the cursor does not move past it
			continue
		default:
			ps.settleRefused(b, o, kind)
		}
		if o.already {
			ps.writes++
		} else {
			ps.report(o)
		}
	}
	if err := ps.freeHeld(ctx, b, held); err != nil {
		return nil, err
	}
	if err := ps.keepAppeared(ctx, b, ops); err != nil {
		return nil, err
	}
	if unit != nil {
		b.Settled = append(b.Settled, unit.ID)
		if len(doubt) > 0 {
			rest := ps.newUnit(unit.Side, ps.engine.now())
			rest.Intents = doubt
			b.Units = append(b.Units, rest)
			ps.units = append(ps.units, rest)
			ps.retry = true
		}
	}
	return b, nil
}

// outcome is what came of a call that was sent, not committed yet.
type outcome struct {
	batches []*instep.Batch
	works   []*work
}

// settleLater leaves what came of a call to the next commit: that of what is
// announced next, if nothing has to be read for it. Otherwise it is committed
// before anybody is asked anything; see call.
func (ps *pass) settleLater(out outcome) {
	if earlier := ps.unsettled; earlier != nil { // nothing was sent since
		earlier.batches = append(earlier.batches, out.batches...)
		earlier.works = append(earlier.works, out.works...)
		return
	}
	ps.unsettled = &out
}

// settleNow commits what settleLater has left.
func (ps *pass) settleNow(ctx context.Context) error {
	if ps.unsettled == nil {
		return nil
	}
	return ps.commit(ctx, &instep.Batch{})
}

// newIDs returns the ids that records got: those that were created, and those
// whose id is a number that was written.
func newIDs(ops []*op) (ids [2][]takenID) {
	for _, o := range ops {
		if o.result.Err != nil || o.problem != nil || o.result.Ref.ID == "" || o.w.link == nil {
			continue
		}
		if o.w.outcome == instep.Created || o.w.outcome == instep.Updated && o.result.Ref.ID != o.intent.Target {
			ids[o.target] = append(ids[o.target], takenID{o.result.Ref.ID, o.w.link.ID})
		}
	}
	return ids
}

func (ps *pass) settleDone(b *instep.Batch, o *op) {
	w := o.w
	link := ps.linkFor(w)
	side := &link.Sides[o.target]
	if was := side.ID; was != o.result.Ref.ID {
		ps.moveDecisionsNow(b, o.target, was, o.result.Ref.ID)
	}
	leaveFormer(&link, o.target)
	side.ID, side.Version = o.result.Ref.ID, o.result.Version
	if w.outcome == instep.Created {
		ps.noteMade(o.target, side.ID)
	}
	if o.result.After != nil {
		side.Identity = ps.engine.hash.identity(o.target, o.result.After)
	}
	if len(side.Base) == 0 {
		side.Base = make([]byte, 4*len(ps.pair.rules))
	}
	if o.after == nil {
		o.after, o.blindly = ps.expected(o), true
		o.after.keys = ps.keysExpected(o)
	}
	if w.outcome == instep.Created {
		link.Rule = madeOn(o.target)
		ps.advance(&link, w, nil)
		side.Base, side.Sum = o.after.vec.bytes(), o.after.sum
	} else {
		ps.advance(&link, w, o.after)
	}
	link.Keys = ps.keysAfter(&link, o)
	ps.renewEvidence(b, o.target, w.link, &link)
	b.Activity = append(b.Activity, ps.activity(w, &link, o.target, o.intent.Action.String()+" "+o.target.String(), o.sent.rules))
	ps.settleMarks(b, o, &link)
	ps.fenceRead(b, &link, w)
	ps.settleAfter(b, o, &link)
	b.Links = append(b.Links, link)
	w.link, w.written[o.target] = &b.Links[len(b.Links)-1], true
	ps.done.Writes[o.target]++
}

// settleMarks takes what is open about a link for done, but for a record that is
// back and whose values are still to be written to the other one.
func (ps *pass) settleMarks(b *instep.Batch, o *op, link *instep.Link) {
	other := o.target.Other()
	if away := ps.backAgain(link); away != nil && *away == o.target && o.w.writesTo(other) && !o.w.written[other] {
		ps.keepBack(b, link.ID, *away)
		return
	}
	ps.clearMarks(b, link.ID)
}

// settleAfter writes down what is still to be looked at after a write.
func (ps *pass) settleAfter(b *instep.Batch, o *op, link *instep.Link) {
	m := instep.Mark{Link: link.ID, Side: o.target, Outcome: instep.Pending, Message: *message("read_lags"), Due: o.w.due}
	pending := !o.w.due.IsZero()
	if ps.needsFence(o) && ps.fenceOff(b, o, link) {
		m.Outcome, m.Message, m.Due, pending = instep.Review, *message("turned", arg("fields", join(ps.ruleNames(o.intent.Rules)))), time.Time{}, true
	}
	if len(o.lagging) > 0 {
		m.Due, pending = later(m.Due, ps.engine.now().Add(ps.pair.side[o.target].traits.ReadLag)), true
	}
	if again := ps.reopen(o, link); o.edited || again {
		pending, ps.retry = true, true
	}
	if len(o.sent.late) > 0 {
		m = instep.Mark{
			Link: link.ID, Side: o.target.Other(), Outcome: instep.Blocked, Waits: o.sent.waits,
			Message: *refMissing(&ps.pair.rules[o.sent.late[0]], &o.sent.waits[0]),
		}
		pending = true
		o.w.waits = o.sent.waits
	}
	names := ps.conflicts(o.w)
	if len(names) > 0 {
		m = instep.Mark{Link: link.ID, Side: o.target.Other(), Outcome: instep.Review, Message: *message("conflict", arg("fields", join(names)))}
		pending = true
	}
	if o.w.wipe {
		m, pending = ps.wipedMark(link.ID, o.target), true
	}
	o.w.closed = !pending
	if pending {
		ps.markAs(b, m)
	}
}

// expected is what a side should hold after a write that could not be read
// back. Its sum is 0, so that the record is looked at when it is next read.
func (ps *pass) expected(o *op) *written {
	vec := make(vector, len(ps.pair.rules))
	if o.w.outcome == instep.Created {
		ps.leftOut(o, vec)
	} else {
		copy(vec, ps.believed(o.w, o.target))
	}
	var fields instep.Fields
	for i, r := range o.intent.Rules {
		vec[r] = o.intent.Hashes[i]
		rule := &ps.pair.rules[r]
		if rule.keeps(o.target) {
			continue
		}
		if fields.Len() == 0 {
			fields = instep.NewFields(slices.Clone(o.sent.fields)...)
		}
		if v := fields.Get(rule.End(o.target).Field); !v.IsAbsent() {
			if h := ps.echo(rule, o.target, v); h != 0 {
				vec[r] = h
			}
		}
	}
	return &written{side: o.target, vec: vec}
}

// leftOut has fields that a create did not set hold nothing, or what new records
// get: what stands there later is somebody's edit.
func (ps *pass) leftOut(o *op, vec vector) {
	for i := range vec {
		r := &ps.pair.rules[i]
		if slices.Contains(o.sent.late, uint16(i)) || !r.Direction.Allows(o.target) || r.End(o.target).Field == instep.IDField {
			continue
		}
		if vec[i] = ps.givenTo(o.target, r); vec[i] == 0 {
			vec[i] = ps.blank[0][i]
		}
	}
}

// keysExpected returns the match keys that a record should have after it was
// made, or after an update that changes them; nil if it changes none, or the
// record was not read before.
func (ps *pass) keysExpected(o *op) []key {
	if !ps.touchesKeys(o.intent.Rules) {
		return nil
	}
	current := o.current
	switch {
	case o.intent.Action == instep.Create && ps.hasOneKey():
		return nil // that one the intent has
	case o.intent.Action == instep.Create:
		current = &instep.Record{Ref: o.result.Ref, Status: instep.Live}
	case o.intent.Action == instep.Update && current == nil:
		current = ps.inHand(o.w, o.target)
	}
	if current == nil {
		return nil
	}
	rec := *current
	for _, f := range o.sent.fields {
		rec.Fields = rec.Fields.With(f.Name, f.Value)
	}
	return ps.prepare(o.target, &rec).clone().keys
}

// hasOneKey reports whether records have no match keys but the first.
func (ps *pass) hasOneKey() bool {
	n := 0
	for i := range ps.pair.rules {
		if ps.pair.rules[i].Match != nil {
			n++
		}
	}
	return ps.pair.Matcher == nil && n == 1
}

// keysUnknown reports whether an update changes match keys, and nobody can tell
// which ones the record has then without looking.
func (ps *pass) keysUnknown(o *op) bool {
	return o.intent.Action == instep.Update && o.current == nil && ps.touchesKeys(o.intent.Rules) && ps.inHand(o.w, o.target) == nil
}

// touchesKeys reports whether one of the rules may be part of a match key.
func (ps *pass) touchesKeys(rules []uint16) bool {
	return ps.pair.Matcher != nil || slices.ContainsFunc(rules, func(r uint16) bool { return ps.pair.rules[r].Match != nil })
}

// keysAfter returns the keys of a link after a write: those of the record as
// read back, or as it should be.
func (ps *pass) keysAfter(link *instep.Link, o *op) []instep.KeyHash {
	all := ps.keyScratch[:0]
	source, target := aboutSide(o.target.Other()), uint8(1)<<o.target
	for _, k := range link.Keys {
		sides := k.Sides & source
		if o.after.keys == nil && o.w.outcome != instep.Created {
			sides = k.Sides
		}
		all = addKeyHash(all, k.Hash, sides)
	}
	for _, k := range o.after.keys {
		all = addKeyHash(all, k.hash, target)
	}
	if o.after.keys == nil && o.w.outcome == instep.Created {
		all = addKeyHash(all, o.intent.Key, target)
	}
	all = addKeyHash(all, link.Sides[o.target].Identity, target)
	ps.keyScratch = all
	return ps.sortedKeyHashes(all)
}

// settleProblem writes down why an op was not sent, or is in doubt.
func (ps *pass) settleProblem(b *instep.Batch, o *op) {
	w := o.w
	if w.link == nil || w.meeting {
		ps.linkAhead(b, w)
	}
	ps.learn(b, w)
	ps.confirmShown(b, w.link, w) // it was seen, though nothing follows from it yet
	w.outcome, w.side, w.reason = o.outcome, o.target.Other(), o.problem
	w.meeting = false
	w.due, w.proof = o.due, o.proof
	if len(o.sent.waits) > 0 {
		w.waits = o.sent.waits
	}
	ps.mark(b, w, w.link)
	b.Cleared = append(b.Cleared, instep.MarkID{Link: w.link.ID, Side: w.side.Other()}) // this very pass may have marked it
	ps.retry = ps.retry || o.problem.Code == "changed_meanwhile" || o.problem.Code == "vanished"
}

// learn keeps what was seen of records about which nothing is done: immutable
// ids that their link does not know yet, so that a change of their id is
// noticed, and other match keys, so that they are found by them.
func (ps *pass) learn(b *instep.Batch, w *work) {
	if inBatch(b, w.link.ID) {
		return
	}
	link := *w.link
	for _, s := range sides {
		i := w.obs[s]
		if i < 0 || ps.obs[s].ob(i).is != there || ps.obs[s].ob(i).identity() == 0 || link.Sides[s].ID != ps.obs[s].ob(i).id() {
			continue
		}
		if was := link.Sides[s].Identity; was == 0 || isOrigin(was) {
			link.Sides[s].Identity = ps.obs[s].ob(i).identity()
		}
	}
	link.Keys = ps.linkKeys(&link, w)
	if slices.Equal(link.Keys, w.link.Keys) {
		return
	}
	link.Gen++
	b.Links = append(b.Links, link)
	w.link = &link
}

// parts reports whether an op was about to join two records that are not what
// they were any more, or not there. Where the other side was written, they are
// joined.
func (o *op) parts() bool {
	return o.problem != nil && o.w.meeting && !isFull(o.w.link) && (o.problem.Code == "changed_meanwhile" || o.problem.Code == "vanished")
}

// settleApart leaves two records that were about to be joined each on its own,
// to be looked at again: what joined them may not be so any more. One whose id is
// that of a record made by the same call has ceased.
func (ps *pass) settleApart(b *instep.Batch, w *work, made [2][]takenID) {
	for _, s := range sides {
		var half *instep.Link
		for _, link := range []*instep.Link{w.link, w.drop} {
			if link != nil && link.Sides[s].ID != "" {
				half = link
			}
		}
		switch ceased := ps.isTaken(w, s, made[s]); {
		case ceased && half != nil:
			ps.dropInto(b, half)
			continue
		case ceased, half == nil && w.obs[s] < 0:
			continue
		}
		own := work{outcome: instep.Pending, side: s, link: half, obs: [2]int32{-1, -1}, reason: message("changed_meanwhile")}
		own.obs[s] = w.obs[s]
		own.create = ps.firstLoad() && ps.pair.First == s // it would have been made, if nothing had been found
		link := ps.linkFor(&own)
		ps.advance(&link, &own, nil)
		link.Sides[s].Sum = 0
		b.Links = append(b.Links, link)
		ps.mark(b, &own, &link)
	}
	ps.retry = true
}

// isTaken reports whether the id of a work's record is among those that others
// got.
func (ps *pass) isTaken(w *work, s instep.Side, ids []takenID) bool {
	return slices.ContainsFunc(ids, func(t takenID) bool { return t.id == ps.id(w, s) })
}

// settleDoubt writes down that an op is in doubt. The unit has the rest.
func (ps *pass) settleDoubt(b *instep.Batch, o *op) {
	o.w.outcome, o.w.side, o.w.reason = o.outcome, o.target.Other(), o.problem
	b.Activity = append(b.Activity, ps.activity(o.w, o.w.link, o.target, o.intent.Action.String()+" "+o.target.String(), o.sent.rules))
}

// settleRefused writes down that the vendor did not do it.
func (ps *pass) settleRefused(b *instep.Batch, o *op, kind instep.Kind) {
	code := arg("code", kind.Error())
	o.outcome = instep.Failed
	switch kind {
	case instep.RateLimited, instep.Unavailable, instep.Busy:
		o.problem = message("unreachable", code)
		o.due = ps.pauseOf(o)
	case instep.Conflict:
		o.problem = message("changed_meanwhile")
	case instep.NotFound:
		o.problem = message("vanished", arg("side", o.target.String()))
		if ps.pair.side[o.target].getter == nil { // the next list tells more
			ps.parkUntilChanged(o)
		}
	case instep.Duplicate:
		o.problem, o.outcome = message("taken", arg("rule", ps.keyName(1))), instep.Review
		ps.parkUntilChanged(o)
	default:
		o.problem = message("refused", arg("code", refusedCode(o.result.Err, kind)), refusedField(o.result.Err))
		ps.parkUntilChanged(o)
	}
	ps.settleProblem(b, o)
}

// reopen forgets the bases of fields that are still to be filled in: those
// that take the new record's id, and references that come later. It reports
// whether there are any of the first kind.
func (ps *pass) reopen(o *op, link *instep.Link) (now bool) {
	forget := func(rule int) {
		for s := range link.Sides {
			if base := vectorOf(link.Sides[s].Base); base != nil {
				base[rule] = 0
				link.Sides[s].Base, link.Sides[s].Sum = base.bytes(), 0
			}
		}
	}
	for i := range ps.pair.rules {
		if o.w.outcome == instep.Created && ps.pair.rules[i].writesBack(o.target.Other()) {
			forget(i)
			now = true
		}
	}
	for _, r := range o.sent.late {
		forget(int(r))
	}
	return now
}

// parkUntilChanged keeps what was refused back until its record differs. It is
// looked at now and then all the same, so that what it depends on is seen.
func (ps *pass) parkUntilChanged(o *op) {
	if o.source != nil {
		o.proof = ps.prepare(o.target.Other(), o.source).sum
	}
	o.due = ps.engine.now().Add(ps.pair.SweepEvery)
}

func (ps *pass) pauseOf(o *op) time.Time {
	if o.w.link == nil {
		return time.Time{}
	}
	return ps.pause(o.w.link.ID, o.target.Other())
}

// ruleNames returns the names of rules. They are often the same as for the call
// before, and not to be changed.
func (ps *pass) ruleNames(rules []uint16) []string {
	if len(rules) > 0 && slices.Equal(rules, ps.nameRules) {
		return ps.names
	}
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = ps.pair.rules[r].Name
	}
	ps.names, ps.nameRules = names, slices.Clone(rules)
	return names
}

// refusedCode is what the vendor calls it: its own code, or the status of the
// reply. What it says in words may hold values, and is for the log alone.
func refusedCode(err error, kind instep.Kind) string {
	const longest = 40
	switch e := asError(err); {
	case e != nil && e.Code != "" && len(e.Code) <= longest && strings.IndexFunc(e.Code, notInCode) < 0:
		return e.Code
	case e != nil && e.Status != 0:
		return "HTTP " + strconv.Itoa(e.Status)
	default:
		return kind.Error()
	}
}

func notInCode(r rune) bool {
	return r != '_' && r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// refusedField names the field that a vendor refused. It is one of the mapping:
// see masked.
func refusedField(err error) instep.Arg {
	if e := asError(err); e != nil && e.Field != "" {
		return arg("field", ", field "+e.Field)
	}
	return arg("field", "")
}

func (ps *pass) report(o *op) {
	ps.writes++
	if ps.engine.opt.Observe == nil {
		return
	}
	ev := Wrote{
		Pair: ps.pair.Name, Side: o.target, Action: o.intent.Action, Fields: slices.Clone(ps.ruleNames(o.sent.rules)), Outcome: o.w.outcome,
		Err: o.result.Err, Done: ps.writes, Total: ps.total,
	}
	if o.w.link != nil {
		ev.Left, ev.Right = ps.refOf(o.w.link, instep.Left), ps.refOf(o.w.link, instep.Right)
	}
	ps.engine.emit(ev)
}

// inDoubt reports whether an error leaves open if the write was done. An
// answer that was not understood, or an error that nobody classified, tells
// nothing.
func inDoubt(kind instep.Kind) bool {
	return kind == instep.Lost || kind == instep.Malformed || kind == instep.Unclassified
}

func isFatal(kind instep.Kind) bool {
	switch kind {
	case instep.Unauthorized, instep.Forbidden, instep.Config, instep.Unsupported:
		return true
	default:
		return false
	}
}
