package rackbeat_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// wholeRegister is what a connector of the package is.
type wholeRegister interface {
	instep.Source
	instep.Sink
	instep.Getter
	instep.Finder
	instep.Lister
	instep.Describer
	instep.Traiter
	instep.Prober
}

// registry is a connector with what a person does to its records at the fake.
type registry struct {
	wholeRegister
	entity string
	server *rackbeattest.Server

	add    func(rackbeattest.Party) error
	edit   func(int, func(*rackbeattest.Party)) error
	rename func(int, int) error
	remove func(int) error
	all    func() []rackbeattest.Party
}

func (r *registry) ref(number int) instep.Ref {
	return instep.Ref{System: "rackbeat", Entity: r.entity, ID: strconv.Itoa(number)}
}

// registries runs a test for customers and for suppliers, each with a fake of
// its own on a port, to which a client of its own speaks HTTP.
func registries(t *testing.T, f rackbeattest.Options, o rackbeat.Options, test func(*testing.T, *registry, *rackbeat.Client)) {
	t.Helper()
	for _, entity := range []string{"customer", "supplier"} {
		t.Run(entity, func(t *testing.T) {
			t.Parallel()
			f, o := f, o
			s := fake(t, &f)
			o.BaseURL = s.Start(t)
			if o.Transport == nil {
				o.Transport = &http.Transport{}
			}
			c, _ := connect(t, s, o)
			r := &registry{c.Customers(), entity, s, s.AddCustomer, s.EditCustomer, s.RenameCustomer, s.RemoveCustomer, s.Customers}
			if entity == "supplier" {
				r = &registry{c.Suppliers(), entity, s, s.AddSupplier, s.EditSupplier, s.RenameSupplier, s.RemoveSupplier, s.Suppliers}
			}
			test(t, r, c)
		})
	}
}

// seed adds records numbered from 1.
func (r *registry) seed(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		if err := r.add(rackbeattest.Party{Number: i + 1, Name: "Firma " + strconv.Itoa(i+1), Country: "Denmark"}); err != nil {
			t.Fatal(err)
		}
	}
}

// walk reads from a cursor to the end and returns the numbers, each once.
func (r *registry) walk(t testing.TB, from instep.Cursor) (list []string, last instep.Page) {
	t.Helper()
	for range 1000 {
		page, err := r.Read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range page.Records {
			list = append(list, rec.Ref.ID)
		}
		if from = page.Next; !page.More {
			slices.Sort(list)
			return slices.Compact(list), page
		}
	}
	t.Fatal("the walk does not end")
	return nil, instep.Page{}
}

// do carries out an op that must succeed.
func (r *registry) do(t testing.TB, op instep.Op) instep.Result {
	t.Helper()
	results, err := r.Write(t.Context(), []instep.Op{op})
	if err != nil || results[0].Err != nil {
		t.Fatal(err, results[0].Err)
	}
	return results[0]
}

// good returns all that a create needs but the number.
func (r *registry) good(more ...instep.Field) instep.Fields {
	group := map[string]string{"customer": "Kunder", "supplier": "Leverandører"}[r.entity]
	f := instep.NewFields(
		field("name", instep.String("Ærø Kaffe")), field("payment_term", instep.String("Netto 30 dage")),
		field("group", instep.String(group)), field("vat_zone", instep.String("eu")),
	)
	if r.entity == "customer" {
		f = f.With("layout", instep.String("Standard"))
	}
	for _, m := range more {
		f = f.With(m.Name, m.Value)
	}
	return f
}

func text(name, value string) instep.Field { return field(name, instep.String(value)) }

