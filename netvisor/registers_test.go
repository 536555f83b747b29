package netvisor

import (
	"strconv"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
)

// wholeRegister is what a connector of the package is.
type wholeRegister interface {
	instep.Source
	instep.Sink
	instep.Getter
	instep.Finder
}

// The bundled fake and the registers of customers and suppliers understand
// each other: walks of more than a page, a create, an edit, a search, a record
// that is not there.
func TestRegistersOnFake(t *testing.T) {
	t.Parallel()
	const n = 1203
	o := &netvisortest.Options{}
	for i := range n {
		id := strconv.Itoa(i + 1)
		o.Customers = append(o.Customers, netvisortest.Customer{Key: i + 1, Code: id, Name: "Oy Yritys & Kumpp. " + id, City: "Jyväskylä", Country: "FI", Active: true})
		o.Vendors = append(o.Vendors, netvisortest.Vendor{Key: i + 1, Code: id, Name: "Toimittaja " + id, BusinessID: "1967543-8", City: "Åbo"})
	}
	c, _ := onFake(t, o, nil)
	tests := []struct {
		name     string
		r        wholeRegister
		code, id string // names of fields
	}{
		{"customers", c.Customers(), FieldInternalIdentifier, FieldExternalIdentifier},
		{"vendors", c.Vendors(), FieldVendorCode, FieldOrganizationID},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.r
			records, page := readAll(t, r, "")
			if len(records) != n || !page.Sweep.Complete || page.Sweep.Total != n {
				t.Fatalf("%d records, %+v", len(records), page.Sweep)
			}
			if changed, _ := readAll(t, r, page.Next); len(changed) > n {
				t.Errorf("%d changed", len(changed))
			}
			fields := instep.NewFields(
				instep.Field{Name: FieldName, Value: instep.String(`Äyräpää "ja" <Co> & Søn`)},
				instep.Field{Name: tt.code, Value: instep.String("77001")},
				instep.Field{Name: tt.id, Value: instep.String("1366959-8")},
			)
			res, err := r.Write(t.Context(), []instep.Op{{Action: instep.Create, Fields: fields}})
			if err != nil || res[0].Err != nil {
				t.Fatal(err, res)
			}
			edit := instep.NewFields(instep.Field{Name: FieldCity, Value: instep.String("Åbo")})
			if res, err := r.Write(t.Context(), []instep.Op{{Action: instep.Update, Ref: res[0].Ref, Fields: edit}}); err != nil || res[0].Err != nil {
				t.Fatal(err, res)
			}
			missing := res[0].Ref
			missing.ID = "99999"
			got, err := r.Get(t.Context(), []instep.Ref{res[0].Ref, missing})
			if err != nil || got[1].Status != instep.Missing {
				t.Fatal(err, got)
			}
			if f := got[0].Fields; f.Get(FieldCity).String() != "Åbo" || f.Get(FieldName) != fields.Get(FieldName) {
				t.Errorf("read back as %v", f)
			}
			found, err := r.Find(t.Context(), tt.code, []instep.Value{instep.String("77001"), instep.String("none")})
			if err != nil || len(found[0]) != 1 || len(found[1]) != 0 {
				t.Errorf("found %v, %v", found, err)
			}
		})
	}
}
