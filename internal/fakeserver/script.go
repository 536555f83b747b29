package fakeserver

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Step is one scripted answer. A step without Status and without Drop only
// delays: the handler then answers as usual.
type Step struct {
	// Match picks the requests the step is for; nil means any. It runs under
	// a lock: it must not read the body nor call the Server.
	Match func(*http.Request) bool
	// Times is how many requests the step serves; 0 means 1.
	Times int
	// Status is answered in place of the handler's, together with Header and
	// Body. With Handle set, 0 keeps the handler's status and an empty Body
	// keeps its body.
	Status int
	// Header is set on the answer.
	Header http.Header
	// Body is the answer's body.
	Body string
	// Handle runs the handler first, so that the effect has happened.
	Handle bool
	// Drop breaks the connection instead of answering.
	Drop bool
	// Delay is waited before the handler runs, or, with Handle or Late set,
	// between the acceptance of the request and the answer.
	Delay time.Duration
	// Late answers with Status, or without one breaks the connection, and has
	// the handler run only this long after that, whether the client is still
	// there or not. Nobody sees the handler's own answer. Handle has no
	// meaning then. 0 is no such fault.
	Late time.Duration
}

// script is the list of steps not yet used up.
type script struct {
	mu    sync.Mutex
	steps []Step
}

func (sc *script) add(steps []Step) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	for _, st := range steps {
		st.Times = max(st.Times, 1)
		sc.steps = append(sc.steps, st)
	}
}

// take uses up one turn of the first step that matches r.
func (sc *script) take(r *http.Request) (Step, bool) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	i := slices.IndexFunc(sc.steps, func(st Step) bool { return st.Match == nil || st.Match(r) })
	if i < 0 {
		return Step{}, false
	}
	st := sc.steps[i]
	if sc.steps[i].Times--; sc.steps[i].Times == 0 {
		sc.steps = slices.Delete(sc.steps, i, i+1)
	}
	return st, true
}

// scripted carries out st for r. A nil reply breaks the connection.
func (s *Server) scripted(x *exchange, r *http.Request, st Step) *reply {
	if st.Late > 0 {
		return s.scriptedLate(x, r, st)
	}
	if !st.Handle && !pause(r.Context(), st.Delay) {
		x.req.Outcome = OutcomeCanceled
		return nil
	}
	rep := newReply()
	if st.Handle || (st.Status == 0 && !st.Drop) {
		if rep = s.handle(x, r); rep == nil {
			return nil
		}
	}
	if st.Handle && !pause(r.Context(), st.Delay) {
		x.req.Outcome = OutcomeCanceled
		return nil
	}
	if st.Drop {
		x.req.Outcome = OutcomeDropped
		return nil
	}
	x.req.Outcome = OutcomeScripted
	return st.apply(rep)
}

// apply lays the step's answer over rep.
func (st Step) apply(rep *reply) *reply {
	if st.Status != 0 {
		rep.code = st.Status
		rep.body.Reset()
		clear(rep.header)
	}
	if st.Body != "" {
		rep.body.Reset()
		rep.header.Del("Content-Length")
		rep.body.WriteString(st.Body)
	}
	maps.Copy(rep.header, st.Header.Clone())
	return rep
}