// The bundled fake and the registers of customers and suppliers understand
// each other, in all forms in which the vendor may answer: walks of more than a
// page, then of what changed, creates, edits, searches, deletes.
func TestRegistersOnFake(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]rackbeattest.Options{
		"plain": {}, "ids": {ShowIDs: true}, "texts": {TextNumbers: true, ZonedTimes: true}, "all asked": {RequireAll: true, Language: "da"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registries(t, f, rackbeat.Options{PageSize: 50, Overlap: -1}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
				r.seed(t, 120)
				all, last := r.walk(t, "")
				if len(all) != 120 || last.Sweep != (instep.Sweep{Complete: true, Total: 120}) {
					t.Fatalf("%d records, sweep %+v", len(all), last.Sweep)
				}
				made := registerLife(t, r, f.ShowIDs)
				if err := r.edit(7, func(p *rackbeattest.Party) { p.City = "Åbo" }); err != nil {
					t.Fatal(err)
				}
				if err := r.remove(8); err != nil {
					t.Fatal(err)
				}
				changed, _ := r.walk(t, last.Next)
				if diff := cmp.Diff([]string{"120", "7", made}, changed); diff != "" {
					t.Errorf("changes differ (-want +got):\n%s", diff)
				}
				if all, last = r.walk(t, ""); len(all) != 120 || !last.Sweep.Complete {
					t.Errorf("%d records at the end, sweep %+v", len(all), last.Sweep)
				}
			})
		})
	}
}

// registerLife creates a record, edits, finds and bars it, and returns its
// number.
func registerLife(t *testing.T, r *registry, ids bool) string {
	t.Helper()
	result := r.do(t, instep.Op{Ref: r.ref(77001), Fields: r.good(
		text("business_id", "FI20774740"), text("country", "FI"), text("currency", "EUR"), text("address_zipcode", "00100"),
		text("contact_email", "a@example.com"), text("contact_phone", "+358 40 1234567"), text("locale", "fi"),
	)})
	if result.Ref != r.ref(77001) || result.After == nil || (result.After.Identity != "") != ids || (result.After.Origin != "") == ids {
		t.Fatalf("created as %+v", result)
	}
	for name, want := range r.good(text("number", "77001"), text("business_id", "FI20774740"), text("company_vat", "FI20774740"),
		text("country", "FI"), text("currency", "EUR"), text("address_zipcode", "00100"), field("address_street2", instep.Null()),
		field("is_barred", instep.Bool(false))).All() {
		if got := result.After.Fields.Get(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	after := r.do(t, instep.Op{Action: instep.Update, Ref: result.Ref, Fields: instep.NewFields(
		text("address_city", "Åbo"), field("contact_phone", instep.Null()))}).After
	want := result.After.Fields.With("address_city", instep.String("Åbo")).With("contact_phone", instep.Null()).
		With("updated_at", after.Fields.Get("updated_at"))
	if !after.Fields.Equal(want) {
		t.Errorf("after two fields changed the record is\n%v, want\n%v", after.Fields, want)
	}
	for name, value := range map[string]string{"number": "77001", "business_id": "FI20774740", "company_vat": "FI20774740", "name": "Ærø Kaffe"} {
		found, err := r.Find(t.Context(), name, []instep.Value{instep.String("none"), instep.String(value)})
		if err != nil || len(found[0]) != 0 || len(found[1]) != 1 || !found[1][0].Fields.Equal(after.Fields) {
			t.Errorf("by %s are found %v, %v", name, found, err)
		}
	}
	barred := r.do(t, instep.Op{Action: instep.Deactivate, Ref: result.Ref}).After
	if barred.Status != instep.Inactive {
		t.Errorf("barred it is %v", barred.Status)
	}
	got, err := r.Get(t.Context(), []instep.Ref{result.Ref, r.ref(99999)})
	if err != nil || got[0].Status != instep.Inactive || got[1].Status != instep.Missing || !got[0].Fields.Equal(barred.Fields) {
		t.Errorf("read back as %v, %v", got, err)
	}
	return result.Ref.ID
}

// A number that is written renames the record, and the result has the new one.
func TestRegistersRename(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{ShowIDs: true}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		r.seed(t, 3)
		if err := r.add(rackbeattest.Party{Number: 2_000_000_000, Name: "x"}); err != nil {
			t.Fatal(err)
		}
		before, err := r.Get(t.Context(), []instep.Ref{r.ref(1)})
		if err != nil {
			t.Fatal(err)
		}
		infos, err := r.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		number := infos[slices.IndexFunc(infos, func(f instep.FieldInfo) bool { return f.Name == "number" })]
		if number.Access&instep.CanUpdate == 0 || !r.Traits().CanRename {
			t.Errorf("the number is described as %+v", number)
		}
		for _, to := range []instep.Value{instep.String("500"), instep.Int(501)} {
			result := r.do(t, instep.Op{Action: instep.Update, Ref: before[0].Ref, Current: &before[0], Fields: instep.NewFields(
				field("number", to), text("address_city", "Odense"))})
			if result.Ref.ID != to.String() || result.After.Ref != result.Ref || result.After.Identity != before[0].Identity {
				t.Fatalf("renamed to %v, the result is %+v", to, result)
			}
			before[0] = *result.After
		}
		got, err := r.Get(t.Context(), []instep.Ref{r.ref(1), r.ref(500), r.ref(501)})
		if err != nil || got[0].Status != instep.Missing || got[1].Status != instep.Missing || got[2].Fields.Get("address_city").String() != "Odense" {
			t.Errorf("after the rename are there %v, %v", got, err)
		}
		for value, kind := range map[instep.Value]instep.Kind{
			instep.String("3"): instep.Duplicate, instep.Int(3): instep.Duplicate, instep.String("2000000000"): instep.Duplicate,
			instep.String("03"): instep.Invalid,
			instep.String("3a"): instep.Invalid, instep.String(" 4"): instep.Invalid, instep.String("-4"): instep.Invalid,
			instep.Int(-4): instep.Invalid, instep.Int(0): instep.Invalid, instep.String("٣"): instep.Invalid,
			instep.String(""): instep.Invalid, instep.Null(): instep.Invalid, instep.Bool(true): instep.Config,
			instep.String("9999999999999999999"): instep.Invalid, instep.String("9999999999"): instep.Invalid,
		} {
			results, err := r.Write(t.Context(), []instep.Op{{Action: instep.Update, Ref: r.ref(2), Fields: instep.NewFields(field("number", value))}})
			e, ok := errors.AsType[*instep.Error](results[0].Err)
			if err != nil || !ok || e.Kind != kind || e.Field != "number" || e.Remedy == "" || results[0].Ref != r.ref(2) {
				t.Errorf("renamed to %q: %+v, %v; want kind %q", value, results[0], err, kind)
			}
		}
	})
}

