package catalogue

import (
	"slices"

	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// RackbeatOptions returns the options of a fake Rackbeat that begins with the
// catalogue's records and keeps its data in dir; "" keeps it in memory. It
// answers any number of requests a minute.
//
// Countries go over as English names. The one field for a firm's id holds the
// VAT number, or else the business id. What is missing of what Rackbeat asks
// for, the fake chooses.
func (c *Catalogue) RackbeatOptions(dir string) *rackbeattest.Options {
	o := &rackbeattest.Options{Dir: dir, RateLimit: -1}
	c.rackbeatProducts(o)
	c.rackbeatLists(o)
	c.rackbeatParties(o)
	return o
}

func (c *Catalogue) rackbeatProducts(o *rackbeattest.Options) {
	groups, units := append(Groups(), RackbeatOnlyGroup), Units()
	for i, name := range groups {
		o.Groups = append(o.Groups, rackbeattest.Group{Number: i + 1, Name: name, HasInventory: true, IsSellable: true})
	}
	for i, name := range units {
		o.Units = append(o.Units, rackbeattest.Unit{Number: i + 1, Name: name})
	}
	for _, p := range c.Rackbeat.Products {
		o.Products = append(o.Products, rackbeattest.Product{
			Number: p.Code, Name: p.Name, Description: p.Description, Barcode: p.EAN,
			SalesPrice: rackbeattest.Decimal(p.Price), RecommendedCostPrice: rackbeattest.Decimal(p.Cost),
			Group: 1 + slices.Index(groups, p.Group), Unit: 1 + slices.Index(units, p.Unit), IsBarred: p.Inactive,
		})
	}
}

// NetvisorOptions returns the options of a fake Netvisor that begins with the
// catalogue's records and keeps its data in dir; "" keeps it in memory. It
// takes several records with one code, so that nothing but the client stands
// between a lost reply and a duplicate.
//
// The id of a firm is the business id, or else the VAT number. What Netvisor
// has no field for is left out: the currency of customers, and of suppliers the
// second line of the address and that they are no longer in use. A Finnish
// customer's business id is also in its address for electronic invoices.
func (c *Catalogue) NetvisorOptions(dir string) *netvisortest.Options {
	o := &netvisortest.Options{Dir: dir, DuplicateCodes: true}
	c.netvisorProducts(o)
	for i, t := range append(PaymentTerms(), netvisorTerm) {
		o.PaymentTerms = append(o.PaymentTerms, netvisortest.PaymentTerm{Key: i + 1, Description: t.Name, NetDays: t.Days, Default: i == 0})
	}
	for i := range c.Netvisor.Customers {
		o.Customers = append(o.Customers, netvisorCustomer(&c.Netvisor.Customers[i]))
	}
	for i := range c.Netvisor.Suppliers {
		o.Vendors = append(o.Vendors, netvisorVendor(&c.Netvisor.Suppliers[i]))
	}
	return o
}

func (c *Catalogue) netvisorProducts(o *netvisortest.Options) {
	for i, name := range append(Groups(), NetvisorOnlyGroup) {
		o.Groups = append(o.Groups, netvisortest.Group{Key: i + 1, Name: name})
	}
	for _, p := range c.Netvisor.Products {
		o.Products = append(o.Products, netvisortest.Product{
			Code: p.Code, Name: p.Name, Description: p.Description, Group: p.Group, Unit: p.Unit,
			UnitPrice: p.Price, PurchasePrice: p.Cost, PrimaryEAN: p.EAN, VATPercent: "25.5",
			Active: !p.Inactive, SalesProduct: true,
		})
	}
}
