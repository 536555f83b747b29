package netvisor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

// recorder answers with one body and keeps what was asked.
type recorder struct {
	reply  string
	asked  []string // "GET customerlist.nv?…"
	bodies []string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.asked = append(r.asked, req.Method+" "+strings.TrimPrefix(req.URL.RequestURI(), "/"))
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		r.bodies = append(r.bodies, string(body))
	}
	return answerWith(req, http.StatusOK, r.reply), nil
}

func TestListCustomers(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: sample(t, "customerlist.xml")}
	c := stubbed(t, r, nil)
	list, err := c.ListCustomers(t.Context(), &CustomerFilter{
		Keyword: "a&b", ChangedSince: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), Codes: []string{"1", "Ä2"},
	})
	want := &CustomerList{
		Rows: []CustomerRow{
			{
				Key: 165, Name: "Maija Mehiläinen Oy", Code: "1", BusinessID: "1967543-8", GroupID: 2,
				GroupName: "Tukku & vähittäis", URI: "https://isvapi.netvisor.figetcustomer.nv?id=165",
			},
			{Key: 7, Name: "Matti Meikäläinen", URI: "/getcustomer.nv?id=7"},
		},
		At: time.Date(2026, 1, 9, 11, 42, 50, 0, time.UTC),
	}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if want := []string{"GET customerlist.nv?keyword=a%26b&changedsince=2026-07-01T12%3A00%3A00&customercodelist=1,%C3%842"}; !slices.Equal(r.asked, want) {
		t.Errorf("asked %q", r.asked)
	}
	if all, err := c.ListCustomers(t.Context(), nil); err != nil || len(all.Rows) != 2 || r.asked[1] != "GET customerlist.nv" {
		t.Errorf("%+v, %v, asked %q", all, err, r.asked)
	}
	for _, codes := range [][]string{{"a,b"}, {""}, make([]string, 101)} {
		if _, err := c.ListCustomers(t.Context(), &CustomerFilter{Codes: codes}); instep.KindOf(err) != instep.Invalid {
			t.Errorf("%d codes: %v", len(codes), err)
		}
	}
}

var fullCustomer = Customer{
	Key: 165, Code: "1", ExternalIdentifier: "1967543-8", OrganizationUnitNumber: "00371967543815", GroupKey: 2,
	Group: "Tukku", Name: "Maija Mehiläinen Oy", NameExtension: "Toimitusjohtaja", StreetAddress: "Pajukuja 1",
	AdditionalAddress: "c/o Myllymäki", City: "LAPPEENRANTA", PostNumber: "53100", Country: "FI", Phone: "040 123456",
	Fax: "05 123457", Email: "maija@firma.example", EmailInvoicing: "laskut@firma.example", HomePage: "www.firma.example",
	IsActive: instep.Set(true), IsPrivate: instep.Set(false),
	Finvoice: &FinvoiceDetails{Address: "FI109700021497", RouterCode: "NDEAFIHH"},
	Delivery: &DeliveryDetails{Name: "Varasto", StreetAddress: "Pajukuja 2", City: "LAPPEENRANTA", PostNumber: "53101", Country: "SE"},
	Contact:  &ContactDetails{Person: "Linus Lahtinen", Email: "linus@firma.example", Phone: "040 765432"},
	ContactPersons: []ContactPerson{
		{Key: 3, FirstName: "Linus", LastName: "Lahtinen", Phone: "040 765432", Email: "linus@firma.example", OfficeKey: 4},
		{Key: 5, LastName: "Aalto"},
	},
	Offices: []Office{{
		Key: 4, Name: "Turku", Phone: "02 1", Fax: "02 2", Identifier: "T1",
		Contact:  &OfficeAddress{StreetAddress: "Linnankatu 1", PostNumber: "20100", City: "TURKU", Country: "FINLAND"},
		Finvoice: &FinvoiceDetails{Address: "003719675438", RouterCode: "OKOYFIHH"},
	}},
	Additional: &CustomerAdditional{
		Comment: "Maksaa aina", AgreementIdentifier: "S-1", ReferenceNumber: "1070", YourReference: "Maija",
		TextBeforeLines: "Ennen", TextAfterLines: "Kiitos", PaymentTerm: "14 päivää netto", PaymentTermKey: 2,
		TaxHandlingType: "countrygroup", BalanceLimit: decimal("5000.5"), DiscountPercentage: decimal("10"), PriceGroup: "A",
		FactoringAccount: "Rahoitus", SalesPerson: "Paavo", InvoicingLanguage: "FI", EUStandardFinvoice: instep.Set(true),
		Dimensions: []Dimension{{Name: "Alue", NameKey: 3, Item: "Itä", ItemKey: 8}},
	},
}

