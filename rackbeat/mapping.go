package rackbeat

import (
	"bytes"
	"encoding/json"

	"github.com/instep-go/instep"
)

// ofProduct makes the columns of products.
var ofProduct maker[Product, ProductUpdate]

// productColumns is every field of a product, in the order of the vendor's forms.
var productColumns = []column[Product, ProductUpdate]{
	required(ofProduct.text("number", func(p *Product) Attr[string] { return Given(p.Number) },
		"number", func(u *ProductUpdate) *instep.Opt[string] { return &u.Number }), "give the product a number"),
	required(ofProduct.text("name", func(p *Product) Attr[string] { return p.Name },
		"name", func(u *ProductUpdate) *instep.Opt[string] { return &u.Name }), "give the product a name"),
	ofProduct.text("description", func(p *Product) Attr[string] { return p.Description },
		"description", func(u *ProductUpdate) *instep.Opt[string] { return &u.Description }),
	ofProduct.text("barcode", func(p *Product) Attr[string] { return p.Barcode },
		"barcode", func(u *ProductUpdate) *instep.Opt[string] { return &u.Barcode }),

	required(ofProduct.price("sales_price", func(p *Product) Attr[instep.Decimal] { return p.SalesPrice },
		"sales_price", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.SalesPrice }), "give the product a sales price, which may be 0"),
	ofProduct.price("recommended_cost_price", func(p *Product) Attr[instep.Decimal] { return p.RecommendedCostPrice },
		"recommended_cost_price", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.RecommendedCostPrice }),
	ofProduct.price("recommended_sales_price", func(p *Product) Attr[instep.Decimal] { return p.RecommendedSalesPrice }, "", nil),
	ofProduct.price("cost_price", func(p *Product) Attr[instep.Decimal] { return p.CostPrice }, "", nil),
	ofProduct.price("sales_profit", func(p *Product) Attr[instep.Decimal] { return p.SalesProfit }, "", nil),
	ofProduct.price("cost_addition_percentage", func(p *Product) Attr[instep.Decimal] { return p.CostAdditionPercentage }, "", nil),

	required(ofProduct.entry("group", listGroups, productGroup,
		"group", func(u *ProductUpdate) *instep.Opt[string] { return &u.Group }), "create the product group in Rackbeat, or map it to one that is there"),
	ofProduct.entry("unit", listUnits, productUnit,
		"unit_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.Unit }),
	ofProduct.flag("is_barred", func(p *Product) Attr[bool] { return p.IsBarred },
		"is_barred", func(u *ProductUpdate) *instep.Opt[bool] { return &u.IsBarred }),

	ofProduct.price("min_order", func(p *Product) Attr[instep.Decimal] { return p.MinOrder },
		"min_purchase_quantity", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.MinOrder }),
	ofProduct.price("min_sales", func(p *Product) Attr[instep.Decimal] { return p.MinSales },
		"min_sales_quantity", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.MinSales }),
	ofProduct.price("min_stock", func(p *Product) Attr[instep.Decimal] { return p.MinStock },
		"min_inventory_quantity", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.MinStock }),
	ofProduct.price("stock_quantity", func(p *Product) Attr[instep.Decimal] { return p.StockQuantity }, "", nil),
	ofProduct.price("in_order_quantity", func(p *Product) Attr[instep.Decimal] { return p.InOrderQuantity }, "", nil),
	ofProduct.price("available_quantity", func(p *Product) Attr[instep.Decimal] { return p.AvailableQuantity }, "", nil),
	ofProduct.price("purchased_quantity", func(p *Product) Attr[instep.Decimal] { return p.PurchasedQuantity }, "", nil),
	ofProduct.price("used_in_production_quantity", func(p *Product) Attr[instep.Decimal] { return p.UsedInProductionQuantity }, "", nil),

	ofProduct.text("default_supplier_id", func(p *Product) Attr[string] { return p.DefaultSupplierID },
		"default_supplier_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultSupplier }),
	ofProduct.text("default_location_id", func(p *Product) Attr[string] { return p.DefaultLocationID },
		"default_location_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultLocation }),
	ofProduct.text("department_id", func(p *Product) Attr[string] { return p.DepartmentID },
		"default_department_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultDepartment }),
	ofProduct.text("variation_id", func(p *Product) Attr[string] { return p.VariationID },
		"variation_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.Variation }),
	ofProduct.text("discount_group", func(p *Product) Attr[string] { return numberIn(p.DiscountGroup) },
		"discount_group", func(u *ProductUpdate) *instep.Opt[string] { return &u.DiscountGroup }),

	size("weight", func(p *Physical) Attr[instep.Decimal] { return p.Weight },
		func(u *PhysicalUpdate) *instep.Opt[instep.Decimal] { return &u.Weight }),
	sizeUnit("weight_unit", func(p *Physical) Attr[string] { return p.WeightUnit },
		func(u *PhysicalUpdate) *instep.Opt[string] { return &u.WeightUnit }),
	size("height", func(p *Physical) Attr[instep.Decimal] { return p.Height },
		func(u *PhysicalUpdate) *instep.Opt[instep.Decimal] { return &u.Height }),
	size("width", func(p *Physical) Attr[instep.Decimal] { return p.Width },
		func(u *PhysicalUpdate) *instep.Opt[instep.Decimal] { return &u.Width }),
	size("depth", func(p *Physical) Attr[instep.Decimal] { return p.Depth },
		func(u *PhysicalUpdate) *instep.Opt[instep.Decimal] { return &u.Depth }),
	sizeUnit("size_unit", func(p *Physical) Attr[string] { return p.SizeUnit },
		func(u *PhysicalUpdate) *instep.Opt[string] { return &u.SizeUnit }),

	ofProduct.text("type", func(p *Product) Attr[string] { return p.Type }, "", nil),
	ofProduct.text("goods_code", func(p *Product) Attr[string] { return p.GoodsCode }, "", nil),
	ofProduct.text("country_code", func(p *Product) Attr[string] { return p.CountryCode }, "", nil),
	ofProduct.text("picture_url", func(p *Product) Attr[string] { return p.PictureURL }, "", nil),
	ofProduct.flag("inventory_enabled", func(p *Product) Attr[bool] { return p.InventoryEnabled }, "", nil),
	ofProduct.flag("should_assure_quality", func(p *Product) Attr[bool] { return p.ShouldAssureQuality }, "", nil),
	ofProduct.flag("is_convertable", func(p *Product) Attr[bool] { return p.IsConvertable }, "", nil),
	ofProduct.flag("is_draft", func(p *Product) Attr[bool] { return p.IsDraft }, "", nil),
	ofProduct.instant("created_at", func(p *Product) Attr[Time] { return p.CreatedAt }),
	ofProduct.instant("updated_at", func(p *Product) Attr[Time] { return p.UpdatedAt }),
	ofProduct.instant("deleted_at", func(p *Product) Attr[Time] { return p.DeletedAt }),
}

// size is a column of Physical.
func size(name string, read func(*Physical) Attr[instep.Decimal], opt func(*PhysicalUpdate) *instep.Opt[instep.Decimal]) column[Product, ProductUpdate] {
	info := instep.FieldInfo{Name: name, Type: instep.TypeDecimal, Decimals: physicalDecimals}
	return makeColumn(info, "physical."+name, physical(read), instep.Number,
		func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return opt(&u.Physical) }, decimalOf)
}

func sizeUnit(name string, read func(*Physical) Attr[string], opt func(*PhysicalUpdate) *instep.Opt[string]) column[Product, ProductUpdate] {
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeString}, "physical."+name, physical(read), instep.String,
		func(u *ProductUpdate) *instep.Opt[string] { return opt(&u.Physical) }, instep.Value.String)
}

