package netvisor

import "github.com/instep-go/instep"

// Names of the fields of a product record.
const (
	FieldCode              = "product_code"
	FieldName              = "name"
	FieldDescription       = "description"
	FieldGroup             = "product_group"
	FieldUnitPrice         = "unit_price"
	FieldUnitGrossPrice    = "unit_price_gross"
	FieldUnit              = "unit"
	FieldUnitWeight        = "unit_weight"
	FieldPurchasePrice     = "purchase_price"
	FieldTariffHeading     = "tariff_heading"
	FieldComission         = "comission_percentage"
	FieldIsActive          = "is_active"
	FieldIsSalesProduct    = "is_sales_product"
	FieldCountryOfOrigin   = "country_of_origin"
	FieldPrimaryEAN        = "primary_ean_code"
	FieldSecondaryEAN      = "secondary_ean_code"
	FieldVATPercent        = "default_vat_percent"
	FieldDomesticAccount   = "default_domestic_account"
	FieldEUAccount         = "default_eu_account"
	FieldOutsideEUAccount  = "default_outside_eu_account"
	FieldNetWeight         = "net_weight"
	FieldGrossWeight       = "gross_weight"
	FieldWeightUnit        = "weight_unit"
	FieldPackageWidth      = "package_width"
	FieldPackageHeight     = "package_height"
	FieldPackageLength     = "package_length"
	FieldInventoryAmount   = "inventory_amount"
	FieldInventoryMidPrice = "inventory_mid_price"
	FieldInventoryValue    = "inventory_value"
	FieldInventoryReserved = "inventory_reserved_amount"
	FieldInventoryOrdered  = "inventory_ordered_amount"
	FieldInventoryAccount  = "inventory_account"
)

// ListGroups is the name of the connector's one code list, that of the product
// groups.
const ListGroups = "product_groups"

// productTable is the mapping of products.
var productTable = table[Product, ProductUpdate]{
	entity: "product", noun: "product", rows: productRows,
	key:    func(p *Product) int64 { return p.Key },
	active: func(p *Product) instep.Opt[bool] { return p.IsActive },
}

// netPrice is absent where the reply gives a gross price only: then nothing is
// known of the net price.
func netPrice(p *Product) instep.Value {
	if p.NetUnknown {
		return instep.Value{}
	}
	return amount(p.UnitPrice)
}

func inBookKeeping(read func(*BookKeeping) instep.Value) func(*Product) instep.Value {
	return within(func(p *Product) *BookKeeping { return p.BookKeeping }, read)
}

func inInventory(read func(*Inventory) instep.Value) func(*Product) instep.Value {
	return within(func(p *Product) *Inventory { return p.Inventory }, read)
}

func inAdditional(read func(*Additional) instep.Value) func(*Product) instep.Value {
	return within(func(p *Product) *Additional { return p.Additional }, read)
}

func intoEAN(of func(*ProductUpdate) *instep.Opt[EAN]) func(*ProductUpdate, instep.Value) error {
	return func(u *ProductUpdate, v instep.Value) error {
		return into(of(u), v, func(v instep.Value) (EAN, bool) {
			s, ok := v.AsString()
			return EAN{Code: s}, ok
		}, errNotText)
	}
}

