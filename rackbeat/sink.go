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
// the names of their entries. An op with a field that it does not know, or that
// cannot be written, fails with kind Config; one with a value that does not fit,
// with kind Invalid.
func (p *Products) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	results := make([]instep.Result, len(ops))
	w := writer{p: p}
	for i := range ops {
		op := &ops[i]
		switch {
		case ctx.Err() != nil:
			results[i] = failedOp(op, &instep.Error{Kind: instep.Canceled, Err: context.Cause(ctx)})
		case w.barred != nil:
			results[i] = failedOp(op, w.barred)
		default:
			results[i] = w.write(transport.FinishSent(ctx), op)
		}
	}
	return results, nil
}

// writer carries out the ops of one Write.
type writer struct {
	p      *Products
	fresh  bool  // the code lists were read anew for a name that was not there
	barred error // why nothing more needs to be tried: the key is not accepted
}

// failedOp returns the result of an op that failed.
func failedOp(op *instep.Op, err error) instep.Result {
	return instep.Result{Ref: op.Ref, Err: opError(op, err)}
}

// opError gives an error the op's record, and the name of the field as the
// records have it.
func opError(op *instep.Op, err error) error {
	known, ok := errors.AsType[*instep.Error](err)
	if !ok {
		return &instep.Error{Op: "rackbeat: " + op.Action.String() + " product", Ref: op.Ref, Err: err}
	}
	e := *known
	e.Ref = op.Ref
	if e.Op == "" {
		e.Op = "rackbeat: " + op.Action.String() + " product"
	}
	e.Field = fieldOf(e.Field)
	return &e
}

// write carries out one op.
func (w *writer) write(ctx context.Context, op *instep.Op) instep.Result {
	var product *Product
	var r reply
	var err error
	switch op.Action {
	case instep.Create:
		product, r, err = w.create(ctx, op)
	case instep.Update:
		product, r, err = w.update(ctx, op)
	case instep.Deactivate: // barred products stay, with their history, but cannot be sold
		bar := *op
		bar.Fields = instep.NewFields(instep.Field{Name: "is_barred", Value: instep.Bool(true)})
		product, r, err = w.update(ctx, &bar)
	case instep.Delete:
		r, err = w.p.c.deleteProduct(ctx, op.Ref.ID)
	default:
		err = &instep.Error{Kind: instep.Unsupported, Err: errors.New("unknown action")}
	}
	if err != nil {
		if instep.KindOf(err) == instep.Unauthorized {
			w.barred = err
		}
		return failedOp(op, err)
	}
	return w.done(ctx, op, product, &r)
}

// done returns the result of an op that was carried out. What the reply shows is
// passed on only if it is a whole product, with names for its numbers.
func (w *writer) done(ctx context.Context, op *instep.Op, product *Product, r *reply) instep.Result {
	result := instep.Result{Ref: op.Ref, At: r.date}
	if product == nil {
		return result
	}
	result.Ref = productRef(product.Number)
	if product.Name.IsAbsent() || product.SalesPrice.IsAbsent() {
		return result
	}
	if records, err := w.p.records(ctx, []Product{*product}); err == nil && len(records) == 1 {
		result.After = &records[0]
	}
	return result
}

func (w *writer) create(ctx context.Context, op *instep.Op) (*Product, reply, error) {
	up, err := w.productUpdate(ctx, op)
	if err != nil {
		return nil, reply{}, err
	}
	number, _ := up.Number.Get()
	switch {
	case number == "":
		number = op.Ref.ID
	case op.Ref.ID != "" && op.Ref.ID != number:
		return nil, reply{}, &instep.Error{
			Kind: instep.Config, Field: "number", Err: errors.New("is another than the id that was chosen for the record"),
			Remedy: "give both the same, or only one",
		}
	}
	in := ProductInput{Number: number, ProductDetails: up.ProductDetails}
	if number == "" {
		return nil, reply{}, unfit("number", "is missing", "give the product a number")
	}
	var price, group bool
	in.Name, _ = up.Name.Get()
	in.SalesPrice, price = up.SalesPrice.Get()
	in.Group, group = up.Group.Get()
	switch {
	case in.Name == "":
		return nil, reply{}, unfit("name", "is missing", "give the product a name")
	case !price:
		return nil, reply{}, unfit("sales_price", "is missing", "give the product a sales price, which may be 0")
	case !group:
		return nil, reply{}, unfit("group", "is missing", "give the product a group")
	}
	p, r, err := w.p.c.createProduct(ctx, &in)
	return &p, r, err
}

