package fakeserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Faults says what share of the requests goes wrong at random. The shares are
// between 0 and 1 and exclude each other, so that together they are at most 1.
// The zero value is no faults.
type Faults struct {
	// LostBefore breaks the connection before the handler ran.
	LostBefore float64
	// Lost breaks the connection after the handler ran: the reply is lost.
	Lost float64
	// TooMany answers 429 before the handler ran, with the header that
	// RetryAfter says.
	TooMany float64
	// ServerError answers 500 before the handler ran.
	ServerError float64
	// ServerErrorAfter answers 500 although the handler ran.
	ServerErrorAfter float64
	// Late breaks the connection at once and has the handler run LateBy later,
	// as a vendor does that queues what it accepted. A read that draws it is
	// only cut: nobody is there to be answered.
	Late float64
	// TimeoutLate is Late with a 504 in place of the broken connection, as a
	// gateway in front of the queue gives it.
	TimeoutLate float64
	// SlowReply has the handler run at once and sends its reply, whole, only
	// SlowBy later, as a busy server or line does. Whoever waits gets all of it;
	// whoever goes away meanwhile leaves the effect behind.
	SlowReply float64
	// LateBy is how long after its answer a late request is carried out; 0 is
	// as soon as it is answered.
	LateBy time.Duration
	// SlowBy is how long a slow reply is held back.
	SlowBy time.Duration
	// RetryAfter is what each 429 of TooMany says; empty is "Retry-After: 1".
	RetryAfter RetryAfter
	// Slow is added to each request, before anything else is done with it.
	Slow time.Duration
}

// faultNames are the spellings of ParseFaults, in the order of String.
var faultNames = []string{"lostbefore", "lost", "429", "500", "500after", "late", "504late", "slowreply"}

// shares returns pointers to the shares in the order of faultNames.
func (f *Faults) shares() []*float64 {
	return []*float64{
		&f.LostBefore, &f.Lost, &f.TooMany, &f.ServerError, &f.ServerErrorAfter, &f.Late, &f.TimeoutLate, &f.SlowReply,
	}
}

// ParseFaults reads a comma-separated list such as
// "lost=5%,429=5%,500=2%,slow=200ms". Further names are lostbefore, 500after,
// late, 504late and slowreply. The two late ones go with lateby, as in
// "late=2%,lateby=90s", and slowreply with slowby; retryafter goes with 429 and
// is one of the texts of [RetryAfter]. A share is a percentage ("5%") or a
// fraction ("0.05"); slow, slowby and lateby take a Go duration. An empty string
// is no faults. Errors name the element.
func ParseFaults(s string) (Faults, error) {
	var f Faults
	seen := map[string]bool{}
	for el := range strings.SplitSeq(s, ",") {
		el = strings.TrimSpace(el)
		if el == "" {
			continue
		}
		name, value, ok := strings.Cut(el, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || value == "" {
			return Faults{}, fmt.Errorf("fault %q: want name=value, such as lost=5%%", el)
		}
		if seen[name] {
			return Faults{}, fmt.Errorf("fault %q: %s is given twice", el, name)
		}
		seen[name] = true
		if err := f.set(name, value); err != nil {
			return Faults{}, fmt.Errorf("fault %q: %w", el, err)
		}
	}
	total := 0.0
	for _, p := range f.shares() {
		total += *p
	}
	if total > 1+1e-9 {
		return Faults{}, fmt.Errorf("faults %q: the shares add up to more than 100%%", s)
	}
	if f.Late+f.TimeoutLate > 0 && !seen["lateby"] {
		return Faults{}, fmt.Errorf("faults %q: say how late with lateby, such as lateby=90s", s)
	}
	if f.SlowReply > 0 && !seen["slowby"] {
		return Faults{}, fmt.Errorf("faults %q: say how slow with slowby, such as slowby=3s", s)
	}
	return f, nil
}

func (f *Faults) set(name, value string) error {
	switch name {
	case "slow":
		return parseDuration(&f.Slow, value)
	case "slowby":
		return parseDuration(&f.SlowBy, value)
	case "lateby":
		return parseDuration(&f.LateBy, value)
	case "retryafter":
		f.RetryAfter = RetryAfter(value)
		return f.RetryAfter.check()
	}
	for i, p := range f.shares() {
		if faultNames[i] == name {
			v, err := parseShare(value)
			*p = v
			return err
		}
	}
	return fmt.Errorf("unknown name; known are %s, lateby, slowby, retryafter and slow", strings.Join(faultNames, ", "))
}

func parseDuration(to *time.Duration, value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return errors.New("want a duration such as 200ms")
	}
	*to = d
	return nil
}

