package rackbeattest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestContacts(t *testing.T) {
	t.Parallel()
	for _, resource := range []string{"customers", "suppliers"} {
		s := partyServer(t, &Options{Customers: partySeeds(2), Suppliers: partySeeds(2)})
		p := inProcess(t, s)
		base := resource + "/1/contacts"
		sameJSON(t, p.want(206, "GET", base, "").body, `{"contacts":[],"total":0,"pages":1,"limit":20,"page":1}`)
		sameJSON(t, p.want(201, "POST", base, `{"name":"Åse","email":"aase@example.com","phone":4511223344,"id":9}`).body,
			`{"contact":{"id":1,"name":"Åse","email":"aase@example.com","phone":"4511223344"}}`)
		p.want(201, "POST", resource+"/2/contacts", `{"name":"Bo"}`)
		p.want(201, "POST", base, `{"name":"Carl"}`)
		sameJSON(t, p.want(200, "PUT", base+"/1", `{"phone":null,"name":"Åse B"}`).body,
			`{"contact":{"id":1,"name":"Åse B","email":"aase@example.com","phone":null}}`)
		if got := paths(t, p.send("PUT", base+"/1", `{"name":""}`)); got != "name" {
			t.Errorf("complaints about %q", got)
		}
		if got := paths(t, p.send("POST", base, `{"email":7}`)); got != "email name" {
			t.Errorf("complaints about %q", got)
		}
		sameJSON(t, p.want(206, "GET", base+"?limit=1&page=2&order_by=id&order_direction=ASC", "").body,
			`{"contacts":[{"id":3,"name":"Carl","email":null,"phone":null}],"total":2,"pages":2,"limit":1,"page":2}`)
		p.want(200, "GET", base+"/3", "")
		for _, path := range []string{resource + "/3/contacts", resource + "/x/contacts", base + "/2", base + "/01", base + "/1/x"} {
			p.want(404, "GET", path, "")
		}
		p.want(404, "DELETE", base+"/2", "")
		p.want(404, "PUT", base+"/2", `{}`)
		p.want(404, "POST", resource+"/3/contacts", `{"name":"x"}`)
		p.want(200, "DELETE", base+"/3", "")
		p.want(404, "GET", base+"/3", "")
		p.want(404, "GET", "suppliers/1/addresses", "")
		if got := p.party(200, "GET", resource+"/1", "").UpdatedAt; got != "2025-01-08 10:30:00" {
			t.Errorf("contacts moved the time of their owner to %s", got)
		}
	}
}

// TestPlainParts answers without the figures of paging.
func TestPlainParts(t *testing.T) {
	t.Parallel()
	p := inProcess(t, partyServer(t, &Options{
		PlainParts: true, Customers: partySeeds(1),
		CustomerContacts:  map[int][]Contact{1: {{Name: "Bo"}, {Name: "Carl"}}},
		CustomerAddresses: map[int][]Address{1: {{Name: "Lager"}}},
	}))
	sameJSON(t, p.want(200, "GET", "customers/1/contacts?fields=name", "").body, `{"contacts":[{"name":"Bo"},{"name":"Carl"}]}`)
	sameJSON(t, p.want(200, "GET", "customers/1/addresses?fields=id", "").body, `{"addresses":[{"id":1}]}`)
	p.want(206, "GET", "customers", "")
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(1)})
	p := inProcess(t, s)
	const want = `{"id":1,"name":"Lager","street":"Kaj 2","street2":null,"zipcode":"5970","city":"Ærøskøbing",
		"country":"Denmark","email":null,"phone":"1"}`
	sameJSON(t, p.want(201, "POST", "customers/1/addresses",
		`{"name":"Lager","street":"Kaj 2","zipcode":5970,"city":"Ærøskøbing","country":"Denmark","phone":"1"}`).body,
		`{"address":`+want+`}`)
	sameJSON(t, p.want(206, "GET", "customers/1/addresses?search=LAG", "").body,
		`{"addresses":[`+want+`],"total":1,"pages":1,"limit":20,"page":1}`)
	p.want(200, "PUT", "customers/1/addresses/1", `{"email":"l@example.com","street":null}`)
	if got := s.CustomerAddresses(1); len(got) != 1 || got[0].Email != "l@example.com" || got[0].Street != "" || got[0].City != "Ærøskøbing" {
		t.Errorf("kept %+v", got)
	}
}

