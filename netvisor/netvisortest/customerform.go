package netvisortest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// customerRoot is what customer.nv takes, in the order of the vendor's
// documentation. A payment term must be one of terms.
func customerRoot(terms []PaymentTerm) element[Customer] {
	return element[Customer]{name: "root", kids: []element[Customer]{{name: "customer", kids: []element[Customer]{
		customerBase(),
		{name: "customerfinvoicedetails", kids: []element[Customer]{
			line("finvoiceaddress", func(c *Customer) *string { return &c.FinvoiceAddress }, 0),
			line("finvoiceroutercode", func(c *Customer) *string { return &c.FinvoiceRouterCode }, 0),
		}},
		{name: "customerdeliverydetails", kids: []element[Customer]{
			line("deliveryname", func(c *Customer) *string { return &c.DeliveryName }, maxCustomerName),
			line("deliverystreetaddress", func(c *Customer) *string { return &c.DeliveryStreetAddress }, maxAddress),
			line("deliverycity", func(c *Customer) *string { return &c.DeliveryCity }, maxAddress),
			line("deliverypostnumber", func(c *Customer) *string { return &c.DeliveryPostNumber }, maxPostNumber),
			country("deliverycountry", func(c *Customer) *string { return &c.DeliveryCountry }),
		}},
		{name: "customercontactdetails", kids: []element[Customer]{
			line("contactname", func(c *Customer) *string { return &c.ContactName }, 0),
			line("contactperson", func(c *Customer) *string { return &c.ContactPerson }, 0),
			line("contactpersonemail", func(c *Customer) *string { return &c.ContactPersonEmail }, 0),
			line("contactpersonphone", func(c *Customer) *string { return &c.ContactPersonPhone }, 0),
		}},
		customerAdditional(terms),
		{name: "customerdimensiondetails", kids: []element[Customer]{
			dimensions(func(c *Customer) *[]Dimension { return &c.Dimensions }),
		}},
	}}}}
}

func customerBase() element[Customer] {
	return element[Customer]{name: "customerbaseinformation", wanted: true, kids: []element[Customer]{
		{name: "internalidentifier", set: setCustomerCode},
		line("externalidentifier", func(c *Customer) *string { return &c.BusinessID }, 0),
		checked("organizationunitnumber", func(c *Customer) *string { return &c.OrganizationUnitNumber }, unitNumber),
		must(line("name", func(c *Customer) *string { return &c.Name }, maxCustomerName)),
		line("nameextension", func(c *Customer) *string { return &c.NameExtension }, maxCustomerName),
		line("streetaddress", func(c *Customer) *string { return &c.StreetAddress }, maxAddress),
		line("additionaladdressline", func(c *Customer) *string { return &c.AdditionalAddress }, maxAddress),
		line("city", func(c *Customer) *string { return &c.City }, maxAddress),
		line("postnumber", func(c *Customer) *string { return &c.PostNumber }, maxPostNumber),
		country("country", func(c *Customer) *string { return &c.Country }),
		line("customergroupname", func(c *Customer) *string { return &c.Group }, 0),
		line("phonenumber", func(c *Customer) *string { return &c.Phone }, 0),
		line("faxnumber", func(c *Customer) *string { return &c.Fax }, 0),
		line("email", func(c *Customer) *string { return &c.Email }, 0),
		line("homepageuri", func(c *Customer) *string { return &c.HomePage }, 0),
		yesNo("isactive", func(c *Customer) *bool { return &c.Active }),
		yesNo("isprivatecustomer", func(c *Customer) *bool { return &c.Private }),
		line("emailinvoicingaddress", func(c *Customer) *string { return &c.EmailInvoicing }, 0),
	}}
}

