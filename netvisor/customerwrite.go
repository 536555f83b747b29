package netvisor

import (
	"context"
	"errors"
	"strconv"

	"github.com/instep-go/instep"
)

// CustomerUpdate is what to write to a customer. A kept field (the zero Opt)
// stays as it is, a cleared one is blanked. Numbers are sent with all their
// decimals. Longest texts are those of the vendor's documentation.
type CustomerUpdate struct {
	Code instep.Opt[string] // internalidentifier; at most 50 characters

	// AutomaticCode gives a customer the next free code. It counts only where
	// Code has no text.
	AutomaticCode bool

	// ExternalIdentifier is the business id, or the personal identity code of
	// a private customer.
	ExternalIdentifier instep.Opt[string]

	OrganizationUnitNumber instep.Opt[string] // 12 to 17 digits
	Name                   instep.Opt[string] // mandatory; at most 250 characters
	NameExtension          instep.Opt[string] // at most 250
	StreetAddress          instep.Opt[string] // at most 80
	AdditionalAddress      instep.Opt[string] // additionaladdressline; at most 80
	City                   instep.Opt[string] // at most 80
	PostNumber             instep.Opt[string] // at most 50
	Country                instep.Opt[string] // ISO 3166: "FI"
	Group                  instep.Opt[string] // name; that a new one makes a new group is inferred
	Phone, Fax, Email      instep.Opt[string]
	HomePage               instep.Opt[string]
	IsActive               instep.Opt[bool] // cannot be cleared
	IsPrivate              instep.Opt[bool] // cannot be cleared
	EmailInvoicing         instep.Opt[string]

	FinvoiceAddress, FinvoiceRouterCode instep.Opt[string]

	DeliveryName, DeliveryStreetAddress, DeliveryCity, DeliveryPostNumber instep.Opt[string]
	DeliveryCountry                                                       instep.Opt[string] // ISO 3166: "FI"

	ContactName, ContactPerson, ContactPersonEmail, ContactPersonPhone instep.Opt[string]

	Comment             instep.Opt[string]
	AgreementIdentifier instep.Opt[string]
	ReferenceNumber     instep.Opt[string] // customerreferencenumber
	InvoicingLanguage   instep.Opt[string] // ISO 3166
	PrintChannelFormat  instep.Opt[int]    // 1: invoice with giro, 2: invoice
	YourReference       instep.Opt[string]
	TextBeforeLines     instep.Opt[string]
	TextAfterLines      instep.Opt[string]
	PaymentTerm         instep.Opt[string] // by name; see [Client.PaymentTerms]
	SecondName          instep.Opt[string] // by name
	PaymentInterest     instep.Opt[instep.Decimal]
	BalanceLimit        instep.Opt[instep.Decimal]
	ReceivablesRule     instep.Opt[string] // receivablesmanagementautomationrule, by name
	FactoringAccount    instep.Opt[string] // by name
	TaxHandlingType     instep.Opt[string] // countrygroup, forcedomestic, notaxhandling, domesticconstructionservice
	EUStandardFinvoice  instep.Opt[bool]
	SalesPersonKey      instep.Opt[int64]

	Dimensions []Dimension // sent if there are any; none can be taken away

	// OnlyExistingDimensions refuses the write if a dimension is not there;
	// otherwise Netvisor makes it. CheckDimensionPeriod refuses one that is
	// not valid now.
	OnlyExistingDimensions, CheckDimensionPeriod bool
}

// AddCustomer makes a new customer and returns its key. Name must be set. A
// customer without Code has none, unless AutomaticCode is set.
//
// The request is sent once. An error of kind Lost means that the customer may
// be there, now or later; look for it before adding it again. A reply that
// says OK but names no key is such an error too. That a code that is taken
// gives kind Duplicate is inferred.
func (c *Client) AddCustomer(ctx context.Context, u *CustomerUpdate) (Written, error) {
	const op = "netvisor: add customer"
	full := u.forAdd()
	if err := full.check(op, instep.Ref{}); err != nil {
		return Written{}, err
	}
	return c.add(ctx, &call{
		op: op, resource: "customer.nv", params: append([]param{{"method", "add"}}, u.params()...),
		body: document(full.element(c.decimalPoint), c.charset),
	}, "its code, its business id or its name")
}

// EditCustomer writes the fields of u that are not kept. The request is
// repeated when no reply comes. An unknown key gives an error of kind Invalid
// with the code INVALID_DATA, as every other refusal does: only GetCustomers
// tells whether the customer is there.
func (c *Client) EditCustomer(ctx context.Context, key int64, u *CustomerUpdate) (Written, error) {
	const op = "netvisor: edit customer"
	ref := refOf("customer", key)
	if err := u.check(op, ref); err != nil {
		return Written{}, err
	}
	params := append([]param{{"method", "edit"}, {"id", keyText(key)}}, u.params()...)
	return c.edit(ctx, &call{
		op: op, resource: "customer.nv", ref: ref, params: params,
		body: document(u.element(c.decimalPoint), c.charset),
	}, key)
}

