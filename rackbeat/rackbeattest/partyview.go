package rackbeattest

import "strconv"

// partyRow is a customer or supplier with what its reply shows of others.
type partyRow struct {
	*Party
	kind                                            *partyKind
	group, paymentTerms, layout, delivery, employee *Entry
}

// entryRow is an entry with the list it is of.
type entryRow struct {
	*Entry
	kind *listKind
}

// partyRow gathers what a reply about p shows. The caller holds the lock.
func (s *state) partyRow(reg *register, p *Party) partyRow {
	return partyRow{
		p, reg.kind,
		s.lists[reg.kind.groups].entries[p.Group],
		s.lists[PaymentTerms].entries[p.PaymentTerms],
		s.lists[Layouts].entries[p.Layout],
		s.lists[DeliveryTerms].entries[p.DeliveryTerms],
		s.lists[Employees].entries[p.Employee],
	}
}

// number writes a number the way the options ask for, null for 0.
func (v *viewer) number(o *object, name string, n int) {
	switch {
	case n == 0:
		o.null(name)
	case v.s.opts.TextNumbers:
		o.text(name, strconv.Itoa(n))
	default:
		o.integer(name, n)
	}
}

func (v *viewer) party(o *object, r partyRow) {
	if v.s.opts.ShowIDs {
		o.integer("id", r.ID)
	}
	v.number(o, "number", r.Number)
	o.text("name", r.Name).
		text("company_name", r.Name).
		textOrNull("company_vat", r.CompanyVAT)
	v.address(o, r)
	o.textOrNull("contact_email", r.Email).
		textOrNull("contact_phone", r.Phone).
		textOrNull("locale", r.Locale).
		textOrNull("currency", r.Currency).
		textOrNull("vat_zone", r.VATZone)
	v.reference(o, r.kind.group+"_id", r.kind.group, r.kind.groups, r.Group, r.group)
	v.reference(o, "payment_terms_id", "payment_terms", PaymentTerms, r.PaymentTerms, r.paymentTerms)
	if r.kind == customerKind {
		v.customer(o, r)
	}
	o.boolean("is_barred", r.IsBarred).boolean("is_deleted", r.deleted())
	v.time(o, "created_at", r.CreatedAt)
	v.time(o, "updated_at", r.UpdatedAt)
	o.text("self", v.base+r.kind.resource+"/"+strconv.Itoa(r.Number)).
		raw("metadata", "[]")
}

// address writes the flat address and the nested one, which hold the same.
func (v *viewer) address(o *object, r partyRow) {
	o.textOrNull("address_name", r.AddressName).
		textOrNull("address_street", r.Street).
		textOrNull("address_street2", r.Street2).
		textOrNull("address_zipcode", r.Zipcode).
		textOrNull("address_city", r.City).
		textOrNull("address_state", r.State).
		textOrNull("address_country", r.Country).
		nested("billing_address", func(o *object) {
			o.textOrNull("name", r.AddressName).
				textOrNull("street", r.Street).
				textOrNull("street2", r.Street2).
				textOrNull("zipcode", r.Zipcode).
				textOrNull("city", r.City).
				textOrNull("state", r.State).
				textOrNull("country", r.Country).
				textOrNull("email", r.Email).
				textOrNull("phone", r.Phone)
		})
}

// customer writes what suppliers do not have.
func (v *viewer) customer(o *object, r partyRow) {
	v.reference(o, "layout_id", "layout", Layouts, r.Layout, r.layout)
	v.reference(o, "delivery_terms_id", "delivery_terms", DeliveryTerms, r.DeliveryTerms, r.delivery)
	v.reference(o, "employee_id", "employee", Employees, r.Employee, r.employee)
	o.textOrNull("ean", r.EAN).
		textOrNull("our_reference", r.OurReference).
		textOrNull("their_reference", r.TheirReference).
		textOrNull("attention", r.Attention).
		decimal("max_credit", r.MaxCredit).
		decimal("general_discount_percentage", r.Discount).
		textOrNull("invoice_email", r.InvoiceEmail).
		textOrNull("offer_email", r.OfferEmail).
		textOrNull("order_email", r.OrderEmail)
}

// reference writes a number and the entry it is of.
func (v *viewer) reference(o *object, idName, name string, list List, n int, e *Entry) {
	v.number(o, idName, n)
	if e == nil {
		o.null(name)
		return
	}
	o.nested(name, func(o *object) {
		v.number(o, "number", e.Number)
		o.text("name", e.Name).text("self", v.base+string(list)+"/"+strconv.Itoa(e.Number))
	})
}

func (v *viewer) entry(o *object, e entryRow) {
	key := strconv.Itoa(e.Number)
	if e.kind.name == Currencies {
		key = e.Code
		o.text("code", e.Code)
	} else {
		v.number(o, "number", e.Number)
	}
	o.text("name", e.Name)
	switch e.kind.name {
	case PaymentTerms:
		o.textOrNull("description", e.Description).
			integer("maturity_days", e.MaturityDays).
			textOrNull("type", e.Type).
			textOrNull("type_translated", e.Type)
	case Employees:
		o.textOrNull("initials", e.Initials).
			textOrNull("contact_phone", e.Phone).
			textOrNull("contact_email", e.Email).
			textOrNull("locale", e.Locale).
			textOrNull("job_title", e.JobTitle).
			boolean("should_notify", false).
			null("default_location_id")
	}
	o.text("self", v.base+string(e.kind.name)+"/"+key)
}

func (v *viewer) contact(o *object, c *Contact) {
	o.integer("id", c.ID).
		text("name", c.Name).
		textOrNull("email", c.Email).
		textOrNull("phone", c.Phone)
}

func (v *viewer) deliveryAddress(o *object, a *Address) {
	o.integer("id", a.ID).
		text("name", a.Name).
		textOrNull("street", a.Street).
		textOrNull("street2", a.Street2).
		textOrNull("zipcode", a.Zipcode).
		textOrNull("city", a.City).
		textOrNull("country", a.Country).
		textOrNull("email", a.Email).
		textOrNull("phone", a.Phone)
}

var entryAttrs = attributes[entryRow]{
	"number": func(e entryRow) string { return strconv.Itoa(e.Number) },
	"name":   func(e entryRow) string { return e.Name },
	"code":   func(e entryRow) string { return e.Code },
}

var contactAttrs = attributes[*Contact]{
	"id":    func(c *Contact) string { return strconv.Itoa(c.ID) },
	"name":  func(c *Contact) string { return c.Name },
	"email": func(c *Contact) string { return c.Email },
}

var addressAttrs = attributes[*Address]{
	"id":   func(a *Address) string { return strconv.Itoa(a.ID) },
	"name": func(a *Address) string { return a.Name },
}
