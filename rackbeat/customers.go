package rackbeat

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/instep-go/instep"
)

// Customer is a customer as the vendor holds it.
type Customer struct {
	Partner

	GroupID Attr[string] `json:"customer_group_id,omitzero"`
	Group   Attr[Entry]  `json:"customer_group,omitzero"` // where the view has it

	OurReference   Attr[string] `json:"our_reference,omitzero"`
	TheirReference Attr[string] `json:"their_reference,omitzero"`
	Attention      Attr[string] `json:"attention,omitzero"`

	MaxCredit       Attr[instep.Decimal] `json:"max_credit,omitzero"`
	DiscountPercent Attr[instep.Decimal] `json:"general_discount_percentage,omitzero"`

	// Each of the next pairs is a number and, where the view has it, the entry
	// with that number.
	EmployeeID     Attr[string] `json:"employee_id,omitzero"`
	Employee       Attr[Entry]  `json:"employee,omitzero"`
	LayoutID       Attr[string] `json:"layout_id,omitzero"`
	Layout         Attr[Entry]  `json:"layout,omitzero"`
	DeliveryTermID Attr[string] `json:"delivery_terms_id,omitzero"`
	DeliveryTerm   Attr[Entry]  `json:"delivery_terms,omitzero"`

	InvoiceEmail Attr[string] `json:"invoice_email,omitzero"`
	OfferEmail   Attr[string] `json:"offer_email,omitzero"`
	OrderEmail   Attr[string] `json:"order_email,omitzero"`

	BillingAddress  Attr[PartnerAddress] `json:"billing_address,omitzero"`
	DeliveryAddress Attr[PartnerAddress] `json:"delivery_address,omitzero"`
}

// customerRow is a Customer on the wire, where the number is a number and a
// reference may be an object.
type customerRow struct {
	Customer
	Number         Attr[string]          `json:"number"`
	OurReference   Attr[json.RawMessage] `json:"our_reference"`
	TheirReference Attr[json.RawMessage] `json:"their_reference"`
}

func (r customerRow) record(zone *time.Location) Customer {
	v := r.Customer
	v.settle(r.Number, zone)
	v.OurReference, v.TheirReference = textIn(r.OurReference), textIn(r.TheirReference)
	return v
}

// textIn reads a text, or the name of an object, or else its number.
func textIn(a Attr[json.RawMessage]) Attr[string] {
	raw, ok := a.Get()
	if !ok {
		return Attr[string]{state: a.state}
	}
	var e Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return Null[string]()
	}
	for _, text := range []Attr[string]{e.Name, e.Number} {
		if _, ok := text.Get(); ok {
			return text
		}
	}
	return Null[string]()
}

// customers is where customers lie.
var customers = partners[customerRow, Customer]{
	resource: resource{"customers", "customers", "customers"}, entity: "customer",
	partner: func(v *Customer) *Partner { return &v.Partner },
}

// ListCustomers yields all customers that fit the options, page by page; see
// [Client.ListProducts].
func (c *Client) ListCustomers(ctx context.Context, o *ListOptions) iter.Seq2[Customer, error] {
	return walk(ctx, o, c.CustomerPage)
}

// CustomerPage returns one page of [Client.ListCustomers].
func (c *Client) CustomerPage(ctx context.Context, page int, o *ListOptions) (List[Customer], error) {
	return list[customerRow](ctx, c, customers.resource, page, o)
}

// GetCustomer reads the customer with the number. It is an error of kind
// NotFound if there is none.
func (c *Client) GetCustomer(ctx context.Context, number string) (Customer, error) {
	v, _, err := c.readCustomer(ctx, number)
	return v, err
}

func (c *Client) readCustomer(ctx context.Context, number string) (Customer, reply, error) {
	return customers.get(ctx, c, number)
}

// CreateCustomer creates a customer; the vendor numbers it if the number is
// kept. The request is sent once: where its reply is missing the error is of
// kind Lost, and a customer without a number of the caller's can then only be
// looked for by what else it holds. A number that is taken is an error of kind
// Duplicate (inferred from an error on the number alone).
func (c *Client) CreateCustomer(ctx context.Context, in CustomerInput) (Customer, error) {
	v, _, err := customers.create(ctx, c, in.Number, in.form)
	return v, err
}

// createCustomerFrom creates a customer with all that the update sets.
func (c *Client) createCustomerFrom(ctx context.Context, up *CustomerUpdate) (Customer, reply, error) {
	return customers.create(ctx, c, up.Number, up.form)
}

// UpdateCustomer changes what the update speaks of and nothing else, and
// returns the customer as it then is. It may be sent several times. An update
// that says nothing is an error of kind Invalid.
func (c *Client) UpdateCustomer(ctx context.Context, number string, up CustomerUpdate) (Customer, error) {
	v, _, err := c.updateCustomer(ctx, number, &up)
	return v, err
}

func (c *Client) updateCustomer(ctx context.Context, number string, up *CustomerUpdate) (Customer, reply, error) {
	return customers.update(ctx, c, number, up.Number, up.form)
}

// DeleteCustomer deletes a customer: the vendor marks it as deleted. One with
// orders or invoices can likely not be deleted, only barred; that is an error
// of kind Invalid.
func (c *Client) DeleteCustomer(ctx context.Context, number string) error {
	_, err := c.deleteCustomer(ctx, number)
	return err
}

func (c *Client) deleteCustomer(ctx context.Context, number string) (reply, error) {
	return customers.remove(ctx, c, number)
}
