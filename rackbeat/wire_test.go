package rackbeat

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

var noon = time.FixedZone("noon", 3600)

func TestDecodeProduct(t *testing.T) {
	t.Parallel()
	got, err := decodeOne[productRow]([]byte(sample(t, "product.json")), "product", danishTime())
	if err != nil {
		t.Fatal(err)
	}
	dec := func(s string) Attr[instep.Decimal] { return Given(instep.MustDecimal(s)) }
	raw := func(s string) Attr[json.RawMessage] { return Given(json.RawMessage(s)) }
	want := Product{
		Number: "RØR/12 #4", ID: Given("81234"), URLNumber: Given("R%C3%98R%2F12%20%234"), Type: Given("product"),
		Barcode: Given("5701234567899"), Name: Given(`Kobberrør "blød" 12 mm`), Description: Given(""),
		SalesPrice: dec("129.5"), RecommendedSalesPrice: Null[instep.Decimal](), SalesProfit: dec("42.25"),
		CostPrice: dec("87.333333"), RecommendedCostPrice: dec("87.25"), CostAdditionPercentage: dec("0"),
		MinOrder: dec("25"), MinSales: dec("2"), MinStock: dec("10"), StockQuantity: dec("40.5"),
		InOrderQuantity: dec("0"), AvailableQuantity: dec("40.5"), PurchasedQuantity: dec("0"),
		UsedInProductionQuantity: dec("0"), DefaultSupplierID: Given("11"),
		DefaultSupplier:   raw(`{"number": 11, "company_name": "Rør & Co"}`),
		DefaultLocationID: Given("7"), DefaultLocation: raw(`{"number": 7, "name": "Hovedlager"}`),
		PictureURL: Given("https://img.example.com/r.jpg"),
		Pictures: Given(Pictures{
			Thumb: Given("https://img.example.com/t.jpg"), Display: Null[string](), Large: Null[string](), Original: Null[string](),
		}),
		IsBarred: Given(false), IsConvertable: Given(true), InventoryEnabled: Given(true), ShouldAssureQuality: Given(false),
		GroupID: Given("2"),
		Group: Given(GroupRef{
			Number: Given("2"), Name: Given("VVS"), VATAbroad: Null[string](), VATEU: Given("1200"),
			VATDomestic: Given("1100"), VATDomesticExempt: Null[string](), Self: Given("https://app.rackbeat.com/api/product-groups/2"),
		}),
		DiscountGroup: raw("9"), UnitID: Given("3"), Unit: Given(UnitRef{Number: Given("3"), Name: Given("m")}),
		VariationID: Null[string](), Variation: Null[json.RawMessage](),
		Physical: Given(Physical{
			Weight: dec("12.25"), WeightUnit: Given("kg"), Height: Null[instep.Decimal](), Width: dec("0.1"),
			Depth: Null[instep.Decimal](), SizeUnit: Given("m"),
		}),
		SerialNumbers: Given(SerialNumbers{IsActive: Given(false), Index: Null[string]()}),
		BatchControl:  Given(BatchControl{IsActive: Given(false)}),
		CreatedAt:     Given(Time{"2025-01-08 10:30:00", time.Date(2025, 1, 8, 9, 30, 0, 0, time.UTC)}),
		UpdatedAt:     Given(Time{"2025-07-08 10:30:00", time.Date(2025, 7, 8, 8, 30, 0, 0, time.UTC)}),
		DeletedAt:     Null[Time](), PDFURL: Given("https://app.rackbeat.com/api/products/R%C3%98R%2F12%20%234.pdf"),
		DepartmentID: Given("5"), GoodsCode: Null[string](), CountryCode: Null[string](),
		Self:     Given("https://app.rackbeat.com/api/products/R%C3%98R%2F12%20%234"),
		Metadata: raw(`[{"name": "Farve", "slug": "farve", "value": "rød"}]`),
	}
	if diff := equal(want, got); diff != "" {
		t.Errorf("product differs (-want +got):\n%s", diff)
	}
}

func TestDecodeList(t *testing.T) {
	t.Parallel()
	list, info, err := decodeList[productRow]([]byte(sample(t, "products.json")), "products", noon)
	if err != nil {
		t.Fatal(err)
	}
	if want := (pageInfo{total: 2, pages: 1, limit: 20, page: 1}); info != want {
		t.Errorf("got %+v, want %+v", info, want)
	}
	if len(list) != 2 {
		t.Fatalf("got %d products, want 2", len(list))
	}
	first, second := list[0], list[1]
	if first.Number != "1001" || second.Number != "0042" {
		t.Errorf("numbers are %q and %q, want 1001 and 0042 word for word", first.Number, second.Number)
	}
	if !first.Unit.IsNull() || !second.Unit.IsAbsent() || !first.IsBarred.IsAbsent() || !second.IsBarred.Or(false) {
		t.Errorf("an empty array, silence, and \"1\" were not told apart: %+v, %+v", first, second)
	}
	if got := first.CreatedAt.Or(Time{}).At; !got.Equal(time.Date(2018, 1, 1, 17, 30, 0, 0, time.UTC)) {
		t.Errorf("a time with its own zone is %v", got)
	}
}

