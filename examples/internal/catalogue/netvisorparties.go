package catalogue

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/instep-go/instep/netvisor/netvisortest"
)

func netvisorCustomer(p *Party) netvisortest.Customer {
	c := netvisortest.Customer{
		Code: p.Number, Name: p.Name, BusinessID: cmp.Or(p.BusinessID, p.VATNumber), OrganizationUnitNumber: unitNumber(p),
		StreetAddress: p.Street, AdditionalAddress: p.Street2, PostNumber: p.PostalCode, City: p.City, Country: p.Country,
		Group: p.Group, Phone: p.Phone, Email: p.Email, PaymentTerm: p.PaymentTerm, Private: p.Private, Active: !p.Inactive,
	}
	if p.Contact != "" {
		given, family := splitName(p.Contact)
		c.ContactPersons = []netvisortest.ContactPerson{{FirstName: given, LastName: family, Default: true, Phone: p.Phone, Email: p.Email}}
	}
	if d := p.Delivery; d != (Address{}) {
		c.DeliveryName, c.DeliveryCountry = p.Name, p.Country
		c.DeliveryStreetAddress, c.DeliveryPostNumber, c.DeliveryCity = d.Street, d.PostalCode, d.City
	}
	return c
}

// unitNumber is the address for electronic invoices of a Finnish firm whose VAT
// number is known.
func unitNumber(p *Party) string {
	digits, ok := strings.CutPrefix(p.VATNumber, "FI")
	if !ok || p.Private {
		return ""
	}
	return "0037" + digits
}

func netvisorVendor(p *Party) netvisortest.Vendor {
	v := netvisortest.Vendor{
		Code: p.Number, Name: p.Name, BusinessID: cmp.Or(p.BusinessID, p.VATNumber),
		Address: p.Street, PostCode: p.PostalCode, City: p.City, Country: p.Country,
		Group: p.Group, Phone: p.Phone, Email: p.Email, Currency: p.Currency, VATPercent: "25.5",
	}
	if days, ok := daysOf(p.PaymentTerm); ok {
		v.NetDays = strconv.Itoa(days)
	}
	if p.Contact != "" {
		v.ContactPersonName, v.ContactPersonEmail, v.ContactPersonPhone = p.Contact, p.Email, p.Phone
	}
	return v
}

// splitName takes the last word for the family name.
func splitName(name string) (given, family string) {
	if i := strings.LastIndexByte(name, ' '); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}
