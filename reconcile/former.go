package reconcile

import (
	"context"

	"github.com/instep-go/instep"
)

// A record that is to be made anew for its counterpart may come back before it
// is: what its link knew of it is kept until then.

// formerOf is what a link keeps of a side whose record is gone.
func (ps *pass) formerOf(w *work, s instep.Side) instep.LinkSide {
	was := &w.link.Sides[s]
	if !w.create {
		return instep.LinkSide{}
	}
	return instep.LinkSide{Former: was.ID, Identity: was.Identity, Base: was.Base}
}

// leaveFormer forgets what a link has of a record that another is there for now.
func leaveFormer(link *instep.Link, s instep.Side) {
	if link.Sides[s].Former != "" {
		link.Sides[s], link.Drift, link.Meeting = instep.LinkSide{}, nil, false
	}
}

// awaitsFormer reports whether another record is to be made for the one of a link.
func awaitsFormer(link *instep.Link) bool {
	s, half := link.Half()
	return half && link.Sides[s.Other()].Former != ""
}

// rejoinFormer gives links back the records that were to be made anew for them
// and are there again, also if they are hidden.
func (ps *pass) rejoinFormer(ctx context.Context) error {
	for _, s := range sides {
		var links []*instep.Link
		var ids []string
		for _, id := range sortedMarks(ps.marks) {
			link := ps.links[id.Link]
			if !ps.looksForFormer(s, link) || ps.pair.side[s].getter == nil && ps.rejoinSeen(s, link) {
				continue
			}
			links, ids = append(links, link), append(ids, link.Sides[s].Former)
		}
		if err := ps.askFormer(ctx, s, links, ids); err != nil {
			return err
		}
	}
	return nil
}

// looksForFormer reports whether a link's record of side s may have come back,
// and nothing is known of another that was made for it.
func (ps *pass) looksForFormer(s instep.Side, link *instep.Link) bool {
	return link != nil && link.Sides[s].ID == "" && link.Sides[s].Former != "" && !ps.inFlight(link.ID) &&
		ps.heldInDoubt(&node{side: s.Other(), link: link, obs: -1}) == nil
}

// rejoinSeen is for a record that a list has shown, as one that nobody knows,
// where nobody can ask for it.
func (ps *pass) rejoinSeen(s instep.Side, link *instep.Link) bool {
	i, ok := ps.obs[s].at(link.Sides[s].Former)
	if !ok || ps.obs[s].ob(i).dropped || ps.obs[s].ob(i).link != 0 || ps.obs[s].ob(i).is != there {
		return false
	}
	ps.obs[s].ob(i).link = link.ID
	ps.rejoin(s, link)
	return true
}

// askFormer asks for the records of links.
func (ps *pass) askFormer(ctx context.Context, s instep.Side, links []*instep.Link, ids []string) error {
	if len(links) == 0 || ps.pair.side[s].getter == nil {
		return nil // a list will tell
	}
	refs, known := make([]instep.Ref, len(ids)), make([]instep.Known, len(ids))
	for i := range ids {
		refs[i] = ps.pair.side[s].ref(ids[i])
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
	}
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, ids, known); err != nil {
		return err
	}
	for i, link := range links {
		if known[i].Link != 0 || link.Sides[s].ID != "" {
			continue
		}
		if is := ps.presence(s, recs[i].Status); is != there && is != hidden && !ps.hides(s, recs[i].Status) {
			ps.drop(s, ids[i]) // a list that shows it is older
			continue
		}
		ps.addAsked(s, refs[i], &recs[i], instep.Known{Link: link.ID})
		ps.rejoin(s, link)
	}
	return nil
}

func (ps *pass) rejoin(s instep.Side, link *instep.Link) {
	side := &link.Sides[s]
	side.ID, side.Former = side.Former, ""
	ps.renamed[s][link.ID] = true // repoint commits it
}
