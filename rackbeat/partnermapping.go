package rackbeat

import (
	"strings"

	"github.com/instep-go/instep"
)

// The attributes that may hold the business id.
const (
	fieldCompanyVAT = "company_vat"
	fieldEAN        = "ean"
)

// partnerColumns are the columns that customers and suppliers have in common:
// part and details find them in a record and in an update.
func partnerColumns[T, U any](of maker[T, U], o *Options, part func(*T) *Partner, details func(*U) *PartnerDetails) []column[T, U] {
	text := func(name string, read func(*Partner) Attr[string], opt func(*PartnerDetails) *instep.Opt[string]) column[T, U] {
		return of.text(name, func(v *T) Attr[string] { return read(part(v)) }, name,
			func(up *U) *instep.Opt[string] { return opt(details(up)) })
	}
	vat := text(fieldCompanyVAT, func(p *Partner) Attr[string] { return p.CompanyVAT },
		func(d *PartnerDetails) *instep.Opt[string] { return &d.CompanyVAT })
	ean := text(fieldEAN, func(p *Partner) Attr[string] { return p.EAN },
		func(d *PartnerDetails) *instep.Opt[string] { return &d.EAN })
	business := vat
	if o.BusinessIDField == fieldEAN {
		business = ean
	}
	business.info.Name = "business_id"
	return []column[T, U]{
		business, vat, ean,
		text("address_name", func(p *Partner) Attr[string] { return p.AddressName },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.AddressName }),
		text("address_street", func(p *Partner) Attr[string] { return p.AddressStreet },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.AddressStreet }),
		text("address_street2", func(p *Partner) Attr[string] { return p.AddressStreet2 },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.AddressStreet2 }),
		text("address_zipcode", func(p *Partner) Attr[string] { return p.AddressZIPCode },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.AddressZIPCode }),
		text("address_city", func(p *Partner) Attr[string] { return p.AddressCity },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.AddressCity }),
		text("address_state", func(p *Partner) Attr[string] { return p.AddressState },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.AddressState }),
		country(of, part, details),
		text("contact_email", func(p *Partner) Attr[string] { return p.ContactEmail },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.ContactEmail }),
		text("contact_phone", func(p *Partner) Attr[string] { return p.ContactPhone },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.ContactPhone }),
		text("locale", func(p *Partner) Attr[string] { return p.Locale },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.Locale }),
		currency(text("currency", func(p *Partner) Attr[string] { return p.Currency },
			func(d *PartnerDetails) *instep.Opt[string] { return &d.Currency })),
		of.flag("is_barred", func(v *T) Attr[bool] { return part(v).IsBarred }, "is_barred",
			func(up *U) *instep.Opt[bool] { return &details(up).IsBarred }),
		of.flag("is_draft", func(v *T) Attr[bool] { return part(v).IsDraft }, "", nil),
		of.flag("is_deleted", func(v *T) Attr[bool] { return part(v).IsDeleted }, "", nil),
		of.instant("created_at", func(v *T) Attr[Time] { return part(v).CreatedAt }),
		of.instant("updated_at", func(v *T) Attr[Time] { return part(v).UpdatedAt }),
		of.instant("deleted_at", func(v *T) Attr[Time] { return part(v).DeletedAt }),
	}
}

// partnerNumber is the column of the number. It is required unless the vendor may
// give it.
func partnerNumber[T, U any](of maker[T, U], o *Options, part func(*T) *Partner, opt func(*U) *instep.Opt[string]) column[T, U] {
	c := of.text("number", func(v *T) Attr[string] { return Given(part(v).Number) }, "number", opt)
	c.info.Required, c.info.Remedy, c.info.MaxLen = !o.AutoNumber, numberRemedy, maxDigits
	c.check = func(v instep.Value) error {
		if !isNumber(v.String()) {
			return unfit("number", "is no whole number that Rackbeat could take", numberRemedy)
		}
		return nil
	}
	return c
}

