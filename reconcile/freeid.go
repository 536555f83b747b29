package reconcile

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// freeIDs takes the ids that links of the batch are about to get away from
// links that still have them from a record that was there before: one that
// ceased and left its number to another.
func (ps *pass) freeIDs(ctx context.Context, b *instep.Batch, taken [2][]takenID) error {
	for _, s := range sides {
		known, err := ps.holders(ctx, s, taken[s])
		if err != nil {
			return err
		}
		for i, k := range known {
			if k.Link == 0 || k.Link == taken[s][i].by || inBatch(b, k.Link) {
				continue
			}
			if err := ps.freeID(ctx, b, s, k.Link); err != nil {
				return err
			}
		}
	}
	return nil
}

// holders returns whose the ids are by the state.
func (ps *pass) holders(ctx context.Context, s instep.Side, taken []takenID) ([]instep.Known, error) {
	if len(taken) == 0 {
		return nil, nil
	}
	ids := make([]string, len(taken))
	for i := range taken {
		ids[i] = taken[i].id
	}
	known := make([]instep.Known, len(ids))
	return known, ps.engine.store.Lookup(ctx, ps.pair.Name, s, ids, known)
}

// takenID is an id that a link is about to get.
type takenID struct {
	id string
	by instep.LinkID
}

func inBatch(b *instep.Batch, id instep.LinkID) bool {
	return slices.Contains(b.Dropped, id) || slices.ContainsFunc(b.Links, func(l instep.Link) bool { return l.ID == id })
}

// dropIntents leaves a write in doubt to itself whose record has ceased: what
// comes of it is seen as a record that nobody knows.
func (ps *pass) dropIntents(b *instep.Batch, link instep.LinkID) {
	about := func(in instep.Intent) bool { return in.Link == link }
	for i := range ps.units {
		u := &ps.units[i]
		if !slices.ContainsFunc(u.Intents, about) || slices.Contains(b.Settled, u.ID) {
			continue
		}
		b.Settled = append(b.Settled, u.ID)
		u.Intents = slices.DeleteFunc(u.Intents, about)
		if len(u.Intents) > 0 {
			rest := ps.newUnit(u.Side, u.Sent)
			rest.Intents = u.Intents
			b.Units = append(b.Units, rest)
		}
	}
}

func (ps *pass) freeID(ctx context.Context, b *instep.Batch, s instep.Side, id instep.LinkID) error {
	links, err := ps.engine.store.Links(ctx, ps.pair.Name, []instep.LinkID{id})
	if err != nil {
		return err
	}
	old := &links[0]
	ps.freed[id] = true
	_, half := old.Half()
	if half || ps.marked(&node{side: instep.Left, link: old}) == instep.Removed || ps.presenceOf(old, &node{side: s.Other(), obs: -1}) == gone {
		b.Dropped = append(b.Dropped, id)
		ps.dropIntents(b, id)
		return nil
	}
	w := &work{outcome: instep.Unlinked, side: s.Other(), link: old, obs: [2]int32{-1, -1}, reason: message("left_alone", arg("side", s.String()))}
	ps.halve(b, w)
	return nil
}
