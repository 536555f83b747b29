package rackbeattest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// party is what the tests read of a customer or supplier.
type party struct {
	ID        *int
	Number    int
	Name      string
	VAT       *string `json:"company_vat"`
	GroupID   *int    `json:"customer_group_id"`
	IsBarred  bool    `json:"is_barred"`
	IsDeleted bool    `json:"is_deleted"`
	UpdatedAt string  `json:"updated_at"`
}

type partyPage struct {
	Customers, Suppliers      []party
	Total, Pages, Limit, Page int
}

func (p partyPage) numbers() string {
	var out []string
	for _, r := range append(p.Customers, p.Suppliers...) {
		out = append(out, fmt.Sprint(r.Number))
	}
	return strings.Join(out, " ")
}

func (p *peer) parties(path string) partyPage {
	p.t.Helper()
	return decode[partyPage](p.t, p.want(http.StatusPartialContent, "GET", path, ""))
}

func (p *peer) party(status int, method, path, body string) party {
	p.t.Helper()
	v := decode[struct{ Customer, Supplier *party }](p.t, p.want(status, method, path, body))
	if v.Supplier != nil {
		return *v.Supplier
	}
	return *v.Customer
}

// partySeeds returns n plain parties numbered from 1 a minute apart.
func partySeeds(n int) []Party {
	out := make([]Party, n)
	for i := range out {
		out[i] = Party{
			Number: i + 1, Name: fmt.Sprintf("Firma %d", i+1),
			CreatedAt: noon.Add(time.Duration(i) * time.Minute),
		}
	}
	return out
}

func partyServer(t testing.TB, o *Options) *Server {
	o.Now, o.RateLimit = (&clock{noon}).now, -1
	o.CustomerGroups = []Entry{{Number: 1, Name: "Kunder"}, {Number: 2, Name: "Udland"}}
	return newServer(t, o)
}

// TestPartySamples compares replies with literal files.
func TestPartySamples(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{})
	p := inProcess(t, s)
	sameJSON(t, p.want(201, "POST", "customers", sample(t, "customer_create.json")).body, sample(t, "customer.json"))
	sameJSON(t, p.want(200, "GET", "customers/10042", "").body, sample(t, "customer.json"))
	p.want(201, "POST", "suppliers", `{"name":"Stål & Co","payment_terms_id":"2","company_vat":"FI20774740","locale":"fi",
		"address":{"street":"Satamakatu 1","zipcode":"00100","city":"Helsinki","country":"Finland"},"is_barred":1,
		"ean":"no field of a supplier","layout_id":77}`)
	sameJSON(t, p.want(206, "GET", "suppliers", "").body, sample(t, "suppliers.json"))
	sameJSON(t, p.want(206, "GET", "payment-terms", "").body, sample(t, "payment_terms.json"))

	asked := partyServer(t, &Options{RequireAll: true, Customers: partySeeds(1)})
	a := inProcess(t, asked).want(422, "POST", "customers",
		`{"number":"1","customer_group_id":9,"billing_address":{"street":5,"unknown":1},"vat_zone":" "}`)
	sameJSON(t, a.body, sample(t, "invalid_customer.json"))
}

