package netvisortest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// toimittaja is what vendor-add.xml makes.
func toimittaja() Vendor {
	return Vendor{
		Code: "123", Name: "Testitoimittaja <Oy>", BusinessID: "1366959-8", Address: "Toimittajakatu 1", PostCode: "00100", City: "Helsinki",
		Country: "FI", Group: "Kotimaiset",
		DomesticAccounts: []DomesticAccount{{1, "FI7536359370000661", "Testipankki", true}},
		ForeignAccounts: []ForeignAccount{{
			Key: 2, BBAN: "GB29NWBK60161331926819", BICSwift: "NWBKGB2L", BankName: "Bank", ClearingCode: "BC", ClearingNumber: "601613",
			BankAddress: "1 Street", Country: "GB", Currency: "GBP", IncludeAddress: true,
		}},
		Phone: "09 123", Email: "myynti@toimittaja.example", Fax: "09 124", ContactPersonName: "Teija", ContactPersonPhone: "040 1",
		ContactPersonEmail: "teija@toimittaja.example", HomePage: "toimittaja.example", Comment: `Toimittaa "heti"`,
		VATPercent: "25.5", PartialVAT: true, DiscountPercent: "2.5", DiscountDays: "7", NetDays: "21", Currency: "EUR",
		Dimensions: []Dimension{{"Alue", "Etelä"}}, Accounts: []Account{{"4000", true}}, Acceptances: []Acceptance{{"Pomo", true, false}},
	}
}

func sellers() *Options {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 10, 0, 0, 0, time.UTC) }
	v := toimittaja()
	v.Key, v.LastChanged = 20, day(1)
	return &Options{Vendors: []Vendor{v, {Key: 21, Name: "Nimetön", LastChanged: day(2)}}}
}

func TestVendorSamples(t *testing.T) {
	t.Parallel()
	s := newServer(t, sellers())
	empty := newServer(t, nil)
	tests := []struct {
		s      *Server
		file   string
		target string
	}{
		{s, "getvendor.xml", "/getvendor.nv?netvisorkey=20"},
		{s, "getvendor.xml", "/GetVendor.nv?NetvisorKeyList=20"}, // a list of one is answered like no list
		{s, "getvendors.xml", "/getvendor.nv?changedsince=2024-01-02"},
		{s, "getvendors.xml", "/getvendor.nv?changedsince=2024-01-02T12:00:00&page=1"},
		{s, "getvendors-empty.xml", "/getvendor.nv?changedsince=2024-01-02T12:00:01"},
		{s, "getvendors-empty.xml", "/getvendor.nv?page=2"},
		{empty, "getvendors-empty.xml", "/getvendor.nv?changedsince=1970-01-01&page=1"},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			t.Parallel()
			wantSample(t, tt.file, inProcess(t, tt.s).get(tt.target))
			wantSample(t, tt.file, overSocket(t, tt.s).get(tt.target))
		})
	}
}

// vendorKeys lists the keys of the vendors in a reply.
func vendorKeys(body string) string {
	var out []string
	for part := range strings.SplitSeq(body, "<Vendor><NetvisorKey>") {
		if !strings.HasPrefix(part, "<?xml") {
			key, _, _ := strings.Cut(part, "<")
			out = append(out, key)
		}
	}
	return strings.Join(out, " ")
}

func many(n int) *Options {
	o := &Options{VendorPageSize: 3}
	for i := range n {
		o.Vendors = append(o.Vendors, Vendor{Name: fmt.Sprint("v", i)})
	}
	return o
}

