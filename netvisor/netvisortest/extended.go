package netvisortest

import (
	"slices"
	"strconv"
	"strings"
)

// replyFlags are the values of replyoptions, from the vendor's documentation.
// 2096 is what it says for images; 4096 is likely meant, and taken too.
var replyFlags = map[string]uint64{
	"includeproductpricegroups":             1,
	"includeproductcustomerprices":          2,
	"includedistributerpurchaseinformation": 4,
	"includeproductinventoryplaceshelves":   8,
	"includeproductshipmentinformation":     flagShipment,
	"includeproductgroupingcriterias":       32,
	"includeproductaccountinginformation":   flagAccounts,
	"includeproductdimensioninformation":    128,
	"includeproductinformationfields":       256,
	"includeproductreferences":              512,
	"includeproductproperties":              1024,
	"includeproductsubproducts":             2048,
	"includeproductimages":                  2096,
	"includeproductattachments":             8192,
	"setallreplyoptions":                    4294967295,
}

const (
	flagShipment = 16
	flagAccounts = 64
)

// replyOptions reads a number or a list of names.
func replyOptions(q params) (uint64, *fault) {
	names, f := q.list("replyoptions", 0)
	if f != nil {
		return 0, f
	}
	var sum uint64
	for _, name := range names {
		v, ok := replyFlags[strings.ToLower(name)]
		if !ok {
			var err error
			if v, err = strconv.ParseUint(name, 10, 32); err != nil {
				return 0, invalid(textParameter, "replyoptions", name)
			}
		}
		sum |= v
	}
	return sum, nil
}

// extendedFilter is what extendedproductlist.nv is asked for.
type extendedFilter struct {
	since              string
	keys, groups       []int
	q                  params
	sellable, storaged bool
}

func newExtendedFilter(q params) (x extendedFilter, f *fault) {
	x.q = q
	if x.since, f = q.since("productchangedsince"); f != nil {
		return x, f
	}
	if x.keys, f = q.keys("productnetvisorkeys", 0); f != nil {
		return x, f
	}
	if x.groups, f = q.keys("productgroupnetvisorkeys", 0); f != nil {
		return x, f
	}
	if x.sellable, _, f = q.flag("onlysellableproducts"); f != nil {
		return x, f
	}
	x.storaged, _, f = q.flag("onlystoragedproducts")
	return x, f
}

// takes lets published products through, and unpublished ones that are asked
// for by key; never deleted ones.
func (x *extendedFilter) takes(p *Product, dir *directory) bool {
	switch {
	case p.Deleted,
		len(x.keys) == 0 && !p.Active,
		len(x.keys) > 0 && !slices.Contains(x.keys, p.Key),
		x.sellable && !p.SalesProduct,
		x.storaged && !p.InventoryEnabled,
		!changedSince(p.LastChanged, x.since),
		!contains(p.Code, x.q["productcodekeyword"]),
		!contains(p.Name, x.q["productnamekeyword"]),
		x.q["producteancode"] != "" && !p.hasEAN(x.q["producteancode"]):
		return false
	}
	g := dir.byName[p.Group]
	path := dir.paths[g.Key]
	if len(x.groups) > 0 && !slices.Contains(x.groups, g.Key) {
		return false
	}
	if name := x.q["productgroupname"]; name != "" && !strings.EqualFold(name, g.Name) {
		return false
	}
	if not := x.q["excludeproductgroupnamefreetext"]; not != "" && contains(path, not) {
		return false
	}
	begins := strings.HasPrefix(strings.ToLower(path), strings.ToLower(x.q["productgroupnamekeyword"]))
	return begins && contains(path, x.q["productgroupnamefreetext"])
}

// extendedProductList answers extendedproductlist.nv, one page. A page beyond
// the last is empty.
func (s *Server) extendedProductList(c *call, q params) *fault {
	options, f := replyOptions(q)
	if f != nil {
		return f
	}
	x, f := newExtendedFilter(q)
	if f != nil {
		return f
	}
	size, f := q.number("productsonpage", 1, s.o.PageSize)
	if f != nil {
		return f
	}
	page, f := q.number("page", 1, 1)
	if f != nil {
		return f
	}
	dir := s.store.directory()
	found := slices.DeleteFunc(s.store.products.snapshot(), func(p *Product) bool { return !x.takes(p, dir) })
	pages := (len(found)-1)/size + 1
	if len(found) == 0 {
		pages = 0
	}
	rows := found[:0]
	if page <= pages {
		rows = found[(page-1)*size : min(page*size, len(found))]
	}
	d := c.begin()
	d.open("Products", "CurrentPage", strconv.Itoa(page), "PageCount", strconv.Itoa(pages),
		"ProductsOnPage", strconv.Itoa(len(rows)), "ProductsOnPages", strconv.Itoa(len(found)))
	for _, p := range shortened(c, rows) {
		d.extendedProduct(p, dir, options)
	}
	d.close("Products")
	c.send(d)
	return nil
}

