package reconcile

import (
	"context"
	"strings"

	"github.com/instep-go/instep"
)

// findGone looks, after a complete sweep, for linked records that it did not
// show, and asks for each of them once more.
func (ps *pass) findGone(ctx context.Context) error {
	for _, s := range sides {
		if !ps.streams[s].complete || ps.state.LastLink == 0 || ps.pair.side[s].getter == nil {
			continue
		}
		missing, all, err := ps.unseen(ctx, s)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			continue
		}
		if visible, err := ps.canary(ctx, s); err != nil || !visible {
			return err
		}
		if len(missing) > 25 && len(missing) > all/2 && !ps.sel.Approved {
			ps.trip("emptied", s, len(missing), all)
			continue // too many to ask for one by one
		}
		away, err := ps.confirmGone(ctx, s, missing)
		if err != nil {
			return err
		}
		if _, limited := limit(ps.pair.Guards.Deletes, 0); limited && away == all && all > 1 {
			ps.trip("emptied", s, away, all) // it is rather another register
		}
	}
	return nil
}

// unseen returns the links whose record of side s a complete sweep did not
// show, and how many links have such a record at all. It asks the store only
// for those ids that the sweep left out.
func (ps *pass) unseen(ctx context.Context, s instep.Side) (missing []instep.Link, all int, err error) {
	const page = 1000
	seen := ps.streams[s].seen
	all = seen.len()
	for id := seen.nextUnset(1); id <= ps.state.LastLink; {
		links, err := ps.engine.store.Scan(ctx, ps.pair.Name, id-1, page)
		if err != nil {
			return nil, 0, err
		}
		for i := range links {
			if l := &links[i]; !seen.has(l.ID) && l.Sides[s].ID != "" && !ps.observedNow(s, l) {
				missing = append(missing, *l)
			}
		}
		if len(links) < page {
			break
		}
		id = seen.nextUnset(links[len(links)-1].ID + 1)
	}
	return missing, all + len(missing), nil
}

// confirmGone asks for the records by id: only what the system itself says is
// not there counts as gone. It returns how many are not there that were
// before.
func (ps *pass) confirmGone(ctx context.Context, s instep.Side, links []instep.Link) (away int, err error) {
	refs := make([]instep.Ref, len(links))
	for i := range links {
		refs[i] = ps.pair.side[s].ref(links[i].Sides[s].ID)
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return 0, err
	}
	for i := range recs {
		is := ps.presence(s, recs[i].Status)
		link := &links[i]
		ps.links[link.ID] = link
		recs[i].Ref = refs[i]
		if is == there { // the list has left it out
			if v := ps.prepare(s, &recs[i]); v.sum != link.Sides[s].Sum {
				ps.addDirect(s, &recs[i], v, instep.Known{Link: link.ID, Sum: link.Sides[s].Sum})
			}
			continue
		}
		ps.addAway(s, &recs[i], is, instep.Known{Link: link.ID}).own().direct = true
		if ps.knownPresence(link, s) == there {
			away++
		}
	}
	return away, nil
}

// askReturned asks for records that were gone and are listed, where a list may be
// older than what was found out by id.
func (ps *pass) askReturned(ctx context.Context) error {
	for _, s := range sides {
		if !ps.listsLate(s) || ps.pair.side[s].getter == nil || len(ps.marks) == 0 {
			continue
		}
		var refs []instep.Ref
		for i := range ps.obs[s].len() {
			ob := ps.obs[s].ob(i)
			if link := ps.links[ob.link]; link != nil && !ob.dropped && ob.is == there && !ob.rare().direct && ps.knownGone(link, s) {
				refs = append(refs, ps.pair.side[s].ref(ob.id()))
			}
		}
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return err
		}
	}
	return nil
}

// confirmBuried asks for the records of pairs that are gone on both sides, if it
// was a list that said so. What it said may be of a record that had the id
// before, and the one that has it now would be forgotten with the pair.
func (ps *pass) confirmBuried(ctx context.Context) error {
	for _, s := range sides {
		var refs []instep.Ref
		for i := range ps.obs[s].len() {
			if ob := ps.obs[s].ob(i); ps.isBuriedBy(s, ob) {
				refs = append(refs, ps.pair.side[s].ref(ob.id()))
			}
		}
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return err
		}
	}
	return nil
}

// isBuriedBy reports whether an observation, and no answer about the record
// itself, says that the second one of a pair is gone.
func (ps *pass) isBuriedBy(s instep.Side, ob observation) bool {
	if ob.dropped || ob.is != gone || ob.rare().direct || ob.link == 0 || ps.knownGone(ps.links[ob.link], s) {
		return false
	}
	away := s.Other()
	n := node{side: away, obs: -1}
	if i, ok := ps.obs[away].at(ps.links[ob.link].Sides[away].ID); ok && !ps.obs[away].ob(i).dropped {
		n.obs = i
	}
	return ps.presenceOf(ps.links[ob.link], &n) == gone
}

func join(names []string) string { return strings.Join(names, ", ") }
