package rackbeattest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// sharedFields are the writable fields of customers and suppliers by their
// names in bodies (vendor's forms and public clients), without the group.
var sharedFields = []field[Party]{
	{names: []string{"number"}, set: setPartyNumber},
	{names: []string{"company_name", "name"}, required: true, set: textField(maxShort, func(p *Party) *string { return &p.Name })},
	{names: []string{"payment_terms_id"}, required: true, set: entryField(PaymentTerms, func(p *Party) *int { return &p.PaymentTerms })},
	{names: []string{"vat_zone"}, asked: true, set: setVATZone},
	{names: []string{"currency"}, set: setCurrency},
	{names: []string{"company_vat"}, set: codeField(func(p *Party) *string { return &p.CompanyVAT })},
	{names: []string{"address_name"}, set: textField(maxShort, func(p *Party) *string { return &p.AddressName })},
	{names: []string{"address_street"}, set: textField(maxShort, func(p *Party) *string { return &p.Street })},
	{names: []string{"address_street2"}, set: textField(maxShort, func(p *Party) *string { return &p.Street2 })},
	{names: []string{"address_zipcode"}, set: codeField(func(p *Party) *string { return &p.Zipcode })},
	{names: []string{"address_city"}, set: textField(maxShort, func(p *Party) *string { return &p.City })},
	{names: []string{"address_state"}, set: textField(maxShort, func(p *Party) *string { return &p.State })},
	{names: []string{"address_country"}, set: textField(maxShort, func(p *Party) *string { return &p.Country })},
	{names: []string{"contact_email"}, set: textField(maxShort, func(p *Party) *string { return &p.Email })},
	{names: []string{"contact_phone"}, set: codeField(func(p *Party) *string { return &p.Phone })},
	{names: []string{"locale"}, set: textField(maxShort, func(p *Party) *string { return &p.Locale })},
	{names: []string{"is_barred"}, set: flagField(func(p *Party) *bool { return &p.IsBarred })},
}

// customerFields are all writable fields of a customer.
var customerFields = slices.Concat(sharedFields, []field[Party]{
	{names: []string{"customer_group_id"}, asked: true, set: entryField(CustomerGroups, func(p *Party) *int { return &p.Group })},
	{names: []string{"layout_id"}, asked: true, set: entryField(Layouts, func(p *Party) *int { return &p.Layout })},
	{names: []string{"delivery_terms_id"}, set: entryField(DeliveryTerms, func(p *Party) *int { return &p.DeliveryTerms })},
	{names: []string{"employee_id"}, set: entryField(Employees, func(p *Party) *int { return &p.Employee })},
	{names: []string{"ean"}, set: codeField(func(p *Party) *string { return &p.EAN })},
	{names: []string{"our_reference"}, set: textField(maxShort, func(p *Party) *string { return &p.OurReference })},
	{names: []string{"their_reference"}, set: textField(maxShort, func(p *Party) *string { return &p.TheirReference })},
	{names: []string{"attention"}, set: textField(maxShort, func(p *Party) *string { return &p.Attention })},
	{names: []string{"max_credit"}, set: decimalOf(func(p *Party) *Decimal { return &p.MaxCredit })},
	{names: []string{"general_discount_percentage"}, set: decimalOf(func(p *Party) *Decimal { return &p.Discount })},
	{names: []string{"invoice_email"}, set: textField(maxShort, func(p *Party) *string { return &p.InvoiceEmail })},
	{names: []string{"offer_email"}, set: textField(maxShort, func(p *Party) *string { return &p.OfferEmail })},
	{names: []string{"order_email"}, set: textField(maxShort, func(p *Party) *string { return &p.OrderEmail })},
})

// supplierFields are all writable fields of a supplier.
var supplierFields = slices.Concat(sharedFields, []field[Party]{
	{names: []string{"supplier_group_id"}, asked: true, set: entryField(SupplierGroups, func(p *Party) *int { return &p.Group })},
})

