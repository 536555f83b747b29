package sqltable

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Dialect is the database that is spoken to.
type Dialect uint8

// The dialects. There is no default.
const (
	PostgreSQL Dialect = iota + 1 // 13 or newer
	SQLite                        // 3.35 or newer
)

// String returns "PostgreSQL" or "SQLite".
func (d Dialect) String() string {
	switch d {
	case PostgreSQL:
		return "PostgreSQL"
	case SQLite:
		return "SQLite"
	default:
		return "no dialect"
	}
}

// Config says what of the database is the register. Names are those of the
// catalog, letter by letter; they are quoted wherever they are used.
type Config struct {
	Dialect Dialect

	Schema string // where the table is; empty: "public", in SQLite "main"
	Table  string // its name

	System string // how the user calls the system, in every Ref: "shop"
	Entity string // what a row is: "customer"; empty: the name of the table

	// Installation is the identity of this database, never reused for another.
	// It is needed for SQLite; for PostgreSQL, empty is the cluster's own.
	Installation string

	Key     Key
	Columns []Column // what is read and written

	// Change or Log say how changes are seen; at most one may be set. Without
	// either, every read gives everything (Traits.Snapshot).
	Change *Change
	Log    *Log

	// Version is what changes with every write of a row; nil: writes do not
	// check versions.
	Version *Version

	// Deleted, Inactive and Hidden say which rows have that status. Nil: none.
	// Deletes set Deleted, and deactivations Inactive.
	Deleted, Inactive, Hidden *Flag

	// HardDelete has records deleted by DELETE, where Deleted is nil.
	HardDelete bool

	// Token is the field, one of Columns, that takes Op.Token; see
	// Traits.TokenField. It wants an index. Empty: none.
	Token string

	// Zone is the zone of times that are stored without one; nil: UTC.
	Zone *time.Location

	PageSize int           // most rows a page; 0: 1,000; at most 10,000
	Timeout  time.Duration // how long one transaction may take in all; 0: a minute

	// Code gives the SQLSTATE, or SQLite's extended code in digits, of an error
	// of a driver whose errors have neither method of the package
	// documentation; empty if there is none. Nil: no such driver.
	Code func(error) string
}

// Key says which column holds Ref.ID.
type Key struct {
	Column string

	// Chosen says that the id of a new row comes from Op.Ref.ID; else the
	// database gives it (identity, AUTOINCREMENT, a default).
	Chosen bool
}

// Column is one field.
type Column struct {
	Name  string // of the column
	Field string // of the record; empty: the same name

	// Type is what the field holds; 0: what the catalog says.
	Type instep.Type

	// Encoding says how a time is stored; 0: by the type of the column.
	Encoding Encoding

	// Refers is the entity, of the same system, whose key the column holds: the
	// field is a reference then. Empty: a plain value.
	Refers string

	ReadOnly   bool // it is never written
	CreateOnly bool // it is written when a row is made, and never after

	// Default is written into a new row if the create gives no value. Absent:
	// the default of the database.
	Default instep.Value
}

// Encoding is how a time is stored in a column that has no type for it.
type Encoding uint8

// The encodings.
const (
	AutoEncoding Encoding = iota // by the column: UnixSeconds if it holds whole numbers, else TimeText
	TimeText                     // "2006-01-02 15:04:05" with or without a fraction, as CURRENT_TIMESTAMP writes it
	TimeISO                      // "2006-01-02T15:04:05Z" with or without a fraction, always UTC
	UnixSeconds                  // seconds since 1970
	UnixMillis                   // milliseconds since 1970
)

// Change is a column that grows with every change of a row.
type Change struct {
	Column   string
	Encoding Encoding // as in Column

	// Lookback is how far behind the mark times are read again: the clocks of
	// those who set the column may lie so far apart. 0: a minute; less than 0:
	// none, for tests.
	Lookback time.Duration

	// Overlap is the same for a column of whole numbers. 0: none.
	Overlap int64

	// Stamp has writes of this package set the column to the database's time.
	Stamp bool

	// Granularity is the step of the times that are set, if it is coarser
	// than what the column can hold. 0: the column's own, a second for texts
	// and UnixSeconds, a day for a date.
	Granularity time.Duration
}

// Log is a table that triggers write all changes to.
type Log struct {
	Table string // in the schema of the table; empty: the table's name and "_instep_log"
}

