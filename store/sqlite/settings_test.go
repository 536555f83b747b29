package sqlite

import (
	"testing"
)

// TestSettings wants the connection to be what the promises rest on: a commit
// that is on disk when it returns, one process at a time, and nothing left of
// what was deleted. No crash that a test can stage tells a commit that was not
// waited for from one that was.
func TestSettings(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for pragma, want := range map[string]string{
		"synchronous": "2", "journal_mode": "wal", "locking_mode": "exclusive", "secure_delete": "1", "trusted_schema": "0",
	} {
		var got string
		if err := s.db.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
			t.Fatal(pragma, err)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", pragma, got, want)
		}
	}
}
