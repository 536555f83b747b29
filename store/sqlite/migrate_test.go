package sqlite

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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

// Two made-up versions after the first one: the second adds a column, the
// third fills it.
var laterMigrations = []migration{
	{"0002_nick.sql", "ALTER TABLE pair ADD COLUMN nick TEXT"},
	{"0003_fill.sql", "UPDATE pair SET nick = 'n' || n; CREATE INDEX pair_nick ON pair (nick)"},
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	first, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := openWith(t, dir, first[:1])
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
	backup := filepath.Join(dir, "state.db.v1-backup")
	if _, err := os.Stat(backup); err == nil {
		t.Error("a new file needs no copy")
	}

	s, err = openWith(t, dir, slices.Concat(first[:1], laterMigrations))
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

	if _, err := openWith(t, dir, first[:1]); instep.KindOf(err) != instep.Mismatch {
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
	s, err = openWith(t, old, first[:1])
	if err != nil {
		t.Fatalf("open the copy: %v", err)
	}
	if links, err := s.Links(t.Context(), "p", []instep.LinkID{1}); err != nil || links[0].Sides[0].ID != "a" {
		t.Errorf("the copy holds %v, %v", links, err)
	}
}

func TestUpgradeFails(t *testing.T) {
	t.Parallel()
	first, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := openWith(t, dir, first[:1])
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	broken := append(slices.Concat(first[:1], laterMigrations), migration{"0004_broken.sql", "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)"})
	for range 2 {
		_, err := openWith(t, dir, broken)
		if err == nil || !strings.Contains(err.Error(), "0004_broken.sql") {
			t.Errorf("got %v, want an error that names the file", err)
		}
	}
	s, err = openWith(t, dir, first[:1])
	if err != nil {
		t.Fatalf("the older version opens no more: %v", err)
	}
	if got := ask(t, s, "SELECT coalesce(group_concat(name), '') FROM sqlite_schema WHERE name IN ('half', 'pair_nick')"); got != "" {
		t.Errorf("an upgrade that failed has left %s", got)
	}
}

func TestMigrationNames(t *testing.T) {
	t.Parallel()
	list, err := embedded()
	if err != nil || len(list) == 0 {
		t.Errorf("got %d migrations, %v", len(list), err)
	}
}