// XMin as the column of a [Version] is PostgreSQL's own number of the
// transaction that last wrote the row: it needs no column.
const XMin = "xmin"

// Version is a column that has another value after every write. A row where it
// holds nothing has the version "null".
type Version struct {
	Column string

	// Bump has writes of this package add one to it; else a trigger does.
	Bump bool
}

// Flag is a status of a row that a column tells.
//
// A column of a bool or number is set if it is true or not 0, one of a date or
// time if it is not null, and one of text if it is one of Values, or not blank
// where Values is empty. A null is never set.
type Flag struct {
	Column   string
	Values   []string
	Inverted bool // the row has the status if the column is not set: "active"

	// Set is what is written to give a row the status. Empty: true or 1, or
	// false or 0 where Inverted; the time of the write; the first of Values. A
	// text column for which that does not tell needs it.
	Set string
}

const (
	defaultPage     = 1000
	maxPage         = 10_000
	defaultTimeout  = time.Minute
	defaultLookback = time.Minute
)

// withDefaults fills in what is left out.
func (c Config) withDefaults() Config {
	schema := "public"
	if c.Dialect == SQLite {
		schema = "main"
	}
	c.Schema = cmp.Or(c.Schema, schema)
	c.Entity = cmp.Or(c.Entity, c.Table)
	c.PageSize = cmp.Or(c.PageSize, defaultPage)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.Zone = cmp.Or(c.Zone, time.UTC)
	if c.Change != nil {
		change := *c.Change
		change.Lookback = max(cmp.Or(change.Lookback, defaultLookback), 0)
		c.Change = &change
	}
	if c.Log != nil {
		c.Log = &Log{cmp.Or(c.Log.Table, c.Table+"_instep_log")}
	}
	columns := make([]Column, len(c.Columns))
	for i, col := range c.Columns {
		col.Field = cmp.Or(col.Field, col.Name)
		columns[i] = col
	}
	c.Columns = columns
	return c
}

// check says what is wrong with the configuration on its own.
func (c *Config) check() error {
	switch {
	case c.Dialect != PostgreSQL && c.Dialect != SQLite:
		return configError("Dialect", "it is not set", "use sqltable.PostgreSQL or sqltable.SQLite")
	case c.Table == "":
		return configError("Table", "it is empty", "name the table")
	case c.System == "":
		return configError("System", "it is empty", "give the system a name that never changes")
	case c.Key.Column == "":
		return configError("Key", "it names no column", "name the column of the primary key")
	case len(c.Columns) == 0:
		return configError("Columns", "there are none", "name the columns to read and write")
	case c.Change != nil && c.Log != nil:
		return configError("Change", "a log of triggers is set too", "choose one of Change and Log")
	case c.Dialect == SQLite && c.Installation == "":
		return configError("Installation", "SQLite files have no identity of their own",
			"give a text that never changes and that no other database has")
	case c.PageSize < 1 || c.PageSize > maxPage:
		return configError("PageSize", "it is out of range", "use 1 to 10000, or 0 for 1000")
	case c.Timeout < 0:
		return configError("Timeout", "it is negative", "leave it 0 for a minute")
	case strings.Contains(c.Schema+" "+c.Table+" "+c.Key.Column, dollar):
		return configError("Table", "names with "+dollar+" are not supported", "rename the table")
	case c.HardDelete && c.Deleted != nil:
		return configError("HardDelete", "Deleted is set, so that rows are never removed", "choose one of HardDelete and Deleted")
	}
	return c.checkFields()
}

func (c *Config) checkFields() error {
	seen := map[string]bool{instep.IDField: true}
	for _, col := range c.Columns {
		switch {
		case col.Name == "":
			return configError("Columns", "one names no column", "set its Name")
		case seen[col.Field]:
			return configError("Columns", "the field "+col.Field+" is named twice, or is not to be used", "set its Field to another name")
		}
		seen[col.Field] = true
	}
	if c.Token != "" && !seen[c.Token] {
		return configError("Token", "it is no field of Columns", "add its column")
	}
	return nil
}

// dollar ends the text of a function in PostgreSQL.
const dollar = "$instep$"

// configError says what is wrong with a part of the configuration.
func configError(part, what, remedy string) *instep.Error {
	return &instep.Error{Kind: instep.Config, Op: "sqltable: configuration", Field: part, Err: errors.New(what), Remedy: remedy}
}
