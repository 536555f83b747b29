package netvisor

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

var fullVendor = Vendor{
	Key: 12, Code: "123", Name: "Testitoimittaja Oy", Address: "Toimittajakatu 1", PostCode: "00100", City: "Helsinki",
	Country: "FI", OrganizationID: "1366959-8", Group: "Toimittajat",
	DomesticAccounts: []DomesticAccount{{Key: 1, IBAN: "FI7536359370000661", BankName: "Testipankki", IsDefault: true}},
	ForeignAccounts: []ForeignAccount{{
		Key: 2, BBAN: "GB29NWBK60161331926819", BICSwift: "NWBKGB2L", BankName: "Bank", ClearingCode: "SC",
		ClearingNumber: "601613", BankAddress: "London", Country: "GB", Currency: "GBP", IncludeAddress: true,
	}},
	Contact: &VendorContact{
		Phone: "09 1", Email: "a@b.example", Fax: "09 2", PersonName: "Aino", PersonPhone: "09 3", PersonEmail: "aino@b.example",
		HomePage: "b.example", Comment: "Hyvä",
	},
	Additional: &VendorAdditional{
		DefaultVATPercent: decimal("25.5"), IsPartialVATReduced: instep.Set(false), PaymentTerm: "14",
		Dimensions:         []Dimension{{Name: "Alue", Item: "Itä"}},
		AccountingAccounts: []VendorAccount{{Number: "4000", Name: "Ostot", IsDefault: true}},
		Acceptance:         []VendorAcceptance{{Name: "Pekka", IsDefault: true}},
	},
}

func TestGetVendors(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: sample(t, "getvendors.xml")}
	got, err := stubbed(t, r, nil).GetVendors(t.Context(), []int64{12, 3})
	small := Vendor{Key: 3, Name: "Pieni", Additional: &VendorAdditional{}}
	if diff := cmp.Diff([]Vendor{fullVendor, small}, got, equal); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if want := []string{"GET getvendor.nv?netvisorkeylist=12,3"}; !slices.Equal(r.asked, want) {
		t.Errorf("asked %q", r.asked)
	}
	single := strings.NewReplacer("<Vendors>", "", "</Vendors>", "").Replace(sample(t, "getvendors.xml"))
	got, err = stubbed(t, always(200, single), nil).GetVendors(t.Context(), []int64{12})
	if err != nil || len(got) != 1 || got[0].Name != fullVendor.Name {
		t.Errorf("without a wrapper: %+v, %v", got, err)
	}
}

func TestVendorRecord(t *testing.T) {
	t.Parallel()
	infos, err := stubbed(t, always(200, ""), nil).Vendors().Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	undocumented := []string{FieldDiscountPercent, FieldDiscountDays, FieldNetDays, FieldCurrency}
	full, small := vendorTable.record(&fullVendor), vendorTable.record(&Vendor{Key: 3, Contact: &VendorContact{}, Additional: &VendorAdditional{}})
	for _, info := range infos {
		absent := slices.Contains(undocumented, info.Name)
		if v := full.Fields.Get(info.Name); v.IsAbsent() != absent || !absent && v.Type() != info.Type {
			t.Errorf("%s is %v", info.Name, v)
		}
		if v := small.Fields.Get(info.Name); v.IsAbsent() != absent || !v.IsBlank() && !absent {
			t.Errorf("%s of an empty supplier is %v", info.Name, v)
		}
	}
	if full.Ref != refOf("supplier", 12) || full.Status != instep.Live {
		t.Errorf("%+v", full)
	}
	told := vendorTable.record(&Vendor{Additional: &VendorAdditional{NetDays: decimal("14"), Currency: "EUR"}})
	if told.Fields.Get(FieldCurrency) != instep.String("EUR") || told.Fields.Get(FieldNetDays) != instep.Int(14) && told.Fields.Get(FieldNetDays) != instep.Number(instep.MustDecimal("14")) {
		t.Errorf("%v", told.Fields)
	}
}

