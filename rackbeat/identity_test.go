package rackbeat

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// A record is known again by the vendor's own id, and where a view has none, by
// when it was created and its name.
func TestIdentity(t *testing.T) {
	t.Parallel()
	const at = `"created_at":"2025-01-08 10:30:00"`
	for name, test := range map[string]struct {
		body             string // without the number
		identity, origin string // of a customer; that of a product has no "id:"
	}{
		"id":              {`"id":7,` + at, "7", ""},
		"id as text":      {`"id":"a-7",` + at, "a-7", ""},
		"null id":         {`"id":null,"company_name":"Kaffe","name":"Kaffe",` + at, "", "2025-01-08T09:30:00Z|Kaffe"},
		"blank id":        {`"id":"","company_name":"Kaffe","name":"Kaffe",` + at, "", "2025-01-08T09:30:00Z|Kaffe"},
		"no id":           {`"name":"Ærø | Søn",` + at, "", "2025-01-08T09:30:00Z|Ærø | Søn"},
		"no name":         {at, "", "2025-01-08T09:30:00Z|"},
		"fraction":        {`"name":"K","created_at":"2025-01-08T10:30:00.987Z"`, "", "2025-01-08T10:30:00Z|K"},
		"zone":            {`"name":"K","created_at":"2025-01-08T00:30:00+02:00"`, "", "2025-01-07T22:30:00Z|K"},
		"no creation":     {`"name":"K"`, "", ""},
		"null creation":   {`"name":"K","created_at":null`, "", ""},
		"zeroed creation": {`"name":"K","created_at":"0000-00-00 00:00:00"`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"number":12,` + test.body + `}`
			customer, err1 := decodeOne[customerRow]([]byte(`{"customer":`+body+`}`), "customer", danishTime())
			supplier, err2 := decodeOne[supplierRow]([]byte(`{"supplier":`+body+`}`), "supplier", danishTime())
			product, err3 := decodeOne[productRow]([]byte(`{"product":`+body+`}`), "product", danishTime())
			if err1 != nil || err2 != nil || err3 != nil {
				t.Fatal(err1, err2, err3)
			}
			for _, rec := range []instep.Record{
				customerKind(&Options{}).record(&customer, nil),
				supplierKind(&Options{}).record(&supplier, nil),
				recordOf(&product, nil),
			} {
				want := test.identity
				if want != "" && rec.Ref.Entity != "product" {
					want = "id:" + want
				}
				origin, content, _ := strings.Cut(test.origin, "|")
				if rec.Identity != want || rec.Origin != origin || rec.Content != content {
					t.Errorf("%s is identified by %q, its origin is %q with %q; want %q and %q", rec.Ref, rec.Identity, rec.Origin, rec.Content, want, test.origin)
				}
			}
		})
	}
}
