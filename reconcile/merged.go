package reconcile

import (
	"context"

	"github.com/instep-go/instep"
)

// followMerged gives the link of a record that was merged into another to that
// other one, unless that has a counterpart already: then a person decides.
func (ps *pass) followMerged(ctx context.Context, s instep.Side) error {
	for i := range len(ps.obs[s].list) {
		ob := &ps.obs[s].list[i]
		if ob.dropped || ob.is != gone || ob.into == "" || !isFull(ps.links[ob.link]) {
			continue
		}
		if err := ps.mergeInto(ctx, s, int32(i)); err != nil {
			return err
		}
	}
	return nil
}

func (ps *pass) mergeInto(ctx context.Context, s instep.Side, i int32) error {
	link, into := ps.obs[s].list[i].link, ps.obs[s].list[i].into
	var known [1]instep.Known
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, []string{into}, known[:]); err != nil {
		return err
	}
	if err := ps.loadLinks(ctx, []instep.LinkID{known[0].Link}); err != nil {
		return err
	}
	if isFull(ps.links[known[0].Link]) {
		ps.obs[s].list[i].merged = known[0].Link != link
		return nil
	}
	if at, ok := ps.obs[s].byID[into]; !ok || ps.obs[s].list[at].dropped {
		if err := ps.observeAgain(ctx, s, []instep.Ref{ps.pair.side[s].ref(into)}); err != nil {
			return err
		}
	}
	at, ok := ps.obs[s].byID[into]
	if !ok || ps.obs[s].list[at].is != there {
		return nil // it is not there either
	}
	ps.obs[s].list[at].link = link
	ps.obs[s].list[i].dropped = true
	ps.renamed[s][link] = true
	ps.streams[s].seen.set(link)
	if half := known[0].Link; half != 0 {
		ps.absorbed[half] = link
		for _, side := range sides {
			delete(ps.marks, instep.MarkID{Link: half, Side: side})
		}
		delete(ps.open, half)
	}
	return nil
}

// heir returns the link that has taken a half link over, or the link itself.
func (ps *pass) heir(id instep.LinkID) instep.LinkID {
	if heir, ok := ps.absorbed[id]; ok {
		return heir
	}
	return id
}