func TestAddVendor(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: inserted}
	c := stubbed(t, r, nil)
	got, err := c.AddVendor(t.Context(), &VendorUpdate{Name: instep.Set("N"), OrganizationID: instep.Set("1"), Code: instep.Clear[string]()})
	if err != nil || got.Key != 31 {
		t.Errorf("%+v, %v", got, err)
	}
	text, number := instep.Set("x"), decimal("1.5")
	if _, err := c.EditVendor(t.Context(), 5, &VendorUpdate{
		Code: text, Name: text, Address: text, PostCode: text, City: text, Country: instep.Set("SE"), OrganizationID: text, Group: text,
		DomesticAccounts: []DomesticAccount{{Key: 1, IBAN: "F", BankName: "B", IsDefault: true}}, ForeignAccounts: fullVendor.ForeignAccounts,
		Phone: text, Email: text, Fax: text, PersonName: text, PersonPhone: text, PersonEmail: text, HomePage: text, Comment: text,
		DefaultVATPercent: number, IsPartialVATReduced: instep.Set(true), DiscountPercent: number, DiscountDays: number, NetDays: number,
		Currency: instep.Set("SEK"), Dimensions: []Dimension{{}}, AccountingAccounts: []VendorAccount{{}}, Acceptance: []VendorAcceptance{{}},
	}); err != nil {
		t.Fatal(err)
	}
	const added = `<root><vendor><vendorbaseinformation><name>N</name><organizationid>1</organizationid></vendorbaseinformation></vendor></root>`
	if r.bodies[0] != added {
		t.Error(r.bodies[0])
	}
	const order = "vendor vendorbaseinformation code name address postcode city country organizationid groupname vendorbankaccounts " +
		"vendordomesticbankaccounts vendordomesticbankaccount netvisorkey iban bankname isdefault vendorforeignbankaccounts " +
		"vendorforeignbankaccount netvisorkey bban bicswift bankname clearingcode clearingnumber bankaddress country currencycode " +
		"isdefault includeaddresssinforeignpayments vendorcontactdetails phonenumber email faxnumber contactpersonname " +
		"contactpersonphonenumber contactpersonemail homepage comment vendoradditionalinformation defaultvatpercent " +
		"ispartialvatreduceprivileged paymenttermdiscountpercent paymenttermcashdiscountdays paymenttermnetdays currencycode " +
		"vendordimensions dimension dimensionname dimensionitem vendoraccountingaccounts vendoraccountingaccount accountnumber isdefault " +
		"vendoracceptancedetails vendoracceptancedetail acceptancename isdefault isforced"
	if diff := cmp.Diff(strings.Fields(order), names(r.bodies[1])); diff != "" {
		t.Error(diff)
	}
	if want := []string{"POST vendor.nv?method=add", "POST vendor.nv?method=edit&netvisorkey=5"}; !slices.Equal(r.asked, want) {
		t.Errorf("%q", r.asked)
	}
}

func TestVendorRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		element string
		change  func(*VendorUpdate)
	}{
		{"name", func(u *VendorUpdate) { u.Name = instep.Clear[string]() }},
		{"organizationid", func(u *VendorUpdate) { u.OrganizationID = instep.Set(" ") }},
		{"country", func(u *VendorUpdate) { u.Country = instep.Set("FIN") }},
		{"vendorbankaccounts", func(u *VendorUpdate) { u.DomesticAccounts = make([]DomesticAccount, 9) }},
		{"vendorbankaccounts", func(u *VendorUpdate) { u.ForeignAccounts = make([]ForeignAccount, 9) }},
		{"vendordomesticbankaccount", func(u *VendorUpdate) { u.DomesticAccounts = []DomesticAccount{{IBAN: "\x00"}} }},
		{"vendorforeignbankaccount", func(u *VendorUpdate) { u.ForeignAccounts = []ForeignAccount{{Currency: "\x00"}} }},
		{"vendoraccountingaccount", func(u *VendorUpdate) { u.AccountingAccounts = []VendorAccount{{Number: "\x00"}} }},
		{"vendoracceptancedetail", func(u *VendorUpdate) { u.Acceptance = []VendorAcceptance{{Name: "\x00"}} }},
	} {
		u := &VendorUpdate{Name: instep.Set("N"), OrganizationID: instep.Set("1")}
		tt.change(u)
		c := stubbed(t, always(200, inserted), nil)
		for name, err := range map[string]error{"add": second(c.AddVendor(t.Context(), u)), "edit": second(c.EditVendor(t.Context(), 1, u))} {
			if e, ok := errors.AsType[*instep.Error](err); !ok || e.Kind != instep.Invalid || e.Field != tt.element {
				t.Errorf("%s with a bad %s: %v", name, tt.element, err)
			}
		}
		if c.Stats() != (Stats{}) {
			t.Errorf("%s: something was sent", tt.element)
		}
	}
	// Through the connector the error names the field and says what to do.
	results, err := stubbed(t, always(200, inserted), nil).Vendors().Write(t.Context(), []instep.Op{
		{Action: instep.Create, Fields: instep.NewFields(instep.Field{Name: FieldName, Value: instep.String("N")})},
		{Action: instep.Deactivate, Ref: refOf("supplier", 1)}, {Action: instep.Delete, Ref: refOf("supplier", 1)},
	})
	e, ok := errors.AsType[*instep.Error](results[0].Err)
	if err != nil || !ok || e.Kind != instep.Invalid || e.Field != FieldOrganizationID || e.Op != "netvisor: add supplier" || !strings.Contains(e.Remedy, "business id") {
		t.Errorf("%v", results[0].Err)
	}
	for _, r := range results[1:] {
		if instep.KindOf(r.Err) != instep.Unsupported || r.Ref.ID != "1" {
			t.Errorf("%+v", r)
		}
	}
}

