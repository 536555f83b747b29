package fakeserver

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

// Server puts a request log, faults and transports in front of a vendor's
// handler. It is an http.Handler itself, and safe for concurrent use.
type Server struct {
	vendor string
	h      http.Handler
	rec    recorder
	script script
	dice   dice
}

// Cleaner registers work for the end of a test. *testing.T, *testing.B and
// *testing.F are Cleaners.
type Cleaner interface{ Cleanup(func()) }

// New returns a Server in front of h. The vendor's name appears in the errors
// of the in-process transport and in the bodies of faulted replies.
func New(vendor string, h http.Handler) *Server {
	return &Server{vendor: vendor, h: h}
}

// SetClassify replaces the rule that tells writes from reads in Counts. The
// rule must not read the body. Without one, GET, HEAD and OPTIONS are reads.
func (s *Server) SetClassify(isWrite func(*http.Request) bool) { s.rec.setClassify(isWrite) }

// Script appends steps to the script. Each request takes the first step left
// that matches it.
func (s *Server) Script(steps ...Step) { s.script.add(steps) }

// SetFaults replaces the random faults and starts their draw again from seed.
// Equal seeds give equal draws for requests that arrive in the same order.
func (s *Server) SetFaults(f Faults, seed uint64) { s.dice.set(f, seed) }

// Requests returns a copy of the log, oldest first. Headers are shared between
// calls and must not be changed.
func (s *Server) Requests() []Request { return s.rec.list() }

// Counts returns how many reads and writes reached the handler since the start
// or the last ResetLog, those included whose reply was lost afterwards. What is
// carried out late counts from then on.
func (s *Server) Counts() (reads, writes int) { return s.rec.counts() }

// ResetLog empties the log and sets both counts to zero. Request numbers go on.
func (s *Server) ResetLog() { s.rec.reset() }

// Start serves on a free loopback port until c's cleanup and returns the base
// URL, without a slash at its end. It panics when no port can be opened.
func (s *Server) Start(c Cleaner) (url string) {
	ts := httptest.NewServer(s)
	c.Cleanup(ts.Close)
	return ts.URL
}

type overlapKey struct{}

// Overlapped tells a handler whether another request was still under way when
// the one with this context arrived.
func Overlapped(ctx context.Context) bool {
	v, _ := ctx.Value(overlapKey{}).(bool)
	return v
}

// ServeHTTP answers r through the script, the faults or the handler. A broken
// connection is told to net/http by panicking with http.ErrAbortHandler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rep, ok := s.exchange(r); ok {
		rep.copyTo(w, r.Method == http.MethodHead)
		return
	}
	panic(http.ErrAbortHandler)
}

// exchange takes r down its one road. It reports false when the connection is
// to break.
func (s *Server) exchange(r *http.Request) (*reply, bool) {
	x := s.rec.begin(r)
	defer s.end(x) // also when the handler panics
	body := &tape{ReadCloser: orEmpty(r.Body)}
	x.body = body
	r = r.WithContext(context.WithValue(r.Context(), overlapKey{}, x.overlapped))
	r.Body = body

	var rep *reply
	if st, ok := s.script.take(r); ok {
		rep = s.scripted(x, r, st)
	} else {
		rep = s.random(x, r)
	}
	body.drain()
	if rep == nil {
		return nil, false
	}
	x.req.Status = rep.status()
	return rep, true
}

// handle runs the vendor's handler. It returns nil when the handler itself
// broke the connection.
func (s *Server) handle(x *exchange, r *http.Request) (rep *reply) {
	rep = newReply()
	x.req.Handled = true
	defer func() {
		switch v := recover(); v {
		case nil:
			x.req.Outcome = ""
		case http.ErrAbortHandler:
			rep, x.req.Outcome = nil, OutcomeDropped
		default:
			x.req.Outcome = OutcomePanic
			panic(v)
		}
	}()
	s.h.ServeHTTP(rep, r)
	return rep
}

// pause waits d, or less when the client goes away; it reports whether the
// client is still there.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func orEmpty(b io.ReadCloser) io.ReadCloser {
	if b == nil {
		return http.NoBody
	}
	return b
}
