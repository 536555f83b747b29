package netvisor

import (
	"context"
	"errors"
	"strconv"

	"github.com/instep-go/instep"
)

// EANType is how the vendor checks an EAN code.
type EANType string

// The types of EAN codes (vendor documentation).
const (
	EANAny     EANType = "any" // the default
	EAN8       EANType = "ean8"
	EAN13      EANType = "ean13"
	EANCode128 EANType = "code128"
)

// EAN is an EAN code to write.
type EAN struct {
	Code string
	Type EANType // "" means EANAny
}

// CustomTag is a value of the company's own making.
type CustomTag struct {
	Name  string
	Type  string // date, text, decimal or enum
	Value string
}

// ProductUpdate is what to write to a product. A kept field (the zero Opt)
// stays as it is, a cleared one is blanked. Numbers are sent with all their
// decimals.
type ProductUpdate struct {
	Code        instep.Opt[string] // at most 50 characters
	Group       instep.Opt[string] // mandatory; a new name makes a new group
	Name        instep.Opt[string] // mandatory; at most 200 characters
	Description instep.Opt[string]
	UnitPrice   instep.Opt[instep.Decimal]

	// Gross says that UnitPrice is a gross price instead of a net one.
	Gross bool

	Unit                      instep.Opt[string]         // at most 50 characters; a new name makes a new unit
	UnitWeight                instep.Opt[instep.Decimal] // deprecated by the vendor for NetWeight
	PurchasePrice             instep.Opt[instep.Decimal]
	TariffHeading             instep.Opt[string]
	ComissionPercentage       instep.Opt[instep.Decimal]
	IsActive                  instep.Opt[bool] // cannot be cleared
	IsSalesProduct            instep.Opt[bool] // cannot be cleared
	InventoryEnabled          instep.Opt[bool]
	InventoryBatchLinkingMode instep.Opt[int]    // 1 (none) to 8
	CountryOfOrigin           instep.Opt[string] // ISO 3166: "FI"
	PrimaryEAN, SecondaryEAN  instep.Opt[EAN]
	InventoryAlertLimit       instep.Opt[instep.Decimal]

	DefaultVATPercent       instep.Opt[instep.Decimal]
	DefaultDomesticAccount  instep.Opt[string]
	DefaultEUAccount        instep.Opt[string]
	DefaultOutsideEUAccount instep.Opt[string]

	NetWeight, GrossWeight                     instep.Opt[instep.Decimal]
	WeightUnit                                 instep.Opt[string]         // g, kg or tn
	PackageWidth, PackageHeight, PackageLength instep.Opt[instep.Decimal] // centimetres

	Dimensions []Dimension // sent if there are any; none can be taken away
	CustomTags []CustomTag // likewise
}

// AddProduct makes a new product and returns its key. Group and Name must be
// set. The documentation also counts the price and the two flags as always
// present: where they are kept, 0 net, active and sales product are sent.
//
// The request is sent once. An error of kind Lost means that the product may
// be there, now or later; look for it by its code before adding it again. A
// reply that says OK but names no key is such an error too.
func (c *Client) AddProduct(ctx context.Context, u *ProductUpdate) (Written, error) {
	full := u.forAdd()
	const op = "netvisor: add product"
	if err := full.check(op, instep.Ref{}); err != nil {
		return Written{}, err
	}
	return c.add(ctx, &call{
		op: op, resource: "product.nv", params: []param{{"method", "add"}},
		body: document(full.element(c.decimalPoint), c.charset),
	}, "its code")
}

// EditProduct writes the fields of u that are not kept. The request is
// repeated when no reply comes. An unknown key gives an error of kind Invalid
// with the code INVALID_DATA, as every other refusal does: only GetProducts
// tells whether the product is there. Under extended product management the
// vendor takes no edits.
func (c *Client) EditProduct(ctx context.Context, key int64, u *ProductUpdate) (Written, error) {
	const op = "netvisor: edit product"
	ref := refOf("product", key)
	if err := u.check(op, ref); err != nil {
		return Written{}, err
	}
	return c.edit(ctx, &call{
		op: op, resource: "product.nv", ref: ref, params: []param{{"method", "edit"}, {"id", keyText(key)}},
		body: document(u.element(c.decimalPoint), c.charset),
	}, key)
}

// forAdd returns a copy with everything that an add must hold. What is blank
// is left out, because there is nothing to blank.
func (u *ProductUpdate) forAdd() *ProductUpdate {
	full := *u
	fillTexts(full.texts())
	dropCleared(full.numbers()...)
	if _, set := full.UnitPrice.Get(); !set {
		full.UnitPrice, full.Gross = instep.Set(instep.Decimal{}), false
	}
	for _, flag := range []*instep.Opt[bool]{&full.IsActive, &full.IsSalesProduct} {
		if _, set := flag.Get(); !set {
			*flag = instep.Set(true)
		}
	}
	return &full
}

// Longest texts, in characters (vendor documentation).
const (
	maxCode = 50
	maxName = 200
	maxUnit = 50
)

