package main

import (
	"strings"

	"github.com/instep-go/instep"
)

// fields are those of an article, the same in the file and at the depot, in the
// order of the columns. By the first of them it is known.
var fields = []instep.FieldInfo{
	{Name: "number", Type: instep.TypeString, Access: instep.CanRead | instep.CanCreate, Required: true, MaxLen: 20},
	{Name: "name", Type: instep.TypeString, Access: instep.ReadWrite, Required: true, MaxLen: 60},
	{Name: "price", Type: instep.TypeDecimal, Access: instep.ReadWrite, Decimals: 2},
	{Name: "note", Type: instep.TypeString, Access: instep.ReadWrite, MaxLen: 200},
}

// check says what is wrong with an operation before anything is written, so
// that a refusal has done nothing.
func check(op *instep.Op) error {
	err := instep.CheckOp(op, fields, instep.Create, instep.Update, instep.Delete)
	for name, v := range op.Fields.All() {
		if err == nil && strings.Contains(v.String(), "\r") { // it would not come back from a CSV file
			err = &instep.Error{Kind: instep.Invalid, Op: op.Action.String(), Ref: op.Ref, Field: name}
		}
	}
	return err
}
