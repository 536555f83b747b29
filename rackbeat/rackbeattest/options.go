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
	// ListDeleted keeps deleted products in lists and readable by number, with
	// deleted_at set.
	ListDeleted bool
	// KeepSpaces stores texts with the spaces around them.
	KeepSpaces bool
}

// resources are the first parts of the paths served.
var resources = []string{"self", "products", "items", "product-groups", "units"}

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
	for _, name := range o.Denied {
		if !slices.Contains(resources, name) {
			errs = append(errs, fmt.Errorf("rackbeattest: Options.Denied names %q, known are %s",
				name, strings.Join(resources, ", ")))
		}
	}
	return errors.Join(errs...)
}
