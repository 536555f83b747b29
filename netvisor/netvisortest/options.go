package netvisortest

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// The credentials a Server accepts when Options names no others.
const (
	DefaultCustomerID     = "INSTEP_CUST_1"
	DefaultCustomerKey    = "5b0f7d1c9a3e48268c41d2f06e97ab35"
	DefaultPartnerID      = "INSTEP_PARTNER_1"
	DefaultPartnerKey     = "e1926c4f80d74ba3b75d0a8c3f2164de"
	DefaultOrganisationID = "1967543-8"
)

const (
	defaultClockSkew = 5 * time.Minute
	defaultPageSize  = 100
	defaultMaxBody   = 10 << 20

	defaultVendorPageSize = 500
)

// Options says how a Server begins and behaves. The zero value is good.
type Options struct {
	// Dir is a folder for the records. A Server opened on a folder in use
	// before goes on with its records and leaves Products and Groups aside.
	// Defaults to keeping all in memory.
	Dir string
	// Products are the records to begin with. One without a key gets the next
	// free one, one without LastChanged the time of Now.
	Products []Product
	// Groups are product groups to begin with. The groups of Products need not
	// be among them.
	Groups []Group
	// Customers and Vendors are records to begin with, like Products. A folder
	// in use leaves them aside too, and PaymentTerms.
	Customers []Customer
	Vendors   []Vendor
	// PaymentTerms are what paymenttermlist.nv shows. The payment terms of
	// Customers must be among them.
	PaymentTerms []PaymentTerm

	// CustomerID and the others are the credentials to accept. Each defaults
	// to the constant of its name.
	CustomerID     string
	CustomerKey    string
	PartnerID      string
	PartnerKey     string
	OrganisationID string

	// PublicURL is scheme and host as clients see them, such as
	// "https://netvisor.example", for a Server behind a proxy; they are part of
	// what clients sign. Defaults to what each request shows.
	PublicURL string
	// ClockSkew is how far TimestampUnix may be from Now, to either side.
	// Defaults to 5 minutes; a negative value allows any.
	ClockSkew time.Duration
	// OnlyHMAC refuses the older algorithms, SHA256 and MD5.
	OnlyHMAC bool
	// MalformedAuth answers failed authentication with a body that is not
	// well-formed XML: it shows the string to hash, raw ampersands and all, the
	// keys masked.
	MalformedAuth bool
	// Denied are resources the company has not allowed, such as "product.nv".
	// SetDenied changes them later.
	Denied []string

	// RefuseOverlap answers a request that arrives while another is under way
	// with TECHNICAL_ERROR.
	RefuseOverlap bool
	// DuplicateCodes lets several products, customers or vendors have one code.
	// By default a code in use is refused with DUPLICATE_DATA (inferred).
	DuplicateCodes bool
	// StrictIDLists fails getcustomer.nv for a list with an unknown id in it, as
	// getvendor.nv does. By default the id is left out; the vendor does not say.
	StrictIDLists bool
	// OddTimeStamps gives the time in replies in all forms that were seen of it,
	// in turn. By default it is 9.10.2013 13:42:50.
	OddTimeStamps bool
	// ExtendedProducts is a company with extended product management: products
	// can be added but not edited.
	ExtendedProducts bool
	// LossyPrices rounds prices to four decimals when they are stored. By
	// default twelve are kept.
	LossyPrices bool
	// PageSize is how many products a page of extendedproductlist.nv has when
	// the request does not say. Defaults to 100.
	PageSize int
	// VendorPageSize is how many vendors a page of getvendor.nv has. Defaults to
	// 500.
	VendorPageSize int
	// MaxBody is how many bytes a request's body may have. Defaults to 10 MiB.
	MaxBody int64

	// Now is the server's clock. Defaults to time.Now.
	Now func() time.Time
}

// complete returns a copy of o with every default filled in.
func (o *Options) complete() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	orElse(&c.CustomerID, DefaultCustomerID)
	orElse(&c.CustomerKey, DefaultCustomerKey)
	orElse(&c.PartnerID, DefaultPartnerID)
	orElse(&c.PartnerKey, DefaultPartnerKey)
	orElse(&c.OrganisationID, DefaultOrganisationID)
	orElse(&c.ClockSkew, defaultClockSkew)
	orElse(&c.PageSize, defaultPageSize)
	orElse(&c.VendorPageSize, defaultVendorPageSize)
	orElse(&c.MaxBody, defaultMaxBody)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, c.validate()
}

func (o *Options) validate() error {
	if o.PageSize < 0 || o.VendorPageSize < 0 {
		return fmt.Errorf("netvisortest: page size %d is negative", min(o.PageSize, o.VendorPageSize))
	}
	if o.MaxBody < 0 {
		return fmt.Errorf("netvisortest: max body %d is negative", o.MaxBody)
	}
	if o.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return errors.New("netvisortest: public url: want scheme and host only, such as https://netvisor.example")
	}
	return nil
}

func orElse[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}
