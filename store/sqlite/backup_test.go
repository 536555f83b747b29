package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
	"github.com/instep-go/instep/store/sqlite"
)

// filled makes a folder with a closed state of n numbered commits.
func filled(t *testing.T, n uint64) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "state")
	s := open(t, dir, nil)
	for i := range n {
		if err := s.Commit(t.Context(), numbered(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// modelOf returns what a store should tell after n numbered commits and an
// older state that was noticed.
func modelOf(t *testing.T, n uint64) string {
	t.Helper()
	model := memory.New()
	for i := range n {
		b := numbered(i + 1)
		b.State.Rewound = true
		if err := model.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return contents(t, model)
}

// A backup that is taken while commits go on has some of them, as a whole, and
// all that had returned before.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir := filled(t, 1)
	s := open(t, dir, nil)
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	wg.Go(func() {
		for n := uint64(2); ctx.Err() == nil; n++ {
			if err := s.Commit(t.Context(), numbered(n)); err != nil {
				t.Errorf("Commit: %v", err)
			}
		}
	})
	var backups []string
	var least []uint64
	for i := range 4 {
		state, err := s.Pair(t.Context(), "p")
		if err != nil {
			t.Error(err)
		}
		path := filepath.Join(t.TempDir(), fmt.Sprint("backup? 100% ", i))
		if err := s.Backup(t.Context(), path); err != nil {
			t.Errorf("Backup: %v", err)
		}
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the backup: %v, %v", info, err)
		}
		if got := files(t, filepath.Dir(path)); got != filepath.Base(path) {
			t.Errorf("beside the backup: %s", got)
		}
		backups, least = append(backups, path), append(least, state.Gen)
	}
	stop()
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, path := range backups {
		if err := sqlite.Restore(t.Context(), dir, path); err != nil {
			t.Fatalf("Restore: %v", err)
		}
		s := open(t, dir, nil)
		state, err := s.Pair(t.Context(), "p")
		if err != nil || state.Gen < least[i] {
			t.Fatalf("backup %d has %d commits, of %d: %v", i, state.Gen, least[i], err)
		}
		if got, want := contents(t, s), modelOf(t, state.Gen); got != want {
			t.Errorf("backup %d, after %d commits:\n%s\nwant\n%s", i, state.Gen, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := "commits hash.key state.db state.db.former-1 state.db.former-2 state.db.former-3 state.db.former-4"
	if got := files(t, dir); got != want {
		t.Errorf("the folder holds %s, want %s", got, want)
	}
}

func TestBackupRefuses(t *testing.T) {
	t.Parallel()
	dir := filled(t, 2)
	s := open(t, dir, nil)
	there := filepath.Join(t.TempDir(), "there")
	write(t, there, "")
	for _, path := range []string{there, filepath.Join(dir, "state.db"), filepath.Join(dir, "no", "such", "folder"), t.TempDir()} {
		if err := s.Backup(t.Context(), path); instep.KindOf(err) != instep.Config {
			t.Errorf("Backup to %s: %v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	other := filepath.Join(t.TempDir(), "other")
	if err := s.Backup(ctx, other); instep.KindOf(err) != instep.Canceled {
		t.Errorf("Backup: %v", err)
	}
	if got := files(t, filepath.Dir(other)); got != "" {
		t.Errorf("a backup that failed has left %s", got)
	}
	if content, err := os.ReadFile(there); err != nil || len(content) != 0 {
		t.Errorf("what was there has %d bytes, %v", len(content), err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	good := func(t *testing.T, dir string) string {
		t.Helper()
		s := open(t, dir, nil)
		path := filepath.Join(t.TempDir(), "backup")
		if err := s.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name   string
		backup func(t *testing.T, dir string) string
		kind   instep.Kind
		text   string
	}{
		{"no file", func(*testing.T, string) string { return "nowhere" }, instep.Config, "name a file that Backup has written"},
		{"the state itself", func(_ *testing.T, dir string) string { return filepath.Join(dir, "state.db") }, instep.Config, "is the state itself"},
		{"another folder's state", func(t *testing.T, _ string) string { return good(t, filled(t, 1)) }, instep.Mismatch, "another hash key"},
		{"an open state", func(t *testing.T, _ string) string {
			other := filled(t, 1)
			open(t, other, nil)
			return filepath.Join(other, "state.db")
		}, instep.Mismatch, "open, or was never closed"},
		{"an empty file", func(t *testing.T, _ string) string {
			path := filepath.Join(t.TempDir(), "empty")
			write(t, path, "")
			return path
		}, instep.Mismatch, "not of this program"},
		{"no database", func(t *testing.T, _ string) string {
			path := filepath.Join(t.TempDir(), "text")
			write(t, path, strings.Repeat("not a database\n", 100))
			return path
		}, instep.Mismatch, "is no database"},
		{"another program's database", func(t *testing.T, _ string) string {
			path := filepath.Join(t.TempDir(), "other.db")
			change(t, path, "CREATE TABLE customers (id)")
			return path
		}, instep.Mismatch, "not of this program"},
		{"a newer version", func(t *testing.T, dir string) string {
			path := good(t, dir)
			change(t, path, "PRAGMA user_version = 99")
			return path
		}, instep.Mismatch, "newer version of this program (format 99, this program knows 4)"},
		{"a damaged backup", func(t *testing.T, dir string) string {
			path := good(t, dir)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			clear(content[len(content)/4 : len(content)/4*3])
			write(t, path, string(content))
			return path
		}, instep.Malformed, "the backup is damaged"},
		{"half a backup", func(t *testing.T, dir string) string {
			path := good(t, dir)
			if err := os.Truncate(path, 20000); err != nil {
				t.Fatal(err)
			}
			return path
		}, instep.Malformed, "the backup is damaged"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := filled(t, 3)
			backup := test.backup(t, dir)
			for range 2 {
				err := sqlite.Restore(t.Context(), dir, backup)
				if instep.KindOf(err) != test.kind || err == nil || !strings.Contains(err.Error(), test.text) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want kind %q and %q", err, test.kind, test.text)
				}
			}
			if got, want := files(t, dir), "commits hash.key state.db"; got != want {
				t.Errorf("the folder holds %s, want %s", got, want)
			}
			s := open(t, dir, nil)
			if state, err := s.Pair(t.Context(), "p"); err != nil || state.Gen != 3 || state.Rewound {
				t.Errorf("Pair: %+v, %v", state, err)
			}
		})
	}
}

// TestRestoreBusy restores into a folder that a store of this process, or of
// another, has open.
func TestRestoreBusy(t *testing.T) {
	t.Parallel()
	dir := filled(t, 1)
	backup := filepath.Join(t.TempDir(), "backup")
	s := open(t, dir, nil)
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := sqlite.Restore(t.Context(), dir, backup); instep.KindOf(err) != instep.Busy {
			t.Errorf("Restore beside an open store: %v", err)
		}
		if err := s.Commit(t.Context(), &instep.Batch{Pair: "other"}); err != nil {
			t.Errorf("Commit after it: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kill, _ := start(t, "hold", dir)
	if err := sqlite.Restore(t.Context(), dir, backup); instep.KindOf(err) != instep.Busy {
		t.Errorf("Restore beside another process: %v", err)
	}
	kill()
	if err := sqlite.Restore(t.Context(), dir, backup); err != nil {
		t.Errorf("Restore after it: %v", err)
	}
}

// TestRestoreInto restores the same backup into folders of all kinds.
func TestRestoreInto(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(t *testing.T, dir string)
		left   string // what the folder holds in the end
	}{
		{"a whole state", func(*testing.T, string) {}, "commits hash.key state.db state.db.former-1"},
		{"no state", func(t *testing.T, dir string) { remove(t, dir, "state.db") }, "commits hash.key state.db"},
		{"a key alone", func(t *testing.T, dir string) { remove(t, dir, "state.db"); remove(t, dir, "commits") }, "commits hash.key state.db"},
		{"a state that is no database", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "state.db"), strings.Repeat("x", 5000))
			write(t, filepath.Join(dir, "state.db-wal"), "a log that must not be taken for one of the new state")
		}, "commits hash.key state.db state.db.former-1"},
		{"a state that is cut off", func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, "state.db"), 9000); err != nil {
				t.Fatal(err)
			}
		}, "commits hash.key state.db state.db.former-1"},
		{"what an earlier attempt has left", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "state.db.part"), "half")
			write(t, filepath.Join(dir, "state.db.former-1"), "older")
		}, "commits hash.key state.db state.db.former-1 state.db.former-2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := filled(t, 3)
			s := open(t, dir, nil)
			backup := filepath.Join(t.TempDir(), "backup")
			if err := s.Backup(t.Context(), backup); err != nil {
				t.Fatal(err)
			}
			if err := s.Commit(t.Context(), numbered(4)); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			test.change(t, dir)
			if err := sqlite.Restore(t.Context(), dir, backup); err != nil {
				t.Fatalf("Restore: %v", err)
			}
			s = open(t, dir, nil)
			if got, want := contents(t, s), modelOf(t, 3); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if err := s.Commit(t.Context(), numbered(4)); err != nil {
				t.Error(err)
			}
			if state, err := s.Pair(t.Context(), "p"); err != nil || state.Rewound {
				t.Errorf("after a state in which it is not set: %+v, %v", state, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if got := files(t, dir); got != test.left {
				t.Errorf("the folder holds %s, want %s", got, test.left)
			}
		})
	}
}

// The former state is a state like any other, and can be put back itself.
func TestRestoreFormer(t *testing.T) {
	t.Parallel()
	dir := filled(t, 3)
	s := open(t, dir, nil)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), numbered(4)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" { // a backup may lie on a medium that cannot be written
		if err := os.Chmod(backup, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for i, from := range []string{backup, filepath.Join(dir, "state.db.former-1")} {
		if err := sqlite.Restore(t.Context(), dir, from); err != nil {
			t.Fatalf("Restore: %v", err)
		}
		s := open(t, dir, nil)
		if got, want := contents(t, s), modelOf(t, uint64(i+3)); got != want {
			t.Errorf("from %s: got\n%s\nwant\n%s", from, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after, err := os.ReadFile(backup); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the backup has changed, or %v", err)
	}
}

// A backup that is given up in the middle leaves nothing, and the store is as
// good as before.
func TestBackupCanceled(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), nil)
	var b instep.Batch
	b.Pair = "p"
	for id := range instep.LinkID(6_000) {
		b.Links = append(b.Links, crashLink(id+1, 1))
	}
	if err := s.Commit(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	canceled := 0
	for ms := range 12 {
		dir := t.TempDir()
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(ms*ms)*time.Millisecond/3)
		switch err := s.Backup(ctx, filepath.Join(dir, "backup")); {
		case err == nil:
		case instep.KindOf(err) != instep.Canceled:
			t.Errorf("Backup: %v", err)
		case files(t, dir) != "":
			t.Errorf("a backup that was given up has left %s", files(t, dir))
		default:
			canceled++
		}
		cancel()
		if state, err := s.Pair(t.Context(), "p"); err != nil || state.LastLink != 6_000 {
			t.Fatalf("Pair: %+v, %v", state, err)
		}
	}
	if canceled == 0 {
		t.Error("no backup was canceled")
	}
	if err := s.Commit(t.Context(), &instep.Batch{Pair: "p", Links: []instep.Link{crashLink(6_001, 1)}}); err != nil {
		t.Errorf("Commit: %v", err)
	}
}

// A key that the caller keeps is compared with that of the state in the folder,
// or else at the next Open.
func TestRestoreGivenKey(t *testing.T) {
	t.Parallel()
	mine, others := &sqlite.Options{Key: &[16]byte{1}}, &sqlite.Options{Key: &[16]byte{2}}
	dir := t.TempDir()
	s := open(t, dir, mine)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), dir, backup); err != nil {
		t.Errorf("Restore with the same key: %v", err)
	}
	open(t, dir, mine)
	wrong, fresh := t.TempDir(), filepath.Join(t.TempDir(), "new")
	if err := open(t, wrong, others).Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), wrong, backup); instep.KindOf(err) != instep.Mismatch {
		t.Errorf("Restore with another key: %v", err)
	}
	if err := sqlite.Restore(t.Context(), fresh, backup); err != nil {
		t.Errorf("Restore into a new folder: %v", err)
	}
	if _, err := sqlite.Open(t.Context(), fresh, others); instep.KindOf(err) != instep.Mismatch {
		t.Errorf("Open with another key: %v", err)
	}
	open(t, fresh, mine)
}
