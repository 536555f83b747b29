package sqltable_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/sqltable"
)

// TestKeys writes and reads by each kind of key.
func TestKeys(t *testing.T) {
	const uuid = "0b9e3c1a-8a55-4f0e-9d3c-7d2a5f6b1c2d"
	both(t, func(t *testing.T, w *world) {
		for _, test := range []struct {
			name, ddl, id string
			never         []string // what is no id, or another form of one
		}{
			{"number", "id integer PRIMARY KEY", "17", []string{"017", "+17", "17 ", "", "x", "99999999999999999999"}},
			{"text", "id text PRIMARY KEY", "Ä/1 'x'", []string{"ä/1 'x'", "Ä/1", "", "a\x00"}},
			{"uuid", "id uuid PRIMARY KEY", uuid, []string{strings.ToUpper(uuid), "", "{" + uuid + "}", "x"}},
		} {
			if test.name == "uuid" && w.dialect == sqltable.SQLite {
				continue
			}
			w.exec("CREATE TABLE " + test.name + "_keys (" + test.ddl + ", name text)")
			table := w.table(func(c *sqltable.Config) {
				*c = sqltable.Config{
					Dialect: c.Dialect, Table: test.name + "_keys", System: "shop", Entity: "customer", Installation: "test", HardDelete: true,
					Key: sqltable.Key{Column: "id", Chosen: true}, Columns: []sqltable.Column{{Name: "name"}, {Name: "id", Field: "key"}},
				}
			})
			create := instep.Op{Action: instep.Create, Ref: w.ref(test.id), Fields: fields("name", "x")}
			if res := w.write(table, create); res.Err != nil || res.Ref != w.ref(test.id) || res.After == nil {
				t.Fatalf("%s: %+v", test.name, res)
			}
			if res := w.write(table, create); instep.KindOf(res.Err) != instep.Duplicate {
				t.Errorf("%s, a second time: %v", test.name, res.Err)
			}
			refs := []instep.Ref{w.ref(test.id), w.ref(test.id)}
			for _, id := range test.never {
				refs = append(refs, w.ref(id))
			}
			got, err := table.Get(t.Context(), refs)
			if err != nil || len(got) != len(refs) {
				t.Fatalf("%s: %v, %v", test.name, got, err)
			}
			for i, r := range got {
				if want := i < 2; (r.Status == instep.Live) != want || r.Ref != refs[i] || !want && r.Status != instep.Missing {
					t.Errorf("%s: %q is %s", test.name, refs[i].ID, r.Status)
				}
			}
			if res := w.write(table, instep.Op{Action: instep.Delete, Ref: w.ref(test.id)}); res.Err != nil {
				t.Errorf("%s: %v", test.name, res.Err)
			}
			if got, _, sweep := w.walk(table, ""); len(got) != 0 || !sweep.Complete {
				t.Errorf("%s: left %v", test.name, ids(got))
			}
		}
	})
}

// TestOddValues has the database hold what a field of its type cannot: such a
// row is given all the same, and stops nothing.
func TestOddValues(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.make("", "")
		set := map[sqltable.Dialect]string{
			sqltable.PostgreSQL: "credit = 'NaN', since = 'infinity', seen = '0044-03-15 BC'",
			sqltable.SQLite:     "credit = 'much', since = '31.1.2026', seen = 'noon', rank = 'first'",
		}[w.dialect]
		w.exec("UPDATE customers SET vat = NULL, " + set)
		table := w.table(nil)
		got, _, _ := w.walk(table, "")
		if len(got) != 1 {
			t.Fatalf("read %v", got)
		}
		for _, name := range []string{"credit", "since", "seen"} {
			if s, ok := got[0].Fields.Get(name).AsString(); !ok || s == "" {
				t.Errorf("%s is %v", name, got[0].Fields.Get(name))
			}
		}
		if f := got[0].Fields; f.Get("code") != instep.String("") || f.Get("vat_number") != instep.Null() {
			t.Errorf("empty and null: %v", f)
		}
	})
}

