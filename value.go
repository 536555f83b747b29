package instep

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Type says what a [Value] holds. The set is closed: every vendor field is
// one of these, so that one planner, one store and one display serve all.
type Type uint8

// The types of a Value. There is no floating-point type: prices and
// quantities are exact.
const (
	TypeAbsent  Type = iota // nothing is known of the field; the zero Value
	TypeNull                // the field is known to be empty
	TypeString              // text
	TypeBool                // true or false
	TypeInt                 // a whole number of 64 bits
	TypeDecimal             // an exact decimal number
	TypeDate                // a day without time and zone
	TypeTime                // an instant, held in UTC
	TypeRef                 // a reference to another record
	TypeList                // values in order
	TypeGroup               // named values: an address, an order line
)

var typeNames = [...]string{"absent", "null", "string", "bool", "int", "decimal", "date", "time", "ref", "list", "group"}

// String returns the lower-case name of the type.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "type(" + strconv.Itoa(int(t)) + ")"
}

// MarshalText returns the name of the type.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the name of a type.
func (t *Type) UnmarshalText(text []byte) error {
	return enumText(text, typeNames[:], t, "type")
}

// Date is a day in the calendar, without time of day and zone.
type Date struct {
	Year  int        // 1 to 9999
	Month time.Month // January to December
	Day   int        // 1 to 31
}

// ParseDate reads the form 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("not a date of the form 2006-01-02: %w", err)
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// String returns the form 2006-01-02.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Value is one field's content: exact, closed and comparable. Two values are
// the same exactly if they are equal with ==, lists and groups included,
// because these are held as canonical bytes. The zero Value is absent, which
// is not the same as null: absent says nothing about the field, null says
// that it is empty. A Value is immutable and safe for concurrent use.
type Value struct {
	typ   Type
	nanos uint32 // of a time
	n     int64  // bool, int, date (yyyymmdd), time (Unix seconds)
	s     string // string, decimal text, canonical bytes of ref, list, group
}

// Null returns the value of a field that is known to be empty.
func Null() Value { return Value{typ: TypeNull} }

// String returns a text value. The text is kept as given: case, spaces and
// the empty string included.
func String(s string) Value { return Value{typ: TypeString, s: s} }

// Bool returns a true-or-false value.
func Bool(b bool) Value {
	if b {
		return Value{typ: TypeBool, n: 1}
	}
	return Value{typ: TypeBool}
}

// Int returns a whole number.
func Int(n int64) Value { return Value{typ: TypeInt, n: n} }

// Number returns a decimal value.
func Number(d Decimal) Value { return Value{typ: TypeDecimal, s: d.text} }

// Day returns a date value.
func Day(d Date) Value {
	return Value{typ: TypeDate, n: int64(d.Year)*10000 + int64(d.Month)*100 + int64(d.Day)}
}

// Instant returns a time value. The zone is not kept: the same instant in
// two zones is the same value.
func Instant(t time.Time) Value {
	return Value{typ: TypeTime, n: t.Unix(), nanos: uint32(t.Nanosecond())}
}

// Reference returns a value that points at another record.
func Reference(r Ref) Value {
	var b []byte
	for _, part := range [...]string{r.System, r.Entity, r.ID} {
		b = appendText(b, part)
	}
	return Value{typ: TypeRef, s: string(b)}
}

// List returns the given values in order. Absent values are kept out.
func List(values ...Value) Value {
	var b []byte
	for _, v := range values {
		if v.typ != TypeAbsent {
			b = v.AppendCanonical(b)
		}
	}
	return Value{typ: TypeList, s: string(b)}
}

// Group returns the fields as one value: an address, an order line.
func Group(f Fields) Value {
	var b []byte
	for name, v := range f.All() {
		b = v.AppendCanonical(appendText(b, name))
	}
	return Value{typ: TypeGroup, s: string(b)}
}

// Type says what the value holds.
func (v Value) Type() Type { return v.typ }

// IsAbsent reports whether nothing is known of the field.
func (v Value) IsAbsent() bool { return v.typ == TypeAbsent }

