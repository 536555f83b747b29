package netvisor

import (
	"embed"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

//go:embed testdata/*.xml
var samples embed.FS

// sample returns a literal reply.
func sample(tb testing.TB, name string) string {
	tb.Helper()
	text, err := samples.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// stub answers requests without a network.
type stub func(*http.Request) (*http.Response, error)

// RoundTrip calls s.
func (s stub) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// answerWith makes a reply.
func answerWith(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Content-Type": {"text/xml; charset=utf-8"},
			"Date":         {time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC).Format(http.TimeFormat)},
		},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// always answers every request alike.
func always(status int, body string) stub {
	return func(r *http.Request) (*http.Response, error) { return answerWith(r, status, body), nil }
}

// envelope puts content into a reply that says OK, stamped 15.1.2026 14:00:00
// in Finland, which is 12:00:00 UTC.
func envelope(content string) string {
	return "<Root><ResponseStatus><Status>OK</Status><TimeStamp>15.1.2026 14:00:00</TimeStamp></ResponseStatus>" +
		content + "</Root>"
}

// failure is a reply that says FAILED.
func failure(status string) string {
	return "<Root><ResponseStatus><Status>FAILED</Status><Status>" + status +
		"</Status><TimeStamp>15.1.2026 14:00:00</TimeStamp></ResponseStatus></Root>"
}

var testCredentials = Credentials{
	CustomerID: "CUST_1", CustomerKey: "7cd680e89e880553358bc07cd28b0ee2",
	PartnerID: "PART_1", PartnerKey: "07f94228d149a96b2f25e3edad55096e",
	OrganisationID: "1967543-8",
}

// stubbed returns a client on top of base that repeats nothing unless the
// options say so.
func stubbed(tb testing.TB, base http.RoundTripper, o *Options) *Client {
	tb.Helper()
	full := Options{Retries: -1}
	if o != nil {
		full = *o
	}
	full.Transport = base
	c, err := New(testCredentials, &full)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func decimal(s string) instep.Opt[instep.Decimal] { return instep.Set(instep.MustDecimal(s)) }
