package netvisortest

import (
	"slices"
	"strings"
)

// productRoot is what product.nv takes, in the order of the vendor's
// documentation.
var productRoot = element[Product]{name: "root", kids: []element[Product]{{name: "product", kids: []element[Product]{
	{name: "productbaseinformation", wanted: true, kids: []element[Product]{
		line("productcode", func(p *Product) *string { return &p.Code }, maxCode),
		must(line("productgroup", func(p *Product) *string { return &p.Group }, 0)),
		must(line("name", func(p *Product) *string { return &p.Name }, maxName)),
		free("description", func(p *Product) *string { return &p.Description }),
		must(element[Product]{name: "unitprice", set: setUnitPrice}),
		line("unit", func(p *Product) *string { return &p.Unit }, maxUnit),
		number("unitweight", func(p *Product) *string { return &p.UnitWeight }),
		number("purchaseprice", func(p *Product) *string { return &p.PurchasePrice }),
		line("tariffheading", func(p *Product) *string { return &p.TariffHeading }, 0),
		number("comissionpercentage", func(p *Product) *string { return &p.CommissionPercentage }),
		must(yesNo("isactive", func(p *Product) *bool { return &p.Active })),
		must(yesNo("issalesproduct", func(p *Product) *bool { return &p.SalesProduct })),
		yesNo("inventoryenabled", func(p *Product) *bool { return &p.InventoryEnabled }),
		oneOf("inventorybatchlinkingmode", func(p *Product) *string { return &p.BatchLinkingMode }, "1", "2", "3", "4", "5", "6", "7", "8"),
		country("countryoforigin", func(p *Product) *string { return &p.CountryOfOrigin }),
		ean("primaryeancode", func(p *Product) *string { return &p.PrimaryEAN }),
		ean("secondaryeancode", func(p *Product) *string { return &p.SecondaryEAN }),
		number("inventoryalertlimit", func(p *Product) *string { return &p.AlertLimit }),
	}},
	{name: "productbookkeepingdetails", kids: []element[Product]{
		number("defaultvatpercentage", func(p *Product) *string { return &p.VATPercent }),
		digits("defaultdomesticaccountnumber", func(p *Product) *string { return &p.DomesticAccount }),
		digits("defaulteuaccountnumber", func(p *Product) *string { return &p.EUAccount }),
		digits("defaultoutsideeuaccountnumber", func(p *Product) *string { return &p.OutsideEUAccount }),
	}},
	{name: "productadditionalinformation", kids: []element[Product]{
		number("productnetweight", func(p *Product) *string { return &p.NetWeight }),
		number("productgrossweight", func(p *Product) *string { return &p.GrossWeight }),
		oneOf("productweightunit", func(p *Product) *string { return &p.WeightUnit }, "g", "kg", "tn"),
		dimensions(func(p *Product) *[]Dimension { return &p.Dimensions }),
		{name: "productpackageinformation", kids: []element[Product]{
			number("packagewidth", func(p *Product) *string { return &p.PackageWidth }),
			number("packageheight", func(p *Product) *string { return &p.PackageHeight }),
			number("packagelength", func(p *Product) *string { return &p.PackageLength }),
		}},
	}},
	{name: "productcustomtags", kids: []element[Product]{
		{name: "productcustomtag", many: true, set: setCustomTag, kids: []element[Product]{
			{name: "tagname", required: true}, {name: "tagvalue"},
		}},
	}},
}}}}

// setUnitPrice wants the attribute type; "netto" and "brutto" are its spellings
// in older samples.
func setUnitPrice(p *Product, n *node) *fault {
	v, ok := parseDecimal(n.text)
	if !ok {
		return invalid(textValue, n.name)
	}
	switch strings.ToLower(n.attrs["type"]) {
	case "net", "netto":
		p.GrossPrice = false
	case "gross", "brutto":
		p.GrossPrice = true
	default:
		return invalid(textAttribute, n.name, "type")
	}
	p.UnitPrice = v
	return nil
}

// ean is a bar code; the attribute type says how many digits it must have.
func ean(name string, field func(*Product) *string) element[Product] {
	return element[Product]{name: name, set: func(p *Product, n *node) *fault {
		v := strings.TrimSpace(n.text)
		if v != "" {
			length := 0
			switch strings.ToLower(n.attrs["type"]) {
			case "", "any", "code128":
			case "ean8":
				length = 8
			case "ean13":
				length = 13
			default:
				return invalid(textAttribute, name, "type")
			}
			if length > 0 && (len(v) != length || !isDigits(v)) {
				return invalid(textValue, name)
			}
		}
		*field(p) = v
		return nil
	}}
}

// setCustomTag sets one tag by its name; an empty value removes it.
func setCustomTag(p *Product, n *node) *fault {
	name, _ := n.kidText("tagname", "")
	value, kind := n.kidText("tagvalue", "datatype")
	if name == "" {
		return invalid(textMissing, "tagname")
	}
	p.CustomTags = slices.DeleteFunc(p.CustomTags, func(t CustomTag) bool { return t.Name == name })
	if value != "" {
		p.CustomTags = append(p.CustomTags, CustomTag{Name: name, Value: value, Type: strings.ToLower(kind)})
	}
	return nil
}
