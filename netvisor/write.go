package netvisor

import (
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// Write carries out the operations one request after the other.
//
// A create is sent once; see [Client.AddProduct]. Groups and units are given
// by name, and Netvisor adds those it does not have. An update that Netvisor
// refuses is followed by a read, because the refusal of an unknown product
// looks like any other: if the product is not there, the kind is NotFound. An
// update without fields sends nothing. Deleting is not supported, as there is
// no resource for it.
//
// When a request fails in a way that the next would meet as well (the
// credentials, the network), the rest is not sent and has the same kind. After
// two missing replies in a row the rest is not sent and is Unavailable.
func (p *Products) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	results := make([]instep.Result, len(ops))
	sending := transport.FinishSent(ctx)
	var stopped error
	lost := 0 // in a row
	for i := range ops {
		results[i].Ref = ops[i].Ref
		switch {
		case stopped != nil:
			results[i].Err = notSent(&ops[i], stopped)
		case ctx.Err() != nil:
			results[i].Err = notSent(&ops[i], &instep.Error{Kind: instep.Canceled, Err: context.Cause(ctx)})
		default:
			results[i] = p.write(sending, &ops[i])
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
	return results, nil
}

// concernsAll reports whether an error is not about the one product.
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
func notSent(op *instep.Op, because error) error {
	e := &instep.Error{Kind: instep.KindOf(because), Op: opName(op.Action), Ref: op.Ref, Err: errNotSent}
	if errors.Is(because, errSilent) {
		e.Err = fmt.Errorf("%w: %w", errNotSent, errSilent)
	}
	if first, ok := errors.AsType[*instep.Error](because); ok {
		e.RetryAfter, e.Remedy = first.RetryAfter, first.Remedy
	}
	return e
}

func opName(a instep.Action) string {
	switch a {
	case instep.Create:
		return "netvisor: add product"
	case instep.Update:
		return "netvisor: edit product"
	case instep.Deactivate:
		return "netvisor: deactivate product"
	default:
		return "netvisor: delete product"
	}
}

func (p *Products) write(ctx context.Context, op *instep.Op) instep.Result {
	var written Written
	var err error
	switch op.Action {
	case instep.Create:
		written, err = p.create(ctx, op)
	case instep.Update:
		written, err = p.update(ctx, op)
	case instep.Deactivate:
		bar := *op
		bar.Fields = instep.NewFields(instep.Field{Name: FieldIsActive, Value: instep.Bool(false)})
		written, err = p.update(ctx, &bar)
	default:
		err = &instep.Error{
			Kind: instep.Unsupported, Err: errors.New("Netvisor has no resource that does this"),
			Remedy: "set " + FieldIsActive + " to false, or delete the product in Netvisor",
		}
	}
	r := instep.Result{Ref: op.Ref, At: written.At, Err: named(op, err)}
	if err == nil {
		r.Ref = productRef(written.Key)
	}
	return r
}

// named puts the operation and the record's own field name on an error.
func named(op *instep.Op, err error) error {
	e, ok := errors.AsType[*instep.Error](err)
	if !ok {
		return err
	}
	full := *e
	full.Op, full.Ref = opName(op.Action), op.Ref
	if row := rowOfElement(e.Field); row != nil {
		full.Field = row.info.Name
		full.Remedy = firstOf(e.Remedy, row.info.Remedy)
	}
	return &full
}

func (p *Products) create(ctx context.Context, op *instep.Op) (Written, error) {
	u, err := update(op.Fields)
	if err != nil {
		return Written{}, err
	}
	return p.c.AddProduct(ctx, u)
}

func (p *Products) update(ctx context.Context, op *instep.Op) (Written, error) {
	if p.c.addOnly {
		return Written{}, &instep.Error{
			Kind: instep.Unsupported, Err: errors.New("under extended product management Netvisor takes no edits"),
			Remedy: "edit the product in Netvisor",
		}
	}
	key, err := keyOf(op.Ref)
	if err != nil {
		return Written{}, err
	}
	if key == 0 {
		return Written{}, &instep.Error{Kind: instep.NotFound, Err: errors.New("the id is not a NetvisorKey")}
	}
	u, err := update(op.Fields)
	if err != nil {
		return Written{}, err
	}
	if op.Fields.Len() == 0 {
		return Written{Key: key}, nil
	}
	written, err := p.c.EditProduct(ctx, key, u)
	if e, ok := errors.AsType[*instep.Error](err); ok && e.Code == codeInvalid {
		return written, p.missing(ctx, key, e)
	}
	return written, err
}

// missing returns the refusal of an edit as NotFound if the product is not
// there, else as it is.
func (p *Products) missing(ctx context.Context, key int64, refusal *instep.Error) error {
	found, _, err := p.c.productsByKey(ctx, []int64{key}, &GetOptions{Reply: NotDeleted})
	if err != nil || len(found) > 0 {
		return refusal
	}
	e := *refusal
	e.Kind = instep.NotFound
	return &e
}