func TestPartyValidation(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("å", maxShort+1)
	const fit = `"company_name":"x","payment_terms_id":1`
	tests := []struct{ name, resource, body, want string }{
		{"nothing", "customers", `{}`, "company_name payment_terms_id"},
		{"nothing", "suppliers", `{}`, "company_name payment_terms_id"},
		{"nulls", "customers", `{"number":null,"company_name":null,"payment_terms_id":""}`, "company_name payment_terms_id"},
		{"duplicate", "customers", `{"number":1,` + fit + `}`, "number"},
		{"duplicate", "suppliers", `{"number":"2",` + fit + `}`, "number"},
		{"letters", "customers", `{"number":"K7",` + fit + `}`, "number"},
		{"leading zero", "customers", `{"number":"007",` + fit + `}`, "number"},
		{"sign", "customers", `{"number":"+7",` + fit + `}`, "number"},
		{"zero", "customers", `{"number":0,` + fit + `}`, "number"},
		{"negative", "suppliers", `{"number":-1,` + fit + `}`, "number"},
		{"fraction", "suppliers", `{"number":1.5,` + fit + `}`, "number"},
		{"beyond an integer", "suppliers", `{"number":2147483648,` + fit + `}`, "number"},
		{"number is an object", "customers", `{"number":{"number":7},` + fit + `}`, "number"},
		{"terms unknown", "customers", `{"company_name":"x","payment_terms_id":7}`, "payment_terms_id"},
		{"terms by name", "customers", `{"company_name":"x","payment_terms_id":"Netto 8 dage"}`, "payment_terms_id"},
		{"name too long", "customers", `{"name":"` + long + `","payment_terms_id":1}`, "name"},
		{"name is a number", "customers", `{"company_name":1,"payment_terms_id":1}`, "company_name"},
		{"group unknown", "customers", `{"customer_group_id":3,` + fit + `}`, "customer_group_id"},
		{"group unknown", "suppliers", `{"supplier_group_id":2,` + fit + `}`, "supplier_group_id"},
		{"other group ignored, zone", "suppliers", `{"customer_group_id":99,"vat_zone":"EU",` + fit + `}`, "vat_zone"},
		{"layout, employee, delivery", "customers", `{"layout_id":9,"employee_id":9,"delivery_terms_id":9,` + fit + `}`,
			"delivery_terms_id employee_id layout_id"},
		{"currency unknown", "customers", `{"currency":"dkk",` + fit + `}`, "currency"},
		{"credit", "customers", `{"max_credit":"1,5","general_discount_percentage":0.0000001,` + fit + `}`,
			"general_discount_percentage max_credit"},
		{"barred", "suppliers", `{"is_barred":"nej",` + fit + `}`, "is_barred"},
		{"address is a text", "customers", `{"address":"Havnegade",` + fit + `}`, "address"},
		{"address too long", "suppliers", `{"billing_address":{"city":"` + long + `"},` + fit + `}`, "billing_address.city"},
		{"vat is an object", "customers", `{"company_vat":{},` + fit + `}`, "company_vat"},
	}
	s := partyServer(t, &Options{Customers: partySeeds(2), Suppliers: partySeeds(2)})
	p := inProcess(t, s)
	for _, tt := range tests {
		if got := paths(t, p.send("POST", tt.resource, tt.body)); got != tt.want {
			t.Errorf("%s, %s: complaints about %q, want %q", tt.resource, tt.name, got, tt.want)
		}
	}
	if c, v := len(s.Customers()), len(s.Suppliers()); c != 2 || v != 2 {
		t.Errorf("%d customers and %d suppliers after refusals, want 2 and 2", c, v)
	}
	asked := inProcess(t, partyServer(t, &Options{RequireAll: true, Customers: partySeeds(1)}))
	for _, tt := range []struct{ method, path, body, want string }{
		{"POST", "customers", `{` + fit + `}`, "customer_group_id layout_id vat_zone"},
		{"POST", "suppliers", `{` + fit + `}`, "supplier_group_id vat_zone"},
		{"PUT", "customers/1", `{"customer_group_id":null,"vat_zone":null,"layout_id":null}`, "customer_group_id layout_id vat_zone"},
	} {
		if got := paths(t, asked.send(tt.method, tt.path, tt.body)); got != tt.want {
			t.Errorf("asked for all, %s %s: complaints about %q, want %q", tt.method, tt.path, got, tt.want)
		}
	}
}