// TestTimes stores one instant in every way there is.
func TestTimes(t *testing.T) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	noon := time.Date(2026, time.July, 1, 12, 0, 5, 0, time.UTC)
	both(t, func(t *testing.T, w *world) {
		kinds := map[sqltable.Dialect]string{
			sqltable.PostgreSQL: "wall timestamp, zoned timestamptz, secs bigint, millis bigint",
			sqltable.SQLite:     "wall TIMESTAMP, zoned TEXT, secs INTEGER, millis INTEGER",
		}[w.dialect]
		w.exec("CREATE TABLE times (id integer PRIMARY KEY, " + kinds + ")")
		table := w.table(func(c *sqltable.Config) {
			zoned := sqltable.TimeISO
			if w.dialect == sqltable.PostgreSQL {
				zoned = sqltable.AutoEncoding
			}
			*c = sqltable.Config{
				Dialect: c.Dialect, Table: "times", System: "shop", Entity: "customer", Installation: "test", Zone: helsinki,
				Key: sqltable.Key{Column: "id", Chosen: true},
				Columns: []sqltable.Column{
					{Name: "wall"}, {Name: "zoned", Type: instep.TypeTime, Encoding: zoned},
					{Name: "secs", Type: instep.TypeTime}, {Name: "millis", Type: instep.TypeTime, Encoding: sqltable.UnixMillis},
				},
			}
		})
		at := instep.Instant(noon)
		want := fields("wall", at, "zoned", at, "secs", at, "millis", at)
		res := w.write(table, instep.Op{Action: instep.Create, Ref: w.ref("1"), Fields: want})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		if diff := cmp.Diff(want, w.get(table, "1").Fields); diff != "" {
			t.Error(diff)
		}
		wall := ""
		if err := w.db.QueryRowContext(t.Context(), "SELECT CAST(wall AS text) FROM times").Scan(&wall); err != nil || wall != "2026-07-01 15:00:05" {
			t.Errorf("the clock on the wall shows %q, %v", wall, err)
		}
	})
}

// TestNumbersAreExact writes what a float could not keep.
func TestNumbersAreExact(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.exec("CREATE TABLE prices (id integer PRIMARY KEY, exact " + map[sqltable.Dialect]string{sqltable.PostgreSQL: "numeric", sqltable.SQLite: "TEXT"}[w.dialect] + ", loose double precision)")
		table := w.table(func(c *sqltable.Config) {
			*c = sqltable.Config{
				Dialect: c.Dialect, Table: "prices", System: "shop", Entity: "customer", Installation: "test", Key: sqltable.Key{Column: "id", Chosen: true},
				Columns: []sqltable.Column{{Name: "exact", Type: instep.TypeDecimal}, {Name: "loose"}},
			}
		})
		number := func(s string) instep.Value { return instep.Number(instep.MustDecimal(s)) }
		want := fields("exact", number("12345678901234567890.123456789"), "loose", number("0.1"))
		if res := w.write(table, instep.Op{Action: instep.Create, Ref: w.ref("1"), Fields: want}); res.Err != nil || !res.After.Fields.Equal(want) {
			t.Errorf("%v, %v", res.Err, res.After)
		}
		res := w.write(table, instep.Op{Action: instep.Update, Ref: w.ref("1"), Fields: fields("loose", number("1234567890123456.5"))})
		if e, ok := errors.AsType[*instep.Error](res.Err); !ok || e.Kind != instep.Invalid || e.Field != "loose" {
			t.Errorf("a number that no float keeps: %v", res.Err)
		}
	})
}

// TestFlags sets and reads each kind of flag.
func TestFlags(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.exec("CREATE TABLE flags (id integer PRIMARY KEY, yes boolean, since date, state text)")
		for _, test := range []struct {
			flag sqltable.Flag
			sets string // the SQL that makes a row not have the status
		}{
			{sqltable.Flag{Column: "yes"}, "yes = NULL"},
			{sqltable.Flag{Column: "yes", Inverted: true}, "yes = true"},
			{sqltable.Flag{Column: "since", Set: "2001-01-01"}, "since = NULL"},
			{sqltable.Flag{Column: "since"}, "since = NULL"},
			{sqltable.Flag{Column: "state", Values: []string{"closed", "bankrupt"}}, "state = 'open'"},
			{sqltable.Flag{Column: "state", Values: []string{"open", "new"}, Inverted: true, Set: "closed"}, "state = 'new'"},
		} {
			w.exec("DELETE FROM flags")
			w.exec("INSERT INTO flags (id) VALUES (1)")
			w.exec("UPDATE flags SET " + test.sets)
			table := w.table(func(c *sqltable.Config) {
				*c = sqltable.Config{
					Dialect: c.Dialect, Table: "flags", System: "shop", Entity: "customer", Installation: "test", Key: sqltable.Key{Column: "id"},
					Columns: []sqltable.Column{{Name: "state", Field: "status"}}, Inactive: &test.flag,
				}
			})
			if got := w.get(table, "1").Status; got != instep.Live {
				t.Errorf("%+v: %s before", test.flag, got)
			}
			res := w.write(table, instep.Op{Action: instep.Deactivate, Ref: w.ref("1")})
			if got := w.get(table, "1").Status; res.Err != nil || got != instep.Inactive || res.After.Status != got {
				t.Errorf("%+v: %s after, %v", test.flag, got, res.Err)
			}
		}
	})
}

