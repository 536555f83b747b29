package sqltable

import (
	"cmp"
	"context"

	"github.com/instep-go/instep"
)

// row is a row as it was read: the record, and what stood in its columns.
type row struct {
	rec  instep.Record
	vals []any
}

// rows reads what a query gives that selects extra values and then the list of
// the plan. A row without a key is given with an empty id.
func (r *Reader) rows(ctx context.Context, q querier, query string, args []any, extra int, each func(extra []any, got row) bool) error {
	vals := make([]any, extra+r.plan.width)
	into := make([]any, len(vals))
	for i := range vals {
		into[i] = &vals[i]
	}
	return scanAll(ctx, q, query, args, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		for i := range vals {
			vals[i] = native(vals[i])
		}
		if !each(vals[:extra], r.row(vals[extra:])) {
			return errEnough
		}
		return nil
	})
}

// noVersion is the version of a row whose version column holds nothing. It is
// not empty, for a write that expects the empty version checks none.
const noVersion = "null"

// row makes a record of what was read. A row that is deleted or hidden shows
// no fields. The values are only lent.
func (r *Reader) row(vals []any) row {
	p := &r.plan
	id := textOf(vals[0])
	rec := instep.Record{Ref: r.ref(id)}
	if id == "" {
		return row{rec, vals}
	}
	rec.Status = p.status(vals)
	if p.version > 0 {
		rec.Version = cmp.Or(textOf(vals[p.version]), noVersion)
	}
	if p.change != nil {
		rec.Modified = r.modified(vals[p.change.at])
	}
	if rec.Status == instep.Deleted || rec.Status == instep.Hidden {
		return row{rec, vals}
	}
	fields := make([]instep.Field, len(p.fields))
	for i := range p.fields {
		fields[i] = instep.Field{Name: p.fields[i].Field, Value: p.fields[i].decode(vals[p.fields[i].at])}
	}
	rec.Fields = instep.NewFields(fields...)
	return row{rec, vals}
}

// textOf is what stood in a column as text; empty for null.
func textOf(v any) string {
	r := rawOf(v)
	if r == "" {
		return ""
	}
	return string(r[1:])
}
