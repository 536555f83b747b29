package sqltable_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/sqltable"
)

// ways are the ways to be told of changes.
var ways = map[string]func(c *sqltable.Config){
	"column": func(c *sqltable.Config) { c.Change.Lookback = -1 },
	"log":    func(c *sqltable.Config) { c.Change, c.Log = nil, &sqltable.Log{} },
}

func TestWalkGivesEverythingOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for i := range 10 {
			w.make(fmt.Sprint("C", i), "x")
		}
		w.exec("UPDATE customers SET secret = true WHERE id = 4")
		w.exec("UPDATE customers SET active = false WHERE id = 5")
		w.exec("UPDATE customers SET deleted_at = updated_at WHERE id = 6")
		for name, way := range map[string]func(*sqltable.Config){
			"column": nil, "all": func(c *sqltable.Config) { c.Change = nil }, "log": ways["log"],
		} {
			table := w.table(way)
			if name == "log" {
				w.install(table)
			}
			got, _, sweep := w.walk(table, "")
			want := []string{"1", "2", "3", "4 hidden", "5 inactive", "6 deleted", "7", "8", "9", "10"}
			if diff := cmp.Diff(want, ids(got)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if !sweep.Complete || got[3].Fields.Len() != 0 {
				t.Errorf("%s: sweep %+v, hidden fields %v", name, sweep, got[3].Fields)
			}
		}
	})
}

func (w *world) install(table *sqltable.Table) {
	w.t.Helper()
	for range 2 { // the second time changes nothing
		if err := table.InstallLog(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestChanges has people work in the table between two reads.
func TestChanges(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for name, way := range ways {
			w.exec("DELETE FROM customers")
			table := w.table(way)
			if name == "log" {
				w.install(table)
			}
			var made []string
			for i := range 8 {
				made = append(made, w.make(fmt.Sprint("C", i), "x"))
			}
			_, cursor, _ := w.walk(table, "")
			time.Sleep(2 * time.Millisecond) // the next stamp is another one
			cursor = w.walkToEnd(name, table, cursor)
			w.exec("UPDATE customers SET name = 'y' WHERE id = $1", made[3])
			w.exec("DELETE FROM customers WHERE id = $1", made[0])
			w.exec("UPDATE customers SET secret = true WHERE id = $1", made[1])
			made = append(made, w.make("new", "x"))
			got, next, sweep := w.walk(table, cursor)
			want := []string{made[3], made[0] + " deleted", made[1] + " hidden", made[8]}
			if name == "column" {
				want = slices.Delete(want, 1, 2)
			}
			if w.coarse(name) { // the other rows of the same second come again
				got = slices.DeleteFunc(got, func(r instep.Record) bool { return !slices.Contains(want, ids([]instep.Record{r})[0]) })
			}
			less := func(a, b string) bool { return a < b }
			if diff := cmp.Diff(want, ids(got), cmpopts.SortSlices(less)); diff != "" || sweep.Complete {
				t.Errorf("%s: complete %t, %s", name, sweep.Complete, diff)
			}
			time.Sleep(2 * time.Millisecond)
			w.walkToEnd(name, table, next)
		}
	})
}

// walkToEnd reads on, though nothing happens, until nothing comes. What was read
// comes again as long as a transaction is open that began before: others use the
// database too, and it cleans up after itself.
func (w *world) walkToEnd(way string, table *sqltable.Table, cursor instep.Cursor) instep.Cursor {
	w.t.Helper()
	if w.coarse(way) {
		return cursor
	}
	var got []instep.Record
	for range 500 {
		if got, cursor, _ = w.walk(table, cursor); len(got) == 0 {
			return cursor
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatalf("%s: nothing happens, but again and again %v", way, ids(got))
	return cursor
}

// coarse reports whether changes are told by texts, which are compared by the
// second.
func (w *world) coarse(way string) bool { return way == "column" && w.dialect == sqltable.SQLite }

// TestTies has more rows with one time than a page holds.
func TestTies(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		_, cursor, _ := w.walk(table, "")
		stamp := map[sqltable.Dialect]string{sqltable.PostgreSQL: "now()", sqltable.SQLite: "strftime('%Y-%m-%d %H:%M:%S', 'now')"}[w.dialect]
		for i := range 10 {
			w.exec(fmt.Sprintf("INSERT INTO customers (code, name, updated_at) SELECT '%d', 'x', coalesce((SELECT max(updated_at) FROM customers), %s)", i, stamp))
		}
		got, _, _ := w.walk(table, cursor)
		if len(got) != 10 {
			t.Errorf("read %v", ids(got))
		}
	})
}

// TestLateCommits has several transactions edit rows and end in any order,
// while somebody reads by cursor: in the end it has seen the last state of all.
func TestLateCommits(t *testing.T) {
	t.Parallel()
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for name, way := range map[string]func(c *sqltable.Config){
		"column": ways["column"], "log": ways["log"],
		"number": func(c *sqltable.Config) { c.Change = &sqltable.Change{Column: "seq"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, sqltable.PostgreSQL)
			w.exec("CREATE SEQUENCE changes")
			w.exec("ALTER TABLE customers ADD seq bigint NOT NULL DEFAULT nextval('changes')")
			// The stamp is that of the beginning of the transaction, so that
			// late ones are as late as can be.
			w.exec("CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at = now(); NEW.seq = nextval('changes'); RETURN NEW; END $$")
			w.exec("ALTER TABLE customers ALTER updated_at SET DEFAULT now()")
			table := w.table(way)
			if name == "log" {
				w.install(table)
			}
			for seed := range seeds {
				w.playLate(table, rand.New(rand.NewPCG(seed, 1)), name == "log")
			}
		})
	}
}

