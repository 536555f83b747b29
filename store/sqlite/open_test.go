package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

// files returns the names of what is in a folder.
func files(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change runs a statement on a file that no store has open.
func change(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "state? 100% Ärger #1")
	s := open(t, dir, nil)
	if err := s.Commit(t.Context(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" { // has no such permissions
		for name, want := range map[string]os.FileMode{"": 0o700, "state.db": 0o600, "state.db-wal": 0o600, "hash.key": 0o600, "commits": 0o600} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("%q: got %v, %v, want permissions %v", name, info, err, want)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), "commits hash.key state.db"; got != want {
		t.Errorf("after Close the folder holds %q, want %q", got, want)
	}
}

// TestOpenRefuses makes a state, changes something, and opens it again.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(t *testing.T, dir string)
		with   *sqlite.Options
		kind   instep.Kind
		text   string
	}{
		{
			name:   "newer version",
			change: func(t *testing.T, dir string) { change(t, filepath.Join(dir, "state.db"), "PRAGMA user_version = 99") },
			kind:   instep.Mismatch, text: "newer version of this program (format 99, this program knows 4); update the program",
		},
		{
			name:   "key is missing",
			change: func(_ *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, "hash.key")) },
			kind:   instep.Mismatch, text: "hash.key is missing; put it back from a backup",
		},
		{
			name: "key of another state",
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "hash.key"), strings.Repeat("0f", 16)+"\n")
			},
			kind: instep.Mismatch, text: "hash.key is not the one it was made with",
		},
		{
			name:   "key is no key",
			change: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "hash.key"), "secret") },
			kind:   instep.Mismatch, text: "hash.key is not a line of 32 hexadecimal digits",
		},
		{
			name: "another key given", change: func(*testing.T, string) {},
			with: &sqlite.Options{Key: &[16]byte{7}},
			kind: instep.Mismatch, text: "another hash key",
		},
		{
			name: "no database",
			change: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "state.db"), strings.Repeat("not a database\n", 100))
			},
			kind: instep.Malformed, text: "put back a backup",
		},
		{
			name: "half of a page is lost",
			change: func(t *testing.T, dir string) {
				path := filepath.Join(dir, "state.db")
				content, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				clear(content[len(content)-4096 : len(content)-2048])
				write(t, path, string(content))
			},
			kind: instep.Malformed, text: "put back a backup",
		},
		{
			name: "a mapping of no pair",
			change: func(t *testing.T, dir string) {
				change(t, filepath.Join(dir, "state.db"), "INSERT INTO mapping (pair, id, body) VALUES (99, 7, x'7b7d')")
			},
			kind: instep.Malformed, text: "mapping 7 belongs to no pair; put back a backup",
		},
		{
			name: "a mapping that cannot be read",
			change: func(t *testing.T, dir string) {
				change(t, filepath.Join(dir, "state.db"), "INSERT INTO mapping (pair, id, body) VALUES (0, 7, x'ff')")
			},
			kind: instep.Malformed, text: "mapping 7 of pair p cannot be read",
		},
		{
			name: "a mapping under another's number",
			change: func(t *testing.T, dir string) {
				change(t, filepath.Join(dir, "state.db"), "INSERT INTO mapping (pair, id, body) VALUES (0, 7, x'7b226964223a387d')")
			},
			kind: instep.Malformed, text: "mapping 7 of pair p cannot be read",
		},
		{
			name: "another program's database",
			change: func(t *testing.T, dir string) {
				change(t, filepath.Join(dir, "state.db"), "PRAGMA application_id = 252006673")
			},
			kind: instep.Mismatch, text: "state.db belongs to another program; name another folder",
		},
		{
			name: "a database without mark",
			change: func(t *testing.T, dir string) {
				_ = os.Remove(filepath.Join(dir, "state.db"))
				change(t, filepath.Join(dir, "state.db"), "CREATE TABLE customers (id)")
			},
			kind: instep.Mismatch, text: "state.db belongs to another program",
		},
		{
			name: "a file instead of a folder",
			change: func(t *testing.T, dir string) {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				write(t, dir, "")
			},
			kind: instep.Config, text: "name a folder",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "state")
			s := open(t, dir, nil)
			if err := errors.Join(s.Commit(t.Context(), &instep.Batch{Pair: "p"}), s.Close()); err != nil {
				t.Fatal(err)
			}
			test.change(t, dir)
			before, _ := os.ReadFile(filepath.Join(dir, "state.db"))
			for range 2 { // the first attempt must not make the second succeed
				s, err := sqlite.Open(t.Context(), dir, test.with)
				if err == nil {
					t.Fatal("Open succeeded", s.Close())
				}
				if instep.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.text) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want kind %q and %q", err, test.kind, test.text)
				}
			}
			if after, _ := os.ReadFile(filepath.Join(dir, "state.db")); string(after) != string(before) {
				t.Error("state.db has changed")
			}
		})
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	t.Run("given", func(t *testing.T) {
		t.Parallel()
		dir, key := t.TempDir(), [16]byte{1, 2, 3}
		s := open(t, dir, &sqlite.Options{Key: &key})
		if s.HashKey() != key {
			t.Error("the store has another key")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := files(t, dir); got != "commits state.db" {
			t.Errorf("the folder holds %q", got)
		}
		if _, err := sqlite.Open(t.Context(), dir, nil); instep.KindOf(err) != instep.Mismatch {
			t.Errorf("Open without the key: got %v", err)
		}
		open(t, dir, &sqlite.Options{Key: &key})
	})
	t.Run("left by a first open that did not end", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		write(t, filepath.Join(dir, "hash.key"), "000102030405060708090a0b0c0d0e0f\r\n")
		s := open(t, dir, nil)
		if key := s.HashKey(); hex.EncodeToString(key[:]) != "000102030405060708090a0b0c0d0e0f" {
			t.Error("the store has another key")
		}
	})
	t.Run("not in the file", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := open(t, dir, nil)
		key := s.HashKey()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(filepath.Join(dir, "state.db"))
		if err != nil || strings.Contains(string(content), string(key[:])) || strings.Contains(string(content), hex.EncodeToString(key[:])) {
			t.Errorf("the key stands in state.db too, or %v", err)
		}
	})
}