func TestDecodeFaults(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	for name, test := range map[string]struct{ body, want string }{
		"empty":          {"", "nothing where an object was due"},
		"array":          {"[]", "an object was due"},
		"no list":        {`{"total":0}`, "products: is not in the reply"},
		"list is object": {`{"products":{}}`, "products: something else where an array was due"},
		"row is text":    {`{"products":[{"number":1},"SECRET"]}`, "products.1: something else where an object was due"},
		"row is null":    {`{"products":[null]}`, "products.0: something else where an object was due"},
		"price":          {`{"products":[{"number":1},{"number":2,"sales_price":"SECRET"}]}`, "products.1.sales_price: cannot be a string near byte 25"},
		"huge price":     {`{"products":[{"sales_price":1e999}]}`, "products.0.sales_price: cannot be a number"},
		"nested":         {`{"products":[{"group":{"name":{}}}]}`, "products.0.group.name: cannot be a object"},
		"number":         {`{"products":[{"number":true}]}`, "products.0.number: cannot be a bool"},
		"flag":           {`{"products":[{"is_barred":2}]}`, "products.0.is_barred: cannot be a number"},
		"time":           {`{"products":[{"updated_at":"SECRET"}]}`, "products.0.updated_at: cannot be a string"},
		"total":          {`{"products":[],"total":-1}`, "total: is not a count"},
		"huge total":     {`{"products":[],"total":99999999999}`, "total: is not a count"},
		"broken":         {`{"products":[{"number":1},`, "broken JSON near byte"},
		"cut":            {`{"products":[{"number":1}]`, "broken JSON near byte"},
		"twice":          {`{"products":[]}{}`, "something after the end"},
		"not UTF-8":      {"{\"products\":[],\"x\":\"\xff\"}", "not UTF-8"},
		"too deep":       {`{"products":[],"x":` + deep + `}`, "nested more than 32 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := decodeList[productRow]([]byte(test.body), "products", noon)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the error shows what stood in the reply: %v", err)
			}
		})
	}
}

func TestAttr(t *testing.T) {
	t.Parallel()
	type all struct {
		Text Attr[string]          `json:"text,omitzero"`
		Dec  Attr[instep.Decimal]  `json:"dec,omitzero"`
		Flag Attr[bool]            `json:"flag,omitzero"`
		Time Attr[Time]            `json:"time,omitzero"`
		Raw  Attr[json.RawMessage] `json:"raw,omitzero"`
		Unit Attr[UnitRef]         `json:"unit,omitzero"`
	}
	for _, test := range []struct {
		in   string
		want all
		out  string // "" where it is in
	}{
		{`{}`, all{}, ""},
		{`{"text":null,"dec":null,"flag":null,"time":null,"raw":null,"unit":null}`, all{
			Null[string](), Null[instep.Decimal](), Null[bool](), Null[Time](), Null[json.RawMessage](), Null[UnitRef](),
		}, ""},
		{`{"text":"","dec":"","flag":"","time":"","unit":[]}`, all{
			Text: Given(""), Dec: Null[instep.Decimal](), Flag: Null[bool](), Time: Null[Time](), Unit: Null[UnitRef](),
		}, `{"text":"","dec":null,"flag":null,"time":null,"unit":null}`},
		{`{"text":12,"dec":"1.50","flag":1}`, all{
			Text: Given("12"), Dec: Given(instep.MustDecimal("1.5")), Flag: Given(true),
		}, `{"text":"12","dec":1.5,"flag":true}`},
		{`{"text":"a\u00e5\n","dec":-0.10,"flag":"false","raw":[1,2]}`, all{
			Text: Given("aå\n"), Dec: Given(instep.MustDecimal("-0.1")), Flag: Given(false), Raw: Given(json.RawMessage("[1,2]")),
		}, `{"text":"aå\n","dec":-0.1,"flag":false,"raw":[1,2]}`},
		{`{"time":"0000-00-00 00:00:00","unit":{"number":"m"}}`, all{
			Time: Null[Time](), Unit: Given(UnitRef{Number: Given("m")}),
		}, `{"time":null,"unit":{"number":"m"}}`},
	} {
		var got all
		if err := json.Unmarshal([]byte(test.in), &got); err != nil {
			t.Errorf("%s: %v", test.in, err)
			continue
		}
		if diff := equal(test.want, got); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", test.in, diff)
		}
		out, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if test.out == "" {
			test.out = test.in
		}
		if string(out) != test.out {
			t.Errorf("%s is written back as %s, want %s", test.in, out, test.out)
		}
	}
}

