package reconcile

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// match builds the graph of all records of this pass that have no
// counterpart, with what the state knows under the same keys.
func (ps *pass) match(ctx context.Context) (*graph, error) {
	g := &graph{
		names: ps.keyName, known: map[knownNode]int32{}, never: ps.neverLinked, kept: ps.droppedByPerson, gone: ps.seenGone, held: ps.heldInDoubt,
		stays: ps.staysThere, meant: func(n *node) bool { return ps.toCreate(n.link) },
		replaced: map[instep.LinkID]bool{},
	}
	g.reserve(int(ps.obs[0].len()+ps.obs[1].len()), len(ps.obs[0].hashes)+len(ps.obs[1].hashes))
	scratch := make([]key, 0, 16)
	for _, s := range sides {
		o := &ps.obs[s]
		for i := range o.len() {
			ob := o.ob(i)
			if ob.dropped {
				continue
			}
			if ob.is != there && ob.link == 0 {
				continue
			}
			if ob.is != there { // what it was sent as, if in doubt, is not anybody else's
				n := node{side: s, obs: -1, link: ps.links[ob.link], full: true}
				keys := ps.keysInDoubt(&n)
				if ob.is == hidden && ps.renamed[s][ob.link] { // by its id nobody finds it any more
					_, n.shut = n.link.Half()
					keys = keysOf(&n)
				}
				g.add(n, keys)
				continue
			}
			full := ob.link != 0 && !ob.half
			n := node{side: s, obs: i, link: ps.links[ob.link], full: full}
			g.add(n, append(o.appendKeys(scratch[:0], i), ps.keysInDoubt(&n)...))
		}
	}
	if ps.state.LastLink == 0 {
		g.resolve()
		return g, nil
	}
	if err := ps.addKnown(ctx, g); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, *graph) (bool, error){ps.readKnown, ps.readFirstSeen} {
		more, err := read(ctx, g)
		if err != nil {
			return nil, err
		}
		if more {
			return ps.match(ctx)
		}
	}
	g.resolve()
	return g, nil
}

// readKnown reads again the records without counterpart that only the state
// knows of and that have a key of a record of this pass: they may have
// changed since, or be gone. It reports whether it could read any.
func (ps *pass) readKnown(ctx context.Context, g *graph) (more bool, err error) {
	for _, s := range sides {
		var refs []instep.Ref
		for i := range g.nodes {
			if n := &g.nodes[i]; n.side == s && n.obs < 0 && !n.full && ps.pair.side[s].getter != nil && !ps.reread[n.link.ID] {
				ps.reread[n.link.ID] = true
				refs = append(refs, ps.pair.side[s].ref(n.link.Sides[s].ID))
			}
		}
		more = more || len(refs) > 0
		if err := ps.readMore(ctx, s, refs); err != nil {
			return false, err
		}
	}
	return more, nil
}

// readMore reads records while they are matched.
func (ps *pass) readMore(ctx context.Context, s instep.Side, refs []instep.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	if err := ps.observeAgain(ctx, s, refs); err != nil {
		return err
	}
	return ps.noteHalves(ctx, s)
}

// readFirstSeen reads by their ids the records that were seen for the first time, in
// a file from a while ago, and have a key of one of the other side that is known: they
// may have been its counterpart before the one that made it known, and be gone. It
// reports whether there were any.
func (ps *pass) readFirstSeen(ctx context.Context, g *graph) (more bool, err error) {
	for _, s := range sides {
		if ps.pair.side[s].getter == nil || !ps.isFile(s, ps.streams[s].asOf) {
			continue
		}
		var refs []instep.Ref
		for _, n := range g.meetKnown(s) {
			if ob := ps.obs[s].ob(n.obs); !ob.rare().direct {
				refs = append(refs, ps.pair.side[s].ref(ob.id()))
			}
		}
		more = more || len(refs) > 0
		if err := ps.readMore(ctx, s, refs); err != nil {
			return false, err
		}
	}
	return more, nil
}

