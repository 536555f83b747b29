package company

import (
	"errors"
	"strings"

	"github.com/instep-go/instep"
)

var (
	errNotText   = errors.New("not a text")
	errNotNumber = errors.New("not digits only, or with a leading zero")
)

// Transforms returns what a mapping of companies may name beside
// [instep.BuiltIn]:
//
//   - "business_id": the form of [Canonical]; a blank text counts as null
//   - "whole_number": a text that must be digits only, without a leading zero,
//     where it is written; anything is read
func Transforms() instep.Transforms {
	return instep.Transforms{
		"business_id":  {Read: canonical, Write: canonical},
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
