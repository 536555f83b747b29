package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
)

// Knowledge is what the state holds of one record: names, ids and keyed
// hashes, no values.
type Knowledge struct {
	Explanation
	Fields   []string // rules of which there is a hash of the record's value
	Keys     int      // match keys held as hashes
	Identity bool     // whether a hash of its immutable id is held
	Fenced   []string // rules of which a hash of what was last written is held
}

// Known says all that the state holds of a record, once for each pair it is
// in: the answer to a person who asks what is stored about them. A record that
// no pair knows is an error of kind NotFound.
func (e *Engine) Known(ctx context.Context, ref instep.Ref) ([]Knowledge, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []Knowledge
	err := e.eachHome(ctx, ref, func(ps *pass, s instep.Side, link *instep.Link) error {
		x, err := ps.explain(ctx, s, link)
		if err != nil {
			return err
		}
		k := Knowledge{Explanation: x, Identity: link.Sides[s].Identity != 0}
		for _, h := range link.Keys {
			if h.Sides&(1<<s) != 0 && h.Hash != link.Sides[s].Identity {
				k.Keys++
			}
		}
		base := ps.baseOf(&link.Sides[s], link.Map)
		for i := range ps.pair.rules {
			if base.at(i) != 0 {
				k.Fields = append(k.Fields, ps.pair.rules[i].Name)
			}
		}
		for _, f := range ps.fences[instep.MarkID{Link: link.ID, Side: s}].Fields {
			if int(f.Rule) < len(ps.pair.rules) {
				k.Fenced = append(k.Fenced, ps.pair.rules[f.Rule].Name)
			}
		}
		all = append(all, k)
		return nil
	})
	if err == nil && len(all) == 0 {
		err = refError(instep.NotFound, ref, "nothing is known of it", "check the reference")
	}
	return all, err
}

// Erase makes the state forget a record and the one it is linked with: the
// link, its hashes and match keys, what people decided about it, and its rows
// of the activity log. All that stays is a keyed hash of the two ids, by which
// the records are passed over as long as they still turn up, so that erasing
// one does not make the other come back as new. Nothing is written to the two
// systems: delete the records there first. A record that is not known is an
// error of kind NotFound; one with a write whose outcome is not known yet, of
// kind Conflict.
func (e *Engine) Erase(ctx context.Context, ref instep.Ref) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := false
	err := e.eachHome(ctx, ref, func(ps *pass, _ instep.Side, link *instep.Link) error {
		found = true
		if err := ps.undisturbed(link.ID); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
		return ps.erase(ctx, link)
	})
	if err == nil && !found {
		err = &instep.Error{Kind: instep.NotFound, Op: "erase", Ref: ref, Err: errors.New("nothing is known of it"), Remedy: "check the reference"}
	}
	return err
}

func (ps *pass) erase(ctx context.Context, link *instep.Link) error {
	b := &instep.Batch{Erased: []instep.LinkID{link.ID}}
	for _, s := range sides {
		id := link.Sides[s].ID
		if id == "" {
			continue
		}
		for _, d := range ps.decisionsAbout(s, id) {
			b.Revoked = append(b.Revoked, d.DecisionID)
		}
		b.Decisions = append(b.Decisions, instep.Decision{
			DecisionID: aboutOne(instep.Erased, s, ps.engine.hash.hidden(s, id)), By: ps.engine.opt.Actor, At: ps.engine.now(),
		})
		if identity := link.Sides[s].Identity; identity != 0 { // it may come back under another id
			b.Decisions = append(b.Decisions, instep.Decision{
				DecisionID: aboutOne(instep.Erased, s, hexOf(identity)), By: ps.engine.opt.Actor, At: ps.engine.now(),
			})
		}
	}
	return ps.commit(ctx, b)
}

// erased reports whether a record was erased and is to be passed over.
func (ps *pass) erased(s instep.Side, rec *instep.Record) bool {
	if !ps.anyErased {
		return false
	}
	identity := ps.engine.hash.identity(s, rec)
	if identity != 0 {
		if _, ok := ps.decisions[aboutOne(instep.Erased, s, hexOf(identity))]; ok || rec.Identity != "" { // an id may be given to another record
			return ok
		}
	}
	_, ok := ps.decisions[aboutOne(instep.Erased, s, ps.engine.hash.hidden(s, rec.Ref.ID))]
	return ok
}