// IsBlank reports whether there is nothing to carry over: the value is
// absent, null, the empty string, or an empty list or group.
func (v Value) IsBlank() bool {
	switch v.typ {
	case TypeAbsent, TypeNull:
		return true
	case TypeString, TypeList, TypeGroup:
		return v.s == ""
	default:
		return false
	}
}

// Equal reports whether v == w. It is there for packages that compare values
// by method, such as go-cmp.
func (v Value) Equal(w Value) bool { return v == w }

// AsString returns the text of a string value, else "" and false.
func (v Value) AsString() (string, bool) { return v.s, v.typ == TypeString }

// AsBool returns a bool value, else false and false.
func (v Value) AsBool() (b, ok bool) { return v.typ == TypeBool && v.n == 1, v.typ == TypeBool }

// AsInt returns a whole number, else 0 and false.
func (v Value) AsInt() (int64, bool) {
	if v.typ != TypeInt {
		return 0, false
	}
	return v.n, true
}

// AsDecimal returns a decimal; a whole number counts as one. Anything else
// is 0 and false.
func (v Value) AsDecimal() (Decimal, bool) {
	switch v.typ {
	case TypeDecimal:
		return Decimal{v.s}, true
	case TypeInt:
		return MustDecimal(strconv.FormatInt(v.n, 10)), true
	default:
		return Decimal{}, false
	}
}

// AsDate returns a date, else the zero Date and false.
func (v Value) AsDate() (Date, bool) {
	if v.typ != TypeDate {
		return Date{}, false
	}
	return Date{int(v.n / 10000), time.Month(v.n / 100 % 100), int(v.n % 100)}, true
}

// AsTime returns an instant in UTC, else the zero time and false.
func (v Value) AsTime() (time.Time, bool) {
	if v.typ != TypeTime {
		return time.Time{}, false
	}
	return time.Unix(v.n, int64(v.nanos)).UTC(), true
}

// AsRef returns a reference, else the zero Ref and false.
func (v Value) AsRef() (Ref, bool) {
	if v.typ != TypeRef {
		return Ref{}, false
	}
	d := decoder{rest: v.s}
	return Ref{System: d.text(), Entity: d.text(), ID: d.text()}, true
}

// AsList returns the values of a list, else nil and false.
func (v Value) AsList() ([]Value, bool) {
	if v.typ != TypeList {
		return nil, false
	}
	d := decoder{rest: v.s}
	var out []Value
	for d.rest != "" {
		out = append(out, d.value())
	}
	return out, true
}

// AsGroup returns the fields of a group, else no fields and false.
func (v Value) AsGroup() (Fields, bool) {
	if v.typ != TypeGroup {
		return Fields{}, false
	}
	d := decoder{rest: v.s}
	var f []Field
	for d.rest != "" {
		f = append(f, Field{d.text(), d.value()})
	}
	return Fields{f}, true
}

// String returns the value for people: the bare text of a string, "null",
// "true", "12.5", "2026-01-31", an instant in RFC 3339, a list in square
// brackets, a group in braces. An absent value is "". It is not meant to be
// read back; see MarshalJSON for that.
func (v Value) String() string {
	switch v.typ {
	case TypeNull:
		return "null"
	case TypeString:
		return v.s
	case TypeBool:
		return strconv.FormatBool(v.n == 1)
	case TypeInt:
		return strconv.FormatInt(v.n, 10)
	case TypeDecimal:
		return Decimal{v.s}.String()
	default:
		return v.structuredString()
	}
}

func (v Value) structuredString() string {
	switch v.typ {
	case TypeDate:
		d, _ := v.AsDate()
		return d.String()
	case TypeTime:
		t, _ := v.AsTime()
		return t.Format(time.RFC3339Nano)
	case TypeRef:
		r, _ := v.AsRef()
		return r.String()
	case TypeList:
		list, _ := v.AsList()
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = e.String()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case TypeGroup:
		f, _ := v.AsGroup()
		return f.String()
	default:
		return ""
	}
}

// enumText sets *dst to the position of text in names.
func enumText[T ~uint8](text []byte, names []string, dst *T, what string) error {
	for i, name := range names {
		if name == string(text) {
			*dst = T(i)
			return nil
		}
	}
	return fmt.Errorf("unknown %s %q: use one of %s", what, text, strings.Join(names, ", "))
}