// Of many that open a folder at the same moment, exactly one gets it.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	for range 5 {
		dir := t.TempDir()
		var mu sync.Mutex
		var wg sync.WaitGroup
		var got []*sqlite.Store
		for range 6 {
			wg.Go(func() {
				s, err := sqlite.Open(t.Context(), dir, nil)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got = append(got, s)
				} else if instep.KindOf(err) != instep.Busy {
					t.Errorf("Open: %v", err)
				}
			})
		}
		wg.Wait()
		if len(got) != 1 {
			t.Errorf("%d stores are open on one folder", len(got))
		}
		for _, s := range got {
			if err := s.Commit(t.Context(), numbered(1)); err != nil {
				t.Errorf("Commit: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), nil)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := s.Pair(t.Context(), "p"); instep.KindOf(err) != instep.Config {
		t.Errorf("Pair after Close: %v", err)
	}
	if err := s.Commit(t.Context(), numbered(1)); instep.KindOf(err) != instep.Config {
		t.Errorf("Commit after Close: %v", err)
	}
}

// A caller who has gone gets nothing done, not even where there is nothing to do.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Commit(t.Context(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // whoever finds two ways open takes either
		if err := s.Lookup(ctx, numbered(1).Pair, instep.Left, nil, nil); instep.KindOf(err) != instep.Canceled {
			t.Fatalf("Lookup of nothing: %v", err)
		}
	}
}

func TestOpenCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sqlite.Open(ctx, t.TempDir(), nil)
	if instep.KindOf(err) != instep.Canceled || !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
}

// The numbers of a link or unit share a key with the number of the pair, and
// must not reach into it.
func TestNumbersOutOfRange(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), nil)
	const tooHigh = 1 << 40
	for _, b := range []instep.Batch{
		{Links: []instep.Link{{ID: tooHigh, Gen: 1}}}, {Dropped: []instep.LinkID{tooHigh + 1}}, {Marks: []instep.Mark{{Link: tooHigh + 1}}},
		{Cleared: []instep.MarkID{{Link: tooHigh + 1}}}, {Units: []instep.Unit{{ID: tooHigh}}}, {Settled: []instep.UnitID{tooHigh + 1}},
	} {
		b.Pair = "p"
		if err := s.Commit(t.Context(), &b); instep.KindOf(err) != instep.Config {
			t.Errorf("Commit of %+v: got %v", b, err)
		}
	}
}

// Whoever opens a state just as another one lets go of it waits for that.
func TestOpenJustBeforeClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first, err := sqlite.Open(t.Context(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan error)
		go func() {
			time.Sleep(time.Nanosecond) // until the other one waits
			closed <- first.Close()
		}()
		second, err := sqlite.Open(t.Context(), dir, nil)
		if err := errors.Join(err, <-closed); err != nil {
			t.Fatal(err)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
}
