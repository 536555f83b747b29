package sqltable_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/sqltable"
	"github.com/instep-go/instep/store/memory"
)

// flaky is a connector whose connections fail when they are told to.
type flaky struct {
	driver.Connector
	lose   atomic.Int32           // how many answers to COMMITs are lost, and the connection with them
	late   atomic.Bool            // the database has carried them out
	refuse atomic.Pointer[error]  // what the next write of a row is answered with
	full   atomic.Bool            // the next statement finds too many connections
	during atomic.Pointer[func()] // called while the next COMMIT is under way
}

// deadlock is the error of a transaction that was given up for another.
type deadlock struct{}

func (deadlock) Error() string    { return "deadlock detected" }
func (deadlock) SQLState() string { return "40P01" }

// busy is the same in SQLite.
type busy struct{}

func (busy) Error() string { return "database is locked" }
func (busy) Code() int     { return 5 }

// crowded is what a PostgreSQL that has no room says.
type crowded struct{}

func (crowded) Error() string    { return "sorry, too many clients already" }
func (crowded) SQLState() string { return "53300" }

// refused returns the error for a statement, once.
func (f *flaky) refused(query string) error {
	if f.full.CompareAndSwap(true, false) {
		return crowded{}
	}
	if strings.HasPrefix(query, "INSERT") {
		if err := f.refuse.Swap(nil); err != nil {
			return *err
		}
	}
	return nil
}

var errNoAnswer = errors.New("unexpected EOF while reading customer Secret Oy")

func (f *flaky) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := f.Connector.Connect(ctx)
	return &flakyConn{Conn: c, f: f}, err
}

type flakyConn struct {
	driver.Conn
	f    *flaky
	dead bool
}

// IsValid has the pool close a connection that has lost an answer, so that the
// database rolls back what it has not carried out.
func (c *flakyConn) IsValid() bool { return !c.dead }

func (c *flakyConn) commit(do func() error) error {
	if f := c.f.during.Swap(nil); f != nil {
		(*f)()
	}
	if c.f.lose.Add(-1) < 0 {
		return do()
	}
	c.dead = true
	if c.f.late.Load() {
		if err := do(); err != nil {
			return err
		}
	}
	return errNoAnswer
}

func (c *flakyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.f.refused("BEGIN"); err != nil {
		return nil, err
	}
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	return flakyTx{tx, c}, err
}

type flakyTx struct {
	driver.Tx
	c *flakyConn
}

func (t flakyTx) Commit() error { return t.c.commit(t.Tx.Commit) }

func (c *flakyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (res driver.Result, err error) {
	exec := func() error {
		res, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	}
	if err := c.f.refused(query); err != nil {
		return nil, err
	}
	if query != "COMMIT" {
		err = exec()
		return res, err
	}
	return driver.RowsAffected(0), c.commit(exec)
}

func (c *flakyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.f.refused(query); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *flakyConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

// dsnConnector connects as sql.Open would.
type dsnConnector struct {
	d   driver.Driver
	dsn string
}

func (c dsnConnector) Connect(context.Context) (driver.Conn, error) { return c.d.Open(c.dsn) }
func (c dsnConnector) Driver() driver.Driver                        { return c.d }

// loser is the same database through a connection that loses answers.
func (w *world) loser() (*sql.DB, *flaky) {
	f := &flaky{Connector: dsnConnector{w.db.Driver(), w.dsn}}
	db := sql.OpenDB(f)
	w.t.Cleanup(func() { db.Close() })
	return db, f
}

// TestFailsBeforeTheCommit has the database give up a transaction, which is
// then tried again, and the connection break, which is not.
func TestFailsBeforeTheCommit(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		db, f := w.loser()
		table, err := sqltable.New(t.Context(), db, w.config())
		if err != nil {
			t.Fatal(err)
		}
		ops := []instep.Op{
			{Action: instep.Create, Fields: fields("code", "A", "name", "a")}, {Action: instep.Create, Fields: fields("code", "B", "name", "b")},
		}
		f.refuse.Store(&errNoAnswer)
		results, err := table.Write(t.Context(), ops)
		if err != nil || instep.KindOf(results[0].Err) != instep.Unavailable || instep.KindOf(results[1].Err) != instep.Unavailable || w.count("1 = 1") != 0 {
			t.Errorf("a broken connection: %v, %v", results, err)
		}
		passing := map[sqltable.Dialect]error{sqltable.PostgreSQL: deadlock{}, sqltable.SQLite: busy{}}[w.dialect]
		f.refuse.Store(&passing)
		results, err = table.Write(t.Context(), ops)
		if err != nil || results[0].Err != nil || results[1].Err != nil || w.count("1 = 1") != 2 {
			t.Errorf("a deadlock: %v, %v", results, err)
		}
	})
}

