package rackbeat

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// Write implements [instep.Sink], one request after the other. A create takes
// its number from the op's ref or from the field number. Code lists are given by
// the names of their entries. An update without fields sends nothing. An op with
// a field that it does not know, or that cannot be written, fails with kind
// Config; one with a value that does not fit, with kind Invalid.
func (p *connector[T, U]) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	results := make([]instep.Result, len(ops))
	w := writer[T, U]{p: p, kind: p.kind}
	for i := range ops {
		op := &ops[i]
		switch {
		case ctx.Err() != nil:
			results[i] = w.failed(op, &instep.Error{Kind: instep.Canceled, Err: context.Cause(ctx)})
		case w.barred != nil:
			results[i] = w.failed(op, w.barred)
		default:
			results[i] = w.write(transport.FinishSent(ctx), op)
		}
	}
	return results, nil
}

// writer carries out the ops of one Write.
type writer[T, U any] struct {
	p      *connector[T, U]
	kind   *kind[T, U]
	fresh  bool  // the code lists were read anew for a name that was not there
	barred error // why nothing more needs to be tried: the key is not accepted
}

// failed returns the result of an op that failed: the error has the op's
// record, and the name of the field as the records have it.
func (w *writer[T, U]) failed(op *instep.Op, err error) instep.Result {
	e := instep.Error{Err: err}
	if known, ok := errors.AsType[*instep.Error](err); ok {
		e = *known
		e.Field = w.kind.fieldOf(e.Field, op.Fields)
	}
	e.Ref, e.Op = op.Ref, cmp.Or(e.Op, "rackbeat: "+op.Action.String()+" "+w.kind.entity)
	return instep.Result{Ref: op.Ref, Err: &e}
}

// write carries out one op.
func (w *writer[T, U]) write(ctx context.Context, op *instep.Op) instep.Result {
	var item *T
	var r reply
	var err error
	switch op.Action {
	case instep.Create:
		item, r, err = w.create(ctx, op)
	case instep.Update:
		if op.Fields.Len() == 0 {
			return instep.Result{Ref: op.Ref} // nothing to send, and so done
		}
		item, r, err = w.update(ctx, op)
	case instep.Deactivate: // what is barred stays, with its history, but cannot be used
		bar := *op
		bar.Fields = instep.NewFields(instep.Field{Name: "is_barred", Value: instep.Bool(true)})
		item, r, err = w.update(ctx, &bar)
	case instep.Delete:
		r, err = w.kind.remove(w.p.c, ctx, op.Ref.ID)
	default:
		err = &instep.Error{Kind: instep.Unsupported, Err: errors.New("unknown action")}
	}
	if err != nil {
		if instep.KindOf(err) == instep.Unauthorized {
			w.barred = err
		}
		return w.failed(op, err)
	}
	return w.done(ctx, op, item, &r)
}

// done returns the result of an op that was carried out. What the reply shows is
// passed on only if it is a whole record, with names for its numbers.
func (w *writer[T, U]) done(ctx context.Context, op *instep.Op, item *T, r *reply) instep.Result {
	result := instep.Result{Ref: op.Ref, At: r.date}
	if item == nil {
		return result
	}
	f := w.kind.facts(item)
	result.Ref = w.kind.ref(f.number)
	if !w.kind.whole(item) {
		return result
	}
	if records, err := w.p.records(ctx, []T{*item}); err == nil && len(records) == 1 {
		result.After = &records[0]
	}
	return result
}

func (w *writer[T, U]) create(ctx context.Context, op *instep.Op) (*T, reply, error) {
	fields := op.Fields
	for name, v := range w.kind.defaults.All() {
		if fields.Get(name).IsBlank() {
			fields = fields.With(name, v)
		}
	}
	number, err := w.numberFor(op, fields.Get("number"))
	if err != nil {
		return nil, reply{}, err
	}
	fields = fields.With("number", number) // absent, and so left out: it is missing, or the vendor gives it
	for i := range w.kind.columns {
		info := &w.kind.columns[i].info
		if info.Required && fields.Get(info.Name).IsAbsent() {
			return nil, reply{}, unfit(info.Name, "is missing", info.Remedy)
		}
	}
	up, err := w.updateOf(ctx, op, fields)
	if err != nil {
		return nil, reply{}, err
	}
	item, r, err := w.kind.create(w.p.c, ctx, &up)
	return &item, r, err
}

