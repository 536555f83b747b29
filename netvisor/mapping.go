package netvisor

import (
	"errors"
	"strings"

	"github.com/instep-go/instep"
)

// fieldRow joins a field of the record with what is read and the update that
// is written. A field without write is read-only.
type fieldRow[T, U any] struct {
	info    instep.FieldInfo // without Access
	element string           // of the request, which is how refusals name the field
	read    func(*T) instep.Value
	write   func(*U, instep.Value) error
}

// table is the mapping of one kind of record. T is what is read, U what is
// written.
type table[T, U any] struct {
	entity string // of refs: "supplier"
	noun   string // the vendor's word, for the names of operations: "vendor"
	rows   []fieldRow[T, U]
	key    func(*T) int64
	active func(*T) instep.Opt[bool] // nil where the vendor has no such thing
}

// describe returns the fields, writable ones with the given access. What new
// records get by default is said, and not required.
func (t *table[T, U]) describe(writable instep.Access, defaults instep.Fields) []instep.FieldInfo {
	infos := make([]instep.FieldInfo, len(t.rows))
	for i, row := range t.rows {
		infos[i] = row.info
		infos[i].Default = defaults.Get(row.info.Name)
		infos[i].Required = row.info.Required && infos[i].Default.IsAbsent()
		if infos[i].Access = writable; row.write == nil {
			infos[i].Access = instep.ReadOnly
		}
	}
	return infos
}

// record returns what was read in the shared vocabulary.
func (t *table[T, U]) record(v *T) instep.Record {
	fields := make([]instep.Field, len(t.rows))
	for i := range t.rows {
		fields[i] = instep.Field{Name: t.rows[i].info.Name, Value: t.rows[i].read(v)}
	}
	r := instep.Record{Ref: refOf(t.entity, t.key(v)), Fields: instep.NewFields(fields...), Raw: v}
	if t.active != nil {
		if active, told := t.active(v).Get(); told && !active {
			r.Status = instep.Inactive
		}
	}
	return r
}

// update returns what to write for the fields of an operation. The error names
// the field that cannot be written.
func (t *table[T, U]) update(fields instep.Fields) (*U, error) {
	u := new(U)
	for name, value := range fields.All() {
		row := t.rowOf(name)
		switch {
		case row == nil:
			return nil, &instep.Error{
				Kind: instep.Config, Field: name, Err: errors.New(t.noun + "s of Netvisor have no such field"),
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

// created returns what to write for a new record: the fields of the operation,
// and of the defaults those that it says nothing of or leaves blank.
func (t *table[T, U]) created(fields, defaults instep.Fields) (*U, error) {
	for name, v := range defaults.All() {
		if fields.Get(name).IsBlank() {
			fields = fields.With(name, v)
		}
	}
	return t.update(fields)
}

// checkDefaults finds a field that a new record cannot be given.
func (t *table[T, U]) checkDefaults(option string, defaults instep.Fields) error {
	for name, v := range defaults.All() {
		row := t.rowOf(name)
		switch {
		case row == nil || row.write == nil:
			return misconfigured(option+": "+name, "is not a field that can be written", "use one that Describe shows as such")
		case v.IsBlank() || row.write(new(U), v) != nil:
			return misconfigured(option+": "+name, "is blank or of another form than the field", firstOf(row.info.Remedy, "give it a "+row.info.Type.String()))
		}
	}
	return nil
}

func (t *table[T, U]) rowOf(name string) *fieldRow[T, U] {
	for i := range t.rows {
		if t.rows[i].info.Name == name {
			return &t.rows[i]
		}
	}
	return nil
}

// fieldOf returns the field that an element of a request is written from.
func (t *table[T, U]) fieldOf(element string) (instep.FieldInfo, bool) {
	for i := range t.rows {
		if element != "" && strings.EqualFold(t.rows[i].element, element) {
			return t.rows[i].info, true
		}
	}
	return instep.FieldInfo{}, false
}

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

// within reads a field of a section. Where the reply lacks the section, the
// field is absent.
func within[T, S any](section func(*T) *S, read func(*S) instep.Value) func(*T) instep.Value {
	return func(v *T) instep.Value {
		if s := section(v); s != nil {
			return read(s)
		}
		return instep.Value{}
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

func intoText[U any](of func(*U) *instep.Opt[string]) func(*U, instep.Value) error {
	return func(u *U, v instep.Value) error { return into(of(u), v, instep.Value.AsString, errNotText) }
}

func intoNumber[U any](of func(*U) *instep.Opt[instep.Decimal]) func(*U, instep.Value) error {
	return func(u *U, v instep.Value) error {
		return into(of(u), v, instep.Value.AsDecimal, errNotNumber)
	}
}

func intoBool[U any](of func(*U) *instep.Opt[bool]) func(*U, instep.Value) error {
	return func(u *U, v instep.Value) error { return into(of(u), v, instep.Value.AsBool, errNotBool) }
}
