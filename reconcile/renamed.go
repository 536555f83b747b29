package reconcile

import (
	"context"

	"github.com/instep-go/instep"
)

// searchRenamed looks for the records whose ids are missing, though ids can
// change, by walking over the side once more: a list that is younger than the
// miss shows them under other ids, or they are gone. Where lists come late, or
// a record has no immutable id, the next run tells.
func (ps *pass) searchRenamed(ctx context.Context, s instep.Side) error {
	t := &ps.pair.side[s].traits
	if t.Snapshot || t.ReadLag > 0 || !ps.streams[s].complete {
		return nil
	}
	missing := ps.missing(s)
	if len(missing) == 0 {
		return nil
	}
	found := map[uint64]bool{}
	complete, err := ps.list(ctx, s, func(rec *instep.Record) {
		if h := ps.engine.hash.identity(s, rec); missing[h] != nil {
			found[h] = true
		}
	})
	if err != nil || !complete {
		return err
	}
	for h, obs := range missing {
		if found[h] {
			continue
		}
		for _, i := range obs {
			ps.obs[s].ob(i).is = gone
			if t.HidesMissing {
				ps.obs[s].ob(i).is = hidden
			}
		}
	}
	return nil
}

// missing returns the observations of linked records whose ids are missing, by
// their immutable ids.
func (ps *pass) missing(s instep.Side) map[uint64][]int32 {
	missing := map[uint64][]int32{}
	for i := range ps.obs[s].len() {
		ob := ps.obs[s].ob(i)
		if ob.is != unsure || ob.dropped || ob.link == 0 {
			continue
		}
		if h := ps.links[ob.link].Sides[s].Identity; h != 0 && !isOrigin(h) {
			missing[h] = append(missing[h], i)
		}
	}
	return missing
}

// list walks over a side from the beginning, and reports whether it saw all of
// it.
func (ps *pass) list(ctx context.Context, s instep.Side, see func(*instep.Record)) (complete bool, err error) {
	read := 0
	for page, err := range ps.pages(ctx, s, "") {
		if err != nil {
			return false, err
		}
		read += len(page.Records)
		for i := range page.Records {
			see(&page.Records[i])
		}
		complete = !page.More && page.Sweep.Complete && page.Sweep.Total <= read
	}
	return complete, nil
}
