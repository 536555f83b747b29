package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// endedOnce is a context that says once that it has ended: when this package
// asks it for the n-th time. It asks before every statement, so that each of
// them can be made to fail, with all that come after it going well.
type endedOnce struct {
	context.Context
	left int
}

func (c *endedOnce) Err() error {
	pc, _, _, _ := runtime.Caller(1)
	if f := runtime.FuncForPC(pc); f == nil || !strings.Contains(f.Name(), "store/sqlite.") {
		return nil // the driver asks too, and may not care
	}
	if c.left--; c.left == 0 {
		return context.Canceled
	}
	return nil
}

// failEach calls f until no statement of it fails any more, each time with a
// later one failing. Where one has failed f must say so. It returns how many
// there are.
func failEach(t *testing.T, what string, f func(ctx context.Context) error, after func(failed bool)) int {
	t.Helper()
	for n := 1; ; n++ {
		ctx := &endedOnce{t.Context(), n}
		err := f(ctx)
		failed := ctx.left <= 0
		if failed != errors.Is(err, context.Canceled) || !failed && err != nil {
			t.Errorf("%s: statement %d failed is %t, but the error is %v", what, n, failed, err)
		}
		after(failed)
		if !failed || t.Failed() {
			return n - 1
		}
	}
}

// takesAway is a batch that replaces and takes away some of what secondBatches
// have left.
func takesAway() instep.Batch {
	l := secondBatches()[0].Links[0]
	l.Gen++
	l.Sides[0].ID, l.Keys = "L0000 again", nil
	return instep.Batch{
		Pair:  "products",
		State: &instep.PairState{Gen: 2, Mapping: 2, Mappings: []instep.MappingPrint{{ID: 2, Rules: []string{"name"}, Prints: []string{"c"}}}},
		Links: []instep.Link{l}, Dropped: []instep.LinkID{13}, Settled: []instep.UnitID{5},
		Cleared: []instep.MarkID{{Link: 3}}, Unfenced: []instep.MarkID{{Link: 5, Side: instep.Right}},
		Revoked: []instep.DecisionID{{Left: "L1", Right: "\x00", Verdict: instep.NeverLink}},
	}
}

// TestEachStatementOfCommit lets every statement of commits fail. The commit
// then fails, the store is as it was, and the same commit succeeds later.
func TestEachStatementOfCommit(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := memory.New()
	for _, b := range append(secondBatches(), takesAway()) {
		n := failEach(t, "Commit", func(ctx context.Context) error { return s.Commit(ctx, &b) }, func(failed bool) {
			if !failed {
				if err := m.Commit(t.Context(), &b); err != nil {
					t.Fatal(err)
				}
			}
			compareStores(t, s, m)
		})
		if n < 5 {
			t.Errorf("only %d statements", n)
		}
	}
}

// TestEachStatementOfReading does so with all that reads: nothing is answered
// in part.
func TestEachStatementOfReading(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, m := secondStores(t, dir)
	const pair = "products"
	for what, read := range map[string]func(context.Context, *Store) error{
		"Pair": func(ctx context.Context, s *Store) error { _, err := s.Pair(ctx, pair); return err },
		"Lookup": func(ctx context.Context, s *Store) error {
			return s.Lookup(ctx, pair, instep.Left, []string{"L0001", "L0012", "no"}, make([]instep.Known, 3))
		},
		"Links": func(ctx context.Context, s *Store) error {
			_, err := s.Links(ctx, pair, []instep.LinkID{1, 37})
			return err
		},
		"Scan": func(ctx context.Context, s *Store) error { _, err := s.Scan(ctx, pair, 0, 5); return err },
		"Keys": func(ctx context.Context, s *Store) error {
			_, err := s.Keys(ctx, pair, []uint64{1 << 63, 1 << 60, 5})
			return err
		},
		"Open": func(ctx context.Context, s *Store) error {
			for _, err := range s.Open(ctx, pair) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Activity": func(ctx context.Context, s *Store) error { _, err := s.Activity(ctx, pair, 3, 9); return err },
		"History":  func(ctx context.Context, s *Store) error { _, err := s.History(ctx, pair, 3, 9); return err },
	} {
		if err := s.Close(); err != nil { // so that nothing is at hand
			t.Fatal(err)
		}
		var err error
		if s, err = Open(t.Context(), dir, nil); err != nil {
			t.Fatal(err)
		}
		n := failEach(t, what, func(ctx context.Context) error { return read(ctx, s) }, func(bool) {})
		if n == 0 {
			t.Errorf("%s asks nothing", what)
		}
		compareStores(t, s, m)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// secondStores returns a store in a folder, and one in memory, with the same.
func secondStores(t *testing.T, dir string) (*Store, *memory.Store) {
	t.Helper()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := memory.New()
	for _, b := range secondBatches() {
		for _, to := range []instep.Checkpoint{s, m} {
			if err := to.Commit(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s, m
}

// TestEachStatementOfOpen opens a folder that is new, one that is not, and one
// of an older version, with every statement of it failing: the next one then
// opens it and finds all.
func TestEachStatementOfOpen(t *testing.T) {
	t.Parallel()
	fresh, used, older := t.TempDir(), t.TempDir(), t.TempDir()
	s, m := secondStores(t, used)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	makeSecond(t, older)
	for what, at := range map[string]struct {
		dir  string
		o    *Options
		want *memory.Store
	}{
		"a new folder": {fresh, nil, memory.New()}, "a used folder": {used, nil, m}, "an older folder": {older, &Options{Key: &secondKey}, m},
	} {
		n := failEach(t, what, func(ctx context.Context) error {
			s, err := Open(ctx, at.dir, at.o)
			if err != nil {
				return err
			}
			return s.Close()
		}, func(bool) {})
		if n < 5 {
			t.Errorf("%s: only %d statements", what, n)
		}
		s, err := Open(t.Context(), at.dir, at.o)
		if err != nil {
			t.Fatal(what, err)
		}
		compareStores(t, s, at.want)
		if err := s.Close(); err != nil {
			t.Error(what, err)
		}
	}
}

// TestEachStatementOfRewind does so where the state turns out to be an older
// one: that is not forgotten.
func TestEachStatementOfRewind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := secondStores(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, countName), []byte(countText(1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	failEach(t, "Open", func(ctx context.Context) error {
		s, err := Open(ctx, dir, nil)
		if err != nil {
			return err
		}
		state, err := s.Pair(t.Context(), "products")
		if err == nil && !state.Rewound {
			t.Error("it is not known that the state is an older one")
		}
		return errors.Join(err, s.Close())
	}, func(bool) {})
}

// TestEachStatementOfBackup does so with a backup, which leaves nothing then,
// and with putting it back, which leaves the state of before.
func TestEachStatementOfBackup(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s, m := secondStores(t, dir)
	failEach(t, "Backup", func(ctx context.Context) error { return s.Backup(ctx, to) }, func(failed bool) {
		if _, err := os.Stat(to); (err == nil) == failed {
			t.Errorf("failed is %t, and for the file it says %v", failed, err)
		}
	})
	compareStores(t, s, m)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	failEach(t, "Restore", func(ctx context.Context) error { return Restore(ctx, dir, to) }, func(failed bool) {
		s, err := Open(t.Context(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if state, err := s.Pair(t.Context(), "products"); err != nil || state.Rewound == failed {
			t.Errorf("failed is %t, but that it is an older state is %t; %v", failed, state.Rewound, err)
		}
	})
}
