package netvisor

import (
	"time"
)

// readCustomer reads one Customer element of getcustomer.nv. An element that
// holds nothing gives the zero Customer.
func readCustomer(n *node, zone *time.Location) (Customer, error) {
	v := &values{zone: zone}
	base := n.kid("customerbaseinformation")
	c := Customer{
		Key:                    v.key(base, "netvisorkey"),
		Code:                   v.text(base, "internalidentifier"),
		ExternalIdentifier:     v.text(base, "externalidentifier"),
		OrganizationUnitNumber: v.text(base, "organizationunitnumber"),
		GroupKey:               v.key(base, "customergroupnetvisorkey"),
		Group:                  v.text(base, "customergroupname"),
		Name:                   v.text(base, "name"),
		NameExtension:          v.text(base, "nameextension"),
		StreetAddress:          v.text(base, "streetaddress"),
		AdditionalAddress:      firstText(v.text(base, "additionalstreetaddress"), v.text(base, "additionaladdressline")),
		City:                   v.text(base, "city"),
		PostNumber:             v.text(base, "postnumber"),
		Country:                country(base.kid("country")),
		Phone:                  v.text(base, "phonenumber"),
		Fax:                    v.text(base, "faxnumber"),
		Email:                  v.text(base, "email"),
		EmailInvoicing:         v.text(base, "emailinvoicingaddress"),
		HomePage:               v.text(base, "homepageuri"),
		IsActive:               v.truth(base, "isactive"),
		IsPrivate:              v.truth(base, "isprivatecustomer"),
		Finvoice:               v.finvoice(n.kid("customerfinvoicedetails")),
		Delivery:               v.delivery(n.kid("customerdeliverydetails")),
		Contact:                v.contact(n.kid("customercontactdetails")),
		Additional:             v.customerAdditional(n.kid("customeradditionalinformation")),
	}
	for _, k := range n.kids {
		switch k.name {
		case "customercontactpersons":
			c.ContactPersons = v.contactPersons(c.ContactPersons, k)
		case "customerofficedetails":
			c.Offices = v.offices(c.Offices, k)
		}
	}
	return c, about("customer", c.Key, v.err)
}

// country reads the forms of a country in use: a code as text, or a name with
// the code as an attribute. A name alone stays as it is.
func country(n *node) string {
	if n == nil {
		return ""
	}
	return firstText(n.attr("iso-3166"), n.text)
}

// firstText returns the first text that is not empty, as it is.
func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (v *values) finvoice(n *node) *FinvoiceDetails {
	if n == nil {
		return nil
	}
	return &FinvoiceDetails{Address: v.text(n, "finvoiceaddress"), RouterCode: v.text(n, "finvoiceroutercode")}
}

func (v *values) delivery(n *node) *DeliveryDetails {
	if n == nil {
		return nil
	}
	return &DeliveryDetails{
		Name:          v.text(n, "deliveryname"),
		StreetAddress: v.text(n, "deliverystreetaddress"),
		City:          v.text(n, "deliverycity"),
		PostNumber:    v.text(n, "deliverypostnumber"),
		Country:       country(n.kid("deliverycountry")),
	}
}

func (v *values) contact(n *node) *ContactDetails {
	if n == nil {
		return nil
	}
	return &ContactDetails{
		Name:   v.text(n, "contactname"),
		Person: v.text(n, "contactperson"),
		Email:  v.text(n, "contactpersonemail"),
		Phone:  v.text(n, "contactpersonphone"),
	}
}