func parseShare(s string) (float64, error) {
	num, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) { // the negation also refuses NaN
		return 0, errors.New("want a share between 0% and 100%")
	}
	return v, nil
}

// String gives f in the form ParseFaults reads, without the parts that are
// zero.
func (f Faults) String() string {
	var parts []string
	for i, p := range f.shares() {
		if *p != 0 {
			parts = append(parts, faultNames[i]+"="+formatShare(*p))
		}
	}
	if f.LateBy != 0 || f.Late+f.TimeoutLate > 0 {
		parts = append(parts, "lateby="+f.LateBy.String())
	}
	if f.SlowBy != 0 || f.SlowReply > 0 {
		parts = append(parts, "slowby="+f.SlowBy.String())
	}
	if f.RetryAfter != "" {
		parts = append(parts, "retryafter="+string(f.RetryAfter))
	}
	if f.Slow != 0 {
		parts = append(parts, "slow="+f.Slow.String())
	}
	return strings.Join(parts, ",")
}

// formatShare prefers the percentage and falls back to the fraction where the
// percentage would read back as another number.
func formatShare(v float64) string {
	s := strconv.FormatFloat(v*100, 'g', 12, 64) + "%"
	if back, err := parseShare(s); err == nil && back == v {
		return s
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// fault is the outcome of one draw: an index into faultNames, or none.
type fault int

const (
	none fault = iota - 1
	lostBefore
	lost
	tooMany
	serverError
	serverErrorAfter
	lateCut
	lateTimeout
	slowReply
)

// dice draws faults.
type dice struct {
	mu  sync.Mutex
	f   Faults
	rng *rand.Rand
}

func (d *dice) set(f Faults, seed uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.f, d.rng = f, rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
}

// draw uses one number for all shares, so that each keeps exactly its share.
// With the fault come the settings it was drawn from.
func (d *dice) draw() (fault, Faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rng == nil {
		return none, Faults{}
	}
	u := d.rng.Float64()
	for i, p := range d.f.shares() {
		if u < *p {
			return fault(i), d.f
		}
		u -= *p
	}
	return none, d.f
}

// random answers r with the handler or with a drawn fault. A nil reply breaks
// the connection.
func (s *Server) random(x *exchange, r *http.Request) *reply {
	f, set := s.dice.draw()
	if !pause(r.Context(), set.Slow) {
		x.req.Outcome = OutcomeCanceled
		return nil
	}
	switch {
	case f == lostBefore:
		x.req.Outcome = OutcomeDropped
		return nil
	case f == tooMany:
		rep := s.refuse(x, http.StatusTooManyRequests)
		set.RetryAfter.set(rep.header, time.Now())
		return rep
	case f == serverError:
		return s.refuse(x, http.StatusInternalServerError)
	case f == lateCut || f == lateTimeout:
		return s.randomLate(x, r, f, set.LateBy)
	}
	rep := s.handle(x, r)
	switch {
	case rep == nil:
		return nil
	case f == lost:
		x.req.Outcome = OutcomeDropped
		return nil
	case f == serverErrorAfter:
		return s.refuse(x, http.StatusInternalServerError)
	case f == slowReply && !pause(r.Context(), set.SlowBy):
		x.req.Outcome = OutcomeCanceled
		return nil
	}
	return rep
}

func (s *Server) refuse(x *exchange, status int) *reply {
	rep := newReply()
	rep.code = status
	x.req.Outcome = strconv.Itoa(status)
	rep.header.Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(&rep.body, "%s fake: random fault: %s\n", s.vendor, http.StatusText(status))
	return rep
}
