package reconcile

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// adopt takes a write over that turned out to have been carried out. The
// hashes of what was sent become the base of the source side, so that an edit
// made there since is still seen as one.
func (ps *pass) adopt(b *instep.Batch, s instep.Side, d *doubt, w *work) {
	link := *d.link
	link.Gen++
	v := ps.prepare(s, d.found)
	target, source := &link.Sides[s], &link.Sides[s.Other()]
	base := [2]vector{ps.baseOf(target, link.Map), ps.baseOf(source, link.Map)}
	owed := false
	if d.intent.Action == instep.Create {
		ps.adoptNew(&link, s, base[0], v, d)
		owed = ps.owed(base[1], d)
	}
	away := ps.backAgain(&link)
	back, wiped := away != nil && *away == s, d.intent.Wipe // its own values stand, and what was done to the other one is no edit
	for i, r := range d.intent.Rules {
		base[0][r] = ps.asLeft(s, v.vec[r], i, d)
		if !back && !wiped {
			base[1][r] = d.intent.Hashes[i]
		}
	}
	target.Base, source.Base = base[0].bytes(), base[1].bytes()
	target.Version, target.Sum, source.Sum = d.found.Version, 0, 0
	link.Map = ps.state.Mapping
	closeMeeting(&link)
	w.reason = message("adopted")
	rekeyed := d.intent.Action == instep.Update && ps.touchesKeys(d.intent.Rules)
	b.Links = append(b.Links, link)
	switch {
	case back:
		ps.keepBack(b, link.ID, *away)
	case wiped:
		ps.markAs(b, ps.wipedMark(link.ID, s))
	case slices.Equal(base[0], v.vec) && !owed && !rekeyed && !ps.open[link.ID] && len(d.shown.Rules) == 0:
	default: // there is more to do about it: it is looked at whole, whatever the lists show
		ps.markAs(b, instep.Mark{Link: link.ID, Side: s, Outcome: instep.Pending, Message: *message("changed_meanwhile")})
	}
	o := &op{w: w, target: s, intent: d.intent, before: make(vector, len(ps.pair.rules))}
	if ps.needsFence(o) {
		for i, h := range d.intent.Before {
			o.before[d.intent.Rules[i]] = h
		}
		o.seen(v)
		ps.fenceOff(b, o, &link)
	} else {
		ps.fenceFound(b, s, link.ID, base[0], v.vec)
	}
	if !wiped {
		ps.fenceSource(b, &link, s.Other(), d)
	}
	b.Activity = append(b.Activity, ps.activity(w, &link, s, d.intent.Action.String()+" "+s.String(), d.intent.Rules))
	ps.links[link.ID] = &link
}

// adoptNew gives a link the record that turned out to have been made for it.
func (ps *pass) adoptNew(link *instep.Link, s instep.Side, base vector, v view, d *doubt) {
	leaveFormer(link, s)
	side := &link.Sides[s]
	side.ID, side.Identity = d.found.Ref.ID, ps.engine.hash.identity(s, d.found)
	link.Rule = madeOn(s)
	link.Keys = ps.addKeys(link.Keys, s, v.keys, side.Identity)
	copy(base, v.vec)
	ps.asUnsent(s, base, v.vec, d)
}

// asLeft is what a written field held right after the write: what it shows now
// if that comes of what was sent, else what was sent, so that the difference
// counts as an edit made since.
func (ps *pass) asLeft(s instep.Side, now uint32, i int, d *doubt) uint32 {
	if echo := ps.echoOf(s, int(d.intent.Rules[i]), d.source); echo != 0 && now != d.intent.Hashes[i] && ps.sourceAsSent(i, d) {
		return echo
	}
	return d.intent.Hashes[i]
}

// sourceAsSent reports whether the source still holds what was sent.
func (ps *pass) sourceAsSent(i int, d *doubt) bool {
	if d.source == nil {
		return false
	}
	s := ps.pair.sideOf(d.source.Ref)
	return ps.prepare(s, d.source).vec.at(int(d.intent.Rules[i])) == d.intent.Hashes[i]
}

// asUnsent makes the fields that a create did not set count as empty, where
// people may edit them on its side: what stands there now is their edit, unless
// it is what new records get.
func (ps *pass) asUnsent(s instep.Side, base, now vector, d *doubt) {
	for i := range base {
		r := &ps.pair.rules[i]
		if r.Owner.Owns(s) && !slices.Contains(d.intent.Rules, uint16(i)) && now.at(i) != ps.blank[1][i] && now.at(i) != ps.givenTo(s, r) {
			base[i] = ps.blank[0][i]
		}
	}
}

// givenTo hashes what a new record of side s has in a rule's field if nothing is
// sent for it; 0 if that is not known.
func (ps *pass) givenTo(s instep.Side, r *rule) uint32 {
	given := ps.infos[s][r.index].Default
	if given.IsAbsent() {
		return 0
	}
	shared, err := ps.sharedOf(r, s, given)
	if err != nil {
		return 0
	}
	h, _ := ps.engine.hash.field(nil, r.Name, shared)
	return fold(h)
}

// owed forgets what a create left out because it comes later, and reports
// whether there is anything: references that are still to be filled in.
func (ps *pass) owed(source vector, d *doubt) (something bool) {
	for i := range source {
		r := &ps.pair.rules[i]
		if r.Refs == "" || !r.Later || slices.Contains(d.intent.Rules, uint16(i)) || source[i] == ps.blank[0][i] || source[i] == ps.blank[1][i] {
			continue
		}
		source[i], something = 0, true
	}
	return something
}

// adoptRetired takes a deletion or deactivation over that turned out to have
// been carried out.
func (ps *pass) adoptRetired(ctx context.Context, b *instep.Batch, s instep.Side, d *doubt, w *work) error {
	away := arg("side", s.Other().String())
	w.reason = message("removed", away)
	if d.intent.Action == instep.Deactivate {
		recs, err := ps.get(ctx, s.Other(), []instep.Ref{ps.refOf(d.link, s.Other())})
		if err != nil {
			return err
		}
		w.reason = message("barred", away)
		if ps.hides(s.Other(), recs[0].Status) {
			w.reason = message("barred_hidden", away)
		}
	}
	o := &op{w: w, target: s, intent: d.intent}
	if d.found != nil {
		o.before = make(vector, len(ps.pair.rules))
		for i, r := range d.intent.Rules {
			o.before[r] = d.intent.Hashes[i]
		}
		ps.keepEdits(s, o.before, d.found)
		o.result.Version = d.found.Version
		o.seen(ps.prepare(s, d.found))
	}
	ps.settleRetired(b, o)
	ps.links[d.link.ID] = w.link
	return nil
}

// keepEdits has only switches count as what setting a record out of use has
// done to it: what else differs was edited by somebody since.
func (ps *pass) keepEdits(s instep.Side, before vector, rec *instep.Record) {
	for i := range ps.pair.rules {
		if _, isSwitch := ps.pair.rules[i].raw(s, rec).AsBool(); !isSwitch {
			before[i] = 0
		}
	}
}
