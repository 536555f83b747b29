package netvisor

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// page is a reply of getproduct.nv with n full products.
func page(b *testing.B, n int) string {
	b.Helper()
	one := sample(b, "getproduct.xml")
	begin, end := strings.Index(one, "  <Product>"), strings.LastIndex(one, "</Root>")
	var products strings.Builder
	for i := range n {
		products.WriteString(strings.Replace(one[begin:end], "<NetvisorKey>165<", fmt.Sprintf("<NetvisorKey>%d<", i+1), 1))
	}
	return envelope("<Products>" + products.String() + "</Products>")
}

// BenchmarkReadPage is one page of 400 products, from bytes to records.
func BenchmarkReadPage(b *testing.B) {
	body := []byte(page(b, 400))
	zone := finnishTime()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		_, err := decode(body, "products", func(_, item *node) error {
			p, err := readProduct(item, zone)
			r := productTable.record(&p)
			n += min(r.Fields.Len(), 1)
			return err
		})
		if err != nil || n != 400 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkFloor is what the standard library's tokens of the same page cost:
// the floor of BenchmarkReadPage.
func BenchmarkFloor(b *testing.B) {
	body := []byte(page(b, 400))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			if _, err := d.Token(); err != nil {
				break
			}
		}
	}
}

// BenchmarkList is a list of 10,000 rows, of which a walk keeps the keys.
func BenchmarkList(b *testing.B) {
	row := sample(b, "productlist.xml")
	row = row[strings.Index(row, "    <Product>"):strings.Index(row, "    <product>")]
	body := []byte(envelope("<ProductList>" + strings.Repeat(row, 10_000) + "</ProductList>"))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		_, err := decode(body, "productlist", func(_, item *node) error {
			v := &values{}
			if v.key(item, "netvisorkey") > 0 {
				n++
			}
			return v.err
		})
		if err != nil || n != 10_000 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkEncode is one update of five fields.
func BenchmarkEncode(b *testing.B) {
	fields := instep.NewFields(
		instep.Field{Name: FieldName, Value: instep.String("Kahvi & tee")},
		instep.Field{Name: FieldUnitPrice, Value: instep.Number(instep.MustDecimal("4.95"))},
		instep.Field{Name: FieldGroup, Value: instep.String("Juomat")},
		instep.Field{Name: FieldIsActive, Value: instep.Bool(true)},
		instep.Field{Name: FieldVATPercent, Value: instep.Number(instep.MustDecimal("14"))},
	)
	b.ReportAllocs()
	for b.Loop() {
		u, err := productTable.update(fields)
		if err != nil || u.check("", instep.Ref{}) != nil {
			b.Fatal(err)
		}
		if len(document(u.element(false), UTF8)) == 0 {
			b.Fatal("empty")
		}
	}
}
