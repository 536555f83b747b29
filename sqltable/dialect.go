package sqltable

import (
	"context"
	"database/sql"
	"time"
)

// dialect is what differs between the databases.
type dialect interface {
	// catalog returns what is known of the table, nil if there is none.
	catalog(ctx context.Context, q querier, c *Config) (*catalog, error)

	// read is an expression that gives the column of the row t in the form
	// that field.decode reads.
	read(d *dbColumn) string

	// param is the n-th placeholder, of the type of the column.
	param(n int, d *dbColumn) string

	// arg is what is bound to a placeholder of param.
	arg(r raw) any

	// lock is put behind a SELECT whose rows are to be changed.
	lock() string

	begin(ctx context.Context, db *sql.DB) (transaction, error)

	// horizon tells how far a growing column can be trusted; top reads the
	// greatest value of a column of numbers, and is empty for times.
	horizon(ctx context.Context, db *sql.DB, top string) (horizon, error)

	clock(ctx context.Context, q querier) (time.Time, error)

	// identity names the installation, and what people call it.
	identity(ctx context.Context, q querier, schema string) (id, name string, err error)

	// rights returns a check of the rights to write.
	rights(ctx context.Context, db *sql.DB, c *Config) (denied string, err error)

	logStatements(l *logNames) []string
	logTriggers(log string) []string // their names
	triggers(ctx context.Context, q querier, c *Config) ([]string, error)
}

// transaction is a transaction that is ended exactly once.
type transaction interface {
	querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)

	// commit may have committed although it gives an error; Reader.undone
	// tells.
	commit(ctx context.Context) error
	rollback(ctx context.Context)
}

// horizon is a moment in the life of a growing column.
type horizon struct {
	now   time.Time // the database's clock
	top   raw       // greatest value of a column of numbers; empty: there is none
	open  []string  // the transactions that were under way
	blind bool      // there are more, which cannot be told apart
}

// raw is a value as a column holds it, with "i" in front of a whole number and
// "s" in front of a text. Empty: none.
type raw string

func dialectOf(d Dialect) dialect {
	if d == SQLite {
		return sqlite{}
	}
	return postgres{}
}
