package rackbeat

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"

	"github.com/instep-go/instep"
)

// Attr is one attribute of a reply: absent (the zero Attr: the reply does not
// speak of it), null, or a value. It reads numbers, texts and flags in all
// the forms in which the vendor's views give them: 7 and "7", 12.5 and "12.50",
// true, 1 and "1".
type Attr[T any] struct {
	state attrState
	value T
}

type attrState uint8

const (
	attrAbsent attrState = iota
	attrNull
	attrGiven
)

// Given returns an attribute with the value v.
func Given[T any](v T) Attr[T] { return Attr[T]{attrGiven, v} }

// Null returns an attribute that is null.
func Null[T any]() Attr[T] { return Attr[T]{state: attrNull} }

// Get returns the value, and whether there is one.
func (a Attr[T]) Get() (T, bool) { return a.value, a.state == attrGiven }

// Or returns the value, or def if there is none.
func (a Attr[T]) Or(def T) T {
	if a.state == attrGiven {
		return a.value
	}
	return def
}

// convert returns an attribute with what f makes of the value.
func convert[T, V any](a Attr[T], f func(T) V) Attr[V] {
	if v, ok := a.Get(); ok {
		return Given(f(v))
	}
	return Attr[V]{state: a.state}
}

// IsNull reports whether the reply says that there is no value.
func (a Attr[T]) IsNull() bool { return a.state == attrNull }

// IsAbsent reports whether the reply does not speak of the attribute.
func (a Attr[T]) IsAbsent() bool { return a.state == attrAbsent }

// IsZero reports the same as IsAbsent; encoding/json's omitzero asks it.
func (a Attr[T]) IsZero() bool { return a.IsAbsent() }

// MarshalJSON writes the value, or null. Decimals are numbers.
func (a Attr[T]) MarshalJSON() ([]byte, error) {
	if a.state != attrGiven {
		return []byte("null"), nil
	}
	switch v := any(a.value).(type) {
	case instep.Decimal:
		return []byte(v.String()), nil
	default:
		return json.Marshal(v)
	}
}

// UnmarshalJSON reads the value, or null. A blank text where a number, a flag
// or a time is due, and an empty array where an object is due, count as null.
// What cannot be read is a *json.UnmarshalTypeError.
func (a *Attr[T]) UnmarshalJSON(data []byte) error {
	*a = Null[T]()
	if string(data) == "null" {
		return nil
	}
	err := read(any(&a.value), data)
	switch {
	case err == nil:
		a.state = attrGiven
	case errors.Is(err, errBlank):
	default:
		return asTypeError[T](err, data)
	}
	return nil
}

var (
	// errBlank says that there is no value after all.
	errBlank = errors.New("blank")

	// errForm says that the value has a form that its kind does not have.
	errForm = errors.New("not of the form expected")
)

// read sets what p points at.
func read(p any, data []byte) (err error) {
	switch p := p.(type) {
	case *string:
		*p, err = readText(data)
	case *instep.Decimal:
		*p, err = readDecimal(data)
	case *bool:
		*p, err = readFlag(data)
	case *Time:
		*p, err = readTime(data)
	case *json.RawMessage:
		*p = bytes.Clone(data)
	default:
		if data[0] == '[' && len(bytes.TrimSpace(data[1:])) == 1 { // how PHP writes an empty object
			return errBlank
		}
		err = json.Unmarshal(data, p)
	}
	return err
}

// asTypeError makes err one to which encoding/json adds the path of the
// attribute. The text never holds the value.
func asTypeError[T any](err error, data []byte) error {
	if inner, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return inner
	}
	return &json.UnmarshalTypeError{Value: kindOf(data), Type: reflect.TypeFor[T]()}
}

// kindOf names what kind of JSON value data is.
func kindOf(data []byte) string {
	switch data[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	default:
		return "number"
	}
}

// readText reads a text. A number counts as the text that it is written as.
func readText(data []byte) (string, error) {
	switch kindOf(data) {
	case "string":
		return unquote(data)
	case "number":
		return string(data), nil
	default:
		return "", errForm
	}
}

// unquote returns the text of a JSON string that is known to be well-formed.
func unquote(data []byte) (string, error) {
	if bytes.IndexByte(data, '\\') < 0 {
		return string(data[1 : len(data)-1]), nil
	}
	var s string
	err := json.Unmarshal(data, &s)
	return s, err
}

// scalar returns the text of a number or a text.
func scalar(data []byte) (string, error) {
	s, err := readText(data)
	if err == nil && s == "" {
		return "", errBlank
	}
	return s, err
}

func readDecimal(data []byte) (instep.Decimal, error) {
	s, err := scalar(data)
	if err != nil {
		return instep.Decimal{}, err
	}
	return instep.ParseDecimal(s)
}

func readFlag(data []byte) (bool, error) {
	if kindOf(data) == "bool" {
		return data[0] == 't', nil
	}
	s, err := scalar(data)
	switch {
	case err != nil:
		return false, err
	case s == "1" || s == "true":
		return true, nil
	case s == "0" || s == "false":
		return false, nil
	default:
		return false, errForm
	}
}

// readCount reads a whole number from 0 up.
func readCount(data []byte) (int, error) {
	s, err := scalar(data)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err
}