func TestAttrGet(t *testing.T) {
	t.Parallel()
	absent, null, given := Attr[string]{}, Null[string](), Given("")
	for i, a := range []Attr[string]{absent, null, given} {
		if a.IsAbsent() != (i == 0) || a.IsZero() != (i == 0) || a.IsNull() != (i == 1) {
			t.Errorf("attribute %d: absent %v, null %v", i, a.IsAbsent(), a.IsNull())
		}
		if _, ok := a.Get(); ok != (i == 2) {
			t.Errorf("attribute %d: Get reports %v", i, ok)
		}
		if got := a.Or("x"); (got == "") != (i == 2) {
			t.Errorf("attribute %d: Or gives %q", i, got)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1": `1`, "0": `0`, "42": `42`, "007": `"007"`, "A1": `"A1"`, "": `""`, "-1": `"-1"`,
		"999999999999999999": `999999999999999999`, "9999999999999999999": `"9999999999999999999"`,
	} {
		got, err := json.Marshal(code(in))
		if err != nil || string(got) != want {
			t.Errorf("code(%q) is %s (%v), want %s", in, got, err, want)
		}
	}
}

func TestTooDeep(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}`:                        false,
		`{"a":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}`:                      false,
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth):         false,
		strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1):     true,
		`"\\"` + strings.Repeat("[", maxDepth+1):                              true,
		strings.Repeat("[]", 100) + strings.Repeat("{", maxDepth) + "}}}}}}}": false,
	} {
		if got := tooDeep([]byte(body)); got != want {
			t.Errorf("tooDeep(%s) is %v", body, got)
		}
	}
}

// A reply that is accepted is JSON, and what was read of it is written and read
// back the same.
func FuzzDecodeList(f *testing.F) {
	f.Add([]byte(`{"products":[{"number":1,"sales_price":"12.50","updated_at":"2025-01-08 10:30:00"}],"total":1,"pages":1,"limit":20,"page":1}`))
	f.Add([]byte(`{"products":[{"number":"A/1","group":{"number":2},"unit":[],"physical":{"weight":1e2}}]}`))
	f.Add([]byte(`{"products":[null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, info, err := decodeList[productRow](body, "products", noon)
		if err != nil {
			return
		}
		if !json.Valid(bytes.TrimPrefix(body, []byte("\ufeff"))) {
			t.Fatalf("%q was accepted", body)
		}
		again, err := json.Marshal(map[string]any{"products": append([]Product{}, list...)})
		if err != nil {
			t.Fatalf("%q cannot be written back: %v", body, err)
		}
		second, _, err := decodeList[productRow](again, "products", noon)
		if err != nil {
			t.Fatalf("%s, made of %q: %v", again, body, err)
		}
		if diff := equal(compacted(list), compacted(second)); diff != "" {
			t.Fatalf("%q does not survive (-first +second):\n%s", body, diff)
		}
		if info.total < -1 || info.pages < -1 {
			t.Fatalf("%q gives %+v", body, info)
		}
	})
}

// compacted brings what is kept as sent into one form, as writing it does.
func compacted(list []Product) []Product {
	list = append([]Product{}, list...)
	for i := range list {
		for _, a := range []*Attr[json.RawMessage]{
			&list[i].DefaultSupplier, &list[i].DefaultLocation, &list[i].Variation, &list[i].DiscountGroup, &list[i].Metadata,
		} {
			if raw, ok := a.Get(); ok {
				out, err := json.Marshal(raw)
				if err != nil {
					panic(err)
				}
				*a = Given(json.RawMessage(out))
			}
		}
	}
	return list
}

// A decimal is read exactly: as math/big reads it.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-12.50", `"1.5e3"`, "1e-7", `"0042"`, "1E+2", "123456789012345678901234567890.123456"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var a Attr[instep.Decimal]
		if err := json.Unmarshal([]byte(s), &a); err != nil {
			return
		}
		d, ok := a.Get()
		if !ok {
			return
		}
		text := strings.Trim(strings.TrimSpace(s), `"`)
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			if strings.Contains(text, `\`) {
				return // an escape within a text
			}
			t.Fatalf("%s was accepted", s)
		}
		got, _ := new(big.Rat).SetString(d.String())
		if got.Cmp(want) != 0 {
			t.Fatalf("%s was read as %s", s, d)
		}
		if out, err := json.Marshal(a); err != nil || string(out) != d.String() {
			t.Fatalf("%s is written back as %s (%v)", s, out, err)
		}
	})
}

func TestFormEncode(t *testing.T) {
	t.Parallel()
	f := form{"name": "<Rør & Co>", "sales_price": exact(instep.MustDecimal("12.50")), "unit_id": nil}
	got, err := f.encode()
	if diff := cmp.Diff(`{"name":"<Rør & Co>","sales_price":12.5,"unit_id":null}`, string(got)); err != nil || diff != "" {
		t.Errorf("%v, body differs (-want +got):\n%s", err, diff)
	}
}
