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
	// TooMany answers 429 with "Retry-After: 1" before the handler ran.
	TooMany float64
	// ServerError answers 500 before the handler ran.
	ServerError float64
	// ServerErrorAfter answers 500 although the handler ran.
	ServerErrorAfter float64
	// Slow is added to each request, before anything else is done with it.
	Slow time.Duration
}

// faultNames are the spellings of ParseFaults, in the order of String.
var faultNames = []string{"lostbefore", "lost", "429", "500", "500after"}

// shares returns pointers to the shares in the order of faultNames.
func (f *Faults) shares() []*float64 {
	return []*float64{&f.LostBefore, &f.Lost, &f.TooMany, &f.ServerError, &f.ServerErrorAfter}
}

// ParseFaults reads a comma-separated list such as
// "lost=5%,429=5%,500=2%,slow=200ms". Further names are lostbefore and
// 500after. A share is a percentage ("5%") or a fraction ("0.05"); slow takes
// a Go duration. An empty string is no faults. Errors name the element.
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
	return f, nil
}

func (f *Faults) set(name, value string) error {
	if name == "slow" {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return errors.New("want a duration such as 200ms")
		}
		f.Slow = d
		return nil
	}
	for i, p := range f.shares() {
		if faultNames[i] == name {
			v, err := parseShare(value)
			*p = v
			return err
		}
	}
	return fmt.Errorf("unknown name; known are %s and slow", strings.Join(faultNames, ", "))
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
func (d *dice) draw() (fault, time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rng == nil {
		return none, 0
	}
	u := d.rng.Float64()
	for i, p := range d.f.shares() {
		if u < *p {
			return fault(i), d.f.Slow
		}
		u -= *p
	}
	return none, d.f.Slow
}

// random answers r with the handler or with a drawn fault. A nil reply breaks
// the connection.
func (s *Server) random(x *exchange, r *http.Request) *reply {
	f, slow := s.dice.draw()
	if !pause(r.Context(), slow) {
		x.req.Outcome = OutcomeCanceled
		return nil
	}
	switch {
	case f == lostBefore:
		x.req.Outcome = OutcomeDropped
		return nil
	case f == tooMany:
		return s.refuse(x, http.StatusTooManyRequests)
	case f == serverError:
		return s.refuse(x, http.StatusInternalServerError)
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
	}
	return rep
}

func (s *Server) refuse(x *exchange, status int) *reply {
	rep := newReply()
	rep.code = status
	x.req.Outcome = strconv.Itoa(status)
	if status == http.StatusTooManyRequests {
		rep.header.Set("Retry-After", "1")
	}
	rep.header.Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(&rep.body, "%s fake: random fault: %s\n", s.vendor, http.StatusText(status))
	return rep
}
