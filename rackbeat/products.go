package rackbeat

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Product is a product, or a row of [Client.ListItems], as the vendor holds
// it. The attributes are those of public clients of the vendor; which of them a
// reply has depends on the view. Decimals and quantities are exact.
type Product struct {
	// Number is what people call the product by. It is unique among products
	// and lots; case, zeros and spaces count.
	Number string `json:"number"`

	// ID is the vendor's own id, which never changes. It is null in some views.
	ID Attr[string] `json:"id,omitzero"`

	// URLNumber is Number as it stands in a path, encoded.
	URLNumber Attr[string] `json:"urlfriendly_number,omitzero"`

	Type        Attr[string] `json:"type,omitzero"` // "product", or "lot" for a bill of materials
	Name        Attr[string] `json:"name,omitzero"`
	Description Attr[string] `json:"description,omitzero"`
	Barcode     Attr[string] `json:"barcode,omitzero"`
	GoodsCode   Attr[string] `json:"goods_code,omitzero"`   // customs tariff number
	CountryCode Attr[string] `json:"country_code,omitzero"` // of origin

	SalesPrice             Attr[instep.Decimal] `json:"sales_price,omitzero"`
	RecommendedSalesPrice  Attr[instep.Decimal] `json:"recommended_sales_price,omitzero"`
	SalesProfit            Attr[instep.Decimal] `json:"sales_profit,omitzero"`
	CostPrice              Attr[instep.Decimal] `json:"cost_price,omitzero"` // calculated by the vendor
	RecommendedCostPrice   Attr[instep.Decimal] `json:"recommended_cost_price,omitzero"`
	CostAdditionPercentage Attr[instep.Decimal] `json:"cost_addition_percentage,omitzero"`

	MinOrder Attr[instep.Decimal] `json:"min_order,omitzero"` // least quantity to buy
	MinSales Attr[instep.Decimal] `json:"min_sales,omitzero"` // least quantity to sell
	MinStock Attr[instep.Decimal] `json:"min_stock,omitzero"` // least quantity to hold

	StockQuantity            Attr[instep.Decimal] `json:"stock_quantity,omitzero"`
	InOrderQuantity          Attr[instep.Decimal] `json:"in_order_quantity,omitzero"`
	AvailableQuantity        Attr[instep.Decimal] `json:"available_quantity,omitzero"` // stock less in order
	PurchasedQuantity        Attr[instep.Decimal] `json:"purchased_quantity,omitzero"`
	UsedInProductionQuantity Attr[instep.Decimal] `json:"used_in_production_quantity,omitzero"`

	IsBarred            Attr[bool] `json:"is_barred,omitzero"`
	IsDraft             Attr[bool] `json:"is_draft,omitzero"` // not published, and perhaps incomplete
	IsConvertable       Attr[bool] `json:"is_convertable,omitzero"`
	InventoryEnabled    Attr[bool] `json:"inventory_enabled,omitzero"`
	ShouldAssureQuality Attr[bool] `json:"should_assure_quality,omitzero"`

	// Each of the next pairs is a number and, where the view has it, the object
	// with that number. Objects of a form that is not known stay as sent.
	GroupID           Attr[string]          `json:"group_id,omitzero"`
	Group             Attr[GroupRef]        `json:"group,omitzero"`
	UnitID            Attr[string]          `json:"unit_id,omitzero"`
	Unit              Attr[UnitRef]         `json:"unit,omitzero"`
	DefaultSupplierID Attr[string]          `json:"default_supplier_id,omitzero"`
	DefaultSupplier   Attr[json.RawMessage] `json:"default_supplier,omitzero"`
	DefaultLocationID Attr[string]          `json:"default_location_id,omitzero"`
	DefaultLocation   Attr[json.RawMessage] `json:"default_location,omitzero"`
	VariationID       Attr[string]          `json:"variation_id,omitzero"`
	Variation         Attr[json.RawMessage] `json:"variation,omitzero"`
	DepartmentID      Attr[string]          `json:"department_id,omitzero"`
	DiscountGroup     Attr[json.RawMessage] `json:"discount_group,omitzero"` // a number or an object

	Physical      Attr[Physical]      `json:"physical,omitzero"`
	SerialNumbers Attr[SerialNumbers] `json:"serial_numbers,omitzero"`
	BatchControl  Attr[BatchControl]  `json:"batch_control,omitzero"`

	PictureURL Attr[string]          `json:"picture_url,omitzero"`
	Pictures   Attr[Pictures]        `json:"pictures,omitzero"`
	PDFURL     Attr[string]          `json:"pdf_url,omitzero"`
	Self       Attr[string]          `json:"self,omitzero"`
	Metadata   Attr[json.RawMessage] `json:"metadata,omitzero"`

	CreatedAt Attr[Time] `json:"created_at,omitzero"`
	UpdatedAt Attr[Time] `json:"updated_at,omitzero"`
	DeletedAt Attr[Time] `json:"deleted_at,omitzero"` // given: the product was deleted
}

