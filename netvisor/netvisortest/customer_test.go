package netvisortest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mallikas has every field of a customer; it is also what customer-add.xml
// makes, but for persons and offices.
func mallikas() Customer {
	return Customer{
		Code: "MM", BusinessID: "1967543-8", OrganizationUnitNumber: "00371967543815", Name: "Mallikas & Kumpp. Oy", NameExtension: "Varasto",
		StreetAddress: "Pajukuja 2", AdditionalAddress: "C 14", City: "Lappeenranta", PostNumber: "53100", Country: "FI", Group: "Jälleenmyyjät",
		Phone: "040 12157 988", Fax: "(015) 123 4567", Email: "maija@mallikas.example", EmailInvoicing: "laskut@mallikas.example",
		HomePage: "www.mallikas.example", Active: true, FinvoiceAddress: "003719675438", FinvoiceRouterCode: "PSPBFIHH",
		DeliveryName: "Mallikas, portti 3", DeliveryStreetAddress: "Pajukuja 90", DeliveryCity: "Lappeenranta", DeliveryPostNumber: "53100",
		DeliveryCountry: "FI", ContactName: "Toimisto", ContactPerson: "Perttu", ContactPersonEmail: "perttu@mallikas.example",
		ContactPersonPhone: "040 21578 999", Comment: "Hyvä asiakas!", AgreementIdentifier: "S-7", ReferenceNumber: "1070",
		InvoicingLanguage: "FI", PrintChannelFormat: "2", DefaultReference: "Viite", TextBeforeLines: "Ennen", TextAfterLines: "Jälkeen",
		PaymentTerm: "14 päivää netto", SecondName: "Toinen", PaymentInterest: "8.5", BalanceLimit: "200.3", AutomationRule: "Perintä",
		FactoringAccount: "Rahoitus", TaxHandlingType: "countrygroup", EUStandardFinvoice: true, SalesPerson: "3",
		Dimensions: []Dimension{{"Alue", "Etelä"}},
	}
}

func testTerms() []PaymentTerm {
	return []PaymentTerm{
		{Key: 2, Description: "14 päivää netto", NetDays: 14, Default: true},
		{Description: " 30 pv netto, 7 pv -2,5 % ", NetDays: 30, DiscountDays: 7, DiscountPercent: "2,50"},
	}
}

// buyers is a register with one of everything that matters to reading.
func buyers() *Options {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 10, 0, 0, 0, time.UTC) }
	m := mallikas()
	m.Key, m.LastChanged = 5, day(1)
	m.Offices = []Office{{
		Key: 10, Name: "Varasto", Phone: "05 123", Identifier: "V1", Contact: Address{"Pajukuja 3", "53100", "Lappeenranta", "FI"},
		FinvoiceAddress: "00371967543801", FinvoiceRouterCode: "PSPBFIHH",
	}}
	m.ContactPersons = []ContactPerson{
		{Key: 11, FirstName: "Perttu", LastName: "Perä", Phone: "040 21578 999", Email: "perttu@mallikas.example", Office: 10, Default: true},
		{FirstName: "Maija", LastName: "Mallikas"},
	}
	return &Options{PaymentTerms: testTerms(), Customers: []Customer{
		m,
		{Key: 6, BusinessID: "131052-308T", Name: "Anni Asiakas", Private: true, LastChanged: day(2)},
		{Key: 7, Code: "120", BusinessID: "DK12345674", Name: "Nordisk Handel ApS", Active: true, LastChanged: day(3)},
	}}
}

