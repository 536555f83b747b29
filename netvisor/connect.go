package netvisor

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/instep-go/instep"
)

// Products is the connector of one company's products: a source, a sink, and
// all that an engine asks of both. It is safe for concurrent use; pages are
// read one at a time.
type Products struct {
	c *Client

	mu   sync.Mutex
	walk *walk // under way, or nil
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
func (c *Client) Products() *Products { return &Products{c: c} }

// Traits tells the facts about products in Netvisor.
func (p *Products) Traits() instep.Traits {
	return instep.Traits{
		Entity: "product",
		System: "netvisor",

		// A walk is ordered by key, but as numbers, and Ref.ID is text.
		Ordered: false,

		// Neither the list nor a single read tells a deleted product from one
		// that never was.
		SeesDeletes: false,

		// There is no resource that deletes a product.
		CanDelete: false, CanBar: !p.c.addOnly,

		// Netvisor has no versions, takes no id and no key with an add, and
		// may trim texts and round prices.
		IfVersion: false, ChosenID: false, IdempotencyKey: false, Exact: false,

		MaxBatch:    20, // one request each; a batch bounds what a crash leaves open
		MaxGet:      maxGet,
		MaxInFlight: 1, // one request at a time per company (vendor documentation)

		ReadLag:     p.c.readLag,
		RequestLife: p.c.requestLife,

		// Records carry no time of change.
		Granularity: 0,
	}
}

// Describe names the fields of a product.
func (p *Products) Describe(context.Context) ([]instep.FieldInfo, error) {
	infos := make([]instep.FieldInfo, len(fieldRows))
	for i, row := range fieldRows {
		infos[i] = row.info
		switch {
		case row.write == nil:
			infos[i].Access = instep.ReadOnly
		case p.c.addOnly:
			infos[i].Access = instep.CanRead | instep.CanCreate
		default:
			infos[i].Access = instep.ReadWrite
		}
	}
	return infos, nil
}

// List returns the product groups for [ListGroups], by name and NetvisorKey.
// Netvisor has no list of units.
func (p *Products) List(ctx context.Context, list string) ([]instep.Item, error) {
	if list != ListGroups {
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "netvisor: list", Field: list,
			Err:    errors.New("there is no such list"),
			Remedy: "ask for " + ListGroups + "; units are free text in Netvisor and have no list",
		}
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

// Get returns the products with the given ids, up to 400 a request. One that
// is not there, or was deleted, has status Missing.
func (p *Products) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	records := make([]instep.Record, len(refs))
	at := make(map[int64][]int, len(refs)) // where a key was asked for
	var keys []int64
	for i, ref := range refs {
		records[i] = instep.Record{Ref: ref, Status: instep.Missing}
		key, err := keyOf(ref)
		if err != nil {
			return nil, err
		}
		if key > 0 {
			if len(at[key]) == 0 {
				keys = append(keys, key)
			}
			at[key] = append(at[key], i)
		}
	}
	products, err := p.c.GetProducts(ctx, keys, &GetOptions{Reply: NotDeleted})
	if err != nil {
		return nil, err
	}
	for i := range products {
		for _, j := range at[products[i].Key] {
			records[j] = record(&products[i])
		}
	}
	return records, nil
}

// keyOf returns the key that a ref holds, 0 if it holds none that can exist.
func keyOf(ref instep.Ref) (int64, error) {
	if ref.System != "netvisor" || ref.Entity != "product" {
		return 0, &instep.Error{
			Kind: instep.Config, Op: "netvisor: products", Ref: ref, Err: errors.New("it is not a product of Netvisor"),
		}
	}
	return parseKey(ref.ID), nil
}

// parseKey returns the key of an id, 0 if it is not how one is written.
func parseKey(id string) int64 {
	key, err := strconv.ParseInt(id, 10, 64)
	if err != nil || key < 0 || keyText(key) != id {
		return 0
	}
	return key
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
		byCode[code] = append(byCode[code], record(&products[i]))
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
				out[i] = append(out[i], record(&products[j]))
			}
		}
	}
	return out, nil
}

// unique returns the texts in order, each once.
func unique(texts []string) []string {
	seen := make(map[string]bool, len(texts))
	var out []string
	for _, t := range texts {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}