// numberFor returns the number that a create gives its record; absent if there
// is none.
func (w *writer[T, U]) numberFor(op *instep.Op, given instep.Value) (instep.Value, error) {
	id := op.Ref.ID
	switch {
	case given.IsBlank() && id != "":
		return instep.String(id), nil
	case given.IsBlank():
		return instep.Value{}, nil
	case id != "" && id != given.String():
		return given, &instep.Error{
			Kind: instep.Config, Field: "number", Err: errors.New("is another than the id that was chosen for the record"),
			Remedy: "give both the same, or only one",
		}
	}
	return given, nil
}

func (w *writer[T, U]) update(ctx context.Context, op *instep.Op) (*T, reply, error) {
	up, err := w.updateOf(ctx, op, op.Fields)
	if err != nil {
		return nil, reply{}, err
	}
	item, r, err := w.kind.update(w.p.c, ctx, op.Ref.ID, &up)
	if number, renames := w.kind.number(&up).Get(); renames && number != op.Ref.ID && instep.KindOf(err) == instep.NotFound {
		return w.renamed(ctx, op, number, err)
	}
	return &item, r, err
}

// renamed finds out whether an update that found nothing was carried out at an
// attempt before, of which the reply is missing: then the record has its new
// number. It can only tell by the vendor's own id: another record with the same
// origin may have had the new number all along.
func (w *writer[T, U]) renamed(ctx context.Context, op *instep.Op, number string, missing error) (*T, reply, error) {
	item, r, err := w.kind.get(w.p.c, ctx, number)
	switch {
	case instep.KindOf(err) == instep.NotFound:
		return nil, r, missing
	case err == nil && op.Current != nil && op.Current.Identity != "":
		if f := w.kind.facts(&item); op.Current.Identity == w.kind.identity(&f) {
			return &item, r, nil
		}
	}
	return nil, r, &instep.Error{
		Kind: instep.Lost, Err: fmt.Errorf("the record may have its new number already: %w", missing),
	}
}

// updateOf turns fields into an update.
func (w *writer[T, U]) updateOf(ctx context.Context, op *instep.Op, fields instep.Fields) (U, error) {
	var up U
	written := make(map[string]instep.Value, fields.Len())
	for name, v := range fields.All() {
		col, ok := w.kind.column(name)
		if !ok || col.write == nil {
			return up, unwritable(name, ok)
		}
		if before, twice := written[col.wire]; twice && before != v {
			return up, &instep.Error{
				Kind: instep.Config, Field: name, Err: errors.New("is given twice, under two names and with two values"),
				Remedy: "write only one of the two fields that are " + col.wire + " in Rackbeat",
			}
		}
		written[col.wire] = v
		v, err := w.fit(ctx, col, v)
		if err != nil {
			return up, err
		}
		col.write(&up, v)
	}
	if w.kind.complete != nil {
		w.kind.complete(&up, op)
	}
	return up, nil
}

// unwritable is the error for a field that is not there, or only to be read.
func unwritable(name string, known bool) error {
	what := "there is no such field"
	if known {
		what = "the field cannot be written"
	}
	return &instep.Error{
		Kind: instep.Config, Field: name, Err: errors.New(what), Remedy: "take it out of what is written to Rackbeat",
	}
}

// fit returns a value as the column takes it: of the column's type, and the
// code where a list's name is given.
func (w *writer[T, U]) fit(ctx context.Context, col *column[T, U], v instep.Value) (instep.Value, error) {
	info := &col.info
	if v.IsBlank() {
		if info.Required || info.Type == instep.TypeBool {
			return v, unfit(info.Name, "must not be empty", cmp.Or(info.Remedy, "set it to true or false"))
		}
		return v, nil
	}
	if !col.takes(v) {
		return v, &instep.Error{
			Kind: instep.Config, Field: info.Name, Remedy: "convert the value in the mapping",
			Err: fmt.Errorf("is a %s where a %s is due", v.Type(), info.Type),
		}
	}
	if col.check != nil {
		if err := col.check(v); err != nil {
			return v, err
		}
	}
	if info.List == "" {
		return v, nil
	}
	code, err := w.p.lists.codeOf(ctx, info.List, info.Name, v.String(), &w.fresh)
	return instep.String(code), unlisted(info.Name, err)
}

// unlisted keeps apart the list that is not found from a record that is not.
func unlisted(field string, err error) error {
	if instep.KindOf(err) != instep.NotFound {
		return err
	}
	return &instep.Error{Kind: instep.Unsupported, Field: field, Err: err, Remedy: checkBase}
}
