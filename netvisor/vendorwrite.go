package netvisor

import (
	"context"
	"errors"

	"github.com/instep-go/instep"
)

// maxAccounts is how many bank accounts of a kind a supplier has at most
// (vendor documentation).
const maxAccounts = 8

// VendorUpdate is what to write to a supplier. A kept field (the zero Opt)
// stays as it is, a cleared one is blanked. Numbers are sent with all their
// decimals. The vendor documents no longest texts.
type VendorUpdate struct {
	Code                    instep.Opt[string]
	Name                    instep.Opt[string] // mandatory
	Address, PostCode, City instep.Opt[string]
	Country                 instep.Opt[string] // ISO 3166: "FI"
	OrganizationID          instep.Opt[string] // mandatory: the business id
	Group                   instep.Opt[string] // name; that a new one makes a new group is inferred

	// Bank accounts to add, without Key, or to change; at most 8 of a kind.
	DomesticAccounts []DomesticAccount
	ForeignAccounts  []ForeignAccount

	Phone, Email, Fax                    instep.Opt[string]
	PersonName, PersonPhone, PersonEmail instep.Opt[string]
	HomePage, Comment                    instep.Opt[string]

	DefaultVATPercent   instep.Opt[instep.Decimal]
	IsPartialVATReduced instep.Opt[bool]
	DiscountPercent     instep.Opt[instep.Decimal] // of the payment term
	DiscountDays        instep.Opt[instep.Decimal]
	NetDays             instep.Opt[instep.Decimal]
	Currency            instep.Opt[string] // ISO 4217: "EUR"

	// Sent if there are any; none can be taken away.
	Dimensions         []Dimension
	AccountingAccounts []VendorAccount
	Acceptance         []VendorAcceptance
}

// AddVendor makes a new supplier and returns its key. Name and OrganizationID
// must be set: the documentation makes both mandatory.
//
// The request is sent once. An error of kind Lost means that the supplier may
// be there, now or later; look for it before adding it again. A reply that
// says OK but names no key is such an error too.
func (c *Client) AddVendor(ctx context.Context, u *VendorUpdate) (Written, error) {
	const op = "netvisor: add vendor"
	full := u.forAdd()
	if err := full.check(op, instep.Ref{}); err != nil {
		return Written{}, err
	}
	return c.add(ctx, &call{
		op: op, resource: "vendor.nv", params: []param{{"method", "add"}},
		body: document(full.element(c.decimalPoint), c.charset),
	}, "its code or its business id")
}

// EditVendor writes the fields of u that are not kept. The request is repeated
// when no reply comes, unless it adds a bank account: then it is sent once. An
// unknown key gives an error of kind Invalid with the code INVALID_DATA, as
// every other refusal does: only GetVendors tells whether the supplier is
// there.
func (c *Client) EditVendor(ctx context.Context, key int64, u *VendorUpdate) (Written, error) {
	const op = "netvisor: edit vendor"
	ref := refOf("supplier", key)
	if err := u.check(op, ref); err != nil {
		return Written{}, err
	}
	return c.edit(ctx, &call{
		op: op, resource: "vendor.nv", ref: ref, once: u.addsAccount(),
		params: []param{{"method", "edit"}, {"netvisorkey", keyText(key)}}, // not id, as elsewhere
		body:   document(u.element(c.decimalPoint), c.charset),
	}, key)
}

// addsAccount reports whether the update holds an account that is new, which
// must not be sent twice.
func (u *VendorUpdate) addsAccount() bool {
	for _, a := range u.DomesticAccounts {
		if a.Key == 0 {
			return true
		}
	}
	for _, a := range u.ForeignAccounts {
		if a.Key == 0 {
			return true
		}
	}
	return false
}

// forAdd returns a copy with everything that an add must hold, and without
// what is blank.
func (u *VendorUpdate) forAdd() *VendorUpdate {
	full := *u
	fillTexts(full.texts())
	dropCleared(&full.DefaultVATPercent, &full.DiscountPercent, &full.DiscountDays, &full.NetDays)
	dropCleared(&full.IsPartialVATReduced)
	return &full
}

func (u *VendorUpdate) texts() []textRule {
	return []textRule{
		{element: "code", value: &u.Code},
		{element: "name", value: &u.Name, mandatory: true},
		{element: "address", value: &u.Address},
		{element: "postcode", value: &u.PostCode},
		{element: "city", value: &u.City},
		{element: "country", value: &u.Country, country: true},
		{element: "organizationid", value: &u.OrganizationID, mandatory: true},
		{element: "groupname", value: &u.Group},
		{element: "phonenumber", value: &u.Phone},
		{element: "email", value: &u.Email},
		{element: "faxnumber", value: &u.Fax},
		{element: "contactpersonname", value: &u.PersonName},
		{element: "contactpersonphonenumber", value: &u.PersonPhone},
		{element: "contactpersonemail", value: &u.PersonEmail},
		{element: "homepage", value: &u.HomePage},
		{element: "comment", value: &u.Comment},
		{element: "currencycode", value: &u.Currency},
	}
}

