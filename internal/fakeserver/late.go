package fakeserver

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// maxLateBody bounds the body of a request that is kept to be carried out late.
const maxLateBody = 16 << 20

type lateKey struct{}

// LateBy tells a handler how long ago the request with this context was
// accepted and answered, if it is carried out late; else 0.
func LateBy(ctx context.Context) time.Duration {
	d, _ := ctx.Value(lateKey{}).(time.Duration)
	return d
}

// scriptedLate answers as st says and has r carried out later. A nil reply
// breaks the connection.
func (s *Server) scriptedLate(x *exchange, r *http.Request, st Step) *reply {
	if !s.accept(x, r, st.Late) {
		return nil
	}
	switch {
	case !pause(r.Context(), st.Delay):
		x.req.Outcome = OutcomeCanceled
		return nil
	case st.Drop || st.Status == 0:
		x.req.Outcome = OutcomeDropped
		return nil
	}
	x.req.Outcome = OutcomeScripted
	return st.apply(newReply())
}

// randomLate is scriptedLate for a fault that was drawn.
func (s *Server) randomLate(x *exchange, r *http.Request, f fault, late time.Duration) *reply {
	if x.write && !s.accept(x, r, late) {
		return nil
	}
	if f == lateTimeout {
		return s.refuse(x, http.StatusGatewayTimeout)
	}
	x.req.Outcome = OutcomeDropped
	return nil
}

// accept takes r in as a whole, to be carried out this long after its answer.
// It reports false if the request did not arrive whole, or is too large: then
// nothing is carried out, and the connection is to break.
func (s *Server) accept(x *exchange, r *http.Request, late time.Duration) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxLateBody+1))
	if err != nil || len(body) > maxLateBody {
		x.req.Outcome = OutcomeDropped
		return false
	}
	ctx := context.WithValue(context.WithoutCancel(r.Context()), lateKey{}, late)
	kept := r.Clone(ctx)
	kept.Body = io.NopCloser(bytes.NewReader(body))
	x.req.Late = late
	x.work = func() {
		defer s.rec.carriedOut(x)
		// The log has the answer that was given. A handler that panics is broken,
		// and with nobody left to tell it ends the program.
		s.handle(&exchange{}, kept)
	}
	return true
}

// end ends x. The time of a late request runs from here, so that it is in the
// log by the time it is carried out.
func (s *Server) end(x *exchange) {
	s.rec.end(x)
	if x.work != nil {
		time.AfterFunc(x.req.Late, x.work)
	}
}
