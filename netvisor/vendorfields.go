package netvisor

import "github.com/instep-go/instep"

// Names of the fields of a supplier record, beside [FieldName], [FieldCity],
// [FieldCountry], [FieldPhone], [FieldEmail], [FieldFax], [FieldHomePage],
// [FieldComment], [FieldContactPerson], [FieldContactPersonEmail],
// [FieldContactPersonPhone], [FieldPaymentTerm] and [FieldVATPercent].
const (
	FieldVendorCode          = "code"
	FieldAddress             = "address"
	FieldPostCode            = "post_code"
	FieldOrganizationID      = "organization_id" // the business id
	FieldVendorGroup         = "vendor_group"
	FieldIsPartialVATReduced = "is_partial_vat_reduced"
	FieldDiscountPercent     = "payment_term_discount_percent"
	FieldDiscountDays        = "payment_term_discount_days"
	FieldNetDays             = "payment_term_net_days"
	FieldCurrency            = "currency"
)

// ListVendorGroups is the name of the list of the [Vendors] connector.
const ListVendorGroups = "vendor_groups"

// vendorTable is the mapping of suppliers.
var vendorTable = table[Vendor, VendorUpdate]{
	entity: "supplier", noun: "vendor", rows: vendorRows,
	key: func(s *Vendor) int64 { return s.Key },
}

func inVendorContact(read func(*VendorContact) instep.Value) func(*Vendor) instep.Value {
	return within(func(s *Vendor) *VendorContact { return s.Contact }, read)
}

func inVendor(read func(*VendorAdditional) instep.Value) func(*Vendor) instep.Value {
	return within(func(s *Vendor) *VendorAdditional { return s.Additional }, read)
}

// told is absent where the reply has nothing, for what the documentation does
// not name as part of a reply: then nothing is known of it.
func told(v instep.Value) instep.Value {
	if v.IsBlank() {
		return instep.Value{}
	}
	return v
}

