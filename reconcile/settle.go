package reconcile

import (
	"context"
	"time"

	"github.com/instep-go/instep"
)

// settle commits what came of the ops: links and bases of what was done,
// marks for what was not, and, in place of the unit, one with what is still
// in doubt.
func (ps *pass) settle(ctx context.Context, unit *instep.Unit, ops []*op) error {
	b := &instep.Batch{}
	var doubt []instep.Intent
	for _, o := range ops {
		switch kind := instep.KindOf(o.result.Err); {
		case o.problem != nil:
			ps.settleProblem(b, o)
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
		ps.report(o)
	}
	if unit != nil {
		b.Settled = []instep.UnitID{unit.ID}
		if len(doubt) > 0 {
			rest := ps.newUnit(unit.Side, time.Now().UTC())
			rest.Intents = doubt
			b.Units = []instep.Unit{rest}
			ps.retry = true
		}
	}
	return ps.commit(ctx, b)
}

func (ps *pass) settleDone(b *instep.Batch, o *op) {
	w := o.w
	link := ps.linkFor(w)
	side := &link.Sides[o.target]
	side.ID, side.Version = o.result.Ref.ID, o.result.Version
	if o.result.After != nil {
		side.Identity = ps.engine.hash.identity(o.target, o.result.After.Identity)
	}
	if len(side.Base) == 0 {
		side.Base = make([]byte, 4*len(ps.pair.rules))
	}
	if o.after == nil {
		o.after = ps.expected(o)
	}
	if w.outcome == instep.Created {
		link.Rule = "created"
		ps.advance(&link, w, nil)
		side.Base, side.Sum = o.after.vec.bytes(), o.after.sum
	} else {
		ps.advance(&link, w, o.after)
	}
	link.Keys = ps.keysAfter(&link, o)
	b.Links = append(b.Links, link)
	b.Activity = append(b.Activity, ps.activity(w, &link, o.target, o.intent.Action.String()+" "+o.target.String(), o.sent.rules))
	ps.clearMarks(b, link.ID)
	if names := ps.conflicts(w); len(names) > 0 {
		ps.markAs(b, instep.Mark{
			Link: link.ID, Side: o.target.Other(), Outcome: instep.Review, Message: *message("conflict", arg("fields", join(names))),
		})
	}
	w.link = &link
	ps.done.Writes[o.target]++
}

// expected is what a side should hold after a write that could not be read
// back. Its sum is 0, so that the record is looked at when it is next read.
func (ps *pass) expected(o *op) *written {
	vec := make(vector, len(ps.pair.rules))
	if o.w.outcome != instep.Created {
		copy(vec, ps.believed(o.w, o.target))
	}
	for i, r := range o.intent.Rules {
		vec[r] = o.intent.Hashes[i]
	}
	return &written{side: o.target, vec: vec}
}

// keysAfter returns the keys of a link after a write: those of the record as
// read back, or as it should be.
func (ps *pass) keysAfter(link *instep.Link, o *op) []instep.KeyHash {
	all := map[uint64]uint8{}
	source, target := uint8(1)<<o.target.Other(), uint8(1)<<o.target
	for _, k := range link.Keys {
		all[k.Hash] |= k.Sides & source
		if o.after.keys == nil && o.w.outcome != instep.Created {
			all[k.Hash] |= k.Sides & target
		}
	}
	for _, k := range o.after.keys {
		all[k.hash] |= target
	}
	if o.after.keys == nil && o.w.outcome == instep.Created {
		all[o.intent.Key] |= target
	}
	if identity := link.Sides[o.target].Identity; identity != 0 {
		all[identity] |= target
	}
	delete(all, 0)
	return keyHashes(all)
}

// settleProblem writes down why an op was not sent, or is in doubt.
func (ps *pass) settleProblem(b *instep.Batch, o *op) {
	w := o.w
	if w.link == nil || w.meeting {
		ps.linkAhead(b, w)
	}
	w.create = w.outcome == instep.Created
	w.outcome, w.side, w.reason = o.outcome, o.target.Other(), o.problem
	if o.outcome == instep.Gone {
		w.side = o.target
	}
	w.meeting = false
	if !ps.stands(w) {
		ps.mark(b, w, w.link)
	}
	ps.retry = ps.retry || o.problem.Code == "changed_meanwhile"
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
	case instep.Conflict:
		o.problem = message("changed_meanwhile")
	case instep.NotFound:
		o.problem, o.outcome = message("gone", arg("side", o.target.String())), instep.Gone
	case instep.Duplicate:
		o.problem, o.outcome = message("taken", arg("rule", ps.keyName(1))), instep.Review
	default:
		o.problem = message("refused", code, refusedField(o.result.Err))
	}
	ps.settleProblem(b, o)
}

func refusedField(err error) instep.Arg {
	if e := asError(err); e != nil && e.Field != "" {
		return arg("field", ", field "+e.Field)
	}
	return arg("field", "")
}

func (ps *pass) report(o *op) {
	ps.writes++
	names := make([]string, len(o.sent.rules))
	for i, r := range o.sent.rules {
		names[i] = ps.pair.rules[r].Name
	}
	ev := Wrote{
		Pair: ps.pair.Name, Side: o.target, Action: o.intent.Action, Fields: names, Outcome: o.w.outcome,
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