// TestRights reads with a user who may do nothing else.
func TestRights(t *testing.T) {
	t.Parallel()
	w := open(t, sqltable.PostgreSQL)
	w.make("A", "a")
	w.db.SetMaxOpenConns(1) // the role is one of the connection
	role := "reader_" + strings.ToLower(strings.ReplaceAll(t.Name(), "/", "_")) + time.Now().Format("150405000000")
	w.exec("CREATE ROLE " + role)
	defer func() {
		w.exec("RESET ROLE")
		w.exec("DROP OWNED BY " + role)
		w.exec("DROP ROLE " + role)
	}()
	w.exec("GRANT SELECT ON customers TO " + role)
	w.exec("SET ROLE " + role)
	table := w.table(nil)
	_, cursor, _ := w.walk(table, "")
	if got, _, _ := w.walk(table, cursor); len(got) != 1 { // within the lookback
		t.Errorf("changes: %v", ids(got))
	}
	report, err := table.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := report.Checks[len(report.Checks)-1]
	if last.OK || last.Name != "table can be written" || !strings.Contains(last.Detail, "INSERT, UPDATE") {
		t.Errorf("%+v", last)
	}
	if res := w.write(table, instep.Op{Action: instep.Create, Fields: fields("name", "x")}); instep.KindOf(res.Err) != instep.Forbidden {
		t.Errorf("write: %v", res.Err)
	}
}

// TestDeferredConstraint is refused at the COMMIT, and the good one is done.
func TestDeferredConstraint(t *testing.T) {
	t.Parallel()
	w := open(t, sqltable.PostgreSQL)
	w.exec("ALTER TABLE customers ADD CONSTRAINT no_rank UNIQUE (rank) DEFERRABLE INITIALLY DEFERRED")
	table := w.table(nil)
	results, err := table.Write(t.Context(), []instep.Op{
		{Action: instep.Create, Fields: fields("name", "x", "rank", 1)}, {Action: instep.Create, Fields: fields("name", "y", "rank", 1)},
	})
	if err != nil || results[0].Err != nil || instep.KindOf(results[1].Err) != instep.Duplicate || w.count("1 = 1") != 1 {
		t.Errorf("%v, %v", results, err)
	}
	e, ok := errors.AsType[*instep.Error](results[1].Err)
	if !ok || e.Field != "rank" || !strings.Contains(e.Error(), "no_rank") {
		t.Errorf("%v", results[1].Err)
	}
}

// TestXMin checks versions by PostgreSQL's own number of the transaction.
func TestXMin(t *testing.T) {
	t.Parallel()
	w := open(t, sqltable.PostgreSQL)
	table := w.table(func(c *sqltable.Config) { c.Version = &sqltable.Version{Column: sqltable.XMin} })
	id := w.make("A", "a")
	read := w.get(table, id)
	first := w.write(table, instep.Op{Action: instep.Update, Ref: w.ref(id), Fields: fields("name", "b"), Expect: read.Version})
	second := w.write(table, instep.Op{Action: instep.Update, Ref: w.ref(id), Fields: fields("name", "c"), Expect: first.Version})
	stale := w.write(table, instep.Op{Action: instep.Update, Ref: w.ref(id), Fields: fields("name", "d"), Expect: first.Version})
	if read.Version == "" || first.Err != nil || second.Err != nil || instep.KindOf(stale.Err) != instep.Conflict || w.get(table, id).Version != second.Version {
		t.Errorf("%q, %v, %v, %v", read.Version, first.Err, second.Err, stale.Err)
	}
}

// TestReferences has a column hold the key of another register.
func TestReferences(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.exec("CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers (id))")
		w.make("A", "a")
		table := w.table(func(c *sqltable.Config) {
			*c = sqltable.Config{
				Dialect: c.Dialect, Table: "orders", System: "shop", Entity: "order", Installation: "test", Key: sqltable.Key{Column: "id", Chosen: true},
				Columns: []sqltable.Column{{Name: "customer", Refers: "customer"}},
			}
		})
		want := fields("customer", instep.Reference(w.ref("1")))
		order := instep.Ref{System: "shop", Entity: "order", ID: "7"}
		if res := w.write(table, instep.Op{Action: instep.Create, Ref: order, Fields: want}); res.Err != nil || !res.After.Fields.Equal(want) {
			t.Errorf("%v, %v", res.Err, res.After)
		}
		found, err := table.Find(t.Context(), "customer", []instep.Value{want.Get("customer")})
		if err != nil || len(found[0]) != 1 || found[0][0].Ref != order {
			t.Errorf("found %v, %v", found, err)
		}
		other := instep.Reference(instep.Ref{System: "books", Entity: "customer", ID: "1"})
		res := w.write(table, instep.Op{Action: instep.Update, Ref: order, Fields: fields("customer", other)})
		if instep.KindOf(res.Err) != instep.Invalid {
			t.Errorf("a reference to another system: %v", res.Err)
		}
	})
}
