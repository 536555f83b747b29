package netvisor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// Vendors is the connector of one company's suppliers, which are vendors in
// Netvisor: a source, a sink, and all that an engine asks of both. It is safe
// for concurrent use; pages are read one at a time.
//
// Bank accounts, bookkeeping accounts and acceptance are no part of the
// records; the typed client has them.
type Vendors struct {
	c *Client

	mu   sync.Mutex
	walk *vendorWalk // under way, or nil
}

var (
	_ instep.Source    = (*Vendors)(nil)
	_ instep.Sink      = (*Vendors)(nil)
	_ instep.Getter    = (*Vendors)(nil)
	_ instep.Finder    = (*Vendors)(nil)
	_ instep.Lister    = (*Vendors)(nil)
	_ instep.Prober    = (*Vendors)(nil)
	_ instep.Describer = (*Vendors)(nil)
	_ instep.Traiter   = (*Vendors)(nil)
)

// Vendors returns the connector of the company's suppliers. Each one remembers
// the walk it is reading, so that one run should use one.
func (c *Client) Vendors() *Vendors { return &Vendors{c: c} }

// Traits tells the facts about suppliers in Netvisor. They can neither be
// deleted nor set out of use: there is no resource and no flag for it.
func (s *Vendors) Traits() instep.Traits {
	t := s.c.traits("supplier")
	t.CanBar, t.CanDelete = false, false
	t.MaxGet = maxGetVendors
	return t
}

// Describe names the fields of a supplier.
func (s *Vendors) Describe(context.Context) ([]instep.FieldInfo, error) {
	return vendorTable.describe(instep.ReadWrite, s.c.newSupplier), nil
}

// List returns the vendor groups for [ListVendorGroups], by name alone.
// Netvisor has no resource that lists them: these are the groups that
// suppliers are in, for which all suppliers are read.
func (s *Vendors) List(ctx context.Context, list string) ([]instep.Item, error) {
	if list != ListVendorGroups {
		return nil, noList(list, ListVendorGroups)
	}
	names := map[string]bool{}
	_, err := s.everyone(ctx, func(v *Vendor) bool {
		names[v.Group] = true
		return false
	})
	if err != nil {
		return nil, err
	}
	delete(names, "")
	var items []instep.Item
	for _, name := range slices.Sorted(maps.Keys(names)) {
		items = append(items, instep.Item{Code: name, Name: name})
	}
	return items, nil
}

// get returns the suppliers with these keys, at most maxGetVendors, as
// records.
func (s *Vendors) get(ctx context.Context, keys []int64) (map[int64]instep.Record, answer, error) {
	found, a, err := s.c.vendorsByKey(ctx, keys)
	return asRecords(&vendorTable, found), a, err
}

// Get returns the suppliers with the given ids, up to 500 a request. One that
// is not there has status Missing.
func (s *Vendors) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	return getRecords(ctx, "supplier", refs, maxGetVendors, s.get)
}

// Find finds suppliers by code, organization_id or name. Netvisor has no
// search for them: all suppliers are read, once for all values. If the
// suppliers change so much meanwhile that they cannot be read in one piece,
// the error is of kind Unavailable.
func (s *Vendors) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if field != FieldVendorCode && field != FieldOrganizationID && field != FieldName {
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "netvisor: find suppliers", Field: field,
			Err:    errors.New("suppliers cannot be found by this field"),
			Remedy: "use " + FieldVendorCode + ", " + FieldOrganizationID + " or " + FieldName,
		}
	}
	wanted := map[instep.Value]bool{}
	for _, v := range values {
		if !v.IsBlank() {
			wanted[v] = true
		}
	}
	if len(wanted) == 0 {
		return make([][]instep.Record, len(values)), nil
	}
	read := vendorTable.rowOf(field).read
	found, err := s.everyone(ctx, func(v *Vendor) bool { return wanted[read(v)] })
	if err != nil {
		return nil, err
	}
	return pick(asRecords(&vendorTable, found), field, values), nil
}

// everyone reads all suppliers and returns those that are kept.
func (s *Vendors) everyone(ctx context.Context, keep func(*Vendor) bool) (map[int64]Vendor, error) {
	for range maxAgain + 1 {
		kept := map[int64]Vendor{}
		w := vendorWalk{seen: map[int64]bool{}}
		cur := vendorCursor{}
		for more := true; more; {
			page, err := s.c.listVendors(ctx, "", cur.Page+1)
			if err != nil {
				return nil, err
			}
			for i := range page.Vendors {
				if v := &page.Vendors[i]; keep(v) {
					kept[v.Key] = *v
				}
			}
			more = cur.took(page, &w)
		}
		if !cur.doubtful(&w) {
			return kept, nil
		}
	}
	return nil, &instep.Error{
		Kind: instep.Unavailable, Op: "netvisor: read suppliers", Err: errShifting,
		Remedy: "try again when nobody is at work on the suppliers",
	}
}

var errShifting = errors.New("the suppliers changed each time while they were read")

// Write carries out the operations one request after the other, as
// [Products.Write] does.
//
// A vendor group is given by name. Netvisor takes a new one for a new group
// (inferred). Name and organization_id are mandatory for a create
// (vendor documentation). Suppliers can neither be deleted nor set out of use.
func (s *Vendors) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	return writeAll(ctx, &vendorTable, ops, s.write), nil
}

func (s *Vendors) write(ctx context.Context, op *instep.Op) (Written, error) {
	switch op.Action {
	case instep.Create:
		u, err := vendorTable.created(op.Fields, s.c.newSupplier)
		if err != nil {
			return Written{}, err
		}
		return s.c.AddVendor(ctx, u)
	case instep.Update:
		return editOne(ctx, &vendorTable, op, s.c.EditVendor, s.get)
	default:
		return Written{}, &instep.Error{
			Kind: instep.Unsupported, Err: errors.New("Netvisor can neither delete a supplier nor set one out of use by its interface"),
			Remedy: "delete the supplier in Netvisor",
		}
	}
}

// Probe looks at the installation, as [Products.Probe] does: whether Netvisor
// answers and accepts the credentials, and lets suppliers be read. It writes
// nothing.
func (s *Vendors) Probe(ctx context.Context) (instep.Report, error) {
	first := func(since string) (answer, error) {
		page, err := s.c.listVendors(ctx, since, 1)
		if err != nil {
			return answer{}, err
		}
		return page.a, nil
	}
	return s.c.probe(ctx, "suppliers readable", "getvendor.nv answers", first)
}
