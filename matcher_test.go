package instep_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
)

func TestDigits(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"12": "12", "0": "", "012": "", "12a": "", "": "", "１２": ""} {
		if got := instep.Digits(in); got != want {
			t.Errorf("Digits(%q) is %q, want %q", in, got, want)
		}
	}
}

func ExampleCascade() {
	m := instep.Cascade(
		instep.ByField("number", "code", instep.MatchKey{}, instep.Digits),
		instep.ByField("vat", "business_id", instep.MatchKey{Strong: true}),
		instep.ByField("name", "name", instep.MatchKey{Propose: true}, instep.Fold),
	)
	customer := instep.NewFields(
		instep.Field{Name: "code", Value: instep.String("A12")}, // not a number: no key
		instep.Field{Name: "business_id", Value: instep.String("1967543-8")},
		instep.Field{Name: "name", Value: instep.String("  Kahvila  ÄÄNI Oy")},
	)
	for _, k := range m.Keys(instep.Right, customer, nil) {
		fmt.Println(k.Rank, k.Value, k.Strong, k.Propose)
	}
	// Output:
	// 2 1967543-8 true false
	// 3 kahvila ääni oy false true
}

func ExampleValue() {
	price := instep.Number(instep.MustDecimal("25.0000"))
	fmt.Println(price, price == instep.Number(instep.MustDecimal("25")))
	address := instep.Group(instep.NewFields(
		instep.Field{Name: "city", Value: instep.String("Århus")},
		instep.Field{Name: "zip", Value: instep.String("8000")},
	))
	fmt.Println(address)
	fmt.Println(instep.Null() == instep.String(""), instep.Null() == instep.Value{})
	// Output:
	// 25 true
	// {city: Århus, zip: 8000}
	// false false
}