// getPage reads a page of vendors and its pagination headers.
func getPage(t *testing.T, s *Server, target string) (keys string, head map[string]string) {
	t.Helper()
	c := inProcess(t, s)
	req, err := http.NewRequestWithContext(t.Context(), "GET", c.base+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = c.headers(c.base + target)
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body strings.Builder
	if err := res.Write(&body); err != nil {
		t.Fatal(err)
	}
	head = map[string]string{}
	for name := range maps.Keys(res.Header) {
		if short, ok := strings.CutPrefix(name, "X-Netvisor-Pagination-"); ok {
			head[short] = res.Header.Get(name)
		}
	}
	_, xml, _ := strings.Cut(body.String(), "\r\n\r\n")
	return vendorKeys(xml), head
}

func TestVendorPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vendors int
		target  string
		keys    string
		head    map[string]string
	}{
		{7, "page=1", "1 2 3", map[string]string{"Current-Page": "1", "Next-Page": "2", "Limit": "3", "Total-Count": "7"}},
		{7, "page=2", "4 5 6", map[string]string{"Current-Page": "2", "Previous-Page": "1", "Next-Page": "3", "Limit": "3", "Total-Count": "7"}},
		{7, "page=3&changedsince=1970-01-01", "7", map[string]string{"Current-Page": "3", "Previous-Page": "2", "Limit": "3", "Total-Count": "7"}},
		{7, "page=4", "", map[string]string{"Current-Page": "4", "Previous-Page": "3", "Limit": "3", "Total-Count": "7"}},
		{6, "page=2", "4 5 6", map[string]string{"Current-Page": "2", "Previous-Page": "1", "Limit": "3", "Total-Count": "6"}},
		{0, "page=1", "", map[string]string{"Current-Page": "1", "Limit": "3", "Total-Count": "0"}},
		{7, "changedsince=1970-01-01", "1 2 3 4 5 6 7", map[string]string{}},
		{7, "netvisorkeylist=7,1,7,3", "1 3 7", map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.vendors, tt.target), func(t *testing.T) {
			t.Parallel()
			keys, head := getPage(t, newServer(t, many(tt.vendors)), "/getvendor.nv?"+tt.target)
			if diff := cmp.Diff(tt.head, head); diff != "" || keys != tt.keys {
				t.Errorf("%q %s", keys, diff)
			}
		})
	}
}

func TestDefaultVendorPage(t *testing.T) {
	t.Parallel()
	o := many(501)
	o.VendorPageSize = 0
	s := newServer(t, o)
	if keys, head := getPage(t, s, "/getvendor.nv?page=1"); strings.Count(keys, " ") != 499 || head["Limit"] != "500" || head["Next-Page"] != "2" {
		t.Errorf("%v", head)
	}
	if keys, _ := getPage(t, s, "/getvendor.nv?page=2"); keys != "501" {
		t.Errorf("%q", keys)
	}
}

