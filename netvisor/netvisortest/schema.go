package netvisortest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// element is one element a product may be written with. The order of kids is
// the order they must come in.
type element struct {
	name     string
	kids     []element
	many     bool // may come more than once
	required bool // not empty where it comes
	wanted   bool // must come when a product is added
	set      func(*Product, *node) *fault
}

// productRoot is what product.nv takes, in the order of the vendor's
// documentation.
var productRoot = element{name: "root", kids: []element{{name: "product", kids: []element{
	{name: "productbaseinformation", wanted: true, kids: []element{
		line("productcode", func(p *Product) *string { return &p.Code }, maxCode),
		must(line("productgroup", func(p *Product) *string { return &p.Group }, 0)),
		must(line("name", func(p *Product) *string { return &p.Name }, maxName)),
		free("description", func(p *Product) *string { return &p.Description }),
		must(element{name: "unitprice", set: setUnitPrice}),
		line("unit", func(p *Product) *string { return &p.Unit }, maxUnit),
		number("unitweight", func(p *Product) *string { return &p.UnitWeight }),
		number("purchaseprice", func(p *Product) *string { return &p.PurchasePrice }),
		line("tariffheading", func(p *Product) *string { return &p.TariffHeading }, 0),
		number("comissionpercentage", func(p *Product) *string { return &p.CommissionPercentage }),
		must(yesNo("isactive", func(p *Product) *bool { return &p.Active })),
		must(yesNo("issalesproduct", func(p *Product) *bool { return &p.SalesProduct })),
		yesNo("inventoryenabled", func(p *Product) *bool { return &p.InventoryEnabled }),
		oneOf("inventorybatchlinkingmode", func(p *Product) *string { return &p.BatchLinkingMode }, "1", "2", "3", "4", "5", "6", "7", "8"),
		{name: "countryoforigin", set: setCountry},
		ean("primaryeancode", func(p *Product) *string { return &p.PrimaryEAN }),
		ean("secondaryeancode", func(p *Product) *string { return &p.SecondaryEAN }),
		number("inventoryalertlimit", func(p *Product) *string { return &p.AlertLimit }),
	}},
	{name: "productbookkeepingdetails", kids: []element{
		number("defaultvatpercentage", func(p *Product) *string { return &p.VATPercent }),
		digits("defaultdomesticaccountnumber", func(p *Product) *string { return &p.DomesticAccount }),
		digits("defaulteuaccountnumber", func(p *Product) *string { return &p.EUAccount }),
		digits("defaultoutsideeuaccountnumber", func(p *Product) *string { return &p.OutsideEUAccount }),
	}},
	{name: "productadditionalinformation", kids: []element{
		number("productnetweight", func(p *Product) *string { return &p.NetWeight }),
		number("productgrossweight", func(p *Product) *string { return &p.GrossWeight }),
		oneOf("productweightunit", func(p *Product) *string { return &p.WeightUnit }, "g", "kg", "tn"),
		{name: "dimension", many: true, set: setDimension, kids: []element{
			{name: "dimensionname", required: true}, {name: "dimensionitem"},
		}},
		{name: "productpackageinformation", kids: []element{
			number("packagewidth", func(p *Product) *string { return &p.PackageWidth }),
			number("packageheight", func(p *Product) *string { return &p.PackageHeight }),
			number("packagelength", func(p *Product) *string { return &p.PackageLength }),
		}},
	}},
	{name: "productcustomtags", kids: []element{
		{name: "productcustomtag", many: true, set: setCustomTag, kids: []element{
			{name: "tagname", required: true}, {name: "tagvalue"},
		}},
	}},
}}}}

// writing applies one message to one product.
type writing struct {
	p    *Product
	seen map[string]bool // names that came
}

// root applies a whole message.
func (w *writing) root(n *node) *fault {
	if n.name != productRoot.name {
		return invalid(textUnknownElement, n.name)
	}
	if len(n.kids) == 0 {
		return invalid(textMissing, productRoot.kids[0].name)
	}
	return w.apply(&productRoot, n)
}

// complete tells what is missing for a new product.
func (w *writing) complete() *fault {
	product := productRoot.kids[0]
	for _, section := range product.kids {
		if section.wanted && !w.seen[section.name] {
			return invalid(textMissing, section.name)
		}
		for _, el := range section.kids {
			if el.wanted && !w.seen[el.name] {
				return invalid(textMissing, el.name)
			}
		}
	}
	return nil
}

