package netvisor

import (
	"testing"

	"github.com/instep-go/instep"
)

// TestDefaults gives new records what the write leaves blank, and nothing else.
func TestDefaults(t *testing.T) {
	t.Parallel()
	text := func(name, v string) instep.Field { return instep.Field{Name: name, Value: instep.String(v)} }
	defaults := instep.NewFields(text(FieldCountry, "FI"), text(FieldName, "Nimetön"))
	u, err := customerTable.created(instep.NewFields(text(FieldName, "Kahvila"), instep.Field{Name: FieldCountry, Value: instep.Null()}), defaults)
	if err != nil {
		t.Fatal(err)
	}
	if u.Name != instep.Set("Kahvila") || u.Country != instep.Set("FI") || u.City != (instep.Opt[string]{}) {
		t.Errorf("name %v, country %v, city %v", u.Name, u.Country, u.City)
	}
	for _, info := range customerTable.describe(instep.ReadWrite, defaults) {
		if info.Required {
			t.Errorf("%s is required, though new customers get one", info.Name)
		}
	}
	for _, bad := range []instep.Fields{
		instep.NewFields(text("colour", "blue")), instep.NewFields(text(FieldCountry, "")),
		instep.NewFields(instep.Field{Name: FieldCountry, Value: instep.Bool(true)}),
	} {
		if err := customerTable.checkDefaults("NewCustomer", bad); instep.KindOf(err) != instep.Config {
			t.Errorf("%v as defaults: %v", bad, err)
		}
		if err := vendorTable.checkDefaults("NewSupplier", bad); instep.KindOf(err) != instep.Config {
			t.Errorf("%v as defaults of suppliers: %v", bad, err)
		}
	}
	unknown := instep.NewFields(text("colour", "blue"))
	for _, o := range []*Options{{NewCustomer: unknown}, {NewSupplier: unknown}} {
		if _, err := o.check(); instep.KindOf(err) != instep.Config {
			t.Errorf("options take a field that is not there: %v", err)
		}
	}
}
