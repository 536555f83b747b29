package sqltable

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// querier is what reads: a pool, a connection, a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// store is how a column keeps its values.
type store uint8

const (
	textStore  store = iota // texts, and everything that is only seen as text
	boolStore               // PostgreSQL's boolean
	intStore                // whole numbers
	exactStore              // PostgreSQL's numeric
	floatStore              // floats, and SQLite's NUMERIC
	dateStore               // PostgreSQL's date
	zonedStore              // timestamp with time zone
	wallStore               // timestamp without time zone
	uuidStore               // PostgreSQL's uuid
)

// dbColumn is a column as the catalog describes it.
type dbColumn struct {
	name    string
	sqlType string // to cast to; empty in SQLite
	natural instep.Type
	store   store

	notNull   bool
	generated bool   // always by the database: it cannot be written
	hasDef    bool   // there is a default
	def       string // its expression, as the catalog shows it
	maxLen    int
	digits    int // of a numeric in all; 0: no limit
	decimals  int // of a numeric after the point, where digits is set
}

// catalog is what the database says of a table.
type catalog struct {
	view    bool
	columns []dbColumn
	unique  []string            // columns with a unique index of their own
	indexed []string            // columns that lead an index
	names   map[string][]string // constraints and unique indexes, with their columns
}

func (c *catalog) column(name string) (*dbColumn, bool) {
	i := slices.IndexFunc(c.columns, func(d dbColumn) bool { return d.name == name })
	if i < 0 {
		return nil, false
	}
	return &c.columns[i], true
}

// need returns a column that the configuration names.
func (c *catalog) need(part, name string) (*dbColumn, error) {
	if d, ok := c.column(name); ok {
		return d, nil
	}
	names := make([]string, len(c.columns))
	for i := range c.columns {
		names[i] = c.columns[i].name
	}
	return nil, configError(part, fmt.Sprintf("the table has no column %q", name), "it has "+strings.Join(names, ", "))
}

// quote makes a name an identifier, whatever is in it. A NUL cannot be part of
// one and is left out.
func quote(name string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(name, "\x00", ""), `"`, `""`) + `"`
}

// errEnough ends scanAll without an error.
var errEnough = errors.New("enough")

// scanAll reads all rows of a query with a scanner for each.
func scanAll(ctx context.Context, q querier, query string, args []any, each func(scan func(...any) error) error) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	for rows.Next() {
		switch err := each(rows.Scan); {
		case errors.Is(err, errEnough):
			return nil
		case err != nil:
			return err
		}
	}
	return rows.Err()
}
