package rackbeat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func TestDecodeCustomer(t *testing.T) {
	t.Parallel()
	got, err := decodeOne[customerRow]([]byte(sample(t, "customer.json")), "customer", danishTime())
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string, when time.Time) Attr[Time] { return Given(Time{text, when}) }
	bo := Entry{Given("3"), Given("Bo")}
	want := Customer{
		Partner: Partner{
			Number: "10042", ID: Given("55012"), CompanyName: Given("Ærø Kaffe & Te ApS"), Name: Given("Ærø Kaffe & Te ApS"),
			CompanyVAT: Given("25313763"), EAN: Given(""), AddressName: Null[string](), AddressStreet: Given("Søndergade 1"),
			AddressStreet2: Null[string](), AddressCity: Given("Ærøskøbing"), AddressZIPCode: Given("5970"), AddressState: Null[string](),
			AddressCountry: Given("Denmark"), ContactEmail: Given("post@example.com"), ContactPhone: Given("+45 12 34 56 78"),
			Locale: Given("da"), Currency: Given("DKK"), VATZone: Given("domestic"), PaymentTermID: Given("2"),
			PaymentTerm: Given(Entry{Given("2"), Given("Netto 14 dage")}), IsBarred: Given(false), IsDeleted: Given(false),
			Self: Given("https://app.rackbeat.com/api/customers/10042"), Metadata: got.Metadata,
			CreatedAt: at("2025-01-08 10:30:00", time.Date(2025, 1, 8, 9, 30, 0, 0, time.UTC)),
			UpdatedAt: at("2025-02-01 08:00:05", time.Date(2025, 2, 1, 7, 0, 5, 0, time.UTC)),
		},
		OurReference: Given("Bo"), TheirReference: Given("PO 7"), Attention: Null[string](), MaxCredit: Given(dec("12500.5")),
		DiscountPercent: Given(dec("2.5")), EmployeeID: Given("3"), Employee: Given(bo), GroupID: Given("1"), LayoutID: Given("7"),
		DeliveryTermID: Null[string](), InvoiceEmail: Given("faktura@example.com"), OfferEmail: Null[string](), OrderEmail: Null[string](),
		BillingAddress: Given(PartnerAddress{
			Name: Given("Ærø Kaffe"), Street: Given("Søndergade 1"), Street2: Null[string](), ZIPCode: Given("5970"),
			City: Given("Ærøskøbing"), Country: Given("Denmark"), Email: Null[string](), Phone: Null[string](),
		}),
		DeliveryAddress: Null[PartnerAddress](),
	}
	if diff := equal(want, got); diff != "" {
		t.Errorf("customer differs (-want +got):\n%s", diff)
	}
}

func TestDecodeSuppliers(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(206, sample(t, "suppliers.json")))
	l, err := c.SupplierPage(t.Context(), 1, nil)
	if err != nil || len(l.Items) != 3 {
		t.Fatal(l, err)
	}
	if s := l.Items[0]; s.Number != "501" || s.GroupID != Given("4") || s.CompanyName != Given("Pentti Oy") {
		t.Errorf("got %+v", s)
	}
	for i, want := range []instep.Status{instep.Live, instep.Deleted, instep.Inactive} {
		f := l.Items[i].facts()
		if got := f.status(); got != want {
			t.Errorf("supplier %s is %v, want %v", l.Items[i].Number, got, want)
		}
	}
	if name := l.Items[2].name(); name != Given("Spærret") {
		t.Errorf("name is %v", name)
	}
}

func TestEntry(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Attr[Entry]{
		`{"number":9,"name":"A","self":"x"}`: Given(Entry{Given("9"), Given("A")}),
		`{"number":[1],"name":null}`:         Given(Entry{Name: Null[string]()}),
		`{}`:                                 Given(Entry{}),
		`"9"`:                                Given(Entry{Number: Given("9")}),
		`9`:                                  Given(Entry{Number: Given("9")}),
		`[1]`:                                Given(Entry{}),
		`true`:                               Given(Entry{}),
		`[]`:                                 Null[Entry](),
		`null`:                               Null[Entry](),
	} {
		var got Attr[Entry]
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s is %+v (%v), want %+v", raw, got, err, want)
		}
	}
}

