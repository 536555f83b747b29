package netvisor

import (
	"context"

	"github.com/instep-go/instep"
)

// PaymentTerm is one entry of paymenttermlist.nv. An Opt is kept where the
// reply has nothing.
type PaymentTerm struct {
	Key             int64  // NetvisorKey
	Name            string // Description: "14 days net"
	NetDays         instep.Opt[instep.Decimal]
	DiscountDays    instep.Opt[instep.Decimal]
	DiscountPercent instep.Opt[instep.Decimal]
	IsDefault       instep.Opt[bool]
}

// PaymentTerms returns all payment terms in the vendor's order. The API has no
// resource that makes one. That what customers refer to by name is the
// Description is inferred.
func (c *Client) PaymentTerms(ctx context.Context) ([]PaymentTerm, error) {
	var terms []PaymentTerm
	_, err := c.do(ctx, &call{
		op: "netvisor: list payment terms", resource: "paymenttermlist.nv", list: "paymenttermlist",
		visit: func(_, item *node) error {
			if item.name != "paymentterm" {
				return nil
			}
			v := &values{zone: c.zone}
			t := PaymentTerm{
				Key:             v.key(item, "netvisorkey"),
				Name:            firstOf(v.text(item, "description"), v.text(item, "name")),
				NetDays:         v.decimal(item, "netdays"),
				DiscountDays:    v.decimal(item, "discountdays"),
				DiscountPercent: v.decimal(item, "discountpercent"),
				IsDefault:       v.truth(item, "isdefault"),
			}
			if v.err == nil && t.Name != "" {
				terms = append(terms, t)
			}
			return v.err
		},
	})
	if err != nil {
		return nil, err
	}
	return terms, nil
}
