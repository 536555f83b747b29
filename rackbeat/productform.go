package rackbeat

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// The most decimals that the vendor takes (vendor's description of 2018).
const (
	priceDecimals    = 6
	physicalDecimals = 2
)

// ProductInput is a product to create. All but the details is required.
type ProductInput struct {
	Number     string // unique; kept as it is
	Name       string
	SalesPrice instep.Decimal // at most 6 decimals
	Group      string         // number of a product group that is there

	ProductDetails
}

// ProductUpdate is what to change of a product. The first four cannot be
// cleared.
type ProductUpdate struct {
	Number     instep.Opt[string] // a new number renames the product
	Name       instep.Opt[string]
	SalesPrice instep.Opt[instep.Decimal] // at most 6 decimals
	Group      instep.Opt[string]         // number of a product group that is there

	ProductDetails
}

// ProductDetails are the attributes of a product that may be blank. Some have
// another name on the wire than the one that they are read by.
type ProductDetails struct {
	Description          instep.Opt[string]
	Barcode              instep.Opt[string]
	RecommendedCostPrice instep.Opt[instep.Decimal] // at most 6 decimals
	ExtraCost            instep.Opt[instep.Decimal] // at most 6 decimals; not in replies

	Unit              instep.Opt[string] // number of a unit
	DefaultSupplier   instep.Opt[string] // number of a supplier
	DefaultLocation   instep.Opt[string] // number of a location
	DefaultDepartment instep.Opt[string] // number of a department
	Variation         instep.Opt[string] // number of a variation
	DiscountGroup     instep.Opt[string] // number of a discount group

	MinOrder instep.Opt[instep.Decimal] // least quantity to buy
	MinSales instep.Opt[instep.Decimal] // least quantity to sell
	MinStock instep.Opt[instep.Decimal] // least quantity to hold

	// StockQuantity counts when a product is created. Later, stock is moved by
	// adjustments (inferred).
	StockQuantity instep.Opt[instep.Decimal]

	IsBarred              instep.Opt[bool]
	SupplierProductNumber instep.Opt[string] // not in replies
	ImageURL              instep.Opt[string] // where the vendor fetches the picture

	Physical PhysicalUpdate
}

// PhysicalUpdate is what to change of weight and size. A weight needs its unit
// and a height, width or depth theirs, in the same request (vendor's
// description of 2018). That what is left out stays as it is, is inferred.
type PhysicalUpdate struct {
	Weight     instep.Opt[instep.Decimal] // at most 2 decimals
	WeightUnit instep.Opt[string]         // "kg"
	Height     instep.Opt[instep.Decimal] // at most 2 decimals
	Width      instep.Opt[instep.Decimal] // at most 2 decimals
	Depth      instep.Opt[instep.Decimal] // at most 2 decimals
	SizeUnit   instep.Opt[string]         // "cm"
}

// form returns the body of a create. What is wrong is an error of kind
// Invalid.
func (in *ProductInput) form() (form, error) {
	up := ProductUpdate{
		Number: instep.Set(in.Number), Name: instep.Set(in.Name),
		SalesPrice: instep.Set(in.SalesPrice), Group: instep.Set(in.Group), ProductDetails: in.ProductDetails,
	}
	return up.form()
}

// form returns the body of an update. What is wrong is an error of kind
// Invalid.
func (up *ProductUpdate) form() (form, error) {
	f := form{}
	put(f, "number", up.Number, plain)
	put(f, "name", up.Name, plain)
	put(f, "sales_price", up.SalesPrice, exact)
	put(f, "group", up.Group, code)
	for _, name := range []string{"number", "name", "sales_price", "group"} {
		if v, there := f[name]; there && (v == nil || v == "") {
			return nil, unfit(name, "must not be empty", "give the product one")
		}
	}
	up.ProductDetails.add(f)
	if err := up.Physical.add(f); err != nil {
		return nil, err
	}
	return f, f.check("", priceDecimals)
}

