package sqltable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// Get returns the rows with the given ids, up to 200 a query. One that is not
// there, or whose id cannot be one, has status Missing; one that the column of
// Config.Deleted marks, Deleted.
func (r *Reader) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	found, err := r.byID(ctx, r.db, ids, "")
	if err != nil {
		return nil, r.asked(ctx, "get "+r.cfg.Entity, err)
	}
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		got, ok := found[ref.ID]
		if !ok || ref.System != r.cfg.System || ref.Entity != r.cfg.Entity {
			out[i] = instep.Record{Ref: ref, Status: instep.Missing}
			continue
		}
		out[i] = got
	}
	return out, nil
}

// byID reads rows by their ids, in the order of the key. An id that is written
// otherwise than the database writes it is not found.
func (r *Reader) byID(ctx context.Context, q querier, ids []string, lock string) (map[string]instep.Record, error) {
	found := make(map[string]instep.Record, len(ids))
	var args []any
	for _, id := range ids {
		if key, ok := r.keyOf(id); ok {
			args = append(args, r.d.arg(key))
		}
	}
	key := "t." + quote(r.cfg.Key.Column)
	for chunk := range slices.Chunk(args, maxGet) {
		list, bound := r.in(&r.plan.key, chunk)
		query := fmt.Sprintf("SELECT %s FROM %s t WHERE %s IN (%s) ORDER BY %s%s", r.plan.list, r.table(), key, list, key, lock)
		err := r.rows(ctx, q, query, bound, 0, func(_ []any, got row) bool {
			found[got.rec.Ref.ID] = got.rec
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// in makes the list of an IN: of few lengths, so that the database knows the
// statement already. What is added is the last value once more.
func (r *Reader) in(d *dbColumn, args []any) (list string, bound []any) {
	size := maxGet
	for _, n := range []int{1, 10} {
		if len(args) <= n {
			size = n
			break
		}
	}
	bound = slices.Clone(args)
	parts := make([]string, size)
	for i := range parts {
		if i >= len(args) {
			bound = append(bound, args[len(args)-1])
		}
		parts[i] = r.d.param(i+1, d)
	}
	return strings.Join(parts, ", "), bound
}

// keyOf is an id as the key column holds it; false if it cannot hold it, or
// would show it otherwise.
func (r *Reader) keyOf(id string) (raw, bool) {
	switch r.plan.key.store {
	case intStore:
		n, err := strconv.ParseInt(id, 10, 64)
		return raw("i" + id), err == nil && strconv.FormatInt(n, 10) == id
	case uuidStore:
		return raw("s" + id), isUUID(id)
	default:
		f := field{db: r.plan.key}
		text, err := f.encodeText(id)
		return text, err == nil && id != ""
	}
}

// Find finds rows by any field of Config.Columns, up to 200 values a query. It
// wants an index on the column. What the database takes for equal but is not
// the very value, such as another case, is left out, and so are rows that are
// marked as deleted, except by Config.Token: what became of a row that was
// made must be known. A row that is hidden is found, and shows no fields.
func (r *Reader) Find(ctx context.Context, name string, values []instep.Value) ([][]instep.Record, error) {
	f, ok := r.field(name)
	if !ok {
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "sqltable: find " + r.cfg.Entity, Field: name, Err: errors.New("there is no such field"),
			Remedy: "use a field of Config.Columns",
		}
	}
	if f.db.store == textStore && f.Type != instep.TypeString && f.Refers == "" {
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "sqltable: find " + r.cfg.Entity, Field: name,
			Err: errors.New("the column keeps it as a text, which can be written in several ways"), Remedy: "find by another field",
		}
	}
	var args []any
	for _, v := range values {
		if key, err := f.encode(v); err == nil && key != "" {
			args = append(args, r.d.arg(key))
		}
	}
	found := map[instep.Value][]instep.Record{}
	for chunk := range slices.Chunk(args, maxGet) {
		if err := r.findChunk(ctx, f, chunk, found); err != nil {
			return nil, r.asked(ctx, "find "+r.cfg.Entity, err)
		}
	}
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		out[i] = found[exactly(f, v)]
	}
	return out, nil
}

// exactly is v as the field is read.
func exactly(f *field, v instep.Value) instep.Value {
	if d, ok := v.AsDecimal(); ok && f.Type == instep.TypeDecimal {
		return instep.Number(d)
	}
	return v
}

func (r *Reader) findChunk(ctx context.Context, f *field, args []any, found map[instep.Value][]instep.Record) error {
	list, bound := r.in(&f.db, args)
	query := fmt.Sprintf("SELECT %s FROM %s t WHERE t.%s IN (%s) AND %s ORDER BY t.%s",
		r.plan.list, r.table(), quote(f.Name), list, r.isRecord(), quote(r.cfg.Key.Column))
	return r.rows(ctx, r.db, query, bound, 0, func(_ []any, got row) bool {
		if got.rec.Status == instep.Deleted && f.Field != r.cfg.Token {
			return true
		}
		v := f.decode(got.vals[f.at])
		if !slices.ContainsFunc(found[v], func(known instep.Record) bool { return known.Ref == got.rec.Ref }) {
			found[v] = append(found[v], got.rec)
		}
		return true
	})
}
