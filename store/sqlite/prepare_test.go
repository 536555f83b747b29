package sqlite

import "testing"

// A statement that the file does not know, as somebody has taken a table away, is an
// error: whatever asks for it ends with that, and the store goes on.
func TestUnknownStatement(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		if n, err := s.db.exec(t.Context(), "DELETE FROM nothing"); err == nil || n != 0 {
			t.Errorf("%d rows, %v", n, err)
		}
	}
	if _, err := s.Pair(t.Context(), "products"); err != nil {
		t.Errorf("the store does not go on: %v", err)
	}
}