func TestLostCommit(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		db, f := w.loser()
		table, err := sqltable.New(t.Context(), db, w.config())
		if err != nil {
			t.Fatal(err)
		}
		for i, done := range []bool{true, false} {
			f.lose.Store(1)
			f.late.Store(done)
			results, err := table.Write(t.Context(), []instep.Op{
				{Action: instep.Create, Fields: fields("code", fmt.Sprint("A", i), "name", "a")},
				{Action: instep.Create, Fields: fields("code", fmt.Sprint("B", i), "name", "b")},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				if instep.KindOf(r.Err) != instep.Lost || r.Ref.ID != "" || strings.Contains(r.Err.Error(), "Secret") || !errors.Is(r.Err, errNoAnswer) {
					t.Errorf("done %t: %v, ref %s", done, r.Err, r.Ref)
				}
			}
			if n := w.count(fmt.Sprintf("code IN ('A%d', 'B%d')", i, i)); n != map[bool]int{true: 2, false: 0}[done] {
				t.Errorf("done %t: %d rows", done, n)
			}
		}
		if res := w.write(table, instep.Op{Action: instep.Create, Fields: fields("code", "C", "name", "c")}); res.Err != nil {
			t.Errorf("afterwards: %v", res.Err)
		}
	})
}

// pair joins the customers of two databases.
func pair(left, right *sqltable.Table) reconcile.Pair {
	rule := func(name string) instep.Rule {
		return instep.Rule{Name: name, Left: instep.End{Field: name}, Right: instep.End{Field: name}}
	}
	code := rule("code")
	code.Match = &instep.Match{Rank: 1}
	return reconcile.Pair{
		Name: "customers", Left: left, Right: right, First: instep.Left,
		Mapping: instep.Mapping{Rules: []instep.Rule{code, rule("name"), rule("vat_number"), rule("credit"), rule("since"), rule("seen"), rule("rank"), rule("vip")}},
		Deletes: [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted},
	}
}

// TestEngine brings two tables into step: a first load, edits on both sides,
// lost answers, and a run that has nothing to do.
func TestEngine(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]func(c *sqltable.Config){
		"column": nil, "log": ways["log"], "everything": func(c *sqltable.Config) { c.Change = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := open(t, sqltable.SQLite), open(t, sqltable.PostgreSQL)
			db, f := b.loser()
			books := b.config()
			books.System, books.PageSize = "books", 50
			if way != nil {
				way(&books)
			}
			right, err := sqltable.New(t.Context(), db, books)
			if err != nil {
				t.Fatal(err)
			}
			left := a.table(way)
			if name == "log" {
				a.install(left)
				b.install(right)
			}
			for i := range 150 {
				a.make(fmt.Sprintf("C%03d", i), "Acme")
				if i%10 == 0 {
					b.make(fmt.Sprintf("C%03d", i), "Acme Oy")
				}
			}
			engine, err := reconcile.New(memory.New(), []reconcile.Pair{pair(left, right)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			f.late.Store(true)
			f.lose.Store(1) // of the first hundred
			settle(t, engine, 3)
			same(t, a, b, 150)

			a.exec("UPDATE customers SET name = 'Left', credit = '12.50' WHERE id <= 20")
			b.exec("UPDATE customers SET vat = 'FI7', rank = NULL WHERE code > 'C130'")
			b.exec("UPDATE customers SET deleted_at = now() WHERE code = 'C050'")
			a.make("C999", "new")
			f.lose.Store(1)
			settle(t, engine, 3)
			same(t, a, b, 150)
			if n := a.count("deleted_at IS NOT NULL"); n != 1 {
				t.Errorf("%d were deleted", n)
			}
		})
	}
}

// settle runs until nothing is written, and fails if that takes too long.
func settle(t *testing.T, engine *reconcile.Engine, most int) {
	t.Helper()
	for range most {
		sum, err := engine.Run(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := sum.Pairs[0].Counts.Of(instep.Review); n > 0 {
			t.Fatalf("%d reviews", n)
		}
		if sum.Pairs[0].Counts.Writes() == 0 {
			return
		}
	}
	t.Fatalf("still writing after %d runs", most)
}

// same compares what is in two tables.
func same(t *testing.T, a, b *world, n int) {
	t.Helper()
	byCode := func(w *world) map[string]string {
		got, _, _ := w.walk(w.table(func(c *sqltable.Config) { c.PageSize = 100 }), "")
		m := map[string]string{}
		for _, r := range got {
			if r.Status != instep.Deleted {
				m[r.Fields.Get("code").String()] = r.Fields.With("token", instep.Value{}).String()
			}
		}
		return m
	}
	left, right := byCode(a), byCode(b)
	if len(left) != n || len(right) != n {
		t.Errorf("%d rows and %d, not %d", len(left), len(right), n)
	}
	for code, fields := range left {
		if right[code] != fields {
			t.Errorf("%s: %s and %s", code, fields, right[code])
		}
	}
}
