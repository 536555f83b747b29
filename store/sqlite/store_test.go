package sqlite_test

import (
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

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.TestStore(t, openFresh, &connectortest.StoreOptions{Reopen: reopen})
}

func TestAgainstMemory(t *testing.T) {
	t.Parallel()
	connectortest.TestStoreModel(t, openFresh, func(*testing.T) instep.Checkpoint { return memory.New() },
		&connectortest.StoreOptions{Reopen: reopen})
}
