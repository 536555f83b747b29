package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/instep-go/instep"
)

// signed signs each attempt.
type signed struct {
	next http.RoundTripper
	sign func(*http.Request) error
}

// RoundTrip implements http.RoundTripper. The request is the attempt's own copy;
// what it still shares with the caller's is copied before sign may alter it.
func (s *signed) RoundTrip(req *http.Request) (*http.Response, error) {
	req.Header = req.Header.Clone()
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	u := new(url.URL)
	*u = *req.URL
	req.URL = u
	if err := s.sign(req); err != nil {
		c := callOf(req.Context())
		c.last.final, c.last.kind = true, instep.Config
		if e, ok := errors.AsType[*instep.Error](err); ok {
			c.last.kind, c.last.status, c.last.after = e.Kind, e.Status, e.RetryAfter
		}
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, fmt.Errorf("sign request: %w", err)
	}
	return s.next.RoundTrip(req)
}
