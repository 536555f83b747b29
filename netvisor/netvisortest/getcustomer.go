package netvisortest

import "strconv"

const (
	maxCustomers    = 500 // idlist; vendor documentation
	maxReplyOption  = 15  // the sum of all flags
	optionTurnover  = 1
	customerElement = "Customer"
)

// getCustomer answers getcustomer.nv. A single customer that is not there is a
// failure; in a list it is left out unless Options.StrictIDLists says otherwise.
func (s *Server) getCustomer(c *call, q params) *fault {
	option, f := q.number("replyoption", 0, 0)
	if f != nil {
		return f
	}
	if option > maxReplyOption {
		return invalid(textParameter, "replyoption", strconv.Itoa(option))
	}
	many := q["id"] == ""
	keys, f := q.keys("idlist", maxCustomers)
	if !many {
		var key int
		key, f = q.key("id")
		keys = []int{key}
	}
	switch {
	case f != nil:
		return f
	case len(keys) == 0:
		return invalid(textNoParameter, "id")
	}
	found := s.store.customers.get(keys)
	if key, some := missing(keys, found); some && (!many || s.o.StrictIDLists) {
		return invalid(textNoCustomer, strconv.Itoa(key))
	}
	dir := s.store.directory()
	d := c.begin()
	if many {
		found = shortened(c, found)
		d.open("Customers")
	}
	for _, p := range found {
		d.customer(p, dir, option)
	}
	if many {
		d.close("Customers")
	}
	c.send(d)
	return nil
}

// missing gives the first of keys that is not among found, both in ascending
// order.
func missing[T any, P record[T]](keys []int, found []P) (key int, some bool) {
	for _, k := range keys {
		if len(found) == 0 || keyOf(found[0]) != k {
			return k, true
		}
		found = found[1:]
	}
	return 0, false
}

// customer writes the whole of c.
func (d *document) customer(c *Customer, dir *directory, option int) {
	d.open(customerElement)
	d.customerBase(c, dir)
	d.open("CustomerFinvoiceDetails")
	d.leaf("FinvoiceAddress", c.FinvoiceAddress)
	d.leaf("FinvoiceRouterCode", c.FinvoiceRouterCode)
	d.close("CustomerFinvoiceDetails")
	d.open("CustomerDeliveryDetails")
	d.leaf("DeliveryName", c.DeliveryName)
	d.leaf("DeliveryStreetAddress", c.DeliveryStreetAddress)
	d.leaf("DeliveryCity", c.DeliveryCity)
	d.leaf("DeliveryPostNumber", c.DeliveryPostNumber)
	d.given("DeliveryCountry", c.DeliveryCountry, "type", "ISO-3166")
	d.close("CustomerDeliveryDetails")
	d.open("CustomerContactDetails")
	d.leaf("ContactPerson", c.ContactPerson)
	d.leaf("ContactPersonEmail", c.ContactPersonEmail)
	d.leaf("ContactPersonPhone", c.ContactPersonPhone)
	d.close("CustomerContactDetails")
	d.contactPersons(c.ContactPersons)
	for i := range c.Offices {
		d.office(&c.Offices[i])
	}
	d.customerAdditional(c, dir, option)
	d.close(customerElement)
}

// given writes an element that a blank field leaves out.
func (d *document) given(name, text string, attrs ...string) {
	if text != "" {
		d.leaf(name, text, attrs...)
	}
}

func (d *document) customerBase(c *Customer, dir *directory) {
	d.open("CustomerBaseInformation")
	d.leaf("NetvisorKey", strconv.Itoa(c.Key))
	d.leaf("InternalIdentifier", c.Code)
	d.leaf("ExternalIdentifier", c.BusinessID)
	d.given("OrganizationUnitNumber", c.OrganizationUnitNumber)
	if k, ok := dir.buyers[c.Group]; ok {
		d.leaf("CustomerGroupNetvisorKey", strconv.Itoa(k))
		d.leaf("CustomerGroupName", c.Group)
	}
	d.leaf("Name", c.Name)
	d.leaf("NameExtension", c.NameExtension)
	d.leaf("StreetAddress", c.StreetAddress)
	d.leaf("AdditionalStreetAddress", c.AdditionalAddress)
	d.leaf("City", c.City)
	d.leaf("PostNumber", c.PostNumber)
	d.given("Country", c.Country, "type", "ISO-3166")
	d.leaf("PhoneNumber", c.Phone)
	d.leaf("FaxNumber", c.Fax)
	d.leaf("Email", c.Email)
	d.leaf("EmailInvoicingAddress", c.EmailInvoicing)
	d.leaf("HomePageUri", c.HomePage)
	d.leaf("IsActive", flag(c.Active))
	d.leaf("IsPrivateCustomer", flag(c.Private))
	d.close("CustomerBaseInformation")
}

