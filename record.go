package instep

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"
)

// Ref names one record of one system: the product 31 of Netvisor. Which
// installation is meant is not part of it: state belongs to one pair of
// installations and refuses another.
type Ref struct {
	System string // "netvisor"
	Entity string // "product"
	ID     string // the vendor's key, as the vendor writes it; "" if not yet known
}

// String returns "netvisor/product/31".
func (r Ref) String() string { return r.System + "/" + r.Entity + "/" + r.ID }

// Side is one of the two systems of a pair.
type Side uint8

// The two sides of a pair. The names carry no rank.
const (
	Left Side = iota
	Right
)

var sideNames = [...]string{"left", "right"}

// Other returns the opposite side.
func (s Side) Other() Side { return 1 - s }

// String returns "left" or "right".
func (s Side) String() string { return sideNames[s&1] }

// MarshalText returns "left" or "right".
func (s Side) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads "left" or "right".
func (s *Side) UnmarshalText(text []byte) error { return enumText(text, sideNames[:], s, "side") }

// Status says what a system tells of a record's existence. The five are
// different things: only Deleted, or Missing confirmed by a complete sweep,
// may ever lead to a deletion on the other side.
type Status uint8

// What a system may tell of a record.
const (
	Live     Status = iota // there and in use
	Inactive               // there, but barred or set out of use
	Hidden                 // there, but not released to us, or out of our scope
	Deleted                // the system says that it was deleted
	Missing                // asked for by its id and not found; not proof of deletion
)

var statusNames = [...]string{"live", "inactive", "hidden", "deleted", "missing"}

// String returns the lower-case name of the status.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// Record is one vendor object in the shared vocabulary.
type Record struct {
	Ref Ref

	// Identity is the vendor's immutable id where Ref.ID can change (a
	// number that people may edit). Empty: Ref.ID itself never changes, or
	// there is only an Origin.
	Identity string

	// Origin is what a record keeps all its life, though others may share it,
	// where Ref.ID can change and the vendor shows no immutable id: the time
	// at which it was created, say. A record with another origin is another
	// record. Empty, and without effect, where Identity is given.
	Origin string

	// Content tells records of one Origin apart: a name, say. It may change.
	// That an id changed is believed where exactly one record has both, and
	// the id it was known under is no longer its.
	Content string

	// Version is the vendor's own version, for writes that check it. Empty
	// where the vendor has none.
	Version string

	// Modified is when the vendor says the record last changed. Zero where
	// it does not say. It is never compared with a time of another system.
	Modified time.Time

	Status Status

	// MergedInto is the id of the record that took this one's place, where
	// the vendor tells so of a Deleted record.
	MergedInto string

	Fields Fields

	// Raw is the vendor's own value, for sinks that must write whole
	// objects. It is never stored and never compared.
	Raw any
}

// Field is a name with its value.
type Field struct {
	Name  string
	Value Value
}

// Fields holds named values, sorted by name. It is immutable; the zero value
// has no fields. A name that is not there reads as the absent Value.
type Fields struct {
	f []Field
}

// NewFields returns the given fields sorted by name. It takes over the slice.
// Absent values are left out; of fields with the same name the last counts.
func NewFields(fields ...Field) Fields {
	if inForm(fields) {
		return Fields{fields}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	out := fields[:0]
	for _, f := range fields {
		if n := len(out); n > 0 && out[n-1].Name == f.Name {
			out = out[:n-1]
		}
		out = append(out, f)
	}
	return Fields{slices.DeleteFunc(out, func(f Field) bool { return f.Value.IsAbsent() })}
}

// inForm reports whether fields are as Fields holds them.
func inForm(fields []Field) bool {
	for i := range fields {
		if fields[i].Value.IsAbsent() || i > 0 && fields[i-1].Name >= fields[i].Name {
			return false
		}
	}
	return true
}

// Get returns the value of the field, or the absent Value.
func (f Fields) Get(name string) Value {
	i, ok := slices.BinarySearchFunc(f.f, name, func(f Field, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return Value{}
	}
	return f.f[i].Value
}

// Len returns the number of fields.
func (f Fields) Len() int { return len(f.f) }

// At returns the i-th field in the order of names. It panics if i is not in
// the range 0 to Len()-1.
func (f Fields) At(i int) Field { return f.f[i] }

// All yields the fields in the order of names.
func (f Fields) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, field := range f.f {
			if !yield(field.Name, field.Value) {
				return
			}
		}
	}
}

// With returns a copy in which the named field has the value v; an absent v
// takes the field out.
func (f Fields) With(name string, v Value) Fields {
	return NewFields(append(slices.Clone(f.f), Field{name, v})...)
}

// Equal reports whether both have the same fields with the same values.
func (f Fields) Equal(g Fields) bool { return slices.Equal(f.f, g.f) }

// String returns "{name: value, …}" for people.
func (f Fields) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, field := range f.f {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(field.Name + ": " + field.Value.String())
	}
	b.WriteByte('}')
	return b.String()
}

// MarshalJSON writes an object with one member a field.
func (f Fields) MarshalJSON() ([]byte, error) {
	m := make(map[string]Value, len(f.f))
	for _, field := range f.f {
		m[field.Name] = field.Value
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads the form that MarshalJSON writes.
func (f *Fields) UnmarshalJSON(data []byte) error {
	got, err := parseJSONFields(data, 0)
	if err != nil {
		return err
	}
	*f = got
	return nil
}
