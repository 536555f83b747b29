package netvisor

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// ProductFilter narrows productlist.nv. The zero value asks for everything,
// deleted products included. Where Deleted is set, the documentation wants
// Published and Unpublished set as well.
type ProductFilter struct {
	// ChangedSince asks for products changed after that time; zero for all.
	// It is sent in the client's zone and cut to seconds. A local time that
	// occurs twice in autumn is moved before both.
	ChangedSince time.Time

	Keyword     string           // part of the name or the code; "" for all
	Published   instep.Opt[bool] // whether published products are wanted
	Unpublished instep.Opt[bool] // whether unpublished ones are
	Deleted     instep.Opt[bool] // whether deleted ones are; they are unless this is set to false
}

// ProductRow is one line of productlist.nv.
type ProductRow struct {
	Key              int64 // NetvisorKey
	Code             string
	Name             string
	UnitPrice        instep.Opt[instep.Decimal] // net; kept if the row has none
	UnitGrossPrice   instep.Opt[instep.Decimal]
	GroupID          int64  // 0 if in no group
	GroupDescription string // the group with those above it: "Books / Science fiction"
	URI              string // as given; known to be wrong at times, so never followed
}

// ProductList is the reply of productlist.nv.
type ProductList struct {
	Rows []ProductRow // in the vendor's order, which is not documented

	// At is the reply's TimeStamp; zero if it has none that can be read.
	At time.Time
}

// ListProducts returns the products that the filter lets through, all in one
// reply: the resource has no pages. A filter of nil asks for everything.
func (c *Client) ListProducts(ctx context.Context, f *ProductFilter) (*ProductList, error) {
	if f == nil {
		f = &ProductFilter{}
	}
	var params []param
	if !f.ChangedSince.IsZero() {
		params = append(params, param{"changedsince", filterTime(f.ChangedSince, c.zone, listFilter)})
	}
	list := &ProductList{}
	answer, err := c.listProducts(ctx, append(params, f.params()...), func(row ProductRow) {
		list.Rows = append(list.Rows, row)
	})
	if err != nil {
		return nil, err
	}
	list.At = answer.at
	return list, nil
}

func (f *ProductFilter) params() []param {
	var params []param
	if f.Keyword != "" {
		params = append(params, param{"keyword", f.Keyword})
	}
	for _, flag := range []struct {
		name string
		opt  instep.Opt[bool]
	}{{"published", f.Published}, {"unpublished", f.Unpublished}, {"deleted", f.Deleted}} {
		if on, set := flag.opt.Get(); set {
			params = append(params, param{flag.name, formatBool(on)})
		}
	}
	return params
}

// listProducts gives the rows one by one, so that a walk needs to keep their
// keys only.
func (c *Client) listProducts(ctx context.Context, params []param, each func(ProductRow)) (answer, error) {
	return c.do(ctx, &call{
		op: "netvisor: list products", resource: "productlist.nv", params: params, list: "productlist",
		visit: func(_, item *node) error {
			if item.name != "product" {
				return nil
			}
			v := &values{zone: c.zone}
			row := ProductRow{
				Key:              v.key(item, "netvisorkey"),
				Code:             v.text(item, "productcode"),
				Name:             v.text(item, "name"),
				UnitPrice:        v.decimal(item, "unitprice"),
				UnitGrossPrice:   v.decimal(item, "unitgrossprice"),
				GroupID:          v.key(item, "productgroupid"),
				GroupDescription: v.text(item, "productgroupdescription"),
				URI:              v.text(item, "uri"),
			}
			if v.err == nil && row.Key > 0 {
				each(row)
			}
			return v.err
		},
	})
}

// Product is one product of getproduct.nv. Text is "" and an Opt is kept where
// the reply has nothing.
type Product struct {
	Key            int64 // NetvisorKey
	Code           string
	Group          string // name of the product group
	Name           string
	Description    string
	UnitPrice      instep.Opt[instep.Decimal] // net
	UnitGrossPrice instep.Opt[instep.Decimal]

	// NetUnknown reports that the reply gave UnitPrice as a gross price, as
	// old data may: UnitPrice is then kept, and UnitGrossPrice is set.
	NetUnknown bool

	Unit                 string
	UnitWeight           instep.Opt[instep.Decimal] // deprecated by the vendor for NetWeight
	PurchasePrice        instep.Opt[instep.Decimal]
	TariffHeading        string
	ComissionPercentage  instep.Opt[instep.Decimal] // the vendor's spelling
	IsActive             instep.Opt[bool]
	IsSalesProduct       instep.Opt[bool]
	CountryOfOrigin      string // ISO 3166: "FI"
	BookKeeping          *BookKeeping
	Inventory            *Inventory
	Additional           *Additional
	SubProducts, Parents []SubProduct // only where asked for
}

// BookKeeping is the accounting part of a Product. It is nil where the reply
// lacks the section.
type BookKeeping struct {
	DefaultVATPercent       instep.Opt[instep.Decimal]
	DefaultDomesticAccount  string
	DefaultEUAccount        string
	DefaultOutsideEUAccount string
	Dimensions              []Dimension
}

// Inventory is the stock part of a Product. It is nil where the reply lacks
// the section.
type Inventory struct {
	Amount         instep.Opt[instep.Decimal]
	MidPrice       instep.Opt[instep.Decimal]
	Value          instep.Opt[instep.Decimal]
	ReservedAmount instep.Opt[instep.Decimal]
	OrderedAmount  instep.Opt[instep.Decimal]
	AccountNumber  string
}

