package reconcile

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// lookCreates climbs the ladder for creates in doubt, and stops for each at
// the first rung that tells: the vendor's own memory of the request; the id
// we chose; the token in a field; the natural key. What no rung can tell goes
// to a person.
func (ps *pass) lookCreates(ctx context.Context, s instep.Side, open []*doubt) error {
	if err := ps.readSources(ctx, s.Other(), open); err != nil {
		return err
	}
	for _, rung := range []func(context.Context, instep.Side, []*doubt) error{
		ps.sendKeyed, ps.findChosen, ps.findToken, ps.findNatural,
	} {
		if err := rung(ctx, s, stillAbsent(open)); err != nil {
			return err
		}
	}
	return nil
}

// sendKeyed sends a create again under the idempotency key it had, if it would
// be the same to the byte: the vendor then answers as it did the first time. If
// nothing came of it then, it is made now: not while a person is asked whether it
// should be.
func (ps *pass) sendKeyed(ctx context.Context, s instep.Side, open []*doubt) error {
	p := &ps.pair.side[s]
	if !p.traits.IdempotencyKey || ps.engine.opt.ReadOnly {
		return nil
	}
	for _, d := range open {
		fields, same := ps.sameAgain(s, d)
		asked := ps.marks[instep.MarkID{Link: d.link.ID, Side: s.Other()}].Outcome == instep.Review
		if !same || asked || ps.forgotten(s, d) {
			continue
		}
		if err := ps.announceAgain(ctx, d); err != nil {
			return err
		}
		if ps.forgotten(s, d) { // a process may stand still at any point
			continue
		}
		results, err := call(ctx, ps, s, func(ctx context.Context) ([]instep.Result, error) {
			return p.sink.Write(ctx, []instep.Op{ps.opFor(s, &d.intent, fields, d.source)})
		})
		if err == nil && len(results) == 1 {
			err = results[0].Err
		}
		if err != nil && inDoubt(instep.KindOf(err)) {
			d.fate, d.sent = waiting, ps.engine.now() // it was sent once more, and may come even later
			continue
		}
		if err != nil || len(results) != 1 || results[0].Ref.ID == "" {
			continue // still in doubt; a later rung may tell
		}
		if d.found = results[0].After; d.found != nil {
			if err := ps.resolve(ctx, s, []instep.Record{*d.found}); err != nil {
				return err
			}
		} else {
			recs, err := ps.get(ctx, s, []instep.Ref{results[0].Ref})
			if err != nil {
				return err
			}
			if ps.presence(s, recs[0].Status) != there { // it was made, and is away by now: not to be made twice
				d.fate, d.reason = unclear, message("in_doubt")
				continue
			}
			d.found = &recs[0]
		}
		d.fate = done
	}
	return nil
}

// forgotten reports whether the vendor may have forgotten a create's key.
func (ps *pass) forgotten(s instep.Side, d *doubt) bool {
	return ps.engine.now().Sub(d.intent.First) >= ps.pair.side[s].traits.KeyLife
}

// announceAgain writes down that what an earlier run has announced is sent once
// more: it may come as late as if this was the first time. It makes sure of the
// run's tenure, too.
func (ps *pass) announceAgain(ctx context.Context, d *doubt) error {
	b := &instep.Batch{}
	for i := range ps.units {
		u := &ps.units[i]
		if u.ID != d.unit {
			continue
		}
		u.Intents = slices.Clone(u.Intents)
		for k := range u.Intents {
			if in := &u.Intents[k]; in.Token != "" && in.First.IsZero() {
				in.First = u.Sent
			}
		}
		u.Sent = ps.engine.now()
		b.Units = []instep.Unit{*u}
	}
	return ps.commit(ctx, b)
}

// sameAgain projects a create once more and reports whether it is what was
// sent.
func (ps *pass) sameAgain(s instep.Side, d *doubt) (sent, bool) {
	if d.intent.Token == "" || d.source == nil || ps.outdated(d.link.Map) != nil {
		return sent{}, false
	}
	fields, bad := ps.fieldsFor(&work{outcome: instep.Created, side: s}, s, d.source, sent{})
	if bad != nil || !slices.Equal(fields.rules, d.intent.Rules) {
		return sent{}, false
	}
	v := ps.prepare(s.Other(), d.source)
	for i, r := range d.intent.Rules {
		if v.vec.at(int(r)) != d.intent.Hashes[i] {
			return sent{}, false
		}
	}
	return fields, true
}

