package rackbeattest

import (
	"cmp"
	"fmt"
	"time"
)

// Kinds of item.
const (
	// TypeProduct is an ordinary product.
	TypeProduct = "product"
	// TypeLot is a bundle made of products; it shows in items only.
	TypeLot = "lot"
)

// Product is a product as the fake keeps it. An empty text or decimal and a
// zero reference mean that the field is not set, which a reply shows as null.
// Products are comparable with ==. The JSON form is that of the fake's folder,
// not that of the API.
type Product struct {
	// ID is the internal id. 0 lets the fake choose.
	ID int `json:"id"`
	// Number is the product code: any text, case kept, unique. It is the key in
	// paths and can be changed.
	Number string `json:"number"`
	// Type is TypeProduct or TypeLot. Empty means TypeProduct.
	Type string `json:"type,omitzero"`
	// Name is required.
	Name        string `json:"name"`
	Description string `json:"description,omitzero"`
	Barcode     string `json:"barcode,omitzero"`

	// SalesPrice is required; at most 6 decimals, as all prices.
	SalesPrice             Decimal `json:"sales_price"`
	RecommendedSalesPrice  Decimal `json:"recommended_sales_price,omitzero"`
	RecommendedCostPrice   Decimal `json:"recommended_cost_price,omitzero"`
	ExtraCost              Decimal `json:"extra_cost,omitzero"`
	CostAdditionPercentage Decimal `json:"cost_addition_percentage,omitzero"`
	// CostPrice belongs to the real service's bookkeeping; clients cannot write
	// it.
	CostPrice Decimal `json:"cost_price,omitzero"`

	// MinOrder, MinSales and MinStock are written by clients under the names
	// min_purchase_quantity, min_sales_quantity and min_inventory_quantity.
	MinOrder int `json:"min_order,omitzero"`
	MinSales int `json:"min_sales,omitzero"`
	MinStock int `json:"min_stock,omitzero"`

	// StockQuantity less InOrderQuantity is shown as available_quantity.
	StockQuantity            Decimal `json:"stock_quantity,omitzero"`
	InOrderQuantity          Decimal `json:"in_order_quantity,omitzero"`
	PurchasedQuantity        Decimal `json:"purchased_quantity,omitzero"`
	UsedInProductionQuantity Decimal `json:"used_in_production_quantity,omitzero"`

	// Group is the number of the product group; required.
	Group int `json:"group,omitzero"`
	// Unit is the number of the unit.
	Unit int `json:"unit,omitzero"`
	// The further references are numbers of records the fake does not keep.
	DefaultSupplier int `json:"default_supplier,omitzero"`
	DefaultLocation int `json:"default_location,omitzero"`
	Variation       int `json:"variation,omitzero"`
	Department      int `json:"department,omitzero"`
	DiscountGroup   int `json:"discount_group,omitzero"`

	// PictureURL is written as image_url.
	PictureURL            string `json:"picture_url,omitzero"`
	SupplierProductNumber string `json:"supplier_product_number,omitzero"`
	GoodsCode             string `json:"goods_code,omitzero"`
	CountryCode           string `json:"country_code,omitzero"`

	// Physical holds weight and size.
	Physical Physical `json:"physical,omitzero"`

	// IsBarred blocks the product; it stays in lists.
	IsBarred bool `json:"is_barred,omitzero"`
	// IsDraft marks a product that is not published yet.
	IsDraft             bool `json:"is_draft,omitzero"`
	IsConvertable       bool `json:"is_convertable,omitzero"`
	ShouldAssureQuality bool `json:"should_assure_quality,omitzero"`
	// SerialNumbers and BatchControl tell whether those are switched on.
	SerialNumbers bool `json:"serial_numbers,omitzero"`
	BatchControl  bool `json:"batch_control,omitzero"`
	// HasHistory makes a deletion fail, as it does for a product that was sold.
	HasHistory bool `json:"has_history,omitzero"`

	// CreatedAt and UpdatedAt have whole seconds, in UTC. Zero lets the fake
	// set them to its present time.
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// DeletedAt is zero unless the product was deleted.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
}

