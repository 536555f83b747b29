package netvisor

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

var inserted = envelope("<Replies><InsertedDataIdentifier>31</InsertedDataIdentifier></Replies>")

func TestAddCustomer(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: inserted}
	c := stubbed(t, r, nil)
	got, err := c.AddCustomer(t.Context(), &CustomerUpdate{
		Name: instep.Set("Näin & Näin"), AutomaticCode: true, Code: instep.Set(""), Country: instep.Set("FI"),
		Email: instep.Clear[string](), BalanceLimit: instep.Clear[instep.Decimal](), OnlyExistingDimensions: true,
		Dimensions: []Dimension{{Name: "Alue", Item: "Itä"}},
	})
	if err != nil || got.Key != 31 || !got.At.Equal(testStamp) {
		t.Errorf("%+v, %v", got, err)
	}
	want := []string{`<root><customer><customerbaseinformation><internalidentifier type="automatic"></internalidentifier>` +
		`<name>Näin &amp; Näin</name><country type="ISO-3166">FI</country></customerbaseinformation><customerdimensiondetails>` +
		`<dimension><dimensionname>Alue</dimensionname><dimensionitem>Itä</dimensionitem></dimension></customerdimensiondetails></customer></root>`}
	if diff := cmp.Diff(want, r.bodies); diff != "" {
		t.Error(diff)
	}
	if want := []string{"POST customer.nv?method=add&useonlyexistingdimensions=1"}; !slices.Equal(r.asked, want) {
		t.Errorf("%q", r.asked)
	}
	if _, err := stubbed(t, always(200, envelope("")), nil).AddCustomer(t.Context(), &CustomerUpdate{Name: instep.Set("N")}); instep.KindOf(err) != instep.Lost {
		t.Errorf("an add without key in the reply: %v", err)
	}
}

// TestCustomerOrder: all elements at once stand in the documented order.
func TestCustomerOrder(t *testing.T) {
	t.Parallel()
	text, number, yes := instep.Set("x"), decimal("1.5"), instep.Set(true)
	u := &CustomerUpdate{
		Code: text, AutomaticCode: true, ExternalIdentifier: text, OrganizationUnitNumber: text, Name: text, NameExtension: text,
		StreetAddress: text, AdditionalAddress: text, City: text, PostNumber: text, Country: instep.Set("FI"), Group: text,
		Phone: text, Fax: text, Email: text, HomePage: text, IsActive: yes, IsPrivate: yes, EmailInvoicing: text,
		FinvoiceAddress: text, FinvoiceRouterCode: text, DeliveryName: text, DeliveryStreetAddress: text, DeliveryCity: text,
		DeliveryPostNumber: text, DeliveryCountry: instep.Set("FI"), ContactName: text, ContactPerson: text, ContactPersonEmail: text,
		ContactPersonPhone: text, Comment: text, AgreementIdentifier: text, ReferenceNumber: text, InvoicingLanguage: text,
		PrintChannelFormat: instep.Set(2), YourReference: text, TextBeforeLines: text, TextAfterLines: text, PaymentTerm: text,
		SecondName: text, PaymentInterest: number, BalanceLimit: number, ReceivablesRule: text, FactoringAccount: text,
		TaxHandlingType: text, EUStandardFinvoice: yes, SalesPersonKey: instep.Set[int64](7), Dimensions: []Dimension{{Name: "d", Item: "e"}},
	}
	r := &recorder{reply: envelope("")}
	if _, err := stubbed(t, r, nil).EditCustomer(t.Context(), 5, u); err != nil {
		t.Fatal(err)
	}
	const order = "customer customerbaseinformation internalidentifier externalidentifier organizationunitnumber name nameextension " +
		"streetaddress additionaladdressline city postnumber country customergroupname phonenumber faxnumber email homepageuri " +
		"isactive isprivatecustomer emailinvoicingaddress customerfinvoicedetails finvoiceaddress finvoiceroutercode " +
		"customerdeliverydetails deliveryname deliverystreetaddress deliverycity deliverypostnumber deliverycountry " +
		"customercontactdetails contactname contactperson contactpersonemail contactpersonphone customeradditionalinformation " +
		"comment customeragreementidentifier customerreferencenumber invoicinglanguage invoiceprintchannelformat " +
		"yourdefaultreference defaulttextbeforeinvoicelines defaulttextafterinvoicelines defaultpaymentterm defaultsecondname " +
		"paymentinterest balancelimit receivablesmanagementautomationrule factoringaccount taxhandlingtype eustandardfinvoice " +
		"defaultsalesperson salespersonid customerdimensiondetails dimension dimensionname dimensionitem"
	if diff := cmp.Diff(strings.Fields(order), names(r.bodies[0])); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{
		`<internalidentifier>x<`, `<defaultpaymentterm type="customer">x<`, `<balancelimit>1,5<`, `<salespersonid type="netvisor">7<`,
		`<invoiceprintchannelformat type="netvisor">2<`, `<isactive>1<`,
	} {
		if !strings.Contains(r.bodies[0], part) {
			t.Errorf("no %s in\n%s", part, r.bodies[0])
		}
	}
	if want := []string{"POST customer.nv?method=edit&id=5"}; !slices.Equal(r.asked, want) {
		t.Errorf("%q", r.asked)
	}
}