// DeleteCustomer deletes a customer without invoices; the refusal of another
// is of kind Invalid. To set a customer out of use, edit IsActive instead.
//
// The request may be repeated when no reply comes. An unknown key is refused
// like anything else, so that the refusal of a repeated request may mean that
// the first one did it: GetCustomers tells.
func (c *Client) DeleteCustomer(ctx context.Context, key int64) (Written, error) {
	w, err := c.edit(ctx, &call{
		op: "netvisor: delete customer", resource: deleteCustomer, ref: refOf("customer", key),
		params: []param{{"customerid", keyText(key)}},
	}, key)
	// The vendor deletes with a GET, of which a missing reply counts as
	// nothing done elsewhere.
	if e, ok := errors.AsType[*instep.Error](err); ok && e.Kind == instep.Unavailable && e.Status == 0 {
		lost := *e
		lost.Kind = instep.Lost
		return w, &lost
	}
	return w, err
}

// deleteCustomer is the one resource that writes with a GET.
const deleteCustomer = "deletecustomer.nv"

func (u *CustomerUpdate) params() []param {
	var params []param
	if u.CheckDimensionPeriod {
		params = append(params, param{"checkdimensionvalidityperiod", "1"})
	}
	if u.OnlyExistingDimensions {
		params = append(params, param{"useonlyexistingdimensions", "1"})
	}
	return params
}

// forAdd returns a copy with everything that an add must hold, and without
// what is blank.
func (u *CustomerUpdate) forAdd() *CustomerUpdate {
	full := *u
	fillTexts(full.texts())
	dropCleared(&full.PaymentInterest, &full.BalanceLimit)
	dropCleared(&full.IsActive, &full.IsPrivate, &full.EUStandardFinvoice)
	dropCleared(&full.PrintChannelFormat)
	dropCleared(&full.SalesPersonKey)
	return &full
}

// Longest texts, in characters (vendor documentation).
const (
	maxCustomerCode = 50
	maxUnitNumber   = 17
	maxCustomerName = 250
	maxAddressLine  = 80
	maxPostNumber   = 50
)

func (u *CustomerUpdate) texts() []textRule {
	return []textRule{
		{element: "internalidentifier", value: &u.Code, max: maxCustomerCode},
		{element: "externalidentifier", value: &u.ExternalIdentifier},
		{element: "organizationunitnumber", value: &u.OrganizationUnitNumber, max: maxUnitNumber},
		{element: "name", value: &u.Name, max: maxCustomerName, mandatory: true},
		{element: "nameextension", value: &u.NameExtension, max: maxCustomerName},
		{element: "streetaddress", value: &u.StreetAddress, max: maxAddressLine},
		{element: "additionaladdressline", value: &u.AdditionalAddress, max: maxAddressLine},
		{element: "city", value: &u.City, max: maxAddressLine},
		{element: "postnumber", value: &u.PostNumber, max: maxPostNumber},
		{element: "country", value: &u.Country, country: true},
		{element: "customergroupname", value: &u.Group},
		{element: "phonenumber", value: &u.Phone},
		{element: "faxnumber", value: &u.Fax},
		{element: "email", value: &u.Email},
		{element: "homepageuri", value: &u.HomePage},
		{element: "emailinvoicingaddress", value: &u.EmailInvoicing},
		{element: "finvoiceaddress", value: &u.FinvoiceAddress},
		{element: "finvoiceroutercode", value: &u.FinvoiceRouterCode},
		{element: "deliveryname", value: &u.DeliveryName},
		{element: "deliverystreetaddress", value: &u.DeliveryStreetAddress},
		{element: "deliverycity", value: &u.DeliveryCity},
		{element: "deliverypostnumber", value: &u.DeliveryPostNumber},
		{element: "deliverycountry", value: &u.DeliveryCountry, country: true},
		{element: "contactname", value: &u.ContactName},
		{element: "contactperson", value: &u.ContactPerson},
		{element: "contactpersonemail", value: &u.ContactPersonEmail},
		{element: "contactpersonphone", value: &u.ContactPersonPhone},
		{element: "comment", value: &u.Comment},
		{element: "customeragreementidentifier", value: &u.AgreementIdentifier},
		{element: "customerreferencenumber", value: &u.ReferenceNumber},
		{element: "invoicinglanguage", value: &u.InvoicingLanguage},
		{element: "yourdefaultreference", value: &u.YourReference},
		{element: "defaulttextbeforeinvoicelines", value: &u.TextBeforeLines},
		{element: "defaulttextafterinvoicelines", value: &u.TextAfterLines},
		{element: "defaultpaymentterm", value: &u.PaymentTerm},
		{element: "defaultsecondname", value: &u.SecondName},
		{element: "receivablesmanagementautomationrule", value: &u.ReceivablesRule},
		{element: "factoringaccount", value: &u.FactoringAccount},
		{element: "taxhandlingtype", value: &u.TaxHandlingType},
	}
}