// TestPartsByHand is what a person does with contacts and addresses.
func TestPartsByHand(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(1), Suppliers: partySeeds(1)})
	check := func(want string, err error) {
		t.Helper()
		switch {
		case err == nil && want == "":
		case err == nil || want == "" || !strings.Contains(err.Error(), want):
			t.Errorf("want %q, got %v", want, err)
		}
	}
	check("", s.AddCustomerContact(1, Contact{Name: "Bo"}))
	check("", s.AddSupplierContact(1, Contact{ID: 7, Name: "Carl"}))
	check("", s.AddCustomerAddress(1, Address{Name: "Lager"}))
	check("customer 1: contact: id 1 is taken", s.AddCustomerContact(1, Contact{ID: 1, Name: "x"}))
	check("customer 1: contact without a name", s.AddCustomerContact(1, Contact{}))
	check("customer 2: no such record", s.AddCustomerContact(2, Contact{Name: "x"}))
	check("", s.EditCustomerContact(1, 1, func(c *Contact) { c.Name, c.ID = "Bodil", 9 }))
	check("", s.EditSupplierContact(1, 7, func(c *Contact) { c.Email = "c@example.com" }))
	check("", s.EditCustomerAddress(1, 1, func(a *Address) { a.City = "Odense" }))
	check("without a name", s.EditCustomerAddress(1, 1, func(a *Address) { a.Name = "" }))
	check("address 2: no such record", s.EditCustomerAddress(1, 2, func(*Address) {}))
	check("supplier 4: no such record", s.EditSupplierContact(4, 7, func(*Contact) {}))
	if got := s.CustomerContacts(1); !slices.Equal(got, []Contact{{ID: 1, Name: "Bodil"}}) {
		t.Errorf("customer's contacts are %+v", got)
	}
	if got := s.SupplierContacts(1); !slices.Equal(got, []Contact{{ID: 7, Name: "Carl", Email: "c@example.com"}}) {
		t.Errorf("supplier's contacts are %+v", got)
	}
	check("", s.RemoveCustomerContact(1, 1))
	check("", s.RemoveSupplierContact(1, 7))
	check("", s.RemoveCustomerAddress(1, 1))
	check("contact 1: no such record", s.RemoveCustomerContact(1, 1))
	check("supplier 4", s.RemoveSupplierContact(4, 7))
	if len(s.CustomerContacts(1))+len(s.CustomerAddresses(1))+len(s.SupplierContacts(1)) != 0 {
		t.Error("something is left")
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{})
	p := inProcess(t, s)
	for _, tt := range []struct{ path, singular string }{
		{"customer-groups", "customer_group"}, {"supplier-groups", "supplier_group"}, {"delivery-terms", "delivery_term"},
	} {
		self := `"self":"` + vendorHost + tt.path + `/7"`
		sameJSON(t, p.want(201, "POST", tt.path, `{"number":"7","name":"Øvrige","maturity_days":5}`).body,
			`{"`+tt.singular+`":{"number":7,"name":"Øvrige",`+self+`}}`)
		if got := paths(t, p.send("POST", tt.path, `{"number":7}`)); got != "name number" {
			t.Errorf("%s: complaints about %q", tt.path, got)
		}
		p.want(200, "GET", tt.path+"/7", "")
		p.want(404, "GET", tt.path+"/8", "")
		p.want(404, "GET", tt.path+"/7/x", "")
	}
	sameJSON(t, p.want(201, "POST", "payment-terms", `{"name":"Kontant","maturity_days":"0","type":"net","description":"straks"}`).body,
		`{"payment_term":{"number":3,"name":"Kontant","description":"straks","maturity_days":0,"type":"net",
		"type_translated":"net","self":"`+vendorHost+`payment-terms/3"}}`)
	if got := paths(t, p.send("POST", "payment-terms", `{"name":"x","maturity_days":-1}`)); got != "maturity_days" {
		t.Errorf("complaints about %q", got)
	}
	for _, path := range []string{"layouts", "currencies", "currency", "employees"} {
		p.want(405, "POST", path, `{"name":"x"}`)
		p.want(206, "GET", path, "")
	}
	for _, path := range []string{"currencies/EUR", "currency/EUR"} {
		sameJSON(t, p.want(200, "GET", path, "").body, `{"currency":{"code":"EUR","name":"Euro","self":"`+vendorHost+`currencies/EUR"}}`)
	}
	p.want(404, "GET", "currencies/2", "")
	sameJSON(t, p.want(206, "GET", "employees?name=Anna+Holm", "").body, `{"employees":[{"number":1,"name":"Anna Holm",
		"initials":"AH","contact_phone":null,"contact_email":"anna@example.com","locale":"da","job_title":null,
		"should_notify":false,"default_location_id":null,"self":"`+vendorHost+`employees/1"}],"total":1,"pages":1,"limit":20,"page":1}`)
}

