package reconcile

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// retires reports whether an op takes a record out of use or away.
func (o *op) retires() bool {
	return o.w.outcome == instep.Removed || o.w.outcome == instep.Deactivated
}

// lookAgain reads, on side s, the records of those of the ops that are asked
// for.
func (ps *pass) lookAgain(ctx context.Context, s instep.Side, ops []*op, ask func(*op) bool) (asked []*op, recs []instep.Record, err error) {
	var refs []instep.Ref
	for _, o := range ops {
		if o.problem == nil && ask(o) && ps.pair.side[s].getter != nil {
			refs = append(refs, ps.pair.side[s].ref(ps.id(o.w, s)))
			asked = append(asked, o)
		}
	}
	recs, err = ps.get(ctx, s, refs)
	return asked, recs, err
}

// confirmAway looks once more at the counterparts of records that are about to
// be deleted, emptied or set out of use: they must still be away, and not have been
// merged into others, as far as was known.
func (ps *pass) confirmAway(ctx context.Context, target instep.Side, ops []*op) error {
	s := target.Other()
	asked, recs, err := ps.lookAgain(ctx, s, ops, func(o *op) bool { return o.retires() || o.w.wipe })
	if err != nil {
		return err
	}
	for i, o := range asked {
		now, believed := ps.presence(s, recs[i].Status), ps.presenceOf(o.w.link, &node{side: s, obs: o.w.obs[s]})
		// One that was only hidden may have shown again, under another id.
		missed := now == unsure && (believed == gone || believed == hidden && ps.pair.side[s].traits.HidesMissing)
		if now != believed && !missed || recs[i].MergedInto != ps.seenInto(s, o.w.obs[s]) {
			o.later("changed_meanwhile")
		}
	}
	return nil
}

// seenInto returns the id that a record was seen to have been merged into.
func (ps *pass) seenInto(s instep.Side, obs int32) string {
	if obs < 0 {
		return ""
	}
	return ps.obs[s].ob(obs).rare().into
}

// recheckRetired reads the records that are about to be deleted or set out of
// use: somebody may have edited them, or done it already.
func (ps *pass) recheckRetired(ctx context.Context, s instep.Side, ops []*op) error {
	asked, recs, err := ps.lookAgain(ctx, s, ops, (*op).retires)
	if err != nil {
		return err
	}
	for i, o := range asked {
		switch ps.presence(s, recs[i].Status) {
		case hidden:
			o.later("hidden", arg("side", s.String()))
		case gone, unsure:
			o.later("changed_meanwhile")
		case there:
			o.current = &recs[i]
			if o.w.outcome == instep.Deactivated && recs[i].Status == instep.Inactive {
				o.already = true
				o.before = slices.Clone(ps.prepare(s, o.current).vec)
				o.seen(ps.prepare(s, o.current))
				continue
			}
			o.before = slices.Clone(ps.prepare(s, o.current).vec)
			if now := ps.prepare(s, o.current); !slices.Equal(now.vec, ps.believed(o.w, s)) {
				o.later("changed_meanwhile")
			}
		}
	}
	return nil
}

// settleRetired writes down that a record was deleted or set out of use.
func (ps *pass) settleRetired(b *instep.Batch, o *op) {
	w := o.w
	if o.intent.Action == instep.Delete {
		ps.bury(b, w)
	} else {
		ps.settleBarred(b, o)
	}
	if o.already {
		return
	}
	b.Activity = append(b.Activity, ps.activity(w, w.link, o.target, o.intent.Action.String()+" "+o.target.String(), nil))
	ps.done.Writes[o.target]++
}

// bury keeps a link of which both records are gone, without its keys, so that
// a late view of one of them is not taken for a new record.
func (ps *pass) bury(b *instep.Batch, w *work) {
	link := *w.link
	link.Gen++
	link.Keys = nil
	for s := range link.Sides {
		link.Sides[s].Sum = 0
	}
	b.Links = append(b.Links, link)
	ps.clearMarks(b, link.ID)
	b.Marks = append(b.Marks, instep.Mark{
		Link: link.ID, Outcome: instep.Removed, Due: ps.engine.now().Add(keepBuried), Message: *w.reason,
	})
	w.link = &link
}

// settleBarred takes what the record looks like now as its base, so that its
// being out of use does not count as somebody's edit.
func (ps *pass) settleBarred(b *instep.Batch, o *op) {
	link := *o.w.link
	link.Gen++
	side := &link.Sides[o.target]
	side.Version = o.result.Version
	side.Sum = 0
	link.Keys = ps.linkKeys(&link, o.w)
	if o.after != nil {
		base := ps.baseOf(side, link.Map)
		for i := range base { // what differed before was somebody's edit
			if base[i] != 0 && o.before.at(i) == base[i] {
				base[i] = o.after.vec.at(i)
			}
		}
		side.Base = base.bytes()
		link.Sides[o.target.Other()].Base = ps.baseOf(&link.Sides[o.target.Other()], o.w.link.Map).bytes()
		link.Map = ps.state.Mapping
	}
	b.Links = append(b.Links, link)
	ps.clearMarks(b, link.ID)
	b.Marks = append(b.Marks, instep.Mark{
		Link: link.ID, Side: o.target.Other(), Outcome: instep.Deactivated, Message: *o.w.reason,
		Due: ps.engine.now().Add(ps.pair.SweepEvery),
	})
	o.w.link = &link
}

// halve makes a link that of one record alone, because its counterpart is
// gone: the record stays on its own, or gets a new counterpart in the next
// round.
func (ps *pass) halve(b *instep.Batch, w *work) {
	keep := w.side
	if w.outcome == instep.Pending {
		keep = w.side.Other()
	}
	link := *w.link
	link.Gen++
	link.Keys = keysOfSide(ps.linkKeys(&link, w), keep)
	link.Sides[keep.Other()] = ps.formerOf(w, keep.Other())
	link.Sides[keep].Sum = 0
	link.Rule = ""
	if !awaitsFormer(&link) {
		link.Drift, link.Meeting = nil, false
	}
	b.Links = append(b.Links, link)
	ps.clearMarks(b, link.ID)
	ps.unfence(b, instep.MarkID{Link: link.ID, Side: keep.Other()}) // it says nothing of a successor
	if w.outcome == instep.Unlinked || w.alone {
		d := ps.decision(instep.KeepAlone, &link, keep, ps.engine.opt.Actor)
		if !w.alone {
			d.Evidence = [2]uint64{} // whatever becomes of its keys
		}
		b.Decisions = append(b.Decisions, d)
	}
	if w.outcome != instep.Unlinked {
		b.Marks = append(b.Marks, instep.Mark{
			Link: link.ID, Side: keep, Outcome: instep.Pending, Message: *w.reason, Create: w.create,
		})
		ps.retry = true
	}
	b.Activity = append(b.Activity, ps.activity(w, w.link, keep.Other(), "none", nil))
	w.link = &link
}

func keysOfSide(keys []instep.KeyHash, s instep.Side) []instep.KeyHash {
	var own []instep.KeyHash
	for _, k := range keys {
		if k.Sides&(1<<s) != 0 {
			own = append(own, instep.KeyHash{Hash: k.Hash, Sides: k.Sides & aboutSide(s)})
		}
	}
	return own
}
