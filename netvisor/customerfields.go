package netvisor

import (
	"github.com/instep-go/instep"
)

// Names of the fields of a customer record, beside [FieldName] and
// [FieldIsActive].
const (
	FieldInternalIdentifier     = "internal_identifier" // the customer's code
	FieldExternalIdentifier     = "external_identifier" // the business id
	FieldOrganizationUnitNumber = "organization_unit_number"
	FieldNameExtension          = "name_extension"
	FieldStreetAddress          = "street_address"
	FieldAdditionalAddress      = "additional_address"
	FieldCity                   = "city"
	FieldPostNumber             = "post_number"
	FieldCountry                = "country"
	FieldCustomerGroup          = "customer_group"
	FieldPhone                  = "phone"
	FieldFax                    = "fax"
	FieldEmail                  = "email"
	FieldEmailInvoicing         = "email_invoicing"
	FieldHomePage               = "home_page"
	FieldIsPrivateCustomer      = "is_private_customer"
	FieldFinvoiceAddress        = "finvoice_address"
	FieldFinvoiceRouterCode     = "finvoice_router_code"
	FieldDeliveryName           = "delivery_name"
	FieldDeliveryStreetAddress  = "delivery_street_address"
	FieldDeliveryCity           = "delivery_city"
	FieldDeliveryPostNumber     = "delivery_post_number"
	FieldDeliveryCountry        = "delivery_country"
	FieldContactPerson          = "contact_person"
	FieldContactPersonEmail     = "contact_person_email"
	FieldContactPersonPhone     = "contact_person_phone"
	FieldComment                = "comment"
	FieldAgreementIdentifier    = "agreement_identifier"
	FieldReferenceNumber        = "reference_number"
	FieldYourReference          = "your_reference"
	FieldTextBeforeLines        = "text_before_lines"
	FieldTextAfterLines         = "text_after_lines"
	FieldPaymentTerm            = "payment_term"
	FieldTaxHandlingType        = "tax_handling_type"
	FieldBalanceLimit           = "balance_limit"
	FieldInvoicingLanguage      = "invoicing_language"
	FieldFactoringAccount       = "factoring_account"
	FieldEUStandardFinvoice     = "eu_standard_finvoice"
	FieldDiscountPercentage     = "discount_percentage"
	FieldPriceGroup             = "price_group"
	FieldSalesPerson            = "sales_person"
)

// Names of the lists of the [Customers] connector.
const (
	ListPaymentTerms   = "payment_terms"
	ListCustomerGroups = "customer_groups"
)

// customerTable is the mapping of customers.
var customerTable = table[Customer, CustomerUpdate]{
	entity: "customer", noun: "customer", rows: customerRows,
	key:    func(c *Customer) int64 { return c.Key },
	active: func(c *Customer) instep.Opt[bool] { return c.IsActive },
}

// businessID is absent for a private customer, whose external identifier is a
// personal identity code: it must not become a match key, nor be kept by a
// state.
func businessID(c *Customer) instep.Value {
	if c.isPrivate() {
		return instep.Value{}
	}
	return shown(c.ExternalIdentifier)
}

func inFinvoice(read func(*FinvoiceDetails) instep.Value) func(*Customer) instep.Value {
	return within(func(c *Customer) *FinvoiceDetails { return c.Finvoice }, read)
}

func inDelivery(read func(*DeliveryDetails) instep.Value) func(*Customer) instep.Value {
	return within(func(c *Customer) *DeliveryDetails { return c.Delivery }, read)
}

func inContact(read func(*ContactDetails) instep.Value) func(*Customer) instep.Value {
	return within(func(c *Customer) *ContactDetails { return c.Contact }, read)
}

func inCustomer(read func(*CustomerAdditional) instep.Value) func(*Customer) instep.Value {
	return within(func(c *Customer) *CustomerAdditional { return c.Additional }, read)
}