// Without ids in its answers, the vendor shows where a record comes from.
func TestRegistersOrigin(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		r.seed(t, 2)
		before, err := r.Get(t.Context(), []instep.Ref{r.ref(1), r.ref(2)})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.rename(1, 77); err != nil {
			t.Fatal(err)
		}
		after, err := r.Get(t.Context(), []instep.Ref{r.ref(77)})
		if err != nil || after[0].Identity != "" || after[0].Origin != before[0].Origin || after[0].Content != before[0].Content || after[0].Content == before[1].Content {
			t.Errorf("was %+v, is %+v (%v)", before, after, err)
		}
		if !strings.HasSuffix(after[0].Origin, "Z") || after[0].Content != "Firma 1" {
			t.Errorf("origin is %q, %q", after[0].Origin, after[0].Content)
		}
	})
}

// The vendor gives numbers where that is wanted.
func TestRegistersAutoNumber(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{FirstCustomer: 500, FirstSupplier: 500}, rackbeat.Options{AutoNumber: true},
		func(t *testing.T, r *registry, _ *rackbeat.Client) {
			if err := r.add(rackbeattest.Party{Number: 501, Name: "x"}); err != nil {
				t.Fatal(err)
			}
			for _, want := range []int{500, 502} {
				if result := r.do(t, instep.Op{Fields: r.good()}); result.Ref != r.ref(want) {
					t.Errorf("created as %v, want %v", result.Ref, r.ref(want))
				}
			}
		})
}

