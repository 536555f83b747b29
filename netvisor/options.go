package netvisor

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// Language is the language of the vendor's error texts.
type Language string

// The languages.
const (
	English Language = "EN" // the default
	Finnish Language = "FI"
	Swedish Language = "SE"
)

// The defaults of [Options].
const (
	DefaultLookback       = 10 * time.Minute
	DefaultAttemptTimeout = 120 * time.Second // the least the vendor asks for
	DefaultRequestLife    = 150 * time.Second // inferred: longer than the vendor has clients wait
	DefaultReadLag        = 10 * time.Second  // inferred
	DefaultMaxReply       = 64 << 20
)

// maxGet is how many products getproduct.nv gives in one reply (vendor
// documentation).
const maxGet = 400

// Options says how a [Client] works. The zero value is that of the live
// system.
type Options struct {
	// BaseURL is where Netvisor answers. Empty means Production.
	BaseURL string

	// AllowHTTP accepts a BaseURL without TLS on another machine than this.
	AllowHTTP bool

	// Sender names the integration, in printable ASCII. Empty means "Instep".
	Sender string

	// Language is that of error texts. Empty means English.
	Language Language

	// Algorithm is how requests are signed. Empty means HMACSHA256.
	Algorithm Algorithm

	// SignedURL is which form of the address is signed. Empty means AsSent.
	SignedURL SignedURL

	// Charset is that of request bodies. Empty means UTF8.
	Charset Charset

	// DecimalPoint sends numbers with a point instead of the comma of the
	// vendor's documentation.
	DecimalPoint bool

	// Location is the zone of TimeStamp and of the change filters, which is
	// not documented. Nil means Finnish time.
	Location *time.Location

	// Lookback is how far before the previous list's TimeStamp the next one
	// begins. 0 means DefaultLookback, less than 0 none.
	Lookback time.Duration

	// PageSize is how many products or customers their connectors read at a
	// time, at most 400. 0 means the vendor's own limit: 400 products, 500
	// customers. The pages of suppliers are as long as the vendor makes them.
	PageSize int

	// AddOnly says that the company uses extended product management, where
	// the vendor lets products be added but not edited. The connector then
	// describes its fields as such and refuses updates.
	AddOnly bool

	// AutomaticCodes lets Netvisor give a customer that is created without a
	// code the next free one. Otherwise it has none.
	AutomaticCodes bool

	// NewCustomer and NewSupplier are the fields, as the connectors describe
	// them, that a new record gets where the write says nothing of them or
	// leaves them blank: a country, for example.
	NewCustomer, NewSupplier instep.Fields

	// Retries is how many times more a request that may be repeated is sent.
	// 0 means 4, less than 0 none.
	Retries int

	// AttemptTimeout bounds each attempt. The vendor asks for no less than
	// 120 s, and 0 means DefaultAttemptTimeout.
	AttemptTimeout time.Duration

	// MaxReply is the largest reply in bytes; a row of a product list is some
	// 450 bytes. 0 means DefaultMaxReply.
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

	// Transport carries the requests below signing, limits and retries. Nil
	// means an http.Transport of its own.
	Transport http.RoundTripper

	// Logger gets a line per attempt at level Debug, without what was searched
	// for. Nil: none.
	Logger *slog.Logger

	// Observe is called after each attempt, on the goroutine of the caller.
	// The status is 0 where no reply came. Nil: not called.
	Observe func(method, path string, status int, took time.Duration, err error)
}

