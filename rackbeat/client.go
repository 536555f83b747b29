package rackbeat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// system is how records and errors of this package name their system.
const system = "rackbeat"

// Client calls Rackbeat for one company. It is safe for concurrent use and
// keeps to the vendor's rate over all its goroutines; make one for each API key
// and share it. Printing it shows no secret.
type Client struct {
	base     *url.URL
	http     *http.Client
	key      *transport.Secret // behind a pointer, which printing does not follow
	consumer Consumer
	opts     Options // with all defaults filled in
	paths    pathForms

	reads, writes atomic.Int64
}

// Consumer says who calls, so that the vendor can reach them. Official clients
// treat both as mandatory and warn that an anonymous caller may be blocked.
type Consumer struct {
	Name  string // of the program or company
	Email string // of somebody to write to
}

// New returns a client for the company that made the API key. Nil options mean
// the defaults. It sends nothing; what is wrong with the arguments is an error
// of kind Config that names the field.
func New(key string, consumer Consumer, o *Options) (*Client, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if err := consumer.check(); err != nil {
		return nil, err
	}
	if o == nil {
		o = &Options{}
	}
	base, err := o.check()
	if err != nil {
		return nil, err
	}
	secret := transport.Secret(key)
	c := &Client{base: base, key: &secret, consumer: consumer, opts: o.withDefaults()}
	c.http = &http.Client{Transport: transport.New(c.stack()), CheckRedirect: transport.NoRedirect}
	return c, nil
}

// stack says how the HTTP stack of the client behaves.
func (c *Client) stack() transport.Options {
	t := transport.Options{
		Base: c.opts.Transport,
		Sign: c.sign,
		Limiter: transport.NewLimiter(transport.LimiterOptions{
			PerMinute: float64(max(c.opts.PerMinute, 0)), InFlight: c.opts.InFlight,
		}),
		Retries:        c.opts.Retries,
		AttemptTimeout: c.opts.AttemptTimeout,
		MaxBody:        c.opts.MaxReply,
		Logger:         c.opts.Logger,
		Secrets:        []string{c.key.Reveal()},
	}
	if observe := c.opts.Observe; observe != nil {
		t.Observe = func(a transport.Attempt) { observe(a.Method, pathOf(a.URL), a.Status, a.Took, a.Err) }
	}
	return t
}

// pathOf returns the path of an address, still encoded.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// String names the host.
func (c *Client) String() string { return "rackbeat.Client{" + c.base.Host + "}" }

// Format writes the form of String for every verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue logs the form of String.
func (c *Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Stats counts what went over the wire.
type Stats struct {
	Reads  int64 // attempts of requests that read
	Writes int64 // attempts of requests that write
}

// Stats returns the counts since New, repeated attempts included.
func (c *Client) Stats() Stats { return Stats{Reads: c.reads.Load(), Writes: c.writes.Load()} }

// call is one request.
type call struct {
	op     string // "rackbeat: create product"
	method string
	path   string // below the base URL, encoded
	query  url.Values
	body   form // nil: none
	ref    instep.Ref

	// numbered says that the request gives a record a number that is not
	// blank, so that an error on it means that the number is taken.
	numbered bool
}

// reply is an answer with a status that is no error.
type reply struct {
	body []byte
	date time.Time     // Date header; zero if there was none
	took time.Duration // from before the first attempt to the end of the reply
}

// asOf returns a time by the vendor's clock for which the reply is surely
// valid: the vendor stamped it after it had looked.
func (r *reply) asOf() time.Time {
	if r.date.IsZero() {
		return time.Time{}
	}
	return r.date.Add(-r.took)
}

// do sends one request and returns its reply. Statuses other than 2xx are
// errors.
func (c *Client) do(ctx context.Context, k *call) (reply, error) {
	req, err := c.request(ctx, k)
	if err != nil {
		return reply{}, k.failed(err)
	}
	start := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, k.failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := transport.ReadBody(resp, c.opts.MaxReply)
	if err != nil {
		return reply{}, k.failed(err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return reply{}, k.refused(resp, body, c.key.Reveal())
	}
	r := reply{body: body, took: time.Since(start)}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		r.date = date
	}
	return r, nil
}

func (c *Client) request(ctx context.Context, k *call) (*http.Request, error) {
	query := k.query
	if k.method != http.MethodGet && c.opts.SuppressWebhooks {
		query = url.Values{"suppress_webhooks": {"true"}}
	}
	address := c.base.String() + k.path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	var body io.Reader
	if k.body != nil {
		data, err := k.body.encode()
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, k.method, address, body)
	if err != nil {
		return nil, &instep.Error{Kind: instep.Config, Err: errors.New("the address cannot be used")}
	}
	c.describe(req.Header)
	return req, nil
}

// clip cuts spaces that may stand around a text in a configuration file.
func clip(s string) string { return strings.TrimSpace(s) }
