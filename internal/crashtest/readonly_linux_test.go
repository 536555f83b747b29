package crashtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// TestReadOnly takes rights away from a folder that a killed process left. The
// next process must say what it lacks, send nothing and lose nothing; when it
// has its rights again it goes on. Permissions do not bind root, so a process
// of root becomes nobody first.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	base := ordinaryDay(t)
	want := undisturbed(t, base)
	const mayWrite = "see to it that this program may write"
	tests := []struct {
		name   string
		folder os.FileMode
		files  os.FileMode
		odd    string // a file that has other rights than the others:
		rights os.FileMode
		remedy string
	}{
		{name: "all of it", folder: 0o555, files: 0o444, remedy: mayWrite},
		{name: "the folder", folder: 0o555, files: 0o666, odd: "state.db-wal", rights: 0o444, remedy: mayWrite},
		{name: "the files", folder: 0o777, files: 0o444, remedy: mayWrite},
		{name: "state.db", folder: 0o777, files: 0o666, odd: "state.db", rights: 0o444, remedy: mayWrite},
		{name: "the log", folder: 0o777, files: 0o666, odd: "state.db-wal", rights: 0o444, remedy: mayWrite},
		{name: "the count", folder: 0o777, files: 0o666, odd: "commits", rights: 0o444, remedy: mayWrite + " commits"},
		{name: "files that cannot be read", folder: 0o777, files: 0o600, remedy: mayWrite},
		{name: "a key that cannot be read", folder: 0o777, files: 0o666, odd: "hash.key", rights: 0, remedy: "may read hash.key"},
		{name: "a folder that cannot be entered", folder: 0o600, files: 0o666, remedy: "name a folder that this program may write in"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := torn(t, base)
			w.stock.takeWrites()
			w.books.takeWrites()
			chmod(t, w.dir, test.folder, test.files)
			if test.odd != "" {
				check(t, os.Chmod(filepath.Join(w.dir, test.odd), test.rights))
			}
			e := w.live(t, orders{Nobody: os.Getuid() == 0}, 0)
			chmod(t, w.dir, 0o700, 0o600)
			if e.kind != instep.Config || !strings.Contains(e.text, test.remedy) {
				t.Errorf("the process ended so: %+v, want kind %q and %q", e, instep.Config, test.remedy)
			}
			if writes := w.takeWrites(); len(writes) > 0 {
				t.Errorf("it has written %v", writes)
			}
			w.editMore()
			w.goOn(t, want)
		})
	}
}

// chmod gives a folder and all files in it their permissions.
func chmod(t *testing.T, dir string, folder, files os.FileMode) {
	t.Helper()
	check(t, os.Chmod(dir, 0o700))
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		check(t, os.Chmod(filepath.Join(dir, e.Name()), files))
	}
	check(t, os.Chmod(dir, folder))
}