func customerAdditional(terms []PaymentTerm) element[Customer] {
	return element[Customer]{name: "customeradditionalinformation", kids: []element[Customer]{
		free("comment", func(c *Customer) *string { return &c.Comment }),
		line("customeragreementidentifier", func(c *Customer) *string { return &c.AgreementIdentifier }, 0),
		line("customerreferencenumber", func(c *Customer) *string { return &c.ReferenceNumber }, 0),
		standard("invoicinglanguage", func(c *Customer) *string { return &c.InvoicingLanguage }, "ISO-3166", 2),
		oneOf("invoiceprintchannelformat", func(c *Customer) *string { return &c.PrintChannelFormat }, "1", "2"),
		line("yourdefaultreference", func(c *Customer) *string { return &c.DefaultReference }, 0),
		free("defaulttextbeforeinvoicelines", func(c *Customer) *string { return &c.TextBeforeLines }),
		free("defaulttextafterinvoicelines", func(c *Customer) *string { return &c.TextAfterLines }),
		reference("defaultpaymentterm", func(c *Customer, kind, v string) *fault { return setPaymentTerm(c, terms, kind, v) }),
		named("defaultsecondname", func(c *Customer) *string { return &c.SecondName }),
		number("paymentinterest", func(c *Customer) *string { return &c.PaymentInterest }),
		number("balancelimit", func(c *Customer) *string { return &c.BalanceLimit }),
		named("receivablesmanagementautomationrule", func(c *Customer) *string { return &c.AutomationRule }),
		named("factoringaccount", func(c *Customer) *string { return &c.FactoringAccount }),
		oneOf("taxhandlingtype", func(c *Customer) *string { return &c.TaxHandlingType },
			"countrygroup", "forcedomestic", "notaxhandling", "domesticconstructionservice"),
		yesNo("eustandardfinvoice", func(c *Customer) *bool { return &c.EUStandardFinvoice }),
		{name: "defaultsalesperson", kids: []element[Customer]{
			digits("salespersonid", func(c *Customer) *string { return &c.SalesPerson }),
		}},
	}}
}

// setCustomerCode takes the attribute type: automatic and empty asks for the
// next free code.
func setCustomerCode(c *Customer, n *node) *fault {
	v := strings.TrimSpace(n.text)
	switch kind := n.attrs["type"]; {
	case kind != "" && !strings.EqualFold(kind, "automatic"):
		return invalid(textAttribute, n.name, "type")
	case utf8.RuneCountInString(v) > maxCode:
		return invalid(textTooLong, n.name, maxCode)
	case kind != "" && v == "":
		v = automaticCode
	}
	c.Code = v
	return nil
}

// unitNumber wants 12 to 17 digits.
func unitNumber(s string) (string, bool) {
	return s, isDigits(s) && len(s) >= minUnitNumber && len(s) <= maxUnitNumber
}

// named is a reference to a list this fake does not have; its text is kept.
func named(name string, field func(*Customer) *string) element[Customer] {
	return reference(name, func(c *Customer, _, v string) *fault { *field(c) = v; return nil })
}

func setPaymentTerm(c *Customer, terms []PaymentTerm, kind, v string) *fault {
	c.PaymentTerm = ""
	if v == "" {
		return nil
	}
	for _, t := range terms {
		if kind == "netvisor" && strconv.Itoa(t.Key) == v || kind == "customer" && t.Description == v {
			c.PaymentTerm = t.Description
			return nil
		}
	}
	return invalid(textNoTerm, v)
}

// customer answers customer.nv: method=add, or method=edit with id.
func (s *Server) customer(c *call, q params) *fault {
	edit, f := q.edits()
	if f != nil {
		return f
	}
	w := writer[Customer, *Customer]{&s.store.customers, &s.customerForm, "id", textNoCustomer, textDuplicateCustomer}
	return w.serve(s, c, q, edit, Customer{Active: true})
}

// deleteCustomer answers deletecustomer.nv, a GET that writes.
func (s *Server) deleteCustomer(c *call, q params) *fault {
	key, f := q.key("customerid")
	if f != nil {
		return f
	}
	if err := s.store.customers.remove(key, refuseInvoiced); err != nil {
		return customerFault(err, key)
	}
	c.send(c.begin())
	return nil
}

// refuseInvoiced keeps a customer with invoices from being deleted.
func refuseInvoiced(c *Customer) error {
	if c.InvoicingHistory {
		return errFault{invalid(textInvoiced)}
	}
	return nil
}
