package sqltable_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

var full = fields(
	"code", "A-1", "name", "Ääkköset Oy", "vat_number", "", "credit", instep.Number(instep.MustDecimal("-12345678.9")),
	"since", instep.Day(instep.Date{Year: 2024, Month: time.February, Day: 29}),
	"seen", instep.Instant(time.Date(2026, time.October, 25, 0, 30, 0, 123456000, time.UTC)), "rank", -7, "vip", true, "token", nil,
)

func TestCreatedIsReadBack(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		res := w.write(table, instep.Op{Action: instep.Create, Fields: full.With("token", instep.Value{}), Token: "T1"})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		got := w.get(table, res.Ref.ID)
		if diff := cmp.Diff(full.With("token", instep.String("T1")), got.Fields); diff != "" {
			t.Error(diff)
		}
		if res.After == nil || !res.After.Fields.Equal(got.Fields) || res.Version != "1" || got.Version != "1" || got.Modified.IsZero() {
			t.Errorf("after %v, version %q, stored %q at %s", res.After, res.Version, got.Version, got.Modified)
		}
		byToken, err := table.Find(t.Context(), "token", []instep.Value{instep.String("nobody"), instep.String("T1")})
		if err != nil || len(byToken) != 2 || len(byToken[0]) != 0 || len(byToken[1]) != 1 || byToken[1][0].Ref != res.Ref {
			t.Errorf("by token: %v, %v", byToken, err)
		}
	})
}

func TestUpdateTouchesItsFieldsOnly(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		id := w.make("A-1", "Acme")
		w.exec("UPDATE customers SET vat = 'FI1', rank = 9, credit = '1.10'")
		before := w.get(table, id)
		res := w.write(table, instep.Op{Action: instep.Update, Ref: w.ref(id), Fields: fields("name", "Acme Oy", "vat_number", nil), Expect: before.Version})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		want := before.Fields.With("name", instep.String("Acme Oy")).With("vat_number", instep.Null())
		got := w.get(table, id)
		if diff := cmp.Diff(want, got.Fields); diff != "" {
			t.Error(diff)
		}
		if got.Version != "2" || res.Version != "2" || got.Modified.Before(before.Modified) || !res.After.Modified.Equal(got.Modified) {
			t.Errorf("version %q, result %q, modified %s after %s", got.Version, res.Version, got.Modified, before.Modified)
		}
		stale := w.write(table, instep.Op{Action: instep.Update, Ref: w.ref(id), Fields: fields("name", "late"), Expect: before.Version})
		if instep.KindOf(stale.Err) != instep.Conflict || w.count("name = 'late'") != 0 {
			t.Errorf("a stale version gave %v", stale.Err)
		}
	})
}

