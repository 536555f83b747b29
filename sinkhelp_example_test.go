package instep_test

import (
	"errors"
	"fmt"

	"github.com/instep-go/instep"
)

func ExampleCheckOp() {
	fields := []instep.FieldInfo{
		{Name: "number", Type: instep.TypeString, Access: instep.CanRead | instep.CanCreate, Required: true},
		{Name: "name", Type: instep.TypeString, Access: instep.ReadWrite, MaxLen: 5},
	}
	op := &instep.Op{
		Action: instep.Update,
		Ref:    instep.Ref{System: "depot", Entity: "article", ID: "7"},
		Fields: instep.NewFields(instep.Field{Name: "name", Value: instep.String("Schraube")}),
	}
	err := instep.CheckOp(op, fields, instep.Create, instep.Update)
	fmt.Println(err)
	fmt.Println(errors.Is(err, instep.Invalid))
	// Output:
	// update: article 7, field name: refused by the vendor: the text is too long
	// true
}

func ExampleParseTexts() {
	fields := []instep.FieldInfo{{Name: "name", Type: instep.TypeString}, {Name: "price", Type: instep.TypeDecimal}}
	got, err := instep.ParseTexts(fields, "Schraube", "0.05")
	fmt.Println(got, err)
	_, err = instep.ParseTexts(fields, "Mutter", "0,04")
	fmt.Println(err)
	// Output:
	// {name: Schraube, price: 0.05} <nil>
	// read a text: field price: reply not understood: it is no decimal
}

func ExampleInOrder() {
	ref := func(id string) instep.Ref { return instep.Ref{System: "depot", Entity: "article", ID: id} }
	found := []instep.Record{{Ref: ref("2")}, {Ref: ref("1")}}
	for _, rec := range instep.InOrder([]instep.Ref{ref("1"), ref("3"), ref("2")}, found) {
		fmt.Println(rec.Ref.ID, rec.Status)
	}
	// Output:
	// 1 live
	// 3 missing
	// 2 live
}

func ExampleGuardCell() {
	cell := instep.GuardCell("=HYPERLINK(1)")
	fmt.Println(cell, instep.UnguardCell(cell), instep.GuardCell("M8 x 40"))
	// Output: '=HYPERLINK(1) =HYPERLINK(1) M8 x 40
}

func ExampleFailureKind() {
	fmt.Println(instep.FailureKind(503, nil, false))
	fmt.Println(instep.FailureKind(503, nil, true)) // a write that may have been carried out
	fmt.Println(instep.FailureKind(0, errors.New("connection reset"), true))
	// Output:
	// not available
	// outcome unknown
	// outcome unknown
}
