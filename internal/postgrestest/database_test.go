package postgrestest_test

import (
	"testing"

	"github.com/instep-go/instep/internal/postgrestest"
)

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	a, b := postgrestest.Open(t), postgrestest.Open(t)
	if _, err := a.ExecContext(t.Context(), "CREATE TABLE only_here (n integer)"); err != nil {
		t.Fatal(err)
	}
	var there bool
	err := b.QueryRowContext(t.Context(), "SELECT to_regclass('only_here') IS NOT NULL").Scan(&there)
	if err != nil || there {
		t.Fatalf("another database has the table: %t, %v", there, err)
	}
}