// What the typed client sends.
func TestCustomerBodies(t *testing.T) {
	t.Parallel()
	full := CustomerInput{
		Number: instep.Set("10042"), Name: "Ærø & Co", PaymentTerm: "2",
		PartnerDetails: PartnerDetails{
			CompanyVAT: instep.Set("25313763"), EAN: instep.Set("5790000000001"), AddressStreet: instep.Set("Vej 1"),
			AddressCity: instep.Clear[string](), AddressCountry: instep.Set("Denmark"), Group: instep.Set("1"), VATZone: instep.Set("eu"),
			Currency: instep.Set("EUR"), IsBarred: instep.Set(false),
		},
		CustomerDetails: CustomerDetails{
			Layout: instep.Set("7"), MaxCredit: instep.Set(dec("1000.50")), DiscountPercent: instep.Set(dec("2.5")),
			Employee: instep.Set("3"), DeliveryTerm: instep.Set("EXW"), InvoiceEmail: instep.Set("f@example.com"),
		},
	}
	f, err := full.form()
	if err != nil {
		t.Fatal(err)
	}
	body, err := f.encode()
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, string(body), `{"number":10042,"company_name":"Ærø & Co","payment_terms_id":2,"company_vat":"25313763",
		"ean":"5790000000001","address_street":"Vej 1","address_city":null,"address_country":"Denmark","customer_group_id":1,
		"vat_zone":"eu","currency":"EUR","is_barred":false,"layout_id":7,"max_credit":1000.5,"general_discount_percentage":2.5,
		"employee_id":3,"delivery_terms_id":"EXW","invoice_email":"f@example.com"}`)
	up := SupplierUpdate{Name: instep.Set("x"), PartnerDetails: PartnerDetails{Group: instep.Set("4")}}
	if f, err = up.form(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(form{"company_name": "x", "supplier_group_id": json.Number("4")}, f); diff != "" {
		t.Errorf("supplier differs (-want +got):\n%s", diff)
	}
}

func TestCustomerRefusedHere(t *testing.T) {
	t.Parallel()
	good := CustomerInput{Name: "x", PaymentTerm: "1"}
	with := func(number string) CustomerInput { in := good; in.Number = instep.Set(number); return in }
	for name, test := range map[string]struct {
		call  func(context.Context, *Client) error
		field string
	}{
		"letters":      {create(with("K12")), "number"},
		"empty":        {create(with("")), "number"},
		"zero first":   {create(with("012")), "number"},
		"sign":         {create(with("-1")), "number"},
		"long":         {create(with("1234567890123456789")), "number"},
		"other digits": {create(with("١٢")), "number"},
		"no name":      {create(CustomerInput{PaymentTerm: "1"}), "company_name"},
		"no term":      {create(CustomerInput{Name: "x"}), "payment_terms_id"},
		"bad text":     {create(CustomerInput{Name: "\xff", PaymentTerm: "1"}), "company_name"},
		"long credit": {create(CustomerInput{Name: "x", PaymentTerm: "1", CustomerDetails: CustomerDetails{
			MaxCredit: instep.Set(dec("0.0000001")),
		}}), "max_credit"},
		"cleared number": {update("1", CustomerUpdate{Number: instep.Clear[string]()}), "number"},
		"cleared name":   {update("1", CustomerUpdate{Name: instep.Clear[string]()}), "company_name"},
		"cleared term":   {update("1", CustomerUpdate{PaymentTerm: instep.Clear[string]()}), "payment_terms_id"},
		"nothing":        {update("1", CustomerUpdate{}), ""},
		"no id":          {update("", CustomerUpdate{Name: instep.Set("x")}), "number"},
		"contact of 12A": {func(ctx context.Context, c *Client) error {
			return c.DeleteCustomerContact(ctx, "12A", "1")
		}, "number"},
		"contact without id": {func(ctx context.Context, c *Client) error {
			return c.DeleteCustomerContact(ctx, "12", "")
		}, "number"},
		"empty contact": {func(ctx context.Context, c *Client) error {
			_, err := c.CreateCustomerContact(ctx, "12", ContactUpdate{})
			return err
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, nil, answer(500, ""))
			e := wantKind(t, test.call(t.Context(), c), instep.Invalid)
			if e.Field != test.field || e.Remedy == "" {
				t.Errorf("%v is about field %q, want %q", e, e.Field, test.field)
			}
			if n := len(p.requests()); n != 0 {
				t.Errorf("%d requests were sent, want none", n)
			}
		})
	}
}

