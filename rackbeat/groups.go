package rackbeat

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/instep-go/instep"
)

// ProductGroup is a group of products. Every product is in one.
type ProductGroup struct {
	Number string `json:"number"` // unique; a whole number
	Name   string `json:"name"`

	HasInventory      Attr[bool]   `json:"has_inventory,omitzero"`
	IsSellable        Attr[bool]   `json:"is_sellable,omitzero"`
	ShouldSpreadCost  Attr[bool]   `json:"should_spread_cost,omitzero"`
	VATDomestic       Attr[string] `json:"vat_domestic,omitzero"` // number of the ledger account, as are the next three
	VATEU             Attr[string] `json:"vat_eu,omitzero"`
	VATAbroad         Attr[string] `json:"vat_abroad,omitzero"`
	VATDomesticExempt Attr[string] `json:"vat_domestic_exempt,omitzero"`
	IsDraft           Attr[bool]   `json:"is_draft,omitzero"`
	NumProducts       Attr[string] `json:"num_products,omitzero"`
}

// groupRow is a ProductGroup on the wire.
type groupRow struct {
	ProductGroup
	Number Attr[string] `json:"number"`
	Name   Attr[string] `json:"name"`
}

func (r groupRow) record(*time.Location) ProductGroup {
	g := r.ProductGroup
	g.Number, g.Name = r.Number.Or(""), r.Name.Or("")
	return g
}

// groupItem returns a group as an item of the code list: drafts are not in use.
func groupItem(g *ProductGroup) (instep.Item, bool) {
	return instep.Item{Code: g.Number, Name: g.Name}, !g.IsDraft.Or(false)
}

// ListProductGroups yields all product groups. An error comes once and ends
// the sequence.
func (c *Client) ListProductGroups(ctx context.Context, o *ListOptions) iter.Seq2[ProductGroup, error] {
	return walk(ctx, o, c.ProductGroupPage)
}

// ProductGroupPage returns one page of [Client.ListProductGroups].
func (c *Client) ProductGroupPage(ctx context.Context, page int, o *ListOptions) (List[ProductGroup], error) {
	return list[groupRow](ctx, c, resource{"product-groups", "product_groups", "product groups"}, page, o)
}

// GetProductGroup reads the product group with the number. It is an error of
// kind NotFound if there is none.
func (c *Client) GetProductGroup(ctx context.Context, number string) (ProductGroup, error) {
	const op = "rackbeat: get product group"
	if err := checkNumber(op, number); err != nil {
		return ProductGroup{}, err
	}
	k := call{op: op, method: http.MethodGet, path: "product-groups/" + url.PathEscape(number)}
	return one[groupRow](ctx, c, &k, "product_group")
}

// ProductGroupInput is a product group to create. The number is given out by
// the vendor if it is kept (inferred).
type ProductGroupInput struct {
	Number instep.Opt[string]
	Name   string

	HasInventory instep.Opt[bool]
	IsSellable   instep.Opt[bool]
}

// CreateProductGroup creates a product group. The request is sent once. The
// attributes that it takes are inferred from those of replies.
func (c *Client) CreateProductGroup(ctx context.Context, in ProductGroupInput) (ProductGroup, error) {
	k := call{op: "rackbeat: create product group", method: http.MethodPost, path: "product-groups", body: form{"name": in.Name}}
	_, k.numbered = in.Number.Get()
	put(k.body, "number", in.Number, code)
	put(k.body, "has_inventory", in.HasInventory, plain)
	put(k.body, "is_sellable", in.IsSellable, plain)
	if err := checkNamed(in.Name, k.body); err != nil {
		return ProductGroup{}, k.failed(err)
	}
	return one[groupRow](ctx, c, &k, "product_group")
}

// checkNamed finds what is wrong with an entry of a code list.
func checkNamed(name string, body form) error {
	if name == "" {
		return unfit("name", "must not be empty", "give it a name")
	}
	return body.check("", priceDecimals)
}

// one sends a request of which the reply is one record.
func one[R row[T], T any](ctx context.Context, c *Client, k *call, key string) (T, error) {
	var none T
	r, err := c.do(ctx, k)
	if err != nil {
		return none, err
	}
	v, err := decodeOne[R](r.body, key, c.opts.ZonelessTimes)
	if err != nil {
		return none, k.malformed(r.body, err)
	}
	return v, nil
}
