package connectortest_test

import (
	"context"
	"iter"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/connectortest"
	"github.com/instep-go/instep/store/memory"
)

// faulty is a store with something wrong with it; what is nil is as it should be.
type faulty struct {
	*memory.Store
	lookup   func(s instep.Side, ids []string, out []instep.Known)
	links    func([]instep.Link) []instep.Link
	keys     func([]instep.KeyHit) []instep.KeyHit
	open     func([]instep.OpenWork) []instep.OpenWork
	commit   func(*instep.Batch)
	commits  func(ctx context.Context, s *memory.Store, b *instep.Batch) error
	activity func([]instep.Activity) []instep.Activity
	history  func([]instep.Activity) []instep.Activity
	state    func(*instep.PairState)
	again    bool // it can be opened again, and an older state put back; nothing comes of either
}

func (f faulty) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	state, err := f.Store.Pair(ctx, pair)
	if f.state != nil {
		f.state(&state)
	}
	return state, err
}

func (f faulty) History(ctx context.Context, pair string, link instep.LinkID, limit int) ([]instep.Activity, error) {
	rows, err := f.Store.History(ctx, pair, link, limit)
	if f.history != nil {
		rows = f.history(rows)
	}
	return rows, err
}

func (f faulty) Lookup(ctx context.Context, pair string, s instep.Side, ids []string, out []instep.Known) error {
	stale := slices.Clone(out)
	err := f.Store.Lookup(ctx, pair, s, ids, out)
	if f.lookup != nil {
		for i := range out {
			if out[i].Link == 0 {
				out[i] = stale[i]
			}
		}
		f.lookup(s, ids, out)
	}
	return err
}

func (f faulty) Scan(ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
	links, err := f.Store.Scan(ctx, pair, after, limit)
	if f.links != nil {
		links = f.links(links)
	}
	return links, err
}

func (f faulty) Keys(ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
	hits, err := f.Store.Keys(ctx, pair, hashes)
	if f.keys != nil {
		hits = f.keys(hits)
	}
	return hits, err
}

func (f faulty) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	if f.open == nil {
		return f.Store.Open(ctx, pair)
	}
	return func(yield func(instep.OpenWork, error) bool) {
		var work []instep.OpenWork
		for w, err := range f.Store.Open(ctx, pair) {
			if err != nil {
				yield(w, err)
				return
			}
			work = append(work, w)
		}
		for _, w := range f.open(work) {
			if !yield(w, nil) {
				return
			}
		}
	}
}

func (f faulty) Commit(ctx context.Context, b *instep.Batch) error {
	if f.commits != nil {
		return f.commits(ctx, f.Store, b)
	}
	copied := *b
	copied.Links = slices.Clone(b.Links)
	if f.commit != nil {
		f.commit(&copied)
	}
	return f.Store.Commit(ctx, &copied)
}

func (f faulty) Activity(ctx context.Context, pair string, after uint64, limit int) ([]instep.Activity, error) {
	rows, err := f.Store.Activity(ctx, pair, after, limit)
	if f.activity != nil {
		rows = f.activity(rows)
	}
	return rows, err
}