func TestCustomerSamples(t *testing.T) {
	t.Parallel()
	s := newServer(t, buyers())
	empty := newServer(t, nil)
	tests := []struct {
		s      *Server
		file   string
		target string
	}{
		{s, "customerlist.xml", "/customerlist.nv"},
		{s, "customerlist-empty.xml", "/customerlist.nv?keyword=nobody"},
		{empty, "customerlist-empty.xml", "/customerlist.nv"},
		{s, "getcustomer.xml", "/getcustomer.nv?id=5"},
		{s, "getcustomer.xml", "/GetCustomer.nv?ID=5&replyoption=14"},
		{s, "getcustomers.xml", "/getcustomer.nv?idlist=6,99&ReplyOption=1"},
		{s, "getcustomers-empty.xml", "/getcustomer.nv?idlist=99"},
		{s, "paymenttermlist.xml", "/paymenttermlist.nv"},
		{empty, "paymenttermlist-empty.xml", "/paymenttermlist.nv"},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			wantSample(t, tt.file, inProcess(t, tt.s).get(tt.target))
			wantSample(t, tt.file, overSocket(t, tt.s).get(tt.target))
		})
	}
}

// customerKeys lists the keys of the customers in a reply.
func customerKeys(body string) string {
	var out []string
	for part := range strings.SplitSeq(body, "<Customer>") {
		for _, name := range []string{"<Netvisorkey>", "<CustomerBaseInformation><NetvisorKey>"} {
			if strings.HasPrefix(part, name) {
				out = append(out, between(part, name, "<"))
			}
		}
	}
	return strings.Join(out, " ")
}

