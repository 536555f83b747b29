package netvisor

import (
	"errors"
	"strings"

	"github.com/instep-go/instep"
)

// shown is the value of a text: null if it is blank.
func shown(s string) instep.Value {
	if s == "" {
		return instep.Null()
	}
	return instep.String(s)
}

func amount(o instep.Opt[instep.Decimal]) instep.Value {
	if d, ok := o.Get(); ok {
		return instep.Number(d)
	}
	return instep.Null()
}

func flag(o instep.Opt[bool]) instep.Value {
	if b, ok := o.Get(); ok {
		return instep.Bool(b)
	}
	return instep.Null()
}

// netPrice is absent where the reply gives a gross price only: then nothing is
// known of the net price.
func netPrice(p *Product) instep.Value {
	if p.NetUnknown {
		return instep.Value{}
	}
	return amount(p.UnitPrice)
}

// The fields of a section that the reply lacks are absent.

func inBookKeeping(read func(*BookKeeping) instep.Value) func(*Product) instep.Value {
	return func(p *Product) instep.Value {
		if p.BookKeeping == nil {
			return instep.Value{}
		}
		return read(p.BookKeeping)
	}
}

func inInventory(read func(*Inventory) instep.Value) func(*Product) instep.Value {
	return func(p *Product) instep.Value {
		if p.Inventory == nil {
			return instep.Value{}
		}
		return read(p.Inventory)
	}
}

func inAdditional(read func(*Additional) instep.Value) func(*Product) instep.Value {
	return func(p *Product) instep.Value {
		if p.Additional == nil {
			return instep.Value{}
		}
		return read(p.Additional)
	}
}

var (
	errNotText   = errors.New("the value is not a text")
	errNotNumber = errors.New("the value is not a number")
	errNotBool   = errors.New("the value is not true or false")
)

// into puts a value into an Opt: null and blank text clear the field.
func into[T any](o *instep.Opt[T], v instep.Value, as func(instep.Value) (T, bool), otherwise error) error {
	if v.IsBlank() {
		*o = instep.Clear[T]()
		return nil
	}
	value, ok := as(v)
	if !ok {
		return otherwise
	}
	*o = instep.Set(value)
	return nil
}

func intoText(of func(*ProductUpdate) *instep.Opt[string]) func(*ProductUpdate, instep.Value) error {
	return func(u *ProductUpdate, v instep.Value) error { return into(of(u), v, instep.Value.AsString, errNotText) }
}

func intoNumber(of func(*ProductUpdate) *instep.Opt[instep.Decimal]) func(*ProductUpdate, instep.Value) error {
	return func(u *ProductUpdate, v instep.Value) error {
		return into(of(u), v, instep.Value.AsDecimal, errNotNumber)
	}
}

func intoBool(of func(*ProductUpdate) *instep.Opt[bool]) func(*ProductUpdate, instep.Value) error {
	return func(u *ProductUpdate, v instep.Value) error { return into(of(u), v, instep.Value.AsBool, errNotBool) }
}

func intoEAN(of func(*ProductUpdate) *instep.Opt[EAN]) func(*ProductUpdate, instep.Value) error {
	return func(u *ProductUpdate, v instep.Value) error {
		return into(of(u), v, func(v instep.Value) (EAN, bool) {
			s, ok := v.AsString()
			return EAN{Code: s}, ok
		}, errNotText)
	}
}

// record returns a product in the shared vocabulary.
func record(p *Product) instep.Record {
	fields := make([]instep.Field, len(fieldRows))
	for i := range fieldRows {
		fields[i] = instep.Field{Name: fieldRows[i].info.Name, Value: fieldRows[i].read(p)}
	}
	r := instep.Record{Ref: productRef(p.Key), Fields: instep.NewFields(fields...), Raw: p}
	if active, told := p.IsActive.Get(); told && !active {
		r.Status = instep.Inactive
	}
	return r
}

// update returns what to write for the fields of an operation. The error names
// the field that cannot be written.
func update(fields instep.Fields) (*ProductUpdate, error) {
	u := &ProductUpdate{}
	for name, value := range fields.All() {
		row := rowOf(name)
		switch {
		case row == nil:
			return nil, &instep.Error{
				Kind: instep.Config, Field: name, Err: errors.New("products of Netvisor have no such field"),
				Remedy: "use one of the fields that Describe names",
			}
		case row.write == nil:
			return nil, &instep.Error{
				Kind: instep.Config, Field: name, Err: errors.New("the field can only be read"),
				Remedy: firstOf(row.info.Remedy, "leave it out of what is written"),
			}
		}
		if err := row.write(u, value); err != nil {
			return nil, &instep.Error{Kind: instep.Invalid, Field: name, Err: err, Remedy: row.info.Remedy}
		}
	}
	return u, nil
}

func rowOf(name string) *fieldRow {
	for i := range fieldRows {
		if fieldRows[i].info.Name == name {
			return &fieldRows[i]
		}
	}
	return nil
}

// rowOfElement returns the row of an element of product.nv, or nil.
func rowOfElement(element string) *fieldRow {
	for i := range fieldRows {
		if element != "" && strings.EqualFold(fieldRows[i].element, element) {
			return &fieldRows[i]
		}
	}
	return nil
}
