package rackbeattest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The VAT zones of customers and suppliers.
const (
	ZoneDomestic       = "domestic"
	ZoneEU             = "eu"
	ZoneAbroad         = "abroad"
	ZoneDomesticExempt = "domestic_exempt"
)

var vatZones = []string{ZoneDomestic, ZoneEU, ZoneAbroad, ZoneDomesticExempt}

// Customer is a customer as the fake keeps it.
type Customer = Party

// Supplier is a supplier as the fake keeps it, with the fields that only
// customers have left at their zero values.
type Supplier = Party

// Party is a customer or a supplier. An empty text or decimal and a zero
// reference mean that the field is not set, which a reply shows as null.
// Parties are comparable with ==. The JSON form is that of the fake's folder,
// not that of the API.
type Party struct {
	// ID is the internal id; replies show it with Options.ShowIDs alone. 0 lets
	// the fake choose.
	ID int `json:"id"`
	// Number is the key in paths: positive, unique within customers or within
	// suppliers, and can be changed. 0 takes the next one of the series.
	Number int `json:"number"`
	// Name is required. It is company_name and name of a reply.
	Name string `json:"name"`
	// CompanyVAT is the VAT number or business id, unchecked.
	CompanyVAT string `json:"company_vat,omitzero"`

	// The address is that of the invoices. Country is an English name in the
	// real service; the fake takes any text.
	AddressName string `json:"address_name,omitzero"`
	Street      string `json:"street,omitzero"`
	Street2     string `json:"street2,omitzero"`
	Zipcode     string `json:"zipcode,omitzero"`
	City        string `json:"city,omitzero"`
	State       string `json:"state,omitzero"`
	Country     string `json:"country,omitzero"`

	Email  string `json:"email,omitzero"`
	Phone  string `json:"phone,omitzero"`
	Locale string `json:"locale,omitzero"`
	// Currency is an ISO code of the list Currencies.
	Currency string `json:"currency,omitzero"`
	// VATZone is one of the Zone constants. Add takes ZoneDomestic for none.
	VATZone string `json:"vat_zone,omitzero"`

	// Group is the number of the customer or supplier group. Add takes the
	// first one for 0, as it does for PaymentTerms and a customer's Layout.
	Group int `json:"group,omitzero"`
	// PaymentTerms is required of clients; an edit may leave it out.
	PaymentTerms int `json:"payment_terms,omitzero"`

	// The fields up to OrderEmail are a customer's alone.
	Layout         int     `json:"layout,omitzero"`
	DeliveryTerms  int     `json:"delivery_terms,omitzero"`
	Employee       int     `json:"employee,omitzero"`
	EAN            string  `json:"ean,omitzero"`
	OurReference   string  `json:"our_reference,omitzero"`
	TheirReference string  `json:"their_reference,omitzero"`
	Attention      string  `json:"attention,omitzero"`
	MaxCredit      Decimal `json:"max_credit,omitzero"`
	// Discount is general_discount_percentage.
	Discount     Decimal `json:"discount,omitzero"`
	InvoiceEmail string  `json:"invoice_email,omitzero"`
	OfferEmail   string  `json:"offer_email,omitzero"`
	OrderEmail   string  `json:"order_email,omitzero"`

	// IsBarred blocks the party; it stays in lists.
	IsBarred bool `json:"is_barred,omitzero"`
	// HasHistory makes a deletion fail, as it does for a customer with orders.
	HasHistory bool `json:"has_history,omitzero"`

	// CreatedAt and UpdatedAt have whole seconds, in UTC. Zero lets the fake
	// set them to its present time.
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// DeletedAt is zero unless the party was deleted. Replies show is_deleted.
	DeletedAt time.Time `json:"deleted_at,omitzero"`
}

// Contact is a contact person of a customer or supplier.
type Contact struct {
	// ID is the key in paths. 0 lets the fake choose.
	ID int `json:"id"`
	// Name is required.
	Name  string `json:"name"`
	Email string `json:"email,omitzero"`
	Phone string `json:"phone,omitzero"`
}

// Address is a delivery address of a customer.
type Address struct {
	// ID is the key in paths. 0 lets the fake choose.
	ID int `json:"id"`
	// Name is required.
	Name    string `json:"name"`
	Street  string `json:"street,omitzero"`
	Street2 string `json:"street2,omitzero"`
	Zipcode string `json:"zipcode,omitzero"`
	City    string `json:"city,omitzero"`
	Country string `json:"country,omitzero"`
	Email   string `json:"email,omitzero"`
	Phone   string `json:"phone,omitzero"`
}

// deleted tells whether p was deleted.
func (p *Party) deleted() bool { return !p.DeletedAt.IsZero() }

// partyByID is the last word in every order of parties.
func partyByID(a, b *Party) int { return cmp.Compare(a.ID, b.ID) }

// decimals lists all decimals of p, always in the same order.
func (p *Party) decimals() []decimalField {
	return []decimalField{
		{"max_credit", priceDecimals, &p.MaxCredit},
		{"general_discount_percentage", priceDecimals, &p.Discount},
	}
}

// foreign names the first field set that a supplier does not have.
func (p *Party) foreign() string {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Layout", p.Layout != 0}, {"DeliveryTerms", p.DeliveryTerms != 0}, {"Employee", p.Employee != 0},
		{"EAN", p.EAN != ""}, {"OurReference", p.OurReference != ""}, {"TheirReference", p.TheirReference != ""},
		{"Attention", p.Attention != ""}, {"MaxCredit", p.MaxCredit != ""}, {"Discount", p.Discount != ""},
		{"InvoiceEmail", p.InvoiceEmail != ""}, {"OfferEmail", p.OfferEmail != ""}, {"OrderEmail", p.OrderEmail != ""},
	} {
		if f.set {
			return f.name
		}
	}
	return ""
}

// checkParty tells what keeps p from being stored in r.
func (s *state) checkParty(r *register, p *Party) error {
	switch other := r.live[p.Number]; {
	case p.ID < 0:
		return fmt.Errorf("the id %d is not positive", p.ID)
	case p.Number < 1 || p.Number > maxNumber:
		return fmt.Errorf("the number %d is not between 1 and %d", p.Number, maxNumber)
	case !p.deleted() && other != nil && other.ID != p.ID:
		return fmt.Errorf("the number %d is taken", p.Number)
	case p.Name == "":
		return errors.New("no name")
	case p.VATZone != "" && !slices.Contains(vatZones, p.VATZone):
		return fmt.Errorf("no VAT zone is called %q", p.VATZone)
	case p.Currency != "" && s.lists[Currencies].byCode(p.Currency) == nil:
		return fmt.Errorf("no currency is called %q", p.Currency)
	case r.kind.resource == suppliers && p.foreign() != "":
		return fmt.Errorf("a supplier has no %s", p.foreign())
	}
	for list, n := range map[List]int{
		r.kind.groups: p.Group, PaymentTerms: p.PaymentTerms, Layouts: p.Layout,
		DeliveryTerms: p.DeliveryTerms, Employees: p.Employee,
	} {
		if n != 0 && s.lists[list].entries[n] == nil {
			return fmt.Errorf("%s has no number %d", list, n)
		}
	}
	return nil
}
