package transport

import (
	"errors"
	"net/http"
	"time"

	"github.com/instep-go/instep"
)

// limited sends each attempt when the Limiter lets it.
type limited struct {
	next    http.RoundTripper
	limiter *Limiter
}

// RoundTrip implements http.RoundTripper.
func (l *limited) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	c := callOf(req.Context())
	start := time.Now()
	p, err := l.limiter.acquire(c, start, c.tries > 1)
	if err != nil {
		c.waited = time.Since(start)
		c.last.final, c.last.kind = true, instep.Canceled
		if e, ok := errors.AsType[*instep.Error](err); ok {
			c.last.kind, c.last.after = e.Kind, e.RetryAfter
		}
		return nil, err
	}
	c.waited = p.at.Sub(start)
	defer func() { l.limiter.release(p, resp) }()
	return l.next.RoundTrip(req)
}
