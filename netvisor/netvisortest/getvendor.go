package netvisortest

import (
	"strconv"
)

const maxVendors = 500 // netvisorkeylist (inferred from the other lists)

// getVendor answers getvendor.nv: one vendor by netvisorkey, several by
// netvisorkeylist, of which every one must be there, or all that changed.
func (s *Server) getVendor(c *call, q params) *fault {
	switch {
	case q["netvisorkey"] != "":
		key, f := q.key("netvisorkey")
		if f != nil {
			return f
		}
		return s.vendorsByKey(c, []int{key})
	case q["netvisorkeylist"] != "":
		keys, f := q.keys("netvisorkeylist", maxVendors)
		if f != nil {
			return f
		}
		return s.vendorsByKey(c, keys)
	case q["changedsince"] != "" || q["page"] != "":
		return s.vendorPage(c, q)
	}
	return invalid(textNoParameter, "netvisorkey")
}

// vendorsByKey answers a list with one key in it like a single request; vendor
// documentation.
func (s *Server) vendorsByKey(c *call, keys []int) *fault {
	found := s.store.vendors.get(keys)
	if key, some := missing(keys, found); some {
		return invalid(textNoVendor, strconv.Itoa(key))
	}
	d := c.begin()
	if len(keys) == 1 {
		d.vendor(found[0])
		c.send(d)
		return nil
	}
	d.vendors(shortened(c, found))
	c.send(d)
	return nil
}

// vendorPage answers with the vendors that changed: one page if a page is asked
// for, else all of them. A page beyond the last is empty.
func (s *Server) vendorPage(c *call, q params) *fault {
	since, f := q.since("changedsince")
	if f != nil {
		return f
	}
	page, f := q.number("page", 1, 0)
	if f != nil {
		return f
	}
	var found []*Vendor
	for _, v := range s.store.vendors.snapshot() {
		if changedSince(v.LastChanged, since) {
			found = append(found, v)
		}
	}
	if page > 0 {
		found = s.pageOf(c, found, page)
	}
	d := c.begin()
	d.vendors(shortened(c, found))
	c.send(d)
	return nil
}

// pageOf cuts a page out of all and puts its place into the headers of the
// reply. There is no header for a page that is not there (inferred).
func (s *Server) pageOf(c *call, all []*Vendor, page int) []*Vendor {
	size := s.o.VendorPageSize
	pages := (len(all) + size - 1) / size
	head := func(name string, n int) { c.w.Header().Set("X-Netvisor-Pagination-"+name, strconv.Itoa(n)) }
	head("Current-Page", page)
	if page > 1 {
		head("Previous-Page", page-1)
	}
	if page < pages {
		head("Next-Page", page+1)
	}
	head("Limit", size)
	head("Total-Count", len(all))
	if page > pages {
		return nil
	}
	from := (page - 1) * size
	to := min(from+size, len(all))
	if page > 1 && c.odd(DoubledRow) {
		from--
	}
	return all[from:to]
}

func (d *document) vendors(all []*Vendor) {
	d.open("Vendors")
	for _, v := range all {
		d.vendor(v)
	}
	d.close("Vendors")
}

// vendor writes the whole of v.
func (d *document) vendor(v *Vendor) {
	d.open("Vendor")
	d.leaf("NetvisorKey", strconv.Itoa(v.Key))
	d.open("VendorBaseInformation")
	d.given("Code", v.Code)
	d.leaf("Name", v.Name)
	d.given("Address", v.Address)
	d.given("PostCode", v.PostCode)
	d.given("City", v.City)
	d.given("Country", v.Country, "type", "ISO-3166")
	d.leaf("OrganizationId", v.BusinessID)
	d.given("GroupName", v.Group)
	d.bankAccounts(v)
	d.close("VendorBaseInformation")
	d.open("VendorContactDetails")
	d.given("PhoneNumber", v.Phone)
	d.given("Email", v.Email)
	d.given("FaxNumber", v.Fax)
	d.given("ContactPersonName", v.ContactPersonName)
	d.given("ContactPersonPhoneNumber", v.ContactPersonPhone)
	d.given("ContactPersonEmail", v.ContactPersonEmail)
	d.given("HomePage", v.HomePage)
	d.given("Comment", v.Comment)
	d.close("VendorContactDetails")
	d.vendorAdditional(v)
	d.close("Vendor")
}

