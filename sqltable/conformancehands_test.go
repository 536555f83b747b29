package sqltable_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/connectortest"
	"github.com/instep-go/instep/sqltable"
)

// staff are the people who work in a register by statements of their own.
type staff struct {
	*register
	dialect sqltable.Dialect
	db      *sql.DB
	key     string // the column of the id
}

// schemas numbers the schemas of a database: each rule has one.
var schemas atomic.Int64

// open makes a register in a file, or in a schema of a PostgreSQL's database.
func (r *register) open(t testing.TB, d sqltable.Dialect, base string) *connectortest.System {
	t.Helper()
	schema := "main"
	f := &flaky{Connector: dsnConnector{&sqlite.Driver{}, "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "goods.db")) +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)"}}
	if d == sqltable.PostgreSQL {
		schema = fmt.Sprint("kit", schemas.Add(1))
		f.Connector = dsnConnector{stdlib.GetDefaultDriver(), within(t, base, schema)}
	}
	db := sql.OpenDB(f)
	t.Cleanup(func() { db.Close() })
	s := &staff{r, d, db, "id"}
	if err := s.exec(r.ddl(d, schema)); err != nil {
		t.Fatal(err)
	}
	return s.system(t, f, r.declared(s, schema))
}

// within is the address of a database with a schema in front of all others.
func within(t testing.TB, base, schema string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// ddl are the statements that make the register.
func (r *register) ddl(d sqltable.Dialect, schema string) string {
	const columns = ` (%s, name %s NOT NULL, note text, vat text DEFAULT 'none', credit %s, since date, seen %s, rank integer DEFAULT 3, vip boolean,
token text UNIQUE, active boolean NOT NULL DEFAULT true, secret boolean%s)%s; CREATE VIEW shown AS SELECT * FROM goods`
	if d == sqltable.PostgreSQL {
		return "CREATE SCHEMA " + schema + "; CREATE SEQUENCE changes; CREATE TABLE goods" +
			fmt.Sprintf(columns, r.key[d], "text", "numeric(10,2)", "timestamptz", r.own[d], r.after[d])
	}
	return "CREATE TABLE goods" + fmt.Sprintf(columns, r.key[d], "TEXT COLLATE NOCASE", "TEXT", "TIMESTAMP", r.own[d], r.after[d])
}

// declared is the configuration of the register.
func (r *register) declared(s *staff, schema string) *sqltable.Config {
	c := &sqltable.Config{
		Dialect: s.dialect, Schema: schema, Table: "goods", System: "shop", Entity: "article",
		Key: sqltable.Key{Column: "id"}, Hidden: &sqltable.Flag{Column: "secret"}, PageSize: 3,
		Columns: []sqltable.Column{
			{Name: "code"}, {Name: "name"}, {Name: "note"}, {Name: "vat", Field: "vat_number"}, {Name: "credit", Type: instep.TypeDecimal},
			{Name: "since"}, {Name: "seen"}, {Name: "rank"}, {Name: "vip"}, {Name: "token"},
		},
	}
	if s.dialect == sqltable.SQLite {
		c.Installation = "the shop in Espoo"
	}
	if r.id != nil {
		c.Columns = append(c.Columns, sqltable.Column{Name: "id"})
	}
	if r.config != nil {
		r.config(c)
	}
	s.key = c.Key.Column
	return c
}

// system is what the kit looks at.
func (s *staff) system(t testing.TB, f *flaky, c *sqltable.Config) *connectortest.System {
	t.Helper()
	sys := &connectortest.System{
		Sample: s.sample, Field: "note", FindBy: []string{"code", "name"},
		Make: s.make, Edit: s.edit, Remove: s.takeOut, Hide: func(id string) error { return s.set(id, "secret = true") },
		Secrets: []string{"Secret Oy"},
		LoseReply: func(done bool) {
			f.late.Store(done)
			f.lose.Store(1)
		},
		During: func(do func()) { f.during.Store(&do) },
	}
	if s.dialect == sqltable.PostgreSQL {
		sys.Throttle = func() time.Duration { f.full.Store(true); return 0 }
	}
	if c.Key.Chosen {
		sys.IDField = c.Key.Column
		sys.FindBy = append(sys.FindBy, c.Key.Column)
	}
	if s.view {
		sys.Source = s.reader(t, c)
		sys.Reopen = func() instep.Source { return s.reader(t, c) }
		return sys
	}
	table := s.table(t, c)
	if c.Log != nil {
		if err := table.InstallLog(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	sys.Source, sys.Sink = table, table
	sys.Reopen = func() instep.Source { return s.table(t, c) }
	return sys
}

func (s *staff) table(t testing.TB, c *sqltable.Config) *sqltable.Table {
	t.Helper()
	table, err := sqltable.New(t.Context(), s.db, *c)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func (s *staff) reader(t testing.TB, c *sqltable.Config) *sqltable.Reader {
	t.Helper()
	r, err := sqltable.NewReader(t.Context(), s.db, *c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// exec carries out a statement.
func (s *staff) exec(statement string, args ...any) error {
	_, err := s.db.ExecContext(context.Background(), statement, args...)
	return err
}

// columnOf is the column of a field.
func columnOf(field string) string {
	if field == "vat_number" {
		return "vat"
	}
	return field
}

// boundOf is a value as people write it.
func boundOf(v instep.Value) any {
	if v.Type() == instep.TypeNull {
		return nil
	}
	if b, ok := v.AsBool(); ok {
		return b
	}
	if n, ok := v.AsInt(); ok {
		return n
	}
	return v.String()
}

func (s *staff) make(f instep.Fields) (id string, err error) {
	var names, marks []string
	var args []any
	for name, v := range f.All() {
		names, args = append(names, columnOf(name)), append(args, boundOf(v))
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	if strings.HasPrefix(s.touch[s.dialect], "millis") {
		names, marks = append(names, "millis"), append(marks, clock[s.dialect])
	}
	err = s.db.QueryRowContext(context.Background(), fmt.Sprintf("INSERT INTO goods (%s) VALUES (%s) RETURNING CAST(%s AS text)",
		strings.Join(names, ", "), strings.Join(marks, ", "), s.key), args...).Scan(&id)
	return id, err
}

func (s *staff) edit(id string, f instep.Fields) error {
	for name, v := range f.All() {
		if err := s.set(id, columnOf(name)+" = $2", boundOf(v)); err != nil {
			return err
		}
	}
	return nil
}

func (s *staff) takeOut(id string) error {
	if s.remove == "" {
		return s.one("DELETE FROM goods WHERE CAST("+s.key+" AS text) = $1", id)
	}
	return s.set(id, s.remove)
}

// set changes a row.
func (s *staff) set(id, what string, args ...any) error {
	return s.one("UPDATE goods SET "+s.touch[s.dialect]+what+" WHERE CAST("+s.key+" AS text) = $1", append([]any{id}, args...)...)
}

// one carries out a statement about one row.
func (s *staff) one(statement string, args ...any) error {
	done, err := s.db.ExecContext(context.Background(), statement, args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("%d rows were written", n))
	}
	return nil
}