// Physical holds weight and size of a product, at most 2 decimals each.
type Physical struct {
	Weight Decimal `json:"weight,omitzero"`
	// WeightUnit is required with a weight.
	WeightUnit string  `json:"weight_unit,omitzero"`
	Height     Decimal `json:"height,omitzero"`
	Width      Decimal `json:"width,omitzero"`
	Depth      Decimal `json:"depth,omitzero"`
	// SizeUnit is required with a height, width or depth.
	SizeUnit string `json:"size_unit,omitzero"`
}

// Group is a product group. The VAT fields are numbers of VAT accounts, 0 for
// none.
type Group struct {
	// Number is unique and positive; 0 lets the fake choose.
	Number int `json:"number"`
	// Name is required.
	Name              string `json:"name"`
	HasInventory      bool   `json:"has_inventory,omitzero"`
	IsSellable        bool   `json:"is_sellable,omitzero"`
	ShouldSpreadCost  bool   `json:"should_spread_cost,omitzero"`
	IsDraft           bool   `json:"is_draft,omitzero"`
	VATDomestic       int    `json:"vat_domestic,omitzero"`
	VATEU             int    `json:"vat_eu,omitzero"`
	VATAbroad         int    `json:"vat_abroad,omitzero"`
	VATDomesticExempt int    `json:"vat_domestic_exempt,omitzero"`
}

// Unit is a unit of measure.
type Unit struct {
	// Number is unique and positive; 0 lets the fake choose.
	Number int `json:"number"`
	// Name is required.
	Name string `json:"name"`
}

// deleted tells whether p was deleted.
func (p *Product) deleted() bool { return !p.DeletedAt.IsZero() }

// wholeSecond brings a time to the form products keep, in which == compares.
func wholeSecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// byID is the last word in every order of products.
func byID(a, b *Product) int { return cmp.Compare(a.ID, b.ID) }

// decimalField is one of a record's decimals.
type decimalField struct {
	name   string
	places int
	value  *Decimal
}

// decimals lists all decimals of p, always in the same order.
func (p *Product) decimals() []decimalField {
	return []decimalField{
		{"sales_price", priceDecimals, &p.SalesPrice},
		{"recommended_sales_price", priceDecimals, &p.RecommendedSalesPrice},
		{"recommended_cost_price", priceDecimals, &p.RecommendedCostPrice},
		{"extra_cost", priceDecimals, &p.ExtraCost},
		{"cost_addition_percentage", priceDecimals, &p.CostAdditionPercentage},
		{"cost_price", priceDecimals, &p.CostPrice},
		{"stock_quantity", priceDecimals, &p.StockQuantity},
		{"in_order_quantity", priceDecimals, &p.InOrderQuantity},
		{"purchased_quantity", priceDecimals, &p.PurchasedQuantity},
		{"used_in_production_quantity", priceDecimals, &p.UsedInProductionQuantity},
		{"physical.weight", physicalDecimals, &p.Physical.Weight},
		{"physical.height", physicalDecimals, &p.Physical.Height},
		{"physical.width", physicalDecimals, &p.Physical.Width},
		{"physical.depth", physicalDecimals, &p.Physical.Depth},
	}
}

// keepEqualDecimals gives after the digits of before wherever the value is the
// same.
func keepEqualDecimals(before, after []decimalField) {
	for i, d := range after {
		if d.value.compare(*before[i].value) == 0 {
			*d.value = *before[i].value
		}
	}
}

// parseDecimals brings decimals to the form records keep.
func parseDecimals(ds []decimalField) error {
	for _, d := range ds {
		if *d.value == "" {
			continue
		}
		v, err := parseDecimal(string(*d.value), d.places)
		if err != nil {
			return fmt.Errorf("%s %q: %w", d.name, string(*d.value), err)
		}
		*d.value = v
	}
	return nil
}
