package netvisor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Most customers and customer codes of one request (vendor documentation).
const (
	maxGetCustomers  = 500
	maxCustomerCodes = 100
)

// CustomerFilter narrows customerlist.nv. The zero value asks for everything.
type CustomerFilter struct {
	// ChangedSince asks for customers changed after that time; zero for all.
	// It is sent in the client's zone and cut to seconds. The vendor ignores
	// it where Keyword is given.
	ChangedSince time.Time

	// Keyword is part of the name, the code, the business id or the name
	// extension; "" for all.
	Keyword string

	// Codes are customer codes, at most 100; none for all. A code with a
	// comma cannot be asked for here, as it would be read as two.
	Codes []string
}

// CustomerRow is one line of customerlist.nv.
type CustomerRow struct {
	Key        int64 // NetvisorKey
	Name       string
	Code       string // may be blank
	BusinessID string // OrganisationIdentifier; blank for private customers
	GroupID    int64  // 0 if in no group
	GroupName  string
	URI        string // as given; known to be wrong at times, so never followed
}

// CustomerList is the reply of customerlist.nv.
type CustomerList struct {
	Rows []CustomerRow // in the vendor's order, which is not documented

	// At is the reply's TimeStamp; zero if it has none that can be read.
	At time.Time
}

// ListCustomers returns the customers that the filter lets through, all in one
// reply: the resource has no pages. A filter of nil asks for everything. That
// customers out of use are listed as well is inferred.
func (c *Client) ListCustomers(ctx context.Context, f *CustomerFilter) (*CustomerList, error) {
	if f == nil {
		f = &CustomerFilter{}
	}
	params, err := f.params(c.zone)
	if err != nil {
		return nil, err
	}
	list := &CustomerList{}
	a, err := c.listCustomers(ctx, params, func(row CustomerRow) { list.Rows = append(list.Rows, row) })
	if err != nil {
		return nil, err
	}
	list.At = a.at
	return list, nil
}

func (f *CustomerFilter) params(zone *time.Location) ([]param, error) {
	var params []param
	if f.Keyword != "" {
		params = append(params, param{"keyword", f.Keyword})
	}
	if !f.ChangedSince.IsZero() {
		params = append(params, param{"changedsince", filterTime(f.ChangedSince, zone, listFilter)})
	}
	if len(f.Codes) > 0 {
		params = append(params, param{"customercodelist", strings.Join(f.Codes, ",")})
	}
	odd := func(code string) bool { return code == "" || strings.Contains(code, ",") }
	if len(f.Codes) > maxCustomerCodes || slices.ContainsFunc(f.Codes, odd) {
		return nil, &instep.Error{
			Kind: instep.Invalid, Op: "netvisor: list customers", Field: "customercodelist",
			Err: errors.New("the vendor takes at most 100 codes, none of them blank or with a comma"),
		}
	}
	return params, nil
}

// listCustomers gives the rows one by one, so that a walk needs to keep their
// keys only.
func (c *Client) listCustomers(ctx context.Context, params []param, each func(CustomerRow)) (answer, error) {
	return c.do(ctx, &call{
		op: "netvisor: list customers", resource: "customerlist.nv", params: params, list: "customerlist",
		visit: func(_, item *node) error {
			if item.name != "customer" {
				return nil
			}
			v := &values{zone: c.zone}
			row := CustomerRow{
				Key:        v.key(item, "netvisorkey"),
				Name:       v.text(item, "name"),
				Code:       v.text(item, "code"),
				BusinessID: v.text(item, "organisationidentifier"),
				GroupID:    v.key(item, "customergroupid"),
				GroupName:  v.text(item, "customergroupname"),
				URI:        v.text(item, "uri"),
			}
			if v.err == nil && row.Key > 0 {
				each(row)
			}
			return v.err
		},
	})
}

