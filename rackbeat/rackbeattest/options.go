package rackbeattest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What Options fall back to.
const (
	// DefaultKey is the API key a Server takes when Options name none.
	DefaultKey = "rackbeattest-api-key"
	// DefaultAccountID is the id of the account in the reply of self.
	DefaultAccountID = 4711
	// DefaultCompany is the company name in the reply of self.
	DefaultCompany = "Nordisk Handel ApS"
	// DefaultRateLimit is the number of requests allowed in a minute. Public
	// clients of the vendor keep to it (inferred: the service's own limit).
	DefaultRateLimit = 480
	// DefaultFirstNumber is the first number customers and suppliers get that
	// are created without one.
	DefaultFirstNumber = 1001
)

// Options set up a Server. The zero value works, and so does a nil pointer.
type Options struct {
	// Dir is the folder that keeps the records; it is made where missing. Empty
	// keeps everything in memory.
	Dir string
	// Products, Groups and Units fill a Server that starts without data. A
	// folder that was filled before keeps what it holds and they are ignored.
	// A product of group 0 goes into the first group.
	Products []Product
	// Groups are the product groups; nil gives one named "Varer", number 1.
	Groups []Group
	// Units are the units; nil gives one named "stk.", number 1.
	Units []Unit

	// Customers and Suppliers fill a Server that starts without data, too. What
	// they may leave out Add chooses.
	Customers []Customer
	Suppliers []Supplier
	// CustomerContacts, CustomerAddresses and SupplierContacts go with them, by
	// the number of the customer or supplier.
	CustomerContacts  map[int][]Contact
	CustomerAddresses map[int][]Address
	SupplierContacts  map[int][]Contact
	// The lists that customers and suppliers point to. Each that is nil gets a
	// few Danish entries; one that is empty but not nil stays empty.
	CustomerGroups []Entry
	SupplierGroups []Entry
	PaymentTerms   []Entry
	DeliveryTerms  []Entry
	Layouts        []Entry
	Currencies     []Entry
	Employees      []Entry
	// FirstCustomer and FirstSupplier begin the series that number those created
	// without a number. Default to DefaultFirstNumber.
	FirstCustomer int
	FirstSupplier int

	// Key is the API key asked for. Defaults to DefaultKey.
	Key string
	// AccountID is the id of the company's account. Defaults to that of the
	// folder, else to DefaultAccountID. A folder of another account is refused.
	AccountID int
	// Company is the company's name. Defaults to DefaultCompany.
	Company string
	// Denied names resources (first part of a path, such as "products") that
	// the key's scopes leave out: they answer 403.
	Denied []string

	// RateLimit is the number of requests allowed in a minute; 0 means
	// DefaultRateLimit, a negative number no limit.
	RateLimit int
	// Now tells the time of changes and of the rate limit. Defaults to
	// time.Now. It must be safe for concurrent use.
	Now func() time.Time
	// Location is the zone in which times are shown. Defaults to UTC. Which
	// zone the real service uses is not known.
	Location *time.Location
	// ZonedTimes shows times as 2025-01-08T10:30:00+01:00 in place of
	// 2025-01-08 10:30:00.
	ZonedTimes bool
	// Language of the texts in error replies, "en" or "da". Defaults to "en".
	Language string

	// DoubleEncoding decodes paths twice, so that a slash in a number must
	// arrive as %252F. By default it must arrive as %2F.
	DoubleEncoding bool
	// ListDeleted keeps deleted products, customers and suppliers in lists and
	// readable by number, with deleted_at or is_deleted set.
	ListDeleted bool
	// RequireAll asks for more of a new customer or supplier than a name and
	// payment terms: the group, the VAT zone and, of a customer, the layout, as
	// all public connectors send them (inferred). They cannot be cleared then.
	RequireAll bool
	// ShowIDs shows the internal id of customers and suppliers, which the
	// vendor's description of them does not have.
	ShowIDs bool
	// TextNumbers shows the numbers of customers, suppliers and their lists as
	// texts in place of integers.
	TextNumbers bool
	// PlainParts answers the lists of contacts and addresses with 200 and
	// without paging, as public clients are ready for.
	PlainParts bool
	// ClockOff is how far the fake's clock is off, as SetClock sets it.
	ClockOff time.Duration
	// KeepSpaces stores texts with the spaces around them.
	KeepSpaces bool
}

// resources are the first parts of the paths served.
var resources = []string{
	"self", "products", "items", "product-groups", "units", customers, suppliers,
	string(CustomerGroups), string(SupplierGroups), string(PaymentTerms), string(DeliveryTerms),
	string(Layouts), string(Currencies), string(Employees),
}

// withDefaults returns a checked copy of o, without touching o.
func (o *Options) withDefaults() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	setDefault(&c.Key, DefaultKey)
	setDefault(&c.Company, DefaultCompany)
	setDefault(&c.RateLimit, DefaultRateLimit)
	setDefault(&c.Language, "en")
	setDefault(&c.Location, time.UTC)
	setDefault(&c.FirstCustomer, DefaultFirstNumber)
	setDefault(&c.FirstSupplier, DefaultFirstNumber)
	c.Denied = slices.Clone(c.Denied)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Groups == nil {
		c.Groups = []Group{{Number: 1, Name: "Varer", HasInventory: true, IsSellable: true}}
	}
	if c.Units == nil {
		c.Units = []Unit{{Number: 1, Name: "stk."}}
	}
	return c, c.check()
}

func setDefault[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

func (o *Options) check() error {
	var errs []error
	if o.AccountID < 0 {
		errs = append(errs, fmt.Errorf("rackbeattest: Options.AccountID is %d, want a positive number", o.AccountID))
	}
	if _, ok := catalogue[o.Language]; !ok {
		errs = append(errs, fmt.Errorf("rackbeattest: Options.Language is %q, want en or da", o.Language))
	}
	if strings.TrimSpace(o.Key) != o.Key {
		errs = append(errs, errors.New("rackbeattest: Options.Key has spaces around it"))
	}
	if err := checkDenied(o.Denied); err != nil {
		errs = append(errs, fmt.Errorf("rackbeattest: Options.Denied %w", err))
	}
	if min(o.FirstCustomer, o.FirstSupplier) < 1 || max(o.FirstCustomer, o.FirstSupplier) > maxNumber {
		errs = append(errs, fmt.Errorf("rackbeattest: Options.FirstCustomer is %d and FirstSupplier %d, want 1 to %d",
			o.FirstCustomer, o.FirstSupplier, maxNumber))
	}
	return errors.Join(errs...)
}

func checkDenied(names []string) error {
	for _, name := range names {
		if !slices.Contains(resources, name) {
			return fmt.Errorf("names %q, known are %s", name, strings.Join(resources, ", "))
		}
	}
	return nil
}
