package reconcile

import (
	"context"

	"github.com/instep-go/instep"
)

// lookTaken finds out which records that could not be made, because the ids
// chosen for them were taken, can be made by now: nothing is there any more under
// these. The records they are made from do not tell, as nothing changes there.
func (ps *pass) lookTaken(ctx context.Context) error {
	for _, s := range sides {
		if p := &ps.pair.side[s]; !p.traits.ChosenID || p.getter == nil {
			continue
		}
		links, refs := ps.takenFrom(s)
		recs, err := ps.get(ctx, s, refs)
		if err != nil {
			return err
		}
		for i, link := range links {
			if ps.presence(s, recs[i].Status) == gone {
				ps.untaken[link] = true
			}
		}
	}
	return nil
}

// takenFrom returns the links whose records could not be made on side s, and
// under which ids.
func (ps *pass) takenFrom(s instep.Side) (links []instep.LinkID, refs []instep.Ref) {
	rule, from := ps.firstKey(), s.Other()
	for _, id := range sortedMarks(ps.marks) {
		m, link := ps.marks[id], ps.links[id.Link]
		if rule == nil || link == nil || m.Message.Code != "taken" || id.Side != from || !ps.isDue(m) {
			continue
		}
		at := ps.sighted(from, link).obs
		if at < 0 || ps.obs[from].ob(at).is != there {
			continue
		}
		if rec := ps.packed(from, at, nil); rec != nil {
			if v, bad := ps.project(rule, s, rec); bad == nil && !v.IsBlank() {
				links, refs = append(links, id.Link), append(refs, ps.pair.side[s].ref(v.String()))
			}
		}
	}
	return links, refs
}