// check validates the options and returns the base URL, which ends in a
// slash.
func (o *Options) check() (*url.URL, error) {
	base, err := o.baseURL()
	if err != nil {
		return nil, err
	}
	switch {
	case !visible(o.Sender):
		return nil, misconfigured("Options.Sender", "is not printable ASCII, or has spaces around it",
			"use letters of the English alphabet: the sender is signed, and the encoding of others is not settled")
	case !slices.Contains([]Language{"", English, Finnish, Swedish}, o.Language):
		return nil, misconfigured("Options.Language", "is not one of the known", "use FI, SE or EN")
	case !slices.Contains([]Algorithm{"", HMACSHA256, SHA256}, o.Algorithm):
		return nil, misconfigured("Options.Algorithm", "is not one of the known", "use HMACSHA256 or SHA256")
	case !slices.Contains([]SignedURL{"", AsSent, Unescaped}, o.SignedURL):
		return nil, misconfigured("Options.SignedURL", "is not one of the known", "use AsSent or Unescaped")
	case !slices.Contains([]Charset{"", UTF8, Latin9}, o.Charset):
		return nil, misconfigured("Options.Charset", "is not one of the known", "use UTF-8 or ISO-8859-15")
	case o.PageSize < 0 || o.PageSize > maxGet:
		return nil, misconfigured("Options.PageSize", "is not between 1 and 400", "use 0 for the vendor's limit")
	case o.MaxReply < 0:
		return nil, misconfigured("Options.MaxReply", "is negative", "use 0 for the default of 64 MiB")
	case o.AttemptTimeout < 0:
		return nil, misconfigured("Options.AttemptTimeout", "is negative", "use 0 for the default of 120 s")
	}
	if err := customerTable.checkDefaults("Options.NewCustomer", o.NewCustomer); err != nil {
		return nil, err
	}
	return base, vendorTable.checkDefaults("Options.NewSupplier", o.NewSupplier)
}

func (o *Options) baseURL() (*url.URL, error) {
	const field = "Options.BaseURL"
	u, err := url.Parse(cmp.Or(o.BaseURL, Production))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, misconfigured(field, "is not an http or https address", "use an address such as "+Production)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, misconfigured(field, "holds a user, a query or a fragment", "use an address such as "+Production)
	}
	if u.Scheme == "http" && !o.AllowHTTP && !isLoopback(u.Hostname()) {
		return nil, misconfigured(field, "has no TLS", "use https, or set Options.AllowHTTP")
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/"
	return u, nil
}

// client returns the part of a Client that comes from the options.
func (o *Options) client(base *url.URL) *Client {
	zone := o.Location
	if zone == nil {
		zone = finnishTime()
	}
	return &Client{
		base:           base,
		sender:         cmp.Or(o.Sender, "Instep"),
		language:       cmp.Or(o.Language, English),
		algorithm:      cmp.Or(o.Algorithm, HMACSHA256),
		charset:        cmp.Or(o.Charset, UTF8),
		signedForm:     cmp.Or(o.SignedURL, AsSent),
		decimalPoint:   o.DecimalPoint,
		maxReply:       cmp.Or(o.MaxReply, DefaultMaxReply),
		zone:           zone,
		lookback:       max(cmp.Or(o.Lookback, DefaultLookback), 0),
		pageSize:       o.PageSize,
		addOnly:        o.AddOnly,
		automaticCodes: o.AutomaticCodes,
		newCustomer:    o.NewCustomer,
		newSupplier:    o.NewSupplier,
		requestLife:    max(cmp.Or(o.RequestLife, DefaultRequestLife), 0),
		readLag:        max(cmp.Or(o.ReadLag, DefaultReadLag), 0),
		now:            time.Now,
	}
}

// stack is the HTTP stack of the client: one request at a time, each attempt
// signed.
func (o *Options) stack(c *Client) transport.Options {
	t := transport.Options{
		Base:           o.Transport,
		Sign:           c.sign,
		Limiter:        transport.NewLimiter(transport.LimiterOptions{InFlight: 1}),
		Retries:        o.Retries,
		AttemptTimeout: cmp.Or(o.AttemptTimeout, DefaultAttemptTimeout),
		MaxBody:        c.maxReply,
		Logger:         quietly(o.Logger),
		Secrets:        c.secrets,
		RetryReply:     again,
	}
	if o.Observe != nil {
		t.Observe = func(a transport.Attempt) {
			o.Observe(a.Method, pathOf(a.URL), a.Status, a.Took, a.Err)
		}
	}
	return t
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}