func (u *ProductUpdate) texts() []textRule {
	return []textRule{
		{element: "productcode", value: &u.Code, max: maxCode},
		{element: "productgroup", value: &u.Group, mandatory: true},
		{element: "name", value: &u.Name, max: maxName, mandatory: true},
		{element: "description", value: &u.Description},
		{element: "unit", value: &u.Unit, max: maxUnit},
		{element: "tariffheading", value: &u.TariffHeading},
		{element: "countryoforigin", value: &u.CountryOfOrigin},
		{element: "defaultdomesticaccountnumber", value: &u.DefaultDomesticAccount},
		{element: "defaulteuaccountnumber", value: &u.DefaultEUAccount},
		{element: "defaultoutsideeuaccountnumber", value: &u.DefaultOutsideEUAccount},
		{element: "productweightunit", value: &u.WeightUnit},
	}
}

func (u *ProductUpdate) numbers() []*instep.Opt[instep.Decimal] {
	return []*instep.Opt[instep.Decimal]{
		&u.UnitPrice, &u.UnitWeight, &u.PurchasePrice, &u.ComissionPercentage, &u.InventoryAlertLimit,
		&u.DefaultVATPercent, &u.NetWeight, &u.GrossWeight, &u.PackageWidth, &u.PackageHeight, &u.PackageLength,
	}
}

// check refuses what the vendor is known to refuse, before anything is sent.
func (u *ProductUpdate) check(op string, ref instep.Ref) error {
	refuse := refuser(op, ref)
	if err := checkTexts(u.texts(), refuse); err != nil {
		return err
	}
	if u.IsActive.IsCleared() {
		return refuse("isactive", errBlank)
	}
	if u.IsSalesProduct.IsCleared() {
		return refuse("issalesproduct", errBlank)
	}
	if mode, set := u.InventoryBatchLinkingMode.Get(); set && (mode < 1 || mode > 8) {
		return refuse("inventorybatchlinkingmode", errors.New("the vendor takes 1 to 8"))
	}
	return u.checkExtras(refuse)
}

func (u *ProductUpdate) checkExtras(refuse func(string, error) error) error {
	primary, _ := u.PrimaryEAN.Get()
	if err := checkText(primary.Code, 0); err != nil {
		return refuse("primaryeancode", err)
	}
	secondary, _ := u.SecondaryEAN.Get()
	if err := checkText(secondary.Code, 0); err != nil {
		return refuse("secondaryeancode", err)
	}
	if err := checkDimensions(u.Dimensions, refuse); err != nil {
		return err
	}
	for _, t := range u.CustomTags {
		if err := errors.Join(checkText(t.Name, 0), checkText(t.Type, 0), checkText(t.Value, 0)); err != nil {
			return refuse("productcustomtag", err)
		}
	}
	return nil
}

// element returns the product in the order that the vendor documents.
func (u *ProductUpdate) element(point bool) element {
	e := elements{point}
	return section("product",
		u.base(e),
		section("productbookkeepingdetails",
			e.number("defaultvatpercentage", u.DefaultVATPercent), // read as DefaultVatPercent
			e.text("defaultdomesticaccountnumber", u.DefaultDomesticAccount),
			e.text("defaulteuaccountnumber", u.DefaultEUAccount),
			e.text("defaultoutsideeuaccountnumber", u.DefaultOutsideEUAccount),
		).filled(),
		u.additional(e),
		u.customTags().filled(),
	)
}

// base is sent also where it is empty, as the documentation asks for it.
func (u *ProductUpdate) base(e elements) element {
	price := e.number("unitprice", u.UnitPrice).typed("net")
	if u.Gross {
		price = price.typed("gross")
	}
	return section("productbaseinformation",
		e.text("productcode", u.Code),
		e.text("productgroup", u.Group),
		e.text("name", u.Name),
		e.text("description", u.Description),
		price,
		e.text("unit", u.Unit),
		e.number("unitweight", u.UnitWeight),
		e.number("purchaseprice", u.PurchasePrice),
		e.text("tariffheading", u.TariffHeading),
		e.number("comissionpercentage", u.ComissionPercentage),
		e.truth("isactive", u.IsActive),
		e.truth("issalesproduct", u.IsSalesProduct),
		e.truth("inventoryenabled", u.InventoryEnabled),
		field("inventorybatchlinkingmode", u.InventoryBatchLinkingMode, strconv.Itoa),
		e.text("countryoforigin", u.CountryOfOrigin).typed("ISO-3166"),
		ean("primaryeancode", u.PrimaryEAN),
		ean("secondaryeancode", u.SecondaryEAN),
		e.number("inventoryalertlimit", u.InventoryAlertLimit),
	)
}

func (u *ProductUpdate) additional(e elements) element {
	parts := []element{
		e.number("productnetweight", u.NetWeight),
		e.number("productgrossweight", u.GrossWeight),
		e.text("productweightunit", u.WeightUnit),
	}
	parts = append(parts, dimensions(u.Dimensions)...)
	parts = append(parts, section("productpackageinformation",
		e.number("packagewidth", u.PackageWidth),
		e.number("packageheight", u.PackageHeight),
		e.number("packagelength", u.PackageLength),
	).filled())
	return section("productadditionalinformation", parts...).filled()
}

func ean(name string, o instep.Opt[EAN]) element {
	kind := EANAny
	if e, set := o.Get(); set && e.Type != "" {
		kind = e.Type
	}
	return field(name, o, func(e EAN) string { return e.Code }).typed(string(kind))
}

func (u *ProductUpdate) customTags() element {
	tags := element{name: "productcustomtags"}
	for _, t := range u.CustomTags {
		value := element{name: "tagvalue", attr: param{"datatype", t.Type}, text: t.Value}
		tags.kids = append(tags.kids, section("productcustomtag", element{name: "tagname", text: t.Name}, value))
	}
	return tags
}