// TestPartyUpdate sends partial bodies and looks at the one field they concern.
func TestPartyUpdate(t *testing.T) {
	t.Parallel()
	full := Customer{
		Number: 7, Name: "Navn", CompanyVAT: "12345674", Street: "Gade 1", City: "By", Country: "Denmark", State: "S",
		Email: "a@example.com", Phone: "1", Currency: "DKK", MaxCredit: "10.50", Employee: 1, IsBarred: true,
	}
	tests := []struct {
		name, body string
		change     func(*Customer)
	}{
		{"nothing", `{}`, nil},
		{"the same in other forms", `{"max_credit":10.5,"company_vat":12345674,"number":"7","is_barred":"1","name":" Navn "}`, nil},
		{"read only fields", `{"id":9,"is_deleted":true,"created_at":"x","self":"y","payment_terms":{"number":2}}`, nil},
		{"name by both names", `{"name":"andet","company_name":"Nyt"}`, func(c *Customer) { c.Name = "Nyt" }},
		{"number", `{"number":8}`, func(c *Customer) { c.Number = 8 }},
		{"country alone", `{"address_country":"Finland"}`, func(c *Customer) { c.Country = "Finland" }},
		{"country alone, nested", `{"billing_address":{"country":"Finland","city":null}}`,
			func(c *Customer) { c.Country, c.City = "Finland", "" }},
		{"flat before nested", `{"address_city":"A","address":{"city":"B"}}`, func(c *Customer) { c.City = "A" }},
		{"address cleared", `{"billing_address":null}`,
			func(c *Customer) { c.Street, c.City, c.Country, c.State = "", "", "", "" }},
		{"cleared", `{"company_vat":null,"currency":"","employee_id":null,"max_credit":null,"is_barred":null,"layout_id":null}`,
			func(c *Customer) {
				c.CompanyVAT, c.Currency, c.Employee, c.MaxCredit, c.IsBarred, c.Layout = "", "", 0, "", false, 0
			}},
		{"references", `{"customer_group_id":"2","payment_terms_id":2,"vat_zone":"abroad"}`,
			func(c *Customer) { c.Group, c.PaymentTerms, c.VATZone = 2, 2, ZoneAbroad }},
		{"mails", `{"invoice_email":"i@x","offer_email":"o@x","order_email":"r@x","contact_email":null}`,
			func(c *Customer) { c.InvoiceEmail, c.OfferEmail, c.OrderEmail, c.Email = "i@x", "o@x", "r@x", "" }},
		{"references as texts", `{"our_reference":"a","their_reference":"b","attention":"c","locale":"da","ean":1}`,
			func(c *Customer) {
				c.OurReference, c.TheirReference, c.Attention, c.Locale, c.EAN = "a", "b", "c", "da", "1"
			}},
	}
	for _, tt := range tests {
		c := &clock{noon}
		s := newServer(t, &Options{Customers: []Customer{full}, Now: c.now, CustomerGroups: []Entry{{Name: "a"}, {Name: "b"}}})
		c.forth(time.Hour)
		want, _ := s.Customer(7)
		if tt.change != nil {
			tt.change(&want)
			want.UpdatedAt = noon.Add(time.Hour)
		}
		inProcess(t, s).want(http.StatusOK, "PUT", "customers/7", tt.body)
		if got := s.Customers()[0]; got != want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", tt.name, got, want)
		}
	}
}

func TestPartyUpdateRefused(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Suppliers: partySeeds(2)})
	p := inProcess(t, s)
	before := s.Suppliers()
	for body, want := range map[string]string{
		`{"number":null}`:                        "number",
		`{"number":2,"contact_email":"x"}`:       "number",
		`{"name":null,"contact_email":"x"}`:      "name",
		`{"payment_terms_id":null}`:              "payment_terms_id",
		`{"currency":"ABC","contact_phone":"1"}`: "currency",
	} {
		if got := paths(t, p.send("PUT", "suppliers/1", body)); got != want {
			t.Errorf("%s: complaints about %q, want %q", body, got, want)
		}
	}
	for _, path := range []string{"suppliers/9", "suppliers/01", "suppliers/x", "suppliers/1%20"} {
		p.want(http.StatusNotFound, "PUT", path, `{"name":"x"}`)
	}
	if after := s.Suppliers(); after[0] != before[0] || after[1] != before[1] {
		t.Errorf("a refused update left traces: %+v", after)
	}
}

