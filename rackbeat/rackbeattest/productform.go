package rackbeattest

// How long texts may be. The vendor names no bounds; these are what such
// columns usually hold.
const (
	maxShort = 255
	maxLong  = 65_535
)

// productField is one writable field: the name it has in bodies, and how its
// value gets into a product.
type productField struct {
	names    []string // the first one is named in complaints about absence
	required bool
	set      func(f *form, name string, v value, p *Product)
}

// productFields are the writable fields by their write names (vendor's form of
// a product and public clients).
var productFields = []productField{
	{[]string{"number"}, true, codeField(func(p *Product) *string { return &p.Number })},
	{[]string{"name"}, true, textField(maxShort, func(p *Product) *string { return &p.Name })},
	{[]string{"sales_price"}, true, decimalOf(func(p *Product) *Decimal { return &p.SalesPrice })},
	{[]string{"group", "group_id"}, true, setGroup},
	{[]string{"unit_id", "unit"}, false, setUnit},
	{[]string{"description"}, false, textField(maxLong, func(p *Product) *string { return &p.Description })},
	{[]string{"barcode"}, false, codeField(func(p *Product) *string { return &p.Barcode })},
	{[]string{"recommended_cost_price"}, false, decimalOf(func(p *Product) *Decimal { return &p.RecommendedCostPrice })},
	{[]string{"extra_cost"}, false, decimalOf(func(p *Product) *Decimal { return &p.ExtraCost })},
	{[]string{"min_inventory_quantity"}, false, integerField(0, func(p *Product) *int { return &p.MinStock })},
	{[]string{"min_sales_quantity"}, false, integerField(0, func(p *Product) *int { return &p.MinSales })},
	{[]string{"min_purchase_quantity"}, false, integerField(0, func(p *Product) *int { return &p.MinOrder })},
	{[]string{"default_supplier_id"}, false, integerField(1, func(p *Product) *int { return &p.DefaultSupplier })},
	{[]string{"default_location_id"}, false, integerField(1, func(p *Product) *int { return &p.DefaultLocation })},
	{[]string{"default_department_id"}, false, integerField(1, func(p *Product) *int { return &p.Department })},
	{[]string{"variation_id"}, false, integerField(1, func(p *Product) *int { return &p.Variation })},
	{[]string{"discount_group"}, false, integerField(1, func(p *Product) *int { return &p.DiscountGroup })},
	{[]string{"supplier_product_number"}, false, codeField(func(p *Product) *string { return &p.SupplierProductNumber })},
	{[]string{"image_url"}, false, textField(maxLong, func(p *Product) *string { return &p.PictureURL })},
	{[]string{"is_barred"}, false, setBarred},
	{[]string{"physical"}, false, setPhysical},
}

// fillProduct writes the body's fields into p, absent ones aside. In a draft
// nothing is required; in a new product what is required may not be absent.
func (f *form) fillProduct(p *Product, isNew bool) {
	for _, field := range productFields {
		name, v, ok := f.look(field.names...)
		switch {
		case field.required && !p.IsDraft && (v.null || (!ok && isNew)):
			f.fail(name, msgRequired)
		case ok:
			field.set(f, name, v, p)
		}
	}
	if _, v, ok := f.look("stock_quantity"); ok && isNew {
		if d, ok := f.asDecimal("stock_quantity", v, priceDecimals); ok {
			p.StockQuantity = d
		}
	}
}

func textField(limit int, at func(*Product) *string) func(*form, string, value, *Product) {
	return func(f *form, name string, v value, p *Product) {
		if t, ok := f.asText(name, v, limit); ok {
			*at(p) = t
		}
	}
}

func codeField(at func(*Product) *string) func(*form, string, value, *Product) {
	return func(f *form, name string, v value, p *Product) {
		if t, ok := f.asCode(name, v, maxShort); ok {
			*at(p) = t
		}
	}
}

func decimalOf(at func(*Product) *Decimal) func(*form, string, value, *Product) {
	return func(f *form, name string, v value, p *Product) {
		if d, ok := f.asDecimal(name, v, priceDecimals); ok {
			*at(p) = d
		}
	}
}

func integerField(low int, at func(*Product) *int) func(*form, string, value, *Product) {
	return func(f *form, name string, v value, p *Product) {
		if n, ok := f.asInteger(name, v, low); ok {
			*at(p) = n
		}
	}
}

func setGroup(f *form, name string, v value, p *Product) {
	n, ok := f.asInteger(name, v, 1)
	switch {
	case !ok:
	case !v.null && f.s.data.groups[n] == nil:
		f.fail(name, msgUnknown)
	default:
		p.Group = n
	}
}

func setUnit(f *form, name string, v value, p *Product) {
	n, ok := f.asInteger(name, v, 1)
	switch {
	case !ok:
	case !v.null && f.s.data.units[n] == nil:
		f.fail(name, msgUnknown)
	default:
		p.Unit = n
	}
}

func setBarred(f *form, name string, v value, p *Product) {
	if b, ok := f.asBoolean(name, v); ok {
		p.IsBarred = b
	}
}

// setPhysical reads the object of weight and size. In it, too, absent means
// unchanged and null means cleared.
func setPhysical(f *form, name string, v value, p *Product) {
	if v.null {
		p.Physical = Physical{}
		return
	}
	inner, ok := parseBody([]byte(v.text))
	if v.kind != '{' || !ok {
		f.fail(name, msgNotObject)
		return
	}
	g := &form{s: f.s, body: inner, prefix: name + "."}
	ph := &p.Physical
	for field, at := range map[string]*Decimal{
		"weight": &ph.Weight, "height": &ph.Height, "width": &ph.Width, "depth": &ph.Depth,
	} {
		if _, v, ok := g.look(field); ok {
			if d, ok := g.asDecimal(field, v, physicalDecimals); ok {
				*at = d
			}
		}
	}
	for field, at := range map[string]*string{"weight_unit": &ph.WeightUnit, "size_unit": &ph.SizeUnit} {
		if _, v, ok := g.look(field); ok {
			if t, ok := g.asText(field, v, maxShort); ok {
				*at = t
			}
		}
	}
	if ph.Weight != "" && ph.WeightUnit == "" {
		g.fail("weight_unit", msgWithValue)
	}
	if ph.Height+ph.Width+ph.Depth != "" && ph.SizeUnit == "" {
		g.fail("size_unit", msgWithValue)
	}
	f.faults = append(f.faults, g.faults...)
}