func create(in CustomerInput) func(context.Context, *Client) error {
	return func(ctx context.Context, c *Client) error {
		_, err := c.CreateCustomer(ctx, in)
		return err
	}
}

func update(number string, up CustomerUpdate) func(context.Context, *Client) error {
	return func(ctx context.Context, c *Client) error {
		_, err := c.UpdateCustomer(ctx, number, up)
		return err
	}
}

// A customer's life by the typed client: numbered by the vendor and by hand,
// renamed, read, deleted.
func TestCustomerLife(t *testing.T) {
	t.Parallel()
	f := newOffice()
	c, _ := f.connect(t, nil)
	ctx := t.Context()
	auto, err := c.CreateCustomer(ctx, CustomerInput{Name: "Første", PaymentTerm: "1"})
	if err != nil || auto.Number != "1000" {
		t.Fatal(auto, err)
	}
	_, err = c.CreateCustomer(ctx, CustomerInput{Number: instep.Set("1000"), Name: "Anden", PaymentTerm: "1"})
	if e := wantKind(t, err, instep.Duplicate); e.Field != "number" || e.Remedy != "choose another number, or link the two customers" {
		t.Errorf("got %v", e)
	}
	if _, err := c.UpdateCustomer(ctx, "1000", CustomerUpdate{Number: instep.Set("7")}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetCustomer(ctx, "1000"); instep.KindOf(err) != instep.NotFound {
		t.Errorf("the old number gives %v", err)
	}
	got, err := c.GetCustomer(ctx, "7")
	if err != nil || got.ID != auto.ID {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := c.DeleteCustomer(ctx, "7"); err != nil {
		t.Fatal(err)
	}
	for _, err := range c.ListCustomers(ctx, nil) {
		t.Errorf("a customer is left: %v", err)
	}
	if _, err := c.CreateSupplier(ctx, SupplierInput{Number: instep.Set("7"), Name: "Leverandør", PaymentTerm: "1"}); err != nil {
		t.Fatal(err)
	}
	s, err := c.UpdateSupplier(ctx, "7", SupplierUpdate{Name: instep.Set("Ny")})
	if err != nil || s.CompanyName != Given("Ny") {
		t.Errorf("got %+v, %v", s, err)
	}
	if s, err = c.GetSupplier(ctx, "7"); err != nil || s.CompanyName != Given("Ny") {
		t.Errorf("got %+v, %v", s, err)
	}
	if err := c.DeleteSupplier(ctx, "7"); err != nil {
		t.Error(err)
	}
}

// Databases take 12A for 12. A write to 12A must never reach the customer 12,
// whom the office gives for it.
func TestCustomerOtherNumber(t *testing.T) {
	t.Parallel()
	f := newOffice()
	f.rows["customers"] = []map[string]any{{"number": json.Number("12"), "company_name": "x"}}
	c, p := f.connect(t, nil)
	_, err := c.GetCustomer(t.Context(), "12A")
	wantKind(t, err, instep.NotFound)
	_, err = c.UpdateCustomer(t.Context(), "12A", CustomerUpdate{Name: instep.Set("y")})
	wantKind(t, err, instep.NotFound)
	wantKind(t, c.DeleteCustomer(t.Context(), "12A"), instep.NotFound)
	for _, s := range p.sent {
		if s.Method != http.MethodGet {
			t.Errorf("sent %s %s", s.Method, s.Path)
		}
	}
}

// A create is sent once; without reply its outcome is unknown.
func TestCustomerLost(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"500": answer(500, ""), "page": answer(200, "<html>"), "no number": answer(201, `{"customer":{"company_name":"x"}}`),
	} {
		c, p := client(t, &Options{Retries: 3}, h)
		_, err := c.CreateCustomer(t.Context(), CustomerInput{Name: "x", PaymentTerm: "1"})
		if wantKind(t, err, instep.Lost); len(p.requests()) != 1 {
			t.Errorf("%s: %d requests, want 1", name, len(p.requests()))
		}
	}
}

func TestCustomerForbidden(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, answer(403, `{"message":"no"}`))
	_, err := c.CustomerPage(t.Context(), 1, nil)
	if e := wantKind(t, err, instep.Forbidden); e.Remedy != "give the API key the right to customers, or use a key with all permissions" {
		t.Errorf("got %v", e)
	}
	_, err = c.SupplierGroupPage(t.Context(), 1, nil)
	if e := wantKind(t, err, instep.Forbidden); e.Remedy != "give the API key the right to supplier groups, or use a key with all permissions" {
		t.Errorf("got %v", e)
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusOK)
		case r.Method != http.MethodGet:
			answer(200, `{"contact":{"id":5,"name":"Eva","email":null,"created_at":"2025-01-08 10:30:00"}}`)(w, r)
		default:
			answer(200, `{"contacts":[{"id":5,"name":"Eva"},{"id":"6","name":"Bo"}]}`)(w, r) // not paged
		}
	})
	ctx := t.Context()
	var names []string
	for v, err := range c.ListSupplierContacts(ctx, "12", nil) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, v.ID+" "+v.Name.Or(""))
	}
	if diff := cmp.Diff([]string{"5 Eva", "6 Bo"}, names); diff != "" {
		t.Errorf("contacts differ (-want +got):\n%s", diff)
	}
	got, err := c.CreateCustomerContact(ctx, "12", ContactUpdate{Name: instep.Set("Eva"), Phone: instep.Set("1")})
	if err != nil || got.ID != "5" || !got.Email.IsNull() {
		t.Errorf("got %+v, %v", got, err)
	}
	sameJSON(t, p.last(t).Body, `{"name":"Eva","phone":"1"}`)
	if _, err := c.UpdateSupplierContact(ctx, "12", "5", ContactUpdate{Email: instep.Clear[string]()}); err != nil {
		t.Error(err)
	}
	sameJSON(t, p.last(t).Body, `{"email":null}`)
	if err := errors.Join(c.DeleteCustomerContact(ctx, "12", "5"), c.DeleteSupplierContact(ctx, "12", "a/b")); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{
		"GET /api/suppliers/12/contacts?limit=1000&page=1", "POST /api/customers/12/contacts", "PUT /api/suppliers/12/contacts/5",
		"DELETE /api/customers/12/contacts/5", "DELETE /api/suppliers/12/contacts/a%2Fb",
	}, p.requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	const one = `{"id":3,"name":"Lager","street":"Vej 2","zipcode":8000,"city":"Aarhus","country":"Denmark"}`
	c, p := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			answer(206, `{"addresses":[`+one+`],"total":1,"pages":1,"limit":1000,"page":1}`)(w, r)
			return
		}
		answer(200, `{"address":`+one+`}`)(w, r)
	})
	want := PartnerAddress{ID: Given("3"), Name: Given("Lager"), Street: Given("Vej 2"), ZIPCode: Given("8000"), City: Given("Aarhus"), Country: Given("Denmark")}
	for got, err := range c.ListCustomerAddresses(t.Context(), "12", nil) {
		if err != nil || got != want {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	got, err := c.CreateCustomerAddress(t.Context(), "12", AddressUpdate{Street: instep.Set("Vej 2"), Street2: instep.Clear[string]()})
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	sameJSON(t, p.last(t).Body, `{"street":"Vej 2","street2":null}`)
	if _, err := c.UpdateCustomerAddress(t.Context(), "12", "3", AddressUpdate{City: instep.Set("Odense")}); err != nil {
		t.Error(err)
	}
	if err := c.DeleteCustomerAddress(t.Context(), "12", "3"); err != nil {
		t.Error(err)
	}
	if last := p.last(t); last.Method+" "+last.Path != "DELETE /api/customers/12/addresses/3" {
		t.Errorf("sent %s %s", last.Method, last.Path)
	}
}

// A customer that is understood is understood again from what it is written as.
func FuzzCustomer(f *testing.F) {
	f.Add(`{"number":1,"payment_terms":{"number":1},"our_reference":{"name":"x"},"is_deleted":"1"}`)
	f.Add(`{"number":"1","customer_group":[],"layout":7,"billing_address":{"street":1},"max_credit":"1.50"}`)
	f.Fuzz(func(t *testing.T, body string) {
		first, err := decodeOne[customerRow]([]byte(`{"customer":`+body+`}`), "customer", noon)
		if err != nil {
			return
		}
		data, err := json.Marshal(map[string]any{"customer": first})
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeOne[customerRow](data, "customer", noon)
		if err != nil {
			t.Fatalf("%s cannot be read: %v", data, err)
		}
		again.Metadata, first.Metadata = Attr[json.RawMessage]{}, Attr[json.RawMessage]{}
		if diff := equal(first, again); diff != "" {
			t.Fatalf("differs (-first +again):\n%s", diff)
		}
	})
}