// vatZone is the column of the VAT zone, which is its own code.
func vatZone[T, U any](of maker[T, U], part func(*T) *Partner, details func(*U) *PartnerDetails) column[T, U] {
	return of.entry("vat_zone", listVATZones, func(v *T) Entry { return Entry{Name: part(v).VATZone} },
		"vat_zone", func(up *U) *instep.Opt[string] { return &details(up).VATZone })
}

// country is the column of the country: an ISO code here, and its English name
// in Rackbeat. What is neither is carried over as it is, so that it is not lost,
// and shows that it is no code; only an unknown code is no name for sure, and is
// not written.
func country[T, U any](of maker[T, U], part func(*T) *Partner, details func(*U) *PartnerDetails) column[T, U] {
	c := of.text("country", nil, "address_country", func(up *U) *instep.Opt[string] { return &details(up).AddressCountry })
	c.info.Remedy = "use a code of ISO 3166, such as DK, or an English name in Rackbeat; any other text is carried over as it is"
	c.check = func(v instep.Value) error {
		if _, known := CountryCode(v.String()); !known && isCode(v.String()) {
			return unfit("country", "is no code of ISO 3166", "use one such as DK, or map it to one")
		}
		return nil
	}
	c.read = func(v *T, _ names) instep.Value {
		return valueOf(part(v).AddressCountry, func(s string) instep.Value {
			code, _ := CountryCode(s)
			return instep.String(code)
		})
	}
	c.write = func(up *U, v instep.Value) {
		if v.IsBlank() {
			details(up).AddressCountry = instep.Clear[string]()
			return
		}
		name, _ := CountryName(v.String())
		details(up).AddressCountry = instep.Set(name)
	}
	return c
}

// noteCountry says which record has a country that is carried over as it is.
// What stands there is not said: it may be any part of an address.
func (c *Client) noteCountry(ref instep.Ref, p *Partner) {
	name, ok := p.AddressCountry.Get()
	if !ok || name == "" || c.opts.Logger == nil {
		return
	}
	if _, known := CountryCode(name); !known {
		c.opts.Logger.Debug("rackbeat: the country is no English name of one and is carried over as it is", "record", ref.String())
	}
}

// currency checks the form of a column's currency codes. Which ones the company
// uses is the vendor's to say.
func currency[T, U any](c column[T, U]) column[T, U] {
	const remedy = "use a code of ISO 4217, such as DKK"
	c.info.MaxLen, c.info.Remedy = 3, remedy
	c.check = func(v instep.Value) error {
		s := v.String()
		if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return unfit("currency", "is not three capital letters", remedy)
		}
		return nil
	}
	return c
}

// partnerFinders are the fields that customers and suppliers can be found by.
// The filter for ean is that of a public client, that for the name one of the
// vendor's description of 2018; that company_vat can be asked for as well is
// inferred, and found out if it is not so.
func partnerFinders[T any](o *Options, part func(*T) *Partner) []finder[T] {
	simple := func(field, attribute string, read func(*Partner) Attr[string]) finder[T] {
		return finder[T]{
			field: field, read: func(v *T) Attr[string] { return read(part(v)) },
			filter: func(key string) ListOptions { return ListOptions{Simple: map[string]string{attribute: key}} },
		}
	}
	vat := func(p *Partner) Attr[string] { return p.CompanyVAT }
	ean := func(p *Partner) Attr[string] { return p.EAN }
	business := simple("business_id", fieldCompanyVAT, vat)
	if o.BusinessIDField == fieldEAN {
		business = simple("business_id", fieldEAN, ean)
	}
	return []finder[T]{
		business, simple(fieldCompanyVAT, fieldCompanyVAT, vat), simple(fieldEAN, fieldEAN, ean),
		{
			field: "name", read: func(v *T) Attr[string] { return part(v).name() },
			filter: func(key string) ListOptions { return ListOptions{Equal: map[string]string{"company_name": key}} },
		},
	}
}

// What a person does so that a create has what it must have.
const (
	nameRemedy   = "give it a name"
	termRemedy   = "create the payment term in Rackbeat, or map it to one that is there"
	groupRemedy  = "create the group in Rackbeat, or map it to one that is there"
	zoneRemedy   = "map it to one of domestic, eu, abroad, domestic_exempt"
	layoutRemedy = "map it to a layout that is there, or set one for new customers in Options.NewCustomer"
)

