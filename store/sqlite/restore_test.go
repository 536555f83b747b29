package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/instep-go/instep"
)

// A restore that is killed after any of its steps leaves a folder that opens,
// with the state of before, and can be tried again.
func TestRestoreSteps(t *testing.T) {
	t.Parallel()
	const steps = 5
	for kill := range steps + 1 {
		dir := t.TempDir()
		backup := filepath.Join(t.TempDir(), "backup")
		s, err := Open(t.Context(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(s.Commit(t.Context(), &instep.Batch{Pair: "p", State: &instep.PairState{Gen: 1}}), s.Backup(t.Context(), backup),
			s.Commit(t.Context(), &instep.Batch{Pair: "p", State: &instep.PairState{Gen: 2}}), s.Close())
		if err != nil {
			t.Fatal(err)
		}

		r := newRestore(dir, backup)
		for _, step := range r.steps()[:min(kill, steps)] {
			if err := step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if kill == steps-1 { // before the last step is done, but within it
			if err := keepFormer(filepath.Join(dir, fileName), false); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range []*db{r.from, r.folder.db} { // the end of a process; nothing tidies up
			if d != nil {
				_ = d.discard()
			}
		}

		want := instep.PairState{Name: "p", Gen: 2}
		if kill >= steps {
			want = instep.PairState{Name: "p", Gen: 1, Rewound: true}
		}
		for range 2 {
			s, err := Open(t.Context(), dir, nil)
			if err != nil {
				t.Fatalf("after %d steps: %v", kill, err)
			}
			if got, err := s.Pair(t.Context(), "p"); err != nil || got.Gen != want.Gen || got.Rewound != want.Rewound {
				t.Errorf("after %d steps: %+v, %v, want %+v", kill, got, err, want)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if err := Restore(t.Context(), dir, backup); err != nil {
				t.Fatalf("Restore after %d steps: %v", kill, err)
			}
			want.Gen, want.Rewound = 1, true
		}
		if _, err := os.Stat(filepath.Join(dir, fileName+partSuffix)); err == nil {
			t.Errorf("after %d steps and another attempt there is a copy left", kill)
		}
	}
}

// Once the copy is the state, its former name belongs to the next Restore, which
// may begin before this one has tidied up.
func TestRestoreTidiesUpItsOwn(t *testing.T) {
	t.Parallel()
	dir, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Backup(t.Context(), backup), s.Close()); err != nil {
		t.Fatal(err)
	}
	for done, want := range map[int]string{4: "", 5: "of the next one"} {
		r := newRestore(dir, backup)
		for _, step := range r.steps()[:done] {
			if err := step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		part := filepath.Join(dir, fileName+partSuffix)
		if err := os.WriteFile(part, []byte("of the next one"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.close()
		if got, _ := os.ReadFile(part); string(got) != want {
			t.Errorf("after %d steps the copy holds %q, want %q", done, got, want)
		}
	}
}

// What stands beside a damaged state must not be taken for a part of the new
// one, and is kept; and no file is ever written over.
func TestKeepFormer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := filepath.Join(dir, fileName)
	for name, text := range map[string]string{"": "state", "-wal": "log", "-journal": "journal", ".former-1": "older"} {
		if err := os.WriteFile(state+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := keepFormer(state, true); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"": "state", "-wal": "", "-journal": "", ".former-1": "older",
		".former-2": "state", ".former-2-wal": "log", ".former-2-journal": "journal",
	} {
		if got, _ := os.ReadFile(state + name); string(got) != want {
			t.Errorf("%s holds %q, want %q", fileName+name, got, want)
		}
	}
	copied := filepath.Join(dir, "copy")
	if err := copyFile(state, copied); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(copied); string(got) != "state" || err != nil {
		t.Errorf("the copy holds %q, %v", got, err)
	}
	if err := copyFile(state, copied); !errors.Is(err, os.ErrExist) {
		t.Errorf("a copy over a file: %v", err)
	}
}
