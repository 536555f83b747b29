package sqltable_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/sqltable"
)

func TestConfigurationIsChecked(t *testing.T) {
	tests := []struct {
		name   string
		change func(c *sqltable.Config)
		field  string
		says   string
	}{
		{"no dialect", func(c *sqltable.Config) { c.Dialect = 0 }, "Dialect", "PostgreSQL"},
		{"no table", func(c *sqltable.Config) { c.Table = "" }, "Table", ""},
		{"unknown table", func(c *sqltable.Config) { c.Table = `customers"; DROP TABLE customers; --` }, "Table", "there is no"},
		{"unknown schema", func(c *sqltable.Config) { c.Schema = "elsewhere" }, "", ""},
		{"unknown column", func(c *sqltable.Config) { c.Columns[1].Name = "nome" }, "Columns", "id, code, name"},
		{"two of one name", func(c *sqltable.Config) { c.Columns[1].Field = "code" }, "Columns", "twice"},
		{"key without an index", func(c *sqltable.Config) { c.Key.Column = "name" }, "Key", "unique index"},
		{"key of another type", func(c *sqltable.Config) { c.Key.Column = "seen" }, "Key", "whole number"},
		{"wrong type", func(c *sqltable.Config) { c.Columns[1].Type = instep.TypeInt }, "Columns", "name"},
		{"two ways", func(c *sqltable.Config) { c.Log = &sqltable.Log{} }, "Change", ""},
		{"change column of another type", func(c *sqltable.Config) { c.Change.Column = "vip" }, "Change", ""},
		{"stamped number", func(c *sqltable.Config) { c.Change = &sqltable.Change{Column: "rank", Stamp: true} }, "Change", "Stamp"},
		{"bumped text", func(c *sqltable.Config) { c.Version.Column = "name" }, "Version", ""},
		{"no such version", func(c *sqltable.Config) { c.Version.Column = "nothing" }, "Version", ""},
		{"flag that cannot be set", func(c *sqltable.Config) {
			c.Inactive = &sqltable.Flag{Column: "name", Values: []string{"in"}, Inverted: true}
		}, "Inactive", "Set"},
		{"token in a number", func(c *sqltable.Config) { c.Token = "rank" }, "Token", ""},
		{"token nowhere", func(c *sqltable.Config) { c.Token = "tkn" }, "Token", ""},
		{"two ways to delete", func(c *sqltable.Config) { c.HardDelete = true }, "HardDelete", ""},
		{"page", func(c *sqltable.Config) { c.PageSize = 20_000 }, "PageSize", ""},
		{"default", func(c *sqltable.Config) { c.Columns[6].Default = instep.String("x") }, "Columns", "rank"},
	}
	both(t, func(t *testing.T, w *world) {
		for _, test := range tests {
			c := w.config()
			test.change(&c)
			_, err := sqltable.New(t.Context(), w.db, c)
			e, ok := errors.AsType[*instep.Error](err)
			if !ok || e.Kind != instep.Config || test.field != "" && e.Field != test.field || !strings.Contains(e.Error(), test.says) {
				t.Errorf("%s: %v", test.name, err)
			}
		}
		if w.count("1 = 1") != 0 {
			t.Error("the table is not what it was")
		}
	})
}

func TestViewsAreReadOnly(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.exec("CREATE VIEW vips AS SELECT * FROM customers WHERE vip")
		w.make("A", "a")
		w.make("B", "b")
		w.exec("UPDATE customers SET vip = true WHERE code = 'B'")
		c := w.config()
		c.Table = "vips"
		if _, err := sqltable.New(t.Context(), w.db, c); instep.KindOf(err) != instep.Config {
			t.Errorf("a view as a sink: %v", err)
		}
		src, err := sqltable.NewReader(t.Context(), w.db, c)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := instep.As[instep.Sink](src); ok {
			t.Error("a reader is a sink")
		}
		if got, _, _ := w.walk(src, ""); len(got) != 1 || got[0].Ref.ID != "2" {
			t.Errorf("read %v", ids(got))
		}
	})
}

func TestDescribe(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(func(c *sqltable.Config) {
			c.Columns = append(c.Columns, sqltable.Column{Name: "id", Field: "number"}, sqltable.Column{Name: "version"})
			c.Columns[6].CreateOnly = true
		})
		infos, err := table.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]instep.FieldInfo{}
		for _, info := range infos {
			got[info.Name] = info
		}
		if f := got["name"]; !f.Required || f.Type != instep.TypeString || f.Access != instep.ReadWrite {
			t.Errorf("name: %+v", f)
		}
		if f := got["vat_number"]; f.Required || f.Default != instep.String("none") {
			t.Errorf("vat: %+v", f)
		}
		if f := got["rank"]; f.Default != instep.Int(3) || f.Type != instep.TypeInt || f.Access != instep.CanRead|instep.CanCreate {
			t.Errorf("rank: %+v", f)
		}
		for _, name := range []string{"number", "version"} {
			if f := got[name]; f.Access != instep.ReadOnly || f.Type != instep.TypeInt {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if w.dialect == sqltable.PostgreSQL && (got["code"].MaxLen != 20 || got["credit"].Decimals != 2) {
			t.Errorf("%+v, %+v", got["code"], got["credit"])
		}
		types := map[string]instep.Type{"credit": instep.TypeDecimal, "since": instep.TypeDate, "seen": instep.TypeTime, "vip": instep.TypeBool}
		for name, want := range types {
			if got[name].Type != want {
				t.Errorf("%s is a %s", name, got[name].Type)
			}
		}
	})
}