// add puts the details into a body, under the names for writing.
func (d *ProductDetails) add(f form) {
	put(f, "description", d.Description, plain)
	put(f, "barcode", d.Barcode, plain)
	put(f, "recommended_cost_price", d.RecommendedCostPrice, exact)
	put(f, "extra_cost", d.ExtraCost, exact)
	put(f, "unit_id", d.Unit, code)
	put(f, "default_supplier_id", d.DefaultSupplier, code)
	put(f, "default_location_id", d.DefaultLocation, code)
	put(f, "default_department_id", d.DefaultDepartment, code)
	put(f, "variation_id", d.Variation, code)
	put(f, "discount_group", d.DiscountGroup, code)
	put(f, "min_purchase_quantity", d.MinOrder, exact)
	put(f, "min_sales_quantity", d.MinSales, exact)
	put(f, "min_inventory_quantity", d.MinStock, exact)
	put(f, "stock_quantity", d.StockQuantity, exact)
	put(f, "is_barred", d.IsBarred, plain)
	put(f, "supplier_product_number", d.SupplierProductNumber, plain)
	put(f, "image_url", d.ImageURL, plain)
}

// add puts weight and size into a body.
func (p *PhysicalUpdate) add(f form) error {
	inner := form{}
	put(inner, "weight", p.Weight, exact)
	put(inner, "weight_unit", p.WeightUnit, plain)
	put(inner, "height", p.Height, exact)
	put(inner, "width", p.Width, exact)
	put(inner, "depth", p.Depth, exact)
	put(inner, "size_unit", p.SizeUnit, plain)
	if len(inner) == 0 {
		return nil
	}
	f["physical"] = inner
	_, weight := p.Weight.Get()
	_, height := p.Height.Get()
	_, width := p.Width.Get()
	_, depth := p.Depth.Get()
	switch {
	case weight && p.WeightUnit.IsKept():
		return unfit("physical.weight_unit", "is missing", "give the unit together with the weight")
	case (height || width || depth) && p.SizeUnit.IsKept():
		return unfit("physical.size_unit", "is missing", "give the unit together with height, width or depth")
	}
	return nil
}

// check finds a value that the vendor would refuse, or that would not arrive as
// it is. The path stands before the names in errors.
func (f form) check(path string, decimals int) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		var err error
		switch v := f[name].(type) {
		case json.Number:
			if places(v) > decimals {
				return unfit(path+name, fmt.Sprintf("has more than %d decimals", decimals), "round it")
			}
		case string:
			if !utf8.ValidString(v) {
				return unfit(path+name, "is not UTF-8", "convert the text")
			}
		case form:
			err = v.check(path+name+".", physicalDecimals)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// places returns how many digits a number has after the point.
func places(n json.Number) int {
	_, frac, _ := strings.Cut(n.String(), ".")
	return len(frac)
}

// completePhysical fills in what an update of weight and size does not speak
// of, where the record as read says it: the units are needed with the numbers,
// and should the vendor replace the whole instead of its parts, nothing is lost.
func completePhysical(update *ProductUpdate, op *instep.Op) {
	up := &update.Physical
	if op.Current == nil || *up == (PhysicalUpdate{}) {
		return
	}
	fillDecimal := func(o *instep.Opt[instep.Decimal], field string) {
		if d, ok := op.Current.Fields.Get(field).AsDecimal(); ok && o.IsKept() {
			*o = instep.Set(d)
		}
	}
	fillText := func(o *instep.Opt[string], field string) {
		if s, ok := op.Current.Fields.Get(field).AsString(); ok && o.IsKept() {
			*o = instep.Set(s)
		}
	}
	fillText(&up.WeightUnit, "weight_unit")
	if !up.WeightUnit.IsKept() {
		fillDecimal(&up.Weight, "weight")
	}
	fillText(&up.SizeUnit, "size_unit")
	if !up.SizeUnit.IsKept() {
		fillDecimal(&up.Height, "height")
		fillDecimal(&up.Width, "width")
		fillDecimal(&up.Depth, "depth")
	}
}
