package rackbeat

import (
	"context"
	"iter"
	"time"

	"github.com/instep-go/instep"
)

// PartnerAddress is an address of a customer: one to bill or to deliver to. The
// country is an English name; see [CountryCode].
type PartnerAddress struct {
	ID Attr[string] `json:"id,omitzero"` // the vendor's own, where the address is one of several

	Name    Attr[string] `json:"name,omitzero"`
	Street  Attr[string] `json:"street,omitzero"`
	Street2 Attr[string] `json:"street2,omitzero"`
	ZIPCode Attr[string] `json:"zipcode,omitzero"`
	City    Attr[string] `json:"city,omitzero"`
	Country Attr[string] `json:"country,omitzero"`
	Email   Attr[string] `json:"email,omitzero"`
	Phone   Attr[string] `json:"phone,omitzero"`
}

// addressRow is a PartnerAddress on the wire.
type addressRow struct{ PartnerAddress }

func (r addressRow) record(*time.Location) PartnerAddress { return r.PartnerAddress }

// AddressUpdate is an address to create, or what to change of one.
type AddressUpdate struct {
	Name    instep.Opt[string]
	Street  instep.Opt[string]
	Street2 instep.Opt[string]
	ZIPCode instep.Opt[string]
	City    instep.Opt[string]
	Country instep.Opt[string] // English name; see CountryName
	Email   instep.Opt[string]
	Phone   instep.Opt[string]
}

func (up *AddressUpdate) form() form {
	f := form{}
	put(f, "name", up.Name, plain)
	put(f, "street", up.Street, plain)
	put(f, "street2", up.Street2, plain)
	put(f, "zipcode", up.ZIPCode, plain)
	put(f, "city", up.City, plain)
	put(f, "country", up.Country, plain)
	put(f, "email", up.Email, plain)
	put(f, "phone", up.Phone, plain)
	return f
}

// ListCustomerAddresses yields the delivery addresses of the customer with the number. An error
// comes once and ends the sequence; it is of kind NotFound if there is no such
// customer.
func (c *Client) ListCustomerAddresses(ctx context.Context, number string, o *ListOptions) iter.Seq2[PartnerAddress, error] {
	return customerAddresses.list(ctx, c, number, o)
}

// CreateCustomerAddress adds a delivery address to the customer with the number. The
// request is sent once.
func (c *Client) CreateCustomerAddress(ctx context.Context, number string, in AddressUpdate) (PartnerAddress, error) {
	return customerAddresses.create(ctx, c, number, in.form())
}

// UpdateCustomerAddress changes what the update says of the address with the
// id, and returns it as it then is. It may be sent several times.
func (c *Client) UpdateCustomerAddress(ctx context.Context, number, id string, up AddressUpdate) (PartnerAddress, error) {
	return customerAddresses.update(ctx, c, number, id, up.form())
}

// DeleteCustomerAddress deletes the address with the id.
func (c *Client) DeleteCustomerAddress(ctx context.Context, number, id string) error {
	return customerAddresses.remove(ctx, c, number, id)
}
