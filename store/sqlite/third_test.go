package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A file of version 3 is taken over as it is, and a program of that version does
// not open it any more.
func TestUpgradeThird(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	all, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	s, err := openWith(t, dir, all[:3])
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
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = openWith(t, dir, all); err != nil {
		t.Fatal(err)
	}
	compareStores(t, s, m)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName+".v3-backup")); err != nil {
		t.Error(err)
	}
	if _, err := openWith(t, dir, all[:3]); err == nil {
		t.Error("a program that does not know what may be in it opens the file")
	}
}