func TestGetCustomers(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: sample(t, "getcustomer.xml")}
	got, err := stubbed(t, r, nil).GetCustomers(t.Context(), []int64{165})
	if diff := cmp.Diff([]Customer{fullCustomer}, got, equal); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if want := []string{"GET getcustomer.nv?idlist=165"}; !slices.Equal(r.asked, want) {
		t.Errorf("asked %q", r.asked)
	}
}

func TestGetCustomerNotFound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"invalid-notfound.xml", "getproduct-notfound.xml"} {
		got, err := stubbed(t, always(200, sample(t, name)), nil).GetCustomers(t.Context(), []int64{123})
		if err != nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := stubbed(t, always(403, failure("SERVICE_ACCESS_ERROR :: no")), nil).GetCustomers(t.Context(), []int64{1, 2}); instep.KindOf(err) != instep.Forbidden {
		t.Errorf("%v", err)
	}
}

// TestEveryCustomerFieldIsGiven: a full customer has a value in every field
// that is described, and an empty one null, or absent where a section lacks.
func TestEveryCustomerFieldIsGiven(t *testing.T) {
	t.Parallel()
	full := customerTable.record(&fullCustomer)
	empty := customerTable.record(&Customer{Key: 1, Finvoice: &FinvoiceDetails{}, Delivery: &DeliveryDetails{}, Contact: &ContactDetails{}, Additional: &CustomerAdditional{}})
	infos, err := stubbed(t, always(200, ""), nil).Customers().Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if v := full.Fields.Get(info.Name); v.IsBlank() || v.IsAbsent() || v.Type() != info.Type {
			t.Errorf("%s is %v", info.Name, v)
		}
		if v := empty.Fields.Get(info.Name); v != instep.Null() {
			t.Errorf("%s of an empty customer is %v", info.Name, v)
		}
	}
	if full.Ref != refOf("customer", 165) || full.Status != instep.Live || full.Fields.Len() != len(infos) {
		t.Errorf("%+v", full)
	}
	bare := customerTable.record(&Customer{Key: 1, IsActive: instep.Set(false)})
	if v := bare.Fields.Get(FieldComment); !v.IsAbsent() || bare.Status != instep.Inactive {
		t.Errorf("a comment without its section is %v, status %v", v, bare.Status)
	}
}

// TestPrivateCustomer: the personal identity code is no part of the record.
func TestPrivateCustomer(t *testing.T) {
	t.Parallel()
	const code = "131052-308T"
	person := Customer{Key: 5, Name: "Maija", ExternalIdentifier: code, IsPrivate: instep.Set(true)}
	r := customerTable.record(&person)
	if !r.Fields.Get(FieldExternalIdentifier).IsAbsent() || strings.Contains(r.Fields.String(), code) {
		t.Errorf("%v", r.Fields)
	}
	rec := &recorder{reply: envelope("<Customerlist/>")}
	found, err := stubbed(t, rec, nil).Customers().Find(t.Context(), FieldExternalIdentifier,
		[]instep.Value{instep.String(code), instep.String("131052a308t"), instep.String("1967543-8"), instep.Null()})
	if err != nil || len(found) != 4 {
		t.Fatal(found, err)
	}
	if want := []string{"GET customerlist.nv?keyword=1967543-8"}; !slices.Equal(rec.asked, want) {
		t.Errorf("asked %q", rec.asked)
	}
}

// firm is one customer of a customerRegister.
type firm struct {
	key              int64
	code, id, name   string
	private, passive bool
	group            int64
}

// customerRegister is a small Netvisor with customers.
type customerRegister struct {
	firms  []firm
	refuse bool // a list of keys with an unknown one is refused
	asked  []string
}