// customerColumns is every field of a customer, in the order of the vendor's
// forms.
func customerColumns(o *Options) []column[Customer, CustomerUpdate] {
	var of maker[Customer, CustomerUpdate]
	part := func(v *Customer) *Partner { return &v.Partner }
	details := func(up *CustomerUpdate) *PartnerDetails { return &up.PartnerDetails }
	columns := []column[Customer, CustomerUpdate]{
		partnerNumber(of, o, part, func(up *CustomerUpdate) *instep.Opt[string] { return &up.Number }),
		required(of.text("name", func(v *Customer) Attr[string] { return v.name() },
			"company_name", func(up *CustomerUpdate) *instep.Opt[string] { return &up.Name }), nameRemedy),
		required(of.entry("payment_term", listPaymentTerms, func(v *Customer) Entry { return entryOf(v.PaymentTerm, v.PaymentTermID) },
			"payment_terms_id", func(up *CustomerUpdate) *instep.Opt[string] { return &up.PaymentTerm }), termRemedy),
		required(of.entry("group", listCustomerGroups, func(v *Customer) Entry { return entryOf(v.Group, v.GroupID) },
			"customer_group_id", func(up *CustomerUpdate) *instep.Opt[string] { return &up.Group }), groupRemedy),
		required(vatZone(of, part, details), zoneRemedy),
		required(of.entry("layout", listLayouts, func(v *Customer) Entry { return entryOf(v.Layout, v.LayoutID) },
			"layout_id", func(up *CustomerUpdate) *instep.Opt[string] { return &up.Layout }), layoutRemedy),
		of.entry("delivery_terms", listDeliveryTerms, func(v *Customer) Entry { return entryOf(v.DeliveryTerm, v.DeliveryTermID) },
			"delivery_terms_id", func(up *CustomerUpdate) *instep.Opt[string] { return &up.DeliveryTerm }),
		of.entry("employee", listEmployees, func(v *Customer) Entry { return entryOf(v.Employee, v.EmployeeID) },
			"employee_id", func(up *CustomerUpdate) *instep.Opt[string] { return &up.Employee }),
		of.text("attention", func(v *Customer) Attr[string] { return v.Attention },
			"attention", func(up *CustomerUpdate) *instep.Opt[string] { return &up.Attention }),
		of.text("our_reference", func(v *Customer) Attr[string] { return v.OurReference },
			"our_reference", func(up *CustomerUpdate) *instep.Opt[string] { return &up.OurReference }),
		of.text("their_reference", func(v *Customer) Attr[string] { return v.TheirReference },
			"their_reference", func(up *CustomerUpdate) *instep.Opt[string] { return &up.TheirReference }),
		of.price("max_credit", func(v *Customer) Attr[instep.Decimal] { return v.MaxCredit },
			"max_credit", func(up *CustomerUpdate) *instep.Opt[instep.Decimal] { return &up.MaxCredit }),
		of.price("general_discount_percentage", func(v *Customer) Attr[instep.Decimal] { return v.DiscountPercent },
			"general_discount_percentage", func(up *CustomerUpdate) *instep.Opt[instep.Decimal] { return &up.DiscountPercent }),
		of.text("invoice_email", func(v *Customer) Attr[string] { return v.InvoiceEmail },
			"invoice_email", func(up *CustomerUpdate) *instep.Opt[string] { return &up.InvoiceEmail }),
		of.text("offer_email", func(v *Customer) Attr[string] { return v.OfferEmail },
			"offer_email", func(up *CustomerUpdate) *instep.Opt[string] { return &up.OfferEmail }),
		of.text("order_email", func(v *Customer) Attr[string] { return v.OrderEmail },
			"order_email", func(up *CustomerUpdate) *instep.Opt[string] { return &up.OrderEmail }),
	}
	return append(columns, partnerColumns(of, o, part, details)...)
}

// partnerID stands before the vendor's own id of a customer or supplier, of
// which the vendor's description speaks nowhere: should it turn out to show
// another that never changes, the two cannot be taken for each other.
const partnerID = "id:"

