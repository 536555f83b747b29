package fakeserver

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxRequests  = 10_000   // requests kept
	maxBody      = 64 << 10 // bytes kept of one body
	maxBodyBytes = 64 << 20 // bytes kept of all bodies
	redacted     = "[redacted]"
)

// What became of a request beyond the handler's own answer. The outcomes of
// random refusals are their status codes, "429", "500" and "504".
const (
	// OutcomeDropped is a broken connection, before or after the handler ran.
	OutcomeDropped = "dropped"
	// OutcomeScripted is an answer from a script step.
	OutcomeScripted = "scripted"
	// OutcomeCanceled is a client that went away during a delay.
	OutcomeCanceled = "canceled"
	// OutcomePanic is a handler that panicked.
	OutcomePanic = "panic"
)

// Request is one line of the request log.
type Request struct {
	// N numbers the requests of a server in the order of their arrival, from 1.
	N int
	// At is the time of arrival.
	At time.Time
	// Method is the HTTP method.
	Method string
	// Target is path and query as they came, secrets replaced.
	Target string
	// Header is the request's header, secrets replaced.
	Header http.Header
	// Body is at most the first 64 KiB of the request's body, as it came.
	Body string
	// Status is the status answered; 0 when the connection broke.
	Status int
	// Outcome is empty for the handler's own answer, else one of the Outcome
	// constants or "429", "500" or "504" for a random refusal.
	Outcome string
	// Handled tells whether the handler ran, whatever the client saw. For a
	// late request it turns true once that has come.
	Handled bool
	// Late is how long after its answer the request is carried out, or was; 0
	// for one that is not late.
	Late time.Duration
	// Duration runs from arrival to the moment before the reply is sent.
	Duration time.Duration
	// Overlapped tells whether another request was under way at any moment of
	// this one.
	Overlapped bool
}

// exchange is a request under way. Only the goroutine that serves it touches
// req, body and work; overlapped and later are guarded by the recorder.
type exchange struct {
	req        Request
	body       *tape
	work       func() // what is carried out late, or nil
	write      bool
	overlapped bool // another one was under way at the arrival
	later      bool // another one arrived since
}

// recorder is the bounded log and the counts.
type recorder struct {
	mu            sync.Mutex
	isWrite       func(*http.Request) bool
	n             int
	arrival       chan struct{} // closed by the next request; nil if nobody waits for it
	reads, writes int
	underWay      map[*exchange]struct{}
	log           []Request
	bytes         int
}

func (c *recorder) setClassify(f func(*http.Request) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isWrite = f
}

func (c *recorder) begin(r *http.Request) *exchange {
	x := &exchange{req: Request{
		At:     time.Now(),
		Method: r.Method,
		Target: redactTarget(r.RequestURI),
		Header: redactHeader(r.Header),
	}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	x.req.N = c.n
	if c.arrival != nil {
		close(c.arrival)
		c.arrival = nil
	}
	if c.isWrite != nil {
		x.write = c.isWrite(r)
	} else {
		x.write = !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method)
	}
	for other := range c.underWay {
		other.later, x.overlapped = true, true
	}
	if c.underWay == nil {
		c.underWay = map[*exchange]struct{}{}
	}
	c.underWay[x] = struct{}{}
	return x
}

// reach waits until n requests have arrived and returns how many there are. The
// error is ctx's.
func (c *recorder) reach(ctx context.Context, n int) (int, error) {
	for {
		got, next := c.arrived(n)
		if next == nil {
			return got, nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// arrived returns how many requests have arrived and, where these are fewer
// than n, what the next one closes.
func (c *recorder) arrived(n int) (got int, next <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n >= n {
		return c.n, nil
	}
	if c.arrival == nil {
		c.arrival = make(chan struct{})
	}
	return c.n, c.arrival
}

func (c *recorder) end(x *exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.underWay, x)
	x.req.Duration = time.Since(x.req.At)
	x.req.Overlapped = x.overlapped || x.later
	if x.body != nil {
		x.req.Body = x.body.kept.String()
	}
	if x.req.Handled {
		c.count(x)
	}
	c.log = append(c.log, x.req)
	c.bytes += len(x.req.Body)
	for len(c.log) > maxRequests || c.bytes > maxBodyBytes {
		c.bytes -= len(c.log[0].Body)
		c.log[0] = Request{}
		c.log = c.log[1:]
	}
}

// count counts a request that the handler ran for. It wants mu held.
func (c *recorder) count(x *exchange) {
	if x.write {
		c.writes++
	} else {
		c.reads++
	}
}

// carriedOut takes down that a late request, logged before, has been handled.
func (c *recorder) carriedOut(x *exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(x)
	if i := slices.IndexFunc(c.log, func(r Request) bool { return r.N == x.req.N }); i >= 0 {
		c.log[i].Handled = true
	}
}

// list sorts by arrival: the log itself grows in the order of completion.
func (c *recorder) list() []Request {
	c.mu.Lock()
	out := slices.Clone(c.log)
	c.mu.Unlock()
	slices.SortFunc(out, func(a, b Request) int { return a.N - b.N })
	return out
}

func (c *recorder) counts() (reads, writes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reads, c.writes
}

func (c *recorder) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log, c.bytes, c.reads, c.writes = nil, 0, 0, 0
}

// tape is a request body that keeps the first bytes read from it.
type tape struct {
	io.ReadCloser
	kept bytes.Buffer
}

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.kept.Write(p[:min(n, maxBody-t.kept.Len())])
	return n, err
}

// drain reads what the log still wants of a body the handler left unread.
func (t *tape) drain() {
	if room := maxBody - t.kept.Len(); room > 0 {
		_, _ = io.CopyN(io.Discard, t, int64(room)) // a body that fails is logged as far as it came
	}
}

// redactHeader copies h with the values of secret headers replaced. A header
// that only names an algorithm is no secret.
func redactHeader(h http.Header) http.Header {
	out := h.Clone()
	for name, vs := range out {
		if !secretHeader(strings.ToLower(name)) {
			continue
		}
		for i := range vs {
			vs[i] = redacted
		}
	}
	return out
}

func secretHeader(lower string) bool {
	if strings.Contains(lower, "algorithm") {
		return false
	}
	for _, part := range []string{"authorization", "cookie", "mac", "key", "token", "secret", "password"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// secretParams are query parameters whose values are secrets. Vendors use the
// word key for record numbers too, so only whole names count.
var secretParams = []string{"access_token", "token", "api_key", "apikey", "api-key", "key", "secret", "client_secret", "password"}

// redactTarget replaces the values of secret query parameters and leaves the
// rest of the target byte for byte.
func redactTarget(target string) string {
	path, query, ok := strings.Cut(target, "?")
	if !ok {
		return target
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		raw, _, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(raw)
		if err == nil && slices.Contains(secretParams, strings.ToLower(name)) {
			parts[i] = raw + "=" + redacted
		}
	}
	return path + "?" + strings.Join(parts, "&")
}