// vendorRegister is a small Netvisor with suppliers, whose pages a test
// disturbs.
type vendorRegister struct {
	keys   []int64
	limit  int
	bare   bool           // no pagination headers
	noNext bool           // no header for the next page
	stuck  bool           // gives the first page, whatever is asked for
	before func(page int) // called before a page is made
	asked  []string
}

func (g *vendorRegister) RoundTrip(r *http.Request) (*http.Response, error) {
	g.asked = append(g.asked, strings.TrimPrefix(r.URL.RequestURI(), "/"))
	q := r.URL.Query()
	var keys []int64
	if list := q.Get("netvisorkeylist"); list != "" {
		for id := range strings.SplitSeq(list, ",") {
			key := parseKey(id)
			if !slices.Contains(g.keys, key) {
				return answerWith(r, 400, failure("INVALID_DATA :: no such vendor")), nil
			}
			keys = append(keys, key)
		}
		return answerWith(r, 200, envelope(vendorsXML(keys))), nil
	}
	page, _ := strconv.Atoi(q.Get("page"))
	if g.before != nil {
		g.before(page)
	}
	first := (page - 1) * g.limit
	if g.stuck {
		first = 0
	}
	keys = g.keys[min(first, len(g.keys)):min(first+g.limit, len(g.keys))]
	resp := answerWith(r, 200, envelope(vendorsXML(keys)))
	set := func(name string, n int) { resp.Header.Set("X-Netvisor-Pagination-"+name, strconv.Itoa(n)) }
	if !g.bare {
		set("Current-Page", page)
		set("Limit", g.limit)
		set("Total-Count", len(g.keys))
		if !g.noNext && page*g.limit < len(g.keys) {
			set("Next-Page", page+1)
		}
	}
	return resp, nil
}

func vendorsXML(keys []int64) string {
	var b strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&b, "<Vendor><NetvisorKey>%d</NetvisorKey><VendorBaseInformation><Code>C%d</Code><Name>N</Name><OrganizationId>B%d</OrganizationId><GroupName>G%d</GroupName></VendorBaseInformation></Vendor>", key, key, key/2, key%3)
	}
	return "<Vendors>" + b.String() + "</Vendors>"
}

func upTo(n int64) []int64 {
	var keys []int64
	for key := range n {
		keys = append(keys, key+1)
	}
	return keys
}

