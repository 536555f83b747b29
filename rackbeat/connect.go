package rackbeat

import (
	"github.com/instep-go/instep"
)

// Products is the register of products as the engine sees it: an
// [instep.Source] and [instep.Sink] with all capabilities. Its code lists are
// "product_groups" and "units"; products can be found by number and barcode.
// It is safe for concurrent use. It remembers the code lists and what the walk
// under way has seen, so keep one for as long as you read.
type Products struct {
	*connector[Product, ProductUpdate]
}

var (
	_ instep.Source    = (*Products)(nil)
	_ instep.Sink      = (*Products)(nil)
	_ instep.Getter    = (*Products)(nil)
	_ instep.Finder    = (*Products)(nil)
	_ instep.Lister    = (*Products)(nil)
	_ instep.Describer = (*Products)(nil)
	_ instep.Traiter   = (*Products)(nil)
	_ instep.Prober    = (*Products)(nil)
)

// Products returns the connector for products.
func (c *Client) Products() *Products {
	return &Products{newConnector(c, productKind, listGroups, listUnits)}
}

// Customers is the register of customers as the engine sees it: an
// [instep.Source] and [instep.Sink] with all capabilities. Its code lists are
// "customer_groups", "payment_terms", "vat_zones", "layouts", "delivery_terms",
// "employees" and "currencies"; customers can be found by number, business_id,
// company_vat, ean and name. Use it as [Products].
type Customers struct {
	*connector[Customer, CustomerUpdate]
}

var (
	_ instep.Source    = (*Customers)(nil)
	_ instep.Sink      = (*Customers)(nil)
	_ instep.Getter    = (*Customers)(nil)
	_ instep.Finder    = (*Customers)(nil)
	_ instep.Lister    = (*Customers)(nil)
	_ instep.Describer = (*Customers)(nil)
	_ instep.Traiter   = (*Customers)(nil)
	_ instep.Prober    = (*Customers)(nil)
)

// Customers returns the connector for customers.
func (c *Client) Customers() *Customers {
	return &Customers{newConnector(c, customerKind(&c.opts), listCustomerGroups, listPaymentTerms, listVATZones,
		listLayouts, listDeliveryTerms, listEmployees, listCurrencies)}
}

// Suppliers is the register of suppliers as the engine sees it: an
// [instep.Source] and [instep.Sink] with all capabilities. Its code lists are
// "supplier_groups", "payment_terms", "vat_zones" and "currencies"; suppliers
// can be found by number, business_id, company_vat, ean and name. Use it as
// [Products].
type Suppliers struct {
	*connector[Supplier, SupplierUpdate]
}

var (
	_ instep.Source    = (*Suppliers)(nil)
	_ instep.Sink      = (*Suppliers)(nil)
	_ instep.Getter    = (*Suppliers)(nil)
	_ instep.Finder    = (*Suppliers)(nil)
	_ instep.Lister    = (*Suppliers)(nil)
	_ instep.Describer = (*Suppliers)(nil)
	_ instep.Traiter   = (*Suppliers)(nil)
	_ instep.Prober    = (*Suppliers)(nil)
)

// Suppliers returns the connector for suppliers.
func (c *Client) Suppliers() *Suppliers {
	return &Suppliers{newConnector(c, supplierKind(&c.opts), listSupplierGroups, listPaymentTerms, listVATZones, listCurrencies)}
}