func TestEntriesByHand(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Layouts: []Entry{}})
	if got := s.Entries(Layouts); len(got) != 0 {
		t.Errorf("an empty list was filled: %+v", got)
	}
	if got := s.Entries("colours"); got != nil {
		t.Errorf("there are %+v", got)
	}
	for want, err := range map[string]error{
		`no list "colours"`:                   s.AddEntry("colours", Entry{Name: "x"}),
		"layouts 1: no name":                  s.AddEntry(Layouts, Entry{}),
		"number is taken":                     s.AddEntry(PaymentTerms, Entry{Number: 1, Name: "x"}),
		"layouts 1: a currency has a code":    s.AddEntry(Layouts, Entry{Name: "x", Code: "DKK"}),
		"currencies 7: a currency has a code": s.AddEntry(Currencies, Entry{Name: "x"}),
		"currencies 7: the code DKK is taken": s.AddEntry(Currencies, Entry{Name: "x", Code: "DKK"}),
		"no such record":                      s.EditEntry(Layouts, 5, func(*Entry) {}),
		"payment-terms 1: no name":            s.EditEntry(PaymentTerms, 1, func(e *Entry) { e.Name = "" }),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if err := s.EditEntry(CustomerGroups, 2, func(e *Entry) { e.Name, e.Number = "Eksport", 9 }); err != nil {
		t.Error(err)
	}
	if got := s.Entries(CustomerGroups); !slices.Equal(got, []Entry{{Number: 1, Name: "Kunder"}, {Number: 2, Name: "Eksport"}}) {
		t.Errorf("groups are %+v", got)
	}
}

// TestPartiesByHand is what a person does with customers and suppliers.
func TestPartiesByHand(t *testing.T) {
	t.Parallel()
	c := &clock{noon}
	s := newServer(t, &Options{Customers: partySeeds(2), Suppliers: partySeeds(2), Now: c.now})
	c.forth(time.Hour)
	for want, err := range map[string]error{
		"customer 1: the number 2 is taken":       s.RenameCustomer(1, 2),
		"customer 1: the number 0 is not between": s.RenameCustomer(1, 0),
		"customer 9: no such record":              s.BarCustomer(9, true),
		"supplier 1: no name":                     s.EditSupplier(1, func(p *Supplier) { p.Name = "" }),
		"supplier 1: a supplier has no EAN":       s.EditSupplier(1, func(p *Supplier) { p.EAN = "1" }),
		"supplier 1: a supplier has no Layout":    s.EditSupplier(1, func(p *Supplier) { p.Layout = 1 }),
		"supplier-groups has no number 4":         s.EditSupplier(1, func(p *Supplier) { p.Group = 4 }),
		`no VAT zone is called "x"`:               s.EditSupplier(1, func(p *Supplier) { p.VATZone = "x" }),
		`no currency is called "x"`:               s.EditSupplier(1, func(p *Supplier) { p.Currency = "x" }),
		`max_credit "1,5": not a decimal`:         s.EditCustomer(1, func(p *Customer) { p.MaxCredit = "1,5" }),
		"customer 3: id 1 is taken":               s.AddCustomer(Customer{ID: 1, Number: 3, Name: "x"}),
		"customer 1: the number 1 is taken":       s.AddCustomer(Customer{Number: 1, Name: "x"}),
		"supplier 5: the id -1 is not positive":   s.AddSupplier(Supplier{ID: -1, Number: 5, Name: "x"}),
		"supplier 9: no such record":              s.RemoveSupplier(9),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	for _, err := range []error{
		s.BarCustomer(1, true), s.RenameSupplier(1, 11), s.BarSupplier(2, true), s.RemoveSupplier(2),
		s.EditCustomer(2, func(p *Customer) { p.Group, p.PaymentTerms, p.ID = 0, 0, 99 }),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	one, _ := s.Customer(1)
	two, _ := s.Customer(2)
	if !one.IsBarred || !one.UpdatedAt.Equal(noon.Add(time.Hour)) || two.ID != 2 || two.PaymentTerms != 0 {
		t.Errorf("customers are %+v, %+v", one, two)
	}
	if err := s.EditCustomer(2, func(p *Customer) { p.HasHistory = true }); err != nil {
		t.Error(err)
	}
	if err := s.RemoveCustomer(2); !errors.Is(err, ErrHasHistory) {
		t.Errorf("removed: %v", err)
	}
	if _, ok := s.Supplier(2); ok || len(s.Suppliers()) != 2 || s.Suppliers()[0].Number != 11 {
		t.Errorf("suppliers are %+v", s.Suppliers())
	}
}