// names returns the names of the elements within the root, as they begin.
func names(body string) []string {
	var out []string
	for part := range strings.SplitSeq(body, "<") {
		if name := strings.FieldsFunc(part, func(r rune) bool { return r == '>' || r == ' ' }); part != "" && part[0] != '/' {
			out = append(out, name[0])
		}
	}
	return out[1:]
}

func TestCustomerRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	long := instep.Set(strings.Repeat("ä", 251))
	for _, tt := range []struct {
		element string
		change  func(*CustomerUpdate)
	}{
		{"name", func(u *CustomerUpdate) { u.Name = instep.Set(" ") }},
		{"name", func(u *CustomerUpdate) { u.Name = instep.Clear[string]() }},
		{"name", func(u *CustomerUpdate) { u.Name = long }},
		{"internalidentifier", func(u *CustomerUpdate) { u.Code = instep.Set(strings.Repeat("1", 51)) }},
		{"organizationunitnumber", func(u *CustomerUpdate) { u.OrganizationUnitNumber = instep.Set(strings.Repeat("1", 18)) }},
		{"streetaddress", func(u *CustomerUpdate) { u.StreetAddress = long }},
		{"country", func(u *CustomerUpdate) { u.Country = instep.Set("Finland") }},
		{"deliverycountry", func(u *CustomerUpdate) { u.DeliveryCountry = instep.Set("fi") }},
		{"comment", func(u *CustomerUpdate) { u.Comment = instep.Set("\x00") }},
		{"invoiceprintchannelformat", func(u *CustomerUpdate) { u.PrintChannelFormat = instep.Set(3) }},
		{"dimension", func(u *CustomerUpdate) { u.Dimensions = []Dimension{{Name: "\x01"}} }},
	} {
		u := &CustomerUpdate{Name: instep.Set("N")}
		tt.change(u)
		c := stubbed(t, always(200, inserted), nil)
		for name, err := range map[string]error{
			"add": second(c.AddCustomer(t.Context(), u)), "edit": second(c.EditCustomer(t.Context(), 1, u)),
		} {
			if e, ok := errors.AsType[*instep.Error](err); !ok || e.Kind != instep.Invalid || e.Field != tt.element {
				t.Errorf("%s with a bad %s: %v", name, tt.element, err)
			}
		}
		if c.Stats() != (Stats{}) {
			t.Errorf("%s: something was sent", tt.element)
		}
	}
	c := stubbed(t, always(200, inserted), nil)
	for _, u := range []*CustomerUpdate{{IsActive: instep.Clear[bool]()}, {IsPrivate: instep.Clear[bool]()}} {
		if _, err := c.EditCustomer(t.Context(), 1, u); instep.KindOf(err) != instep.Invalid {
			t.Errorf("%v", err)
		}
	}
	if _, err := c.AddCustomer(t.Context(), &CustomerUpdate{}); instep.KindOf(err) != instep.Invalid || c.Stats() != (Stats{}) {
		t.Errorf("an add without a name: %v", err)
	}
}

