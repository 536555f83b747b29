package transport

import (
	"context"
	"net/http"
	"time"

	"github.com/instep-go/instep"
)

type ctxKey uint8

const (
	callKey ctxKey = iota
	replayableKey
	finishKey
)

// Replayable marks a request with an unsafe method as safe to send again: an
// update with absolute values, a write with a key that the peer checks. It is
// never right for a create without such a key.
func Replayable(ctx context.Context) context.Context {
	return context.WithValue(ctx, replayableKey, true)
}

// FinishSent lets ctx end only the waits of a request: for the limiter and
// before a repetition. An attempt that has begun runs on to its own timeout,
// so that a write under way gets its reply although the caller is stopping.
// The stack never starts an attempt after ctx has ended.
func FinishSent(ctx context.Context) context.Context {
	return context.WithValue(ctx, finishKey, true)
}

func marked(ctx context.Context, key ctxKey) bool {
	on, _ := ctx.Value(key).(bool)
	return on
}

// isSafe reports whether the method changes nothing at the peer.
func isSafe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	default:
		return false
	}
}

// isReplayable reports whether the request may be sent more than once.
func isReplayable(req *http.Request) bool {
	switch req.Method {
	case http.MethodPut, http.MethodDelete:
		return true
	default:
		return isSafe(req.Method) || marked(req.Context(), replayableKey)
	}
}

// call is the memory of one RoundTrip over all its attempts. It is the context
// of the requests that go down the stack, which is how each layer finds it. One
// goroutine uses it at a time.
type call struct {
	context.Context // the caller's

	req    *http.Request // the caller's
	method string
	url    string // redacted; empty until somebody asks
	safe   bool   // the method changes nothing
	replay bool   // may be sent more than once
	finish bool   // an attempt under way outlives the caller's context

	tries     int
	waited    time.Duration // of the current attempt, in the limiter
	last      attempt       // the current one, or the one before the current wait
	unsettled bool          // an attempt before the last may have been carried out
}

// attempt is what is known of one attempt.
type attempt struct {
	sent   bool        // it may have reached the peer
	open   bool        // it may have been carried out, and no reply says whether
	asks   bool        // its reply asks to come again later
	final  bool        // it failed in a way that another attempt does not mend
	kind   instep.Kind // of the failure, where the layer that met it knows
	status int         // of the reply, if there was one
	after  time.Duration
}

// Value returns the call itself to the layers of the stack, and what the
// caller's context has to everybody else.
func (c *call) Value(key any) any {
	if key == callKey {
		return c
	}
	return c.Context.Value(key)
}

func newCall(req *http.Request) *call {
	ctx := req.Context()
	return &call{
		Context: ctx,
		req:     req,
		method:  methodOf(req),
		safe:    isSafe(req.Method),
		replay:  isReplayable(req),
		finish:  marked(ctx, finishKey),
	}
}

// address returns the request's URL as logs may show it.
func (c *call) address(o *Options) string {
	if c.url == "" {
		c.url = RedactURL(c.req.URL, o.Secrets)
	}
	return c.url
}

// clean returns an error of a layer below as logs and callers may see it.
func (c *call) clean(o *Options, err error) error {
	if err == nil {
		return nil
	}
	return redactError(err, secretsIn(c.req.URL, o.Secrets))
}

func methodOf(req *http.Request) string {
	if req.Method == "" {
		return http.MethodGet
	}
	return req.Method
}

// callOf returns the call to which a request of the stack belongs.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey).(*call)
	return c
}
