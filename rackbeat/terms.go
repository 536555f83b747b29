package rackbeat

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/instep-go/instep"
)

// PaymentTerm says when an invoice is due.
type PaymentTerm struct {
	Number string `json:"number"` // unique; a whole number
	Name   string `json:"name"`

	Description    Attr[string] `json:"description,omitzero"`
	MaturityDays   Attr[string] `json:"maturity_days,omitzero"` // a whole number
	Type           Attr[string] `json:"type,omitzero"`          // from when days count; the values are not documented
	TypeTranslated Attr[string] `json:"type_translated,omitzero"`
}

// paymentTermRow is a PaymentTerm on the wire.
type paymentTermRow struct {
	PaymentTerm
	Number Attr[string] `json:"number"`
	Name   Attr[string] `json:"name"`
}

func (r paymentTermRow) record(*time.Location) PaymentTerm {
	t := r.PaymentTerm
	t.Number, t.Name = r.Number.Or(""), r.Name.Or("")
	return t
}

func paymentTermItem(t *PaymentTerm) (instep.Item, bool) {
	return instep.Item{Code: t.Number, Name: t.Name}, true
}

var (
	paymentTerms  = resource{"payment-terms", "payment_terms", "payment terms"}
	deliveryTerms = resource{"delivery-terms", "delivery_terms", "delivery terms"}
)

// ListPaymentTerms yields all payment terms. An error comes once and ends the
// sequence.
func (c *Client) ListPaymentTerms(ctx context.Context, o *ListOptions) iter.Seq2[PaymentTerm, error] {
	return walk(ctx, o, c.PaymentTermPage)
}

// PaymentTermPage returns one page of [Client.ListPaymentTerms].
func (c *Client) PaymentTermPage(ctx context.Context, page int, o *ListOptions) (List[PaymentTerm], error) {
	return list[paymentTermRow](ctx, c, paymentTerms, page, o)
}

// GetPaymentTerm reads the payment term with the number. It is an error of kind
// NotFound if there is none.
func (c *Client) GetPaymentTerm(ctx context.Context, number string) (PaymentTerm, error) {
	k := call{
		op: "rackbeat: get payment term", method: http.MethodGet, path: paymentTerms.path + "/" + url.PathEscape(number),
		ref: paymentTerms.ref(number),
	}
	if err := checkRef(k.op, k.ref); err != nil {
		return PaymentTerm{}, err
	}
	return one[paymentTermRow](ctx, c, &k, "payment_term")
}

// PaymentTermInput is a payment term to create. The number is given out by the
// vendor if it is kept. What a create takes is inferred from what replies have.
type PaymentTermInput struct {
	Number       instep.Opt[string]
	Name         string
	Description  instep.Opt[string]
	MaturityDays int                // from 0 up
	Type         instep.Opt[string] // such as the Type of a payment term that is there
}

// CreatePaymentTerm creates a payment term. The request is sent once. That it
// can be done this way is inferred from the other registers.
func (c *Client) CreatePaymentTerm(ctx context.Context, in PaymentTermInput) (PaymentTerm, error) {
	number, numbered := in.Number.Get()
	k := call{
		op: "rackbeat: create payment term", method: http.MethodPost, path: paymentTerms.path, ref: paymentTerms.ref(number),
		body: form{"name": in.Name, "maturity_days": in.MaturityDays}, numbered: numbered,
	}
	put(k.body, "number", in.Number, code)
	put(k.body, "description", in.Description, plain)
	put(k.body, "type", in.Type, plain)
	err := checkNamed(in.Name, k.body)
	if err == nil && in.MaturityDays < 0 {
		err = unfit("maturity_days", "is negative", "give the days from 0 up")
	}
	if err != nil {
		return PaymentTerm{}, k.failed(err)
	}
	return one[paymentTermRow](ctx, c, &k, "payment_term")
}

// addPaymentTerm creates the payment term that Options.PaymentTerm makes of a
// name.
func addPaymentTerm(ctx context.Context, c *Client, name string) (instep.Item, error) {
	in, ok := c.opts.PaymentTerm(name)
	if !ok {
		return instep.Item{}, unfit("payment_term", "there is no such payment term, and Options.PaymentTerm makes none of its name",
			"create it in Rackbeat, or map it to one that is there")
	}
	in.Name = name
	t, err := c.CreatePaymentTerm(ctx, in)
	return instep.Item{Code: t.Number, Name: name}, err
}

// DeliveryTerm says how goods are delivered.
type DeliveryTerm struct {
	Number string `json:"number"` // unique
	Name   string `json:"name"`
}

func deliveryTermItem(t *DeliveryTerm) (instep.Item, bool) {
	return instep.Item{Code: t.Number, Name: t.Name}, true
}

// ListDeliveryTerms yields all delivery terms. Their attributes are inferred
// from those of the other lists. An error comes once and ends the sequence.
func (c *Client) ListDeliveryTerms(ctx context.Context, o *ListOptions) iter.Seq2[DeliveryTerm, error] {
	return walk(ctx, o, c.DeliveryTermPage)
}

// DeliveryTermPage returns one page of [Client.ListDeliveryTerms].
func (c *Client) DeliveryTermPage(ctx context.Context, page int, o *ListOptions) (List[DeliveryTerm], error) {
	return list[namedRow[DeliveryTerm]](ctx, c, deliveryTerms, page, o)
}
