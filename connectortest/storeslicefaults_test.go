package connectortest

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// sliceFaults are stores of which the first keeps a slice of a batch, and each
// other gives the same slices again where it gives the same answer again. They
// break the rule that slices are the caller's, and no other.
var sliceFaults = map[string]func() flaw{
	"slices are the caller's: Commit": func() flaw {
		kept := map[string][]instep.Wait{}
		return flaw{
			commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
				for _, m := range b.Marks {
					kept[show(m)] = m.Waits
				}
				return l.Commit(ctx, b)
			},
			open: func(_ string, work []instep.OpenWork) []instep.OpenWork {
				for _, w := range work {
					if w.Mark != nil {
						w.Mark.Waits = slices.Clone(kept[show(*w.Mark)])
					}
				}
				return work
			},
		}
	},
	"slices are the caller's: Pair": func() flaw {
		given := memo[instep.PairState]{}
		return flaw{pair: func(l *lasting, ctx context.Context, pair string) (instep.PairState, error) {
			state, err := l.Pair(ctx, pair)
			return given.again(state), err
		}}
	},
	"slices are the caller's: Scan": func() flaw {
		given := memo[instep.Link]{}
		return flaw{scan: func(l *lasting, ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
			links, err := l.Scan(ctx, pair, after, limit)
			given.all(links)
			return links, err
		}}
	},
	"slices are the caller's: Links": func() flaw {
		given := memo[instep.Link]{}
		return flaw{links: func(l *lasting, ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
			links, err := l.Links(ctx, pair, ids)
			given.all(links)
			return links, err
		}}
	},
	"slices are the caller's: Keys": func() flaw {
		given := memo[[]instep.KeyHit]{}
		return flaw{keys: func(l *lasting, ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
			hits, err := l.Keys(ctx, pair, hashes)
			return given.again(hits), err
		}}
	},
	"slices are the caller's: Open": func() flaw {
		given := memo[instep.Mark]{}
		return flaw{open: func(_ string, work []instep.OpenWork) []instep.OpenWork {
			for i := range work {
				if m := work[i].Mark; m != nil {
					*m = given.again(*m)
				}
			}
			return work
		}}
	},
	"slices are the caller's: Activity": func() flaw {
		given := memo[instep.Activity]{}
		return flaw{activity: func(l *lasting, ctx context.Context, pair string, after uint64, limit int) ([]instep.Activity, error) {
			rows, err := l.Activity(ctx, pair, after, limit)
			given.all(rows)
			return rows, err
		}}
	},
	"slices are the caller's: History": func() flaw { return flaw{history: memo[instep.Activity]{}.all} },
}

// memo is what was given, by the text of what was to be given.
type memo[V any] map[string]V

// again returns what was given for v before, with the slices it had then.
func (m memo[V]) again(v V) V {
	text := show(v)
	if _, ok := m[text]; !ok {
		m[text] = v
	}
	return m[text]
}

// all is again for each element.
func (m memo[V]) all(list []V) {
	for i := range list {
		list[i] = m.again(list[i])
	}
}
