package netvisortest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is the instant the test servers live in: 12:00 UTC, 14:00 in Finland.
var noon = time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC)

// client speaks to a fake with nothing of the fake's own code: it signs by the
// vendor's recipe and reads replies as text.
type client struct {
	t    testing.TB
	http *http.Client
	base string
	now  time.Time
	alg  string                       // "" is MD5
	head func(h http.Header)          // changes the headers before signing
	late func(h http.Header)          // and after
	body func(req *http.Request)      // changes the finished request
	mac  func(alg, msg string) string // replaces the signature
}

var transactionIDs atomic.Int64

func newServer(t testing.TB, o *Options) *Server {
	t.Helper()
	if o == nil {
		o = &Options{}
	}
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// inProcess returns a client without a socket, the usual one in these tests.
func inProcess(t testing.TB, s *Server) *client {
	return &client{t: t, http: &http.Client{Transport: s.Transport()}, base: "https://isvapi.netvisor.fi", now: noon, alg: "HMACSHA256"}
}

func overSocket(t testing.TB, s *Server) *client {
	tr := &http.Transport{DisableKeepAlives: true}
	return &client{t: t, http: &http.Client{Transport: tr}, base: s.Start(t), now: noon, alg: "HMACSHA256"}
}

func testMAC(alg, msg string) string {
	switch alg {
	case "HMACSHA256":
		m := hmac.New(sha256.New, []byte(DefaultCustomerKey+"&"+DefaultPartnerKey))
		m.Write([]byte(msg))
		return hex.EncodeToString(m.Sum(nil))
	case "SHA256":
		return fmt.Sprintf("%x", sha256.Sum256([]byte(msg)))
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(msg)))
}

func (c *client) headers(url string) http.Header {
	h := http.Header{}
	h.Set("X-Netvisor-Authentication-Sender", "Testiclient")
	h.Set("X-Netvisor-Authentication-CustomerId", DefaultCustomerID)
	h.Set("X-Netvisor-Authentication-PartnerId", DefaultPartnerID)
	h.Set("X-Netvisor-Authentication-Timestamp", c.now.UTC().Format("2006-01-02 15:04:05.000"))
	h.Set("X-Netvisor-Authentication-TimestampUnix", strconv.FormatInt(c.now.Unix(), 10))
	h.Set("X-Netvisor-Authentication-TransactionId", fmt.Sprintf("t-%d", transactionIDs.Add(1)))
	h.Set("X-Netvisor-Interface-Language", "EN")
	h.Set("X-Netvisor-Organisation-ID", DefaultOrganisationID)
	h.Set("X-Netvisor-Authentication-UseHTTPResponseStatusCodes", "1")
	if c.alg != "" {
		h.Set("X-Netvisor-Authentication-MACHashCalculationAlgorithm", c.alg)
	}
	if c.head != nil {
		c.head(h)
	}
	get := func(name string) string { return h.Get("X-Netvisor-" + name) }
	parts := []string{
		url, get("Authentication-Sender"), get("Authentication-CustomerId"), get("Authentication-Timestamp"),
		get("Interface-Language"), get("Organisation-ID"), get("Authentication-TransactionId"),
	}
	if c.alg == "HMACSHA256" {
		parts = append(parts, get("Authentication-TimestampUnix"))
	}
	parts = append(parts, DefaultCustomerKey, DefaultPartnerKey)
	mac := c.mac
	if mac == nil {
		mac = testMAC
	}
	h.Set("X-Netvisor-Authentication-MAC", mac(c.alg, strings.Join(parts, "&")))
	if c.late != nil {
		c.late(h)
	}
	return h
}

// do sends one request and returns status and body.
func (c *client) do(method, target, body string) (int, string) {
	c.t.Helper()
	status, text, err := c.try(method, target, body)
	if err != nil {
		c.t.Fatal(err)
	}
	return status, text
}

func (c *client) try(method, target, body string) (int, string, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+target, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header = c.headers(c.base + target)
	if c.body != nil {
		c.body(req)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func (c *client) get(target string) string {
	c.t.Helper()
	status, body := c.do("GET", target, "")
	if status != 200 {
		c.t.Fatalf("GET %s: %d %s", target, status, body)
	}
	return body
}

// post writes a product and wants it taken.
func (c *client) post(target, body string) string {
	c.t.Helper()
	status, text := c.do("POST", target, body)
	if status != 200 {
		c.t.Fatalf("POST %s: %d %s", target, status, text)
	}
	return text
}

// between cuts the text between two marks out of s.
func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// code returns the error code of a failed reply.
func code(body string) string {
	return between(body, "<Status>FAILED</Status><Status>", " ::")
}

// sample reads a literal message; line breaks and indentation between elements
// are for the reader of the file and dropped.
func sample(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(b), "\n")
	var out strings.Builder
	for line := range strings.Lines(rest) {
		out.WriteString(strings.TrimSpace(line))
	}
	return head + "\n" + out.String()
}

func wantSample(t *testing.T, name, got string) {
	t.Helper()
	want := strings.ReplaceAll(sample(t, name), "><", ">\n<")
	if diff := cmp.Diff(want, strings.ReplaceAll(got, "><", ">\n<")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// minimal is the smallest product that can be added.
func minimal(code, name string) string {
	return `<root><product><productbaseinformation><productcode>` + code + `</productcode><productgroup>Books</productgroup><name>` + name +
		`</name><unitprice type="net">1</unitprice><isactive>1</isactive><issalesproduct>1</issalesproduct></productbaseinformation></product></root>`
}