func TestVendorWalk(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		g     vendorRegister
		pages int
		sweep instep.Sweep
	}{
		{"one page", vendorRegister{keys: upTo(2), limit: 3}, 1, instep.Sweep{Complete: true, Total: 2}},
		{"none", vendorRegister{limit: 3}, 1, instep.Sweep{Complete: true}},
		{"three pages", vendorRegister{keys: upTo(7), limit: 3}, 3, instep.Sweep{Complete: true, Total: 7}},
		{"full last page", vendorRegister{keys: upTo(6), limit: 3}, 2, instep.Sweep{Complete: true, Total: 6}},
		{"no next page told", vendorRegister{keys: upTo(7), limit: 3, noNext: true}, 3, instep.Sweep{Complete: true, Total: 7}},
		{"any order", vendorRegister{keys: []int64{9, 2, 30, 4, 1}, limit: 2}, 3, instep.Sweep{Complete: true, Total: 5}},
		{"no headers", vendorRegister{keys: upTo(5), limit: 2, bare: true}, 4, instep.Sweep{Total: -1}},
	} {
		records, last := readAll(t, stubbed(t, &tt.g, nil).Vendors(), "")
		if len(records) != len(tt.g.keys) || len(tt.g.asked) != tt.pages || last.Sweep != tt.sweep || !last.AsOf.Equal(testStamp) {
			t.Errorf("%s: %d records in %d requests, %+v", tt.name, len(records), len(tt.g.asked), last.Sweep)
		}
		if want := encodeCursor(vendorCursor{Format: cursorFormat("suppliers"), Since: "2026-01-15T13:50:00"}); last.Next != want {
			t.Errorf("%s: next %s", tt.name, last.Next)
		}
		if want := "getvendor.nv?changedsince=1900-01-01&page=1"; tt.g.asked[0] != want {
			t.Errorf("%s: asked %s", tt.name, tt.g.asked[0])
		}
		delta, err := stubbed(t, &tt.g, nil).Vendors().Read(t.Context(), last.Next)
		if want := "getvendor.nv?changedsince=2026-01-15T13%3A50%3A00&page=1"; err != nil || tt.g.asked[tt.pages] != want || delta.Sweep != (instep.Sweep{}) {
			t.Errorf("%s: %+v, %v", tt.name, delta, err)
		}
	}
}

// TestVendorWalkShifts: when suppliers come or go meanwhile, the walk begins
// once more and in the end shows everybody, or is not complete.
func TestVendorWalkShifts(t *testing.T) {
	t.Parallel()
	t.Run("one is deleted", func(t *testing.T) {
		t.Parallel()
		g := &vendorRegister{keys: upTo(7), limit: 3}
		g.before = func(page int) {
			if page == 2 && len(g.keys) == 7 {
				g.keys = slices.Delete(g.keys, 0, 1)
			}
		}
		records, last := readAll(t, stubbed(t, g, nil).Vendors(), "")
		seen := map[string]bool{}
		for _, r := range records {
			seen[r.Ref.ID] = true
		}
		if len(seen) != 7 || last.Sweep != (instep.Sweep{Complete: true, Total: 6}) {
			t.Errorf("%d seen, %+v", len(seen), last.Sweep)
		}
	})
	t.Run("always", func(t *testing.T) {
		t.Parallel()
		g := &vendorRegister{keys: upTo(7), limit: 3}
		g.before = func(int) { g.keys = append(g.keys, int64(len(g.keys)+1)) }
		s := stubbed(t, g, nil).Vendors()
		_, last := readAll(t, s, "")
		if last.Sweep.Complete {
			t.Errorf("%+v", last.Sweep)
		}
		if _, err := s.Find(t.Context(), FieldVendorCode, []instep.Value{instep.String("C1")}); instep.KindOf(err) != instep.Unavailable {
			t.Errorf("%v", err)
		}
		// The mark of changes stays where it was.
		_, delta := readAll(t, s, last.Next)
		if delta.Next != last.Next {
			t.Errorf("%s, then %s", last.Next, delta.Next)
		}
	})
	t.Run("the same page for ever", func(t *testing.T) {
		t.Parallel()
		for _, bare := range []bool{true, false} {
			g := &vendorRegister{keys: upTo(7), limit: 3, stuck: true, bare: bare}
			_, last := readAll(t, stubbed(t, g, nil).Vendors(), "")
			if last.Sweep.Complete || len(g.asked) > 9 {
				t.Errorf("bare %v: %+v after %d requests", bare, last.Sweep, len(g.asked))
			}
		}
	})
}

// TestVendorWalkInAnotherProcess: each page is read by a new connector.
func TestVendorWalkInAnotherProcess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		keys  []int64
		reads int
		sweep instep.Sweep
	}{
		{upTo(7), 3, instep.Sweep{Complete: true, Total: 7}},
		{[]int64{7, 6, 5, 4, 3, 2, 1}, 9, instep.Sweep{Total: 7}}, // in no order that a count can be made of
	} {
		g := &vendorRegister{keys: tt.keys, limit: 3}
		var records []instep.Record
		var page instep.Page
		for from := instep.Cursor(""); ; from = page.Next {
			var err error
			if page, err = stubbed(t, g, nil).Vendors().Read(t.Context(), from); err != nil {
				t.Fatal(err)
			}
			if records = append(records, page.Records...); !page.More {
				break
			}
		}
		if len(g.asked) != tt.reads || page.Sweep != tt.sweep || tt.reads == 3 && ids(records) != "1 2 3 4 5 6 7" {
			t.Errorf("%s in %d requests, %+v", ids(records), len(g.asked), page.Sweep)
		}
	}
}

