package reconcile

import (
	"context"

	"github.com/instep-go/instep"
)

// keepAppeared writes down the records that had the key of an op right before it
// was to be sent, and that no list has shown yet. Should one of them hide itself
// before the next list, nothing is made beside it all the same.
func (ps *pass) keepAppeared(ctx context.Context, b *instep.Batch, ops []*op) error {
	for _, o := range ops {
		for i := range o.appeared {
			rec := &o.appeared[i]
			known, err := ps.isKnown(ctx, o.target, rec)
			if err != nil {
				return err
			}
			if !known && ps.presence(o.target, rec.Status) == there {
				ps.keepRecord(b, o.target, rec)
			}
		}
	}
	return nil
}

// isKnown reports whether this pass has seen a record, or the state has it, be
// it under another id or as one to be passed over.
func (ps *pass) isKnown(ctx context.Context, s instep.Side, rec *instep.Record) (bool, error) {
	if i, seen := ps.obs[s].at(rec.Ref.ID); seen && !ps.obs[s].ob(i).dropped || ps.erased(s, rec) {
		return true, nil
	}
	var known [1]instep.Known
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, []string{rec.Ref.ID}, known[:]); err != nil || known[0].Link != 0 {
		return true, err
	}
	identity := ps.engine.hash.identity(s, rec)
	if identity == 0 {
		return false, nil
	}
	hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, []uint64{identity})
	return len(hits) > 0, err
}

// keepRecord adds a link of a record alone, which the next list is compared with.
func (ps *pass) keepRecord(b *instep.Batch, s instep.Side, rec *instep.Record) {
	ps.addDirect(s, rec, ps.prepare(s, rec), instep.Known{})
	w := work{outcome: instep.Unmatched, side: s, obs: [2]int32{-1, -1}}
	w.obs[s] = ps.obs[s].len() - 1
	link := ps.linkFor(&w)
	ps.advance(&link, &w, nil)
	link.Sides[s].Sum = 0
	b.Links = append(b.Links, link)
}