// findChosen looks for creates by the id we chose for them.
func (ps *pass) findChosen(ctx context.Context, s instep.Side, open []*doubt) error {
	p := &ps.pair.side[s]
	if !p.traits.ChosenID || p.getter == nil {
		return nil
	}
	var asked []*doubt
	var refs []instep.Ref
	for _, d := range open {
		if !d.value.IsBlank() {
			asked = append(asked, d)
			refs = append(refs, p.ref(d.value.String()))
		}
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
	}
	for i, d := range asked {
		d.asked = true
		if ps.presence(s, recs[i].Status) != there {
			continue
		}
		if err := ps.judgeFound(ctx, s, d, recs[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// findToken looks for creates by the token that was written into a field.
func (ps *pass) findToken(ctx context.Context, s instep.Side, open []*doubt) error {
	p := &ps.pair.side[s]
	if p.traits.TokenField == "" || p.finder == nil {
		return nil
	}
	var asked []*doubt
	var values []instep.Value
	for _, d := range open {
		if d.intent.Token != "" {
			asked = append(asked, d)
			values = append(values, instep.String(d.intent.Token))
		}
	}
	found, err := ps.find(ctx, s, p.traits.TokenField, values)
	if err != nil {
		return err
	}
	for i, d := range asked {
		d.asked = true
		switch len(found[i]) {
		case 0:
		case 1: // whatever became of it since, it is the one
			d.fate, d.found = done, &found[i][0]
		default:
			d.fate, d.reason = unclear, message("found_several")
		}
	}
	return nil
}

// findNatural looks for creates by the first match key that their source
// record has.
func (ps *pass) findNatural(ctx context.Context, s instep.Side, open []*doubt) error {
	p, rule := &ps.pair.side[s], ps.firstKey()
	open = slices.DeleteFunc(slices.Clone(open), func(d *doubt) bool { return d.asked && d.value.IsBlank() })
	if p.finder == nil || rule == nil {
		for _, d := range open {
			if !d.asked {
				d.fate, d.reason = unclear, message("in_doubt")
			}
		}
		return nil
	}
	values := make([]instep.Value, len(open))
	for i, d := range open {
		values[i] = d.value
	}
	found, err := ps.find(ctx, s, rule.End(s).Field, values)
	if err != nil {
		return err
	}
	for i, d := range open {
		if err := ps.judgeFound(ctx, s, d, found[i]); err != nil {
			return err
		}
	}
	return nil
}

// find asks for records by a field; no values, no question.
func (ps *pass) find(ctx context.Context, s instep.Side, field string, values []instep.Value) ([][]instep.Record, error) {
	if len(values) == 0 {
		return nil, nil
	}
	p := &ps.pair.side[s]
	found, err := call(ctx, ps, s, func(ctx context.Context) ([][]instep.Record, error) {
		return p.finder.Find(ctx, field, values)
	})
	if err != nil {
		return nil, err
	}
	if len(found) != len(values) {
		return nil, misaligned("Find", p.traits.System, len(found), len(values))
	}
	for _, recs := range found {
		if err := ps.resolve(ctx, s, recs); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// judgeFound says whether what was found under the key is what was sent. A
// record that is somebody else's is never adopted.
func (ps *pass) judgeFound(ctx context.Context, s instep.Side, d *doubt, found []instep.Record) error {
	switch len(found) {
	case 0:
		return nil
	case 1:
	default:
		d.fate, d.reason = unclear, message("found_several")
		return nil
	}
	known := make([]instep.Known, 1)
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, []string{found[0].Ref.ID}, known); err != nil {
		return err
	}
	again, err := ps.givenAgain(ctx, s, d, known[0].Link)
	if err != nil {
		return err
	}
	if known[0].Link != 0 && !again && !ps.putOff(s, known[0].Link) || !ps.asSent(s, &found[0], d) {
		d.fate, d.reason = unclear, message("found_differs")
		return nil
	}
	d.fate, d.found = done, &found[0]
	return nil
}

// putOff reports whether a record is one that was listed while the create was in
// doubt, and is joined with nothing because of it.
func (ps *pass) putOff(s instep.Side, link instep.LinkID) bool {
	m := ps.marks[instep.MarkID{Link: link, Side: s}]
	return m.Outcome == instep.Pending && m.Message.Code == "in_doubt"
}

// givenAgain reports whether an id that we chose for a create was that of a
// record which had another key when it was last seen: that one has gone, or the
// vendor would have refused the create, if what is there by now is what was sent.
func (ps *pass) givenAgain(ctx context.Context, s instep.Side, d *doubt, holder instep.LinkID) (bool, error) {
	rule := ps.firstKey()
	if holder == 0 || rule == nil || !ps.pair.side[s].traits.ChosenID {
		return false, nil
	}
	if err := ps.loadLinks(ctx, []instep.LinkID{holder}); err != nil {
		return false, err
	}
	link := ps.links[holder]
	was := ps.baseOf(&link.Sides[s], link.Map).at(rule.index)
	at := slices.Index(d.intent.Rules, uint16(rule.index))
	return was != 0 && at >= 0 && was != d.intent.Hashes[at], nil
}
