package reconcile

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// item describes a work to a person.
func (ps *pass) item(w *work) Item {
	it := Item{
		Pair: ps.pair.Name, Outcome: w.outcome, Side: w.side, Stands: w.stands, Skipped: w.skipped,
		Left:  ps.pair.side[instep.Left].ref(ps.id(w, instep.Left)),
		Right: ps.pair.side[instep.Right].ref(ps.id(w, instep.Right)),
		Label: ps.label(w),
	}
	if w.buried {
		it.Outcome = instep.Gone
	}
	if w.reason != nil {
		it.Reason = *w.reason
	}
	it.Fields = ps.changes(w)
	it.Matched = ps.inCommon(w)
	return it
}

// inCommon names the match keys that two records have in common that meet for
// the first time.
func (ps *pass) inCommon(w *work) []string {
	if !w.meeting || w.obs[0] < 0 || w.obs[1] < 0 {
		return nil
	}
	var names []string
	others := ps.obs[instep.Right].keysOf(w.obs[instep.Right])
	for _, k := range ps.obs[instep.Left].keysOf(w.obs[instep.Left]) {
		if slices.ContainsFunc(others, func(o key) bool { return o.rank == k.rank && o.hash == k.hash }) {
			names = append(names, ps.keyName(k.rank))
		}
	}
	return names
}

// label is the first match key of a record in hand.
func (ps *pass) label(w *work) string {
	for _, s := range sides {
		if w.obs[s] < 0 {
			continue
		}
		if rec := ps.packed(s, w.obs[s], nil); rec != nil {
			if keys := ps.pair.matcher.Keys(s, rec.Fields, nil); len(keys) > 0 {
				return keys[0].Value
			}
		}
	}
	return ""
}

func (ps *pass) changes(w *work) []Change {
	var out []Change
	for i := range ps.pair.rules {
		target, ok := ps.changed(w, i)
		if !ok {
			continue
		}
		r := &ps.pair.rules[i]
		c := Change{Rule: r.Name}
		c.From, c.To = ps.fromTo(w, r, target)
		if w.outcome == instep.Created && c.To.IsBlank() {
			continue
		}
		out = append(out, c)
	}
	return out
}

// fromTo returns the value that a field has, and the one that a work is about
// to give it; absent where it is not in hand.
func (ps *pass) fromTo(w *work, r *rule, target instep.Side) (from, to instep.Value) {
	if rec := ps.known(w, target.Other()); rec != nil && !w.wipe {
		to, _ = ps.project(r, target, rec)
	}
	if rec := ps.known(w, target); rec != nil {
		from = r.raw(target, rec)
	}
	return from, to
}

// changed reports whether a work touches a rule's field, and on which side.
func (ps *pass) changed(w *work, i int) (instep.Side, bool) {
	switch {
	case w.outcome == instep.Created:
		return w.side, ps.pair.rules[i].Direction.Allows(w.side)
	case w.acts == nil:
		return 0, false
	case w.acts[i] == conflict:
		return instep.Right, true
	}
	if s, ok := w.acts[i].drifted(); ok {
		return s, true
	}
	return w.acts[i].target()
}

// known is a record for showing it: the one in hand, or the one that
// Plan.Complete has read.
func (ps *pass) known(w *work, s instep.Side) *instep.Record {
	if rec := ps.inHand(w, s); rec != nil {
		return rec
	}
	return ps.shown[ps.pair.side[s].ref(ps.id(w, s))]
}

// mostShown is how many records of a side are read only to show them.
const mostShown = 20_000

// complete reads what is not in hand of the records that the plan writes.
func (ps *pass) complete(ctx context.Context) error {
	shown := map[instep.Ref]*instep.Record{}
	for _, s := range sides {
		var refs []instep.Ref
		for w := range ps.held() {
			if w.writes() && ps.id(w, s) != "" && !ps.holds(w, s) && len(refs) < mostShown {
				refs = append(refs, ps.pair.side[s].ref(ps.id(w, s)))
			}
		}
		recs, err := ps.get(ctx, s, refs)
		if err != nil {
			return err
		}
		for i := range recs {
			if ps.presence(s, recs[i].Status) == there {
				shown[refs[i]] = &recs[i]
			}
		}
	}
	ps.shown = shown
	return nil
}

// holds reports whether a record's values are in hand.
func (ps *pass) holds(w *work, s instep.Side) bool {
	return w.obs[s] >= 0 && ps.obs[s].holds(w.obs[s])
}

// inHand returns the record of a work on side s; nil if it is to be read again.
func (ps *pass) inHand(w *work, s instep.Side) *instep.Record {
	return ps.packed(s, w.obs[s], nil)
}

// packed returns the record of an observation with its id and its values, which
// are put into room if there is enough; nil if they are not in hand, or there is
// no observation.
func (ps *pass) packed(s instep.Side, i int32, room []instep.Field) *instep.Record {
	if i < 0 {
		return nil
	}
	o := &ps.obs[s]
	fields, ok := o.appendFields(room, i)
	if !ok {
		return nil
	}
	return &instep.Record{Ref: ps.pair.side[s].ref(o.ob(i).id()), Fields: instep.NewFields(fields...)}
}