// customerRows is the mapping's fields, in the order in which it is described.
var customerRows = []fieldRow[Customer, CustomerUpdate]{
	{
		info: instep.FieldInfo{
			Name: FieldInternalIdentifier, Type: instep.TypeString,
			MaxLen: maxCustomerCode,
			Remedy: "shorten the code to 50 characters where the customer comes from",
		},
		element: "internalidentifier",
		read:    func(c *Customer) instep.Value { return shown(c.Code) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Code }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldExternalIdentifier, Type: instep.TypeString,
			Remedy: "give a company its business id; of a private customer this would be the personal identity code, which is not read",
		},
		element: "externalidentifier",
		read:    businessID,
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.ExternalIdentifier }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldOrganizationUnitNumber, Type: instep.TypeString,
			MaxLen: maxUnitNumber,
			Remedy: "use 12 to 17 digits, for a Finnish company 0037 and the business id without hyphen",
		},
		element: "organizationunitnumber",
		read:    func(c *Customer) instep.Value { return shown(c.OrganizationUnitNumber) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.OrganizationUnitNumber }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldName, Type: instep.TypeString,
			Required: true, MaxLen: maxCustomerName,
			Remedy: "give the customer a name of at most 250 characters",
		},
		element: "name",
		read:    func(c *Customer) instep.Value { return shown(c.Name) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Name }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldNameExtension, Type: instep.TypeString,
			MaxLen: maxCustomerName,
			Remedy: "shorten the extension of the name to 250 characters where the customer comes from",
		},
		element: "nameextension",
		read:    func(c *Customer) instep.Value { return shown(c.NameExtension) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.NameExtension }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldStreetAddress, Type: instep.TypeString,
			MaxLen: maxAddressLine,
			Remedy: "shorten the street address to 80 characters where the customer comes from",
		},
		element: "streetaddress",
		read:    func(c *Customer) instep.Value { return shown(c.StreetAddress) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.StreetAddress }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldAdditionalAddress, Type: instep.TypeString,
			MaxLen: maxAddressLine,
			Remedy: "shorten the additional address line to 80 characters where the customer comes from",
		},
		element: "additionaladdressline",
		read:    func(c *Customer) instep.Value { return shown(c.AdditionalAddress) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.AdditionalAddress }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldCity, Type: instep.TypeString,
			MaxLen: maxAddressLine,
			Remedy: "shorten the city to 80 characters where the customer comes from",
		},
		element: "city",
		read:    func(c *Customer) instep.Value { return shown(c.City) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.City }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldPostNumber, Type: instep.TypeString,
			MaxLen: maxPostNumber,
			Remedy: "shorten the postal code to 50 characters where the customer comes from",
		},
		element: "postnumber",
		read:    func(c *Customer) instep.Value { return shown(c.PostNumber) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.PostNumber }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldCountry, Type: instep.TypeString,
			Remedy: "use the two letters of ISO 3166, such as FI",
		},
		element: "country",
		read:    func(c *Customer) instep.Value { return shown(c.Country) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Country }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldCustomerGroup, Type: instep.TypeString,
			List: ListCustomerGroups, Open: true,
			Remedy: "use the name of a customer group of Netvisor, or let the new one be made",
		},
		element: "customergroupname",
		read:    func(c *Customer) instep.Value { return shown(c.Group) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Group }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPhone, Type: instep.TypeString},
		element: "phonenumber",
		read:    func(c *Customer) instep.Value { return shown(c.Phone) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Phone }),
	},
	{
		info:    instep.FieldInfo{Name: FieldFax, Type: instep.TypeString},
		element: "faxnumber",
		read:    func(c *Customer) instep.Value { return shown(c.Fax) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Fax }),
	},
	{
		info:    instep.FieldInfo{Name: FieldEmail, Type: instep.TypeString},
		element: "email",
		read:    func(c *Customer) instep.Value { return shown(c.Email) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Email }),
	},
	{
		info:    instep.FieldInfo{Name: FieldEmailInvoicing, Type: instep.TypeString},
		element: "emailinvoicingaddress",
		read:    func(c *Customer) instep.Value { return shown(c.EmailInvoicing) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.EmailInvoicing }),
	},
	{
		info:    instep.FieldInfo{Name: FieldHomePage, Type: instep.TypeString},
		element: "homepageuri",
		read:    func(c *Customer) instep.Value { return shown(c.HomePage) },
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.HomePage }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldIsActive, Type: instep.TypeBool,
			Remedy: "set it to true or false; it cannot be cleared",
		},
		element: "isactive",
		read:    func(c *Customer) instep.Value { return flag(c.IsActive) },
		write:   intoBool(func(u *CustomerUpdate) *instep.Opt[bool] { return &u.IsActive }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldIsPrivateCustomer, Type: instep.TypeBool,
			Remedy: "set it to true or false; it cannot be cleared",
		},
		element: "isprivatecustomer",
		read:    func(c *Customer) instep.Value { return flag(c.IsPrivate) },
		write:   intoBool(func(u *CustomerUpdate) *instep.Opt[bool] { return &u.IsPrivate }),
	},
	{
		info:    instep.FieldInfo{Name: FieldFinvoiceAddress, Type: instep.TypeString},
		element: "finvoiceaddress",
		read:    inFinvoice(func(s *FinvoiceDetails) instep.Value { return shown(s.Address) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.FinvoiceAddress }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldFinvoiceRouterCode, Type: instep.TypeString,
			Remedy: "use the code of an operator that Netvisor knows",
		},
		element: "finvoiceroutercode",
		read:    inFinvoice(func(s *FinvoiceDetails) instep.Value { return shown(s.RouterCode) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.FinvoiceRouterCode }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDeliveryName, Type: instep.TypeString},
		element: "deliveryname",
		read:    inDelivery(func(s *DeliveryDetails) instep.Value { return shown(s.Name) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.DeliveryName }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDeliveryStreetAddress, Type: instep.TypeString},
		element: "deliverystreetaddress",
		read:    inDelivery(func(s *DeliveryDetails) instep.Value { return shown(s.StreetAddress) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.DeliveryStreetAddress }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDeliveryCity, Type: instep.TypeString},
		element: "deliverycity",
		read:    inDelivery(func(s *DeliveryDetails) instep.Value { return shown(s.City) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.DeliveryCity }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDeliveryPostNumber, Type: instep.TypeString},
		element: "deliverypostnumber",
		read:    inDelivery(func(s *DeliveryDetails) instep.Value { return shown(s.PostNumber) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.DeliveryPostNumber }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldDeliveryCountry, Type: instep.TypeString,
			Remedy: "use the two letters of ISO 3166, such as FI",
		},
		element: "deliverycountry",
		read:    inDelivery(func(s *DeliveryDetails) instep.Value { return shown(s.Country) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.DeliveryCountry }),
	},
	{
		info:    instep.FieldInfo{Name: FieldContactPerson, Type: instep.TypeString},
		element: "contactperson",
		read:    inContact(func(s *ContactDetails) instep.Value { return shown(s.Person) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.ContactPerson }),
	},
	{
		info:    instep.FieldInfo{Name: FieldContactPersonEmail, Type: instep.TypeString},
		element: "contactpersonemail",
		read:    inContact(func(s *ContactDetails) instep.Value { return shown(s.Email) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.ContactPersonEmail }),
	},
	{
		info:    instep.FieldInfo{Name: FieldContactPersonPhone, Type: instep.TypeString},
		element: "contactpersonphone",
		read:    inContact(func(s *ContactDetails) instep.Value { return shown(s.Phone) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.ContactPersonPhone }),
	},
	{
		info:    instep.FieldInfo{Name: FieldComment, Type: instep.TypeString},
		element: "comment",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.Comment) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.Comment }),
	},
	{
		info:    instep.FieldInfo{Name: FieldAgreementIdentifier, Type: instep.TypeString},
		element: "customeragreementidentifier",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.AgreementIdentifier) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.AgreementIdentifier }),
	},
	{
		info:    instep.FieldInfo{Name: FieldReferenceNumber, Type: instep.TypeString},
		element: "customerreferencenumber",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.ReferenceNumber) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.ReferenceNumber }),
	},
	{
		info:    instep.FieldInfo{Name: FieldYourReference, Type: instep.TypeString},
		element: "yourdefaultreference",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.YourReference) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.YourReference }),
	},
	{
		info:    instep.FieldInfo{Name: FieldTextBeforeLines, Type: instep.TypeString},
		element: "defaulttextbeforeinvoicelines",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.TextBeforeLines) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.TextBeforeLines }),
	},
	{
		info:    instep.FieldInfo{Name: FieldTextAfterLines, Type: instep.TypeString},
		element: "defaulttextafterinvoicelines",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.TextAfterLines) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.TextAfterLines }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldPaymentTerm, Type: instep.TypeString,
			List:   ListPaymentTerms,
			Remedy: "use the name of a payment term of Netvisor, or make it there: the interface cannot",
		},
		element: "defaultpaymentterm",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.PaymentTerm) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.PaymentTerm }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldTaxHandlingType, Type: instep.TypeString,
			Remedy: "use countrygroup, forcedomestic, notaxhandling or domesticconstructionservice",
		},
		element: "taxhandlingtype",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.TaxHandlingType) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.TaxHandlingType }),
	},
	{
		info:    instep.FieldInfo{Name: FieldBalanceLimit, Type: instep.TypeDecimal},
		element: "balancelimit",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return amount(s.BalanceLimit) }),
		write:   intoNumber(func(u *CustomerUpdate) *instep.Opt[instep.Decimal] { return &u.BalanceLimit }),
	},
	{
		info:    instep.FieldInfo{Name: FieldInvoicingLanguage, Type: instep.TypeString},
		element: "invoicinglanguage",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.InvoicingLanguage) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.InvoicingLanguage }),
	},
	{
		info:    instep.FieldInfo{Name: FieldFactoringAccount, Type: instep.TypeString},
		element: "factoringaccount",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.FactoringAccount) }),
		write:   intoText(func(u *CustomerUpdate) *instep.Opt[string] { return &u.FactoringAccount }),
	},
	{
		info:    instep.FieldInfo{Name: FieldEUStandardFinvoice, Type: instep.TypeBool},
		element: "eustandardfinvoice",
		read:    inCustomer(func(s *CustomerAdditional) instep.Value { return flag(s.EUStandardFinvoice) }),
		write:   intoBool(func(u *CustomerUpdate) *instep.Opt[bool] { return &u.EUStandardFinvoice }),
	},
	{
		info: instep.FieldInfo{Name: FieldDiscountPercentage, Type: instep.TypeDecimal},
		read: inCustomer(func(s *CustomerAdditional) instep.Value { return amount(s.DiscountPercentage) }),
	},
	{
		info: instep.FieldInfo{Name: FieldPriceGroup, Type: instep.TypeString},
		read: inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.PriceGroup) }),
	},
	{
		info: instep.FieldInfo{Name: FieldSalesPerson, Type: instep.TypeString},
		read: inCustomer(func(s *CustomerAdditional) instep.Value { return shown(s.SalesPerson) }),
	},
}