func TestPartyRename(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(2), ShowIDs: true})
	p := inProcess(t, s)
	got := p.party(200, "PUT", "customers/1", `{"number":"77"}`)
	if got.Number != 77 || got.ID == nil || *got.ID != 1 {
		t.Errorf("renamed to %+v", got)
	}
	p.want(404, "GET", "customers/1", "")
	p.party(200, "GET", "customers/77", "")
	if fresh := p.party(201, "POST", "customers", `{"number":1,"name":"x","payment_terms_id":1}`); *fresh.ID != 3 {
		t.Errorf("the freed number went to %+v", fresh)
	}
	if err := s.RenameCustomer(77, 78); err != nil {
		t.Error(err)
	}
	if got := p.parties("customers?order_by=number&order_direction=ASC").numbers(); got != "1 2 78" {
		t.Errorf("numbers are %q", got)
	}
	if plain := inProcess(t, partyServer(t, &Options{Customers: partySeeds(1)})).party(200, "GET", "customers/1", ""); plain.ID != nil {
		t.Errorf("an id is shown: %+v", plain)
	}
}

func TestPartyDelete(t *testing.T) {
	t.Parallel()
	for _, listed := range []bool{false, true} {
		seed := partySeeds(3)
		seed[2].HasHistory = true
		s := partyServer(t, &Options{Customers: seed, ListDeleted: listed,
			CustomerContacts: map[int][]Contact{1: {{Name: "Bo"}}}})
		p := inProcess(t, s)
		if a := p.want(200, "DELETE", "customers/1", ""); a.body != "" {
			t.Errorf("DELETE answered %q, want nothing", a.body)
		}
		p.want(404, "DELETE", "customers/1", "")
		p.want(404, "PUT", "customers/1", `{"name":"x"}`)
		p.want(404, "POST", "customers/1/contacts", `{"name":"x"}`)
		if got := paths(t, p.send("DELETE", "customers/3", "")); got != "number" {
			t.Errorf("complaints about %q", got)
		}
		got := p.parties("customers?order_by=id").numbers()
		if listed {
			if row := p.party(200, "GET", "customers/1", ""); got != "3 2 1" || !row.IsDeleted {
				t.Errorf("listed: %q, deleted row %+v", got, row)
			}
			p.want(206, "GET", "customers/1/contacts", "")
			if got := p.parties("customers?is_deleted=false&number=1").numbers(); got != "" {
				t.Errorf("filtered: %q", got)
			}
		} else {
			p.want(404, "GET", "customers/1", "")
			p.want(404, "GET", "customers/1/contacts", "")
			if got != "3 2" {
				t.Errorf("list is %q", got)
			}
		}
		p.want(201, "POST", "customers", `{"number":1,"name":"ny","payment_terms_id":1}`)
		if row := p.party(200, "GET", "customers/1", ""); row.IsDeleted || row.Name != "ny" {
			t.Errorf("new customer is %+v", row)
		}
		if got := s.CustomerContacts(1); len(got) != 0 {
			t.Errorf("the new customer has the old one's contacts: %+v", got)
		}
	}
}

// TestSeries numbers those created without a number.
func TestSeries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() (*Server, *peer) {
		s := newServer(t, &Options{Dir: dir, FirstCustomer: 5, RateLimit: -1, Customers: []Customer{{Number: 6, Name: "x"}}})
		return s, inProcess(t, s)
	}
	const body = `{"name":"x","payment_terms_id":1}`
	s, p := open()
	next := func(p *peer, path string, want int) {
		t.Helper()
		if got := p.party(201, "POST", path, body).Number; got != want {
			t.Errorf("%s: number %d, want %d", path, got, want)
		}
	}
	next(p, "customers", 5)
	next(p, "customers", 7) // 6 is taken
	next(p, "suppliers", DefaultFirstNumber)
	p.want(422, "POST", "customers", `{"name":"x"}`) // takes no number
	p.want(201, "POST", "customers", `{"number":9,"name":"x","payment_terms_id":1}`)
	p.want(200, "DELETE", "customers/9", "")
	next(p, "customers", 8)
	next(p, "customers", 10) // 9 was somebody's
	p.want(200, "PUT", "customers/10", `{"number":50}`)
	if err := s.AddCustomer(Customer{Name: "y"}); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Customer(11); !ok {
		t.Error("the series went back to a number that was given up")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, p = open()
	next(p, "customers", 12)
	next(p, "suppliers", DefaultFirstNumber+1)
}

