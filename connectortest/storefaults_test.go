package connectortest

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// taken is a store that takes batches after something was done to them.
func taken(bend func(b *instep.Batch)) func() flaw {
	return func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			bend(b)
			return l.Commit(ctx, b)
		}}
	}
}

// stateFaults are stores that are wrong about pairs, by the one rule that each
// breaks. Each call gives one that has kept nothing yet, as with all of them.
var stateFaults = map[string]func() flaw{
	"empty store": func() flaw {
		return flaw{scan: func(l *lasting, ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
			if !l.known()[pair] {
				return nil, refusal(instep.NotFound, "", "no such pair")
			}
			return l.Scan(ctx, pair, after, limit)
		}}
	},
	"state comes back": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			if b.State != nil && len(b.State.Mappings) == 0 {
				old, err := l.Pair(ctx, b.Pair)
				if err != nil {
					return err
				}
				state := *b.State
				state.Mapping, state.Mappings = old.Mapping, old.Mappings
				b.State = &state
			}
			return l.Commit(ctx, b)
		}}
	},
	"state keeps its generation": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			if b.State != nil {
				old, err := l.Pair(ctx, b.Pair)
				if err != nil {
					return err
				}
				state := *b.State
				if state.Gen > old.Gen {
					state.Gen = old.Gen + 1
				}
				b.State = &state
			}
			return l.Commit(ctx, b)
		}}
	},
	"batches build on a generation": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			b.Gen = 0
			return l.Commit(ctx, b)
		}}
	},
	"highest numbers": func() flaw {
		return flaw{pair: func(l *lasting, ctx context.Context, pair string) (instep.PairState, error) {
			state, err := l.Pair(ctx, pair)
			if err != nil {
				return state, err
			}
			links, err := l.Scan(ctx, pair, 0, math.MaxInt)
			if state.LastLink = 0; len(links) > 0 {
				state.LastLink = links[len(links)-1].ID
			}
			return state, err
		}}
	},
	"pairs are apart": func() flaw {
		return flaw{keys: func(l *lasting, ctx context.Context, _ string, hashes []uint64) ([]instep.KeyHit, error) {
			var all []instep.KeyHit
			for pair := range l.known() {
				hits, err := l.Keys(ctx, pair, hashes)
				if err != nil {
					return nil, err
				}
				all = append(all, hits...)
			}
			return all, ctx.Err()
		}}
	},
}

// workFaults are stores that are wrong about marks, units, fences, decisions
// and the log.
var workFaults = map[string]func() flaw{
	"marks": taken(func(b *instep.Batch) { b.Cleared = append(ofLinks(b.Links), b.Cleared...) }),
	"marks need their link": taken(func(b *instep.Batch) {
		b.Marks = slices.DeleteFunc(slices.Clone(b.Marks), func(m instep.Mark) bool { return goes(b, m.Link) })
	}),
	"units": taken(func(b *instep.Batch) {
		b.Units = slices.Clone(b.Units)
		for i := range b.Units {
			b.Units[i].Intents = slices.Clone(b.Units[i].Intents)
			for j := range b.Units[i].Intents {
				b.Units[i].Intents[j].Token = ""
			}
		}
	}),
	"open work by pages": listed(func(work []instep.OpenWork) []instep.OpenWork { return work[:min(len(work), 1000)] }),
	"activity log": taken(func(b *instep.Batch) {
		b.Activity = slices.Clone(b.Activity)
		for i := range b.Activity {
			b.Activity[i].After = nil
		}
	}),
	"history": func() flaw { return flaw{history: slices.Reverse[[]instep.Activity]} },

	"fences": taken(func(b *instep.Batch) { b.Unfenced = append(ofLinks(b.Links), b.Unfenced...) }),
	"fences need their link": taken(func(b *instep.Batch) {
		b.Fences = slices.DeleteFunc(slices.Clone(b.Fences), func(f instep.Fence) bool { return goes(b, f.Link) })
	}),
	"decisions": taken(func(b *instep.Batch) { b.Revoked = nil }),
	"decisions by bytes": listed(func(work []instep.OpenWork) []instep.OpenWork {
		folded := func(w instep.OpenWork) string {
			if w.Decision == nil {
				return ""
			}
			return "decision " + strings.ToLower(w.Decision.Left)
		}
		slices.SortStableFunc(work, func(a, b instep.OpenWork) int { return strings.Compare(folded(a), folded(b)) })
		return work
	}),
}

// listed is a store that does something to what is open.
func listed(bend func(work []instep.OpenWork) []instep.OpenWork) func() flaw {
	return func() flaw {
		return flaw{open: func(_ string, work []instep.OpenWork) []instep.OpenWork { return bend(work) }}
	}
}

// ofLinks names both sides of links.
func ofLinks(links []instep.Link) []instep.MarkID {
	var ids []instep.MarkID
	for i := range links {
		ids = append(ids, instep.MarkID{Link: links[i].ID, Side: instep.Left}, instep.MarkID{Link: links[i].ID, Side: instep.Right})
	}
	return ids
}

// goes reports whether a batch drops or erases a link.
func goes(b *instep.Batch, id instep.LinkID) bool {
	return slices.Contains(b.Dropped, id) || slices.Contains(b.Erased, id)
}

// eraseFaults are stores that leave something of what was erased.
var eraseFaults = map[string]func() flaw{
	"erased links": marksStay(func(b *instep.Batch) []instep.LinkID { return b.Erased }),
	"erased intents": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			before, err := allOpen(ctx, l, b.Pair)
			if err != nil {
				return err
			}
			if err := l.Commit(ctx, b); err != nil || len(b.Erased) == 0 {
				return err
			}
			stay := instep.Batch{Pair: b.Pair}
			for _, w := range before {
				if w.Unit != nil && !slices.Contains(b.Settled, w.Unit.ID) &&
					!slices.ContainsFunc(b.Units, func(u instep.Unit) bool { return u.ID == w.Unit.ID }) {
					stay.Units = append(stay.Units, *w.Unit)
				}
			}
			return l.Commit(ctx, &stay)
		}}
	},
	"erased activity": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			b.Erased = slices.DeleteFunc(slices.Clone(b.Erased), func(id instep.LinkID) bool {
				_, err := l.Links(ctx, b.Pair, []instep.LinkID{id})
				return id != 0 && instep.KindOf(err) == instep.NotFound
			})
			return l.Commit(ctx, b)
		}}
	},
}

// marksStay is a store in which links that cease to be leave their marks.
func marksStay(gone func(b *instep.Batch) []instep.LinkID) func() flaw {
	return func() flaw {
		left := map[string][]instep.OpenWork{}
		return flaw{
			commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
				work, err := allOpen(ctx, l, b.Pair)
				if err != nil {
					return err
				}
				if err := l.Commit(ctx, b); err != nil {
					return err
				}
				for _, w := range work {
					if w.Mark != nil && slices.Contains(gone(b), w.Mark.Link) {
						left[b.Pair] = append(left[b.Pair], w)
					}
				}
				return nil
			},
			open: func(pair string, work []instep.OpenWork) []instep.OpenWork { return append(work, left[pair]...) },
		}
	}
}
