package transport

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/instep-go/instep"
	"golang.org/x/time/rate"
)

const (
	// paceShare is how much of the allowed rate is used. The rest is what
	// clocks and the network may shift requests into the peer's next window.
	paceShare = 0.98

	// A 429 that does not say how long to wait pauses this long, and twice as
	// long each time that the probe meets another.
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// LimiterOptions says what a peer allows one credential.
type LimiterOptions struct {
	PerMinute float64 // requests a minute, of which 98 % are used; 0: not known or unlimited
	Burst     int     // how many may go at once after a quiet time; 0: 1
	InFlight  int     // how many may be under way at the same time; 0: unlimited

	// MaxPause is the longest pause that requests wait for. While a longer one
	// is left, they fail at once with kind RateLimited. 0 means
	// DefaultMaxRetryAfter.
	MaxPause time.Duration
}

// Limiter keeps all requests made with one credential to what the peer allows.
// Requests wait for their turn in the order in which they came.
//
// A reply with status 429, or 503 with a Retry-After, pauses all of them. So
// does a reply that says that the window is used up. After the pause one
// request goes first, alone; when it succeeds the others follow at the rate.
// Where no rate is given, only half as many as before may then be under way at
// once, and one more each time that all of these were answered.
//
// A Limiter is safe for concurrent use and must not be copied.
type Limiter struct {
	pace     *rate.Limiter // nil: unlimited
	maxPause time.Duration
	slots    chan struct{} // holds one element for each request under way; nil: unlimited
	turn     chan struct{} // holds one element while a request is next in line

	moved chan struct{} // tells the next in line that a request has come back

	mu        sync.Mutex
	until     time.Time // no request goes before
	probation bool      // the next request goes alone
	probing   bool      // the request that went alone is not back yet
	strikes   int       // pauses in a row of which the peer did not say how long
	underWay  int       // requests
	window    float64   // how many may be under way where there is no pace; 0: any number
}

// NewLimiter returns a Limiter for one credential. Values below zero count as
// zero.
func NewLimiter(o LimiterOptions) *Limiter {
	l := &Limiter{turn: make(chan struct{}, 1), moved: make(chan struct{}, 1), maxPause: o.MaxPause}
	if l.maxPause <= 0 {
		l.maxPause = DefaultMaxRetryAfter
	}
	if o.PerMinute > 0 {
		l.pace = rate.NewLimiter(rate.Limit(o.PerMinute/60*paceShare), max(o.Burst, 1))
	}
	if o.InFlight > 0 {
		l.slots = make(chan struct{}, o.InFlight)
	}
	return l
}

// pass is the leave to send one request.
type pass struct{ probe bool }

// acquire waits until a request may be sent. On success, release must follow.
// The error is ctx's, or an *instep.Error of kind RateLimited.
func (l *Limiter) acquire(ctx context.Context) (pass, error) {
	if err := enter(ctx, l.slots); err != nil {
		return pass{}, err
	}
	p, err := l.inTurn(ctx)
	if err != nil {
		leave(l.slots)
	}
	return p, err
}

func (l *Limiter) inTurn(ctx context.Context) (pass, error) {
	if err := enter(ctx, l.turn); err != nil {
		return pass{}, err
	}
	defer leave(l.turn)
	if l.pace != nil {
		if err := l.pace.Wait(ctx); err != nil {
			return pass{}, waitError(ctx, err)
		}
	}
	for {
		p, wait, ok := l.admit()
		if ok {
			return p, nil
		}
		if wait > l.maxPause {
			return pass{}, &instep.Error{Kind: instep.RateLimited, RetryAfter: wait,
				Remedy: fmt.Sprintf("try again in %v", wait.Round(time.Second))}
		}
		if err := l.sleep(ctx, wait); err != nil {
			return pass{}, err
		}
	}
}

// admit lets a request go, or tells how long a pause still lasts, or 0 if it
// has to wait for another request to come back.
func (l *Limiter) admit() (p pass, wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait = time.Until(l.until); wait > 0 {
		return pass{}, wait, false
	}
	if l.probing || !l.probation && l.window > 0 && float64(l.underWay) > l.window-1 {
		return pass{}, 0, false
	}
	l.probing = l.probation
	l.underWay++
	return pass{probe: l.probing}, 0, true
}

// sleep waits until d has passed, or until a request comes back if d is 0.
func (l *Limiter) sleep(ctx context.Context, d time.Duration) error {
	var timer <-chan time.Time
	moved := l.moved
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer, moved = t.C, nil
	}
	select {
	case <-timer:
		return nil
	case <-moved:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release ends what acquire began. resp is nil if there was no reply.
func (l *Limiter) release(p pass, resp *http.Response) {
	l.learn(p, resp)
	select {
	case l.moved <- struct{}{}:
	default: // it is told already
	}
	leave(l.slots)
}

func (l *Limiter) learn(p pass, resp *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resp != nil {
		l.judge(p, resp)
	}
	l.underWay--
	if p.probe {
		l.probing = false
	}
}

// judge draws the conclusions of a reply; l.mu is held.
func (l *Limiter) judge(p pass, resp *http.Response) {
	after := RetryAfter(resp)
	switch {
	case after > 0 && isThrottle(resp.StatusCode):
		l.shrink(p)
		l.pause(after)
	case resp.StatusCode == http.StatusTooManyRequests:
		if p.probe || l.strikes == 0 {
			l.strikes++
		}
		l.shrink(p)
		l.pause(min(firstPause<<min(l.strikes-1, 10), longestPause))
	case resp.StatusCode < http.StatusInternalServerError:
		if p.probe {
			l.probation, l.strikes = false, 0
		}
		if l.window > 0 {
			l.window += 1 / l.window
		}
	}
	if after = usedUp(resp); after > 0 {
		l.pause(min(after, l.maxPause)) // nobody was refused yet, so nobody is turned away
	}
}

// shrink halves the number of requests that may be under way, once for each
// pause; l.mu is held.
func (l *Limiter) shrink(p pass) {
	if l.pace == nil && (p.probe || !l.probation) {
		l.window = max(1, float64(l.underWay)/2)
	}
}

// pause lets nobody go for d, and then one alone; l.mu is held.
func (l *Limiter) pause(d time.Duration) {
	if t := time.Now().Add(d); t.After(l.until) {
		l.until = t
	}
	l.probation = true
}

// isThrottle reports whether a Retry-After in a reply of this status is meant
// for all requests.
func isThrottle(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// enter puts an element into the channel, which queues in order. A nil channel
// lets everybody in.
func enter(ctx context.Context, ch chan struct{}) error {
	if err := ctx.Err(); err != nil || ch == nil {
		return err
	}
	select {
	case ch <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func leave(ch chan struct{}) {
	if ch != nil {
		<-ch
	}
}

// waitError tells the two ways apart in which waiting for the pace fails.
func waitError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: the turn would come after it (%s)", context.DeadlineExceeded, err.Error())
}
