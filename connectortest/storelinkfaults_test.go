package connectortest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// linkFaults are stores that are wrong about links and what leads to them, by
// the one rule that each breaks.
var linkFaults = map[string]func() flaw{
	"links come back": taken(func(b *instep.Batch) {
		b.Links = slices.Clone(b.Links)
		for i := range b.Links {
			b.Links[i].Drift = nil
		}
	}),
	"scan by pages": func() flaw {
		return flaw{scan: func(l *lasting, ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
			return l.Scan(ctx, pair, max(after, 1)-1, limit) // the link after which to go on comes again
		}}
	},
	"odd ids": func() flaw {
		return flaw{lookup: func(l *lasting, ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
			err := l.Lookup(ctx, pair, s, ids, out)
			for i, id := range ids {
				if short := strings.TrimRight(id, " "); err == nil && out[i].Link == 0 && short != id {
					err = l.Lookup(ctx, pair, s, []string{short}, out[i:i+1])
				}
			}
			return err
		}}
	},
	"lookup is aligned": func() flaw {
		return flaw{lookup: func(l *lasting, ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
			err := l.Lookup(ctx, pair, s, ids, out)
			for i := range ids {
				if i > 0 && ids[i] == ids[i-1] {
					out[i] = instep.Known{}
				}
			}
			return err
		}}
	},
	"lookup of differing lengths": func() flaw {
		return flaw{lookup: func(l *lasting, ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
			if len(ids) != len(out) {
				return refusal(instep.Config, "", "not as many places as ids")
			}
			return l.Lookup(ctx, pair, s, ids, out)
		}}
	},
	"match keys": func() flaw {
		return flaw{keys: func(l *lasting, ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
			hits, err := l.Keys(ctx, pair, hashes)
			slices.SortStableFunc(hits, func(a, b instep.KeyHit) int { return cmp.Compare(a.Link, b.Link) })
			return hits, err
		}}
	},
	"replaced links": oldIDsLead,
	"ids that change hands": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			if err := takesHeld(ctx, l, b); err != nil {
				return err
			}
			return l.Commit(ctx, b)
		}}
	},
	"dropped links":    marksStay(func(b *instep.Batch) []instep.LinkID { return b.Dropped }),
	"ids out of order": oldestFirst,
}

// oldIDsLead is a store in which ids that a link has no longer lead to it.
func oldIDsLead() flaw {
	type place struct {
		pair string
		side instep.Side
		id   string
	}
	old := map[place]instep.LinkID{}
	return flaw{
		commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			had := map[place]instep.LinkID{}
			for i := range b.Links {
				stored, err := l.Links(ctx, b.Pair, []instep.LinkID{b.Links[i].ID})
				for s := range instep.Side(2) {
					if err == nil && stored[0].Sides[s].ID != "" {
						had[place{b.Pair, s, stored[0].Sides[s].ID}] = stored[0].ID
					}
				}
			}
			if err := l.Commit(ctx, b); err != nil {
				return err
			}
			maps.Copy(old, had)
			return nil
		},
		lookup: func(l *lasting, ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
			err := l.Lookup(ctx, pair, s, ids, out)
			for i, id := range ids {
				if link := old[place{pair, s, id}]; err == nil && link != 0 && out[i].Link == 0 {
					if stored, err := l.Links(ctx, pair, []instep.LinkID{link}); err == nil {
						out[i] = instep.Known{Link: link, Sum: stored[0].Sides[s].Sum}
					}
				}
			}
			return err
		},
	}
}

// takesHeld is the error of a store that looks at whose a record is before it
// looks at what becomes of that link in the batch.
func takesHeld(ctx context.Context, l *lasting, b *instep.Batch) error {
	replaced := map[instep.LinkID]bool{}
	for i := range b.Links {
		replaced[b.Links[i].ID] = true
	}
	for s := range instep.Side(2) {
		ids := make([]string, len(b.Links))
		for i := range b.Links {
			ids[i] = b.Links[i].Sides[s].ID
		}
		held := make([]instep.Known, len(ids))
		if err := l.Lookup(ctx, b.Pair, s, ids, held); err != nil {
			return err
		}
		for i := range held {
			if held[i].Link != b.Links[i].ID && replaced[held[i].Link] {
				return refusal(instep.Conflict, "", "a record is in another link")
			}
		}
	}
	return nil
}

// oldestFirst is a store whose Keys gives links as they have come, batch by
// batch.
func oldestFirst() flaw {
	type link struct {
		pair string
		id   instep.LinkID
	}
	batches, came := 0, map[link]int{}
	return flaw{
		commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			if err := l.Commit(ctx, b); err != nil {
				return err
			}
			batches++
			for i := range b.Links {
				if at := (link{b.Pair, b.Links[i].ID}); came[at] == 0 {
					came[at] = batches
				}
			}
			return nil
		},
		keys: func(l *lasting, ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
			var all []instep.KeyHit
			for _, h := range hashes {
				hits, err := l.Keys(ctx, pair, []uint64{h})
				if err != nil {
					return nil, err
				}
				slices.SortStableFunc(hits, func(a, b instep.KeyHit) int {
					return cmp.Compare(came[link{pair, a.Link}], came[link{pair, b.Link}])
				})
				all = append(all, hits...)
			}
			return all, nil
		},
	}
}