func (w *world) playLate(table *sqltable.Table, rnd *rand.Rand, deletes bool) {
	type tx struct {
		run  func(string, ...any) error
		end  func() error
		undo func() error
	}
	var open []tx
	seen, cursor := map[string]string{}, instep.Cursor("")
	read := func() {
		var got []instep.Record
		got, cursor, _ = w.walk(table, cursor)
		for _, r := range got {
			if name, _ := r.Fields.Get("name").AsString(); r.Status == instep.Live {
				seen[r.Ref.ID] = name
			} else {
				delete(seen, r.Ref.ID)
			}
		}
	}
	for step := range 120 {
		switch n := rnd.IntN(10); {
		case n < 3 && len(open) < 4: // a transaction begins, and does nothing yet
			t, err := w.db.BeginTx(w.t.Context(), nil)
			if err != nil {
				w.t.Fatal(err)
			}
			if _, err := t.ExecContext(w.t.Context(), "SELECT now()"); err != nil {
				w.t.Fatal(err)
			}
			open = append(open, tx{func(q string, args ...any) error { _, err := t.ExecContext(w.t.Context(), q, args...); return err }, t.Commit, t.Rollback})
		case n < 6 && len(open) > 0: // each edits rows of its own: nobody waits
			at := rnd.IntN(len(open))
			name := fmt.Sprint("step ", step)
			err := open[at].run("INSERT INTO customers (name) VALUES ($1)", name)
			if rnd.IntN(2) == 0 && err == nil {
				err = open[at].run("UPDATE customers SET name = $1 WHERE id = (SELECT id FROM customers ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED)", name)
			}
			if rnd.IntN(6) == 0 && err == nil && deletes {
				err = open[at].run("DELETE FROM customers WHERE id = (SELECT id FROM customers ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED)")
			}
			if err != nil {
				w.t.Fatal(err)
			}
		case n < 8 && len(open) > 0:
			at := rnd.IntN(len(open))
			end := open[at].end
			if rnd.IntN(5) == 0 {
				end = open[at].undo
			}
			if err := end(); err != nil {
				w.t.Fatal(err)
			}
			open = slices.Delete(open, at, at+1)
		default:
			read()
		}
	}
	for _, t := range open {
		if err := t.end(); err != nil {
			w.t.Fatal(err)
		}
	}
	read()
	if diff := cmp.Diff(w.names(), seen); diff != "" {
		w.t.Errorf("in the table and as seen: %s", diff)
	}
}

