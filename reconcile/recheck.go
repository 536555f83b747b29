package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// recheck reads the records to be updated once more, unless the vendor checks
// versions: an edit made since they were read must not be overwritten unseen.
func (ps *pass) recheck(ctx context.Context, s instep.Side, ops []*op) error {
	p := &ps.pair.side[s]
	var refs []instep.Ref
	var updates []*op
	for _, o := range ops {
		if o.problem == nil && o.w.outcome == instep.Updated && (!p.traits.IfVersion || p.traits.Replace || ps.fencedAt(o, s) || ps.versionUnread(o, s)) {
			refs = append(refs, p.ref(ps.id(o.w, s)))
			updates = append(updates, o)
		}
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
	}
	for i, o := range updates {
		switch recs[i].Status {
		case instep.Missing, instep.Deleted:
			o.later("vanished", arg("side", s.String()))
			continue
		case instep.Hidden:
			if p.getter != nil {
				o.later("hidden", arg("side", s.String()))
			}
			continue
		}
		o.current = &recs[i]
		now, believed := ps.prepare(s, o.current), slices.Clone(ps.believed(o.w, s))
		if o.w.link != nil {
			ps.noteLanded(s, o.w.link.ID, now.vec, time.Time{})
		}
		if ps.fencedAt(o, s) {
			believed = ps.unfenced(o, s, believed)
		}
		for _, r := range o.sent.rules {
			if now.vec.at(int(r)) != believed.at(int(r)) {
				o.later("changed_meanwhile")
			}
		}
	}
	return nil
}

// fencedAt reports whether a field that is about to be written was seen, but in
// a view that may be older than our own last write: whoever edited it since was
// not seen, though the version was.
func (ps *pass) fencedAt(o *op, s instep.Side) bool {
	i := o.w.obs[s]
	if i < 0 || o.w.meeting || len(ps.fences) == 0 || o.w.link == nil {
		return false
	}
	base := ps.baseOf(&o.w.link.Sides[s], o.w.link.Map)
	return slices.ContainsFunc(o.sent.rules, func(r uint16) bool { return ps.obs[s].vec(i).at(int(r)) == 0 && base.at(int(r)) != 0 })
}

// versionUnread reports whether nobody has looked at all that stands on a side
// under the version that is known: it was written to, while another of its
// fields was open.
func (ps *pass) versionUnread(o *op, s instep.Side) bool {
	return o.w.obs[s] < 0 && !o.w.meeting && o.w.link != nil && o.w.link.Sides[s].Sum == 0
}

// unfenced is what should stand on a side, where that view is left aside.
func (ps *pass) unfenced(o *op, s instep.Side, believed vector) vector {
	base := ps.baseOf(&o.w.link.Sides[s], o.w.link.Map)
	for r, h := range believed {
		if h == 0 {
			believed[r] = base.at(r)
		}
	}
	return believed
}

// believed is what the decision took to stand on a side.
func (ps *pass) believed(w *work, s instep.Side) vector {
	if i := w.obs[s]; i >= 0 {
		return ps.obs[s].vec(i)
	}
	link := w.link
	if link == nil {
		return nil
	}
	if w.drop != nil && w.drop.Sides[s].ID != "" {
		link = w.drop
	}
	return ps.pair.base(link.Sides[s].Base, ps.outdated(link.Map))
}

// confirmAbsent asks, right before a record gets a key, whether another one
// with the same key has appeared since the list was read. Where the record's
// id is chosen by us, the vendor itself refuses a second one on create.
func (ps *pass) confirmAbsent(ctx context.Context, s instep.Side, ops []*op) error {
	p, rule := &ps.pair.side[s], ps.firstKey()
	if p.finder == nil || rule == nil {
		return nil
	}
	var values []instep.Value
	var asked []*op
	for _, o := range ops {
		if o.problem != nil || !o.setsKey(rule) || o.w.outcome == instep.Created && p.traits.ChosenID {
			continue
		}
		if v, bad := ps.project(rule, s, o.source); bad == nil && !v.IsBlank() {
			values = append(values, v)
			asked = append(asked, o)
		}
	}
	found, err := ps.find(ctx, s, rule.End(s).Field, values)
	if err != nil {
		return err
	}
	for i, o := range asked {
		ps.judgeHolders(o, rule, found[i])
		ps.giveKey(o, rule, values[i])
	}
	return nil
}

// giveKey keeps an update back if this pass gives its key to another record:
// nobody can find that yet.
func (ps *pass) giveKey(o *op, rule *rule, key instep.Value) {
	if o.problem != nil || o.w.outcome == instep.Created {
		return
	}
	if ps.keysGiven[o.target] == nil {
		ps.keysGiven[o.target] = map[instep.Value]string{}
	}
	own := ps.id(o.w, o.target)
	if to, given := ps.keysGiven[o.target][key]; given && to != own {
		ps.holdKey(o, rule)
		return
	}
	ps.keysGiven[o.target][key] = own
}

func (o *op) setsKey(rule *rule) bool { return slices.Contains(o.sent.rules, uint16(rule.index)) }

// judgeHolders keeps an op back if its key is another record's.
func (ps *pass) judgeHolders(o *op, rule *rule, found []instep.Record) {
	own := ps.id(o.w, o.target)
	others := slices.ContainsFunc(found, func(r instep.Record) bool { return r.Ref.ID != own && !ps.saidToBeTwo(o, r.Ref.ID) })
	switch {
	case !others:
	case o.w.outcome == instep.Created:
		o.appeared = found
		o.later("appeared", arg("rule", rule.Name))
	default:
		ps.holdKey(o, rule)
	}
}

// holdKey has a person look at an update whose key another record holds.
func (ps *pass) holdKey(o *op, rule *rule) {
	o.problem, o.outcome = message("key_held", arg("rule", rule.Name), arg("side", o.target.String())), instep.Review
	ps.parkUntilChanged(o)
}

// firstKey returns the rule that is the match key tried first; nil if the
// keys do not come from rules.
func (ps *pass) firstKey() *rule {
	var best *rule
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		if r.Match != nil && (best == nil || r.Match.Rank < best.Match.Rank) {
			best = r
		}
	}
	return best
}
