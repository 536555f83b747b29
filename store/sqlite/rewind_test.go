package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

// TestRewound makes five commits, changes something in the folder, and opens
// it again: is the state taken for an older one?
func TestRewound(t *testing.T) {
	t.Parallel()
	key := [16]byte{5}
	tests := []struct {
		name   string
		with   *sqlite.Options
		change func(t *testing.T, dir string)
		want   bool
	}{
		{name: "nothing", change: func(*testing.T, string) {}},
		{name: "a count that lags", change: setCount("00000000000000000004\n")},
		{name: "no count", change: func(t *testing.T, dir string) { remove(t, dir, "commits") }},
		{name: "an empty count", change: setCount("")},
		{name: "a count of zeros after the power has failed", change: setCount(strings.Repeat("\x00", 21))},
		{name: "a higher count", change: setCount("00000000000000000006\n"), want: true},
		{name: "the highest count", change: setCount("04611686018427387903\n"), want: true},
		{name: "a count too high", change: setCount("18446744073709551615\n"), want: true},
		{name: "a count that is none", change: setCount("five"), want: true},
		{name: "a long file instead of a count", change: setCount(strings.Repeat("00000000000000000005\n", 9)), want: true},
		{name: "no state", change: func(t *testing.T, dir string) { remove(t, dir, "state.db") }, want: true},
		{name: "no state and a new key", change: func(t *testing.T, dir string) { remove(t, dir, "state.db"); remove(t, dir, "hash.key") }, want: true},
		{name: "no state, with a key of the caller", with: &sqlite.Options{Key: &key},
			change: func(t *testing.T, dir string) { remove(t, dir, "state.db") }, want: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, test.with)
			commitMore(t, s, 5)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			test.change(t, dir)
			for round := range 3 {
				s := open(t, dir, test.with)
				for _, pair := range []string{"p", "unknown"} {
					if state, err := s.Pair(t.Context(), pair); err != nil || state.Rewound != test.want {
						t.Fatalf("round %d: pair %s: %+v, %v, want Rewound %v", round, pair, state, err, test.want)
					}
				}
				if err := s.Commit(t.Context(), &instep.Batch{Pair: "p", Activity: []instep.Activity{{Run: "r"}}}); err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func setCount(text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		write(t, filepath.Join(dir, "commits"), text)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// commitMore makes n commits to the pair p, each with a state.
func commitMore(t *testing.T, s *sqlite.Store, n int) {
	t.Helper()
	state, err := s.Pair(t.Context(), "p")
	for range n {
		if err == nil {
			state.Gen++
			err = s.Commit(t.Context(), &instep.Batch{Pair: "p", State: &state})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The count is that of the commits: those that were refused are not in it, and
// an older count is not kept for long.
func TestCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	count := func() string {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(dir, "commits"))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	s := open(t, dir, nil)
	if got := count(); got != "00000000000000000000\n" {
		t.Errorf("a new folder: %q", got)
	}
	commitMore(t, s, 3)
	if err := s.Commit(t.Context(), &instep.Batch{Pair: "p", State: &instep.PairState{Gen: 1}}); instep.KindOf(err) != instep.Conflict {
		t.Errorf("Commit: %v", err)
	}
	if got := count(); got != "00000000000000000003\n" {
		t.Errorf("after three commits: %q", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"00000000000000000001\n":                   "00000000000000000003\n",
		strings.Repeat("x", 40) + "\n":             "00000000000000000004\n", // as if it had been 3
		"00000000000000000090\n" + "and some more": "00000000000000000004\n",
		"18446744073709551615\n":                   "00000000000000000004\n",
		"04611686018427387904\n":                   "00000000000000000004\n",
		"04611686018427387905\n":                   "00000000000000000004\n",
	} {
		copied := t.TempDir()
		for _, name := range []string{"state.db", "hash.key"} {
			content, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(copied, name), string(content))
		}
		write(t, filepath.Join(copied, "commits"), text)
		open(t, copied, nil)
		if got, _ := os.ReadFile(filepath.Join(copied, "commits")); string(got) != want {
			t.Errorf("after %q: got %q, want %q", text, got, want)
		}
	}
}
