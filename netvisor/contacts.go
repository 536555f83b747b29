package netvisor

import (
	"context"
	"errors"

	"github.com/instep-go/instep"
)

// ContactPerson is a contact person of a Customer.
type ContactPerson struct {
	Key                 int64 // ContactPersonID
	FirstName, LastName string
	Phone, Email        string
	OfficeKey           int64 // 0 if of no office
}

// ContactPersonUpdate is what to write to a contact person. A kept field stays
// as it is, a cleared one is blanked.
type ContactPersonUpdate struct {
	IsDefault   bool                 // makes the person the default one; the vendor cannot take that back
	FirstName   instep.Opt[string]   // mandatory; at most 100 characters
	LastName    instep.Opt[string]   // mandatory; at most 100
	Language    instep.Opt[Language] // FI, EN or SE; an add without it sends the client's
	Phone       instep.Opt[string]   // at most 80
	Email       instep.Opt[string]   // at most 200
	Title       instep.Opt[string]   // at most 200
	OfficeKey   instep.Opt[int64]    // cleared: of no office
	PositionKey instep.Opt[int64]    // cleared: none

	StreetAddress, City, PostNumber instep.Opt[string] // at most 80, 80 and 50
	Country                         instep.Opt[string] // ISO 3166: "FI"
}

// AddContactPerson adds a contact person to the customer with that key. The
// request is sent once; an error of kind Lost means that the person may have
// been added. Whether the reply names the person's key is not documented: the
// Key of the result is 0 if it does not, and GetCustomers tells it.
func (c *Client) AddContactPerson(ctx context.Context, customer int64, u *ContactPersonUpdate) (Written, error) {
	full := *u
	fillTexts(full.texts())
	if _, set := full.Language.Get(); !set {
		full.Language = instep.Set(c.language)
	}
	return c.contactPerson(ctx, "add", customer, 0, &full)
}

// EditContactPerson writes the fields of u that are not kept to a contact
// person of that customer. The documentation calls names and language
// mandatory for every request; that an edit may leave them out, as it may
// elsewhere, is inferred.
func (c *Client) EditContactPerson(ctx context.Context, customer, person int64, u *ContactPersonUpdate) (Written, error) {
	return c.contactPerson(ctx, "edit", customer, person, u)
}

// DeleteContactPerson takes a contact person from a customer. The
// documentation calls names and language mandatory here as well; that they may
// be left out is inferred.
func (c *Client) DeleteContactPerson(ctx context.Context, customer, person int64) (Written, error) {
	return c.contactPerson(ctx, "delete", customer, person, &ContactPersonUpdate{})
}

func (c *Client) contactPerson(ctx context.Context, method string, customer, person int64, u *ContactPersonUpdate) (Written, error) {
	op := "netvisor: " + method + " contact person"
	ref := refOf("customer", customer)
	refuse := refuser(op, ref)
	if customer <= 0 || (method != "add" && person <= 0) {
		return Written{}, refuse("", errors.New("a key is a number above 0"))
	}
	if err := checkTexts(u.texts(), refuse); err != nil {
		return Written{}, err
	}
	k := &call{
		op: op, resource: "contactperson.nv", ref: ref, effect: edits,
		body: document(u.element(method, customer, person), c.charset),
	}
	if method == "add" {
		k.effect = adds
	}
	a, err := c.do(ctx, k)
	if err != nil {
		return Written{}, err
	}
	if method == "add" {
		person = newKey(a)
	}
	return Written{Key: person, At: a.at}, nil
}

func (u *ContactPersonUpdate) texts() []textRule {
	return []textRule{
		{element: "firstname", value: &u.FirstName, max: 100, mandatory: true},
		{element: "lastname", value: &u.LastName, max: 100, mandatory: true},
		{element: "phonenumber", value: &u.Phone, max: 80},
		{element: "email", value: &u.Email, max: 200},
		{element: "title", value: &u.Title, max: 200},
		{element: "streetaddress", value: &u.StreetAddress, max: maxAddressLine},
		{element: "postnumber", value: &u.PostNumber, max: maxPostNumber},
		{element: "city", value: &u.City, max: maxAddressLine},
		{element: "country", value: &u.Country, country: true},
	}
}

// element returns the person in the order that the vendor documents.
func (u *ContactPersonUpdate) element(method string, customer, person int64) element {
	e := elements{}
	id, isDefault := element{}, element{}
	if person > 0 {
		id = element{name: "contactpersonidentifier", text: keyText(person)}.typed("netvisor")
	}
	if u.IsDefault {
		isDefault = element{name: "isdefault", text: "true"}
	}
	parts := []element{
		{name: "method", text: method},
		element{name: "customeridentifier", text: keyText(customer)}.typed("netvisor"),
		id, isDefault,
		e.text("firstname", u.FirstName),
		e.text("lastname", u.LastName),
		field("language", u.Language, func(l Language) string { return string(l) }).typed("ISO-3166"),
		e.text("phonenumber", u.Phone),
		e.text("email", u.Email),
		e.text("title", u.Title),
		keyOrNone("officeidentifier", u.OfficeKey),
		keyOrNone("positionidentifier", u.PositionKey),
	}
	if method != "delete" { // a part that an add and an edit must have
		parts = append(parts, section("contactpersonaddress",
			e.text("streetaddress", u.StreetAddress),
			e.text("postnumber", u.PostNumber),
			e.text("city", u.City),
			e.text("country", u.Country).typed("ISO-3166"),
		))
	}
	return section("contactperson", parts...)
}