// GroupRef is the product group of a product.
type GroupRef struct {
	Number            Attr[string] `json:"number,omitzero"`
	Name              Attr[string] `json:"name,omitzero"`
	VATAbroad         Attr[string] `json:"vat_abroad,omitzero"` // number of the ledger account, as are the next three
	VATEU             Attr[string] `json:"vat_eu,omitzero"`
	VATDomestic       Attr[string] `json:"vat_domestic,omitzero"`
	VATDomesticExempt Attr[string] `json:"vat_domestic_exempt,omitzero"`
	Self              Attr[string] `json:"self,omitzero"`
}

// UnitRef is the unit of a product.
type UnitRef struct {
	Number Attr[string] `json:"number,omitzero"`
	Name   Attr[string] `json:"name,omitzero"`
}

// Physical is the weight and size of a product, with at most 2 decimals.
type Physical struct {
	Weight     Attr[instep.Decimal] `json:"weight,omitzero"`
	WeightUnit Attr[string]         `json:"weight_unit,omitzero"`
	Height     Attr[instep.Decimal] `json:"height,omitzero"`
	Width      Attr[instep.Decimal] `json:"width,omitzero"`
	Depth      Attr[instep.Decimal] `json:"depth,omitzero"`
	SizeUnit   Attr[string]         `json:"size_unit,omitzero"`
}

// SerialNumbers says whether each piece has a number of its own.
type SerialNumbers struct {
	IsActive Attr[bool]   `json:"is_active,omitzero"`
	Index    Attr[string] `json:"index,omitzero"`
}

// BatchControl says whether batches are kept apart.
type BatchControl struct {
	IsActive Attr[bool] `json:"is_active,omitzero"`
}

// Pictures are addresses of the product's picture in several sizes.
type Pictures struct {
	Thumb    Attr[string] `json:"thumb,omitzero"`
	Display  Attr[string] `json:"display,omitzero"`
	Large    Attr[string] `json:"large,omitzero"`
	Original Attr[string] `json:"original,omitzero"`
}

// productRow is a Product on the wire, where the number may be a number.
type productRow struct {
	Product
	Number Attr[string] `json:"number"`
}

func (r productRow) record(zone *time.Location) Product {
	p := r.Product
	p.Number = r.Number.Or("")
	settle(zone, &p.CreatedAt, &p.UpdatedAt, &p.DeletedAt)
	return p
}

// productRef returns the ref of the product with a number.
func productRef(number string) instep.Ref {
	return instep.Ref{System: system, Entity: "product", ID: number}
}

// ListProducts yields all products that fit the options, page by page; nil
// options mean all products in the vendor's own order. The list is no
// snapshot: a product may come twice, or not at all, if others come or go
// meanwhile. An error comes once and ends the sequence.
func (c *Client) ListProducts(ctx context.Context, o *ListOptions) iter.Seq2[Product, error] {
	return walk(ctx, o, c.ProductPage)
}

// ProductPage returns one page of [Client.ListProducts]. Pages count from 1; one
// beyond the last has no items.
func (c *Client) ProductPage(ctx context.Context, page int, o *ListOptions) (List[Product], error) {
	return list[productRow](ctx, c, resource{path: "products", key: "products", name: "products"}, page, o)
}

// ListItems yields products and lots, which are bills of materials; see
// [Client.ListProducts]. Product.Type says which.
func (c *Client) ListItems(ctx context.Context, o *ListOptions) iter.Seq2[Product, error] {
	return walk(ctx, o, c.ItemPage)
}

// ItemPage returns one page of [Client.ListItems].
func (c *Client) ItemPage(ctx context.Context, page int, o *ListOptions) (List[Product], error) {
	return list[productRow](ctx, c, resource{path: "items", key: "items", name: "items"}, page, o)
}

// GetProduct reads the product with the number. It is an error of kind NotFound
// if there is none.
func (c *Client) GetProduct(ctx context.Context, number string) (Product, error) {
	p, _, err := c.readProduct(ctx, number)
	return p, err
}

func (c *Client) readProduct(ctx context.Context, number string) (Product, reply, error) {
	const op = "rackbeat: get product"
	if err := checkNumber(op, number); err != nil {
		return Product{}, reply{}, err
	}
	first := c.segment(number)
	p, r, err := c.productAt(ctx, op, number, first)
	if instep.KindOf(err) != instep.NotFound || !strings.Contains(number, "/") {
		return p, r, err
	}
	for _, other := range []string{Once.escape(number), Twice.escape(number)} {
		if other == first {
			continue
		}
		if p, r, second := c.productAt(ctx, op, number, other); second == nil {
			c.paths.keep(number, other)
			return p, r, nil
		}
	}
	return p, r, err
}

// errOther says that the vendor took the number for that of another product.
var errOther = errors.New("the vendor answered with a product of another number")

func (c *Client) productAt(ctx context.Context, op, number, segment string) (Product, reply, error) {
	k := call{op: op, method: http.MethodGet, path: "products/" + segment, ref: productRef(number)}
	p, r, err := c.product(ctx, &k)
	if err == nil && p.Number != number {
		err = &instep.Error{Kind: instep.NotFound, Op: op, Ref: k.ref, Err: errOther}
	}
	return p, r, err
}

