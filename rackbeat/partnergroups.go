package rackbeat

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/instep-go/instep"
)

// PartnerGroup is a group of customers, or of suppliers.
type PartnerGroup struct {
	Number string `json:"number"` // unique; a whole number
	Name   string `json:"name"`
}

// PartnerGroupInput is a group of customers or suppliers to create. The number
// is given out by the vendor if it is kept (inferred).
type PartnerGroupInput struct {
	Number instep.Opt[string]
	Name   string
}

var (
	customerGroups = resource{"customer-groups", "customer_groups", "customer groups"}
	supplierGroups = resource{"supplier-groups", "supplier_groups", "supplier groups"}
)

// namedRow is an entry of a code list on the wire, of which only the number and
// the name are known.
type namedRow[T interface {
	~struct {
		Number string `json:"number"`
		Name   string `json:"name"`
	}
}] struct {
	Number Attr[string] `json:"number"`
	Name   Attr[string] `json:"name"`
}

func (r namedRow[T]) record(*time.Location) T {
	return T(struct {
		Number string `json:"number"`
		Name   string `json:"name"`
	}{r.Number.Or(""), r.Name.Or("")})
}

func partnerGroupItem(g *PartnerGroup) (instep.Item, bool) {
	return instep.Item{Code: g.Number, Name: g.Name}, true
}

// ListCustomerGroups yields all groups of customers. An error comes once and
// ends the sequence.
func (c *Client) ListCustomerGroups(ctx context.Context, o *ListOptions) iter.Seq2[PartnerGroup, error] {
	return walk(ctx, o, c.CustomerGroupPage)
}

// CustomerGroupPage returns one page of [Client.ListCustomerGroups].
func (c *Client) CustomerGroupPage(ctx context.Context, page int, o *ListOptions) (List[PartnerGroup], error) {
	return list[namedRow[PartnerGroup]](ctx, c, customerGroups, page, o)
}

// GetCustomerGroup reads the group of customers with the number. It is an error
// of kind NotFound if there is none.
func (c *Client) GetCustomerGroup(ctx context.Context, number string) (PartnerGroup, error) {
	return c.partnerGroup(ctx, customerGroups, "customer_group", number)
}

// CreateCustomerGroup creates a group of customers. The request is sent once.
// The attributes that it takes are inferred from those of product groups.
func (c *Client) CreateCustomerGroup(ctx context.Context, in PartnerGroupInput) (PartnerGroup, error) {
	return c.createPartnerGroup(ctx, customerGroups, "customer_group", in)
}

// ListSupplierGroups yields all groups of suppliers. An error comes once and
// ends the sequence.
func (c *Client) ListSupplierGroups(ctx context.Context, o *ListOptions) iter.Seq2[PartnerGroup, error] {
	return walk(ctx, o, c.SupplierGroupPage)
}

// SupplierGroupPage returns one page of [Client.ListSupplierGroups].
func (c *Client) SupplierGroupPage(ctx context.Context, page int, o *ListOptions) (List[PartnerGroup], error) {
	return list[namedRow[PartnerGroup]](ctx, c, supplierGroups, page, o)
}

// GetSupplierGroup reads the group of suppliers with the number. It is an error
// of kind NotFound if there is none.
func (c *Client) GetSupplierGroup(ctx context.Context, number string) (PartnerGroup, error) {
	return c.partnerGroup(ctx, supplierGroups, "supplier_group", number)
}

// CreateSupplierGroup creates a group of suppliers. The request is sent once.
// The attributes that it takes are inferred from those of product groups.
func (c *Client) CreateSupplierGroup(ctx context.Context, in PartnerGroupInput) (PartnerGroup, error) {
	return c.createPartnerGroup(ctx, supplierGroups, "supplier_group", in)
}

func (c *Client) partnerGroup(ctx context.Context, res resource, key, number string) (PartnerGroup, error) {
	k := call{op: "rackbeat: get " + res.single(), method: http.MethodGet, path: res.path + "/" + url.PathEscape(number), ref: res.ref(number)}
	if err := checkRef(k.op, k.ref); err != nil {
		return PartnerGroup{}, err
	}
	return one[namedRow[PartnerGroup]](ctx, c, &k, key)
}

func (c *Client) createPartnerGroup(ctx context.Context, res resource, key string, in PartnerGroupInput) (PartnerGroup, error) {
	number, numbered := in.Number.Get()
	k := call{
		op: "rackbeat: create " + res.single(), method: http.MethodPost, path: res.path, ref: res.ref(number),
		body: form{"name": in.Name}, numbered: numbered,
	}
	put(k.body, "number", in.Number, code)
	if err := checkNamed(in.Name, k.body); err != nil {
		return PartnerGroup{}, k.failed(err)
	}
	return one[namedRow[PartnerGroup]](ctx, c, &k, key)
}

func addCustomerGroup(ctx context.Context, c *Client, name string) (instep.Item, error) {
	g, err := c.CreateCustomerGroup(ctx, PartnerGroupInput{Name: name})
	return instep.Item{Code: g.Number, Name: name}, err
}

func addSupplierGroup(ctx context.Context, c *Client, name string) (instep.Item, error) {
	g, err := c.CreateSupplierGroup(ctx, PartnerGroupInput{Name: name})
	return instep.Item{Code: g.Number, Name: name}, err
}