func TestVendorGetFindList(t *testing.T) {
	t.Parallel()
	g := &vendorRegister{keys: upTo(40), limit: 15}
	c := stubbed(t, g, nil)
	s := c.Vendors()
	refs := []instep.Ref{refOf("supplier", 3), refOf("supplier", 99), refOf("supplier", 40), {System: "netvisor", Entity: "supplier", ID: "x"}}
	records, err := s.Get(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []instep.Status{instep.Live, instep.Missing, instep.Live, instep.Missing} {
		if records[i].Status != want || records[i].Ref != refs[i] {
			t.Errorf("%v: %v", refs[i], records[i].Status)
		}
	}
	found, err := s.Find(t.Context(), FieldOrganizationID, []instep.Value{instep.String("B3"), instep.Null(), instep.String("B"), instep.String("B20")})
	if err != nil || len(found) != 4 || ids(found[0]) != "6 7" || len(found[1])+len(found[2]) != 0 || ids(found[3]) != "40" {
		t.Errorf("%v, %v", found, err)
	}
	before := c.Stats().Reads
	if none, err := s.Find(t.Context(), FieldVendorCode, []instep.Value{instep.Null()}); err != nil || len(none) != 1 || c.Stats().Reads != before {
		t.Errorf("%v, %v", none, err)
	}
	if _, err := s.Find(t.Context(), FieldCity, nil); instep.KindOf(err) != instep.Unsupported {
		t.Errorf("%v", err)
	}
	items, err := s.List(t.Context(), ListVendorGroups)
	if diff := cmp.Diff([]instep.Item{{Code: "G0", Name: "G0"}, {Code: "G1", Name: "G1"}, {Code: "G2", Name: "G2"}}, items); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.List(t.Context(), ListPaymentTerms); instep.KindOf(err) != instep.Unsupported {
		t.Errorf("%v", err)
	}
	if traits := s.Traits(); traits.CanBar || traits.CanDelete || traits.Entity != "supplier" || traits.MaxGet != 500 {
		t.Errorf("%+v", traits)
	}
}

func TestListVendors(t *testing.T) {
	t.Parallel()
	g := &vendorRegister{keys: upTo(5), limit: 2}
	c := stubbed(t, g, nil)
	page, err := c.ListVendors(t.Context(), time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), 2)
	if err != nil || len(page.Vendors) != 2 || page.Next != 3 || page.Limit != 2 || page.Total != 5 || !page.At.Equal(testStamp) {
		t.Errorf("%+v, %v", page, err)
	}
	if _, err := c.ListVendors(t.Context(), time.Time{}, 0); err != nil {
		t.Error(err)
	}
	want := []string{"getvendor.nv?changedsince=2026-07-01T12%3A00%3A00&page=2", "getvendor.nv?changedsince=1900-01-01&page=1"}
	if diff := cmp.Diff(want, g.asked); diff != "" {
		t.Error(diff)
	}
}