// product sends a request of which the reply is one product.
func (c *Client) product(ctx context.Context, k *call) (Product, reply, error) {
	r, err := c.do(ctx, k)
	if err != nil {
		return Product{}, r, err
	}
	p, err := decodeOne[productRow](r.body, "product", c.opts.ZonelessTimes)
	if err == nil && p.Number == "" && !p.IsDraft.Or(false) {
		err = &decodeError{"product.number", 0, "is missing"}
	}
	if err != nil {
		return Product{}, r, k.malformed(r.body, err)
	}
	c.paths.learn(&p, c.opts.PathEncoding)
	return p, r, nil
}

// CreateProduct creates a product. The request is sent once: where its reply is
// missing the error is of kind Lost. A number that is taken is an error of kind
// Duplicate (inferred from an error on the number alone).
func (c *Client) CreateProduct(ctx context.Context, in ProductInput) (Product, error) {
	p, _, err := c.createProduct(ctx, &in)
	return p, err
}

func (c *Client) createProduct(ctx context.Context, in *ProductInput) (Product, reply, error) {
	k := call{op: "rackbeat: create product", method: http.MethodPost, path: "products", ref: productRef(in.Number), numbered: true}
	body, err := in.form()
	if err != nil {
		return Product{}, reply{}, k.failed(err)
	}
	k.body = body
	return c.product(ctx, &k)
}

// createProductFrom creates a product with all that the update sets, which has
// what a product must have.
func (c *Client) createProductFrom(ctx context.Context, up *ProductUpdate) (Product, reply, error) {
	in := ProductInput{ProductDetails: up.ProductDetails}
	in.Number, _ = up.Number.Get()
	in.Name, _ = up.Name.Get()
	in.SalesPrice, _ = up.SalesPrice.Get()
	in.Group, _ = up.Group.Get()
	return c.createProduct(ctx, &in)
}

// CreateProductDraft creates a product that may lack what a product must have
// and is not in use before [Client.PublishProduct]. The request is sent once.
func (c *Client) CreateProductDraft(ctx context.Context, in ProductUpdate) (Product, error) {
	number, numbered := in.Number.Get()
	k := call{
		op: "rackbeat: create product draft", method: http.MethodPost, path: "products/drafts",
		ref: productRef(number), numbered: numbered,
	}
	body, err := in.form()
	if err != nil {
		return Product{}, k.failed(err)
	}
	k.body = body
	p, _, err := c.product(ctx, &k)
	return p, err
}

// PublishProduct makes a draft a product. The request is sent once.
func (c *Client) PublishProduct(ctx context.Context, number string) (Product, error) {
	var p Product
	err := c.at(ctx, "rackbeat: publish product", number, func(k *call) (err error) {
		k.method, k.path, k.body = http.MethodPost, k.path+"/publish", form{}
		p, _, err = c.product(ctx, k)
		return err
	})
	return p, err
}

// UpdateProduct changes what the update speaks of and nothing else, and returns
// the product as it then is. It may be sent several times. An update that says
// nothing is an error of kind Invalid.
func (c *Client) UpdateProduct(ctx context.Context, number string, up ProductUpdate) (Product, error) {
	p, _, err := c.updateProduct(ctx, number, &up)
	return p, err
}

func (c *Client) updateProduct(ctx context.Context, number string, up *ProductUpdate) (p Product, r reply, err error) {
	const op = "rackbeat: update product"
	body, err := up.form()
	if err == nil && len(body) == 0 {
		err = unfit("", "the update changes nothing", "leave it out")
	}
	if err != nil {
		return p, r, (&call{op: op, ref: productRef(number)}).failed(err)
	}
	err = c.at(ctx, op, number, func(k *call) (err error) {
		k.method, k.body = http.MethodPut, body
		_, k.numbered = up.Number.Get()
		p, r, err = c.product(ctx, k)
		return err
	})
	return p, r, err
}

// DeleteProduct deletes a product. One that has been used can likely not be
// deleted, only barred; that is an error of kind Invalid.
func (c *Client) DeleteProduct(ctx context.Context, number string) error {
	_, err := c.deleteProduct(ctx, number)
	return err
}

func (c *Client) deleteProduct(ctx context.Context, number string) (r reply, err error) {
	err = c.at(ctx, "rackbeat: delete product", number, func(k *call) (err error) {
		k.method = http.MethodDelete
		r, err = c.do(ctx, k) // the reply may be empty
		return err
	})
	return r, err
}

// at calls send with a request to the product's path. Where that finds nothing
// and a read finds the product under another form of its number, send is called
// once more with that.
func (c *Client) at(ctx context.Context, op, number string, send func(*call) error) error {
	if err := checkNumber(op, number); err != nil {
		return err
	}
	segment := c.segment(number)
	err := send(&call{op: op, path: "products/" + segment, ref: productRef(number)})
	if instep.KindOf(err) != instep.NotFound || !strings.Contains(number, "/") {
		return err
	}
	if _, _, unread := c.readProduct(ctx, number); unread != nil || c.segment(number) == segment {
		return err
	}
	return send(&call{op: op, path: "products/" + c.segment(number), ref: productRef(number)})
}
