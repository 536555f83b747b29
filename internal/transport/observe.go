package transport

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/instep-go/instep"
)

// Attempt is what Options.Observe is told of one attempt.
type Attempt struct {
	Method string
	URL    string        // redacted
	Try    int           // 1 for the first
	Sent   bool          // it may have reached the peer; false if it surely did not leave
	Status int           // of the reply; 0 if there was none
	Err    error         // why there was no whole reply; its text is redacted
	Took   time.Duration // from the limiter's leave to the end of the body
	Waited time.Duration // in the limiter, for this attempt
}

// attempts keeps the call's memory up to date and tells of each attempt.
type attempts struct {
	next http.RoundTripper
	o    *Options
}

// RoundTrip implements http.RoundTripper.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callOf(req.Context())
	c.begin()
	start := time.Now()
	resp, err := a.next.RoundTrip(req)
	c.end(err)
	if c.last.sent {
		instep.CountRequest(req.Context())
	}
	a.report(c, err, time.Since(start)-c.waited)
	return resp, err
}

// begin starts a new attempt.
func (c *call) begin() {
	c.unsettled = c.unsettled || c.last.open
	c.tries++
	c.last, c.waited = attempt{}, 0
}

// end notes what the attempt leaves open. A write that got no reply, or a
// redirect, or the reply of a server in trouble, may have been carried out.
func (c *call) end(err error) {
	status := c.last.status
	switch {
	case c.safe:
	case err != nil:
		c.last.open = c.last.sent
	default:
		c.last.open = isLater(status) && !isThrottle(status) || status/100 == 3
	}
}

func (a *attempts) report(c *call, err error, took time.Duration) {
	debug := a.o.Logger != nil && a.o.Logger.Enabled(c, slog.LevelDebug)
	if !debug && a.o.Observe == nil {
		return
	}
	t := Attempt{
		Method: c.method, URL: c.address(a.o), Try: c.tries,
		Sent: c.last.sent, Status: c.last.status,
		Err: c.clean(a.o, err), Took: took, Waited: c.waited,
	}
	if debug {
		a.o.Logger.LogAttrs(c, slog.LevelDebug, "request", t.attrs()...)
	}
	if a.o.Observe != nil {
		a.o.Observe(t)
	}
}

// attrs are the attributes of the attempt's log line.
func (t Attempt) attrs() []slog.Attr {
	list := []slog.Attr{
		slog.String("method", t.Method), slog.String("url", t.URL), slog.Int("try", t.Try),
		slog.Duration("took", t.Took), slog.Duration("waited", t.Waited),
	}
	if t.Status != 0 {
		list = append(list, slog.Int("status", t.Status))
	}
	if t.Err != nil {
		list = append(list, slog.String("error", t.Err.Error()))
	}
	return list
}
