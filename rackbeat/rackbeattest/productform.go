package rackbeattest

// productFields are the writable fields by their write names (vendor's form of
// a product and public clients).
var productFields = []field[Product]{
	{names: []string{"number"}, required: true, set: codeField(func(p *Product) *string { return &p.Number })},
	{names: []string{"name"}, required: true, set: textField(maxShort, func(p *Product) *string { return &p.Name })},
	{names: []string{"sales_price"}, required: true, set: decimalOf(func(p *Product) *Decimal { return &p.SalesPrice })},
	{names: []string{"group", "group_id"}, required: true, set: setGroup},
	{names: []string{"unit_id", "unit"}, set: setUnit},
	{names: []string{"description"}, set: textField(maxLong, func(p *Product) *string { return &p.Description })},
	{names: []string{"barcode"}, set: codeField(func(p *Product) *string { return &p.Barcode })},
	{names: []string{"recommended_cost_price"}, set: decimalOf(func(p *Product) *Decimal { return &p.RecommendedCostPrice })},
	{names: []string{"extra_cost"}, set: decimalOf(func(p *Product) *Decimal { return &p.ExtraCost })},
	{names: []string{"min_inventory_quantity"}, set: integerField(0, func(p *Product) *int { return &p.MinStock })},
	{names: []string{"min_sales_quantity"}, set: integerField(0, func(p *Product) *int { return &p.MinSales })},
	{names: []string{"min_purchase_quantity"}, set: integerField(0, func(p *Product) *int { return &p.MinOrder })},
	{names: []string{"default_supplier_id"}, set: integerField(1, func(p *Product) *int { return &p.DefaultSupplier })},
	{names: []string{"default_location_id"}, set: integerField(1, func(p *Product) *int { return &p.DefaultLocation })},
	{names: []string{"default_department_id"}, set: integerField(1, func(p *Product) *int { return &p.Department })},
	{names: []string{"variation_id"}, set: integerField(1, func(p *Product) *int { return &p.Variation })},
	{names: []string{"discount_group"}, set: integerField(1, func(p *Product) *int { return &p.DiscountGroup })},
	{names: []string{"supplier_product_number"}, set: codeField(func(p *Product) *string { return &p.SupplierProductNumber })},
	{names: []string{"image_url"}, set: textField(maxLong, func(p *Product) *string { return &p.PictureURL })},
	{names: []string{"is_barred"}, set: flagField(func(p *Product) *bool { return &p.IsBarred })},
	{names: []string{"physical"}, set: setPhysical},
}

// fillProduct writes the body's fields into p, absent ones aside. In a draft
// nothing is required.
func (f *form) fillProduct(p *Product, isNew bool) {
	fill(f, productFields, p, isNew, !p.IsDraft)
	if _, v, ok := f.look("stock_quantity"); ok && isNew {
		if d, ok := f.asDecimal("stock_quantity", v, priceDecimals); ok {
			p.StockQuantity = d
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