// physical reads a part of Physical. All of it is null where that is null.
func physical[T any](read func(*Physical) Attr[T]) func(*Product) Attr[T] {
	return func(p *Product) Attr[T] {
		if p.Physical.state == attrGiven {
			return read(&p.Physical.value) // where it stands: a copy for each part would cost more than the rest of the record
		}
		return Attr[T]{state: p.Physical.state}
	}
}

// numberIn reads a number, or the number of an object.
func numberIn(a Attr[json.RawMessage]) Attr[string] {
	raw, ok := a.Get()
	if !ok {
		return Attr[string]{state: a.state}
	}
	if bytes.HasPrefix(raw, []byte("{")) {
		var object struct {
			Number Attr[string] `json:"number"`
		}
		if json.Unmarshal(raw, &object) != nil {
			return Null[string]()
		}
		return object.Number
	}
	number, err := readText(raw)
	if err != nil || string(raw) == "null" {
		return Null[string]()
	}
	return Given(number)
}

// productGroup returns the group of a product.
func productGroup(p *Product) Entry {
	return entryOf(convert(p.Group, func(g GroupRef) Entry { return Entry{Number: g.Number, Name: g.Name} }), p.GroupID)
}

// productUnit returns the unit of a product.
func productUnit(p *Product) Entry {
	return entryOf(convert(p.Unit, func(u UnitRef) Entry { return Entry(u) }), p.UnitID)
}

// productKind is the register of products.
var productKind = (&kind[Product, ProductUpdate]{
	entity: "product", plural: "products",
	columns: productColumns,
	finders: []finder[Product]{{
		field: "barcode", read: func(p *Product) Attr[string] { return p.Barcode },
		filter: func(key string) ListOptions { return ListOptions{Simple: map[string]string{"barcode": key}} },
	}},
	checks: []string{listGroups, listUnits},
	chosen: true,
	facts: func(p *Product) facts {
		_, deleted := p.DeletedAt.Get()
		return facts{
			number: p.Number, id: p.ID.Or(""), name: p.Name.Or(""), created: p.CreatedAt, updated: p.UpdatedAt,
			deleted: deleted, draft: p.IsDraft.Or(false), barred: p.IsBarred.Or(false),
		}
	},
	whole:    func(p *Product) bool { return !p.Name.IsAbsent() && !p.SalesPrice.IsAbsent() },
	learn:    func(c *Client, p *Product) { c.paths.learn(p, c.opts.PathEncoding) },
	number:   func(up *ProductUpdate) *instep.Opt[string] { return &up.Number },
	complete: completePhysical,
	page:     (*Client).ProductPage,
	get:      (*Client).readProduct,
	create:   (*Client).createProductFrom,
	update:   (*Client).updateProduct,
	remove:   (*Client).deleteProduct,
}).ordered()

// recordOf turns a product into a record.
func recordOf(p *Product, n names) instep.Record { return productKind.record(p, n) }