func (v *values) customerAdditional(n *node) *CustomerAdditional {
	if n == nil {
		return nil
	}
	return &CustomerAdditional{
		Comment:             v.text(n, "comment"),
		AgreementIdentifier: v.text(n, "customeragreementidentifier"),
		ReferenceNumber:     firstText(v.text(n, "referencenumber"), v.text(n, "customerreferencenumber")),
		YourReference:       v.text(n, "yourdefaultreference"),
		TextBeforeLines:     v.text(n, "defaulttextbeforeinvoicelines"),
		TextAfterLines:      v.text(n, "defaulttextafterinvoicelines"),
		PaymentTerm:         v.text(n, "defaultpaymentterm"),
		PaymentTermKey:      v.attrKey(n.kid("defaultpaymentterm"), "netvisorkey"),
		TaxHandlingType:     v.text(n, "taxhandlingtype"),
		BalanceLimit:        v.decimal(n, "balancelimit"),
		PaymentInterest:     v.decimal(n, "paymentinterest"),
		DiscountPercentage:  v.decimal(n, "discountpercentage"),
		PriceGroup:          v.text(n, "pricegroup"),
		FactoringAccount:    v.text(n, "factoringaccount"),
		SalesPerson:         v.salesPerson(n.kid("defaultsalesperson")),
		InvoicingLanguage:   v.text(n, "invoicinglanguage"),
		EUStandardFinvoice:  v.truth(n, "eustandardfinvoice"),
		Dimensions:          v.dimensions(n.kid("customerdimensions")),
	}
}

// salesPerson reads a name, or the id that is written.
func (v *values) salesPerson(n *node) string {
	if n == nil {
		return ""
	}
	return firstText(n.text, v.text(n, "salespersonid"))
}

func (v *values) dimensions(n *node) []Dimension {
	if n == nil {
		return nil
	}
	var out []Dimension
	for _, k := range n.kids {
		name, item := k.kid("dimensionname"), k.kid("dimensionitem")
		out = append(out, Dimension{
			Name: v.text(k, "dimensionname"), NameKey: v.attrKey(name, "netvisorkey"),
			Item: v.text(k, "dimensionitem"), ItemKey: v.attrKey(item, "netvisorkey"),
		})
	}
	return out
}

// contactPersons appends the persons of one element. It may hold one person,
// or a list of elements for a person each: replies of both forms are known.
func (v *values) contactPersons(dst []ContactPerson, n *node) []ContactPerson {
	for _, k := range eachOrSelf(n, "contactpersonid") {
		dst = append(dst, ContactPerson{
			Key:       v.key(k, "contactpersonid"),
			FirstName: v.text(k, "contactpersonfirstname"),
			LastName:  v.text(k, "contactpersonlastname"),
			Phone:     v.text(k, "contactpersonphonenumber"),
			Email:     v.text(k, "contactpersonemail"),
			OfficeKey: v.key(k, "contactpersonofficenetvisorkey"),
		})
	}
	return dst
}

func (v *values) offices(dst []Office, n *node) []Office {
	for _, k := range eachOrSelf(n, "officenetvisorkey") {
		dst = append(dst, Office{
			Key:        v.key(k, "officenetvisorkey"),
			Name:       v.text(k, "officename"),
			Phone:      v.text(k, "officephonenumber"),
			Fax:        v.text(k, "officetelefaxnumber"),
			Identifier: v.text(k, "officeidentifier"),
			Contact:    v.officeAddress(k.kid("officecontactaddress")),
			Visit:      v.officeAddress(k.kid("officevisitaddress")),
			Finvoice:   v.finvoice(k.kid("officefinvoicedetails")),
		})
	}
	return dst
}

func (v *values) officeAddress(n *node) *OfficeAddress {
	if n == nil {
		return nil
	}
	return &OfficeAddress{
		StreetAddress: v.text(n, "streetaddress"), PostNumber: v.text(n, "postnumber"),
		City: v.text(n, "city"), Country: country(n.kid("country")),
	}
}

// eachOrSelf returns n if it has the element itself, else those of its
// children that have it.
func eachOrSelf(n *node, name string) []*node {
	if n.kid(name) != nil {
		return []*node{n}
	}
	var out []*node
	for _, k := range n.kids {
		if k.kid(name) != nil {
			out = append(out, k)
		}
	}
	return out
}

// isPrivate reports whether the customer is known to be a person.
func (c *Customer) isPrivate() bool {
	private, told := c.IsPrivate.Get()
	return told && private
}