// keyOrNone writes a key, and 0 for none, as the vendor wants it.
func keyOrNone(name string, o instep.Opt[int64]) element {
	if o.IsCleared() {
		o = instep.Set[int64](0)
	}
	return field(name, o, keyText).typed("netvisor")
}

// Office is a place of business of a Customer. An address is nil where the
// reply lacks it.
type Office struct {
	Key        int64 // OfficeNetvisorKey
	Name       string
	Phone, Fax string
	Identifier string // the office's code
	Contact    *OfficeAddress
	Visit      *OfficeAddress
	Finvoice   *FinvoiceDetails
}

// OfficeAddress is an address of an Office.
type OfficeAddress struct {
	StreetAddress, PostNumber, City string
	Country                         string // as Customer.Country; ISO 3166 where it is written
}

// OfficeUpdate is what to write to an office. A kept field stays as it is, a
// cleared one is blanked. An address that is not nil is written whole, as its
// parts are mandatory.
type OfficeUpdate struct {
	Name           instep.Opt[string] // mandatory
	Phone, Fax     instep.Opt[string]
	Identifier     instep.Opt[string]
	EmailInvoicing instep.Opt[string]
	Contact, Visit *OfficeAddress
	Finvoice       *FinvoiceDetails
}

// AddOffice adds an office to the customer with that key. What is said of
// AddContactPerson is true here as well.
func (c *Client) AddOffice(ctx context.Context, customer int64, u *OfficeUpdate) (Written, error) {
	full := *u
	fillTexts(full.texts())
	return c.office(ctx, "add", customer, 0, &full)
}

// EditOffice writes the fields of u that are not kept to an office of that
// customer. There is no resource that deletes one.
func (c *Client) EditOffice(ctx context.Context, customer, office int64, u *OfficeUpdate) (Written, error) {
	return c.office(ctx, "edit", customer, office, u)
}

func (c *Client) office(ctx context.Context, method string, customer, office int64, u *OfficeUpdate) (Written, error) {
	op := "netvisor: " + method + " office"
	ref := refOf("customer", customer)
	refuse := refuser(op, ref)
	if customer <= 0 || (method != "add" && office <= 0) {
		return Written{}, refuse("", errors.New("a key is a number above 0"))
	}
	if err := u.check(refuse); err != nil {
		return Written{}, err
	}
	k := &call{
		op: op, resource: "office.nv", ref: ref, effect: adds,
		params: []param{{"method", method}, {"customerid", keyText(customer)}},
		body:   document(u.element(), c.charset),
	}
	if method == "edit" {
		k.effect = edits
		k.params = append(k.params, param{"officeid", keyText(office)})
	}
	a, err := c.do(ctx, k)
	if err != nil {
		return Written{}, err
	}
	if method == "add" {
		office = newKey(a)
	}
	return Written{Key: office, At: a.at}, nil
}

func (u *OfficeUpdate) texts() []textRule {
	return []textRule{
		{element: "name", value: &u.Name, mandatory: true},
		{element: "phonenumber", value: &u.Phone},
		{element: "telefaxnumber", value: &u.Fax},
		{element: "officeidentifier", value: &u.Identifier},
		{element: "emailinvoicingaddress", value: &u.EmailInvoicing},
	}
}

func (u *OfficeUpdate) check(refuse func(string, error) error) error {
	if err := checkTexts(u.texts(), refuse); err != nil {
		return err
	}
	for _, a := range []*OfficeAddress{u.Contact, u.Visit} {
		if a == nil {
			continue
		}
		if err := errors.Join(checkText(a.StreetAddress, 0), checkText(a.PostNumber, 0), checkText(a.City, 0)); err != nil {
			return refuse("officeaddress", err)
		}
		if !isCountry(a.Country) {
			return refuse("country", errCountry)
		}
	}
	if f := u.Finvoice; f != nil {
		if err := errors.Join(checkText(f.Address, 0), checkText(f.RouterCode, 0)); err != nil {
			return refuse("officefinvoicedetails", err)
		}
	}
	return nil
}

// element returns the office in the order that the vendor documents.
func (u *OfficeUpdate) element() element {
	e := elements{}
	finvoice := element{}
	if f := u.Finvoice; f != nil {
		finvoice = section("officefinvoicedetails",
			element{name: "finvoiceaddress", text: f.Address},
			element{name: "finvoiceroutercode", text: f.RouterCode})
	}
	return section("office",
		e.text("name", u.Name),
		e.text("phonenumber", u.Phone),
		e.text("telefaxnumber", u.Fax),
		e.text("officeidentifier", u.Identifier),
		e.text("emailinvoicingaddress", u.EmailInvoicing),
		u.Contact.element("officecontactaddress"),
		u.Visit.element("officevisitaddress"),
		finvoice,
	)
}

func (a *OfficeAddress) element(name string) element {
	if a == nil {
		return element{}
	}
	return section(name,
		element{name: "streetaddress", text: a.StreetAddress},
		element{name: "postnumber", text: a.PostNumber},
		element{name: "city", text: a.City},
		element{name: "country", text: a.Country}.typed("ISO-3166"))
}
