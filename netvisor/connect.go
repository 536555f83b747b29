package netvisor

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/instep-go/instep"
)

// Products is the connector of one company's products: a source, a sink, and
// all that an engine asks of both. It is safe for concurrent use; pages are
// read one at a time.
type Products struct {
	c    *Client
	walk listed
}

var (
	_ instep.Source    = (*Products)(nil)
	_ instep.Sink      = (*Products)(nil)
	_ instep.Getter    = (*Products)(nil)
	_ instep.Finder    = (*Products)(nil)
	_ instep.Lister    = (*Products)(nil)
	_ instep.Prober    = (*Products)(nil)
	_ instep.Describer = (*Products)(nil)
	_ instep.Traiter   = (*Products)(nil)
)

// Products returns the connector of the company's products. Each one keeps the
// list of the walk it is reading, so that one run should use one.
func (c *Client) Products() *Products {
	p := &Products{c: c}
	p.walk = listed{c: c, of: "products", page: cmp.Or(c.pageSize, maxGet), list: p.list, get: p.get}
	return p
}

// Traits tells the facts about products in Netvisor.
func (p *Products) Traits() instep.Traits {
	t := p.c.traits("product")
	t.CanBar = !p.c.addOnly
	t.MaxGet = maxGet
	return t
}

// traits are the facts about every kind of record in Netvisor.
func (c *Client) traits(entity string) instep.Traits {
	return instep.Traits{
		Entity: entity,
		System: system,

		// A walk is ordered by key, but as numbers, and Ref.ID is text.
		Ordered: false,

		// Neither the list nor a single read tells a deleted record from one
		// that never was.
		SeesDeletes: false,

		// Netvisor has few resources that delete.
		CanDelete: false,

		// Netvisor has no versions, takes no id and no key with an add, and
		// may trim texts and round prices.
		IfVersion: false, ChosenID: false, IdempotencyKey: false, Exact: false,

		MaxBatch:    20, // one request each; a batch bounds what a crash leaves open
		MaxInFlight: 1,  // one request at a time per company (vendor documentation)

		ReadLag:     c.readLag,
		RequestLife: c.requestLife,

		// Records carry no time of change.
		Granularity: 0,
	}
}

// Describe names the fields of a product.
func (p *Products) Describe(context.Context) ([]instep.FieldInfo, error) {
	if p.c.addOnly {
		return productTable.describe(instep.CanRead|instep.CanCreate, instep.Fields{}), nil
	}
	return productTable.describe(instep.ReadWrite, instep.Fields{}), nil
}

// List returns the product groups for [ListGroups], by name and NetvisorKey.
// Netvisor has no list of units.
func (p *Products) List(ctx context.Context, list string) ([]instep.Item, error) {
	if list != ListGroups {
		return nil, noList(list, ListGroups+"; units are free text in Netvisor and have no list")
	}
	groups, err := p.c.ProductGroups(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]instep.Item, len(groups))
	for i, g := range groups {
		items[i] = instep.Item{Code: keyText(g.Key), Name: g.Name}
	}
	return items, nil
}

// Read returns the next page of products in ascending order of their keys.
//
// It reads productlist.nv once for a walk and keeps the keys until the walk
// ends, then getproduct.nv once a page. A cursor of another process makes it
// read the list again, with the filter of the walk under way and the mark of
// its first list, which is the earlier one. A product that was deleted after
// it was listed is left out.
//
// A walk over everything ends with a complete sweep. It is not complete if the
// list had to be read again and differed in the part already given, or if a
// product is listed and yet not given.
func (p *Products) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	return p.walk.read(ctx, from)
}

// list returns the keys of the products that are not deleted, published or
// not, in ascending order and each once.
func (p *Products) list(ctx context.Context, since string) ([]int64, answer, error) {
	var params []param
	if since != "" {
		params = append(params, param{"changedsince", since})
	}
	all := ProductFilter{Published: instep.Set(true), Unpublished: instep.Set(true), Deleted: instep.Set(false)}
	var keys []int64
	a, err := p.c.listProducts(ctx, append(params, all.params()...), func(row ProductRow) { keys = append(keys, row.Key) })
	if err != nil {
		return nil, answer{}, err
	}
	slices.Sort(keys)
	return slices.Compact(keys), a, nil
}