// faults returns stores that break a rule each, by the rule. Each call makes
// them anew, because what one of them keeps is no other store's.
func faults() map[string]faulty {
	return map[string]faulty{
		"empty store": {lookup: func(instep.Side, []string, []instep.Known) {}}, // what was in out stays there
		"lookup is aligned": {lookup: func(_ instep.Side, ids []string, out []instep.Known) {
			for i := range ids {
				if i > 0 && ids[i] == ids[i-1] {
					out[i] = instep.Known{}
				}
			}
		}},
		"state comes back": {commit: func(b *instep.Batch) {
			if b.State != nil {
				state := *b.State
				state.Streams[0].Cursor = instep.Cursor(strings.ToValidUTF8(string(state.Streams[0].Cursor), "?"))
				b.State = &state
			}
		}},
		"links come back": {commit: func(b *instep.Batch) {
			for i := range b.Links {
				b.Links[i].Drift = nil
			}
		}},
		"scan by pages": {links: func(links []instep.Link) []instep.Link { slices.Reverse(links); return links }},
		"match keys": {keys: func(hits []instep.KeyHit) []instep.KeyHit {
			slices.SortFunc(hits, func(a, b instep.KeyHit) int { return int(a.Link) - int(b.Link) })
			return hits
		}},
		"marks": {commit: func(b *instep.Batch) { b.Cleared = nil }},
		"units": {open: func(work []instep.OpenWork) []instep.OpenWork { slices.Reverse(work); return work }},
		"dropped links": {commit: func(b *instep.Batch) {
			if len(b.Dropped) > 1 {
				b.Dropped = nil
			}
		}},
		"fences": {commit: func(b *instep.Batch) {
			b.Fences = slices.Clone(b.Fences)
			for i := range b.Fences {
				b.Fences[i].Fields = nil
			}
		}},
		"fences need their link": {commit: func(b *instep.Batch) {
			b.Fences = nil
		}},
		"decisions": {commit: func(b *instep.Batch) { b.Revoked = nil }},
		"decisions by bytes": {open: func(work []instep.OpenWork) []instep.OpenWork {
			slices.SortStableFunc(work, func(a, b instep.OpenWork) int {
				if a.Decision == nil || b.Decision == nil {
					return 0
				}
				return strings.Compare(strings.ToLower(a.Decision.Left), strings.ToLower(b.Decision.Left))
			})
			return work
		}},
		"open work by pages": {open: func(work []instep.OpenWork) []instep.OpenWork {
			slices.SortStableFunc(work, func(a, b instep.OpenWork) int {
				switch {
				case a.Decision != nil && b.Decision == nil:
					return -1
				case b.Decision != nil && a.Decision == nil:
					return 1
				}
				return 0
			})
			return work
		}},
		"erased links":    {commit: func(b *instep.Batch) { b.Erased = nil }},
		"erased intents":  {commit: asDropped},
		"erased activity": {commit: asDropped},
		"history":         {history: func(rows []instep.Activity) []instep.Activity { slices.Reverse(rows); return rows }},
		"the newest state is not rewound": {again: true, state: func(s *instep.PairState) {
			s.Rewound = true
		}},
		"an older state is rewound": {again: true},
		"what ends a rewind":        {again: true, state: func(s *instep.PairState) { s.Rewound = true }},
		"a rewind is no cover":      {again: true},
		"everything is kept": {again: true, state: func() func(*instep.PairState) {
			reads := 0
			return func(s *instep.PairState) {
				reads++
				s.Streams[1].Still = reads
			}
		}()},
		"activity log": {activity: func(rows []instep.Activity) []instep.Activity {
			for i := range rows {
				rows[i].Pair = ""
			}
			return rows
		}},
		"all or nothing": {commits: func(ctx context.Context, s *memory.Store, b *instep.Batch) error {
			if err := s.Commit(ctx, b); instep.KindOf(err) != instep.Conflict || len(b.Links) < 2 {
				return err
			}
			first := *b // half of the batch goes in
			first.Links = b.Links[:1]
			_ = s.Commit(ctx, &first)
			return instep.Conflict
		}},
		"canceled calls": {commits: func(_ context.Context, s *memory.Store, b *instep.Batch) error {
			return s.Commit(context.Background(), b)
		}},
		"slices are the caller's": {links: func() func([]instep.Link) []instep.Link {
			var kept []instep.Link
			return func(links []instep.Link) []instep.Link {
				if kept == nil || len(links) != len(kept) {
					kept = links
				}
				return kept
			}
		}()},
	}
}

// asDropped makes an erased link one that is only dropped.
func asDropped(b *instep.Batch) {
	b.Dropped = slices.Concat(b.Dropped, b.Erased)
	b.Erased = nil
}

// inChild tells the test binary that it is the process whose tests must fail.
const inChild = "CONNECTORTEST_FAULTS"

// TestFaults runs in a process of its own, started by TestKitFindsFaults.
func TestFaults(t *testing.T) {
	if os.Getenv(inChild) == "" {
		t.Skip("its failures are wanted only where another test counts them")
	}
	for rule, store := range faults() {
		t.Run(rule, func(t *testing.T) {
			same := func(_ *testing.T, s instep.Checkpoint) instep.Checkpoint { return s }
			o := &connectortest.StoreOptions{}
			if store.again {
				o.Reopen = same
				o.Copy = func(*testing.T, instep.Checkpoint) func(*testing.T, instep.Checkpoint) instep.Checkpoint { return same }
			}
			connectortest.TestStore(t, func(*testing.T) instep.Checkpoint {
				f := faults()[rule]
				f.Store = memory.New()
				return f
			}, o)
		})
	}
}

func TestKitFindsFaults(t *testing.T) {
	t.Parallel()
	names := map[string]string{} // of the subtests, by rule
	for rule := range faults() {
		names[rule] = strings.ReplaceAll(rule, " ", "_")
	}
	only := "^(" + strings.Join(slices.Collect(maps.Values(names)), "|") + ")$"
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFaults$/./"+only, "-test.v")
	cmd.Env = append(os.Environ(), inChild+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("stores that break rules have passed")
	}
	for rule, name := range names {
		if failed := "--- FAIL: TestFaults/" + name + "/" + name + " "; !strings.Contains(string(out), failed) {
			t.Errorf("a store that breaks the rule %q has passed it", rule)
		}
	}
	if n := strings.Count(string(out), "the rule: "); n < len(faults()) {
		t.Errorf("%d failures name their rule, want at least %d", n, len(faults()))
	}
}
