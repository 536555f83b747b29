package netvisor

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// maxGetVendors is how many suppliers are asked for by their keys in one
// request. The vendor documents no limit; it is that of like resources
// (inferred).
const maxGetVendors = 500

// Vendor is one supplier of getvendor.nv. Text is "" and an Opt is kept where
// the reply has nothing; a section is nil where the reply lacks it.
type Vendor struct {
	Key            int64  // NetvisorKey
	Code           string // may be blank
	Name           string
	Address        string
	PostCode, City string
	Country        string // ISO 3166, "FI"; as the reply has it where that is no code
	OrganizationID string // the business id; of a foreign supplier another number
	Group          string // name of the vendor group

	DomesticAccounts []DomesticAccount
	ForeignAccounts  []ForeignAccount

	Contact    *VendorContact
	Additional *VendorAdditional
}

// DomesticAccount is a Finnish bank account of a Vendor.
type DomesticAccount struct {
	Key       int64 // NetvisorKey; 0 for one to add
	IBAN      string
	BankName  string
	IsDefault bool
}

// ForeignAccount is another bank account of a Vendor.
type ForeignAccount struct {
	Key            int64 // NetvisorKey; 0 for one to add
	BBAN, BICSwift string
	BankName       string
	ClearingCode   string
	ClearingNumber string
	BankAddress    string
	Country        string // ISO 3166
	Currency       string // ISO 4217
	IsDefault      bool
	IncludeAddress bool // in payments; the vendor's element has three s in its address
}

// VendorContact is how a Vendor is reached.
type VendorContact struct {
	Phone, Email, Fax                    string
	PersonName, PersonPhone, PersonEmail string
	HomePage, Comment                    string
}

// VendorAdditional is the rest of a Vendor.
type VendorAdditional struct {
	DefaultVATPercent   instep.Opt[instep.Decimal]
	IsPartialVATReduced instep.Opt[bool] // IsPartialVatReducedPrivileged
	PaymentTerm         string           // as the reply has it; what it counts is not documented

	// What is written in place of PaymentTerm, and the currency. That replies
	// may hold them is inferred.
	NetDays, DiscountDays, DiscountPercent instep.Opt[instep.Decimal]
	Currency                               string // ISO 4217

	Dimensions         []Dimension
	AccountingAccounts []VendorAccount
	Acceptance         []VendorAcceptance
}

// VendorAccount is a bookkeeping account of a Vendor.
type VendorAccount struct {
	Number    string
	Name      string // read only
	IsDefault bool
}

// VendorAcceptance is who accepts the invoices of a Vendor.
type VendorAcceptance struct {
	Name                string
	IsDefault, IsForced bool
}

// VendorPage is one page of getvendor.nv.
type VendorPage struct {
	Vendors []Vendor // in the vendor's order, which is not documented

	// What the pagination headers of the reply say: the page that follows, 0
	// if there is none; how many suppliers a page holds, 0 if not told; how
	// many there are in all, -1 if not told.
	Next, Limit, Total int

	// At is the reply's TimeStamp; zero if it has none that can be read.
	At time.Time

	paged bool // the reply has pagination headers
	a     answer
}

// ListVendors returns one page, from 1, of the suppliers changed since a time;
// a zero time asks for all. The resource has no list of keys: each page holds
// the suppliers themselves. How long a page is, and whether one follows, is
// taken from the headers of the reply, as the documentation names two lengths.
func (c *Client) ListVendors(ctx context.Context, changedSince time.Time, page int) (*VendorPage, error) {
	since := ""
	if !changedSince.IsZero() {
		since = filterTime(changedSince, c.zone, listFilter)
	}
	return c.listVendors(ctx, since, page)
}

// everVendor is the change filter that lets every supplier through. The
// resource must be given one filter; that an old date does is inferred.
const everVendor = "1900-01-01"

func (c *Client) listVendors(ctx context.Context, since string, page int) (*VendorPage, error) {
	if since == "" {
		since = everVendor
	}
	p := &VendorPage{}
	params := []param{{"changedsince", since}, {"page", strconv.Itoa(max(page, 1))}}
	a, err := c.getVendors(ctx, params, func(v Vendor) { p.Vendors = append(p.Vendors, v) })
	if err != nil {
		return nil, err
	}
	p.a, p.At = a, a.at
	p.readHeaders(a.header, max(page, 1))
	return p, nil
}

// readHeaders reads the pagination headers of the reply for a page.
func (p *VendorPage) readHeaders(h http.Header, page int) {
	number := func(name string) (int, bool) {
		n, err := strconv.ParseInt(strings.TrimSpace(h.Get("X-Netvisor-Pagination-"+name)), 10, 32)
		if err != nil || n < 0 {
			return 0, false
		}
		return int(n), true
	}
	next, hasNext := number("Next-Page")
	limit, hasLimit := number("Limit")
	total, hasTotal := number("Total-Count")
	_, hasCurrent := number("Current-Page")
	p.paged = hasNext || hasLimit || hasTotal || hasCurrent
	p.Limit, p.Total = limit, total
	if !hasTotal {
		p.Total = -1
	}
	switch {
	case hasNext && next > page:
		p.Next = next
	case !hasNext && limit > 0 && hasTotal && page < (total+limit-1)/limit:
		p.Next = page + 1
	}
}

// GetVendors returns the suppliers with these keys in the order of the keys,
// in as many requests as are needed. One that is not there is left out; that
// is not an error.
//
// The vendor refuses a whole request if one of its keys is unknown. It is then
// split until the unknown keys stand alone.
func (c *Client) GetVendors(ctx context.Context, keys []int64) ([]Vendor, error) {
	return inOrder(ctx, keys, maxGetVendors, c.vendorsByKey)
}

// vendorsByKey is for at most maxGetVendors keys.
func (c *Client) vendorsByKey(ctx context.Context, keys []int64) (map[int64]Vendor, answer, error) {
	return without(ctx, keys, func(ctx context.Context, keys []int64) (map[int64]Vendor, answer, error) {
		found := make(map[int64]Vendor, len(keys))
		params := []param{{"netvisorkeylist", joinKeys(keys)}}
		a, err := c.getVendors(ctx, params, func(v Vendor) { found[v.Key] = v })
		for _, key := range keys {
			if _, there := found[key]; err == nil && !there {
				err = &instep.Error{Kind: instep.Malformed, Op: "netvisor: get vendors", Ref: refOf("supplier", key), Err: errShort}
			}
		}
		return found, a, err
	})
}

// errShort says that a supplier is missing in an answer that ought to hold it:
// the vendor documents that it refuses keys that it does not know. A reply that
// was cut must not look like deletions.
var errShort = errors.New("the reply leaves out a supplier that was asked for and not refused")

func (c *Client) getVendors(ctx context.Context, params []param, each func(Vendor)) (answer, error) {
	return c.do(ctx, &call{
		op: "netvisor: get vendors", resource: "getvendor.nv", params: params, list: "vendors",
		visit: func(_, item *node) error {
			if item.name != "vendor" {
				return nil
			}
			one, err := readVendor(item, c.zone)
			if err == nil && one.Key > 0 {
				each(one)
			}
			return err
		},
	})
}