// Additional is the part of a Product with measures and EAN codes. It is nil
// where the reply lacks the section.
type Additional struct {
	NetWeight        instep.Opt[instep.Decimal]
	GrossWeight      instep.Opt[instep.Decimal]
	WeightUnit       string // g, kg or tn
	PackageWidth     instep.Opt[instep.Decimal]
	PackageHeight    instep.Opt[instep.Decimal]
	PackageLength    instep.Opt[instep.Decimal]
	PackageUnit      string // centimetres, where the reply says
	PrimaryEANCode   string
	SecondaryEANCode string
}

// Dimension is a cost object (Item) under its heading (Name).
type Dimension struct {
	Name    string
	NameKey int64 // 0 if not told; not sent
	Item    string
	ItemKey int64 // 0 if not told; not sent
}

// SubProduct is a product as a part of another.
type SubProduct struct {
	Key                 int64
	Amount              instep.Opt[instep.Decimal]
	PurchasePriceChange instep.Opt[instep.Decimal]
	UnitPriceChange     instep.Opt[instep.Decimal]
}

// ReplyOption says which products getproduct.nv gives.
type ReplyOption int

// The reply options of getproduct.nv (vendor documentation).
const (
	AnyProduct      ReplyOption = iota // the option is not sent
	NotDeleted                         // products that are not deleted
	PublishedOnly                      // published products, deleted ones included
	ActivePublished                    // active and published products
)

// GetOptions narrows and widens what getproduct.nv gives. Nil is legal and
// means the zero value.
type GetOptions struct {
	Reply       ReplyOption
	SubProducts bool // also the parts of each product, and what it is a part of
}

func (o *GetOptions) params() []param {
	var params []param
	if o != nil && o.SubProducts {
		params = append(params, param{"showsubproducts", "1"})
	}
	if o != nil && o.Reply != AnyProduct {
		params = append(params, param{"replyoption", strconv.Itoa(int(o.Reply))})
	}
	return params
}

// GetProducts returns the products with these keys in the order of the keys,
// in as many requests as are needed. One that is not there, or is
// held back by the reply option, is left out; that is not an error.
func (c *Client) GetProducts(ctx context.Context, keys []int64, o *GetOptions) ([]Product, error) {
	return inOrder(ctx, keys, maxGet, func(ctx context.Context, keys []int64) (map[int64]Product, answer, error) {
		return c.productsByKey(ctx, keys, o)
	})
}

// productsByKey is one request, for at most maxGet keys.
func (c *Client) productsByKey(ctx context.Context, keys []int64, o *GetOptions) (map[int64]Product, answer, error) {
	found := make(map[int64]Product, len(keys))
	params := append([]param{{"idlist", joinKeys(keys)}}, o.params()...)
	a, err := c.getProducts(ctx, params, func(p Product) { found[p.Key] = p })
	return found, a, err
}

// maxCodeList bounds the bytes of codes in one request: 400 long ones would
// make an address that servers in common use refuse. It is a choice of this
// package; the vendor states no limit.
const maxCodeList = 4000

// GetProductsByCode returns the products with these codes, by ascending key
// and each once, in as many requests as are needed. A code may belong to no
// product or to several. Whether the vendor tells upper from lower case is not
// documented, so a product may come whose code differs in that. An empty code
// finds nothing.
func (c *Client) GetProductsByCode(ctx context.Context, codes []string, o *GetOptions) ([]Product, error) {
	found := map[int64]Product{}
	for _, params := range codeBatches(codes) {
		if _, err := c.getProducts(ctx, append(params, o.params()...), func(p Product) { found[p.Key] = p }); err != nil {
			return nil, err
		}
	}
	return byKey(found), nil
}

// GetProductsByEAN returns the products with this EAN code, by ascending key.
// The resource takes one code at a time. An empty one finds nothing.
func (c *Client) GetProductsByEAN(ctx context.Context, ean string, o *GetOptions) ([]Product, error) {
	found := map[int64]Product{}
	if ean == "" {
		return nil, nil
	}
	params := append([]param{{"eancode", ean}}, o.params()...)
	if _, err := c.getProducts(ctx, params, func(p Product) { found[p.Key] = p }); err != nil {
		return nil, err
	}
	return byKey(found), nil
}

// codeBatches makes the parameters of as few requests as the limits allow. A
// code with a comma cannot be part of a list and goes alone.
func codeBatches(codes []string) [][]param {
	var out [][]param
	var batch []string
	size := 0
	flush := func() {
		if len(batch) > 0 {
			out = append(out, []param{{"codelist", strings.Join(batch, ",")}})
		}
		batch, size = nil, 0
	}
	for _, code := range codes {
		if code == "" {
			continue
		}
		if strings.Contains(code, ",") {
			out = append(out, []param{{"code", code}})
			continue
		}
		if len(batch) == maxGet || size+len(code) > maxCodeList {
			flush()
		}
		batch = append(batch, code)
		size += len(code) + 1
	}
	flush()
	return out
}

func byKey(found map[int64]Product) []Product {
	out := make([]Product, 0, len(found))
	for _, p := range found {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Product) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

func (c *Client) getProducts(ctx context.Context, params []param, each func(Product)) (answer, error) {
	return c.do(ctx, &call{
		op: "netvisor: get products", resource: "getproduct.nv", params: params, list: "products",
		visit: func(_, item *node) error {
			if item.name != "product" {
				return nil
			}
			p, err := readProduct(item, c.zone)
			if err == nil && p.Key > 0 { // an empty element means: not found
				each(p)
			}
			return err
		},
	})
}
