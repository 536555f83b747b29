package sqlite_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/connectortest"
	"github.com/instep-go/instep/store/memory"
	"github.com/instep-go/instep/store/sqlite"
)

// open opens the store in a folder and closes it when the test ends.
func open(t *testing.T, dir string, o *sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// inFolder is a store that knows its folder, so that it can be opened again.
type inFolder struct {
	*sqlite.Store
	dir string
}

func openFresh(t *testing.T) instep.Checkpoint {
	dir := t.TempDir()
	return &inFolder{open(t, dir, nil), dir}
}

func reopen(t *testing.T, s instep.Checkpoint) instep.Checkpoint {
	t.Helper()
	old := s.(*inFolder)
	if err := old.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return &inFolder{open(t, old.dir, nil), old.dir}
}

// copyState takes a backup and restores it.
func copyState(t *testing.T, s instep.Checkpoint) (putBack func(*testing.T, instep.Checkpoint) instep.Checkpoint) {
	t.Helper()
	backup := backUp(t, s)
	return func(t *testing.T, s instep.Checkpoint) instep.Checkpoint {
		t.Helper()
		old := s.(*inFolder)
		if err := old.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		if err := sqlite.Restore(t.Context(), old.dir, backup); err != nil {
			t.Fatalf("Restore: %v", err)
		}
		return &inFolder{open(t, old.dir, nil), old.dir}
	}
}

// copyFile takes a backup and puts it back as people do who do not know of
// Restore: only the count of commits beside it tells.
func copyFile(t *testing.T, s instep.Checkpoint) (putBack func(*testing.T, instep.Checkpoint) instep.Checkpoint) {
	t.Helper()
	content, err := os.ReadFile(backUp(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, s instep.Checkpoint) instep.Checkpoint {
		t.Helper()
		old := s.(*inFolder)
		if err := old.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		write(t, filepath.Join(old.dir, "state.db"), string(content))
		return &inFolder{open(t, old.dir, nil), old.dir}
	}
}

func backUp(t *testing.T, s instep.Checkpoint) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "backup")
	if err := s.(*inFolder).Backup(t.Context(), path); err != nil {
		t.Fatalf("Backup: %v", err)
	}
	return path
}

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.TestStore(t, openFresh, &connectortest.StoreOptions{Reopen: reopen, Copy: copyFile})
}

func TestAgainstMemory(t *testing.T) {
	t.Parallel()
	var turns atomic.Uint64
	put := func(t *testing.T, s instep.Checkpoint) func(*testing.T, instep.Checkpoint) instep.Checkpoint {
		if turns.Add(1)%2 == 0 {
			return copyState(t, s)
		}
		return copyFile(t, s)
	}
	connectortest.TestStoreModel(t, openFresh, func(*testing.T) instep.Checkpoint { return memory.New() },
		&connectortest.StoreOptions{Reopen: reopen, Copy: put})
}