func (g *customerRegister) RoundTrip(r *http.Request) (*http.Response, error) {
	g.asked = append(g.asked, r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/"))
	q := r.URL.Query()
	switch strings.TrimPrefix(r.URL.Path, "/") {
	case "customerlist.nv":
		return answerWith(r, 200, envelope("<Customerlist>"+g.list(q.Get("keyword"), q.Get("customercodelist"))+"</Customerlist>")), nil
	case "getcustomer.nv":
		text, all := g.get(q.Get("idlist"))
		if !all && g.refuse {
			return answerWith(r, 400, failure("INVALID_DATA :: Customer not found")), nil
		}
		return answerWith(r, 200, envelope("<Customers>"+text+"</Customers>")), nil
	case "deletecustomer.nv":
		i := slices.IndexFunc(g.firms, func(f firm) bool { return keyText(f.key) == q.Get("customerid") })
		if i < 0 || g.firms[i].name == "Invoiced" {
			return answerWith(r, 400, failure("INVALID_DATA :: The customer has invoices")), nil
		}
		g.firms = slices.Delete(g.firms, i, i+1)
		return answerWith(r, 200, envelope("")), nil
	}
	return answerWith(r, 400, failure("INVALID_DATA :: x")), nil
}

func (g *customerRegister) list(keyword, codes string) string {
	var b strings.Builder
	for _, f := range g.firms {
		fields := f.code + "\n" + f.id + "\n" + f.name
		if !strings.Contains(fields, keyword) || codes != "" && !slices.Contains(strings.Split(strings.ToLower(codes), ","), strings.ToLower(f.code)) {
			continue
		}
		id := f.id
		if f.private {
			id = ""
		}
		fmt.Fprintf(&b, "<Customer><Netvisorkey>%d</Netvisorkey><Name>%s</Name><Code>%s</Code><OrganisationIdentifier>%s</OrganisationIdentifier>", f.key, f.name, f.code, id)
		if f.group > 0 {
			fmt.Fprintf(&b, "<CustomerGroupID>%d</CustomerGroupID><CustomerGroupName>G%d</CustomerGroupName>", f.group, f.group)
		}
		b.WriteString("</Customer>")
	}
	return b.String()
}

func (g *customerRegister) get(list string) (text string, all bool) {
	var b strings.Builder
	all = true
	for id := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(g.firms, func(f firm) bool { return keyText(f.key) == id })
		if i < 0 {
			all = false
			continue
		}
		f := g.firms[i]
		fmt.Fprintf(&b, "<Customer><CustomerBaseInformation><NetvisorKey>%d</NetvisorKey><InternalIdentifier>%s</InternalIdentifier><ExternalIdentifier>%s</ExternalIdentifier><Name>%s</Name><IsActive>%s</IsActive><IsPrivateCustomer>%s</IsPrivateCustomer></CustomerBaseInformation></Customer>",
			f.key, f.code, f.id, f.name, formatBool(!f.passive), formatBool(f.private))
	}
	return b.String(), all
}

func manyFirms(n int) []firm {
	var out []firm
	for i := range n {
		out = append(out, firm{key: int64(3*i + 1), code: strconv.Itoa(i), name: "Firm " + strconv.Itoa(i)})
	}
	return out
}

func TestCustomerWalk(t *testing.T) {
	t.Parallel()
	g := &customerRegister{firms: manyFirms(1050)}
	c := stubbed(t, g, nil)
	records, last := readAll(t, c.Customers(), "")
	if len(records) != 1050 || last.Sweep != (instep.Sweep{Complete: true, Total: 1050}) || c.Stats().Reads != 4 {
		t.Errorf("%d records, %+v, %+v", len(records), last.Sweep, c.Stats())
	}
	if _, err := c.Products().Read(t.Context(), last.Next); instep.KindOf(err) != instep.Config {
		t.Errorf("the cursor of customers was taken for one of products: %v", err)
	}
	again, _ := readAll(t, c.Customers(), last.Next)
	if want := "GET customerlist.nv?changedsince=2026-01-15T13%3A50%3A00"; len(again) != 1050 || g.asked[4] != want {
		t.Errorf("%d records, asked %s", len(again), g.asked[4])
	}
}

// TestMissingKeys: one unknown key does not fail the others, whichever way the
// vendor answers.
func TestMissingKeys(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		g := &customerRegister{firms: manyFirms(40), refuse: refuse}
		c := stubbed(t, g, nil)
		var refs []instep.Ref
		for _, id := range []string{"118", "2", "1", "4", "9999", "x", "10", "1"} {
			refs = append(refs, instep.Ref{System: "netvisor", Entity: "customer", ID: id})
		}
		records, err := c.Customers().Get(t.Context(), refs)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range records {
			missing := slices.Contains([]string{"2", "9999", "x"}, refs[i].ID)
			if r.Ref != refs[i] || (r.Status == instep.Missing) != missing {
				t.Errorf("refuse %v: %v is %v", refuse, refs[i].ID, r.Status)
			}
		}
		if n := c.Stats().Reads; !refuse && n != 1 || n > 11 {
			t.Errorf("refuse %v: %d requests", refuse, n)
		}
	}
	if _, err := stubbed(t, &customerRegister{}, nil).Customers().Get(t.Context(), []instep.Ref{refOf("product", 1)}); instep.KindOf(err) != instep.Config {
		t.Errorf("%v", err)
	}
}

