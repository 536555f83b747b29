package netvisortest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/instep-go/instep/internal/fakeserver"
)

// Request headers; vendor documentation.
const (
	headSender       = "X-Netvisor-Authentication-Sender"
	headCustomer     = "X-Netvisor-Authentication-CustomerId"
	headPartner      = "X-Netvisor-Authentication-PartnerId"
	headTimestamp    = "X-Netvisor-Authentication-Timestamp"
	headUnix         = "X-Netvisor-Authentication-TimestampUnix"
	headTransaction  = "X-Netvisor-Authentication-TransactionId"
	headLanguage     = "X-Netvisor-Interface-Language"
	headOrganisation = "X-Netvisor-Organisation-ID"
	headMAC          = "X-Netvisor-Authentication-MAC"
	headAlgorithm    = "X-Netvisor-Authentication-MACHashCalculationAlgorithm"
	headStatusCodes  = "X-Netvisor-Authentication-UseHTTPResponseStatusCodes"
)

const timestampLayout = "2006-01-02 15:04:05.000"

// algorithm is how a request is signed.
type algorithm string

const (
	algHMAC   algorithm = "HMACSHA256"
	algSHA256 algorithm = "SHA256"
	algMD5    algorithm = "MD5" // the oldest, meant when no algorithm is named
)

// authenticate checks the headers of r, the signature last but for the
// transaction id, which only a signed request can use up.
func (s *Server) authenticate(r *http.Request) *fault {
	alg := algorithm(strings.ToUpper(r.Header.Get(headAlgorithm)))
	orElse(&alg, algMD5)
	if alg != algHMAC && (s.o.OnlyHMAC || (alg != algSHA256 && alg != algMD5)) {
		return denied(textAlgorithm)
	}
	for _, name := range []string{headSender, headCustomer, headPartner, headTimestamp, headTransaction, headLanguage, headOrganisation, headMAC} {
		if r.Header.Get(name) == "" {
			return denied(textNoHeader)
		}
	}
	switch {
	case r.Header.Get(headPartner) != s.o.PartnerID:
		return denied(textPartner)
	case r.Header.Get(headCustomer) != s.o.CustomerID:
		return denied(textCustomer)
	case r.Header.Get(headOrganisation) != s.o.OrganisationID:
		return denied(textOrganisation)
	}
	if f := s.checkTime(r, alg); f != nil {
		return f
	}
	if !s.signed(r, alg) {
		return denied(textMAC)
	}
	if !s.used.add(r.Header.Get(headTransaction)) {
		return &fault{codeNotUnique, textNotUnique, nil}
	}
	return nil
}

// checkTime wants both stamps well-formed, and with HMAC the one in seconds
// near the server's clock as it was when the request came.
func (s *Server) checkTime(r *http.Request, alg algorithm) *fault {
	h := r.Header
	if _, err := time.Parse(timestampLayout, h.Get(headTimestamp)); err != nil {
		return denied(textTimestamp)
	}
	if alg != algHMAC {
		return nil
	}
	sec, err := strconv.ParseInt(h.Get(headUnix), 10, 64)
	if err != nil {
		return denied(textTimestamp)
	}
	came := s.now().Add(-fakeserver.LateBy(r.Context()))
	if off := came.Sub(time.Unix(sec, 0)).Abs(); s.o.ClockSkew >= 0 && off > s.o.ClockSkew {
		return denied(textStale)
	}
	return nil
}

// signed verifies the MAC. Clients differ in whether they sign the target as
// sent or percent-decoded, and in the character set of the sender, the only
// part that may have other letters than ASCII; any of these forms is good.
func (s *Server) signed(r *http.Request, alg algorithm) bool {
	got := []byte(strings.ToLower(r.Header.Get(headMAC)))
	for _, u := range s.urls(r) {
		for _, sender := range senders(r.Header.Get(headSender)) {
			want := s.mac(alg, s.toHash(r.Header, alg, u, sender))
			if subtle.ConstantTimeCompare(got, []byte(want)) == 1 {
				return true
			}
		}
	}
	return false
}

// toHash is what a client signs, without the keys at its end.
func (s *Server) toHash(h http.Header, alg algorithm, u, sender string) string {
	parts := []string{
		u, sender, h.Get(headCustomer), h.Get(headTimestamp), h.Get(headLanguage),
		h.Get(headOrganisation), h.Get(headTransaction),
	}
	if alg == algHMAC {
		parts = append(parts, h.Get(headUnix))
	}
	return strings.Join(parts, "&")
}

// mac returns the signature in lower-case hex.
func (s *Server) mac(alg algorithm, msg string) string {
	keys := s.o.CustomerKey + "&" + s.o.PartnerKey
	msg += "&" + keys
	switch alg {
	case algHMAC:
		m := hmac.New(sha256.New, []byte(keys))
		m.Write([]byte(msg))
		return hex.EncodeToString(m.Sum(nil))
	case algSHA256:
		sum := sha256.Sum256([]byte(msg))
		return hex.EncodeToString(sum[:])
	default:
		sum := md5.Sum([]byte(msg))
		return hex.EncodeToString(sum[:])
	}
}

// urls are the forms in which a client may have signed r's address.
func (s *Server) urls(r *http.Request) []string {
	base := s.o.PublicURL
	if base == "" {
		base = "http://" + r.Host
		if r.TLS != nil {
			base = "https://" + r.Host
		}
	}
	out := []string{base + r.RequestURI}
	if plain, err := url.PathUnescape(r.RequestURI); err == nil && plain != r.RequestURI {
		out = append(out, base+plain)
	}
	return out
}

// senders are the byte forms in which a client may have hashed its name.
func senders(header string) []string {
	out := []string{header}
	if utf8.ValidString(header) {
		if l, ok := toLatin9(header); ok && l != header {
			out = append(out, l)
		}
		return out
	}
	return append(out, fromLatin([]byte(header), latin9))
}

const maxTransactions = 100_000

// transactions remembers the ids of requests, the newest ones.
type transactions struct {
	mu   sync.Mutex
	set  map[string]struct{}
	ring []string
	next int
}

// add reports whether id is new.
func (t *transactions) add(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.set[id]; ok {
		return false
	}
	if t.set == nil {
		t.set = map[string]struct{}{}
	}
	t.set[id] = struct{}{}
	if len(t.ring) < maxTransactions {
		t.ring = append(t.ring, id)
		return true
	}
	delete(t.set, t.ring[t.next])
	t.ring[t.next] = id
	t.next = (t.next + 1) % maxTransactions
	return true
}
