package netvisortest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Oddity is a way in which this vendor's replies go wrong that a Step cannot
// tell, since it takes knowing the reply.
type Oddity int

const (
	// HTMLPage answers with a page for people and the status 200, as a proxy
	// with a notice does. The request is not carried out.
	HTMLPage Oddity = iota + 1
	// HTMLAfter answers with the same page although the request was carried
	// out.
	HTMLAfter
	// CutShort ends the reply in its middle: what comes is not well-formed.
	CutShort
	// ShortList leaves the second half of a list out of a reply that is
	// well-formed and says OK; one row out of one is left out too. Headers that
	// count rows count them all.
	ShortList
	// DoubledRow begins a page of getvendor.nv, not the first, with the last
	// row of the page before.
	DoubledRow
	// Unauthorised refuses the resource with SERVICE_ACCESS_ERROR, as after its
	// right was taken away for a while. See SetDenied for good.
	Unauthorised
	// UsedID refuses the request with REQUEST_NOT_UNIQUE, as if another customer
	// of the partner had sent its transaction id before.
	UsedID
	// Overlap refuses the request with TECHNICAL_ERROR, as if another one of the
	// company were under way.
	Overlap
)

// Always is for the times of Misbehave: the oddity lasts.
const Always = -1

// oddities are those in wait.
type oddities struct {
	mu    sync.Mutex
	queue []oddity
}

type oddity struct {
	what     Oddity
	resource string // lower case; empty for any
	times    int
}

func (o *oddities) add(q oddity) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = slices.DeleteFunc(o.queue, func(x oddity) bool { return x.what == q.what && x.resource == q.resource })
	if q.times != 0 {
		o.queue = append(o.queue, q)
	}
}

// take uses up one turn of an oddity; it reports whether there was one.
func (o *oddities) take(what Oddity, resource string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.queue, func(x oddity) bool {
		return x.what == what && (x.resource == "" || x.resource == resource)
	})
	if i < 0 {
		return false
	}
	if q := &o.queue[i]; q.times > 0 {
		if q.times--; q.times == 0 {
			o.queue = slices.Delete(o.queue, i, i+1)
		}
	}
	return true
}

// Misbehave has the next replies of a resource, such as "getvendor.nv", go wrong
// so many times: Always is until told otherwise, 0 ends it. An empty resource is
// any. Only signed requests count, and only those that the oddity can show in.
func (s *Server) Misbehave(what Oddity, resource string, times int) {
	s.odd.add(oddity{what, strings.ToLower(resource), times})
}

// SetDenied replaces the resources that the company does not allow, as a person
// does who gives or takes rights: they answer SERVICE_ACCESS_ERROR.
func (s *Server) SetDenied(resources ...string) {
	lower := make([]string, len(resources))
	for i, name := range resources {
		lower[i] = strings.ToLower(name)
	}
	s.denied.Store(&lower)
}

// SetClockOff sets the server's clock wrong by this much. It shows in the time
// stamps and Date headers of replies, in times of change, and in which
// timestamps of requests are stale.
func (s *Server) SetClockOff(by time.Duration) { s.off.Store(int64(by)) }

// now is the server's clock, wrong or right.
func (s *Server) now() time.Time { return s.clock().Add(time.Duration(s.off.Load())) }

// odd uses up one turn of an oddity of the resource asked for.
func (c *call) odd(what Oddity) bool { return c.s.odd.take(what, resourceName(c.r)) }

// refusal is the failure in place of an answer that is in wait for c.
func (c *call) refusal() *fault {
	switch {
	case c.odd(UsedID):
		return &fault{codeNotUnique, textNotUnique, nil}
	case c.odd(Overlap):
		return &fault{codeTechnical, textOverlap, nil}
	case c.odd(Unauthorised):
		return &fault{codeAccess, textDenied, []any{resourceName(c.r)}}
	}
	return nil
}

// shortened gives the rows of a list that its reply shows.
func shortened[T any](c *call, rows []T) []T {
	if len(rows) > 0 && c.odd(ShortList) {
		return rows[:len(rows)/2]
	}
	return rows
}

// notice is what a proxy shows to people: it is not XML.
const notice = `<!DOCTYPE html>
<html lang="fi"><head><meta charset="utf-8"><title>Huoltokatko</title>
<link rel="stylesheet" href="/s.css"></head>
<body><h1>Huoltokatko</h1><p>Palvelussa on k&auml;ynniss&auml; huoltokatko.<br>Yrit&auml; my&ouml;hemmin uudelleen.</p></body></html>
`

func (c *call) html() {
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write([]byte(notice)) // the client may be gone
}