// names are the names of all customers by their ids.
func (w *world) names() map[string]string {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), "SELECT CAST(id AS text), name FROM customers")
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	names := map[string]string{}
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			w.t.Fatal(err)
		}
		names[id] = name
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return names
}

// TestOpenWriterHoldsTheMark has SQLite's writer be busy while the table is
// read: its rows carry older times than the walk.
func TestOpenWriterHoldsTheMark(t *testing.T) {
	t.Parallel()
	w := open(t, sqltable.SQLite)
	table := w.table(ways["column"])
	w.make("A", "a")
	_, cursor, _ := w.walk(table, "")
	conn, err := w.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{"BEGIN IMMEDIATE", "INSERT INTO customers (code, name) VALUES ('B', 'b')"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	w.exec("PRAGMA busy_timeout = 0")
	time.Sleep(5 * time.Millisecond)
	_, cursor, _ = w.walk(table, cursor)
	if _, err := conn.ExecContext(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := w.walk(table, cursor); !slices.Contains(ids(got), "2") {
		t.Errorf("read %v", ids(got))
	}
}

func TestPrunedLog(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(ways["log"])
		w.install(table)
		w.make("A", "a")
		_, cursor, _ := w.walk(table, "")
		w.make("B", "b")
		_, late, _ := w.walk(table, cursor)
		old := map[sqltable.Dialect]string{sqltable.PostgreSQL: "now() - interval '2 days'", sqltable.SQLite: "'2001-01-01T00:00:00Z'"}[w.dialect]
		w.exec("UPDATE customers_instep_log SET at = " + old)
		n, err := table.PruneLog(t.Context(), 24*time.Hour)
		if err != nil || n != 2 {
			t.Fatalf("pruned %d, %v", n, err)
		}
		w.make("C", "c")
		w.wantExpired(table, cursor)
		if got, _, _ := w.walk(table, late); len(got) != 1 || got[0].Ref.ID != "3" {
			t.Errorf("from after: %v", ids(got))
		}
	})
}

func TestForeignCursors(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for range 5 {
			w.make("", "x")
			w.exec("UPDATE customers SET code = NULL")
		}
		_, cursor, _ := w.walk(w.table(nil), "")
		table := w.table(ways["log"])
		if _, err := table.Read(t.Context(), ""); instep.KindOf(err) != instep.Config || !strings.Contains(err.Error(), "InstallLog") {
			t.Errorf("without triggers: %v", err)
		}
		w.install(table)
		w.wantExpired(table, cursor)
		for _, bad := range []instep.Cursor{"x", "{}", `{"v":9}`, `{"v":1,"walk":"off"}`, `{"v":1,"key":"i; DROP TABLE customers"}`} {
			if _, err := table.Read(t.Context(), bad); instep.KindOf(err) != instep.Malformed {
				t.Errorf("%s: %v", bad, err)
			}
		}
	})
}

// TestCursorOfAnotherKey has the register be another table, or have another
// key, in the middle of a walk: nothing is read on from there.
func TestCursorOfAnotherKey(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.exec("CREATE TABLE others (id integer PRIMARY KEY, code text, name text)")
		for i := range 5 {
			w.make(fmt.Sprint(i), "x")
			w.exec("INSERT INTO others (id, name) VALUES ($1, 'y')", i)
		}
		everything := func(c *sqltable.Config) {
			*c = sqltable.Config{
				Dialect: c.Dialect, Table: c.Table, System: c.System, Installation: c.Installation, Key: c.Key,
				Columns: []sqltable.Column{{Name: "name"}}, PageSize: 4,
			}
		}
		page, err := w.table(everything).Read(t.Context(), "")
		if err != nil || !page.More {
			t.Fatalf("the first page: more %t, %v", page.More, err)
		}
		for name, change := range map[string]func(c *sqltable.Config){
			"table": func(c *sqltable.Config) { c.Table = "others" },
			"key":   func(c *sqltable.Config) { c.Key.Column = "code" },
		} {
			t.Log("another", name)
			w.wantExpired(w.table(func(c *sqltable.Config) { everything(c); change(c) }), page.Next)
		}
	})
}