var contactFields = []field[Contact]{
	{names: []string{"name"}, required: true, set: textField(maxShort, func(c *Contact) *string { return &c.Name })},
	{names: []string{"email"}, set: textField(maxShort, func(c *Contact) *string { return &c.Email })},
	{names: []string{"phone"}, set: codeField(func(c *Contact) *string { return &c.Phone })},
}

var addressFields = []field[Address]{
	{names: []string{"name"}, required: true, set: textField(maxShort, func(a *Address) *string { return &a.Name })},
	{names: []string{"street"}, set: textField(maxShort, func(a *Address) *string { return &a.Street })},
	{names: []string{"street2"}, set: textField(maxShort, func(a *Address) *string { return &a.Street2 })},
	{names: []string{"zipcode"}, set: codeField(func(a *Address) *string { return &a.Zipcode })},
	{names: []string{"city"}, set: textField(maxShort, func(a *Address) *string { return &a.City })},
	{names: []string{"country"}, set: textField(maxShort, func(a *Address) *string { return &a.Country })},
	{names: []string{"email"}, set: textField(maxShort, func(a *Address) *string { return &a.Email })},
	{names: []string{"phone"}, set: codeField(func(a *Address) *string { return &a.Phone })},
}

// setPartyNumber leaves a new party without a number to the series.
func setPartyNumber(f *form, name string, v value, p *Party) {
	n, ok := f.asNumber(name, v)
	switch {
	case !ok:
	case v.null && p.Number != 0:
		f.fail(name, msgRequired)
	default:
		p.Number = n
	}
}

func setVATZone(f *form, name string, v value, p *Party) {
	zone, ok := f.asText(name, v, maxShort)
	switch {
	case !ok:
	case !v.null && !slices.Contains(vatZones, zone):
		f.fail(name, msgUnknown)
	default:
		p.VATZone = zone
	}
}

func setCurrency(f *form, name string, v value, p *Party) {
	code, ok := f.asText(name, v, maxShort)
	switch {
	case !ok:
	case !v.null && f.s.data.lists[Currencies].byCode(code) == nil:
		f.fail(name, msgUnknown)
	default:
		p.Currency = code
	}
}

// asNumber reads the number of a record, which may come as a text but then as
// it is written: without sign and leading zeros.
func (f *form) asNumber(name string, v value) (int, bool) {
	n, ok := f.asInteger(name, v, 1)
	if ok && !v.null && strconv.Itoa(n) != strings.TrimSpace(v.text) {
		f.fail(name, msgNotInteger)
		return 0, false
	}
	return n, ok
}

// nestedAddresses are the names under which an address may come as an object.
var nestedAddresses = []string{"address", "billing_address"}

// nestedNames are the members of such an object by the flat names they have.
var nestedNames = map[string]string{
	"name": "address_name", "street": "address_street", "street2": "address_street2",
	"zipcode": "address_zipcode", "city": "address_city", "state": "address_state",
	"country": "address_country", "email": "contact_email", "phone": "contact_phone",
}

// flatten brings nested addresses to the flat names, where the body does not
// have these itself. Complaints keep the names that were sent.
func (f *form) flatten() {
	for _, outer := range nestedAddresses {
		raw, ok := f.body[outer]
		if !ok {
			continue
		}
		v := f.value(raw)
		inner, isObject := parseBody([]byte(v.text))
		if v.null {
			inner = emptyAddress()
		} else if v.kind != '{' || !isObject {
			f.fail(outer, msgNotObject)
			continue
		}
		for name, raw := range inner {
			flat := nestedNames[name]
			if _, taken := f.body[flat]; flat != "" && !taken {
				f.body[flat] = raw
				f.sentAs[flat] = outer + "." + name
			}
		}
	}
}

// emptyAddress is what null clears: the address without e-mail and phone.
func emptyAddress() body {
	b := body{}
	for name, flat := range nestedNames {
		if strings.HasPrefix(flat, "address_") {
			b[name] = json.RawMessage("null")
		}
	}
	return b
}
