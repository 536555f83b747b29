package sqltable

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/instep-go/instep"
)

// Reader is a table or view as a source, with all that an engine asks of one.
// It is safe for concurrent use, and keeps nothing between calls.
type Reader struct {
	db   *sql.DB
	cfg  Config
	d    dialect
	cat  *catalog
	plan plan
}

// Table is a [Reader] that is a sink too.
type Table struct {
	*Reader
}

var (
	_ instep.Source    = (*Reader)(nil)
	_ instep.Getter    = (*Reader)(nil)
	_ instep.Finder    = (*Reader)(nil)
	_ instep.Describer = (*Reader)(nil)
	_ instep.Prober    = (*Reader)(nil)
	_ instep.Traiter   = (*Reader)(nil)
	_ instep.Sink      = (*Table)(nil)
	_ instep.Prober    = (*Table)(nil)
)

// New returns a table of db as a source and a sink. It reads the catalog and
// checks the configuration against it: an error of kind Config names the part
// that is wrong. The columns' types, lengths and defaults are those of this
// moment: after a change of the table, make a new one. The pool stays the
// caller's; it is used with one connection at a time for each call.
func New(ctx context.Context, db *sql.DB, cfg Config) (*Table, error) {
	r, err := NewReader(ctx, db, cfg)
	if err != nil {
		return nil, err
	}
	if r.cat.view {
		return nil, configError("Table", cfg.Table+" is a view or a foreign table", "use NewReader, or name the table behind it")
	}
	return &Table{r}, nil
}

// NewReader is New for what is only read: nothing of it can be written, and
// it may be a view. Of a view it is not checked that the key is unique.
func NewReader(ctx context.Context, db *sql.DB, cfg Config) (*Reader, error) {
	if db == nil {
		return nil, configError("db", "it is nil", "open the database first")
	}
	r := &Reader{db: db, cfg: cfg.withDefaults()}
	if err := r.cfg.check(); err != nil {
		return nil, err
	}
	r.d = dialectOf(r.cfg.Dialect)
	cat, err := r.d.catalog(ctx, db, &r.cfg)
	if err != nil {
		return nil, r.failure("read the catalog", err)
	}
	if cat == nil {
		return nil, configError("Table", "there is no "+r.cfg.Schema+"."+r.cfg.Table, "check its name and schema, letter by letter, and the right to see it")
	}
	r.cat = cat
	r.plan, err = newPlan(&r.cfg, cat, r.d)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// requestLife is how long a COMMIT whose answer is missing may still be on its
// way or at work.
const requestLife = time.Minute

const (
	maxGet   = 200 // ids or values in one query
	maxBatch = 100 // what a missing answer leaves in doubt
)

// Traits tells the facts about the table, as far as its columns allow.
func (r *Reader) Traits() instep.Traits {
	c := &r.cfg
	t := instep.Traits{
		Entity: c.Entity, System: c.System,

		// A walk goes by the order of the key in the database, which is not
		// that of texts.
		Ordered:  false,
		Snapshot: c.Change == nil && c.Log == nil,

		// The log tells of every deletion. A column that marks them does so if
		// rows are removed by nothing else.
		SeesDeletes: c.Log != nil || c.Deleted != nil,

		CanDelete: c.Deleted != nil || c.HardDelete,
		CanBar:    c.Inactive != nil,

		IfVersion: c.Version != nil,
		ChosenID:  c.Key.Chosen,

		// Triggers may make something else of what is written. The reply of a
		// write holds the row.
		Exact: false,

		TokenField: c.Token,

		MaxBatch: maxBatch, MaxGet: maxGet, MaxInFlight: 1,

		ReadLag:     0, // whatever is committed is seen by the next read
		RequestLife: requestLife,
		Granularity: r.plan.step,
	}
	if c.Dialect == PostgreSQL {
		t.MaxInFlight = 4
	}
	return t
}

// Describe names the fields, as the catalog knew them when r was made.
func (r *Reader) Describe(context.Context) ([]instep.FieldInfo, error) {
	infos := make([]instep.FieldInfo, len(r.plan.fields))
	for i := range r.plan.fields {
		f := &r.plan.fields[i]
		info := instep.FieldInfo{
			Name: f.Field, Type: f.Type, Access: f.access(&r.cfg), MaxLen: f.db.maxLen, Decimals: f.db.decimals, Default: f.fallback(),
			Required: f.db.notNull && !f.db.hasDef && f.Default.IsBlank(),
		}
		if f.Refers != "" {
			info.Type = instep.TypeRef
		}
		infos[i] = info
	}
	return infos, nil
}

// access says what may be done with a field of a table.
func (f *field) access(c *Config) instep.Access {
	switch {
	case f.db.generated, f.ReadOnly, f.Name == c.Key.Column && !c.Key.Chosen,
		c.Version != nil && f.Name == c.Version.Column, c.Change != nil && c.Change.Stamp && f.Name == c.Change.Column:
		return instep.ReadOnly
	case f.CreateOnly, f.Name == c.Key.Column:
		return instep.CanRead | instep.CanCreate
	default:
		return instep.ReadWrite
	}
}

// ref names the row with an id.
func (r *Reader) ref(id string) instep.Ref {
	return instep.Ref{System: r.cfg.System, Entity: r.cfg.Entity, ID: id}
}

// fieldOf returns the field of a column, else the column's own name.
func (r *Reader) fieldOf(column string) string {
	for i := range r.plan.fields {
		if r.plan.fields[i].Name == column {
			return r.plan.fields[i].Field
		}
	}
	return column
}

func (r *Reader) field(name string) (*field, bool) {
	for i := range r.plan.fields {
		if r.plan.fields[i].Field == name {
			return &r.plan.fields[i], true
		}
	}
	return nil, false
}

// table is the table's quoted name.
func (r *Reader) table() string { return quote(r.cfg.Schema) + "." + quote(r.cfg.Table) }

var errNoField = errors.New("there is no such field, or it cannot be written")