func TestFindCustomers(t *testing.T) {
	t.Parallel()
	g := &customerRegister{refuse: true, firms: []firm{
		{key: 1, code: "a", id: "1967543-8", name: "Kahvi Oy"}, {key: 2, code: "A", id: "11967543-8", name: "Kahvi Oy Ab"},
		{key: 3, code: "b,c", id: "1967543-8", name: "Tee Oy"}, {key: 4, id: "131052-308T", name: "Kahvi Oy", private: true}, {key: 5, code: "bc", id: "b,c"},
	}}
	texts := func(s ...string) (out []instep.Value) {
		for _, x := range s {
			out = append(out, instep.String(x))
		}
		return out
	}
	for _, tt := range []struct {
		field  string
		values []instep.Value
		want   []string
		asked  int
	}{
		{FieldInternalIdentifier, texts("b,c", "a", "", "none", "A", "a"), []string{"3", "1", "", "", "2", "1"}, 3},
		{FieldInternalIdentifier, []instep.Value{instep.Null(), instep.Int(1)}, []string{"", ""}, 0},
		{FieldExternalIdentifier, texts("1967543-8", "131052-308T", " "), []string{"1 3", "", ""}, 2},
		{FieldName, texts("Kahvi Oy", "Kahvi"), []string{"1 4", ""}, 3},
	} {
		g.asked = nil
		found, err := stubbed(t, g, nil).Customers().Find(t.Context(), tt.field, tt.values)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, records := range found {
			got = append(got, ids(records))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || len(g.asked) != tt.asked {
			t.Errorf("%s: %s, asked %q", tt.field, diff, g.asked)
		}
	}
	if _, err := stubbed(t, g, nil).Customers().Find(t.Context(), FieldEmail, texts("A")); instep.KindOf(err) != instep.Unsupported {
		t.Errorf("%v", err)
	}
}

func TestCustomerLists(t *testing.T) {
	t.Parallel()
	s := stubbed(t, always(200, sample(t, "paymentterms.xml")), nil).Customers()
	items, err := s.List(t.Context(), ListPaymentTerms)
	if diff := cmp.Diff([]instep.Item{{Code: "2", Name: "14 päivää netto"}, {Code: "3", Name: "30 days, 2 %"}}, items); err != nil || diff != "" {
		t.Error(err, diff)
	}
	terms, err := s.c.PaymentTerms(t.Context())
	want := PaymentTerm{Key: 3, Name: "30 days, 2 %", NetDays: decimal("30"), DiscountDays: decimal("7"), DiscountPercent: decimal("2.5"), IsDefault: instep.Set(false)}
	if err != nil || len(terms) != 2 || terms[1] != want {
		t.Errorf("%+v, %v", terms, err)
	}
	g := &customerRegister{firms: []firm{{key: 1, group: 9}, {key: 2}, {key: 3, group: 4}, {key: 4, group: 9}}}
	items, err = stubbed(t, g, nil).Customers().List(t.Context(), ListCustomerGroups)
	if diff := cmp.Diff([]instep.Item{{Code: "4", Name: "G4"}, {Code: "9", Name: "G9"}}, items); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.List(t.Context(), ListGroups); instep.KindOf(err) != instep.Unsupported || !strings.Contains(err.Error(), ListPaymentTerms) {
		t.Errorf("%v", err)
	}
}

func TestDeleteCustomers(t *testing.T) {
	t.Parallel()
	g := &customerRegister{refuse: true, firms: []firm{{key: 1, name: "Free"}, {key: 2, name: "Invoiced"}}}
	c := stubbed(t, g, nil)
	results, err := c.Customers().Write(t.Context(), []instep.Op{
		{Action: instep.Delete, Ref: refOf("customer", 1)}, {Action: instep.Delete, Ref: refOf("customer", 2)}, {Action: instep.Delete, Ref: refOf("customer", 3)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []instep.Kind{instep.Unclassified, instep.Invalid, instep.NotFound} {
		if r := results[i]; instep.KindOf(r.Err) != want || (r.Err == nil) != (i == 0) {
			t.Errorf("customer %d: %v", i+1, r.Err)
		}
	}
	if s := c.Stats(); s.Writes != 3 || len(g.firms) != 1 {
		t.Errorf("%+v, %v left", s, g.firms)
	}
	silent := stubbed(t, stub(func(*http.Request) (*http.Response, error) { return nil, io.EOF }), nil)
	if _, err := silent.DeleteCustomer(t.Context(), 1); instep.KindOf(err) != instep.Lost {
		t.Errorf("a delete without reply: %v", err)
	}
	if _, err := silent.DeleteCustomer(t.Context(), 0); instep.KindOf(err) != instep.Invalid || silent.Stats().Writes != 1 {
		t.Errorf("%v", err)
	}
}

func TestCustomerTraitsAndProbe(t *testing.T) {
	t.Parallel()
	c := stubbed(t, &customerRegister{refuse: true}, nil)
	c.now = func() time.Time { return testStamp }
	got := c.Customers().Traits()
	want := instep.Traits{
		Entity: "customer", System: "netvisor", MaxBatch: 20, MaxGet: 500, MaxInFlight: 1, CanBar: true, CanDelete: true,
		ReadLag: 10 * time.Second, RequestLife: 150 * time.Second,
	}
	if got != want {
		t.Errorf("%+v", got)
	}
	report, err := c.Customers().Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, check := range report.Checks {
		if !check.OK {
			failed = append(failed, check.Name)
		}
	}
	// The register has no payment terms.
	if diff := cmp.Diff([]string{"payment terms readable"}, failed); diff != "" {
		t.Error(diff)
	}
	denied := stubbed(t, always(403, failure("SERVICE_ACCESS_ERROR :: no")), nil)
	report, err = denied.Customers().Probe(t.Context())
	if err != nil || !strings.Contains(fmt.Sprint(report), "customerlist.nv") || !strings.Contains(fmt.Sprint(report), "getcustomer.nv") {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestUnreadableCustomerIsLocated(t *testing.T) {
	t.Parallel()
	body := strings.Replace(sample(t, "getcustomer.xml"), "5000,50", "secret", 1)
	_, err := stubbed(t, always(200, body), nil).GetCustomers(t.Context(), []int64{165})
	e, ok := errors.AsType[*instep.Error](err)
	if !ok || e.Kind != instep.Malformed || e.Ref != refOf("customer", 165) || !strings.HasSuffix(e.Field, "/balancelimit") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// TestNamesStayOutOfLogsAndErrors: neither a log line nor an error of a search
// or of a write holds a value of the record.
func TestNamesStayOutOfLogsAndErrors(t *testing.T) {
	t.Parallel()
	const marked = "Mörkö Marked"
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})).With("a", 1).WithGroup("g")
	var texts []string
	for _, reply := range []stub{
		always(503, ""), always(400, failure("INVALID_DATA :: no")), always(200, "<html>"),
		func(*http.Request) (*http.Response, error) { return nil, io.EOF },
	} {
		c := stubbed(t, reply, &Options{Logger: logger, Retries: -1})
		_, err := c.Customers().Find(t.Context(), FieldName, []instep.Value{instep.String(marked)})
		texts = append(texts, fmt.Sprint(err))
		fields := instep.NewFields(
			instep.Field{Name: FieldName, Value: instep.String(marked)}, instep.Field{Name: FieldOrganizationID, Value: instep.String(marked)},
			instep.Field{Name: FieldCountry, Value: instep.String(marked)},
		)
		for _, sink := range []instep.Sink{c.Customers(), c.Vendors()} {
			for _, f := range []instep.Fields{fields, fields.With(FieldCountry, instep.Value{}), fields.With(FieldCity, instep.String(marked+"\x00"))} {
				results, err := sink.Write(t.Context(), []instep.Op{{Action: instep.Create, Fields: f}})
				texts = append(texts, fmt.Sprint(err, results[0].Err))
			}
		}
	}
	texts = append(texts, log.String())
	for _, text := range texts {
		if strings.Contains(text, "Marked") {
			t.Error(text)
		}
	}
	if !strings.Contains(log.String(), "keyword=[redacted]") {
		t.Errorf("nothing was logged:\n%s", log.String())
	}
}