// productRows is the mapping's fields, in the order in which it is described.
var productRows = []fieldRow[Product, ProductUpdate]{
	{
		info: instep.FieldInfo{
			Name: FieldCode, Type: instep.TypeString,
			MaxLen: maxCode,
			Remedy: "shorten the code to 50 characters where the product comes from",
		},
		element: "productcode",
		read:    func(p *Product) instep.Value { return shown(p.Code) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.Code }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldName, Type: instep.TypeString,
			Required: true, MaxLen: maxName,
			Remedy: "give the product a name of at most 200 characters",
		},
		element: "name",
		read:    func(p *Product) instep.Value { return shown(p.Name) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.Name }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDescription, Type: instep.TypeString},
		element: "description",
		read:    func(p *Product) instep.Value { return shown(p.Description) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.Description }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldGroup, Type: instep.TypeString,
			Required: true, List: ListGroups, Open: true,
			Remedy: "give the product a group, or set a default group in the mapping",
		},
		element: "productgroup",
		read:    func(p *Product) instep.Value { return shown(p.Group) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.Group }),
	},
	{
		info:    instep.FieldInfo{Name: FieldUnitPrice, Type: instep.TypeDecimal},
		element: "unitprice",
		read:    netPrice,
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.UnitPrice }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldUnitGrossPrice, Type: instep.TypeDecimal,
			Remedy: "write unit_price; Netvisor calculates the gross price from it",
		},
		read: func(p *Product) instep.Value { return amount(p.UnitGrossPrice) },
	},
	{
		info: instep.FieldInfo{
			Name: FieldUnit, Type: instep.TypeString,
			MaxLen: maxUnit,
			Remedy: "shorten the name of the unit to 50 characters",
		},
		element: "unit",
		read:    func(p *Product) instep.Value { return shown(p.Unit) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.Unit }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldUnitWeight, Type: instep.TypeDecimal,
			Remedy: "write net_weight; the vendor has given up unit_weight",
		},
		read: func(p *Product) instep.Value { return amount(p.UnitWeight) },
	},
	{
		info:    instep.FieldInfo{Name: FieldPurchasePrice, Type: instep.TypeDecimal},
		element: "purchaseprice",
		read:    func(p *Product) instep.Value { return amount(p.PurchasePrice) },
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.PurchasePrice }),
	},
	{
		info:    instep.FieldInfo{Name: FieldTariffHeading, Type: instep.TypeString},
		element: "tariffheading",
		read:    func(p *Product) instep.Value { return shown(p.TariffHeading) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.TariffHeading }),
	},
	{
		info:    instep.FieldInfo{Name: FieldComission, Type: instep.TypeDecimal},
		element: "comissionpercentage",
		read:    func(p *Product) instep.Value { return amount(p.ComissionPercentage) },
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.ComissionPercentage }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldIsActive, Type: instep.TypeBool,
			Remedy: "set it to true or false; it cannot be cleared",
		},
		element: "isactive",
		read:    func(p *Product) instep.Value { return flag(p.IsActive) },
		write:   intoBool(func(u *ProductUpdate) *instep.Opt[bool] { return &u.IsActive }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldIsSalesProduct, Type: instep.TypeBool,
			Remedy: "set it to true or false; it cannot be cleared",
		},
		element: "issalesproduct",
		read:    func(p *Product) instep.Value { return flag(p.IsSalesProduct) },
		write:   intoBool(func(u *ProductUpdate) *instep.Opt[bool] { return &u.IsSalesProduct }),
	},
	{
		info: instep.FieldInfo{
			Name: FieldCountryOfOrigin, Type: instep.TypeString,
			Remedy: "use the two letters of ISO 3166, such as FI",
		},
		element: "countryoforigin",
		read:    func(p *Product) instep.Value { return shown(p.CountryOfOrigin) },
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.CountryOfOrigin }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPrimaryEAN, Type: instep.TypeString},
		element: "primaryeancode",
		read:    inAdditional(func(a *Additional) instep.Value { return shown(a.PrimaryEANCode) }),
		write:   intoEAN(func(u *ProductUpdate) *instep.Opt[EAN] { return &u.PrimaryEAN }),
	},
	{
		info:    instep.FieldInfo{Name: FieldSecondaryEAN, Type: instep.TypeString},
		element: "secondaryeancode",
		read:    inAdditional(func(a *Additional) instep.Value { return shown(a.SecondaryEANCode) }),
		write:   intoEAN(func(u *ProductUpdate) *instep.Opt[EAN] { return &u.SecondaryEAN }),
	},
	{
		info:    instep.FieldInfo{Name: FieldVATPercent, Type: instep.TypeDecimal},
		element: "defaultvatpercentage",
		read:    inBookKeeping(func(b *BookKeeping) instep.Value { return amount(b.DefaultVATPercent) }),
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.DefaultVATPercent }),
	},
	{
		info:    instep.FieldInfo{Name: FieldDomesticAccount, Type: instep.TypeString},
		element: "defaultdomesticaccountnumber",
		read:    inBookKeeping(func(b *BookKeeping) instep.Value { return shown(b.DefaultDomesticAccount) }),
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultDomesticAccount }),
	},
	{
		info:    instep.FieldInfo{Name: FieldEUAccount, Type: instep.TypeString},
		element: "defaulteuaccountnumber",
		read:    inBookKeeping(func(b *BookKeeping) instep.Value { return shown(b.DefaultEUAccount) }),
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultEUAccount }),
	},
	{
		info:    instep.FieldInfo{Name: FieldOutsideEUAccount, Type: instep.TypeString},
		element: "defaultoutsideeuaccountnumber",
		read:    inBookKeeping(func(b *BookKeeping) instep.Value { return shown(b.DefaultOutsideEUAccount) }),
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultOutsideEUAccount }),
	},
	{
		info:    instep.FieldInfo{Name: FieldNetWeight, Type: instep.TypeDecimal},
		element: "productnetweight",
		read:    inAdditional(func(a *Additional) instep.Value { return amount(a.NetWeight) }),
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.NetWeight }),
	},
	{
		info:    instep.FieldInfo{Name: FieldGrossWeight, Type: instep.TypeDecimal},
		element: "productgrossweight",
		read:    inAdditional(func(a *Additional) instep.Value { return amount(a.GrossWeight) }),
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.GrossWeight }),
	},
	{
		info:    instep.FieldInfo{Name: FieldWeightUnit, Type: instep.TypeString, Remedy: "use g, kg or tn"},
		element: "productweightunit",
		read:    inAdditional(func(a *Additional) instep.Value { return shown(a.WeightUnit) }),
		write:   intoText(func(u *ProductUpdate) *instep.Opt[string] { return &u.WeightUnit }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPackageWidth, Type: instep.TypeDecimal},
		element: "packagewidth",
		read:    inAdditional(func(a *Additional) instep.Value { return amount(a.PackageWidth) }),
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.PackageWidth }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPackageHeight, Type: instep.TypeDecimal},
		element: "packageheight",
		read:    inAdditional(func(a *Additional) instep.Value { return amount(a.PackageHeight) }),
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.PackageHeight }),
	},
	{
		info:    instep.FieldInfo{Name: FieldPackageLength, Type: instep.TypeDecimal},
		element: "packagelength",
		read:    inAdditional(func(a *Additional) instep.Value { return amount(a.PackageLength) }),
		write:   intoNumber(func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.PackageLength }),
	},
	{
		info: instep.FieldInfo{Name: FieldInventoryAmount, Type: instep.TypeDecimal},
		read: inInventory(func(i *Inventory) instep.Value { return amount(i.Amount) }),
	},
	{
		info: instep.FieldInfo{Name: FieldInventoryMidPrice, Type: instep.TypeDecimal},
		read: inInventory(func(i *Inventory) instep.Value { return amount(i.MidPrice) }),
	},
	{
		info: instep.FieldInfo{Name: FieldInventoryValue, Type: instep.TypeDecimal},
		read: inInventory(func(i *Inventory) instep.Value { return amount(i.Value) }),
	},
	{
		info: instep.FieldInfo{Name: FieldInventoryReserved, Type: instep.TypeDecimal},
		read: inInventory(func(i *Inventory) instep.Value { return amount(i.ReservedAmount) }),
	},
	{
		info: instep.FieldInfo{Name: FieldInventoryOrdered, Type: instep.TypeDecimal},
		read: inInventory(func(i *Inventory) instep.Value { return amount(i.OrderedAmount) }),
	},
	{
		info: instep.FieldInfo{Name: FieldInventoryAccount, Type: instep.TypeString},
		read: inInventory(func(i *Inventory) instep.Value { return shown(i.AccountNumber) }),
	}}