func (d *document) bankAccounts(v *Vendor) {
	if len(v.DomesticAccounts)+len(v.ForeignAccounts) == 0 {
		return
	}
	d.open("VendorBankAccounts")
	if len(v.DomesticAccounts) > 0 {
		d.open("VendorDomesticBankAccounts")
		for _, a := range v.DomesticAccounts {
			d.open("VendorDomesticBankAccount")
			d.leaf("NetvisorKey", strconv.Itoa(a.Key))
			d.leaf("IBAN", a.IBAN)
			d.leaf("BankName", a.BankName)
			d.leaf("IsDefault", flag(a.Default))
			d.close("VendorDomesticBankAccount")
		}
		d.close("VendorDomesticBankAccounts")
	}
	if len(v.ForeignAccounts) > 0 {
		d.open("VendorForeignBankAccounts")
		for _, a := range v.ForeignAccounts {
			d.foreignAccount(a)
		}
		d.close("VendorForeignBankAccounts")
	}
	d.close("VendorBankAccounts")
}

func (d *document) foreignAccount(a ForeignAccount) {
	d.open("VendorForeignBankAccount")
	d.leaf("NetvisorKey", strconv.Itoa(a.Key))
	d.leaf("BBAN", a.BBAN)
	d.leaf("BicSwift", a.BICSwift)
	d.leaf("BankName", a.BankName)
	d.leaf("ClearingCode", a.ClearingCode)
	d.leaf("ClearingNumber", a.ClearingNumber)
	d.leaf("BankAddress", a.BankAddress)
	d.given("Country", a.Country, "type", "ISO-3166")
	d.given("CurrencyCode", a.Currency, "type", "ISO-4217")
	d.leaf("IsDefault", flag(a.Default))
	d.leaf("IncludeAddresssInForeignPayments", flag(a.IncludeAddress))
	d.close("VendorForeignBankAccount")
}

func (d *document) vendorAdditional(v *Vendor) {
	d.open("VendorAdditionalInformation")
	d.leaf("DefaultVatPercent", shown(v.VATPercent, 0))
	d.leaf("IsPartialVatReducedPrivileged", flag(v.PartialVAT))
	d.given("PaymentTerm", v.NetDays)
	if len(v.Dimensions) > 0 {
		d.open("VendorDimensions")
		for _, dim := range v.Dimensions {
			d.open("Dimension")
			d.leaf("DimensionName", dim.Name)
			d.leaf("DimensionItem", dim.Item)
			d.close("Dimension")
		}
		d.close("VendorDimensions")
	}
	if len(v.Accounts) > 0 {
		d.open("VendorAccountingAccounts")
		for _, a := range v.Accounts {
			d.open("VendorAccountingAccount")
			d.leaf("AccountNumber", a.Number)
			d.leaf("AccountName", "")
			d.leaf("IsDefault", word(a.Default))
			d.close("VendorAccountingAccount")
		}
		d.close("VendorAccountingAccounts")
	}
	if len(v.Acceptances) > 0 {
		d.open("VendorAcceptanceDetails")
		for _, a := range v.Acceptances {
			d.open("VendorAcceptanceDetail")
			d.leaf("AcceptanceName", a.Name)
			d.leaf("IsDefault", word(a.Default))
			d.leaf("IsForced", word(a.Forced))
			d.close("VendorAcceptanceDetail")
		}
		d.close("VendorAcceptanceDetails")
	}
	d.close("VendorAdditionalInformation")
}

// word is the form of a boolean where it is written out.
func word(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