func TestPartyLists(t *testing.T) {
	t.Parallel()
	seed := partySeeds(45)
	seed[0].CompanyVAT, seed[1].CompanyVAT, seed[2].EAN = "12345674", "12345674", "579"
	seed[3].Name, seed[4].IsBarred, seed[5].Country, seed[6].Group = "Ærø Kühlhaus", true, "Finland", 2
	s := partyServer(t, &Options{Customers: seed, Suppliers: partySeeds(3)})
	p := inProcess(t, s)
	for _, tt := range []struct {
		query       string
		rows        int
		first       string
		pages, page int
	}{
		{"", 20, "45", 3, 1}, {"?page=3", 5, "5", 3, 3}, {"?page=4", 0, "", 3, 4},
		{"?limit=1000", 45, "45", 1, 1}, {"?limit=15&page=3&order_direction=asc", 15, "31", 3, 3},
	} {
		got := p.parties("customers" + tt.query)
		first, _, _ := strings.Cut(got.numbers(), " ")
		if len(got.Customers) != tt.rows || first != tt.first || got.Pages != tt.pages || got.Page != tt.page || got.Total != 45 {
			t.Errorf("%s: %d rows from %q, %+v; want %+v", tt.query, len(got.Customers), first, got.Pages, tt)
		}
	}
	for query, want := range map[string]string{
		"company_vat=12345674":                     "1 2",
		"simple_filter[company_vat]=12345674":      "1 2",
		"simple_filter%5Bean%5D=579":               "3",
		"company_name=%C3%86r%C3%B8+K%C3%BChlhaus": "4",
		"search=k%C3%BCHL":                         "4",
		"search=44":                                "44",
		"number=7":                                 "7",
		"number=07":                                "",
		"number=7&is_barred=true":                  "",
		"is_barred=1":                              "5",
		"address_country=Finland":                  "6",
		"customer_group_id=2":                      "7",
		"vat_zone=eu":                              "",
	} {
		if got := p.parties("customers?order_direction=ASC&" + query).numbers(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"customers?order_by=colour": "order_by", "customers?simple_filter[supplier_group_id]=1": "simple_filter",
		"suppliers?simple_filter[ean]=1": "simple_filter", "suppliers?limit=1001": "limit",
	} {
		if got := paths(t, p.send("GET", query, "")); got != want {
			t.Errorf("%s: complaints about %q, want %q", query, got, want)
		}
	}
	sameJSON(t, p.want(200, "GET", "customers/7?fields=number,is_barred,customer_group_id", "").body,
		`{"customer":{"number":7,"is_barred":false,"customer_group_id":2}}`)
	if got := p.parties("suppliers?order_by=updated_at&order_direction=DESC").numbers(); got != "3 2 1" {
		t.Errorf("suppliers are %q", got)
	}
}

// TestTextNumbers shows numbers as texts, for clients that take both.
func TestTextNumbers(t *testing.T) {
	t.Parallel()
	p := inProcess(t, partyServer(t, &Options{TextNumbers: true, Customers: partySeeds(1)}))
	got := p.want(200, "GET", "customers/1?fields=number,customer_group_id,layout,employee_id", "").body
	sameJSON(t, got, `{"customer":{"number":"1","customer_group_id":"1","employee_id":null,
		"layout":{"number":"1","name":"Standard","self":"https://app.rackbeat.com/api/layouts/1"}}}`)
	sameJSON(t, p.want(200, "GET", "layouts/1?fields=number", "").body, `{"layout":{"number":"1"}}`)
}
