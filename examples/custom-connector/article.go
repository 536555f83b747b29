package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// The fields of an article, the same in the file and at the depot.
const (
	fieldNumber = "number"
	fieldName   = "name"
	fieldPrice  = "price"
	fieldNote   = "note"
)

// describe returns the fields of an article in the order of the columns.
func describe() []instep.FieldInfo {
	return []instep.FieldInfo{
		{Name: fieldNumber, Type: instep.TypeString, Access: instep.CanRead | instep.CanCreate, Required: true, MaxLen: 20},
		{Name: fieldName, Type: instep.TypeString, Access: instep.ReadWrite, Required: true, MaxLen: 60},
		{Name: fieldPrice, Type: instep.TypeDecimal, Access: instep.ReadWrite, Decimals: 2},
		{Name: fieldNote, Type: instep.TypeString, Access: instep.ReadWrite, MaxLen: 200},
	}
}

// check says what is wrong with a create or an update before anything is
// written, so that a refusal has done nothing. Its errors name the field and
// never the value, which may be personal.
func check(op *instep.Op) error {
	needs := instep.CanUpdate
	if op.Action == instep.Create {
		needs = instep.CanCreate
	}
	infos := describe()
	for name, v := range op.Fields.All() {
		i := slices.IndexFunc(infos, func(info instep.FieldInfo) bool { return info.Name == name })
		if i < 0 || infos[i].Access&needs == 0 {
			return &instep.Error{Kind: instep.Unsupported, Op: op.Action.String(), Ref: op.Ref, Field: name}
		}
		if !fits(&infos[i], v) {
			return &instep.Error{Kind: instep.Invalid, Op: op.Action.String(), Ref: op.Ref, Field: name, Remedy: "shorten or correct the value"}
		}
	}
	for _, info := range infos {
		if op.Action == instep.Create && info.Required && op.Fields.Get(info.Name).IsBlank() {
			return &instep.Error{Kind: instep.Invalid, Op: "create", Field: info.Name, Remedy: "give it a value"}
		}
	}
	return nil
}

// fits reports whether a field can hold a value and give it back unchanged.
func fits(info *instep.FieldInfo, v instep.Value) bool {
	if v.IsBlank() {
		return !info.Required
	}
	if d, ok := v.AsDecimal(); ok && info.Type == instep.TypeDecimal {
		return d.Places() <= info.Decimals
	}
	s, ok := v.AsString()
	// A carriage return would not come back from a CSV file.
	return ok && info.Type == instep.TypeString && utf8.ValidString(s) && !strings.Contains(s, "\r") && utf8.RuneCountInString(s) <= info.MaxLen
}
