package reconcile

import (
	"context"
	"maps"
	"slices"

	"github.com/instep-go/instep"
)

// followOrigins gives an observation with an unknown id the link of the record
// that had the same origin, if that record's id is no longer there: the id
// changed. An origin proves less than an immutable id, so that nothing is
// followed where several records have it, or where the old id may only be
// hidden.
func (ps *pass) followOrigins(ctx context.Context, s instep.Side) error {
	if ps.state.LastLink == 0 || ps.pair.side[s].traits.HidesMissing {
		return nil
	}
	fresh := ps.freshOrigins(s)
	if len(fresh) == 0 {
		return nil
	}
	was, err := ps.knownOrigins(ctx, s, fresh)
	if err != nil {
		return err
	}
	if err := ps.lookForOld(ctx, s, was); err != nil {
		return err
	}
	for _, identity := range slices.Sorted(maps.Keys(was)) {
		link := was[identity]
		if ps.renamed[s][link.ID] || !ps.leftID(s, link) {
			continue
		}
		if at, ok := ps.obs[s].at(link.Sides[s].ID); ok && ps.obs[s].ob(at).is != there {
			ps.obs[s].ob(at).dropped = true
		}
		ps.follow(s, link, ps.obs[s].ob(fresh[identity]))
	}
	return nil
}

// leftID reports whether the record of a link is not there any more under its
// id: nothing is, or another record. A side that cannot be read by id is
// believed once a list of all of it has not shown the record.
func (ps *pass) leftID(s instep.Side, link *instep.Link) bool {
	if at, ok := ps.obs[s].at(link.Sides[s].ID); ok && !ps.obs[s].ob(at).dropped {
		ob := ps.obs[s].ob(at)
		return ob.is == unsure || ob.is == gone || ob.is == there && ob.link != link.ID && ob.identity() != link.Sides[s].Identity
	}
	return ps.pair.side[s].getter == nil && ps.streams[s].complete && !ps.streams[s].seen.has(link.ID)
}

// findExchanged takes the link from records that are now, origin and content,
// what another link's record was, while that one is something else by now: their
// ids were exchanged. It adds them to reused.
func (ps *pass) findExchanged(ctx context.Context, s instep.Side, reused map[int32]instep.LinkID) error {
	changed := map[uint64]int32{}
	for i := range ps.obs[s].len() {
		ob := ps.obs[s].ob(i)
		if ob.link != 0 && !ob.dropped && ob.is == there && isOrigin(ob.identity()) && ob.identity() != ps.links[ob.link].Sides[s].Identity {
			changed[ob.identity()] = i
		}
	}
	if len(changed) == 0 {
		return nil
	}
	was, err := ps.knownOrigins(ctx, s, changed)
	if err != nil {
		return err
	}
	for identity, link := range was {
		ob := ps.obs[s].ob(changed[identity])
		at, seen := ps.obs[s].at(link.Sides[s].ID)
		if !seen || ps.obs[s].ob(at).dropped || ps.obs[s].ob(at).identity() == identity || link.ID == ob.link {
			continue
		}
		reused[changed[identity]] = ob.link
	}
	for i := range reused {
		ps.obs[s].ob(i).link = 0
	}
	return nil
}

// follow gives an observation the link of the record that it is.
func (ps *pass) follow(s instep.Side, link *instep.Link, ob observation) {
	ob.link = link.ID
	ps.renamed[s][link.ID] = true
	ps.moveDecisions(s, link.Sides[s].ID, ob.id())
	ps.streams[s].seen.set(link.ID)
}

// freshOrigins returns the observations with unknown ids that are alone with
// their origin.
func (ps *pass) freshOrigins(s instep.Side) map[uint64]int32 {
	fresh, several := map[uint64]int32{}, map[uint64]bool{}
	for i := range ps.obs[s].len() {
		ob := ps.obs[s].ob(i)
		if ob.link != 0 || !isOrigin(ob.identity()) || ob.dropped || ob.is != there {
			continue
		}
		_, twice := fresh[ob.identity()]
		several[ob.identity()] = several[ob.identity()] || twice
		fresh[ob.identity()] = i
	}
	for identity, yes := range several {
		if yes {
			delete(fresh, identity)
		}
	}
	return fresh
}

// knownOrigins returns the links that have these origins, each the only one.
func (ps *pass) knownOrigins(ctx context.Context, s instep.Side, fresh map[uint64]int32) (map[uint64]*instep.Link, error) {
	was, several := map[uint64]*instep.Link{}, map[uint64]bool{}
	const page = 1000
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(fresh)), page) {
		hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, chunk)
		if err != nil {
			return nil, err
		}
		if err := ps.loadLinks(ctx, hitLinks(hits)); err != nil {
			return nil, err
		}
		for _, hit := range hits {
			link := ps.links[hit.Link]
			if link.Sides[s].Identity != hit.Hash {
				continue
			}
			several[hit.Hash] = several[hit.Hash] || was[hit.Hash] != nil
			was[hit.Hash] = link
		}
	}
	for identity, yes := range several {
		if yes {
			delete(was, identity)
		}
	}
	return was, nil
}

// lookForOld reads the records of the links under the ids they were known by,
// unless this pass has seen them.
func (ps *pass) lookForOld(ctx context.Context, s instep.Side, was map[uint64]*instep.Link) error {
	var refs []instep.Ref
	for _, identity := range slices.Sorted(maps.Keys(was)) {
		link := was[identity]
		if _, ok := ps.obs[s].at(link.Sides[s].ID); ok || ps.streams[s].seen.has(link.ID) {
			continue
		}
		refs = append(refs, ps.pair.side[s].ref(link.Sides[s].ID))
	}
	if len(refs) == 0 {
		return nil
	}
	return ps.observeAgain(ctx, s, refs)
}