// customerKind is the register of customers.
func customerKind(o *Options) *kind[Customer, CustomerUpdate] {
	part := func(v *Customer) *Partner { return &v.Partner }
	return (&kind[Customer, CustomerUpdate]{
		entity: "customer", plural: "customers",
		columns:  customerColumns(o),
		finders:  partnerFinders(o, part),
		checks:   []string{listCustomerGroups, listPaymentTerms, listLayouts},
		chosen:   !o.AutoNumber,
		defaults: o.NewCustomer,
		identify: partnerID,
		facts:    func(v *Customer) facts { return v.facts() },
		whole:    func(v *Customer) bool { return isWhole(&v.Partner) },
		learn:    func(c *Client, v *Customer) { c.noteCountry(customers.ref(v.Number), &v.Partner) },
		number:   func(up *CustomerUpdate) *instep.Opt[string] { return &up.Number },
		page:     (*Client).CustomerPage,
		get:      (*Client).readCustomer,
		create:   (*Client).createCustomerFrom,
		update:   (*Client).updateCustomer,
		remove:   (*Client).deleteCustomer,
	}).ordered()
}

// isWhole reports whether a reply shows all of a customer or supplier: what a
// create needs, and the time by which changes are found.
func isWhole(p *Partner) bool {
	return !p.name().IsAbsent() && !p.UpdatedAt.IsAbsent() && (!p.PaymentTermID.IsAbsent() || !p.PaymentTerm.IsAbsent())
}

// supplierColumns is every field of a supplier, in the order of the vendor's
// forms.
func supplierColumns(o *Options) []column[Supplier, SupplierUpdate] {
	var of maker[Supplier, SupplierUpdate]
	part := func(v *Supplier) *Partner { return &v.Partner }
	details := func(up *SupplierUpdate) *PartnerDetails { return &up.PartnerDetails }
	columns := []column[Supplier, SupplierUpdate]{
		partnerNumber(of, o, part, func(up *SupplierUpdate) *instep.Opt[string] { return &up.Number }),
		required(of.text("name", func(v *Supplier) Attr[string] { return v.name() },
			"company_name", func(up *SupplierUpdate) *instep.Opt[string] { return &up.Name }), nameRemedy),
		required(of.entry("payment_term", listPaymentTerms, func(v *Supplier) Entry { return entryOf(v.PaymentTerm, v.PaymentTermID) },
			"payment_terms_id", func(up *SupplierUpdate) *instep.Opt[string] { return &up.PaymentTerm }), termRemedy),
		of.entry("group", listSupplierGroups, func(v *Supplier) Entry { return entryOf(v.Group, v.GroupID) },
			"supplier_group_id", func(up *SupplierUpdate) *instep.Opt[string] { return &up.Group }),
		vatZone(of, part, details),
	}
	return append(columns, partnerColumns(of, o, part, details)...)
}

// supplierKind is the register of suppliers.
func supplierKind(o *Options) *kind[Supplier, SupplierUpdate] {
	part := func(v *Supplier) *Partner { return &v.Partner }
	return (&kind[Supplier, SupplierUpdate]{
		entity: "supplier", plural: "suppliers",
		columns:  supplierColumns(o),
		finders:  partnerFinders(o, part),
		checks:   []string{listSupplierGroups, listPaymentTerms},
		chosen:   !o.AutoNumber,
		defaults: o.NewSupplier,
		identify: partnerID,
		facts:    func(v *Supplier) facts { return v.facts() },
		whole:    func(v *Supplier) bool { return isWhole(&v.Partner) },
		learn:    func(c *Client, v *Supplier) { c.noteCountry(suppliers.ref(v.Number), &v.Partner) },
		number:   func(up *SupplierUpdate) *instep.Opt[string] { return &up.Number },
		page:     (*Client).SupplierPage,
		get:      (*Client).readSupplier,
		create:   (*Client).createSupplierFrom,
		update:   (*Client).updateSupplier,
		remove:   (*Client).deleteSupplier,
	}).ordered()
}