// Customer is one customer of getcustomer.nv. Text is "" and an Opt is kept
// where the reply has nothing; a section is nil where the reply lacks it.
type Customer struct {
	Key  int64  // NetvisorKey
	Code string // InternalIdentifier; may be blank, and need not be a number

	// ExternalIdentifier is the business id of a company. Of a private
	// customer it is the personal identity code: keep it out of logs, and
	// never tell records apart by it.
	ExternalIdentifier string

	OrganizationUnitNumber string // for electronic invoices: "003719675438"
	GroupKey               int64  // 0 if in no group or not told
	Group                  string // name of the customer group
	Name, NameExtension    string
	StreetAddress          string
	AdditionalAddress      string // AdditionalStreetAddress
	City, PostNumber       string
	Country                string // ISO 3166, "FI"; as the reply has it where that is no code
	Phone, Fax, Email      string
	EmailInvoicing         string // EmailInvoicingAddress
	HomePage               string // HomePageUri
	IsActive               instep.Opt[bool]
	IsPrivate              instep.Opt[bool] // IsPrivateCustomer

	Finvoice       *FinvoiceDetails
	Delivery       *DeliveryDetails
	Contact        *ContactDetails
	ContactPersons []ContactPerson
	Offices        []Office
	Additional     *CustomerAdditional
}

// FinvoiceDetails is where electronic invoices go.
type FinvoiceDetails struct {
	Address    string // an OVT or IBAN
	RouterCode string // of the operator
}

// DeliveryDetails is the delivery address of a Customer.
type DeliveryDetails struct {
	Name, StreetAddress, City, PostNumber string
	Country                               string // as Customer.Country
}

// ContactDetails is the one contact that stands on the customer's card itself.
type ContactDetails struct {
	Name         string // ContactName, which is written; that it is read as well is inferred
	Person       string
	Email, Phone string // of the person
}

// CustomerAdditional is the rest of a Customer.
type CustomerAdditional struct {
	Comment             string
	AgreementIdentifier string
	ReferenceNumber     string
	YourReference       string // YourDefaultReference
	TextBeforeLines     string
	TextAfterLines      string
	PaymentTerm         string // name of the default payment term
	PaymentTermKey      int64  // 0 if not told
	TaxHandlingType     string // countrygroup, forcedomestic, notaxhandling, domesticconstructionservice
	BalanceLimit        instep.Opt[instep.Decimal]
	PaymentInterest     instep.Opt[instep.Decimal] // that it is read is inferred
	DiscountPercentage  instep.Opt[instep.Decimal]
	PriceGroup          string
	FactoringAccount    string
	SalesPerson         string // DefaultSalesPerson
	InvoicingLanguage   string
	EUStandardFinvoice  instep.Opt[bool]
	Dimensions          []Dimension
}

// GetCustomers returns the customers with these keys in the order of the keys,
// in as many requests as are needed. One that is not there is left out; that
// is not an error.
//
// The vendor refuses a request for a single unknown key, and does not say what
// it does with a list that holds one. Where it refuses the list, the list is
// split until the unknown keys stand alone.
func (c *Client) GetCustomers(ctx context.Context, keys []int64) ([]Customer, error) {
	return inOrder(ctx, keys, maxGetCustomers, c.customersByKey)
}

// customersByKey is for at most maxGetCustomers keys.
func (c *Client) customersByKey(ctx context.Context, keys []int64) (map[int64]Customer, answer, error) {
	return without(ctx, keys, func(ctx context.Context, keys []int64) (map[int64]Customer, answer, error) {
		found := make(map[int64]Customer, len(keys))
		a, err := c.do(ctx, &call{
			op: "netvisor: get customers", resource: "getcustomer.nv", list: "customers",
			params: []param{{"idlist", joinKeys(keys)}},
			visit: func(_, item *node) error {
				if item.name != "customer" {
					return nil
				}
				one, err := readCustomer(item, c.zone)
				if err == nil && one.Key > 0 {
					found[one.Key] = one
				}
				return err
			},
		})
		return found, a, err
	})
}