func TestCustomerFilters(t *testing.T) {
	t.Parallel()
	s := newServer(t, buyers())
	tests := []struct{ target, want string }{
		{"/customerlist.nv", "5 6 7"},
		{"/customerlist.nv?changedsince=2024-01-02T12:00:00", "6 7"}, // Finnish time, inclusive
		{"/customerlist.nv?changedsince=2024-01-02T12:00:01", "7"},
		{"/customerlist.nv?ChangedSince=2024-01-04", ""},
		{"/customerlist.nv?changedsince=2024-01-04&keyword=a", "5 6 7"}, // the keyword switches the filter off
		{"/customerlist.nv?keyword=MALLI", "5"},
		{"/customerlist.nv?keyword=varasto", "5"}, // name extension
		{"/customerlist.nv?keyword=mm", "5"},      // code
		{"/customerlist.nv?keyword=1967543-8", "5"},
		{"/customerlist.nv?keyword=131052", ""}, // a personal id is not looked at
		{"/customerlist.nv?customercodelist=120,MM,mm,none", "5 7"},
		{"/customerlist.nv?customercodelist=120,MM&keyword=nordisk", "7"},
		{"/getcustomer.nv?id=7", "7"},
		{"/getcustomer.nv?idlist=7,5,7,6", "5 6 7"},
		{"/getcustomer.nv?idlist=99,7", "7"},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			if got := customerKeys(inProcess(t, s).get(tt.target)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRefusedCustomerReads(t *testing.T) {
	t.Parallel()
	s := newServer(t, buyers())
	many := strings.Repeat("7,", 500)
	tests := []struct{ method, target, code, text string }{
		{"GET", "/getcustomer.nv?id=123", "INVALID_DATA", "Data form incorrect:. Customer not found with Netvisor identifier: 123<"},
		{"GET", "/getcustomer.nv", "INVALID_DATA", "id is missing"},
		{"GET", "/getcustomer.nv?id=MM", "INVALID_DATA", "id has a value"},
		{"GET", "/getcustomer.nv?id=0", "INVALID_DATA", "not found"},
		{"GET", "/getcustomer.nv?idlist=5,x", "INVALID_DATA", "idlist has a value"},
		{"GET", "/getcustomer.nv?id=5&replyoption=16", "INVALID_DATA", "replyoption has a value"},
		{"GET", "/getcustomer.nv?idlist=" + many + "5", "INVALID_DATA_SIZE", "at most 500"},
		{"GET", "/customerlist.nv?changedsince=yesterday", "INVALID_DATA", "changedsince has a value"},
		{"GET", "/customerlist.nv?customercodelist=" + many[:2*101], "INVALID_DATA_SIZE", "at most 100"},
		{"POST", "/getcustomer.nv?id=5", "INVALID_DATA", "HTTP method GET"},
		{"GET", "/customer.nv?method=add", "INVALID_DATA", "HTTP method POST"},
		{"POST", "/deletecustomer.nv?customerid=5", "INVALID_DATA", "HTTP method GET"},
		{"POST", "/paymenttermlist.nv", "INVALID_DATA", "HTTP method GET"},
	}
	for _, tt := range tests {
		t.Run(tt.method+tt.target[:min(60, len(tt.target))], func(t *testing.T) {
			t.Parallel()
			status, body := inProcess(t, s).do(tt.method, tt.target, "")
			if status != 400 || code(body) != tt.code || !strings.Contains(body, tt.text) {
				t.Errorf("%d %s, want %s %q", status, body, tt.code, tt.text)
			}
		})
	}
	inProcess(t, s).get("/getcustomer.nv?idlist=" + many[:len(many)-1])
	if got := len(s.Customers()); got != 3 {
		t.Errorf("%d customers are left", got)
	}
}

func TestStrictIDLists(t *testing.T) {
	t.Parallel()
	o := buyers()
	o.StrictIDLists = true
	c := inProcess(t, newServer(t, o))
	if _, body := c.do("GET", "/getcustomer.nv?idlist=5,8,7", ""); !strings.Contains(body, "identifier: 8<") {
		t.Error(body)
	}
	if got := customerKeys(c.get("/getcustomer.nv?idlist=7,5")); got != "5 7" {
		t.Errorf("%q", got)
	}
}

func TestAddAndEditCustomer(t *testing.T) {
	t.Parallel()
	now := noon
	s := newServer(t, &Options{PaymentTerms: testTerms(), Now: func() time.Time { return now }})
	c := overSocket(t, s)
	if key := between(c.post("/customer.nv?method=add", sample(t, "customer-add.xml")), "<InsertedDataIdentifier>", "<"); key != "1" {
		t.Fatalf("key %q", key)
	}
	want := mallikas()
	want.Key, want.LastChanged = 1, now
	if diff := cmp.Diff([]Customer{want}, s.Customers()); diff != "" {
		t.Fatal(diff)
	}
	now = now.Add(time.Minute)
	c.now = now
	body := c.post("/customer.nv?method=edit&id=1", sample(t, "customer-edit.xml"))
	wantSample(t, "product-edit-reply.xml", body)
	want.Code, want.Name, want.AdditionalAddress, want.Group, want.Email, want.Active = "", "Mallikas Oy", "", "", "", false
	want.DeliveryCountry, want.ReferenceNumber, want.PaymentTerm, want.BalanceLimit = "", "", "30 pv netto, 7 pv -2,5 %", ""
	want.Dimensions, want.LastChanged = nil, now
	if diff := cmp.Diff([]Customer{want}, s.Customers()); diff != "" {
		t.Error("what the message does not name must stay:", diff)
	}
	if r, w := s.Counts(); r != 0 || w != 2 {
		t.Errorf("%d reads, %d writes", r, w)
	}
}

// customerBody wraps the elements of customerbaseinformation.
func customerBody(inner string) string {
	return "<root><customer><customerbaseinformation>" + inner + "</customerbaseinformation></customer></root>"
}

func TestMinimalCustomer(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	inProcess(t, s).post("/customer.nv?method=add", customerBody("<name> Aino ä </name>"))
	want := []Customer{{Key: 1, Name: "Aino ä", Active: true, LastChanged: noon}}
	if diff := cmp.Diff(want, s.Customers()); diff != "" {
		t.Error(diff)
	}
}

func TestAutomaticCode(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Customers: []Customer{
		{Name: "a", Code: "0099"}, {Name: "b", Code: "A500"}, {Name: "c", Code: strings.Repeat("9", 30)}, {Name: "d"},
	}})
	c := inProcess(t, s)
	for _, code := range []string{
		`<internalidentifier type="automatic"></internalidentifier>`, `<internalidentifier type="Automatic"/>`,
		`<internalidentifier type="automatic">X</internalidentifier>`, `<internalidentifier/>`,
	} {
		c.post("/customer.nv?method=add", customerBody(code+"<name>n</name>"))
	}
	c.post("/customer.nv?method=edit&id=4", customerBody(`<internalidentifier type="automatic"/>`))
	var got []string
	for _, x := range s.Customers()[3:] {
		got = append(got, x.Code)
	}
	if diff := cmp.Diff([]string{"102", "100", "101", "X", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedCustomerWrites(t *testing.T) {
	t.Parallel()
	extra := func(inner string) string {
		return "<root><customer><customeradditionalinformation>" + inner + "</customeradditionalinformation></customer></root>"
	}
	long := func(n int) string { return strings.Repeat("ä", n) }
	const name = "<name>N</name>"
	tests := []struct {
		name, target, body string
		code               string // "" is success
		text               string
	}{
		{"longest name", "add", customerBody("<name>" + long(250) + "</name>"), "", ""},
		{"long name", "add", customerBody("<name>" + long(251) + "</name>"), "INVALID_DATA", "name can have at most 250"},
		{"no name", "add", customerBody("<city>X</city>"), "INVALID_DATA", "missing: name"},
		{"no base", "add", extra("<comment>x</comment>"), "INVALID_DATA", "missing: customerbaseinformation"},
		{"blank name", "edit&id=1", customerBody("<name> </name>"), "INVALID_DATA", "empty: name"},
		{"long code", "add", customerBody("<internalidentifier>" + long(51) + "</internalidentifier>" + name), "INVALID_DATA", "internalidentifier can have at most 50"},
		{"odd code type", "add", customerBody(`<internalidentifier type="auto"/>` + name), "INVALID_DATA", "internalidentifier has its attribute type"},
		{"long street", "edit&id=1", customerBody("<streetaddress>" + long(81) + "</streetaddress>"), "INVALID_DATA", "streetaddress can have at most 80"},
		{"long postal code", "edit&id=1", customerBody("<postnumber>" + long(51) + "</postnumber>"), "INVALID_DATA", "postnumber can have at most 50"},
		{"short unit number", "edit&id=1", customerBody("<organizationunitnumber>00371967543</organizationunitnumber>"), "INVALID_DATA", "organizationunitnumber has a value"},
		{"long unit number", "edit&id=1", customerBody("<organizationunitnumber>003719675438123456</organizationunitnumber>"), "INVALID_DATA", "organizationunitnumber has a value"},
		{"city before street", "edit&id=1", customerBody("<city>A</city><streetaddress>B</streetaddress>"), "INVALID_DATA", "wrong place: streetaddress"},
		{"sections in another order", "edit&id=1", "<root><customer><customeradditionalinformation/><customerbaseinformation/></customer></root>", "INVALID_DATA", "wrong place: customerbaseinformation"},
		{"read name of the address", "edit&id=1", customerBody("<additionalstreetaddress>A</additionalstreetaddress>"), "INVALID_DATA", "Unknown element: additionalstreetaddress"},
		{"read name of the reference", "edit&id=1", extra("<referencenumber>1</referencenumber>"), "INVALID_DATA", "Unknown element: referencenumber"},
		{"country without type", "edit&id=1", customerBody("<country>FI</country>"), "INVALID_DATA", "country has its attribute type"},
		{"country by name", "edit&id=1", customerBody(`<country type="ISO-3166">Finland</country>`), "INVALID_DATA", "country has a value"},
		{"flag in words", "edit&id=1", customerBody("<isactive>true</isactive>"), "INVALID_DATA", "isactive has a value"},
		{"limit in words", "edit&id=1", extra("<balancelimit>none</balancelimit>"), "INVALID_DATA", "balancelimit has a value"},
		{"tax handling", "edit&id=1", extra("<taxhandlingtype>none</taxhandlingtype>"), "INVALID_DATA", "taxhandlingtype has a value"},
		{"term without type", "edit&id=1", extra("<defaultpaymentterm>2</defaultpaymentterm>"), "INVALID_DATA", "defaultpaymentterm has its attribute type"},
		{"unknown term", "edit&id=1", extra(`<defaultpaymentterm type="customer">2</defaultpaymentterm>`), "INVALID_DATA", "term not found: 2"},
		{"unknown term by key", "edit&id=1", extra(`<defaultpaymentterm type="netvisor">1</defaultpaymentterm>`), "INVALID_DATA", "term not found: 1"},
		{"no term", "edit&id=1", extra(`<defaultpaymentterm/>`), "", ""},
		{"no method", "", customerBody(name), "INVALID_DATA", "method is missing"},
		{"other method", "delete&id=1", customerBody(name), "INVALID_DATA", "method has a value"},
		{"edit without id", "edit", customerBody(name), "INVALID_DATA", "id is missing"},
		{"vendor's parameter", "edit&netvisorkey=1", customerBody(name), "INVALID_DATA", "id is missing"},
		{"edit of the unknown", "edit&id=99", customerBody(name), "INVALID_DATA", "Customer not found with Netvisor identifier: 99"},
		{"code in use", "add", customerBody("<internalidentifier> A </internalidentifier>" + name), "DUPLICATE_DATA", "customer code is in use: A"},
		{"code in use by edit", "edit&id=2", customerBody("<internalidentifier>A</internalidentifier>"), "DUPLICATE_DATA", "in use: A"},
		{"own code", "edit&id=1", customerBody("<internalidentifier>A</internalidentifier>"), "", ""},
		{"business id of another", "add", customerBody("<externalidentifier>1366959-8</externalidentifier>" + name), "", ""},
		{"bad business id", "add", customerBody("<externalidentifier>1234567-8</externalidentifier>" + name), "", ""},
		{"product", "add", minimal("A", "a"), "INVALID_DATA", "Unknown element: product"},
		{"nothing", "add", "", "INVALID_DATA", "not valid XML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, &Options{PaymentTerms: testTerms(), Customers: []Customer{
				{Code: "A", Name: "a", BusinessID: "1366959-8"}, {Code: "B", Name: "b"},
			}})
			before := s.Customers()
			target := "/customer.nv"
			if tt.target != "" {
				target += "?method=" + tt.target
			}
			status, body := inProcess(t, s).do("POST", target, tt.body)
			if (status == 200) != (tt.code == "") || code(body) != tt.code || !strings.Contains(body, tt.text) {
				t.Errorf("got %d %s, want %s %q", status, body, tt.code, tt.text)
			}
			if tt.code != "" {
				if diff := cmp.Diff(before, s.Customers()); diff != "" {
					t.Error("a refused message changed something:", diff)
				}
			}
		})
	}
}

