package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/instep-go/instep"
)

var errUnsettled = errors.New("an earlier try got no reply, and the last one was told to come again later")

// failure makes the one error of a RoundTrip. The root package says what its
// kinds promise; a write that may have been carried out is always Lost.
func (s *stack) failure(c *call, err error) *instep.Error {
	err = bare(err)
	e := &instep.Error{
		Kind: instep.Unavailable, Op: s.op(c.req), Status: c.last.status, RetryAfter: c.last.after, Err: err,
	}
	switch {
	case c.last.kind != instep.Unclassified:
		e.Kind = c.last.kind
	case c.Err() != nil:
		e.Kind = instep.Canceled
	}
	if inner, ok := errors.AsType[*instep.Error](err); ok && inner.Kind == e.Kind {
		e.Code, e.Answer, e.Remedy, e.Err = inner.Code, inner.Answer, inner.Remedy, inner.Err
	} else {
		e.Remedy = remedy(err)
	}
	if c.unsettled || c.last.open {
		e.Err = withKind(e.Kind, e.Err)
		e.Kind = instep.Lost
	}
	if e.Err != nil && c.tries > 1 {
		e.Err = fmt.Errorf("%w (after %d tries)", e.Err, c.tries)
	}
	e.Err = c.clean(&s.o, e.Err)
	e.Answer, e.Remedy = Redact(e.Answer, s.o.Secrets), Redact(e.Remedy, s.o.Secrets)
	return e
}

// op names the request without its query, which may hold what belongs to a
// record.
func (s *stack) op(req *http.Request) string {
	if req.URL == nil {
		return methodOf(req)
	}
	u := *req.URL
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = "", false, "", ""
	return methodOf(req) + " " + RedactURL(&u, s.o.Secrets)
}

// bare takes the error out of what http.Client wraps around it.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok && e.Err != nil {
		return e.Err
	}
	return err
}

func remedy(err error) string {
	switch {
	case isDistrusted(err):
		return "check the address, this computer's clock and the server's certificate"
	case isUnreachable(err):
		return "check the address and the network"
	default:
		return ""
	}
}

// kinded is an error that errors.Is finds to be of a kind as well.
type kinded struct {
	error
	kind instep.Kind
}

// Unwrap gives errors.Is the cause and the kind.
func (k *kinded) Unwrap() []error { return []error{k.error, k.kind} }

// withKind lets errors.Is find the kind as well. Its text stays that of err.
func withKind(kind instep.Kind, err error) error {
	if err == nil {
		return kind
	}
	return &kinded{err, kind}
}

// StatusKind returns the kind of error that a reply's status stands for, given
// the request that it answers; nil counts as a write that must not be repeated.
// Below 300 it is Unclassified: the status is not an error.
//
// A write that the caller did not mark [Replayable] is Lost for 408, 429 and
// 5xx, as the peer may still carry it out; a write that may be repeated is Lost
// for 408 and 5xx other than 503. A redirect is of kind Config, since the
// address is wrong, or Lost for a write.
func StatusKind(req *http.Request, status int) instep.Kind {
	switch {
	case status < http.StatusMultipleChoices:
		return instep.Unclassified
	case status < http.StatusBadRequest:
		return unlessWrite(req, instep.Config)
	case status == http.StatusTooManyRequests:
		return unlessOnce(req, instep.RateLimited)
	case status == http.StatusServiceUnavailable:
		return unlessOnce(req, instep.Unavailable)
	case status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		return unlessWrite(req, instep.Unavailable)
	default:
		return instep.StatusKind(status, false)
	}
}

// unlessWrite returns kind for a request that changes nothing.
func unlessWrite(req *http.Request, kind instep.Kind) instep.Kind {
	if req == nil || !isSafe(req.Method) {
		return instep.Lost
	}
	return kind
}

// unlessOnce returns kind for a request that may be sent again.
func unlessOnce(req *http.Request, kind instep.Kind) instep.Kind {
	if req == nil || !isReplayable(req) {
		return instep.Lost
	}
	return kind
}