// apply checks n's elements against el's and their order, then sets what n
// says. Empty optional elements blank their field.
func (w *writing) apply(el *element, n *node) *fault {
	w.seen[n.name] = true
	if el.required && n.empty() {
		return invalid(textEmpty, n.name)
	}
	if el.kids == nil && len(n.kids) > 0 {
		return invalid(textUnknownElement, n.kids[0].name)
	}
	next := 0 // the first of el.kids that may still come
	for _, kid := range n.kids {
		i := slices.IndexFunc(el.kids, func(e element) bool { return e.name == kid.name })
		switch {
		case i < 0:
			return invalid(textUnknownElement, kid.name)
		case i == next-1 && !el.kids[i].many:
			return invalid(textRepeated, kid.name)
		case i < next-1:
			return invalid(textOrder, kid.name)
		}
		next = i + 1
		if f := w.apply(&el.kids[i], kid); f != nil {
			return f
		}
	}
	if el.set != nil {
		return el.set(w.p, n)
	}
	return nil
}

// must marks el as mandatory: it comes with a new product and is never empty.
func must(el element) element {
	el.required, el.wanted = true, true
	return el
}

// line is a text without spaces around it, of at most limit characters unless
// that is 0.
func line(name string, field func(*Product) *string, limit int) element {
	return element{name: name, set: func(p *Product, n *node) *fault {
		v := strings.TrimSpace(n.text)
		if limit > 0 && utf8.RuneCountInString(v) > limit {
			return invalid(textTooLong, name, limit)
		}
		*field(p) = v
		return nil
	}}
}

// free is a text kept as it is.
func free(name string, field func(*Product) *string) element {
	return element{name: name, set: func(p *Product, n *node) *fault {
		*field(p) = n.text
		return nil
	}}
}

func number(name string, field func(*Product) *string) element {
	return checked(name, field, parseDecimal)
}

func digits(name string, field func(*Product) *string) element {
	return checked(name, field, func(s string) (string, bool) { return s, isDigits(s) })
}

func oneOf(name string, field func(*Product) *string, values ...string) element {
	return checked(name, field, func(s string) (string, bool) { return s, slices.Contains(values, s) })
}

// checked is a value that must pass check unless it is empty.
func checked(name string, field func(*Product) *string, check func(string) (string, bool)) element {
	return element{name: name, set: func(p *Product, n *node) *fault {
		v := strings.TrimSpace(n.text)
		if v != "" {
			var ok bool
			if v, ok = check(v); !ok {
				return invalid(textValue, name)
			}
		}
		*field(p) = v
		return nil
	}}
}

func yesNo(name string, field func(*Product) *bool) element {
	return element{name: name, set: func(p *Product, n *node) *fault {
		switch strings.TrimSpace(n.text) {
		case "1":
			*field(p) = true
		case "0", "":
			*field(p) = false
		default:
			return invalid(textValue, name)
		}
		return nil
	}}
}

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

func setCountry(p *Product, n *node) *fault {
	v := strings.ToUpper(strings.TrimSpace(n.text))
	if v != "" {
		if !strings.EqualFold(n.attrs["type"], "ISO-3166") {
			return invalid(textAttribute, n.name, "type")
		}
		if len(v) != 2 || strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return invalid(textValue, n.name)
		}
	}
	p.CountryOfOrigin = v
	return nil
}

// ean is a bar code; the attribute type says how many digits it must have.
func ean(name string, field func(*Product) *string) element {
	return element{name: name, set: func(p *Product, n *node) *fault {
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

// kidText is the text of a named kid and its attribute type.
func (n *node) kidText(name, attr string) (text, value string) {
	for _, kid := range n.kids {
		if kid.name == name {
			return strings.TrimSpace(kid.text), kid.attrs[attr]
		}
	}
	return "", ""
}

// setDimension sets one dimension by its name; an empty item removes it.
func setDimension(p *Product, n *node) *fault {
	name, _ := n.kidText("dimensionname", "")
	item, _ := n.kidText("dimensionitem", "")
	if name == "" {
		return invalid(textMissing, "dimensionname")
	}
	p.Dimensions = slices.DeleteFunc(p.Dimensions, func(d Dimension) bool { return d.Name == name })
	if item != "" {
		p.Dimensions = append(p.Dimensions, Dimension{Name: name, Item: item})
	}
	return nil
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