// get returns the products with these keys, at most maxGet, as records.
func (p *Products) get(ctx context.Context, keys []int64) (map[int64]instep.Record, answer, error) {
	found, a, err := p.c.productsByKey(ctx, keys, &GetOptions{Reply: NotDeleted})
	return asRecords(&productTable, found), a, err
}

// Get returns the products with the given ids, up to 400 a request. One that
// is not there, or was deleted, has status Missing.
func (p *Products) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	return getRecords(ctx, "product", refs, maxGet, p.get)
}

// Find finds products by product_code, many a request, or by
// primary_ean_code, one a request. Only exact matches are given. Netvisor may
// give one product only for an EAN code that several have, and for a code
// with a comma in it, which cannot be part of a list.
func (p *Products) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	switch field {
	case FieldCode:
		return p.findByCode(ctx, values)
	case FieldPrimaryEAN:
		return p.findByEAN(ctx, values)
	default:
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "netvisor: find products", Field: field,
			Err:    errors.New("products cannot be found by this field"),
			Remedy: "use " + FieldCode + " or " + FieldPrimaryEAN,
		}
	}
}

func (p *Products) findByCode(ctx context.Context, values []instep.Value) ([][]instep.Record, error) {
	codes := make([]string, len(values))
	for i, v := range values {
		codes[i], _ = v.AsString()
	}
	products, err := p.c.GetProductsByCode(ctx, unique(codes), &GetOptions{Reply: NotDeleted})
	if err != nil {
		return nil, err
	}
	byCode := make(map[string][]instep.Record, len(products))
	for i := range products {
		code := products[i].Code
		byCode[code] = append(byCode[code], productTable.record(&products[i]))
	}
	out := make([][]instep.Record, len(values))
	for i, code := range codes {
		if code != "" {
			out[i] = byCode[code]
		}
	}
	return out, nil
}

func (p *Products) findByEAN(ctx context.Context, values []instep.Value) ([][]instep.Record, error) {
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		code, _ := v.AsString()
		products, err := p.c.GetProductsByEAN(ctx, code, &GetOptions{Reply: NotDeleted})
		if err != nil {
			return nil, err
		}
		for j := range products {
			// The vendor does not say which of the two codes it looks at.
			if a := products[j].Additional; a != nil && a.PrimaryEANCode == code {
				out[i] = append(out[i], productTable.record(&products[j]))
			}
		}
	}
	return out, nil
}

// Write carries out the operations one request after the other.
//
// A create is sent once; see [Client.AddProduct]. Groups and units are given
// by name, and Netvisor adds those it does not have. An update that Netvisor
// refuses is followed by a read, because the refusal of an unknown product
// looks like any other: if the product is not there, the kind is NotFound. An
// update without fields sends nothing. Deleting is not supported, as there is
// no resource for it.
//
// When a request fails in a way that the next would meet as well (the
// credentials, the network), the rest is not sent and has the same kind. After
// two missing replies in a row the rest is not sent and is Unavailable.
func (p *Products) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	return writeAll(ctx, &productTable, ops, p.write), nil
}

func (p *Products) write(ctx context.Context, op *instep.Op) (Written, error) {
	switch op.Action {
	case instep.Create:
		u, err := productTable.update(op.Fields)
		if err != nil {
			return Written{}, err
		}
		return p.c.AddProduct(ctx, u)
	case instep.Update, instep.Deactivate:
		if p.c.addOnly {
			return Written{}, &instep.Error{
				Kind: instep.Unsupported, Err: errors.New("under extended product management Netvisor takes no edits"),
				Remedy: "edit the product in Netvisor",
			}
		}
		return editOne(ctx, &productTable, op, p.c.EditProduct, p.get)
	default:
		return Written{}, &instep.Error{
			Kind: instep.Unsupported, Err: errors.New("Netvisor has no resource that does this"),
			Remedy: "set " + FieldIsActive + " to false, or delete the product in Netvisor",
		}
	}
}