func (d *document) extendedProduct(p *Product, dir *directory, options uint64) {
	d.open("Product")
	d.leaf("NetvisorKey", strconv.Itoa(p.Key))
	d.open("ProductCodes")
	d.leaf("ProductCode", p.Code)
	d.leaf("ProductPrimaryEanCode", p.PrimaryEAN)
	d.leaf("ProductSecondaryEanCode", p.SecondaryEAN)
	d.close("ProductCodes")
	d.translated("ProductNameTranslations", p.Name)
	d.translated("ProductDescriptionTranslations", p.Description)
	d.features(p)
	if g, ok := dir.byName[p.Group]; ok {
		d.keyed("ProductGroup", g.Key, "ProductGroupTranslations", g.Name)
	}
	if k, ok := dir.units[p.Unit]; ok {
		d.keyed("ProductUnit", k, "ProductUnitTranslations", p.Unit)
	}
	d.priceInformation(p)
	d.open("ProductPurchaseInformation")
	d.leaf("DefaultPurchasePrice", shown(p.PurchasePrice, 4))
	d.close("ProductPurchaseInformation")
	if options&flagShipment != 0 {
		d.shipmentInformation(p)
	}
	if options&flagAccounts != 0 {
		d.open("ProductAccountInformation")
		d.leaf("DefaultDomesticAccountNumber", p.DomesticAccount)
		d.leaf("DefaultEuAccountNumber", p.EUAccount)
		d.leaf("DefaultOutsideEuAccountNumber", p.OutsideEUAccount)
		d.leaf("DefaultInventoryAccountNumber", p.InventoryAccount)
		d.close("ProductAccountInformation")
	}
	d.close("Product")
}

func (d *document) features(p *Product) {
	d.open("ProductFeatures")
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"IsPublishedProduct", p.Active},
		{"IsSellableProduct", p.SalesProduct},
		{"IsStorageProduct", p.InventoryEnabled},
		{"IsProductStructureProduct", false},
		{"IsModel", false},
		{"IsSummaryOfProducts", false},
	} {
		d.leaf(f.name, strconv.FormatBool(f.set))
	}
	d.leaf("LastChangedDate", p.LastChanged.In(helsinki).Format("2006-01-02 15:04:05"), "format", "ansi")
	d.close("ProductFeatures")
}

func (d *document) keyed(name string, key int, translations, text string) {
	d.open(name)
	d.leaf("NetvisorKey", strconv.Itoa(key))
	d.translated(translations, text)
	d.close(name)
}

func (d *document) priceInformation(p *Product) {
	net, gross := p.prices()
	d.open("ProductPriceInformation")
	d.leaf("DefaultNetPrice", shown(net, 4), "ispricebase", strconv.FormatBool(!p.GrossPrice))
	d.leaf("DefaultGrossPrice", shown(gross, 4))
	d.open("Vat")
	d.leaf("Percentage", shown(p.VATPercent, 0))
	d.close("Vat")
	d.leaf("ProvisionPercentage", shown(p.CommissionPercentage, 0))
	d.close("ProductPriceInformation")
}

func (d *document) shipmentInformation(p *Product) {
	d.open("ProductShipmentInformation")
	d.leaf("DefaultProductCountryOfOrigin", p.CountryOfOrigin, "type", "ISO-3166")
	d.leaf("ProductNetWeight", shown(p.NetWeight, 0), "unit", p.WeightUnit)
	d.leaf("ProductGrossWeight", shown(p.GrossWeight, 0), "unit", p.WeightUnit)
	d.leaf("ProductPackageWidth", shown(p.PackageWidth, 0), "unit", "cm")
	d.leaf("ProductPackageHeight", shown(p.PackageHeight, 0), "unit", "cm")
	d.leaf("ProductPackageLength", shown(p.PackageLength, 0), "unit", "cm")
	d.close("ProductShipmentInformation")
}
