package rackbeat

import (
	"context"
	"iter"
	"time"

	"github.com/instep-go/instep"
)

// Supplier is a supplier as the vendor holds it. That it can be barred, and has
// an EAN, is inferred from customers.
type Supplier struct {
	Partner

	GroupID Attr[string] `json:"supplier_group_id,omitzero"`
	Group   Attr[Entry]  `json:"supplier_group,omitzero"` // where the view has it
}

// supplierRow is a Supplier on the wire, where the number is a number.
type supplierRow struct {
	Supplier
	Number Attr[string] `json:"number"`
}

func (r supplierRow) record(zone *time.Location) Supplier {
	v := r.Supplier
	v.settle(r.Number, zone)
	return v
}

// suppliers is where suppliers lie.
var suppliers = partners[supplierRow, Supplier]{
	resource: resource{"suppliers", "suppliers", "suppliers"}, entity: "supplier",
	partner: func(v *Supplier) *Partner { return &v.Partner },
}

// ListSuppliers yields all suppliers that fit the options, page by page; see
// [Client.ListProducts].
func (c *Client) ListSuppliers(ctx context.Context, o *ListOptions) iter.Seq2[Supplier, error] {
	return walk(ctx, o, c.SupplierPage)
}

// SupplierPage returns one page of [Client.ListSuppliers].
func (c *Client) SupplierPage(ctx context.Context, page int, o *ListOptions) (List[Supplier], error) {
	return list[supplierRow](ctx, c, suppliers.resource, page, o)
}

// GetSupplier reads the supplier with the number. It is an error of kind
// NotFound if there is none.
func (c *Client) GetSupplier(ctx context.Context, number string) (Supplier, error) {
	v, _, err := c.readSupplier(ctx, number)
	return v, err
}

func (c *Client) readSupplier(ctx context.Context, number string) (Supplier, reply, error) {
	return suppliers.get(ctx, c, number)
}

// CreateSupplier creates a supplier; see [Client.CreateCustomer].
func (c *Client) CreateSupplier(ctx context.Context, in SupplierInput) (Supplier, error) {
	v, _, err := suppliers.create(ctx, c, in.Number, in.form)
	return v, err
}

// createSupplierFrom creates a supplier with all that the update sets.
func (c *Client) createSupplierFrom(ctx context.Context, up *SupplierUpdate) (Supplier, reply, error) {
	return suppliers.create(ctx, c, up.Number, up.form)
}

// UpdateSupplier changes what the update speaks of and nothing else, and
// returns the supplier as it then is. It may be sent several times. An update
// that says nothing is an error of kind Invalid.
func (c *Client) UpdateSupplier(ctx context.Context, number string, up SupplierUpdate) (Supplier, error) {
	v, _, err := c.updateSupplier(ctx, number, &up)
	return v, err
}

func (c *Client) updateSupplier(ctx context.Context, number string, up *SupplierUpdate) (Supplier, reply, error) {
	return suppliers.update(ctx, c, number, up.Number, up.form)
}

// DeleteSupplier deletes a supplier; see [Client.DeleteCustomer].
func (c *Client) DeleteSupplier(ctx context.Context, number string) error {
	_, err := c.deleteSupplier(ctx, number)
	return err
}

func (c *Client) deleteSupplier(ctx context.Context, number string) (reply, error) {
	return suppliers.remove(ctx, c, number)
}

// SupplierInput is a supplier to create. The vendor's description of 2018 asks
// for the name and the payment term.
type SupplierInput struct {
	Number      instep.Opt[string] // 1 to 18 digits, not beginning with 0; kept: the vendor gives one
	Name        string
	PaymentTerm string // number of a payment term that is there

	PartnerDetails
}

// SupplierUpdate is what to change of a supplier. The first three cannot be
// cleared.
type SupplierUpdate struct {
	Number      instep.Opt[string] // a new number renames the supplier
	Name        instep.Opt[string]
	PaymentTerm instep.Opt[string] // number of a payment term that is there

	PartnerDetails
}

// form returns the body of a create. What is wrong is an error of kind
// Invalid.
func (in *SupplierInput) form() (form, error) {
	up := SupplierUpdate{
		Number: in.Number, Name: instep.Set(in.Name), PaymentTerm: instep.Set(in.PaymentTerm), PartnerDetails: in.PartnerDetails,
	}
	return up.form()
}

// form returns the body of an update. What is wrong is an error of kind
// Invalid.
func (up *SupplierUpdate) form() (form, error) {
	head := partnerHead{up.Number, up.Name, up.PaymentTerm}
	f, err := head.form()
	if err != nil {
		return nil, err
	}
	up.PartnerDetails.add(f, "supplier_group_id")
	return f, f.check("", priceDecimals)
}