func (d *document) contactPersons(all []ContactPerson) {
	if len(all) == 0 {
		return
	}
	d.open("CustomerContactPersons")
	for _, p := range all {
		office := ""
		if p.Office != 0 {
			office = strconv.Itoa(p.Office)
		}
		d.open("CustomerContactPerson")
		d.leaf("ContactPersonID", strconv.Itoa(p.Key))
		d.leaf("ContactPersonFirstName", p.FirstName)
		d.leaf("ContactPersonLastName", p.LastName)
		d.leaf("ContactPersonPhoneNumber", p.Phone)
		d.leaf("ContactPersonEmail", p.Email)
		d.leaf("ContactPersonOfficeNetvisorKey", office)
		d.close("CustomerContactPerson")
	}
	d.close("CustomerContactPersons")
}

func (d *document) office(o *Office) {
	d.open("CustomerOfficeDetails")
	d.leaf("OfficeNetvisorKey", strconv.Itoa(o.Key))
	d.leaf("OfficeName", o.Name)
	d.leaf("OfficePhoneNumber", o.Phone)
	d.leaf("OfficeTelefaxNumber", o.Fax)
	d.leaf("OfficeIdentifier", o.Identifier)
	d.address("OfficeContactAddress", o.Contact)
	d.address("OfficeVisitAddress", o.Visit)
	d.open("OfficeFinvoiceDetails")
	d.leaf("FinvoiceAddress", o.FinvoiceAddress)
	d.leaf("FinvoiceRouterCode", o.FinvoiceRouterCode)
	d.close("OfficeFinvoiceDetails")
	d.close("CustomerOfficeDetails")
}

func (d *document) address(name string, a Address) {
	d.open(name)
	d.leaf("StreetAddress", a.StreetAddress)
	d.leaf("PostNumber", a.PostNumber)
	d.leaf("City", a.City)
	d.leaf("Country", a.Country)
	d.close(name)
}

func (d *document) customerAdditional(c *Customer, dir *directory, option int) {
	d.open("CustomerAdditionalInformation")
	d.leaf("Comment", c.Comment)
	d.leaf("CustomerAgreementIdentifier", c.AgreementIdentifier)
	d.leaf("ReferenceNumber", c.ReferenceNumber)
	d.leaf("UseCreditorReferenceNumber", "0")
	d.leaf("YourDefaultReference", c.DefaultReference)
	d.leaf("DefaultTextBeforeInvoiceLines", c.TextBeforeLines)
	d.leaf("DefaultTextAfterInvoiceLines", c.TextAfterLines)
	if c.PaymentTerm == "" {
		d.leaf("DefaultPaymentTerm", "")
	} else {
		d.leaf("DefaultPaymentTerm", c.PaymentTerm, "netvisorkey", strconv.Itoa(dir.termKey(c.PaymentTerm)))
	}
	d.leaf("TaxHandlingType", c.TaxHandlingType)
	d.leaf("BalanceLimit", shown(c.BalanceLimit, 0))
	d.given("DefaultSalesPerson", c.SalesPerson)
	d.given("FactoringAccount", c.FactoringAccount)
	d.given("InvoicingLanguage", c.InvoicingLanguage, "type", "ISO-3166")
	d.leaf("EuStandardFinvoice", flag(c.EUStandardFinvoice))
	d.leaf("InCollectionProhibition", "0")
	if len(c.Dimensions) > 0 {
		d.open("CustomerDimensions")
		for _, dim := range c.Dimensions {
			d.open("Dimension")
			d.leaf("DimensionName", dim.Name)
			d.leaf("DimensionItem", dim.Item)
			d.close("Dimension")
		}
		d.close("CustomerDimensions")
	}
	if option&optionTurnover != 0 {
		d.open("AdditionalInformation")
		d.open("ReceivablesManagement")
		d.leaf("TurnoverDays", "0")
		d.leaf("TurnoverDeviation", "0")
		d.close("ReceivablesManagement")
		d.close("AdditionalInformation")
	}
	d.close("CustomerAdditionalInformation")
}
