package rackbeat

import (
	"context"
	"iter"
	"time"

	"github.com/instep-go/instep"
)

// Contact is a person at a customer or supplier. What it holds beside the id is
// inferred.
type Contact struct {
	ID string `json:"id"` // the vendor's own

	Name     Attr[string] `json:"name,omitzero"`
	Email    Attr[string] `json:"email,omitzero"`
	Phone    Attr[string] `json:"phone,omitzero"`
	JobTitle Attr[string] `json:"job_title,omitzero"`

	CreatedAt Attr[Time] `json:"created_at,omitzero"`
	UpdatedAt Attr[Time] `json:"updated_at,omitzero"`
}

// contactRow is a Contact on the wire, where the id is a number.
type contactRow struct {
	Contact
	ID Attr[string] `json:"id"`
}

func (r contactRow) record(zone *time.Location) Contact {
	v := r.Contact
	v.ID = r.ID.Or("")
	settle(zone, &v.CreatedAt, &v.UpdatedAt)
	return v
}

// ContactUpdate is a contact to create, or what to change of one. A create
// needs a name.
type ContactUpdate struct {
	Name     instep.Opt[string]
	Email    instep.Opt[string]
	Phone    instep.Opt[string]
	JobTitle instep.Opt[string]
}

func (up *ContactUpdate) form() form {
	f := form{}
	put(f, "name", up.Name, plain)
	put(f, "email", up.Email, plain)
	put(f, "phone", up.Phone, plain)
	put(f, "job_title", up.JobTitle, plain)
	return f
}

// ListCustomerContacts yields the contacts of the customer with the number. An error
// comes once and ends the sequence; it is of kind NotFound if there is no such
// customer.
func (c *Client) ListCustomerContacts(ctx context.Context, number string, o *ListOptions) iter.Seq2[Contact, error] {
	return customerContacts.list(ctx, c, number, o)
}

// CreateCustomerContact adds a contact to the customer with the number. The
// request is sent once.
func (c *Client) CreateCustomerContact(ctx context.Context, number string, in ContactUpdate) (Contact, error) {
	return customerContacts.create(ctx, c, number, in.form())
}

// UpdateCustomerContact changes what the update says of the contact with the
// id, and returns it as it then is. It may be sent several times.
func (c *Client) UpdateCustomerContact(ctx context.Context, number, id string, up ContactUpdate) (Contact, error) {
	return customerContacts.update(ctx, c, number, id, up.form())
}

// DeleteCustomerContact deletes the contact with the id.
func (c *Client) DeleteCustomerContact(ctx context.Context, number, id string) error {
	return customerContacts.remove(ctx, c, number, id)
}

// ListSupplierContacts yields the contacts of the supplier with the number. An error
// comes once and ends the sequence; it is of kind NotFound if there is no such
// supplier.
func (c *Client) ListSupplierContacts(ctx context.Context, number string, o *ListOptions) iter.Seq2[Contact, error] {
	return supplierContacts.list(ctx, c, number, o)
}

// CreateSupplierContact adds a contact to the supplier with the number. The
// request is sent once.
func (c *Client) CreateSupplierContact(ctx context.Context, number string, in ContactUpdate) (Contact, error) {
	return supplierContacts.create(ctx, c, number, in.form())
}

// UpdateSupplierContact changes what the update says of the contact with the
// id, and returns it as it then is. It may be sent several times.
func (c *Client) UpdateSupplierContact(ctx context.Context, number, id string, up ContactUpdate) (Contact, error) {
	return supplierContacts.update(ctx, c, number, id, up.form())
}

// DeleteSupplierContact deletes the contact with the id.
func (c *Client) DeleteSupplierContact(ctx context.Context, number, id string) error {
	return supplierContacts.remove(ctx, c, number, id)
}
