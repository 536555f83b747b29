package connectortest

import (
	"context"
	"crypto/rand"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/instep-go/instep"
)

// commitFaults are stores that are wrong about batches as a whole, or about
// calls, by the one rule that each breaks.
var commitFaults = map[string]func() flaw{
	"links keep their generation": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			b.Links = slices.Clone(b.Links)
			for i := range b.Links {
				next := uint64(1)
				if stored, err := l.Links(ctx, b.Pair, []instep.LinkID{b.Links[i].ID}); err == nil {
					next = stored[0].Gen + 1
				}
				b.Links[i].Gen = min(b.Links[i].Gen, next)
			}
			return l.Commit(ctx, b)
		}}
	},
	"all or nothing": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			err := l.Commit(ctx, b)
			if instep.KindOf(err) == instep.Conflict && len(b.Activity) > 0 {
				if err := l.Commit(ctx, &instep.Batch{Pair: b.Pair, Activity: b.Activity}); err != nil {
					return err
				}
			}
			return err
		}}
	},
	"one link for a record": taken(func(b *instep.Batch) {
		b.Links = slices.Clone(b.Links)
		last := [2]map[string]*instep.LinkSide{{}, {}}
		for i := range b.Links {
			for s := range b.Links[i].Sides {
				side := &b.Links[i].Sides[s]
				if other := last[s][side.ID]; other != nil && side.ID != "" {
					*other = instep.LinkSide{} // the last one has it
				}
				last[s][side.ID] = side
			}
		}
	}),
	"a link once in a batch": taken(func(b *instep.Batch) {
		last := map[instep.LinkID]int{}
		for i := range b.Links {
			last[b.Links[i].ID] = i
		}
		var links []instep.Link
		for i := range b.Links {
			if last[b.Links[i].ID] == i {
				links = append(links, b.Links[i])
			}
		}
		b.Links = links
	}),
	"batches that mean nothing": taken(func(b *instep.Batch) {
		b.Erased = slices.DeleteFunc(slices.Clone(b.Erased), func(id instep.LinkID) bool { return id == 0 })
	}),
	"large batches": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			if len(b.Links) > 1<<13 {
				return refusal(instep.Config, "", "more parameters than a statement can have")
			}
			return l.Commit(ctx, b)
		}}
	},
	"canceled calls": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			return l.Commit(context.WithoutCancel(ctx), b)
		}}
	},
	"canceled at work": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			if err := l.Commit(ctx, b); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return refusal(instep.Canceled, "", "but it was done")
			}
			return nil
		}}
	},
	"concurrent use": readInHalves,
}

// readInHalves is a store that looks for the second half of a page after
// something else was committed, if there is somebody who does.
func readInHalves() flaw {
	const patience = 10_000
	var commits atomic.Int64
	return flaw{
		commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			defer commits.Add(1)
			return l.Commit(ctx, b)
		},
		lookup: func(l *lasting, ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
			half := len(ids) / 2
			if err := l.Lookup(ctx, pair, s, ids[:half], out[:half]); err != nil {
				return err
			}
			if half > 0 && out[0].Link == 0 {
				before := commits.Load()
				for n := 0; n < patience && commits.Load() == before; n++ {
					runtime.Gosched()
				}
			}
			return l.Lookup(ctx, pair, s, ids[half:], out[half:])
		},
	}
}

// keptFaults are stores that keep their state wrongly, or do not notice an
// older one, by the one rule that each breaks.
var keptFaults = map[string]func() flaw{
	"everything is kept":           func() flaw { return flaw{kept: func(b *instep.Batch) { b.Decisions = nil }} },
	"refused commits are not kept": forgetsWords,
	"the hash key is kept": func() flaw {
		return flaw{opened: func(l *lasting, _ bool) { _, _ = rand.Read(l.key[:]) }}
	},
	"the newest state is not rewound": func() flaw {
		return flaw{opened: func(l *lasting, _ bool) {
			if n := len(l.kept); n > 0 && l.kept[n-1].State == nil && !l.rewound {
				l.rewound, l.ended = true, map[string]bool{}
			}
		}}
	},
	"an older state is rewound": func() flaw {
		moved := true // since it was opened
		return flaw{
			commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
				moved = true
				return l.Commit(ctx, b)
			},
			opened: func(l *lasting, older bool) {
				l.rewound = l.rewound && (moved || !older)
				moved = false
			},
		}
	},
	"what ends a rewind": func() flaw {
		return flaw{commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			err := l.Commit(ctx, b)
			if len(l.ended) > 0 {
				l.rewound = false
			}
			return err
		}}
	},
	"a rewind is no cover": func() flaw {
		over := false
		return flaw{
			commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
				err := l.Commit(ctx, b)
				over = over || len(l.ended) > 0
				return err
			},
			opened: func(l *lasting, older bool) { l.rewound = l.rewound && (!over || !older) },
		}
	},
}

// forgetsWords is a store that writes each rule's name once, and takes it for
// written also where that commit was refused.
func forgetsWords() flaw {
	seen, written := map[string]bool{}, map[string]bool{}
	return flaw{
		commit: func(l *lasting, ctx context.Context, b *instep.Batch) error {
			err := l.Commit(ctx, b)
			for i := range b.Links {
				rule := b.Links[i].Rule
				written[rule] = written[rule] || err == nil && !seen[rule]
				seen[rule] = true
			}
			return err
		},
		kept: func(b *instep.Batch) {
			b.Links = slices.Clone(b.Links)
			for i := range b.Links {
				if !written[b.Links[i].Rule] {
					b.Links[i].Rule = ""
				}
			}
		},
	}
}
