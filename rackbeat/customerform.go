package rackbeat

import (
	"github.com/instep-go/instep"
)

// CustomerInput is a customer to create. The vendor's description of 2018 asks
// for the name and the payment term; connectors always send group, VAT zone and
// layout too, so that they are likely needed (inferred).
type CustomerInput struct {
	Number      instep.Opt[string] // 1 to 18 digits, not beginning with 0; kept: the vendor gives one
	Name        string
	PaymentTerm string // number of a payment term that is there

	PartnerDetails
	CustomerDetails
}

// CustomerUpdate is what to change of a customer. The first three cannot be
// cleared.
type CustomerUpdate struct {
	Number      instep.Opt[string] // a new number renames the customer
	Name        instep.Opt[string]
	PaymentTerm instep.Opt[string] // number of a payment term that is there

	PartnerDetails
	CustomerDetails
}

// CustomerDetails are the attributes of a customer that a supplier does not
// have.
type CustomerDetails struct {
	OurReference   instep.Opt[string]
	TheirReference instep.Opt[string]
	Attention      instep.Opt[string]

	MaxCredit       instep.Opt[instep.Decimal] // at most 6 decimals
	DiscountPercent instep.Opt[instep.Decimal] // at most 6 decimals (inferred)

	Employee     instep.Opt[string] // number of an employee
	Layout       instep.Opt[string] // number of a layout
	DeliveryTerm instep.Opt[string] // number of a delivery term

	InvoiceEmail instep.Opt[string]
	OfferEmail   instep.Opt[string]
	OrderEmail   instep.Opt[string]
}

// form returns the body of a create. What is wrong is an error of kind
// Invalid.
func (in *CustomerInput) form() (form, error) {
	up := CustomerUpdate{
		Number: in.Number, Name: instep.Set(in.Name), PaymentTerm: instep.Set(in.PaymentTerm),
		PartnerDetails: in.PartnerDetails, CustomerDetails: in.CustomerDetails,
	}
	return up.form()
}

// form returns the body of an update. What is wrong is an error of kind
// Invalid.
func (up *CustomerUpdate) form() (form, error) {
	head := partnerHead{up.Number, up.Name, up.PaymentTerm}
	f, err := head.form()
	if err != nil {
		return nil, err
	}
	up.PartnerDetails.add(f, "customer_group_id")
	put(f, "our_reference", up.OurReference, plain)
	put(f, "their_reference", up.TheirReference, plain)
	put(f, "attention", up.Attention, plain)
	put(f, "max_credit", up.MaxCredit, exact)
	put(f, "general_discount_percentage", up.DiscountPercent, exact)
	put(f, "employee_id", up.Employee, code)
	put(f, "layout_id", up.Layout, code)
	put(f, "delivery_terms_id", up.DeliveryTerm, code)
	put(f, "invoice_email", up.InvoiceEmail, plain)
	put(f, "offer_email", up.OfferEmail, plain)
	put(f, "order_email", up.OrderEmail, plain)
	return f, f.check("", priceDecimals)
}
