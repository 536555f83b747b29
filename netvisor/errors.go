package netvisor

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// The vendor's codes. The documentation writes SYSTEM_MAINTENANCE; the other
// spelling is seen in clients.
const (
	codeAuthentication = "AUTHENTICATION_FAILED"
	codeAccess         = "SERVICE_ACCESS_ERROR"
	codeDuplicate      = "DUPLICATE_DATA"
	codeInvalid        = "INVALID_DATA"
	codeSize           = "INVALID_DATA_SIZE"
	codePeriod         = "PERIOD_LOCK"
	codeNotUnique      = "REQUEST_NOT_UNIQUE"
	codeMaintenance    = "SYSTEM_MAINTENANCE"
	codeMaintanance    = "SYSTEM_MAINTANANCE"
	codeTechnical      = "TECHNICAL_ERROR" // also when requests of one company overlap
)

// effect is what a request does, which decides what a missing or unclear
// reply means.
type effect uint8

const (
	reads effect = iota
	edits        // sets absolute values: may be repeated
	adds         // makes a new record: never repeated
)

// kindOf classifies one of the vendor's codes. An unknown code is judged by
// the HTTP status, and taken for a refusal where that says nothing.
func kindOf(code string, e effect, req *http.Request, status int) instep.Kind {
	switch code {
	case codeAuthentication:
		return instep.Unauthorized
	case codeAccess:
		return instep.Forbidden
	case codeDuplicate:
		return instep.Duplicate
	case codeInvalid, codeSize, codePeriod:
		return instep.Invalid
	case codeMaintenance, codeMaintanance:
		if e == adds {
			return instep.Lost
		}
		return instep.Unavailable
	case codeTechnical, codeNotUnique:
		return unclear(e)
	}
	if status >= http.StatusBadRequest {
		return transport.StatusKind(req, status)
	}
	return instep.Invalid
}

// unclear is the kind of an answer that does not say how far the vendor got.
// TECHNICAL_ERROR is one. REQUEST_NOT_UNIQUE is another: no transaction id is
// used twice here, so the vendor has seen this very request before, sent twice
// by something on the way, and may have carried out the first copy.
func unclear(e effect) instep.Kind {
	if e == reads {
		return instep.Unavailable
	}
	return instep.Lost
}

// remedyOf says what to do about one of the vendor's codes.
func remedyOf(code, resource string) string {
	switch code {
	case codeAuthentication:
		return "check the customer id and key, the partner id and key and the organisation id, that they belong to " +
			"this host (test and production differ), and that the clock of this machine is right"
	case codeAccess:
		return "let an administrator of the company allow the resource " + resource +
			" in Netvisor under \"access rights for interface resources\""
	case codeMaintenance, codeMaintanance:
		return "try again when Netvisor's maintenance is over"
	case codePeriod:
		return "open the period in Netvisor, or use a date in an open one"
	}
	return ""
}

// refused is the error for a reply that says FAILED.
func (c *Client) refused(k *call, f fault, resp *http.Response) *instep.Error {
	return &instep.Error{
		Kind:       kindOf(f.code, k.effect, resp.Request, resp.StatusCode),
		Op:         k.op,
		Ref:        k.ref,
		Code:       f.code,
		Status:     resp.StatusCode,
		RetryAfter: transport.RetryAfter(resp),
		Answer:     c.scrub(f.text),
		Remedy:     remedyOf(f.code, k.resource),
	}
}

// unread is the error for a reply that cannot be understood. After a write it
// leaves open what was done.
func (k *call) unread(resp *http.Response, err error) *instep.Error {
	e := &instep.Error{Kind: instep.Malformed, Op: k.op, Ref: k.ref, Status: resp.StatusCode, Err: err}
	if inner, ok := errors.AsType[*instep.Error](err); ok && inner.Kind == instep.Malformed {
		e.Field, e.Err = inner.Field, inner.Err
		if inner.Ref.ID != "" {
			e.Ref = inner.Ref
		}
	}
	if errors.Is(err, errNotXML) {
		e.Remedy = "check the base URL: it must be that of Netvisor's interface, such as " + Production
	}
	if k.effect != reads {
		e.Kind, e.Err = instep.Lost, fmt.Errorf("%w: %w", instep.Malformed, e.Err)
	}
	return e
}

// withoutEnvelope is the error for a reply without the vendor's envelope and
// with an HTTP status that tells a failure.
func (k *call) withoutEnvelope(resp *http.Response) *instep.Error {
	e := &instep.Error{
		Kind: transport.StatusKind(resp.Request, resp.StatusCode), Op: k.op, Ref: k.ref,
		Status: resp.StatusCode, RetryAfter: transport.RetryAfter(resp),
	}
	switch {
	case e.Kind == instep.NotFound:
		// Netvisor has no such resource, or something else answers here. It
		// must not look like a record that is gone.
		e.Kind = instep.Config
		fallthrough
	case resp.StatusCode < http.StatusBadRequest:
		e.Remedy = "check the base URL: nothing answers as Netvisor's resource " + k.resource + " there"
	case e.Kind == instep.Unauthorized:
		e.Remedy = remedyOf(codeAuthentication, k.resource)
	case e.Kind == instep.Forbidden:
		e.Remedy = remedyOf(codeAccess, k.resource)
	}
	return e
}

// failed puts the request's name on an error of the transport.
func (k *call) failed(err error) error {
	e, ok := errors.AsType[*instep.Error](err)
	if !ok {
		return &instep.Error{Kind: instep.Unclassified, Op: k.op, Ref: k.ref, Err: err}
	}
	named := *e
	named.Op, named.Ref = k.op, k.ref
	return &named
}

// unreadable is the error for one value of a reply.
func unreadable(n *node, cause error) *instep.Error {
	return &instep.Error{Kind: instep.Malformed, Field: n.path(), Err: &position{n.at, cause}}
}

// position adds to an error where in the reply it is.
type position struct {
	at    int64
	cause error
}

// Error says the cause and the byte.
func (p *position) Error() string { return p.cause.Error() + " at byte " + strconv.FormatInt(p.at, 10) }

// Unwrap returns the cause.
func (p *position) Unwrap() error { return p.cause }

// digests are texts that could be keys or signatures: a refusal of the
// credentials echoes what was signed and the signature that was due.
var digests = regexp.MustCompile(`(?i)[0-9a-f]{32,}`)

// scrub takes out of a vendor's text whatever must not be shown.
func (c *Client) scrub(text string) string {
	return digests.ReplaceAllString(transport.Redact(strings.TrimSpace(text), c.secrets), "[redacted]")
}