// meetKnown returns the records of side s that the state does not know and that have
// a key of one of the other side which it does know.
func (g *graph) meetKnown(s instep.Side) []node {
	known := map[uint64]bool{}
	for _, e := range g.entries {
		if n := &g.nodes[e.node]; n.side != s && n.link != nil {
			known[e.hash] = true
		}
	}
	var found []node
	seen := map[int32]bool{}
	for _, e := range g.entries {
		if n := g.nodes[e.node]; n.side == s && n.link == nil && known[e.hash] && !seen[e.node] {
			seen[e.node] = true
			found = append(found, n)
		}
	}
	return found
}

// keysInDoubt returns the keys with which a record was sent whose write is in
// doubt, where it has others by now.
func (ps *pass) keysInDoubt(n *node) []key {
	if ps.heldInDoubt(n) == nil && !ps.sentBlindly(n) {
		return nil
	}
	return keysOf(n)
}

// keysOf returns the keys that the link of a node knows of its record.
func keysOf(n *node) []key {
	var keys []key
	for _, k := range n.link.Keys {
		if k.Hash != n.link.Sides[n.side].Identity && k.Sides&(1<<n.side) != 0 {
			keys = append(keys, key{hash: k.Hash, rank: 1})
		}
	}
	return keys
}

// sentBlindly reports whether nobody could look what became of a write to a
// record, because it cannot be read by its id.
func (ps *pass) sentBlindly(n *node) bool {
	if n.link == nil || ps.pair.side[n.side].getter != nil {
		return false
	}
	return ps.marks[instep.MarkID{Link: n.link.ID, Side: n.side.Other()}].Message.Code == "resend"
}

// addKnown adds what the state holds under the keys of the graph, except for
// records that this pass has seen itself.
func (ps *pass) addKnown(ctx context.Context, g *graph) error {
	ranks := map[uint64]entry{}
	for _, e := range g.entries {
		if !g.nodes[e.node].full {
			ranks[e.hash] = e
		}
	}
	hashes := make([]uint64, 0, len(ranks))
	for h := range ranks {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	const page = 1000
	for chunk := range slices.Chunk(hashes, page) {
		hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, chunk)
		if err != nil {
			return err
		}
		if err := ps.addHits(ctx, g, hits, ranks); err != nil {
			return err
		}
	}
	return nil
}

func (ps *pass) addHits(ctx context.Context, g *graph, hits []instep.KeyHit, ranks map[uint64]entry) error {
	if err := ps.loadLinks(ctx, hitLinks(hits)); err != nil {
		return err
	}
	for _, hit := range hits {
		link := ps.links[hit.Link]
		half, isHalf := link.Half()
		for _, s := range sides {
			if hit.Sides&(1<<s) == 0 || isHalf && s != half || ps.heir(link.ID) != link.ID {
				continue
			}
			switch ps.seenAs(s, link) {
			case unseen:
				g.addKnown(node{side: s, obs: -1, link: link, full: !isHalf}, ranks[hit.Hash])
			case seenAway: // its keys are as they were, but nothing can be joined with it
				if !isHalf || ps.presenceOf(link, ps.sighted(s, link)) != gone {
					g.addKnown(node{side: s, obs: -1, link: link, full: true, shut: isHalf}, ranks[hit.Hash])
				}
			}
		}
	}
	return nil
}

func hitLinks(hits []instep.KeyHit) []instep.LinkID {
	ids := make([]instep.LinkID, len(hits))
	for i, h := range hits {
		ids[i] = h.Link
	}
	return ids
}

// sight is what a pass has seen of a link's record.
type sight uint8

const (
	unseen sight = iota
	seen
	seenAway // it is not there, or not for us
)

func (ps *pass) seenAs(s instep.Side, link *instep.Link) sight {
	if ps.renamed[s][link.ID] {
		return seen
	}
	i, ok := ps.obs[s].at(link.Sides[s].ID)
	switch {
	case !ok || ps.obs[s].ob(i).dropped || ps.obs[s].ob(i).link != link.ID:
		return unseen
	case ps.obs[s].ob(i).is != there:
		return seenAway
	default:
		return seen
	}
}