func TestWriteKinds(t *testing.T) {
	long := "123456789012345678901"
	tests := []struct {
		name  string
		op    instep.Op
		kind  instep.Kind
		field string
	}{
		{"taken", instep.Op{Action: instep.Create, Fields: fields("code", "TAKEN", "name", "x")}, instep.Duplicate, "code"},
		{"required", instep.Op{Action: instep.Create, Fields: fields("code", "B")}, instep.Invalid, "name"},
		{"cleared", instep.Op{Action: instep.Update, Ref: ref("1"), Fields: fields("name", nil)}, instep.Invalid, "name"},
		{"unknown field", instep.Op{Action: instep.Create, Fields: fields("name", "x", "colour", "red")}, instep.Invalid, "colour"},
		{"wrong type", instep.Op{Action: instep.Update, Ref: ref("1"), Fields: fields("rank", "three")}, instep.Invalid, "rank"},
		{"nul", instep.Op{Action: instep.Update, Ref: ref("1"), Fields: fields("name", "a\x00b")}, instep.Invalid, "name"},
		{"not there", instep.Op{Action: instep.Update, Ref: ref("404"), Fields: fields("name", "x")}, instep.NotFound, ""},
		{"no id", instep.Op{Action: instep.Update, Ref: ref("1; DROP TABLE customers"), Fields: fields("name", "x")}, instep.NotFound, ""},
		{"other form of an id", instep.Op{Action: instep.Update, Ref: ref("01"), Fields: fields("name", "x")}, instep.NotFound, ""},
		{"gone", instep.Op{Action: instep.Delete, Ref: ref("404")}, instep.NotFound, ""},
		{"deleted", instep.Op{Action: instep.Update, Ref: ref("2"), Fields: fields("name", "x")}, instep.NotFound, ""},
		{"deleted twice", instep.Op{Action: instep.Delete, Ref: ref("2")}, instep.NotFound, ""},
		{"key is taken", instep.Op{Action: instep.Update, Ref: ref("3"), Fields: fields("code", "TAKEN")}, instep.Duplicate, "code"},
	}
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		w.make("TAKEN", "first")
		w.make("X2", "second")
		w.exec("UPDATE customers SET deleted_at = CURRENT_TIMESTAMP WHERE id = 2")
		w.make("X3", "third")
		for _, test := range tests {
			res := w.write(table, test.op)
			e, ok := errors.AsType[*instep.Error](res.Err)
			if !ok || e.Kind != test.kind || e.Field != test.field || e.Ref != test.op.Ref {
				t.Errorf("%s: %v", test.name, res.Err)
			}
		}
		if n := w.count("name IN ('first', 'second', 'third')"); n != 3 || w.count("1 = 1") != 3 {
			t.Errorf("%d rows are as they were", n)
		}
		if w.dialect.String() == "PostgreSQL" {
			res := w.write(table, instep.Op{Action: instep.Create, Fields: fields("code", long, "name", "x")})
			if instep.KindOf(res.Err) != instep.Invalid {
				t.Errorf("too long: %v", res.Err)
			}
			res = w.write(table, instep.Op{Action: instep.Update, Ref: ref("1"), Fields: fields("credit", instep.Number(instep.MustDecimal("1.005")))})
			if instep.KindOf(res.Err) != instep.Invalid {
				t.Errorf("a number that would be rounded: %v", res.Err)
			}
		}
	})
}

func ref(id string) instep.Ref { return instep.Ref{System: "shop", Entity: "customer", ID: id} }

func TestBatchWithOneBad(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		w.make("A", "a")
		results, err := table.Write(t.Context(), []instep.Op{
			{Action: instep.Create, Fields: fields("code", "B", "name", "b")},
			{Action: instep.Create, Fields: fields("code", "A", "name", "again")},
			{Action: instep.Update, Ref: w.ref("1"), Fields: fields("name", "a2")},
			{Action: instep.Create, Fields: fields("name", nil)},
			{Action: instep.Deactivate, Ref: w.ref("1")},
		})
		if err != nil || len(results) != 5 {
			t.Fatalf("%d results, %v", len(results), err)
		}
		var kinds []string
		for _, r := range results {
			kinds = append(kinds, instep.KindOf(r.Err).Error())
			if r.Err == nil {
				kinds[len(kinds)-1] = "done"
			}
		}
		want := []string{"done", instep.Duplicate.Error(), "done", instep.Invalid.Error(), "done"}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Error(diff)
		}
		if w.count("name IN ('a2', 'b')") != 2 || w.count("1 = 1") != 2 || w.get(table, "1").Status != instep.Inactive {
			t.Error("the good ones are not there")
		}
	})
}

func TestDeleteMarks(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		table := w.table(nil)
		id := w.make("A", "a")
		if res := w.write(table, instep.Op{Action: instep.Delete, Ref: w.ref(id)}); res.Err != nil {
			t.Fatal(res.Err)
		}
		got := w.get(table, id)
		if got.Status != instep.Deleted || got.Fields.Len() != 0 || w.count("deleted_at IS NOT NULL") != 1 {
			t.Errorf("after the deletion: %v", got)
		}
		found, err := table.Find(t.Context(), "code", []instep.Value{instep.String("A")})
		if err != nil || len(found[0]) != 0 {
			t.Errorf("found %v, %v", found, err)
		}
	})
}