// TestWriteCustomers goes through the connector.
func TestWriteCustomers(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: inserted}
	c := stubbed(t, r, &Options{AutomaticCodes: true, Retries: -1})
	results, err := c.Customers().Write(t.Context(), []instep.Op{
		{Action: instep.Create, Fields: instep.NewFields(
			instep.Field{Name: FieldName, Value: instep.String("Ö")},
			instep.Field{Name: FieldPaymentTerm, Value: instep.String("14 päivää netto")})},
		{Action: instep.Update, Ref: refOf("customer", 7), Fields: instep.NewFields(
			instep.Field{Name: FieldAdditionalAddress, Value: instep.Null()}, instep.Field{Name: FieldReferenceNumber, Value: instep.String("12")})},
		{Action: instep.Deactivate, Ref: refOf("customer", 7)},
		{Action: instep.Update, Ref: refOf("customer", 8)},
		{Action: instep.Update, Ref: refOf("customer", 8), Fields: instep.NewFields(instep.Field{Name: FieldCountry, Value: instep.String("Finland")})},
		{Action: instep.Create, Fields: instep.NewFields(instep.Field{Name: FieldPriceGroup, Value: instep.String("x")})},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		id    string
		kind  instep.Kind
		field string
	}{{"31", 0, ""}, {"7", 0, ""}, {"7", 0, ""}, {"8", 0, ""}, {"8", instep.Invalid, FieldCountry}, {"", instep.Config, FieldPriceGroup}} {
		got := results[i]
		e, _ := errors.AsType[*instep.Error](got.Err)
		if got.Ref.ID != want.id || (e == nil) != (want.kind == 0) || e != nil && (e.Kind != want.kind || e.Field != want.field || e.Remedy == "") {
			t.Errorf("result %d: %+v", i, got)
		}
	}
	want := []string{
		`<root><customer><customerbaseinformation><internalidentifier type="automatic"></internalidentifier><name>Ö</name></customerbaseinformation>` +
			`<customeradditionalinformation><defaultpaymentterm type="customer">14 päivää netto</defaultpaymentterm></customeradditionalinformation></customer></root>`,
		`<root><customer><customerbaseinformation><additionaladdressline></additionaladdressline></customerbaseinformation>` +
			`<customeradditionalinformation><customerreferencenumber>12</customerreferencenumber></customeradditionalinformation></customer></root>`,
		`<root><customer><customerbaseinformation><isactive>0</isactive></customerbaseinformation></customer></root>`,
	}
	if diff := cmp.Diff(want, r.bodies); diff != "" {
		t.Error(diff)
	}
}

// TestEveryFieldIsWritten: each field of customers and suppliers that can be
// written makes the element that refusals name, and no other value.
func TestEveryFieldIsWritten(t *testing.T) {
	t.Parallel()
	everyField(t, &customerTable, func(u *CustomerUpdate) element { return u.element(false) }, []string{FieldName})
	everyField(t, &vendorTable, func(u *VendorUpdate) element { return u.element(false) }, []string{FieldName, FieldOrganizationID})
}