// TestWriteVendors goes through the connector; a refusal of an unknown key is
// NotFound, one of a known key Invalid.
func TestWriteVendors(t *testing.T) {
	t.Parallel()
	g := &vendorRegister{keys: upTo(3)}
	var bodies []string
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodPost {
			return g.RoundTrip(r)
		}
		body, err := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		switch q := r.URL.Query(); {
		case err != nil:
			return nil, err
		case q.Get("method") == "add":
			return answerWith(r, 200, inserted), nil
		case q.Get("netvisorkey") == "1":
			return answerWith(r, 200, envelope("")), nil
		}
		return answerWith(r, 400, failure("INVALID_DATA :: no")), nil
	}), nil)
	name := instep.NewFields(instep.Field{Name: FieldName, Value: instep.String("N")})
	results, err := c.Vendors().Write(t.Context(), []instep.Op{
		{Action: instep.Create, Fields: name.With(FieldOrganizationID, instep.String("B"))},
		{Action: instep.Update, Ref: refOf("supplier", 1), Fields: name.With(FieldIsPartialVATReduced, instep.Bool(true))},
		{Action: instep.Update, Ref: refOf("supplier", 2), Fields: name}, {Action: instep.Update, Ref: refOf("supplier", 99), Fields: name},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		id   string
		kind instep.Kind
	}{{"31", 0}, {"1", 0}, {"2", instep.Invalid}, {"99", instep.NotFound}} {
		if r := results[i]; r.Ref != (instep.Ref{System: "netvisor", Entity: "supplier", ID: want.id}) || instep.KindOf(r.Err) != want.kind {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	const edited = `<root><vendor><vendorbaseinformation><name>N</name></vendorbaseinformation><vendoradditionalinformation>` +
		`<ispartialvatreduceprivileged>1</ispartialvatreduceprivileged></vendoradditionalinformation></vendor></root>`
	if bodies[1] != edited {
		t.Error(bodies[1])
	}
}

func TestVendorProbeAndErrors(t *testing.T) {
	t.Parallel()
	c := stubbed(t, &vendorRegister{limit: 5}, nil)
	c.now = func() time.Time { return testStamp }
	report, err := c.Vendors().Probe(t.Context())
	if err != nil || len(report.Checks) != 5 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, check := range report.Checks {
		if !check.OK {
			t.Errorf("%+v", check)
		}
	}
	s := stubbed(t, always(403, failure("SERVICE_ACCESS_ERROR :: no")), nil).Vendors()
	for name, err := range map[string]error{
		"read": second(s.Read(t.Context(), "")), "get": second(s.Get(t.Context(), []instep.Ref{refOf("supplier", 1), refOf("supplier", 2)})),
		"find": second(s.Find(t.Context(), FieldName, []instep.Value{instep.String("x")})), "list": second(s.List(t.Context(), ListVendorGroups)),
	} {
		if instep.KindOf(err) != instep.Forbidden || !strings.Contains(err.Error(), "getvendor.nv") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Read(t.Context(), cursor{Format: cursorFormat("suppliers"), Next: "2026-01-15T13:50:00", After: 3}.encode()); instep.KindOf(err) != instep.Config {
		t.Errorf("%v", err)
	}
}

func TestPaginationHeaders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header      map[string]string
		next, total int
		paged       bool
	}{
		{nil, 0, -1, false},
		{map[string]string{"Next-Page": "3", "Total-Count": "1000", "Limit": "100"}, 3, 1000, true},
		{map[string]string{"Next-Page": "", "Total-Count": "1000", "Limit": "500"}, 0, 1000, true},
		{map[string]string{"Next-Page": "2"}, 0, -1, true},
		{map[string]string{"Next-Page": "0", "Total-Count": "5000", "Limit": "100"}, 0, 5000, true},
		{map[string]string{"Total-Count": "1001", "Limit": "500"}, 3, 1001, true},
		{map[string]string{"Total-Count": "1001", "Limit": "0"}, 0, 1001, true},
		{map[string]string{"Next-Page": "99999999999", "Total-Count": "-1", "Limit": "x"}, 0, -1, false},
	} {
		h := http.Header{}
		for name, value := range tt.header {
			h.Set("X-Netvisor-Pagination-"+name, value)
		}
		var p VendorPage
		if p.readHeaders(h, 2); p.Next != tt.next || p.Total != tt.total || p.paged != tt.paged {
			t.Errorf("%v: %+v", tt.header, p)
		}
	}
}

// FuzzVendorCursor: whatever is accepted is written and read back the same.
func FuzzVendorCursor(f *testing.F) {
	f.Add(string(encodeCursor(vendorCursor{Format: cursorFormat("suppliers"), Next: "2026-01-15T13:50:00", Page: 7, Again: 1, Count: 9, Last: math.MaxInt64, Total: 9, Counted: true, Mixed: true, Torn: true})))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseVendorCursor(instep.Cursor(text))
		if err != nil {
			if instep.KindOf(err) != instep.Config {
				t.Fatal(err)
			}
			return
		}
		if again, err := parseVendorCursor(encodeCursor(c)); err != nil || again != c {
			t.Fatalf("%q reads as %+v, which is written and read as %+v, %v", text, c, again, err)
		}
	})
}
