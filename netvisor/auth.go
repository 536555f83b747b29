package netvisor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// Credentials say who asks, and for which company. The keys are never sent;
// they sign each request. Printing Credentials shows the organisation only;
// but package fmt cannot ask the unexported fields of a struct how they want
// to be printed, so do not print a struct that holds them in one.
type Credentials struct {
	// CustomerID and CustomerKey are made by a user of the company in
	// Netvisor and act with that user's rights.
	CustomerID  string
	CustomerKey string

	// PartnerID and PartnerKey are given out by Netvisor, one pair for the
	// test system and one for production.
	PartnerID  string
	PartnerKey string

	// OrganisationID is the business id of the company, with its hyphen:
	// "1967543-8".
	OrganisationID string
}

// String names the organisation and hides the rest.
func (c Credentials) String() string {
	return "netvisor.Credentials{OrganisationID: " + strconv.Quote(c.OrganisationID) + ", [redacted]}"
}

// Format writes the form of String for every verb.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue logs the form of String.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText gives the form of String, so that no encoder shows the keys.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// check finds a part that cannot be used. All parts travel in headers or are
// signed, so that they must be visible ASCII.
func (c Credentials) check() error {
	for _, part := range []struct{ name, value string }{
		{"CustomerID", c.CustomerID},
		{"CustomerKey", c.CustomerKey},
		{"PartnerID", c.PartnerID},
		{"PartnerKey", c.PartnerKey},
		{"OrganisationID", c.OrganisationID},
	} {
		switch {
		case part.value == "":
			return misconfigured("Credentials."+part.name, "is empty", "give all five parts of the credentials")
		case !visible(part.value) || strings.Contains(part.value, " "):
			return misconfigured("Credentials."+part.name, "holds a space or a character beyond ASCII",
				"copy it again from Netvisor")
		}
	}
	return nil
}

// visible reports whether s is printable ASCII and survives as an HTTP header.
func visible(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return s == strings.TrimSpace(s)
}

// Algorithm is how requests are signed.
type Algorithm string

// The algorithms. New integrations must use HMACSHA256, which is the default;
// the vendor has announced the end of the other.
const (
	HMACSHA256 Algorithm = "HMACSHA256"
	SHA256     Algorithm = "SHA256"
)

// SignedURL is which form of a request's address is signed. The documentation
// says "the URL"; clients in use differ where a query needs percent-encoding.
type SignedURL string

// The forms of the signed address.
const (
	AsSent    SignedURL = "as sent"   // percent-encoded, as on the wire; the default
	Unescaped SignedURL = "unescaped" // percent-decoded
)

// Header names. Netvisor reads header names in any case.
const headerPrefix = "X-Netvisor-Authentication-"

// signed is what a signature covers. The body and the partner id are not
// part of it.
type signed struct {
	url, sender, customerID, timestamp, language, organisationID string
	transactionID, timestampUnix                                 string
	customerKey, partnerKey                                      string
}

// mac returns the signature in lower-case hex.
func (s signed) mac(a Algorithm, cs Charset) string {
	parts := []string{
		s.url, s.sender, s.customerID, s.timestamp, s.language, s.organisationID,
		s.transactionID, s.timestampUnix, s.customerKey, s.partnerKey,
	}
	encode := func(s string) []byte { return cs.encode(s, func(rune) string { return "?" }) }
	if a == SHA256 {
		parts = append(parts[:7:7], parts[8:]...) // without timestampUnix
		sum := sha256.Sum256(encode(strings.Join(parts, "&")))
		return hex.EncodeToString(sum[:])
	}
	h := hmac.New(sha256.New, encode(s.customerKey+"&"+s.partnerKey))
	h.Write(encode(strings.Join(parts, "&")))
	return hex.EncodeToString(h.Sum(nil))
}

// sign puts the headers on one attempt: a transaction id and a time of its
// own, and the signature over them.
func (c *Client) sign(req *http.Request) error {
	c.count(req)
	now := c.now().UTC()
	s := signed{
		url:            c.signedURL(req.URL),
		sender:         c.sender,
		customerID:     c.customerID.Reveal(),
		timestamp:      now.Format("2006-01-02 15:04:05.000"),
		language:       string(c.language),
		organisationID: c.organisation,
		transactionID:  newTransactionID(),
		timestampUnix:  strconv.FormatInt(now.Unix(), 10),
		customerKey:    c.customerKey.Reveal(),
		partnerKey:     c.partnerKey.Reveal(),
	}
	h := req.Header
	h.Set(headerPrefix+"Sender", s.sender)
	h.Set(headerPrefix+"CustomerId", s.customerID)
	h.Set(headerPrefix+"PartnerId", c.partnerID.Reveal())
	h.Set(headerPrefix+"Timestamp", s.timestamp)
	h.Set(headerPrefix+"TransactionId", s.transactionID)
	h.Set(headerPrefix+"MACHashCalculationAlgorithm", string(c.algorithm))
	h.Set(headerPrefix+"MAC", s.mac(c.algorithm, c.charset))
	h.Set(headerPrefix+"UseHTTPResponseStatusCodes", "1")
	h.Set("X-Netvisor-Interface-Language", s.language)
	h.Set("X-Netvisor-Organisation-ID", s.organisationID)
	if c.algorithm == HMACSHA256 {
		h.Set(headerPrefix+"TimestampUnix", s.timestampUnix)
	}
	return nil
}

func (c *Client) signedURL(u *url.URL) string {
	full := u.String()
	if c.signedForm != Unescaped {
		return full
	}
	plain, err := url.PathUnescape(full)
	if err != nil { // this package escapes what it sends
		return full
	}
	return plain
}

// newTransactionID returns a random UUID. Ids must be unique among all
// companies of a partner.
func newTransactionID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// misconfigured is the error of a wrong option or credential.
func misconfigured(field, what, remedy string) error {
	return &instep.Error{
		Kind: instep.Config, Op: "netvisor", Field: field, Err: fmt.Errorf("it %s", what), Remedy: remedy,
	}
}

var _ slog.LogValuer = Credentials{}