func everyField[T, U any](t *testing.T, table *table[T, U], body func(*U) element, required []string) {
	t.Helper()
	sampleOf := map[instep.Type]instep.Value{
		instep.TypeString: instep.String("x"), instep.TypeDecimal: instep.Number(instep.MustDecimal("1.5")), instep.TypeBool: instep.Bool(true),
	}
	seen := map[string]bool{}
	for _, info := range table.describe(instep.ReadWrite, instep.Fields{}) {
		if seen[info.Name] {
			t.Errorf("%s is there twice", info.Name)
		}
		seen[info.Name] = true
		if info.Required != slices.Contains(required, info.Name) || info.Required && info.Remedy == "" {
			t.Errorf("%s: required %v, remedy %q", info.Name, info.Required, info.Remedy)
		}
		row := table.rowOf(info.Name)
		u, err := table.update(instep.NewFields(instep.Field{Name: info.Name, Value: sampleOf[info.Type]}))
		if writable := info.Access&instep.CanUpdate != 0; writable != (err == nil) {
			t.Errorf("%s: access %b, %v", info.Name, info.Access, err)
		} else if writable {
			got := string(document(body(u), UTF8))
			if !strings.Contains(got, "<"+row.element+">") && !strings.Contains(got, "<"+row.element+" type=") || strings.Count(got, "</") > 5 {
				t.Errorf("%s is written as %s", info.Name, got)
			}
			if back, ok := table.fieldOf(strings.ToUpper(row.element)); !ok || back.Name != info.Name {
				t.Errorf("%s is the element of %s", row.element, back.Name)
			}
		}
	}
}

