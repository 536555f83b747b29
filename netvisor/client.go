package netvisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// Production is the base URL of the live system, TestSystem that of the
// vendor's test system. Each has partner credentials of its own.
const (
	Production = "https://integration.netvisor.fi/"
	TestSystem = "https://isvapi.netvisor.fi/"
)

// Client calls Netvisor for one company. It is safe for concurrent use and
// sends one request at a time. Printing it shows no secrets.
type Client struct {
	base           *url.URL
	http           *http.Client
	sender         string
	language       Language
	algorithm      Algorithm
	charset        Charset
	signedForm     SignedURL
	decimalPoint   bool
	maxReply       int64
	zone           *time.Location
	lookback       time.Duration
	pageSize       int
	addOnly        bool
	automaticCodes bool
	newCustomer    instep.Fields
	newSupplier    instep.Fields
	requestLife    time.Duration
	readLag        time.Duration
	now            func() time.Time

	organisation            string
	customerID, customerKey transport.Secret
	partnerID, partnerKey   transport.Secret
	secrets                 []string

	reads, writes atomic.Int64
}

// New returns a client for the company that the credentials name. Nil options
// mean the defaults: the live system, signed by HMAC-SHA256. It sends nothing;
// what is wrong with the arguments is an error of kind Config that names the
// field.
func New(creds Credentials, o *Options) (*Client, error) {
	if o == nil {
		o = &Options{}
	}
	if err := creds.check(); err != nil {
		return nil, err
	}
	base, err := o.check()
	if err != nil {
		return nil, err
	}
	c := o.client(base)
	c.organisation = creds.OrganisationID
	c.customerID, c.customerKey = transport.Secret(creds.CustomerID), transport.Secret(creds.CustomerKey)
	c.partnerID, c.partnerKey = transport.Secret(creds.PartnerID), transport.Secret(creds.PartnerKey)
	c.secrets = []string{creds.CustomerKey, creds.PartnerKey}
	for _, id := range []string{creds.CustomerID, creds.PartnerID} {
		if len(id) >= 6 { // a shorter one would hide unrelated words
			c.secrets = append(c.secrets, id)
		}
	}
	c.http = &http.Client{Transport: transport.New(o.stack(c)), CheckRedirect: transport.NoRedirect}
	return c, nil
}

// String names the organisation and the host.
func (c *Client) String() string {
	return "netvisor.Client{" + c.organisation + " at " + c.base.Host + "}"
}

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
func (c *Client) Stats() Stats {
	return Stats{Reads: c.reads.Load(), Writes: c.writes.Load()}
}

func (c *Client) count(r *http.Request) {
	if r.Method == http.MethodPost || strings.HasSuffix(r.URL.Path, deleteCustomer) {
		c.writes.Add(1)
	} else {
		c.reads.Add(1)
	}
}

// param is one part of a query, in the order in which it is sent.
type param struct{ name, value string }

// query encodes the parameters. A space becomes %20, because + is read as a
// plus sign by some; a comma stays, because lists are made of them.
func query(params []param) string {
	var b strings.Builder
	for _, p := range params {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		value := url.QueryEscape(p.value)
		value = strings.ReplaceAll(value, "+", "%20")
		b.WriteString(p.name + "=" + strings.ReplaceAll(value, "%2C", ","))
	}
	return b.String()
}

// call is one request to a resource.
type call struct {
	op       string // "netvisor: add product"
	resource string // "product.nv"
	params   []param
	body     []byte // of a POST; nil for a GET
	effect   effect
	once     bool       // an edit that may not be repeated all the same
	ref      instep.Ref // the record meant, for errors

	// The reply's records: those under the element list, or directly under
	// the root, go to visit. See decode.
	list  string
	visit func(list, item *node) error
}

// answer is a reply of which Status is OK.
type answer struct {
	reply
	at   time.Time // TimeStamp of the reply; zero if not readable
	date time.Time // Date header of the reply; zero if not readable

	header http.Header // of the reply
}

// do sends one request and reads its reply.
func (c *Client) do(ctx context.Context, k *call) (answer, error) {
	if k.effect == edits && !k.once {
		ctx = transport.Replayable(ctx)
	}
	req, err := c.request(ctx, k)
	if err != nil {
		return answer{}, k.failed(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, k.failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := transport.ReadBody(resp, c.maxReply)
	if err != nil {
		return answer{}, k.failed(err)
	}
	return c.read(k, resp, body)
}

func (c *Client) request(ctx context.Context, k *call) (*http.Request, error) {
	u := *c.base
	u.Path += k.resource
	u.RawQuery = query(k.params)
	method := http.MethodGet
	var body io.Reader
	if k.body != nil {
		method, body = http.MethodPost, bytes.NewReader(k.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/xml, application/xml")
	req.Header.Set("User-Agent", "instep")
	if k.body != nil {
		req.Header.Set("Content-Type", "text/xml; charset="+strings.ToLower(string(c.charset)))
	}
	return req, nil
}

// read decides what a reply means: the vendor's own word first, then the HTTP
// status, then what is wrong with its form.
func (c *Client) read(k *call, resp *http.Response, body []byte) (answer, error) {
	visit := k.visit
	if visit == nil {
		visit = func(_, _ *node) error { return nil }
	}
	text, err := toUTF8(body, resp.Header.Get("Content-Type"))
	var a answer
	if err == nil {
		a.reply, err = decode(text, k.list, visit)
		if errors.Is(err, errSyntax) {
			a.status = scanStatus(text)
		}
	}
	if f, failed := faultOf(a.status); failed {
		return answer{}, c.refused(k, f, resp)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return answer{}, k.withoutEnvelope(resp)
	}
	if err != nil {
		return answer{}, k.unread(resp, err)
	}
	a.header = resp.Header
	if a.stamp != "" {
		a.at, _ = parseTime(a.stamp, c.zone) // unreadable counts as not there
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		a.date = date
	}
	return a, nil
}

// again says of a reply that the same request, signed afresh, may do better.
// It is asked only for requests that may be repeated.
func again(_ *http.Response, body []byte) bool {
	if !bytes.Contains(body, []byte("FAILED")) {
		return false
	}
	f, failed := faultOf(scanStatus(body))
	return failed && slices.Contains([]string{codeNotUnique, codeTechnical, codeMaintenance, codeMaintanance}, f.code)
}

// isLoopback reports whether the host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// keyText is the text of a NetvisorKey.
func keyText(key int64) string { return strconv.FormatInt(key, 10) }
