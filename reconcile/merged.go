package reconcile

import (
	"context"

	"github.com/instep-go/instep"
)

// followMerged gives the link of a record that was merged into another to that
// other one, unless that has a counterpart already: then a person decides.
func (ps *pass) followMerged(ctx context.Context, s instep.Side) error {
	for i := range ps.obs[s].len() {
		ob := ps.obs[s].ob(i)
		if ob.dropped || ob.is != gone || ob.rare().into == "" || !isFull(ps.links[ob.link]) {
			continue
		}
		if err := ps.mergeInto(ctx, s, i); err != nil {
			return err
		}
	}
	return nil
}

func (ps *pass) mergeInto(ctx context.Context, s instep.Side, i int32) error {
	link, into := ps.obs[s].ob(i).link, ps.obs[s].ob(i).rare().into
	survivor, err := ps.survivor(ctx, s, into)
	if err != nil {
		return err
	}
	if survivor != nil && (isFull(survivor) || ps.heldInDoubt(&node{side: s, link: survivor}) != nil || ps.inFlight(survivor.ID)) {
		ps.obs[s].ob(i).own().merged = survivor.ID != link // it has a counterpart, or may have one that nobody knows of
		return nil
	}
	at, ok := ps.obs[s].at(into)
	if !ok || ps.obs[s].ob(at).is != there {
		return nil // it is not there either
	}
	ps.obs[s].ob(at).link = link
	ps.obs[s].ob(i).dropped = true
	if id := (instep.MarkID{Link: link, Side: s}); len(ps.fences[id].Fields) > 0 {
		ps.fences[id] = instep.Fence{Link: link, Side: s} // what we wrote stood in the other record
	}
	ps.renamed[s][link] = true
	ps.streams[s].seen.set(link)
	if survivor != nil {
		ps.inherit(s, survivor.ID, link)
	}
	return nil
}

// survivor reads the record that another was merged into, unless this pass has
// seen it, and returns its link; nil if it has none. Its id may have changed as
// well.
func (ps *pass) survivor(ctx context.Context, s instep.Side, id string) (*instep.Link, error) {
	var known [1]instep.Known
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, []string{id}, known[:]); err != nil {
		return nil, err
	}
	if err := ps.loadLinks(ctx, []instep.LinkID{known[0].Link}); err != nil {
		return nil, err
	}
	if at, ok := ps.obs[s].at(id); !isFull(ps.links[known[0].Link]) && (!ok || ps.obs[s].ob(at).dropped) {
		if err := ps.observeAgain(ctx, s, []instep.Ref{ps.pair.side[s].ref(id)}); err != nil {
			return nil, err
		}
		if err := ps.followRenames(ctx, s); err != nil {
			return nil, err
		}
	}
	if at, ok := ps.obs[s].at(id); ok && ps.renamed[s][ps.obs[s].ob(at).link] {
		known[0].Link = ps.obs[s].ob(at).link
	}
	return ps.links[known[0].Link], nil
}

// inherit gives what is known of a half link to the link that its record now
// belongs to.
func (ps *pass) inherit(s instep.Side, half, heir instep.LinkID) {
	ps.absorbed[half] = heir
	delete(ps.renamed[s], half)
	for _, side := range sides {
		delete(ps.marks, instep.MarkID{Link: half, Side: side})
	}
	delete(ps.open, half)
}

// heir returns the link that has taken a half link over, or the link itself.
func (ps *pass) heir(id instep.LinkID) instep.LinkID {
	if heir, ok := ps.absorbed[id]; ok {
		return heir
	}
	return id
}
