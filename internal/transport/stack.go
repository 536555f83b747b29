package transport

import (
	"fmt"
	"net/http"

	"github.com/instep-go/instep"
)

// New returns a stack with the given options. It is safe for concurrent use, and
// has a method CloseIdleConnections, which http.Client's calls.
func New(o Options) http.RoundTripper {
	o = o.withDefaults()
	s := &stack{o: o}
	next := o.Base
	if o.Sign != nil {
		next = &signed{next: next, sign: o.Sign}
	}
	next = &bounded{next: next, timeout: o.AttemptTimeout, maxBody: o.MaxBody}
	if o.Limiter != nil {
		next = &limited{next: next, limiter: o.Limiter}
	}
	s.retry = newRetrying(&s.o, &attempts{next: next, o: &s.o})
	return s
}

// stack is the outermost layer: whatever goes wrong below, it tells as one
// *instep.Error.
type stack struct {
	o     Options
	retry *retrying
}

// CloseIdleConnections closes the connections that Base keeps, if it can.
func (s *stack) CloseIdleConnections() {
	if b, ok := s.o.Base.(interface{ CloseIdleConnections() }); ok {
		b.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (s *stack) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	if err := s.refuse(req); err != nil {
		return nil, err
	}
	c := newCall(req)
	resp, err := s.retry.do(req, c)
	switch {
	case err != nil:
		return nil, s.failure(c, err)
	case c.unsettled && c.last.asks && !c.last.open:
		c.last.after = RetryAfter(resp)
		return nil, s.failure(c, errUnsettled)
	}
	resp.Request = req
	return resp, nil
}

// refuse tells what is wrong with a request that must not be sent at all.
func (s *stack) refuse(req *http.Request) error {
	var what string
	switch {
	case req.URL == nil || req.URL.Host == "":
		what = "the address has no host"
	case req.URL.Scheme != "https" && req.URL.Scheme != "http":
		what = fmt.Sprintf("the address begins with %q", req.URL.Scheme+":")
	case req.Response != nil && !sameOrigin(req, req.Response.Request):
		what = "the server redirects to another one, " + req.URL.Host
	default:
		return nil
	}
	return &instep.Error{
		Kind: instep.Config, Op: s.op(req), Answer: Redact(what, s.o.Secrets),
		Remedy: "use the address of the service, with https:// and without a redirect",
	}
}

// sameOrigin reports whether a followed redirect stays with the server to which
// the credentials belong.
func sameOrigin(req, before *http.Request) bool {
	return before != nil && before.URL != nil &&
		req.URL.Scheme == before.URL.Scheme && req.URL.Host == before.URL.Host
}

// NoRedirect is an http.Client's CheckRedirect that follows none: the reply with
// the redirect is what the client gets.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