func TestDeleteCustomer(t *testing.T) {
	t.Parallel()
	o := buyers()
	o.Dir = t.TempDir()
	s := newServer(t, o)
	c := inProcess(t, s)
	if err := s.SetInvoicingHistory(7, true); err != nil {
		t.Fatal(err)
	}
	if got := s.Customers()[2]; !got.InvoicingHistory || got.LastChanged.Day() != 3 {
		t.Errorf("%+v", got)
	}
	for target, want := range map[string]string{
		"/deletecustomer.nv?customerid=7": "it has invoices", "/deletecustomer.nv?customerid=99": "identifier: 99", "/deletecustomer.nv?id=5": "customerid is missing",
	} {
		if status, body := c.do("GET", target, ""); status != 400 || code(body) != "INVALID_DATA" || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", target, status, body)
		}
	}
	if err := s.DeleteCustomer(7); err == nil {
		t.Error("deleted by hand in spite of its invoices")
	}
	s.ResetLog()
	if err := s.SetInvoicingHistory(7, false); err != nil {
		t.Fatal(err)
	}
	c.get("/deletecustomer.nv?CustomerId=7")
	if r, w := s.Counts(); r != 0 || w != 1 {
		t.Errorf("%d reads, %d writes", r, w)
	}
	if got := customerKeys(c.get("/customerlist.nv")); got != "5 6" {
		t.Errorf("left are %q", got)
	}
	if _, body := c.do("GET", "/getcustomer.nv?id=7", ""); code(body) != "INVALID_DATA" {
		t.Error(body)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := newServer(t, &Options{Dir: o.Dir})
	if diff := cmp.Diff(s.Customers(), again.Customers()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(s.PaymentTerms(), again.PaymentTerms()); diff != "" {
		t.Error(diff)
	}
	for _, want := range []int{8, 9} { // the key and the code of the deleted: one is gone, the other free
		code := ""
		if want == 8 {
			code = "120"
		}
		if key, err := again.AddCustomer(Customer{Name: "next", Code: code}); err != nil || key != want {
			t.Errorf("the next key is %d, %v", key, err)
		}
	}
}

func TestCustomersByHand(t *testing.T) {
	t.Parallel()
	now := noon
	s := newServer(t, &Options{PaymentTerms: testTerms(), Now: func() time.Time { return now }})
	key, err := s.AddCustomer(Customer{Code: " A ", Name: " a ", Group: "G", BalanceLimit: "1,50"})
	if err != nil || key != 1 {
		t.Fatal(key, err)
	}
	now = now.Add(time.Hour)
	if err := s.EditCustomer(key, func(c *Customer) { c.Key, c.Name = 77, "b" }); err != nil {
		t.Fatal(err)
	}
	want := []Customer{{Key: 1, Code: "A", Name: "b", Group: "G", BalanceLimit: "1.5", LastChanged: now}}
	if diff := cmp.Diff(want, s.Customers()); diff != "" {
		t.Error(diff)
	}
	for name, err := range map[string]error{
		"edit of the unknown": s.EditCustomer(9, func(*Customer) {}), "delete of the unknown": s.DeleteCustomer(9),
		"history of the unknown": s.SetInvoicingHistory(9, true), "edit to no name": s.EditCustomer(1, func(c *Customer) { c.Name = " " }),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, c := range []Customer{
		{}, {Name: strings.Repeat("x", 251)}, {Name: "x", Code: strings.Repeat("x", 51)}, {Name: "x", Key: -1}, {Name: "x", Key: 1},
		{Name: "x", Code: "A"}, {Name: "x", PaymentTerm: "60 days"}, {Name: "x", BalanceLimit: "much"}, {Name: "x", Offices: []Office{{}}},
		{Name: "x", ContactPersons: []ContactPerson{{Office: 4}}},
	} {
		if _, err := s.AddCustomer(c); err == nil {
			t.Errorf("taken: %.60v", c)
		}
	}
	for _, o := range []*Options{
		{Customers: []Customer{{Name: "a", Code: "x"}, {Name: "b", Code: "x"}}},
		{PaymentTerms: []PaymentTerm{{}}}, {PaymentTerms: []PaymentTerm{{Description: "a"}, {Description: " a"}}},
		{PaymentTerms: []PaymentTerm{{Key: 1, Description: "a"}, {Key: 1, Description: "b"}}},
		{PaymentTerms: []PaymentTerm{{Description: "a", DiscountPercent: "x"}}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	newServer(t, &Options{DuplicateCodes: true, Customers: []Customer{{Name: "a", Code: "x"}, {Name: "b", Code: "x"}}})
}

func TestContacts(t *testing.T) {
	t.Parallel()
	now := noon
	s := newServer(t, &Options{Customers: []Customer{{Name: "a"}}, Now: func() time.Time { return now }})
	c := inProcess(t, s)
	inserted := func(body string) string { return between(body, "<InsertedDataIdentifier>", "<") }
	if key := inserted(c.post("/office.nv?method=add&customerid=1", sample(t, "office-add.xml"))); key != "1" {
		t.Fatalf("office %q", key)
	}
	if key := inserted(c.post("/contactperson.nv", sample(t, "contactperson-add.xml"))); key != "2" {
		t.Fatalf("person %q", key)
	}
	second := strings.Replace(sample(t, "contactperson-add.xml"), "Perttu<", "Maija<", 1)
	c.post("/contactperson.nv", second)
	office := Office{
		Key: 1, Name: "Varasto", Phone: "05 123", Fax: "05 124", Identifier: "V1", EmailInvoicing: "varasto@mallikas.example",
		Contact: Address{"Pajukuja 3", "53100", "Lappeenranta", "FI"}, Visit: Address{"Pajukuja 4", "53101", "Imatra", "SE"},
		FinvoiceAddress: "00371967543801", FinvoiceRouterCode: "PSPBFIHH",
	}
	perttu := ContactPerson{
		Key: 2, FirstName: "Perttu", LastName: "Perä", Language: "FI", Phone: "040 21578 999", Email: "perttu@mallikas.example",
		Title: "Johtaja", Office: 1, Position: 4, StreetAddress: "Katu 1", PostNumber: "00100", City: "Helsinki", Country: "FI",
	}
	maija := perttu
	maija.Key, maija.FirstName, maija.Default = 3, "Maija", true
	want := Customer{Key: 1, Name: "a", Offices: []Office{office}, ContactPersons: []ContactPerson{perttu, maija}, LastChanged: noon}
	if diff := cmp.Diff([]Customer{want}, s.Customers()); diff != "" {
		t.Fatal(diff)
	}

	now = now.Add(time.Minute)
	c.now = now
	c.post("/office.nv?method=edit&customerid=1&officeid=1", `<root><office><phonenumber/><officevisitaddress><city>Kotka</city></officevisitaddress></office></root>`)
	person := func(method, rest string) string {
		return "<root><contactperson><method>" + method + `</method><customeridentifier type="netvisor">1</customeridentifier>` + rest + "</contactperson></root>"
	}
	c.post("/contactperson.nv", person("edit", `<contactpersonidentifier type="netvisor">3</contactpersonidentifier><isdefault>false</isdefault><email/><officeidentifier type="netvisor">0</officeidentifier>`))
	c.post("/contactperson.nv", person("delete", `<contactpersonidentifier type="netvisor">2</contactpersonidentifier>`))
	office.Phone, office.Visit.City = "", "Kotka"
	maija.Email, maija.Office = "", 0 // and still the default, which cannot be taken back
	want.Offices, want.ContactPersons, want.LastChanged = []Office{office}, []ContactPerson{maija}, now
	if diff := cmp.Diff([]Customer{want}, s.Customers()); diff != "" {
		t.Error(diff)
	}
	if r, w := s.Counts(); r != 0 || w != 6 {
		t.Errorf("%d reads, %d writes", r, w)
	}
}

func TestRefusedContacts(t *testing.T) {
	t.Parallel()
	good := sample(t, "contactperson-add.xml")
	swap := func(old, by string) string {
		if !strings.Contains(good, old) {
			t.Fatal(old)
		}
		return strings.Replace(good, old, by, 1)
	}
	office := sample(t, "office-add.xml")
	tests := []struct{ target, body, text string }{
		{"/contactperson.nv", swap("<method>add", "<method>put"), "method has a value"},
		{"/contactperson.nv", swap("<method>add", "<method>edit"), "missing: contactpersonidentifier"},
		{"/contactperson.nv", swap("<method>add</method>", ""), "method has a value"},
		{"/contactperson.nv", swap(`<customeridentifier type="netvisor">1</customeridentifier>`, ""), "missing: customeridentifier"},
		{"/contactperson.nv", swap(`<customeridentifier type="netvisor">1`, `<customeridentifier type="netvisor">9`), "identifier: 9"},
		{"/contactperson.nv", swap(`<customeridentifier type="netvisor">1`, `<customeridentifier type="customer">1`), "customeridentifier has its attribute"},
		{"/contactperson.nv", swap("<firstname>Perttu</firstname>", ""), "missing: firstname"},
		{"/contactperson.nv", swap("<firstname>Perttu", "<firstname>"), "empty: firstname"},
		{"/contactperson.nv", swap(`<language type="ISO-3166">FI`, `<language type="ISO-3166">DK`), "language has a value"},
		{"/contactperson.nv", swap(`<officeidentifier type="netvisor">1`, `<officeidentifier type="netvisor">7`), "Office not found with id: 7"},
		{"/contactperson.nv", swap("<isdefault>true", "<isdefault>yes"), "isdefault has a value"},
		{"/contactperson.nv", strings.ReplaceAll(good, "contactperson>", "person>"), "missing: contactperson"},
		{"/office.nv?method=add", office, "customerid is missing"},
		{"/office.nv?method=add&customerid=9", office, "identifier: 9"},
		{"/office.nv?method=edit&customerid=1", office, "officeid is missing"},
		{"/office.nv?method=edit&customerid=1&officeid=9", office, "Office not found with id: 9"},
		{"/office.nv?customerid=1", office, "method is missing"},
		{"/office.nv?method=add&customerid=1", strings.Replace(office, "<name>Varasto</name>", "", 1), "missing: name"},
		{"/office.nv?method=edit&customerid=1&officeid=1", "<root><office><name/></office></root>", "empty: name"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, &Options{Customers: []Customer{{Name: "a", Offices: []Office{{Name: "o"}}}}})
			before := s.Customers()
			status, body := inProcess(t, s).do("POST", tt.target, tt.body)
			if status != 400 || code(body) != "INVALID_DATA" || !strings.Contains(body, tt.text) {
				t.Errorf("%d %s", status, body)
			}
			if diff := cmp.Diff(before, s.Customers()); diff != "" {
				t.Error("a refused message changed something:", diff)
			}
		})
	}
}

func TestCustomerLanguages(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	for lang, want := range map[string]string{
		"FI": "Tietojen muoto on virheellinen:. Asiakasta ei löydy Netvisor-tunnisteella: 7",
		"SE": "Uppgifternas form är felaktig:. Kunden hittas inte med Netvisors id: 7",
		"EN": "Data form incorrect:. Customer not found with Netvisor identifier: 7",
	} {
		c := inProcess(t, s)
		c.head = func(h http.Header) { h.Set("X-Netvisor-Interface-Language", lang) }
		_, body := c.do("GET", "/getcustomer.nv?id=7", "")
		if got := between(body, "INVALID_DATA :: ", "<"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

// TestManyCustomers gives automatic codes at once; each must be given once.
func TestManyCustomers(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Dir: t.TempDir()})
	done := make(chan struct{})
	for range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			c := inProcess(t, s)
			for range 20 {
				_, _, _ = c.try("POST", "/customer.nv?method=add", customerBody(`<internalidentifier type="automatic"/><name>n</name>`))
				_, _, _ = c.try("GET", "/customerlist.nv", "")
				_, _, _ = c.try("GET", "/getcustomer.nv?idlist=1,2,3", "")
			}
		}()
	}
	for range 4 {
		<-done
	}
	for i, c := range s.Customers() {
		if c.Key != i+1 || c.Code != fmt.Sprint(i+1) {
			t.Errorf("%+v", c)
		}
	}
	if n := len(s.Customers()); n != 80 {
		t.Errorf("%d customers", n)
	}
}
