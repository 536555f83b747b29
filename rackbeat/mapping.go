package rackbeat

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// column joins one field of the records with the product that it comes from and
// the update that it goes into.
type column struct {
	info instep.FieldInfo

	// wire is the name under which the vendor takes the field, and under which
	// its refusals speak of it. Empty: the field cannot be written.
	wire string

	// read returns the value; a blank one as null. The names are those of the
	// code lists.
	read func(p *Product, names names) instep.Value

	// write sets or clears the field. It gets only values of the field's type,
	// and codes instead of names; null means to clear.
	write func(up *ProductUpdate, v instep.Value)
}

// columns is every field of a product, in the order of the vendor's forms.
var columns = []column{
	required(text("number", func(p *Product) Attr[string] { return Given(p.Number) },
		"number", func(u *ProductUpdate) *instep.Opt[string] { return &u.Number }), "give the product a number"),
	required(text("name", func(p *Product) Attr[string] { return p.Name },
		"name", func(u *ProductUpdate) *instep.Opt[string] { return &u.Name }), "give the product a name"),
	text("description", func(p *Product) Attr[string] { return p.Description },
		"description", func(u *ProductUpdate) *instep.Opt[string] { return &u.Description }),
	text("barcode", func(p *Product) Attr[string] { return p.Barcode },
		"barcode", func(u *ProductUpdate) *instep.Opt[string] { return &u.Barcode }),

	required(price("sales_price", func(p *Product) Attr[instep.Decimal] { return p.SalesPrice },
		"sales_price", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.SalesPrice }), "give the product a sales price, which may be 0"),
	price("recommended_cost_price", func(p *Product) Attr[instep.Decimal] { return p.RecommendedCostPrice },
		"recommended_cost_price", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.RecommendedCostPrice }),
	price("recommended_sales_price", func(p *Product) Attr[instep.Decimal] { return p.RecommendedSalesPrice }, "", nil),
	price("cost_price", func(p *Product) Attr[instep.Decimal] { return p.CostPrice }, "", nil),
	price("sales_profit", func(p *Product) Attr[instep.Decimal] { return p.SalesProfit }, "", nil),
	price("cost_addition_percentage", func(p *Product) Attr[instep.Decimal] { return p.CostAdditionPercentage }, "", nil),

	required(entry("group", listGroups, groupOf,
		"group", func(u *ProductUpdate) *instep.Opt[string] { return &u.Group }), "create the product group in Rackbeat, or map it to one that is there"),
	entry("unit", listUnits, unitOf,
		"unit_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.Unit }),
	flag("is_barred", func(p *Product) Attr[bool] { return p.IsBarred },
		"is_barred", func(u *ProductUpdate) *instep.Opt[bool] { return &u.IsBarred }),

	price("min_order", func(p *Product) Attr[instep.Decimal] { return p.MinOrder },
		"min_purchase_quantity", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.MinOrder }),
	price("min_sales", func(p *Product) Attr[instep.Decimal] { return p.MinSales },
		"min_sales_quantity", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.MinSales }),
	price("min_stock", func(p *Product) Attr[instep.Decimal] { return p.MinStock },
		"min_inventory_quantity", func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return &u.MinStock }),
	price("stock_quantity", func(p *Product) Attr[instep.Decimal] { return p.StockQuantity }, "", nil),
	price("in_order_quantity", func(p *Product) Attr[instep.Decimal] { return p.InOrderQuantity }, "", nil),
	price("available_quantity", func(p *Product) Attr[instep.Decimal] { return p.AvailableQuantity }, "", nil),
	price("purchased_quantity", func(p *Product) Attr[instep.Decimal] { return p.PurchasedQuantity }, "", nil),
	price("used_in_production_quantity", func(p *Product) Attr[instep.Decimal] { return p.UsedInProductionQuantity }, "", nil),

	text("default_supplier_id", func(p *Product) Attr[string] { return p.DefaultSupplierID },
		"default_supplier_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultSupplier }),
	text("default_location_id", func(p *Product) Attr[string] { return p.DefaultLocationID },
		"default_location_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultLocation }),
	text("department_id", func(p *Product) Attr[string] { return p.DepartmentID },
		"default_department_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.DefaultDepartment }),
	text("variation_id", func(p *Product) Attr[string] { return p.VariationID },
		"variation_id", func(u *ProductUpdate) *instep.Opt[string] { return &u.Variation }),
	text("discount_group", func(p *Product) Attr[string] { return numberIn(p.DiscountGroup) },
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

	text("type", func(p *Product) Attr[string] { return p.Type }, "", nil),
	text("goods_code", func(p *Product) Attr[string] { return p.GoodsCode }, "", nil),
	text("country_code", func(p *Product) Attr[string] { return p.CountryCode }, "", nil),
	text("picture_url", func(p *Product) Attr[string] { return p.PictureURL }, "", nil),
	flag("inventory_enabled", func(p *Product) Attr[bool] { return p.InventoryEnabled }, "", nil),
	flag("should_assure_quality", func(p *Product) Attr[bool] { return p.ShouldAssureQuality }, "", nil),
	flag("is_convertable", func(p *Product) Attr[bool] { return p.IsConvertable }, "", nil),
	flag("is_draft", func(p *Product) Attr[bool] { return p.IsDraft }, "", nil),
	instant("created_at", func(p *Product) Attr[Time] { return p.CreatedAt }),
	instant("updated_at", func(p *Product) Attr[Time] { return p.UpdatedAt }),
	instant("deleted_at", func(p *Product) Attr[Time] { return p.DeletedAt }),
}

// sorted is the columns by name: the order in which records hold their fields.
var sorted = slices.SortedFunc(slices.Values(columns), func(a, b column) int {
	return strings.Compare(a.info.Name, b.info.Name)
})

// columnOf returns the column of a field.
func columnOf(field string) (*column, bool) {
	i := slices.IndexFunc(columns, func(c column) bool { return c.info.Name == field })
	if i < 0 {
		return nil, false
	}
	return &columns[i], true
}

// fieldOf returns the field that the vendor calls by a name for writing, or the
// name itself.
func fieldOf(wire string) string {
	i := slices.IndexFunc(columns, func(c column) bool { return c.wire == wire && wire != "" })
	if i < 0 {
		return wire
	}
	return columns[i].info.Name
}

// makeColumn returns a column; without a wire name it is read only.
func makeColumn[T any](info instep.FieldInfo, wire string, read func(*Product) Attr[T], value func(T) instep.Value,
	opt func(*ProductUpdate) *instep.Opt[T], parse func(instep.Value) T,
) column {
	info.Access = instep.ReadOnly
	c := column{info: info, read: func(p *Product, _ names) instep.Value { return valueOf(read(p), value) }}
	if wire == "" {
		return c
	}
	c.info.Access, c.wire = instep.ReadWrite, wire
	c.write = func(up *ProductUpdate, v instep.Value) {
		if v.IsBlank() {
			*opt(up) = instep.Clear[T]()
		} else {
			*opt(up) = instep.Set(parse(v))
		}
	}
	return c
}

// valueOf returns what an attribute says: nothing if it is absent, null if it
// is null or blank.
func valueOf[T any](a Attr[T], value func(T) instep.Value) instep.Value {
	v, ok := a.Get()
	switch {
	case a.IsAbsent():
		return instep.Value{}
	case !ok:
		return instep.Null()
	}
	if got := value(v); !got.IsBlank() {
		return got
	}
	return instep.Null()
}

func text(name string, read func(*Product) Attr[string], wire string, opt func(*ProductUpdate) *instep.Opt[string]) column {
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeString}, wire, read, instep.String, opt, instep.Value.String)
}

func price(name string, read func(*Product) Attr[instep.Decimal], wire string, opt func(*ProductUpdate) *instep.Opt[instep.Decimal]) column {
	info := instep.FieldInfo{Name: name, Type: instep.TypeDecimal, Decimals: priceDecimals}
	return makeColumn(info, wire, read, instep.Number, opt, decimalOf)
}

func flag(name string, read func(*Product) Attr[bool], wire string, opt func(*ProductUpdate) *instep.Opt[bool]) column {
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeBool}, wire, read, instep.Bool, opt, func(v instep.Value) bool {
		b, _ := v.AsBool()
		return b
	})
}