func TestTraits(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		got := w.table(nil).Traits()
		if got.Snapshot || !got.SeesDeletes || !got.CanDelete || !got.CanBar || !got.IfVersion || got.ChosenID || got.TokenField != "token" || got.Granularity == 0 {
			t.Errorf("everything: %+v", got)
		}
		got = w.table(func(c *sqltable.Config) {
			c.Change, c.Version, c.Deleted, c.Inactive, c.Token = nil, nil, nil, nil, ""
		}).Traits()
		if !got.Snapshot || got.SeesDeletes || got.CanDelete || got.CanBar || got.IfVersion || got.TokenField != "" {
			t.Errorf("nothing: %+v", got)
		}
	})
}

func TestProbe(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		bad := func(table *sqltable.Table) []string {
			report, err := table.Probe(t.Context())
			if err != nil || report.Installation == "" || report.System != "shop" {
				t.Fatalf("%+v, %v", report, err)
			}
			var names []string
			for _, c := range report.Checks {
				if !c.OK {
					names = append(names, c.Name)
					if c.Remedy == "" || c.Detail == "" {
						t.Errorf("%s: no remedy or detail", c.Name)
					}
				}
			}
			return names
		}
		table := w.table(nil)
		if got := bad(table); got != nil {
			t.Errorf("all is well: %v", got)
		}
		logged := w.table(ways["log"])
		if diff := cmp.Diff([]string{"changes can be seen"}, bad(logged)); diff != "" {
			t.Errorf("no triggers: %s", diff)
		}
		w.install(logged)
		if got := bad(logged); got != nil {
			t.Errorf("installed: %v", got)
		}
		on := map[sqltable.Dialect]string{sqltable.PostgreSQL: `customers_instep_log_rows ON customers`, sqltable.SQLite: "customers_instep_log_update"}[w.dialect]
		w.exec("DROP TRIGGER " + on)
		if diff := cmp.Diff([]string{"changes can be seen"}, bad(logged)); diff != "" {
			t.Errorf("a trigger is gone: %s", diff)
		}
		w.exec("ALTER TABLE customers RENAME COLUMN vip TO gold")
		if diff := cmp.Diff([]string{"table as configured", "table readable"}, bad(table)); diff != "" {
			t.Errorf("a column is gone: %s", diff)
		}
	})
}

// TestErrorsTellNoValues has the database refuse values, and looks for them in
// the texts.
func TestErrorsTellNoValues(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.exec("CREATE UNIQUE INDEX one_secret ON customers (name, vat)")
		table := w.table(nil)
		w.make("hemlig@a.fi", "Maija Hemlig")
		w.exec("UPDATE customers SET vat = 'Hemlig-7'")
		for _, f := range []instep.Fields{
			fields("code", "hemlig@a.fi", "name", "x"), fields("name", "Maija Hemlig", "vat_number", "Hemlig-7"),
		} {
			res := w.write(table, instep.Op{Action: instep.Create, Fields: f})
			if instep.KindOf(res.Err) != instep.Duplicate || strings.Contains(strings.ToLower(res.Err.Error()), "hemlig") || errors.Unwrap(res.Err) != nil {
				t.Errorf("%v", res.Err)
			}
			if e, ok := errors.AsType[*instep.Error](res.Err); !ok || e.Code == "" {
				t.Errorf("no code: %v", res.Err)
			}
		}
		_, err := table.Find(t.Context(), "hemlig", nil)
		if instep.KindOf(err) != instep.Unsupported {
			t.Errorf("unknown field: %v", err)
		}
	})
}

func TestCanceled(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		results, err := table.Write(ctx, []instep.Op{{Action: instep.Create, Fields: fields("name", "x")}, {Action: instep.Create, Fields: fields("name", "y")}})
		if err != nil || len(results) != 2 {
			t.Fatalf("%v, %v", results, err)
		}
		for _, r := range results {
			if instep.KindOf(r.Err) != instep.Canceled {
				t.Errorf("%v", r.Err)
			}
		}
		if w.count("1 = 1") != 0 {
			t.Error("it was written")
		}
		if _, err := table.Read(ctx, ""); instep.KindOf(err) != instep.Canceled {
			t.Errorf("read: %v", err)
		}
	})
}