// sighted returns a link's record as this pass has seen it.
func (ps *pass) sighted(s instep.Side, link *instep.Link) *node {
	n := &node{side: s, obs: -1, link: link}
	if i, ok := ps.obs[s].at(link.Sides[s].ID); ok && !ps.obs[s].ob(i).dropped && ps.obs[s].ob(i).link == link.ID {
		n.obs = i
	}
	return n
}

// observedNow reports whether this pass has seen the link's record of side s.
func (ps *pass) observedNow(s instep.Side, link *instep.Link) bool {
	return ps.seenAs(s, link) != unseen
}

// seenGone reports whether a linked record is no longer there, and all is known
// of the one it was linked with.
func (ps *pass) seenGone(n *node) bool {
	return ps.presenceOf(n.link, ps.sighted(n.side, n.link)) == gone && !ps.sentBlindly(&node{side: n.side.Other(), link: n.link})
}

// staysThere reports whether this pass has seen a linked record where it was,
// changed or not.
func (ps *pass) staysThere(n *node) bool {
	switch ps.seenAs(n.side, n.link) {
	case seen:
		return true
	case seenAway:
		return false
	default:
		return ps.streams[n.side].seen.has(n.link.ID)
	}
}

// loadLinks brings the links into ps.links.
func (ps *pass) loadLinks(ctx context.Context, ids []instep.LinkID) error {
	ids = slices.DeleteFunc(ids, func(id instep.LinkID) bool { return ps.links[id] != nil || id == 0 })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	const page = 1000
	for chunk := range slices.Chunk(ids, page) {
		links, err := ps.storedLinks(ctx, ps.pair.Name, chunk)
		if err != nil {
			return err
		}
		for i := range links {
			ps.links[links[i].ID] = &links[i]
		}
	}
	return nil
}

// keyName says how people call the key of a rank: the name of its rule.
func (ps *pass) keyName(rank uint8) string {
	for i := range ps.pair.rules {
		if m := ps.pair.rules[i].Match; m != nil && m.Rank == rank {
			return ps.pair.rules[i].Name
		}
	}
	return "key " + string('0'+rank%10)
}

// yields reports whether nothing stands against giving a link's record a new
// id. An earlier view of it under the old id counts no more.
func (ps *pass) yields(s instep.Side, link *instep.Link, identity uint64) bool {
	if !ps.observedNow(s, link) {
		return true
	}
	i, ok := ps.obs[s].at(link.Sides[s].ID)
	if !ok || ps.renamed[s][link.ID] {
		return false
	}
	ob := ps.obs[s].ob(i)
	if ob.is == there && ob.identity() != identity {
		return false
	}
	ob.dropped = true
	return true
}

// followRenames gives an observation with an unknown id the link of the
// record that has the same immutable identity: its id changed.
func (ps *pass) followRenames(ctx context.Context, s instep.Side) error {
	o := &ps.obs[s]
	byIdentity := map[uint64]int32{}
	var hashes []uint64
	for i := range o.len() {
		if ob := o.ob(i); ob.link == 0 && ob.identity() != 0 && !isOrigin(ob.identity()) && !ob.dropped && ob.is != gone {
			if earlier, twice := byIdentity[ob.identity()]; twice { // renamed while it was listed
				o.ob(earlier).dropped = true
			}
			byIdentity[ob.identity()] = i
			hashes = append(hashes, ob.identity())
		}
	}
	if ps.state.LastLink == 0 || len(hashes) == 0 {
		return nil
	}
	slices.Sort(hashes)
	const page = 1000
	for chunk := range slices.Chunk(hashes, page) {
		hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, chunk)
		if err != nil {
			return err
		}
		if err := ps.loadLinks(ctx, hitLinks(hits)); err != nil {
			return err
		}
		for _, hit := range hits {
			link := ps.links[hit.Link]
			if link.Sides[s].Identity == hit.Hash && ps.yields(s, link, hit.Hash) {
				ps.follow(s, link, o.ob(byIdentity[hit.Hash]))
			}
		}
	}
	return nil
}
