package instep

import (
	"errors"
	"maps"
	"strings"
)

// Transform converts the value of a field between a system's own form and the
// shared form in which the two sides are compared. Both functions are pure
// and called concurrently. They get neither absent nor null values, which
// stand for themselves. An error makes the record unfit; its text names the
// rule that was broken, never the value.
type Transform struct {
	Read  func(Value) (Value, error) // a system's form → shared form
	Write func(Value) (Value, error) // shared form → a system's form

	// Version is part of a mapping's fingerprint: raise it when the functions
	// change what they do, so that fields are compared anew.
	Version int
}

// Transforms are the transforms that a mapping may name.
type Transforms map[string]Transform

var (
	errNotBool    = errors.New("not a true-or-false value")
	errNotText    = errors.New("not a text")
	errNotDecimal = errors.New("not a number")
	errNotList    = errors.New("not a list of texts")
	errNotApart   = errors.New("a joined text cannot be taken apart")
)

// BuiltIn returns the transforms that every mapping may name, in a map of the
// caller's own to add to:
//
//   - "trim": spaces around a text are cut; a blank text counts as null
//   - "lines": as trim, and line ends are \n
//   - "not": true becomes false and the other way round
//   - "cents": a number is rounded to 2 decimals
//   - "upper": a text in upper case
//   - "text": a whole number or decimal as text, read back as the same text
//   - "join": the texts of several fields with spaces in between, blank ones
//     left out; only for an end with [End.Also]
func BuiltIn() Transforms {
	return maps.Clone(builtIn)
}

var builtIn = Transforms{
	"trim":  onText(trimBlank),
	"lines": onText(func(s string) Value { return trimBlank(lineEnds.Replace(s)) }),
	"upper": onText(func(s string) Value { return String(strings.ToUpper(s)) }),
	"not":   both(negate),
	"cents": both(cents),
	"text":  {Read: asText, Write: func(v Value) (Value, error) { return v, nil }},
	"join":  {Read: joined, Write: func(Value) (Value, error) { return Value{}, errNotApart }},
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// both returns a transform that does the same in both directions.
func both(f func(Value) (Value, error)) Transform { return Transform{Read: f, Write: f} }

func onText(f func(string) Value) Transform {
	return both(func(v Value) (Value, error) {
		s, ok := v.AsString()
		if !ok {
			return Value{}, errNotText
		}
		return f(s), nil
	})
}

func trimBlank(s string) Value {
	if s = strings.TrimSpace(s); s == "" {
		return Null()
	}
	return String(s)
}

func negate(v Value) (Value, error) {
	b, ok := v.AsBool()
	if !ok {
		return Value{}, errNotBool
	}
	return Bool(!b), nil
}

func cents(v Value) (Value, error) {
	d, ok := v.AsDecimal()
	if !ok {
		return Value{}, errNotDecimal
	}
	return Number(d.Round(2)), nil
}

func asText(v Value) (Value, error) {
	text := keyText(v)
	if text == "" {
		return Value{}, errNotText
	}
	return String(text), nil
}

func joined(v Value) (Value, error) {
	items, ok := v.AsList()
	if !ok {
		return Value{}, errNotList
	}
	var words []string
	for _, item := range items {
		if item.IsBlank() {
			continue
		}
		text := keyText(item)
		if text == "" {
			return Value{}, errNotList
		}
		words = append(words, strings.TrimSpace(text))
	}
	return trimBlank(strings.Join(words, " ")), nil
}
