package sqlite

import (
	"os"
	"path/filepath"
	"testing"
)

// A process that is killed leaves its log, and one that closes does not: only
// after the former the whole file is looked through.
func TestLeftLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, fileName+"-wal")
	for _, test := range []struct {
		name, content string
		want          bool
	}{{"none", "", false}, {"an empty one", "", false}, {"one with something in it", "log", true}} {
		if test.name != "none" {
			if err := os.WriteFile(log, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := left(dir); got != test.want {
			t.Errorf("%s: a log is left %t, want %t", test.name, got, test.want)
		}
	}
}