func (w *writer) update(ctx context.Context, op *instep.Op) (*Product, reply, error) {
	up, err := w.productUpdate(ctx, op)
	if err != nil {
		return nil, reply{}, err
	}
	p, r, err := w.p.c.updateProduct(ctx, op.Ref.ID, &up)
	if number, renames := up.Number.Get(); renames && number != op.Ref.ID && instep.KindOf(err) == instep.NotFound {
		return w.renamed(ctx, op, number, err)
	}
	return &p, r, err
}

// renamed finds out whether an update that found nothing was carried out at an
// attempt before, of which the reply is missing: then the record has its new
// number. It can only tell by the vendor's own id.
func (w *writer) renamed(ctx context.Context, op *instep.Op, number string, missing error) (*Product, reply, error) {
	p, r, err := w.p.c.readProduct(ctx, number)
	switch {
	case instep.KindOf(err) == instep.NotFound:
		return nil, r, missing
	case err == nil && op.Current != nil && op.Current.Identity != "" && op.Current.Identity == p.ID.Or(""):
		return &p, r, nil
	}
	return nil, r, &instep.Error{
		Kind: instep.Lost, Err: fmt.Errorf("the record may have its new number already: %w", missing),
	}
}

// productUpdate turns the fields of an op into an update.
func (w *writer) productUpdate(ctx context.Context, op *instep.Op) (ProductUpdate, error) {
	var up ProductUpdate
	for name, v := range op.Fields.All() {
		col, ok := columnOf(name)
		if !ok || col.write == nil {
			return up, unwritable(name, ok)
		}
		v, err := w.fit(ctx, col, v)
		if err != nil {
			return up, err
		}
		col.write(&up, v)
	}
	completePhysical(&up.Physical, op)
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
func (w *writer) fit(ctx context.Context, col *column, v instep.Value) (instep.Value, error) {
	info := &col.info
	if v.IsBlank() {
		if info.Required || info.Type == instep.TypeBool {
			return v, unfit(info.Name, "must not be empty", cmp.Or(info.Remedy, "set it to true or false"))
		}
		return v, nil
	}
	ok := v.Type() == info.Type
	switch info.Type {
	case instep.TypeDecimal:
		_, ok = v.AsDecimal()
	case instep.TypeString:
		ok = ok || v.Type() == instep.TypeInt
	}
	if !ok {
		return v, &instep.Error{
			Kind: instep.Config, Field: info.Name, Remedy: "convert the value in the mapping",
			Err: fmt.Errorf("is a %s where a %s is due", v.Type(), info.Type),
		}
	}
	if info.List == "" {
		return v, nil
	}
	code, err := w.p.codeOf(ctx, info.List, info.Name, v.String(), &w.fresh)
	return instep.String(code), err
}

// completePhysical fills in what an update of weight and size does not speak
// of, where the record as read says it: the units are needed with the numbers,
// and should the vendor replace the whole instead of its parts, nothing is lost.
func completePhysical(up *PhysicalUpdate, op *instep.Op) {
	if op.Current == nil || *up == (PhysicalUpdate{}) {
		return
	}
	fillDecimal := func(o *instep.Opt[instep.Decimal], field string) {
		if d, ok := op.Current.Fields.Get(field).AsDecimal(); ok && o.IsKept() {
			*o = instep.Set(d)
		}
	}
	fillText := func(o *instep.Opt[string], field string) {
		if s, ok := op.Current.Fields.Get(field).AsString(); ok && o.IsKept() {
			*o = instep.Set(s)
		}
	}
	fillText(&up.WeightUnit, "weight_unit")
	if !up.WeightUnit.IsKept() {
		fillDecimal(&up.Weight, "weight")
	}
	fillText(&up.SizeUnit, "size_unit")
	if !up.SizeUnit.IsKept() {
		fillDecimal(&up.Height, "height")
		fillDecimal(&up.Width, "width")
		fillDecimal(&up.Depth, "depth")
	}
}
