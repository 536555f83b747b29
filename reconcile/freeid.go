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
	held, err := ps.holders(ctx, taken)
	if err != nil {
		return err
	}
	return ps.freeHeld(ctx, b, held)
}

func (ps *pass) freeHeld(ctx context.Context, b *instep.Batch, held holders) error {
	for _, s := range sides {
		for _, h := range held[s] {
			if h.now == 0 || h.now == h.by || inBatch(b, h.now) {
				continue
			}
			if err := ps.freeID(ctx, b, s, h.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// holder is who has an id by the state, and who is about to get it.
type holder struct{ now, by instep.LinkID }

// holders are those of the ids of each side.
type holders [2][]holder

// holders returns whose the ids are by the state.
func (ps *pass) holders(ctx context.Context, taken [2][]takenID) (held holders, err error) {
	for _, s := range sides {
		if len(taken[s]) == 0 {
			continue
		}
		ids := make([]string, len(taken[s]))
		for i := range taken[s] {
			ids[i] = taken[s][i].id
		}
		known := make([]instep.Known, len(ids))
		if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, ids, known); err != nil {
			return held, err
		}
		held[s] = make([]holder, len(ids))
		for i := range known {
			held[s][i] = holder{known[i].Link, taken[s][i].by}
		}
	}
	return held, nil
}

// maybeHeld returns the ids that a link may have by the state. Where there was
// none when the pass began, these are the ids of records that were read, and
// those that others got since, which it notes: a first load need not ask for each
// that it makes.
func (ps *pass) maybeHeld(taken [2][]takenID) [2][]takenID {
	if !ps.fresh {
		return taken
	}
	for _, s := range sides {
		if ps.given[s] == nil && len(taken[s]) > 0 {
			ps.given[s] = newSieve(ps.total)
		}
		taken[s] = slices.DeleteFunc(taken[s], func(t takenID) bool {
			_, read := ps.obs[s].at(t.id)
			return !ps.given[s].put(t.id) && !read
		})
	}
	return taken
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
func (ps *pass) dropIntents(b *instep.Batch, link *instep.Link) {
	about := func(in instep.Intent) bool { return in.Link == link.ID }
	for i := range ps.units {
		u := &ps.units[i]
		if !slices.ContainsFunc(u.Intents, about) || slices.Contains(b.Settled, u.ID) {
			continue
		}
		b.Settled = append(b.Settled, u.ID)
		for _, in := range u.Intents {
			if about(in) {
				w := &work{outcome: instep.Unknown, side: u.Side.Other(), link: link, obs: [2]int32{-1, -1}, reason: message("id_left")}
				b.Activity = append(b.Activity, ps.activity(w, link, u.Side, "none", ps.translate(in, link.Map).Rules))
			}
		}
		u.Intents = slices.DeleteFunc(slices.Clone(u.Intents), about)
		if len(u.Intents) > 0 {
			rest := ps.newUnit(u.Side, u.Sent)
			rest.Intents = u.Intents
			b.Units = append(b.Units, rest)
		}
	}
}

func (ps *pass) freeID(ctx context.Context, b *instep.Batch, s instep.Side, id instep.LinkID) error {
	links, err := ps.storedLinks(ctx, ps.pair.Name, []instep.LinkID{id})
	if err != nil {
		return err
	}
	old := &links[0]
	ps.freed[id] = true
	_, half := old.Half()
	if half || ps.marked(&node{side: instep.Left, link: old}) == instep.Removed || ps.presenceOf(old, &node{side: s.Other(), obs: -1}) == gone {
		b.Dropped = append(b.Dropped, id)
		ps.dropIntents(b, old)
		return nil
	}
	w := &work{outcome: instep.Unlinked, side: s.Other(), link: old, obs: [2]int32{-1, -1}, reason: message("left_alone", arg("side", s.String()))}
	ps.halve(b, w)
	return nil
}

// leaveContested leaves out what is about the record of a link whose id another
// one is to be made under, unless that record was seen right before: if the other
// can be made, the id is its own, and what was to be written would be written to
// it. It leaves out what was freed, too.
func (ps *pass) leaveContested(ctx context.Context, s instep.Side, ops []*op) ([]*op, error) {
	var chosen [2][]takenID
	if ps.pair.side[s].traits.ChosenID && ps.mixed {
		chosen = ps.chosenIDs(s, ops)
		held, err := ps.holders(ctx, chosen)
		if err != nil {
			return nil, err
		}
		for _, h := range held[s] {
			if h.now != h.by && isFull(ps.links[h.now]) {
				ps.contested[h.now] = true
			}
		}
	}
	return ps.leave(ps.leaveFreed(ops), func(o *op) bool {
		return o.current == nil && (o.w.link != nil && ps.contested[o.w.link.ID] || ps.meetsChosen(o, chosen[s]))
	}), nil
}

// meetsChosen reports whether an op is about a record that meets another, and whose
// id is one that a record is to be made under.
func (ps *pass) meetsChosen(o *op, chosen []takenID) bool {
	if o.w.outcome == instep.Created {
		return false
	}
	id := ps.id(o.w, o.target)
	return id != "" && slices.ContainsFunc(chosen, func(t takenID) bool { return t.id == id })
}

// leave leaves ops out, which are planned anew, though an earlier run may have held
// them back: this one was about to send them.
func (ps *pass) leave(ops []*op, out func(*op) bool) []*op {
	return slices.DeleteFunc(ops, func(o *op) bool {
		left := out(o)
		if left {
			ps.unsent, ps.retry = ps.unsent+1, true
		}
		if left && o.w.link != nil {
			ps.postponed[o.w.link.ID] = true
		}
		return left
	})
}

// chosenIDs returns the ids that records are to be made under.
func (ps *pass) chosenIDs(s instep.Side, ops []*op) (ids [2][]takenID) {
	rule := ps.firstKey()
	for _, o := range ops {
		if rule == nil || o.problem != nil || o.w.outcome != instep.Created {
			continue
		}
		var by instep.LinkID
		if o.w.link != nil {
			by = o.w.link.ID
		}
		if v, bad := ps.project(rule, s, o.source); bad == nil && !v.IsBlank() {
			ids[s] = append(ids[s], takenID{v.String(), by})
		}
	}
	return ids
}