// check refuses what the vendor is known to refuse, before anything is sent.
func (u *VendorUpdate) check(op string, ref instep.Ref) error {
	refuse := refuser(op, ref)
	if err := checkTexts(u.texts(), refuse); err != nil {
		return err
	}
	if len(u.DomesticAccounts) > maxAccounts || len(u.ForeignAccounts) > maxAccounts {
		return refuse("vendorbankaccounts", errors.New("the vendor takes 8 accounts of a kind"))
	}
	for _, a := range u.DomesticAccounts {
		if err := errors.Join(checkText(a.IBAN, 0), checkText(a.BankName, 0)); err != nil {
			return refuse("vendordomesticbankaccount", err)
		}
	}
	for _, a := range u.ForeignAccounts {
		for _, text := range []string{
			a.BBAN, a.BICSwift, a.BankName, a.ClearingCode, a.ClearingNumber, a.BankAddress, a.Country, a.Currency,
		} {
			if err := checkText(text, 0); err != nil {
				return refuse("vendorforeignbankaccount", err)
			}
		}
	}
	for _, a := range u.AccountingAccounts {
		if err := checkText(a.Number, 0); err != nil {
			return refuse("vendoraccountingaccount", err)
		}
	}
	for _, a := range u.Acceptance {
		if err := checkText(a.Name, 0); err != nil {
			return refuse("vendoracceptancedetail", err)
		}
	}
	return checkDimensions(u.Dimensions, refuse)
}

// element returns the supplier in the order that the vendor documents.
func (u *VendorUpdate) element(point bool) element {
	e := elements{point}
	return section("vendor",
		section("vendorbaseinformation",
			e.text("code", u.Code),
			e.text("name", u.Name),
			e.text("address", u.Address),
			e.text("postcode", u.PostCode),
			e.text("city", u.City),
			e.text("country", u.Country).typed("ISO-3166"),
			e.text("organizationid", u.OrganizationID),
			e.text("groupname", u.Group),
			section("vendorbankaccounts", u.domesticAccounts(), u.foreignAccounts()).filled(),
		),
		section("vendorcontactdetails",
			e.text("phonenumber", u.Phone),
			e.text("email", u.Email),
			e.text("faxnumber", u.Fax),
			e.text("contactpersonname", u.PersonName),
			e.text("contactpersonphonenumber", u.PersonPhone),
			e.text("contactpersonemail", u.PersonEmail),
			e.text("homepage", u.HomePage),
			e.text("comment", u.Comment),
		).filled(),
		section("vendoradditionalinformation",
			e.number("defaultvatpercent", u.DefaultVATPercent),
			e.truth("ispartialvatreduceprivileged", u.IsPartialVATReduced), // read as IsPartialVatReducedPrivileged
			e.number("paymenttermdiscountpercent", u.DiscountPercent),
			e.number("paymenttermcashdiscountdays", u.DiscountDays),
			e.number("paymenttermnetdays", u.NetDays),
			e.text("currencycode", u.Currency).typed("ISO-4217"),
			section("vendordimensions", dimensions(u.Dimensions)...).filled(),
			u.accountingAccounts(),
			u.acceptance(),
		).filled(),
	)
}

// trueFalse is how flags within a supplier are written (vendor documentation,
// for bank accounts).
func trueFalse(name string, on bool) element {
	if on {
		return element{name: name, text: "True"}
	}
	return element{name: name, text: "False"}
}

// keyIfAny names the record that is changed, none where one is added.
func keyIfAny(key int64) element {
	if key == 0 {
		return element{}
	}
	return element{name: "netvisorkey", text: keyText(key)}
}

// textIfAny leaves a blank text out.
func textIfAny(name, text string) element {
	if text == "" {
		return element{}
	}
	return element{name: name, text: text}
}

func (u *VendorUpdate) domesticAccounts() element {
	list := element{name: "vendordomesticbankaccounts"}
	for _, a := range u.DomesticAccounts {
		list.kids = append(list.kids, section("vendordomesticbankaccount",
			keyIfAny(a.Key),
			element{name: "iban", text: a.IBAN},
			element{name: "bankname", text: a.BankName},
			trueFalse("isdefault", a.IsDefault)))
	}
	return list.filled()
}

func (u *VendorUpdate) foreignAccounts() element {
	list := element{name: "vendorforeignbankaccounts"}
	for _, a := range u.ForeignAccounts {
		list.kids = append(list.kids, section("vendorforeignbankaccount",
			keyIfAny(a.Key),
			element{name: "bban", text: a.BBAN},
			element{name: "bicswift", text: a.BICSwift},
			element{name: "bankname", text: a.BankName},
			textIfAny("clearingcode", a.ClearingCode),
			textIfAny("clearingnumber", a.ClearingNumber),
			textIfAny("bankaddress", a.BankAddress),
			element{name: "country", text: a.Country}.typed("ISO-3166"),
			element{name: "currencycode", text: a.Currency}.typed("ISO-4217"),
			trueFalse("isdefault", a.IsDefault),
			trueFalse(includeAddress, a.IncludeAddress)))
	}
	return list.filled()
}

func (u *VendorUpdate) accountingAccounts() element {
	list := element{name: "vendoraccountingaccounts"}
	for _, a := range u.AccountingAccounts {
		list.kids = append(list.kids, section("vendoraccountingaccount",
			element{name: "accountnumber", text: a.Number},
			trueFalse("isdefault", a.IsDefault)))
	}
	return list.filled()
}

func (u *VendorUpdate) acceptance() element {
	list := element{name: "vendoracceptancedetails"}
	for _, a := range u.Acceptance {
		list.kids = append(list.kids, section("vendoracceptancedetail",
			element{name: "acceptancename", text: a.Name},
			trueFalse("isdefault", a.IsDefault),
			trueFalse("isforced", a.IsForced)))
	}
	return list.filled()
}