func TestRefusedVendorReads(t *testing.T) {
	t.Parallel()
	s := newServer(t, sellers())
	tests := []struct{ method, target, code, text string }{
		{"GET", "/getvendor.nv", "INVALID_DATA", "netvisorkey is missing"},
		{"GET", "/getvendor.nv?id=20", "INVALID_DATA", "netvisorkey is missing"},
		{"GET", "/getvendor.nv?netvisorkey=9", "INVALID_DATA", "Vendor not found, netvisorkey 9<"},
		{"GET", "/getvendor.nv?netvisorkeylist=20,9,21", "INVALID_DATA", "Vendor not found, netvisorkey 9<"},
		{"GET", "/getvendor.nv?netvisorkeylist=9", "INVALID_DATA", "netvisorkey 9<"},
		{"GET", "/getvendor.nv?netvisorkey=x", "INVALID_DATA", "netvisorkey has a value"},
		{"GET", "/getvendor.nv?page=0", "INVALID_DATA", "page has a value"},
		{"GET", "/getvendor.nv?page=1&changedsince=x", "INVALID_DATA", "changedsince has a value"},
		{"GET", "/getvendor.nv?netvisorkeylist=" + strings.Repeat("20,", 501), "INVALID_DATA_SIZE", "at most 500"},
		{"POST", "/getvendor.nv?netvisorkey=20", "INVALID_DATA", "HTTP method GET"},
		{"GET", "/vendor.nv?method=add", "INVALID_DATA", "HTTP method POST"},
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
	c := inProcess(t, s)
	c.head = func(h http.Header) { h.Set("X-Netvisor-Interface-Language", "FI") }
	if _, body := c.do("GET", "/getvendor.nv?netvisorkey=9", ""); !strings.Contains(body, "Toimittajaa ei löydy, netvisorkey 9") {
		t.Error(body)
	}
}

func TestAddAndEditVendor(t *testing.T) {
	t.Parallel()
	now := noon
	s := newServer(t, &Options{Now: func() time.Time { return now }})
	c := overSocket(t, s)
	if key := between(c.post("/vendor.nv?method=add", sample(t, "vendor-add.xml")), "<InsertedDataIdentifier>", "<"); key != "1" {
		t.Fatalf("key %q", key)
	}
	want := toimittaja()
	want.Key, want.LastChanged = 1, now
	if diff := cmp.Diff([]Vendor{want}, s.Vendors()); diff != "" {
		t.Fatal(diff)
	}
	now = now.Add(time.Minute)
	c.now = now
	wantSample(t, "product-edit-reply.xml", c.post("/vendor.nv?method=edit&netvisorkey=1", sample(t, "vendor-edit.xml")))
	want.Code, want.City, want.Country, want.NetDays, want.LastChanged = "", "", "", "", now
	want.DomesticAccounts = []DomesticAccount{{1, "FI7536359370000661", "Uusi pankki", false}, {3, "FI2112345600000785", "Toinen", true}}
	want.Accounts = []Account{{"4000", false}, {"4100", false}}
	if diff := cmp.Diff([]Vendor{want}, s.Vendors()); diff != "" {
		t.Error("what the message does not name must stay:", diff)
	}
	if r, w := s.Counts(); r != 0 || w != 2 {
		t.Errorf("%d reads, %d writes", r, w)
	}
}

// TestDefaultAccount has the account named in a message be the default over
// those that stand after it.
func TestDefaultAccount(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Vendors: []Vendor{{
		Name: "a", BusinessID: "1366959-8",
		DomesticAccounts: []DomesticAccount{{IBAN: "a"}, {IBAN: "b", Default: true}},
		ForeignAccounts:  []ForeignAccount{{BBAN: "c"}, {BBAN: "d", Default: true}},
	}}})
	inProcess(t, s).post("/vendor.nv?method=edit&netvisorkey=1", `<root><vendor><vendorbaseinformation><vendorbankaccounts>
		<vendordomesticbankaccounts><vendordomesticbankaccount><netvisorkey>1</netvisorkey><isdefault>True</isdefault></vendordomesticbankaccount></vendordomesticbankaccounts>
		<vendorforeignbankaccounts><vendorforeignbankaccount><netvisorkey>3</netvisorkey><isdefault>1</isdefault></vendorforeignbankaccount></vendorforeignbankaccounts>
		</vendorbankaccounts></vendorbaseinformation></vendor></root>`)
	want := Vendor{
		Key: 1, Name: "a", BusinessID: "1366959-8", VATPercent: "0", LastChanged: noon,
		DomesticAccounts: []DomesticAccount{{Key: 1, IBAN: "a", Default: true}, {Key: 2, IBAN: "b"}},
		ForeignAccounts:  []ForeignAccount{{Key: 3, BBAN: "c", Default: true}, {Key: 4, BBAN: "d"}},
	}
	if diff := cmp.Diff([]Vendor{want}, s.Vendors()); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedVendorWrites(t *testing.T) {
	t.Parallel()
	base := func(inner string) string {
		return "<root><vendor><vendorbaseinformation>" + inner + "</vendorbaseinformation></vendor></root>"
	}
	extra := func(inner string) string {
		return "<root><vendor><vendoradditionalinformation>" + inner + "</vendoradditionalinformation></vendor></root>"
	}
	bank := func(inner string) string {
		return base("<vendorbankaccounts><vendordomesticbankaccounts>" + inner + "</vendordomesticbankaccounts></vendorbankaccounts>")
	}
	const (
		name  = "<name>N</name>"
		id    = "<organizationid>1966959-8</organizationid>"
		iban  = "<vendordomesticbankaccount><iban>FI1</iban><bankname>B</bankname></vendordomesticbankaccount>"
		house = "<vendorforeignbankaccounts><vendorforeignbankaccount><bban>1</bban><bankname>B</bankname>"
	)
	tests := []struct {
		name, target, body string
		code               string // "" is success
		text               string
	}{
		{"smallest", "add", base(name + id), "", ""},
		{"no business id", "add", base(name), "INVALID_DATA", "missing: organizationid"},
		{"blank business id", "edit&netvisorkey=1", base("<organizationid/>"), "INVALID_DATA", "empty: organizationid"},
		{"no name", "add", base(id), "INVALID_DATA", "missing: name"},
		{"blank name", "edit&netvisorkey=1", base("<name/>"), "INVALID_DATA", "empty: name"},
		{"order", "add", base(id + name), "INVALID_DATA", "wrong place: name"},
		{"order of sections", "edit&netvisorkey=1", "<root><vendor><vendorcontactdetails/><vendorbaseinformation/></vendor></root>", "INVALID_DATA", "wrong place: vendorbaseinformation"},
		{"customer's spelling", "edit&netvisorkey=1", base("<postnumber>1</postnumber>"), "INVALID_DATA", "Unknown element: postnumber"},
		{"read name of the privilege", "edit&netvisorkey=1", extra("<ispartialvatreducedprivileged>1</ispartialvatreducedprivileged>"), "INVALID_DATA", "Unknown element"},
		{"read name of the term", "edit&netvisorkey=1", extra("<paymentterm>1</paymentterm>"), "INVALID_DATA", "Unknown element: paymentterm"},
		{"country without type", "edit&netvisorkey=1", base("<country>FI</country>"), "INVALID_DATA", "country has its attribute"},
		{"currency by name", "edit&netvisorkey=1", extra(`<currencycode type="ISO-4217">Euro</currencycode>`), "INVALID_DATA", "currencycode has a value"},
		{"days in words", "edit&netvisorkey=1", extra("<paymenttermnetdays>two</paymenttermnetdays>"), "INVALID_DATA", "paymenttermnetdays has a value"},
		{"endless days", "edit&netvisorkey=1", extra("<paymenttermnetdays>" + strings.Repeat("1", 40) + "</paymenttermnetdays>"), "INVALID_DATA", "paymenttermnetdays has a value"},
		{"customer's parameter", "edit&id=1", base(name), "INVALID_DATA", "netvisorkey is missing"},
		{"edit of the unknown", "edit&netvisorkey=9", base(name), "INVALID_DATA", "Vendor not found, netvisorkey 9"},
		{"code in use", "add", base("<code>A</code>" + name + id), "DUPLICATE_DATA", "vendor code is in use: A"},
		{"eight accounts", "edit&netvisorkey=1", bank(strings.Repeat(iban, 8)), "", ""},
		{"nine accounts", "edit&netvisorkey=1", bank(strings.Repeat(iban, 9)), "INVALID_DATA", "at most 8 bank accounts"},
		{"unknown account", "edit&netvisorkey=1", bank("<vendordomesticbankaccount><netvisorkey>5</netvisorkey></vendordomesticbankaccount>"), "INVALID_DATA", "Bank account not found with id: 5"},
		{"account without number", "edit&netvisorkey=1", bank("<vendordomesticbankaccount><bankname>B</bankname></vendordomesticbankaccount>"), "INVALID_DATA", "missing: iban"},
		{"account with a blank number", "edit&netvisorkey=1", bank("<vendordomesticbankaccount><iban/></vendordomesticbankaccount>"), "INVALID_DATA", "empty: iban"},
		{"default in other words", "edit&netvisorkey=1", bank(strings.Replace(iban, "</bankname>", "</bankname><isdefault>yes</isdefault>", 1)), "INVALID_DATA", "isdefault has a value"},
		{"foreign country", "edit&netvisorkey=1", base("<vendorbankaccounts>" + house + "<country>GB</country></vendorforeignbankaccount></vendorforeignbankaccounts></vendorbankaccounts>"), "INVALID_DATA", "country has its attribute"},
		{"accounting account in words", "edit&netvisorkey=1", extra("<vendoraccountingaccounts><vendoraccountingaccount><accountnumber>x</accountnumber></vendoraccountingaccount></vendoraccountingaccounts>"), "INVALID_DATA", "accountnumber has a value"},
		{"acceptance without name", "edit&netvisorkey=1", extra("<vendoracceptancedetails><vendoracceptancedetail><isdefault>True</isdefault></vendoracceptancedetail></vendoracceptancedetails>"), "INVALID_DATA", "missing: acceptancename"},
		{"customer", "add", customerBody(name), "INVALID_DATA", "Unknown element: customer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, &Options{Vendors: []Vendor{{Code: "A", Name: "a", BusinessID: "1366959-8"}}})
			before := s.Vendors()
			status, body := inProcess(t, s).do("POST", "/vendor.nv?method="+tt.target, tt.body)
			if (status == 200) != (tt.code == "") || code(body) != tt.code || !strings.Contains(body, tt.text) {
				t.Errorf("got %d %s, want %s %q", status, body, tt.code, tt.text)
			}
			if tt.code != "" {
				if diff := cmp.Diff(before, s.Vendors()); diff != "" {
					t.Error("a refused message changed something:", diff)
				}
			}
		})
	}
}