// Letters of all the languages of these registers, signs that mean something in
// JSON, HTML and addresses, and what is outside of the basic plane, come back as
// they were.
func TestRegistersOddTexts(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		for i, name := range []string{
			`Äyräpää "ja" <Co> & Søn`, "ÆØÅ æøå ÄÖ äö ß Œ", `back\slash / slash`, "O'Brien ’s", "emoji 😀👩‍👧 firma", "日本 الشركة Ελ",
			"tab\there\nand line", "Åbo", "100% + 1 = {x} [y]", "\u00a0hard\u00a0space", "null", "\ufeffmark", "\u2028line",
		} {
			ref := r.ref(9000 + i)
			r.do(t, instep.Op{Ref: ref, Fields: r.good(text("name", name), text("address_street", name), text("contact_email", name))})
			got, err := r.Get(t.Context(), []instep.Ref{ref})
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimSpace(name) // as the vendor's framework does
			for _, f := range []string{"name", "address_street", "contact_email"} {
				if have := got[0].Fields.Get(f).String(); have != want {
					t.Errorf("%s %q comes back as %q", f, name, have)
				}
			}
			found, err := r.Find(t.Context(), "name", []instep.Value{instep.String(want)})
			if err != nil || len(found[0]) != 1 || found[0][0].Ref != ref {
				t.Errorf("%q is not found: %v, %v", name, found, err)
			}
		}
	})
}

// What is no country stays what it is, whatever else is written.
func TestRegistersCountry(t *testing.T) {
	t.Parallel()
	registries(t, rackbeattest.Options{}, rackbeat.Options{}, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		for i, tt := range []struct{ there, field string }{
			{"Finland", "FI"}, {"united kingdom", "GB"}, {"DK", "DK"}, {"Czech Republic", "CZ"}, {"Atlantis", "Atlantis"}, {"c/o Hansen", "c/o Hansen"}, {"XX", "XX"},
		} {
			if err := r.add(rackbeattest.Party{Number: i + 1, Name: "x", Country: tt.there}); err != nil {
				t.Fatal(err)
			}
			after := r.do(t, instep.Op{Action: instep.Update, Ref: r.ref(i + 1), Fields: instep.NewFields(text("address_city", "Odense"))}).After
			if got := after.Fields.Get("country").String(); got != tt.field {
				t.Errorf("%q is the country %q, want %q", tt.there, got, tt.field)
			}
			if got := r.all()[i]; got.Country != tt.there || got.City != "Odense" {
				t.Errorf("an update of the city left %q of %q", got.Country, tt.there)
			}
		}
	})
}

// Lists are read by name, and entries that are not there are created where that
// is wanted, once for all records that need them.
func TestRegistersLists(t *testing.T) {
	t.Parallel()
	o := rackbeat.Options{
		CreateMissing: []string{"customer_groups", "supplier_groups", "payment_terms"},
		PaymentTerm: func(name string) (rackbeat.PaymentTermInput, bool) {
			days, err := strconv.Atoi(strings.TrimSuffix(name, " dage netto"))
			return rackbeat.PaymentTermInput{MaturityDays: days}, err == nil
		},
	}
	registries(t, rackbeattest.Options{}, o, func(t *testing.T, r *registry, _ *rackbeat.Client) {
		for i := range 3 {
			result := r.do(t, instep.Op{Ref: r.ref(10 + i), Fields: r.good(text("group", "Ny gruppe"), text("payment_term", "45 dage netto"))})
			if f := result.After.Fields; f.Get("group").String() != "Ny gruppe" || f.Get("payment_term").String() != "45 dage netto" {
				t.Errorf("created as %v", f)
			}
		}
		groups := r.entity + "_groups"
		for _, list := range []string{groups, "payment_terms", "vat_zones", "currencies"} {
			items, err := r.List(t.Context(), list)
			made := slices.DeleteFunc(slices.Clone(items), func(it instep.Item) bool { return it.Name != "Ny gruppe" && it.Name != "45 dage netto" })
			if want := map[string]int{groups: 1, "payment_terms": 1}[list]; err != nil || len(items) < 2 || len(made) != want {
				t.Errorf("%s are %v (%v)", list, items, err)
			}
		}
		for _, list := range []string{"layouts", "delivery_terms", "employees"} {
			items, err := r.List(t.Context(), list)
			if customer := r.entity == "customer"; customer != (len(items) == 1) || !customer && instep.KindOf(err) != instep.Unsupported {
				t.Errorf("%s are %v (%v)", list, items, err)
			}
		}
		terms := r.server.Entries(rackbeattest.PaymentTerms)
		if last := terms[len(terms)-1]; last.MaturityDays != 45 {
			t.Errorf("the payment term is %+v", last)
		}
		for _, bad := range []instep.Field{text("payment_term", "Kontant"), text("vat_zone", "moon"), text("currency", "XYZ")} {
			results, _ := r.Write(t.Context(), []instep.Op{{Ref: r.ref(50), Fields: r.good(bad)}})
			if e, ok := errors.AsType[*instep.Error](results[0].Err); !ok || e.Kind != instep.Invalid || e.Field != bad.Name {
				t.Errorf("%v: %v", bad, results[0].Err)
			}
		}
		if len(r.all()) != 3 {
			t.Errorf("%d records are there, want 3", len(r.all()))
		}
	})
}

