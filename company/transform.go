package company

import (
	"errors"
	"strings"

	"github.com/instep-go/instep"
)

var (
	errNotText    = errors.New("not a text")
	errNotCountry = errors.New("it is no country that is known; write its two letters or its English name")
	errNotNumber  = errors.New("it must be digits only, the first not 0; give it such a number")
)

// Transforms returns what a mapping of companies may name beside
// [instep.BuiltIn]:
//
//   - "business_id": the form of [Canonical]; a blank text counts as null
//   - "country": two letters in upper case, as of ISO 3166; any other text is
//     read as it is, and is no country to write
//   - "whole_number": a text that must be digits only, without a leading zero,
//     where it is written; anything is read
func Transforms() instep.Transforms {
	return instep.Transforms{
		"business_id":  {Read: canonical, Write: canonical},
		"country":      {Read: readCountry, Write: writeCountry},
		"whole_number": {Read: trimmed, Write: wholeNumber},
	}
}

func canonical(v instep.Value) (instep.Value, error) {
	s, ok := v.AsString()
	if !ok {
		return instep.Value{}, errNotText
	}
	if s = Canonical(s); s == "" {
		return instep.Null(), nil
	}
	return instep.String(s), nil
}

func trimmed(v instep.Value) (instep.Value, error) {
	s, ok := v.AsString()
	if !ok {
		return instep.Value{}, errNotText
	}
	if s = strings.TrimSpace(s); s == "" {
		return instep.Null(), nil
	}
	return instep.String(s), nil
}

func readCountry(v instep.Value) (instep.Value, error) {
	v, err := trimmed(v)
	if s, ok := v.AsString(); ok && isCountry(strings.ToUpper(s)) {
		v = instep.String(strings.ToUpper(s))
	}
	return v, err
}

func writeCountry(v instep.Value) (instep.Value, error) {
	s, ok := v.AsString()
	switch {
	case !ok:
		return instep.Value{}, errNotText
	case !isCountry(s):
		return instep.Value{}, errNotCountry
	default:
		return v, nil
	}
}

func isCountry(s string) bool { return len(s) == 2 && isLetter(s[0]) && isLetter(s[1]) }

func wholeNumber(v instep.Value) (instep.Value, error) {
	s, ok := v.AsString()
	switch {
	case !ok:
		return instep.Value{}, errNotText
	case instep.Digits(s) == "":
		return instep.Value{}, errNotNumber
	default:
		return v, nil
	}
}
