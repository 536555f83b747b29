package rackbeat

import (
	"github.com/instep-go/instep"
)

// column joins one field of the records with the part of T that it comes from
// and the part of U that it goes into.
type column[T, U any] struct {
	info instep.FieldInfo

	// wire is the name under which the vendor takes the field, and under which
	// its refusals speak of it. Empty: the field cannot be written.
	wire string

	// read returns the value; a blank one as null. The names are those of the
	// code lists.
	read func(*T, names) instep.Value

	// entry returns the entry of the code list info.List that the field names;
	// nil if it is no such field.
	entry func(*T) Entry

	// check finds what is wrong with a value to be written, which is not blank;
	// nil if any will do.
	check func(instep.Value) error

	// write sets or clears the field. It gets only values of the field's type,
	// and codes instead of names; null means to clear.
	write func(*U, instep.Value)
}

// makeColumn returns a column; without a wire name it is read only.
func makeColumn[T, U, V any](info instep.FieldInfo, wire string, read func(*T) Attr[V], value func(V) instep.Value,
	opt func(*U) *instep.Opt[V], parse func(instep.Value) V,
) column[T, U] {
	c := column[T, U]{info: info, read: func(item *T, _ names) instep.Value { return valueOf(read(item), value) }}
	c.info.Access = instep.ReadOnly
	if wire == "" {
		return c
	}
	c.info.Access, c.wire = instep.ReadWrite, wire
	c.write = func(up *U, v instep.Value) {
		if v.IsBlank() {
			*opt(up) = instep.Clear[V]()
		} else {
			*opt(up) = instep.Set(parse(v))
		}
	}
	return c
}

// takes reports whether a value is of a type that the column can be set to.
func (c *column[T, U]) takes(v instep.Value) bool {
	switch c.info.Type {
	case instep.TypeDecimal:
		_, ok := v.AsDecimal()
		return ok
	case instep.TypeString:
		return v.Type() == instep.TypeString || v.Type() == instep.TypeInt
	default:
		return v.Type() == c.info.Type
	}
}

// valueOf returns what an attribute says: nothing if it is absent, null if it
// is null or blank.
func valueOf[V any](a Attr[V], value func(V) instep.Value) instep.Value {
	v, ok := a.Get()
	switch {
	case a.IsAbsent():
		return instep.Value{}
	case !ok:
		return instep.Null()
	}
	if got := value(v); !got.IsBlank() {
		return got
	}
	return instep.Null()
}

// maker makes the columns of one kind of record.
type maker[T, U any] struct{}

func (maker[T, U]) text(name string, read func(*T) Attr[string], wire string, opt func(*U) *instep.Opt[string]) column[T, U] {
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeString}, wire, read, instep.String, opt, instep.Value.String)
}

func (maker[T, U]) price(name string, read func(*T) Attr[instep.Decimal], wire string, opt func(*U) *instep.Opt[instep.Decimal]) column[T, U] {
	info := instep.FieldInfo{Name: name, Type: instep.TypeDecimal, Decimals: priceDecimals}
	return makeColumn(info, wire, read, instep.Number, opt, decimalOf)
}

func (maker[T, U]) flag(name string, read func(*T) Attr[bool], wire string, opt func(*U) *instep.Opt[bool]) column[T, U] {
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeBool}, wire, read, instep.Bool, opt, func(v instep.Value) bool {
		b, _ := v.AsBool()
		return b
	})
}

func (maker[T, U]) instant(name string, read func(*T) Attr[Time]) column[T, U] {
	value := func(t Time) instep.Value { return instep.Instant(t.At) }
	return makeColumn[T, U](instep.FieldInfo{Name: name, Type: instep.TypeTime}, "", read, value, nil, nil)
}

// entry is a column that holds the name of an entry of a code list.
func (m maker[T, U]) entry(name, list string, entry func(*T) Entry, wire string, opt func(*U) *instep.Opt[string]) column[T, U] {
	c := m.text(name, nil, wire, opt)
	c.info.List, c.entry = list, entry
	c.read = func(item *T, n names) instep.Value { return valueOf(n.of(list, entry(item)), instep.String) }
	return c
}

func decimalOf(v instep.Value) instep.Decimal {
	d, _ := v.AsDecimal()
	return d
}

// required marks a column that a create needs, and gives it a remedy.
func required[T, U any](c column[T, U], remedy string) column[T, U] {
	c.info.Required, c.info.Remedy = true, remedy
	return c
}
