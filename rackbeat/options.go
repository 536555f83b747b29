package rackbeat

import (
	"cmp"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Production is the base URL of the live service.
const Production = "https://app.rackbeat.com/api/"

// The defaults of [Options].
const (
	DefaultPerMinute      = 480 // of public clients of the vendor
	DefaultInFlight       = 4
	DefaultPageSize       = 1000 // the most that public clients know of
	DefaultOverlap        = 2 * time.Minute
	DefaultAttemptTimeout = 90 * time.Second  // of the vendor's own client
	DefaultRequestLife    = 100 * time.Second // inferred: longer than the vendor's own client waits
	DefaultReadLag        = 5 * time.Second   // inferred
	DefaultMaxReply       = 64 << 20
)

// PathEncoding is how a number stands in a path where the vendor did not say.
type PathEncoding uint8

// The encodings of a number in a path.
const (
	Once  PathEncoding = iota // A/1 is A%2F1
	Twice                     // A/1 is A%252F1
)

// Options says how a [Client] works. The zero value is right for the live
// service.
type Options struct {
	// BaseURL is where Rackbeat answers. Empty means Production.
	BaseURL string

	// AllowHTTP accepts a BaseURL without TLS on another machine than this.
	AllowHTTP bool

	// PerMinute is how many requests are sent in a minute. The vendor counts
	// them per API key. 0 means DefaultPerMinute, less than 0 no limit.
	PerMinute int

	// InFlight is how many requests are under way at the same time. 0 means
	// DefaultInFlight.
	InFlight int

	// PageSize is how many rows a list is asked for at a time, at most 1000. 0
	// means DefaultPageSize.
	PageSize int

	// PathEncoding is how a number stands in a path where the vendor did not
	// say. The zero value is Once.
	PathEncoding PathEncoding

	// ZonelessTimes is the zone of times that come without one, which is not
	// documented. Nil means Danish time.
	ZonelessTimes *time.Location

	// Overlap is how far before the mark a walk over changes reads on. 0 means
	// DefaultOverlap, less than 0 none.
	Overlap time.Duration

	// SuppressWebhooks asks the vendor with each write not to fire webhooks for
	// it. Other programs of the company may depend on them: leave it off unless
	// you know of all of them.
	SuppressWebhooks bool

	// BusinessIDField is the attribute in which customers and suppliers have
	// their business id, the field business_id of the connectors: "company_vat"
	// or "ean", since public connectors disagree. Empty means company_vat.
	BusinessIDField string

	// AutoNumber lets the vendor number a customer or supplier that a connector
	// creates without a number. One whose reply is lost can then only be found
	// again by what else it holds. Off, a create must have a number, and a
	// second one with the same is refused.
	AutoNumber bool

	// NewCustomer and NewSupplier are the fields, as the connectors describe
	// them, that a new record gets where the write says nothing of them: a
	// layout, for example, that another system does not know of. They need not
	// be mapped then.
	NewCustomer, NewSupplier instep.Fields

	// CreateMissing names the code lists of which an entry that a connector is
	// to write, and that is not there, is created: "customer_groups",
	// "supplier_groups" and, with PaymentTerm, "payment_terms". That the vendor
	// lets it be created with a name alone is inferred.
	CreateMissing []string

	// PaymentTerm returns the payment term to create for a name, or false if
	// there should be none; the Name of what it returns does not count. It is
	// called by several goroutines.
	PaymentTerm func(name string) (PaymentTermInput, bool)

	// Retries is how many times more a request that may be repeated is sent. 0
	// means 4, less than 0 none.
	Retries int

	// AttemptTimeout bounds each attempt. 0 means DefaultAttemptTimeout.
	AttemptTimeout time.Duration

	// MaxReply is the largest reply in bytes; a product is some 3 KB. 0 means
	// DefaultMaxReply.
	MaxReply int64

	// RequestLife is how long a request without reply may still be carried
	// out, as [instep.Traits] tells it. The vendor does not document it; what
	// takes longer may be sent again. 0 means DefaultRequestLife, less than 0
	// none.
	RequestLife time.Duration

	// ReadLag is how long after a write every read shows it, as
	// [instep.Traits] tells it. The vendor does not document it. 0 means
	// DefaultReadLag, less than 0 none.
	ReadLag time.Duration

	// Transport carries the requests below limits and retries. Nil means an
	// http.Transport of its own.
	Transport http.RoundTripper

	// Logger gets a line per attempt at level Debug. Nil: none.
	Logger *slog.Logger

	// Observe is called after each attempt, on the goroutine of the caller.
	// The status is 0 where no reply came. Nil: not called.
	Observe func(method, path string, status int, took time.Duration, err error)
}

// check validates the options and returns the base URL, which ends in a
// slash.
func (o *Options) check() (*url.URL, error) {
	switch {
	case o.PageSize < 0 || o.PageSize > DefaultPageSize:
		return nil, misconfigured("Options.PageSize", "is not between 1 and 1000", "use 0 for the default of 1000")
	case o.PathEncoding > Twice:
		return nil, misconfigured("Options.PathEncoding", "is not one of the known", "use Once or Twice")
	case o.InFlight < 0:
		return nil, misconfigured("Options.InFlight", "is negative", "use 0 for the default of 4")
	case o.MaxReply < 0:
		return nil, misconfigured("Options.MaxReply", "is negative", "use 0 for the default of 64 MiB")
	case o.AttemptTimeout < 0:
		return nil, misconfigured("Options.AttemptTimeout", "is negative", "use 0 for the default of 90 s")
	}
	if err := o.checkPartners(); err != nil {
		return nil, err
	}
	return o.baseURL()
}

// checkPartners finds what is wrong with the options for customers and
// suppliers.
func (o *Options) checkPartners() error {
	switch o.BusinessIDField {
	case "", fieldCompanyVAT, fieldEAN:
	default:
		return misconfigured("Options.BusinessIDField", "is not one of the known", "use company_vat or ean")
	}
	for _, list := range o.CreateMissing {
		switch {
		case listReaders[list].add == nil:
			return misconfigured("Options.CreateMissing", "names a list to which nothing can be added",
				"use customer_groups, supplier_groups or payment_terms")
		case list == listPaymentTerms && o.PaymentTerm == nil:
			return misconfigured("Options.PaymentTerm", "is missing", "say what a payment term is like, or leave payment_terms out of CreateMissing")
		}
	}
	if err := checkDefaults("Options.NewCustomer", customerKind(o), o.NewCustomer); err != nil {
		return err
	}
	return checkDefaults("Options.NewSupplier", supplierKind(o), o.NewSupplier)
}

// checkDefaults finds a field that a new record cannot be given.
func checkDefaults[T, U any](option string, k *kind[T, U], defaults instep.Fields) error {
	for name, v := range defaults.All() {
		col, ok := k.column(name)
		switch {
		case !ok || col.write == nil:
			return misconfigured(option+": "+name, "is not a field that can be written", "use one that Describe shows as such")
		case name == "number":
			return misconfigured(option+": "+name, "cannot be the same for all", "take it out")
		case v.IsBlank() || !col.takes(v):
			return misconfigured(option+": "+name, "is blank or of another type than the field", "give it a "+col.info.Type.String())
		}
	}
	return nil
}

func (o *Options) baseURL() (*url.URL, error) {
	const field = "Options.BaseURL"
	u, err := url.Parse(cmp.Or(clip(o.BaseURL), Production))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, misconfigured(field, "is not an http or https address", "use an address such as "+Production)
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, misconfigured(field, "holds a user, a query or a fragment", "use an address such as "+Production)
	}
	if u.Scheme == "http" && !o.AllowHTTP && !isLoopback(u.Hostname()) {
		return nil, misconfigured(field, "has no TLS", "use https, or set Options.AllowHTTP")
	}
	if !strings.HasSuffix(u.Path, "/") {
		return u.Parse(u.EscapedPath() + "/")
	}
	return u, nil
}

// withDefaults returns the options with every zero value filled in, and
// negative ones that mean none turned to 0.
func (o *Options) withDefaults() Options {
	d := *o
	d.PerMinute = cmp.Or(o.PerMinute, DefaultPerMinute)
	d.InFlight = cmp.Or(o.InFlight, DefaultInFlight)
	d.PageSize = cmp.Or(o.PageSize, DefaultPageSize)
	d.Overlap = max(cmp.Or(o.Overlap, DefaultOverlap), 0)
	d.AttemptTimeout = cmp.Or(o.AttemptTimeout, DefaultAttemptTimeout)
	d.MaxReply = cmp.Or(o.MaxReply, DefaultMaxReply)
	d.RequestLife = max(cmp.Or(o.RequestLife, DefaultRequestLife), 0)
	d.ReadLag = max(cmp.Or(o.ReadLag, DefaultReadLag), 0)
	d.CreateMissing = slices.Clone(o.CreateMissing)
	if d.ZonelessTimes == nil {
		d.ZonelessTimes = danishTime()
	}
	return d
}

// isLoopback reports whether the host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
