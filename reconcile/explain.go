package reconcile

import (
	"context"
	"time"

	"github.com/instep-go/instep"
)

// Explanation is what is known of one record in one pair.
type Explanation struct {
	Pair string
	Side instep.Side // the side the record is on
	Ref  instep.Ref

	// Other is the record it is linked with; its ID is empty if there is
	// none. Rule is what joined the two: a rule of the mapping, "created
	// left" or "created right" where that side's was made from the other,
	// "person" or "imported", "re-pointed" where what was made has become
	// another record since.
	Other instep.Ref
	Rule  string

	// State says how the two stand: InStep, or why the record waits. Message
	// is the reason, Due when it is looked at again, if that has a time, and
	// Review the id to answer it by, if it needs a person.
	State   instep.Outcome
	Message instep.Message
	Due     time.Time
	Review  string

	Drifted   []string          // fields that were edited on the side that does not own them
	Decisions []instep.Decision // what people decided about the record
	History   []instep.Activity // what happened to it, newest first; at most 20 rows, empty where the store cannot tell
}

// Explain says what is known of a record, once for each pair it is in. It
// reads nothing but the state. A record that no pair knows is an error of kind
// NotFound.
func (e *Engine) Explain(ctx context.Context, ref instep.Ref) ([]Explanation, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []Explanation
	err := e.eachHome(ctx, ref, func(ps *pass, s instep.Side, link *instep.Link) error {
		x, err := ps.explain(ctx, s, link)
		all = append(all, x)
		return err
	})
	if err == nil && len(all) == 0 {
		err = refError(instep.NotFound, ref, "nothing is known of it", "check the reference; what was never read is not known")
	}
	return all, err
}

// eachHome calls f for every link that a record is in.
func (e *Engine) eachHome(ctx context.Context, ref instep.Ref, f func(*pass, instep.Side, *instep.Link) error) error {
	for _, p := range e.pairs {
		for _, s := range sides {
			if ref.ID == "" || p.side[s].ref(ref.ID) != ref {
				continue
			}
			ps := e.newPass(p)
			if err := ps.load(ctx); err != nil {
				return err
			}
			var known [1]instep.Known
			if err := e.store.Lookup(ctx, p.Name, s, []string{ref.ID}, known[:]); err != nil {
				return err
			}
			if known[0].Link == 0 {
				continue
			}
			if err := ps.loadLinks(ctx, []instep.LinkID{known[0].Link}); err != nil {
				return err
			}
			if err := f(ps, s, ps.links[known[0].Link]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (ps *pass) explain(ctx context.Context, s instep.Side, link *instep.Link) (Explanation, error) {
	x := Explanation{Pair: ps.pair.Name, Side: s, Ref: ps.refOf(link, s), Other: ps.refOf(link, s.Other()), Rule: link.Rule}
	if !isFull(link) {
		x.State, x.Message = instep.Unmatched, *message("not_carried", arg("side", s.String()))
		if ps.pair.creates[s.Other()] {
			x.Message = *message("no_counterpart", arg("side", s.String()))
		}
	}
	for _, at := range sides {
		m, ok := ps.marks[instep.MarkID{Link: link.ID, Side: at}]
		if !ok {
			continue
		}
		x.State, x.Message, x.Due = m.Outcome, m.Message, m.Due
		if m.Outcome == instep.Review {
			r, err := ps.review(ctx, &m)
			if err != nil {
				return x, err
			}
			x.Review = r.ID
		}
	}
	if ps.inFlight(link.ID) {
		x.State, x.Message = instep.Unknown, *message("in_doubt")
	}
	for _, d := range ps.driftNow(link.Drift, ps.outdated(link.Map)) {
		x.Drifted = append(x.Drifted, ps.pair.rules[d].Name)
	}
	x.Decisions = ps.decisionsAbout(s, link.Sides[s].ID)
	if h, ok := instep.As[instep.Historian](ps.engine.store); ok {
		var err error
		const rows = 20
		if x.History, err = h.History(ctx, ps.pair.Name, link.ID, rows); err != nil {
			return x, err
		}
	}
	return x, nil
}

func (ps *pass) inFlight(id instep.LinkID) bool { return ps.undisturbed(id) != nil }
