package sqlite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// openWith opens a folder as a program would that knows these migrations.
func openWith(t *testing.T, dir string, known []migration) (*Store, error) {
	t.Helper()
	s, err := open(t.Context(), dir, &Options{}, known)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func ask(t *testing.T, s *Store, query string) (answer string) {
	t.Helper()
	if err := s.db.conn.QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// Two made-up versions after the newest one: the first adds a column, the
// second fills it.
var laterMigrations = []migration{
	{"9001_nick.sql", "ALTER TABLE pair ADD COLUMN nick TEXT"},
	{"9002_fill.sql", "UPDATE pair SET nick = 'n' || n; CREATE INDEX pair_nick ON pair (nick)"},
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	now, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := openWith(t, dir, now)
	if err != nil {
		t.Fatal(err)
	}
	batch := &instep.Batch{Pair: "p", Links: []instep.Link{{ID: 1, Gen: 1, Sides: [2]instep.LinkSide{{ID: "a"}, {ID: "b"}}}}}
	if err := s.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(dir, fmt.Sprintf("state.db.v%d-backup", len(now)))
	if _, err := os.Stat(backup); err == nil {
		t.Error("a new file needs no copy")
	}

	s, err = openWith(t, dir, slices.Concat(now, laterMigrations))
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, s, "SELECT nick FROM pair WHERE name = CAST('p' AS BLOB)"); got != "n0" {
		t.Errorf("after the upgrade the column holds %q", got)
	}
	if links, err := s.Links(t.Context(), "p", []instep.LinkID{1}); err != nil || links[0].Sides[1].ID != "b" {
		t.Errorf("after the upgrade: %v, %v", links, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	if _, err := openWith(t, dir, now); instep.KindOf(err) != instep.Mismatch {
		t.Errorf("the older program opens the upgraded state: %v", err)
	}

	// The copy is a whole state of the older version.
	old := t.TempDir()
	for from, to := range map[string]string{backup: "state.db", filepath.Join(dir, keyName): keyName} {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(old, to), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err = openWith(t, old, now)
	if err != nil {
		t.Fatalf("open the copy: %v", err)
	}
	if links, err := s.Links(t.Context(), "p", []instep.LinkID{1}); err != nil || links[0].Sides[0].ID != "a" {
		t.Errorf("the copy holds %v, %v", links, err)
	}
}

func TestUpgradeFails(t *testing.T) {
	t.Parallel()
	now, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := openWith(t, dir, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	broken := append(slices.Concat(now, laterMigrations), migration{"9003_broken.sql", "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)"})
	for range 2 {
		_, err := openWith(t, dir, broken)
		if err == nil || !strings.Contains(err.Error(), "9003_broken.sql") {
			t.Errorf("got %v, want an error that names the file", err)
		}
	}
	s, err = openWith(t, dir, now)
	if err != nil {
		t.Fatalf("the older version opens no more: %v", err)
	}
	if got := ask(t, s, "SELECT coalesce(group_concat(name), '') FROM sqlite_schema WHERE name IN ('half', 'pair_nick')"); got != "" {
		t.Errorf("an upgrade that failed has left %s", got)
	}
}

// A migration that was released is what files in the world were made with: a
// change to it would make two kinds of files of the same version.
func TestReleasedMigrations(t *testing.T) {
	t.Parallel()
	released := []string{ // SHA-256 of each, its first bytes
		"b7060d9a410e148b", "138e3d91faf26f0d",
	}
	list, err := embedded()
	if err != nil || len(list) < len(released) {
		t.Fatalf("got %d migrations, %v", len(list), err)
	}
	for i, want := range released {
		if sum := sha256.Sum256([]byte(list[i].sql)); hex.EncodeToString(sum[:8]) != want {
			t.Errorf("%s was released and has changed: its sum is now %x", list[i].name, sum[:8])
		}
	}
}

// TestUpgradeFirst upgrades a file that version 1 has written.
func TestUpgradeFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	makeFirst(t, dir)
	key := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	s, err := Open(t.Context(), dir, &Options{Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, time.March, 1, 8, 0, 0, 5000, time.UTC)
	want := instep.PairState{
		Name: "products", Gen: 1, Installations: [2]string{"company 1", "company 2"},
		Streams: [2]instep.Stream{{Cursor: "left cursor", SweptAt: at}, {Cursor: "right cursor"}},
		Mapping: 1, Mappings: []instep.MappingPrint{{ID: 1, Rules: []string{"name", "price"}, Prints: []string{"a", "b"}}},
		LastLink: 4, LastUnit: 2,
	}
	if got, err := s.Pair(t.Context(), "products"); err != nil || !cmp.Equal(got, want) {
		t.Errorf("Pair: %v\n%s", err, cmp.Diff(want, got))
	}
	if got, err := s.Pair(t.Context(), "suppliers"); err != nil || got.Rewound {
		t.Errorf("Pair of an unknown pair: %+v, %v", got, err)
	}
	var open []instep.OpenWork
	for w, err := range s.Open(t.Context(), "products") {
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, w)
	}
	wantOpen := []instep.OpenWork{
		{Unit: &instep.Unit{ID: 1, Side: instep.Right, Sent: at, Intents: []instep.Intent{
			{Link: 2, Action: instep.Create, Key: 1 << 63, Rules: []uint16{0, 1}, Hashes: []uint32{5, 6}}}}},
		{Mark: &instep.Mark{Link: 2, Outcome: instep.Review, Due: at, Tries: 2, Create: true,
			Message: instep.Message{Code: "two_candidates", Args: []instep.Arg{{Name: "key", Value: "7"}}}}},
	}
	if diff := cmp.Diff(wantOpen, open); diff != "" {
		t.Errorf("Open (- want, + got):\n%s", diff)
	}
	rows, err := s.History(t.Context(), "products", 1, 9)
	if err != nil || len(rows) != 2 || rows[0].N != 3 || rows[0].Run != "run 2" || rows[1].N != 1 {
		t.Errorf("History: %+v, %v", rows, err)
	}
	links, err := s.Scan(t.Context(), "products", 0, 9)
	if err != nil || len(links) != 3 {
		t.Fatalf("Scan: %+v, %v", links, err)
	}
	links[0].Gen++
	batch := &instep.Batch{Pair: "products", Links: links[:1], Fences: []instep.Fence{{Link: 1}}, Erased: []instep.LinkID{2, 3}}
	if err := s.Commit(t.Context(), batch); err != nil {
		t.Errorf("Commit: %v", err)
	}
	if _, err := s.Keys(t.Context(), "products", []uint64{1}); err != nil {
		t.Errorf("Keys: %v", err)
	}
	if got, want := rowsOf(t, s), "link 2, rec 3, mk 1, mark 0, unit 0, fence 1, decision 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// makeFirst makes a file in the folder as version 1 has left it: with its
// statements, and with what it has written.
func makeFirst(t *testing.T, dir string) {
	t.Helper()
	all, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join("testdata", "v1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := connect(t.Context(), filepath.Join(dir, fileName), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"PRAGMA journal_mode = WAL", all[0].sql, string(written), "PRAGMA user_version = 1"} {
		if _, err := d.conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.discard(); err != nil {
		t.Fatal(err)
	}
}
