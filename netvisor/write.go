package netvisor

import (
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// writeAll carries out the operations one request after the other.
//
// When a request fails in a way that the next would meet as well, the rest is
// not sent and has the same kind. After two missing replies in a row the rest
// is not sent and is Unavailable.
func writeAll[T, U any](
	ctx context.Context, t *table[T, U], ops []instep.Op, write func(context.Context, *instep.Op) (Written, error),
) []instep.Result {
	results := make([]instep.Result, len(ops))
	sending := transport.FinishSent(ctx)
	var stopped error
	lost := 0 // in a row
	for i := range ops {
		results[i].Ref = ops[i].Ref
		switch {
		case stopped != nil:
			results[i].Err = notSent(&ops[i], t.entity, stopped)
		case ctx.Err() != nil:
			results[i].Err = notSent(&ops[i], t.entity, &instep.Error{Kind: instep.Canceled, Err: context.Cause(ctx)})
		default:
			results[i] = writeOne(sending, t, &ops[i], write)
			if lost++; instep.KindOf(results[i].Err) != instep.Lost {
				lost = 0
			}
			if concernsAll(results[i].Err) {
				stopped = results[i].Err
			} else if lost == maxLost {
				stopped = &instep.Error{Kind: instep.Unavailable, Err: errSilent}
			}
		}
	}
	return results
}

func writeOne[T, U any](
	ctx context.Context, t *table[T, U], op *instep.Op, write func(context.Context, *instep.Op) (Written, error),
) instep.Result {
	written, err := write(ctx, op)
	r := instep.Result{Ref: op.Ref, At: written.At, Err: named(t, op, err)}
	if err == nil {
		r.Ref = refOf(t.entity, written.Key)
	}
	return r
}

// concernsAll reports whether an error is not about the one record.
func concernsAll(err error) bool {
	switch instep.KindOf(err) {
	case instep.Unauthorized, instep.Forbidden, instep.RateLimited, instep.Unavailable, instep.Canceled:
		return true
	default:
		return false
	}
}

// maxLost is how many replies in a row may be missing before the rest of a
// batch is left for later: each one can cost the whole time of an attempt.
const maxLost = 2

var (
	errNotSent = errors.New("not sent")
	errSilent  = errors.New("Netvisor gave no reply twice in a row")
)

// notSent is the error of an operation that was not tried.
func notSent(op *instep.Op, entity string, because error) error {
	e := &instep.Error{Kind: instep.KindOf(because), Op: opName(op.Action, entity), Ref: op.Ref, Err: errNotSent}
	if errors.Is(because, errSilent) {
		e.Err = fmt.Errorf("%w: %w", errNotSent, errSilent)
	}
	if first, ok := errors.AsType[*instep.Error](because); ok {
		e.RetryAfter, e.Remedy = first.RetryAfter, first.Remedy
	}
	return e
}

func opName(a instep.Action, entity string) string {
	switch a {
	case instep.Create:
		return "netvisor: add " + entity
	case instep.Update:
		return "netvisor: edit " + entity
	case instep.Deactivate:
		return "netvisor: deactivate " + entity
	default:
		return "netvisor: delete " + entity
	}
}

// named puts the operation and the record's own field name on an error.
func named[T, U any](t *table[T, U], op *instep.Op, err error) error {
	e, ok := errors.AsType[*instep.Error](err)
	if !ok {
		return err
	}
	full := *e
	full.Op, full.Ref = opName(op.Action, t.entity), op.Ref
	if info, ok := t.fieldOf(e.Field); ok {
		full.Field = info.Name
		full.Remedy = firstOf(e.Remedy, info.Remedy)
	}
	return &full
}

// keyToWrite returns the key of the record that an operation is about.
func keyToWrite(op *instep.Op, entity string) (int64, error) {
	key, err := keyOf(op.Ref, entity)
	if err == nil && key == 0 {
		err = &instep.Error{Kind: instep.NotFound, Err: errors.New("the id is not a NetvisorKey")}
	}
	return key, err
}

// editOne writes the fields of an update, or sets the record out of use.
func editOne[T, U any](
	ctx context.Context, t *table[T, U], op *instep.Op, send func(context.Context, int64, *U) (Written, error), get keyGetter,
) (Written, error) {
	fields := op.Fields
	if op.Action == instep.Deactivate {
		fields = instep.NewFields(instep.Field{Name: FieldIsActive, Value: instep.Bool(false)})
	}
	key, err := keyToWrite(op, t.entity)
	if err != nil {
		return Written{}, err
	}
	u, err := t.update(fields)
	if err != nil {
		return Written{}, err
	}
	if fields.Len() == 0 {
		return Written{Key: key}, nil
	}
	written, err := send(ctx, key, u)
	return written, ifMissing(ctx, key, err, get)
}

// ifMissing returns a refusal as NotFound if the record is not there, else as
// it is: the refusal of an unknown key looks like any other.
func ifMissing(ctx context.Context, key int64, err error, get keyGetter) error {
	refusal, ok := errors.AsType[*instep.Error](err)
	if !ok || refusal.Code != codeInvalid {
		return err
	}
	found, _, err := get(ctx, []int64{key})
	if err != nil || len(found) > 0 {
		return refusal
	}
	e := *refusal
	e.Kind = instep.NotFound
	return &e
}
