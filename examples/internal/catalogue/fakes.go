package catalogue

import (
	"slices"

	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// RackbeatOptions returns the options of a fake Rackbeat that begins with the
// catalogue's products and keeps its data in dir; "" keeps it in memory. It
// answers any number of requests a minute.
func (c *Catalogue) RackbeatOptions(dir string) *rackbeattest.Options {
	o := &rackbeattest.Options{Dir: dir, RateLimit: -1}
	groups, units := append(Groups(), RackbeatOnlyGroup), Units()
	for i, name := range groups {
		o.Groups = append(o.Groups, rackbeattest.Group{Number: i + 1, Name: name, HasInventory: true, IsSellable: true})
	}
	for i, name := range units {
		o.Units = append(o.Units, rackbeattest.Unit{Number: i + 1, Name: name})
	}
	for _, p := range c.Rackbeat {
		o.Products = append(o.Products, rackbeattest.Product{
			Number: p.Code, Name: p.Name, Description: p.Description, Barcode: p.EAN,
			SalesPrice: rackbeattest.Decimal(p.Price), RecommendedCostPrice: rackbeattest.Decimal(p.Cost),
			Group: 1 + slices.Index(groups, p.Group), Unit: 1 + slices.Index(units, p.Unit), IsBarred: p.Inactive,
		})
	}
	return o
}

// NetvisorOptions returns the options of a fake Netvisor that begins with the
// catalogue's products and keeps its data in dir; "" keeps it in memory. It
// takes several products with one code, so that nothing but the client stands
// between a lost reply and a duplicate.
func (c *Catalogue) NetvisorOptions(dir string) *netvisortest.Options {
	o := &netvisortest.Options{Dir: dir, DuplicateCodes: true}
	for i, name := range append(Groups(), NetvisorOnlyGroup) {
		o.Groups = append(o.Groups, netvisortest.Group{Key: i + 1, Name: name})
	}
	for _, p := range c.Netvisor {
		o.Products = append(o.Products, netvisortest.Product{
			Code: p.Code, Name: p.Name, Description: p.Description, Group: p.Group, Unit: p.Unit,
			UnitPrice: p.Price, PurchasePrice: p.Cost, PrimaryEAN: p.EAN, VATPercent: "25.5",
			Active: !p.Inactive, SalesProduct: true,
		})
	}
	return o
}