// check refuses what the vendor is known to refuse, before anything is sent.
func (u *CustomerUpdate) check(op string, ref instep.Ref) error {
	refuse := refuser(op, ref)
	if err := checkTexts(u.texts(), refuse); err != nil {
		return err
	}
	if u.IsActive.IsCleared() {
		return refuse("isactive", errBlank)
	}
	if u.IsPrivate.IsCleared() {
		return refuse("isprivatecustomer", errBlank)
	}
	if format, set := u.PrintChannelFormat.Get(); set && format != 1 && format != 2 {
		return refuse("invoiceprintchannelformat", errors.New("the vendor takes 1 or 2"))
	}
	return checkDimensions(u.Dimensions, refuse)
}

// element returns the customer in the order that the vendor documents.
func (u *CustomerUpdate) element(point bool) element {
	e := elements{point}
	return section("customer",
		u.base(e),
		section("customerfinvoicedetails",
			e.text("finvoiceaddress", u.FinvoiceAddress),
			e.text("finvoiceroutercode", u.FinvoiceRouterCode),
		).filled(),
		section("customerdeliverydetails",
			e.text("deliveryname", u.DeliveryName),
			e.text("deliverystreetaddress", u.DeliveryStreetAddress),
			e.text("deliverycity", u.DeliveryCity),
			e.text("deliverypostnumber", u.DeliveryPostNumber),
			e.text("deliverycountry", u.DeliveryCountry).typed("ISO-3166"),
		).filled(),
		section("customercontactdetails",
			e.text("contactname", u.ContactName),
			e.text("contactperson", u.ContactPerson),
			e.text("contactpersonemail", u.ContactPersonEmail),
			e.text("contactpersonphone", u.ContactPersonPhone),
		).filled(),
		u.additional(e),
		section("customerdimensiondetails", dimensions(u.Dimensions)...).filled(),
	)
}

// base is sent also where it is empty, as it is for products.
func (u *CustomerUpdate) base(e elements) element {
	code := e.text("internalidentifier", u.Code)
	if text, _ := u.Code.Get(); text == "" && u.AutomaticCode {
		code = element{name: "internalidentifier"}.typed("automatic")
	}
	return section("customerbaseinformation",
		code,
		e.text("externalidentifier", u.ExternalIdentifier),
		e.text("organizationunitnumber", u.OrganizationUnitNumber),
		e.text("name", u.Name),
		e.text("nameextension", u.NameExtension),
		e.text("streetaddress", u.StreetAddress),
		e.text("additionaladdressline", u.AdditionalAddress), // read as AdditionalStreetAddress
		e.text("city", u.City),
		e.text("postnumber", u.PostNumber),
		e.text("country", u.Country).typed("ISO-3166"),
		e.text("customergroupname", u.Group),
		e.text("phonenumber", u.Phone),
		e.text("faxnumber", u.Fax),
		e.text("email", u.Email),
		e.text("homepageuri", u.HomePage),
		e.truth("isactive", u.IsActive),
		e.truth("isprivatecustomer", u.IsPrivate),
		e.text("emailinvoicingaddress", u.EmailInvoicing),
	)
}

func (u *CustomerUpdate) additional(e elements) element {
	const byName = "customer" // what people see, in contrast to the key
	return section("customeradditionalinformation",
		e.text("comment", u.Comment),
		e.text("customeragreementidentifier", u.AgreementIdentifier),
		e.text("customerreferencenumber", u.ReferenceNumber), // read as ReferenceNumber
		e.text("invoicinglanguage", u.InvoicingLanguage).typed("ISO-3166"),
		field("invoiceprintchannelformat", u.PrintChannelFormat, strconv.Itoa).typed("netvisor"),
		e.text("yourdefaultreference", u.YourReference),
		e.text("defaulttextbeforeinvoicelines", u.TextBeforeLines),
		e.text("defaulttextafterinvoicelines", u.TextAfterLines),
		e.text("defaultpaymentterm", u.PaymentTerm).typed(byName),
		e.text("defaultsecondname", u.SecondName).typed(byName),
		e.number("paymentinterest", u.PaymentInterest),
		e.number("balancelimit", u.BalanceLimit),
		e.text("receivablesmanagementautomationrule", u.ReceivablesRule).typed(byName),
		e.text("factoringaccount", u.FactoringAccount).typed(byName),
		e.text("taxhandlingtype", u.TaxHandlingType),
		e.truth("eustandardfinvoice", u.EUStandardFinvoice),
		section("defaultsalesperson", field("salespersonid", u.SalesPersonKey, keyText).typed("netvisor")).filled(),
	).filled()
}
