package transport

import (
	"log/slog"
	"net/http"
	"time"
)

// The defaults of [Options].
const (
	DefaultRetries        = 4
	DefaultLeastWait      = time.Second
	DefaultMostWait       = 30 * time.Second
	DefaultMaxRetryAfter  = 10 * time.Minute
	DefaultAttemptTimeout = 60 * time.Second
	DefaultMaxBody        = 32 << 20
)

// Options says how a stack behaves. The zero value works: no signing, no rate
// limit, no log.
type Options struct {
	// Base carries the requests. Nil means a new http.Transport of our own: as
	// http.DefaultTransport, with shorter waits for connections and TLS 1.2 at
	// least. A Base should report connections by net/http/httptrace, as
	// http.Transport does; one that does not is assumed to have sent a request
	// unless its error is one of dialing or of the TLS handshake.
	Base http.RoundTripper

	// Sign is called for each attempt, below retry and limit, with a copy of
	// the request that it may alter: header, URL and, by way of GetBody, a look
	// at the body. It gives the attempt its time stamp, transaction id and
	// Authorization. Its context ends with the attempt. An error ends the call
	// without anything being sent; its kind is kept if it is an *instep.Error,
	// and is Config otherwise. Nil: requests go out as they are.
	Sign func(*http.Request) error

	// Limiter keeps to the peer's rate. There is one for each credential,
	// shared by all stacks that use it. Nil: no limit.
	Limiter *Limiter

	// Retries is how many times more a request is tried. 0 means
	// DefaultRetries, less than 0 none.
	Retries int

	// WaitMin and WaitMax bound the waits between tries where the peer does not
	// say how long: each is twice the one before, less up to half by chance. 0
	// means DefaultLeastWait and DefaultMostWait.
	WaitMin, WaitMax time.Duration

	// MaxRetryAfter is the longest Retry-After that is waited for. A reply that
	// asks for more is returned as it is. 0 means DefaultMaxRetryAfter.
	MaxRetryAfter time.Duration

	// AttemptTimeout bounds each attempt, from dialing to the last byte of the
	// body; waiting for the Limiter is not counted. 0 means
	// DefaultAttemptTimeout.
	AttemptTimeout time.Duration

	// MaxBody is the largest reply body in bytes, after decompression. A larger
	// one is never cut: it is an error of kind Malformed, or of kind Lost that
	// is Malformed as well if the request was a write. 0 means DefaultMaxBody.
	MaxBody int64

	// Logger gets a line at level Debug for each attempt and one at Warn before
	// each repetition, without headers and bodies and with the URL redacted.
	// Nil: none.
	Logger *slog.Logger

	// Observe is called after each attempt on the caller's goroutine, so it may
	// be called concurrently. Nil: not called.
	Observe func(Attempt)

	// Secrets are texts that must never appear in log lines and errors, in any
	// spelling that [Redact] knows.
	Secrets []string

	// RetryReply says that a reply of another status than those of the retry
	// policy means "try again later". It is asked only for requests that may be
	// repeated, and gets at most the first 64 KiB of the body; the reply's body
	// stays readable. It must not keep body. Nil: no such replies.
	RetryReply func(resp *http.Response, body []byte) bool
}

// withDefaults returns the options with every missing or senseless value filled
// in.
func (o Options) withDefaults() Options {
	if o.Retries == 0 {
		o.Retries = DefaultRetries
	}
	o.Retries = max(o.Retries, 0)
	o.WaitMin = orDefault(o.WaitMin, DefaultLeastWait)
	o.WaitMax = max(orDefault(o.WaitMax, DefaultMostWait), o.WaitMin)
	o.MaxRetryAfter = orDefault(o.MaxRetryAfter, DefaultMaxRetryAfter)
	o.AttemptTimeout = orDefault(o.AttemptTimeout, DefaultAttemptTimeout)
	o.MaxBody = orDefault(o.MaxBody, DefaultMaxBody)
	if o.Base == nil {
		o.Base = newBase()
	}
	return o
}

func orDefault[T ~int64](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}