func TestContactPersons(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: inserted}
	c := stubbed(t, r, &Options{Language: Finnish, Retries: -1})
	added, err := c.AddContactPerson(t.Context(), 12, &ContactPersonUpdate{
		FirstName: instep.Set("Aino"), LastName: instep.Set("Aalto"), IsDefault: true, Email: instep.Set(""), City: instep.Set("Turku"),
	})
	if err != nil || added.Key != 31 {
		t.Errorf("%+v, %v", added, err)
	}
	edited, err := c.EditContactPerson(t.Context(), 12, 3, &ContactPersonUpdate{Title: instep.Clear[string](), OfficeKey: instep.Clear[int64]()})
	if err != nil || edited.Key != 3 {
		t.Errorf("%+v, %v", edited, err)
	}
	if _, err := c.DeleteContactPerson(t.Context(), 12, 3); err != nil {
		t.Error(err)
	}
	const head = `<root><contactperson><method>%</method><customeridentifier type="netvisor">12</customeridentifier>`
	want := []string{
		strings.Replace(head, "%", "add", 1) + `<isdefault>true</isdefault><firstname>Aino</firstname><lastname>Aalto</lastname>` +
			`<language type="ISO-3166">FI</language><contactpersonaddress><city>Turku</city></contactpersonaddress></contactperson></root>`,
		strings.Replace(head, "%", "edit", 1) + `<contactpersonidentifier type="netvisor">3</contactpersonidentifier><title></title>` +
			`<officeidentifier type="netvisor">0</officeidentifier><contactpersonaddress></contactpersonaddress></contactperson></root>`,
		strings.Replace(head, "%", "delete", 1) + `<contactpersonidentifier type="netvisor">3</contactpersonidentifier></contactperson></root>`,
	}
	if diff := cmp.Diff(want, r.bodies); diff != "" {
		t.Error(diff)
	}
	for name, err := range map[string]error{
		"no name":     second(c.AddContactPerson(t.Context(), 12, &ContactPersonUpdate{FirstName: instep.Set("A")})),
		"no customer": second(c.EditContactPerson(t.Context(), 0, 3, &ContactPersonUpdate{})),
		"no person":   second(c.DeleteContactPerson(t.Context(), 12, 0)),
	} {
		if instep.KindOf(err) != instep.Invalid || len(r.bodies) != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOffices(t *testing.T) {
	t.Parallel()
	r := &recorder{reply: envelope("")}
	c := stubbed(t, r, nil)
	added, err := c.AddOffice(t.Context(), 12, &OfficeUpdate{
		Name: instep.Set("Turku"), Visit: &OfficeAddress{StreetAddress: "L 1", PostNumber: "20100", City: "Turku", Country: "FI"},
		Finvoice: &FinvoiceDetails{Address: "0037", RouterCode: "R"},
	})
	if err != nil || added.Key != 0 {
		t.Errorf("%+v, %v", added, err)
	}
	edited, err := c.EditOffice(t.Context(), 12, 4, &OfficeUpdate{Phone: instep.Clear[string]()})
	if err != nil || edited.Key != 4 {
		t.Errorf("%+v, %v", edited, err)
	}
	want := []string{
		`<root><office><name>Turku</name><officevisitaddress><streetaddress>L 1</streetaddress><postnumber>20100</postnumber><city>Turku</city>` +
			`<country type="ISO-3166">FI</country></officevisitaddress><officefinvoicedetails><finvoiceaddress>0037</finvoiceaddress>` +
			`<finvoiceroutercode>R</finvoiceroutercode></officefinvoicedetails></office></root>`,
		`<root><office><phonenumber></phonenumber></office></root>`,
	}
	if diff := cmp.Diff(want, r.bodies); diff != "" {
		t.Error(diff)
	}
	if want := []string{"POST office.nv?method=add&customerid=12", "POST office.nv?method=edit&customerid=12&officeid=4"}; !slices.Equal(r.asked, want) {
		t.Errorf("%q", r.asked)
	}
	for name, u := range map[string]*OfficeUpdate{
		"no name": {}, "country": {Name: instep.Set("x"), Contact: &OfficeAddress{}},
		"text": {Name: instep.Set("x"), Visit: &OfficeAddress{City: "\x00", Country: "FI"}}, "finvoice": {Name: instep.Set("x"), Finvoice: &FinvoiceDetails{Address: "\x00"}},
	} {
		if _, err := c.AddOffice(t.Context(), 12, u); instep.KindOf(err) != instep.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSentOnce: what makes something new is not repeated, what sets absolute
// values is.
func TestSentOnce(t *testing.T) {
	t.Parallel()
	name := instep.Set("N")
	for _, tt := range []struct {
		name  string
		times int64
		write func(*Client) error
	}{
		{"add customer", 1, func(c *Client) error { return second(c.AddCustomer(t.Context(), &CustomerUpdate{Name: name})) }},
		{"edit customer", 2, func(c *Client) error { return second(c.EditCustomer(t.Context(), 1, &CustomerUpdate{Name: name})) }},
		{"delete customer", 2, func(c *Client) error { return second(c.DeleteCustomer(t.Context(), 1)) }},
		{"add vendor", 1, func(c *Client) error {
			return second(c.AddVendor(t.Context(), &VendorUpdate{Name: name, OrganizationID: name}))
		}},
		{"edit vendor", 2, func(c *Client) error { return second(c.EditVendor(t.Context(), 1, &VendorUpdate{Name: name})) }},
		{"add account", 1, func(c *Client) error {
			return second(c.EditVendor(t.Context(), 1, &VendorUpdate{DomesticAccounts: []DomesticAccount{{IBAN: "x"}}}))
		}},
		{"edit account", 2, func(c *Client) error {
			return second(c.EditVendor(t.Context(), 1, &VendorUpdate{DomesticAccounts: []DomesticAccount{{Key: 3, IBAN: "x"}}}))
		}},
		{"add contact person", 1, func(c *Client) error {
			return second(c.AddContactPerson(t.Context(), 1, &ContactPersonUpdate{FirstName: name, LastName: name}))
		}},
		{"add office", 1, func(c *Client) error { return second(c.AddOffice(t.Context(), 1, &OfficeUpdate{Name: name})) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := stubbed(t, stub(func(*http.Request) (*http.Response, error) { return nil, io.EOF }), &Options{Retries: 1})
			if err := tt.write(c); instep.KindOf(err) != instep.Lost || c.Stats() != (Stats{Writes: tt.times}) {
				t.Errorf("%+v, %v", c.Stats(), err)
			}
		})
	}
}
