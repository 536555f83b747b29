package main

import (
	"fmt"
	"strings"

	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// The marks that stand in every field of the people and firms of these tests,
// and in what vendors say of them.
const (
	mark       = "Zqmark"
	vendorMark = "Zqvendor"
	markZip    = "ZQM77"
	markPhone  = "+358 00 990 7766"
	spoken     = vendorMark + " says " + mark + " Oy, " + markPhone

	// What a refusal says is shown to people, in errors and in the log, without
	// the values that were sent.
	cannotStore  = "this cannot be stored"
	cannotRead   = "this cannot be read"
	refusal      = cannotStore + ": " + mark + " Oy, " + markPhone
	refusedField = mark
)

// marks are what must not be found, in lower case.
var marks = []string{"zqmark", "zqvendor", "zqm77", "990 7766", "9907766", catalogue.PrivateCode, strings.ReplaceAll(catalogue.PrivateCode, "-", "")}

// leaks returns the marks in a text.
func leaks(text string) (found []string) {
	text = strings.ToLower(text)
	for _, m := range marks {
		if strings.Contains(text, m) {
			found = append(found, m)
		}
	}
	return found
}

// markedParty is a customer or supplier of Rackbeat with a mark in every field
// that people fill in.
func markedParty(number int, name string) rackbeattest.Party {
	return rackbeattest.Party{
		Number: number, Name: mark + " " + name, AddressName: mark + "an", Street: mark + "katu 1", Street2: mark + " c/o", Zipcode: markZip,
		City: mark + "by", Country: "Finland", Email: name + "@zqmark.example", Phone: markPhone,
	}
}

// markedBuyer has the fields that only customers have as well.
func markedBuyer(number int, name string, change func(*rackbeattest.Customer)) rackbeattest.Customer {
	p := markedParty(number, name)
	p.OurReference, p.TheirReference, p.Attention = mark+"or", mark+"tr", mark+"at"
	p.InvoiceEmail, p.OfferEmail, p.OrderEmail = "i@zqmark.example", "o@zqmark.example", "b@zqmark.example"
	if change != nil {
		change(&p)
	}
	return p
}

// markedCustomer is the same in Netvisor.
func markedCustomer(code, name string, change func(*netvisortest.Customer)) netvisortest.Customer {
	c := netvisortest.Customer{
		Code: code, Name: mark + " " + name, NameExtension: mark + "ext", StreetAddress: mark + "tie 2", AdditionalAddress: mark + " PL",
		City: mark + "city", PostNumber: markZip, Country: "FI", Group: catalogue.CustomerGroups()[0], Phone: markPhone, Fax: markPhone,
		Email: name + "@zqmark.example", EmailInvoicing: "e@zqmark.example", HomePage: "zqmark.example", Active: true,
		DeliveryName: mark + "dn", DeliveryStreetAddress: mark + "ds", DeliveryCity: mark + "dc", DeliveryPostNumber: markZip, DeliveryCountry: "FI",
		ContactPerson: mark + "cp", ContactPersonEmail: "p@zqmark.example", ContactPersonPhone: markPhone, Comment: mark + " comment",
		AgreementIdentifier: mark + "ai", DefaultReference: mark + "dr", TextBeforeLines: mark + "tb", TextAfterLines: mark + "ta",
		PaymentTerm: catalogue.PaymentTerms()[0].Name,
		ContactPersons: []netvisortest.ContactPerson{{
			FirstName: mark + "fn", LastName: mark + "ln", Phone: markPhone, Email: "c@zqmark.example", Title: mark + "t",
			StreetAddress: mark + "cs", PostNumber: markZip, City: mark + "cc", Country: "FI",
		}},
		Offices: []netvisortest.Office{{Name: mark + "of", Phone: markPhone, Contact: netvisortest.Address{StreetAddress: mark + "os", City: mark + "oc"}}},
	}
	if change != nil {
		change(&c)
	}
	return c
}

func markedVendor(code, name, id string) netvisortest.Vendor {
	return netvisortest.Vendor{
		Code: code, Name: mark + " " + name, BusinessID: id, Address: mark + "va", PostCode: markZip, City: mark + "vc", Country: "FI",
		Group: mark + "vg", Phone: markPhone, Email: name + "@zqmark.example", Fax: markPhone, ContactPersonName: mark + "vp",
		ContactPersonPhone: markPhone, ContactPersonEmail: "vp@zqmark.example", HomePage: "zqmark.example", Comment: mark + "vk",
		VATPercent: "25.5", NetDays: "14", DomesticAccounts: []netvisortest.DomesticAccount{{IBAN: "FI2112345600000785", BankName: mark + "bank"}},
	}
}

// markedTown has, in both registers, whom only one side has, whom both have,
// whom a person is asked about, and who cannot go over.
func markedTown() (*rackbeattest.Options, *netvisortest.Options) {
	c := catalogue.NewSized(1, catalogue.Sizes{})
	ro, no := c.RackbeatOptions(""), c.NetvisorOptions("")
	ro.Customers = []rackbeattest.Customer{
		markedBuyer(9101, "solo", func(c *rackbeattest.Customer) { c.CompanyVAT = firmID(1) }),
		markedBuyer(9102, "person", nil),
		markedBuyer(9103, "pair", func(c *rackbeattest.Customer) { c.CompanyVAT = firmID(3) }),
		markedBuyer(9104, "number", nil),
		markedBuyer(9105, "abroad", func(c *rackbeattest.Customer) { c.Country = mark + "land" }),
		markedBuyer(9106, "long", func(c *rackbeattest.Customer) { c.Name = strings.Repeat(mark, 50) }),
	}
	for i := range ro.Customers {
		n := ro.Customers[i].Number
		ro.CustomerContacts[n] = []rackbeattest.Contact{{Name: mark + "rc", Email: "rc@zqmark.example", Phone: markPhone}}
		ro.CustomerAddresses[n] = []rackbeattest.Address{{Name: mark + "ra", Street: mark + "rs", Zipcode: markZip, City: mark + "rt", Country: "Finland"}}
	}
	private := func(c *netvisortest.Customer) { c.Private, c.BusinessID = true, catalogue.PrivateCode }
	no.Customers = []netvisortest.Customer{
		markedCustomer("9111", "alone", func(c *netvisortest.Customer) { c.BusinessID = firmID(11) }),
		markedCustomer("9112", "human", private),
		markedCustomer("9103", "pair oy", func(c *netvisortest.Customer) { c.BusinessID = firmID(3) }),
		markedCustomer("9104", "other", private),
		markedCustomer("", "codeless", private),
		markedCustomer(fmt.Sprint(9116), "termless", func(c *netvisortest.Customer) { c.PaymentTerm = "" }),
	}
	for i, p := range []string{"solo", "pair", "number", "none"} {
		s := markedParty(9201+i, "s"+p)
		if p != "none" {
			s.CompanyVAT = firmID(21 + i)
		}
		ro.Suppliers = append(ro.Suppliers, s)
		ro.SupplierContacts[s.Number] = []rackbeattest.Contact{{Name: mark + "sc", Email: "sc@zqmark.example", Phone: markPhone}}
	}
	no.Vendors = []netvisortest.Vendor{markedVendor("9202", "svpair", firmID(22)), markedVendor("9203", "svother", firmID(30)), markedVendor("9211", "svalone", firmID(31))}
	return ro, no
}

// firmID returns a valid business id, an own one for each k.
func firmID(k int) string {
	for n := 99_700_000 + 200*k; ; n++ {
		if digits := fmt.Sprint(n); company.IsFinnish(digits) {
			return "FI" + digits
		}
	}
}