func TestVendorsByHand(t *testing.T) {
	t.Parallel()
	now := noon
	dir := t.TempDir()
	o := sellers()
	o.Dir, o.Now = dir, func() time.Time { return now }
	s := newServer(t, o)
	now = now.Add(time.Hour)
	err := s.EditVendor(21, func(v *Vendor) {
		v.Key, v.City = 77, "Turku"
		v.DomesticAccounts = []DomesticAccount{{IBAN: "a", Default: true}, {IBAN: "b", Default: true}}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Vendor{Key: 21, Name: "Nimetön", City: "Turku", VATPercent: "0", LastChanged: now, DomesticAccounts: []DomesticAccount{{3, "a", "", false}, {4, "b", "", true}}}
	if diff := cmp.Diff(want, s.Vendors()[1]); diff != "" {
		t.Error(diff)
	}
	if key, err := s.AddVendor(Vendor{Name: "third"}); err != nil || key != 22 {
		t.Error(key, err)
	}
	if err := s.DeleteVendor(22); err != nil {
		t.Error(err)
	}
	c := inProcess(t, s)
	c.now = now
	if _, body := c.do("GET", "/getvendor.nv?netvisorkeylist=20,22", ""); !strings.Contains(body, "netvisorkey 22") {
		t.Error(body)
	}
	for name, err := range map[string]error{
		"edit of the unknown": s.EditVendor(9, func(*Vendor) {}), "delete of the unknown": s.DeleteVendor(22),
		"too many accounts": s.EditVendor(20, func(v *Vendor) { v.ForeignAccounts = slices.Repeat(v.ForeignAccounts, 9) }),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, v := range []Vendor{{}, {Name: strings.Repeat("x", 251)}, {Name: "x", Code: strings.Repeat("x", 51)}, {Name: "x", Code: "123"}, {Name: "x", NetDays: "two"}} {
		if _, err := s.AddVendor(v); err == nil {
			t.Errorf("taken: %.60v", v)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := newServer(t, &Options{Dir: dir})
	if diff := cmp.Diff(s.Vendors(), again.Vendors()); diff != "" {
		t.Error(diff)
	}
	if key, err := again.AddVendor(Vendor{Name: "next", DomesticAccounts: []DomesticAccount{{IBAN: "c"}}}); err != nil || key != 23 || again.Vendors()[2].DomesticAccounts[0].Key != 5 {
		t.Errorf("%d, %v, %+v", key, err, again.Vendors())
	}
}