func instant(name string, read func(*Product) Attr[Time]) column {
	value := func(t Time) instep.Value { return instep.Instant(t.At) }
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeTime}, "", read, value, nil, nil)
}

func decimalOf(v instep.Value) instep.Decimal {
	d, _ := v.AsDecimal()
	return d
}

// size is a column of Physical.
func size(name string, read func(*Physical) Attr[instep.Decimal], opt func(*PhysicalUpdate) *instep.Opt[instep.Decimal]) column {
	info := instep.FieldInfo{Name: name, Type: instep.TypeDecimal, Decimals: physicalDecimals}
	return makeColumn(info, "physical."+name, physical(read), instep.Number,
		func(u *ProductUpdate) *instep.Opt[instep.Decimal] { return opt(&u.Physical) }, decimalOf)
}

func sizeUnit(name string, read func(*Physical) Attr[string], opt func(*PhysicalUpdate) *instep.Opt[string]) column {
	return makeColumn(instep.FieldInfo{Name: name, Type: instep.TypeString}, "physical."+name, physical(read), instep.String,
		func(u *ProductUpdate) *instep.Opt[string] { return opt(&u.Physical) }, instep.Value.String)
}

// physical reads a part of Physical. All of it is null where that is null.
func physical[T any](read func(*Physical) Attr[T]) func(*Product) Attr[T] {
	return func(p *Product) Attr[T] {
		whole, ok := p.Physical.Get()
		switch {
		case p.Physical.IsAbsent():
			return Attr[T]{}
		case !ok:
			return Null[T]()
		}
		return read(&whole)
	}
}

// entry is a column that holds the name of an entry of a code list.
func entry(name, list string, read func(*Product, names) Attr[string], wire string, opt func(*ProductUpdate) *instep.Opt[string]) column {
	c := text(name, nil, wire, opt)
	c.info.List = list
	c.read = func(p *Product, n names) instep.Value { return valueOf(read(p, n), instep.String) }
	return c
}

// required marks a column that a create needs, and gives it a remedy.
func required(c column, remedy string) column {
	c.info.Required, c.info.Remedy = true, remedy
	return c
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
	var number Attr[string]
	if number.UnmarshalJSON(raw) != nil {
		return Null[string]()
	}
	return number
}