// Contacts and delivery addresses, of paged and of plain lists.
func TestRegistersParts(t *testing.T) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprint(plain), func(t *testing.T) {
			t.Parallel()
			s := fake(t, &rackbeattest.Options{
				PlainParts: plain, Customers: []rackbeattest.Customer{{Number: 5, Name: "x"}}, Suppliers: []rackbeattest.Supplier{{Number: 5, Name: "y"}},
			})
			c, _ := connect(t, s, rackbeat.Options{BaseURL: s.Start(t), Transport: &http.Transport{}})
			ctx := t.Context()
			eva, err := c.CreateCustomerContact(ctx, "5", rackbeat.ContactUpdate{Name: instep.Set(`Eva "Ø" Ærø`), Phone: instep.Set("0401")})
			if err != nil {
				t.Fatal(err)
			}
			bo, err := c.CreateSupplierContact(ctx, "5", rackbeat.ContactUpdate{Name: instep.Set("Bo")})
			if err != nil {
				t.Fatal(err)
			}
			lager, err := c.CreateCustomerAddress(ctx, "5", rackbeat.AddressUpdate{Name: instep.Set("Lager"), ZIPCode: instep.Set("00100"), Country: instep.Set("Finland")})
			if err != nil {
				t.Fatal(err)
			}
			if eva, err = c.UpdateCustomerContact(ctx, "5", eva.ID, rackbeat.ContactUpdate{Email: instep.Set("e@example.com"), Phone: instep.Clear[string]()}); err != nil {
				t.Fatal(err)
			}
			if lager, err = c.UpdateCustomerAddress(ctx, "5", lager.ID.Or(""), rackbeat.AddressUpdate{City: instep.Set("Åbo")}); err != nil {
				t.Fatal(err)
			}
			for got, err := range c.ListCustomerContacts(ctx, "5", nil) {
				if err != nil || got != eva || got.Name.Or("") != `Eva "Ø" Ærø` || got.Email.Or("") != "e@example.com" || !got.Phone.IsNull() {
					t.Errorf("contact is %+v, %v; want %+v", got, err, eva)
				}
			}
			for got, err := range c.ListSupplierContacts(ctx, "5", nil) {
				if err != nil || got != bo {
					t.Errorf("contact is %+v, %v; want %+v", got, err, bo)
				}
			}
			for got, err := range c.ListCustomerAddresses(ctx, "5", nil) {
				if err != nil || got != lager || got.ZIPCode.Or("") != "00100" || got.City.Or("") != "Åbo" {
					t.Errorf("address is %+v, %v; want %+v", got, err, lager)
				}
			}
			partsGone(t, c, s, eva.ID, bo.ID, lager.ID.Or(""))
		})
	}
}

// partsGone deletes what was made, and looks for what is not there.
func partsGone(t *testing.T, c *rackbeat.Client, s *rackbeattest.Server, eva, bo, lager string) {
	t.Helper()
	ctx := t.Context()
	if c.DeleteCustomerContact(ctx, "5", eva) != nil || c.DeleteSupplierContact(ctx, "5", bo) != nil || c.DeleteCustomerAddress(ctx, "5", lager) != nil {
		t.Error("something cannot be deleted")
	}
	if n := len(s.CustomerContacts(5)) + len(s.SupplierContacts(5)) + len(s.CustomerAddresses(5)); n != 0 {
		t.Errorf("%d contacts and addresses are left", n)
	}
	if err := c.DeleteCustomerContact(ctx, "5", eva); instep.KindOf(err) != instep.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	for _, err := range c.ListCustomerContacts(ctx, "6", nil) {
		if instep.KindOf(err) != instep.NotFound {
			t.Errorf("contacts of nobody: %v", err)
		}
	}
}
