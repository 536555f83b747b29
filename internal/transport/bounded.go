package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/instep-go/instep"
)

// bounded gives each attempt a copy of the request with a time limit, and reads
// the whole reply within it.
type bounded struct {
	next    http.RoundTripper
	timeout time.Duration
	maxBody int64
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callOf(req.Context())
	if err := c.Err(); err != nil {
		return nil, err
	}
	var ctx context.Context = c
	if c.finish {
		ctx = context.WithoutCancel(c)
	}
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()

	var w *wire
	if !c.safe {
		w = new(wire)
		ctx = httptrace.WithClientTrace(ctx, w.trace())
	}
	resp, err := b.next.RoundTrip(req.WithContext(ctx))
	switch {
	case err == nil && resp == nil:
		c.last.sent = true
		return nil, errNoReply
	case err != nil:
		// What is final already was not signed, so it was not sent either.
		c.last.sent = !c.last.final && !w.neverLeft(err)
		return nil, b.explain(c, ctx, err)
	}
	c.last.sent, c.last.status = true, resp.StatusCode
	if err := makeReady(resp, req.Method, b.maxBody); err != nil {
		if errors.Is(err, errTooLarge) {
			c.last.final, c.last.kind = true, instep.Malformed
		}
		return nil, b.explain(c, ctx, err)
	}
	return resp, nil
}

// explain says so if it was the attempt's own time limit that ended it.
func (b *bounded) explain(caller, attempt context.Context, err error) error {
	if caller.Err() == nil && attempt.Err() != nil {
		return fmt.Errorf("no whole reply within %v: %w", b.timeout, err)
	}
	return err
}