// vendorRows is the mapping's fields, in the order in which it is described.
// A field that is written and that replies are not documented to hold is
// absent in a record whose reply lacks it.
var vendorRows = []fieldRow[Vendor, VendorUpdate]{
	{
		info: instep.FieldInfo{ // the lengths of code and name are those of customers (inferred)
			Name: FieldVendorCode, Type: instep.TypeString,
			MaxLen: maxCustomerCode,
			Remedy: "shorten the code to 50 characters where the supplier comes from",
		},
		element: "code",
		read:    func(s *Vendor) instep.Value { return shown(s.Code) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Code }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldName, Type: instep.TypeString,
			Required: true, MaxLen: maxCustomerName,
			Remedy: "give the supplier a name of at most 250 characters",
		},
		element: "name",
		read:    func(s *Vendor) instep.Value { return shown(s.Name) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Name }),
	},
	{
		info:    instep.FieldInfo{Name: FieldAddress, Type: instep.TypeString},
		element: "address",
		read:    func(s *Vendor) instep.Value { return shown(s.Address) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Address }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPostCode, Type: instep.TypeString},
		element: "postcode",
		read:    func(s *Vendor) instep.Value { return shown(s.PostCode) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.PostCode }),
	},
	{
		info:    instep.FieldInfo{Name: FieldCity, Type: instep.TypeString},
		element: "city",
		read:    func(s *Vendor) instep.Value { return shown(s.City) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.City }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldCountry, Type: instep.TypeString,
			Remedy: "use the two letters of ISO 3166, such as FI",
		},
		element: "country",
		read:    func(s *Vendor) instep.Value { return shown(s.Country) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Country }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldOrganizationID, Type: instep.TypeString,
			Required: true,
			Remedy:   "give the supplier its business id: Netvisor takes no supplier without one",
		},
		element: "organizationid",
		read:    func(s *Vendor) instep.Value { return shown(s.OrganizationID) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.OrganizationID }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldVendorGroup, Type: instep.TypeString,
			List: ListVendorGroups, Open: true,
			Remedy: "use the name of a vendor group of Netvisor, or let the new one be made",
		},
		element: "groupname",
		read:    func(s *Vendor) instep.Value { return shown(s.Group) },
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Group }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPhone, Type: instep.TypeString},
		element: "phonenumber",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.Phone) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Phone }),
	},
	{
		info:    instep.FieldInfo{Name: FieldEmail, Type: instep.TypeString},
		element: "email",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.Email) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Email }),
	},
	{
		info:    instep.FieldInfo{Name: FieldFax, Type: instep.TypeString},
		element: "faxnumber",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.Fax) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Fax }),
	},
	{
		info:    instep.FieldInfo{Name: FieldContactPerson, Type: instep.TypeString},
		element: "contactpersonname",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.PersonName) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.PersonName }),
	},
	{
		info:    instep.FieldInfo{Name: FieldContactPersonPhone, Type: instep.TypeString},
		element: "contactpersonphonenumber",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.PersonPhone) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.PersonPhone }),
	},
	{
		info:    instep.FieldInfo{Name: FieldContactPersonEmail, Type: instep.TypeString},
		element: "contactpersonemail",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.PersonEmail) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.PersonEmail }),
	},
	{
		info:    instep.FieldInfo{Name: FieldHomePage, Type: instep.TypeString},
		element: "homepage",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.HomePage) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.HomePage }),
	},
	{
		info:    instep.FieldInfo{Name: FieldComment, Type: instep.TypeString},
		element: "comment",
		read:    inVendorContact(func(c *VendorContact) instep.Value { return shown(c.Comment) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Comment }),
	},
	{
		info:    instep.FieldInfo{Name: FieldVATPercent, Type: instep.TypeDecimal},
		element: "defaultvatpercent",
		read:    inVendor(func(a *VendorAdditional) instep.Value { return amount(a.DefaultVATPercent) }),
		write:   intoNumber(func(u *VendorUpdate) *instep.Opt[instep.Decimal] { return &u.DefaultVATPercent }),
	},
	{
		info:    instep.FieldInfo{Name: FieldIsPartialVATReduced, Type: instep.TypeBool},
		element: "ispartialvatreduceprivileged",
		read:    inVendor(func(a *VendorAdditional) instep.Value { return flag(a.IsPartialVATReduced) }),
		write:   intoBool(func(u *VendorUpdate) *instep.Opt[bool] { return &u.IsPartialVATReduced }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldPaymentTerm, Type: instep.TypeString,
			Remedy: "write payment_term_net_days and the two fields of the discount",
		},
		read: inVendor(func(a *VendorAdditional) instep.Value { return shown(a.PaymentTerm) }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDiscountPercent, Type: instep.TypeDecimal},
		element: "paymenttermdiscountpercent",
		read:    inVendor(func(a *VendorAdditional) instep.Value { return told(amount(a.DiscountPercent)) }),
		write:   intoNumber(func(u *VendorUpdate) *instep.Opt[instep.Decimal] { return &u.DiscountPercent }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDiscountDays, Type: instep.TypeDecimal},
		element: "paymenttermcashdiscountdays",
		read:    inVendor(func(a *VendorAdditional) instep.Value { return told(amount(a.DiscountDays)) }),
		write:   intoNumber(func(u *VendorUpdate) *instep.Opt[instep.Decimal] { return &u.DiscountDays }),
	},
	{
		info:    instep.FieldInfo{Name: FieldNetDays, Type: instep.TypeDecimal},
		element: "paymenttermnetdays",
		read:    inVendor(func(a *VendorAdditional) instep.Value { return told(amount(a.NetDays)) }),
		write:   intoNumber(func(u *VendorUpdate) *instep.Opt[instep.Decimal] { return &u.NetDays }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldCurrency, Type: instep.TypeString,
			Remedy: "use the three letters of ISO 4217, such as EUR",
		},
		element: "currencycode",
		read:    inVendor(func(a *VendorAdditional) instep.Value { return told(shown(a.Currency)) }),
		write:   intoText(func(u *VendorUpdate) *instep.Opt[string] { return &u.Currency }),
	},
}
