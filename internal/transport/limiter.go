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
	PerMinute float64 // requests a minute, of which 98 % are used; 0: unlimited
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
//
// A Limiter is safe for concurrent use and must not be copied.
type Limiter struct {
	pace     *rate.Limiter // nil: unlimited
	maxPause time.Duration
	slots    chan struct{} // holds one element for each request under way; nil: unlimited
	turn     chan struct{} // holds one element while a request is next in line

	mu        sync.Mutex
	until     time.Time     // no request goes before
	probation bool          // the next request goes alone
	probe     chan struct{} // closed when the request that went alone is back; nil: none is out
	strikes   int           // pauses in a row of which the peer did not say how long
}

// NewLimiter returns a Limiter for one credential. Values below zero count as
// zero.
func NewLimiter(o LimiterOptions) *Limiter {
	l := &Limiter{turn: make(chan struct{}, 1), maxPause: o.MaxPause}
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
		p, wait, back, ok := l.admit()
		if ok {
			return p, nil
		}
		if wait > l.maxPause {
			return pass{}, &instep.Error{Kind: instep.RateLimited, RetryAfter: wait,
				Remedy: fmt.Sprintf("try again in %v", wait.Round(time.Second))}
		}
		if err := sleep(ctx, wait, back); err != nil {
			return pass{}, err
		}
	}
}

// admit lets a request go if neither a pause nor a probe is in the way, and
// else tells what to wait for.
func (l *Limiter) admit() (p pass, wait time.Duration, back <-chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait = time.Until(l.until); wait > 0 {
		return pass{}, wait, nil, false
	}
	if l.probe != nil {
		return pass{}, 0, l.probe, false
	}
	p.probe = l.probation
	if p.probe {
		l.probe = make(chan struct{})
	}
	return p, 0, nil, true
}

// release ends what acquire began. resp is nil if there was no reply.
func (l *Limiter) release(p pass, resp *http.Response) {
	l.learn(p, resp)
	leave(l.slots)
}

func (l *Limiter) learn(p pass, resp *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resp != nil {
		l.judge(p, resp)
	}
	if p.probe {
		close(l.probe)
		l.probe = nil
	}
}

// judge draws the conclusions of a reply; l.mu is held.
func (l *Limiter) judge(p pass, resp *http.Response) {
	after := RetryAfter(resp)
	switch {
	case after > 0 && isThrottle(resp.StatusCode):
		l.pause(after)
	case resp.StatusCode == http.StatusTooManyRequests:
		if p.probe || l.strikes == 0 {
			l.strikes++
		}
		l.pause(min(firstPause<<min(l.strikes-1, 10), longestPause))
	case p.probe && resp.StatusCode < http.StatusInternalServerError:
		l.probation, l.strikes = false, 0
	}
	if after = usedUp(resp); after > 0 {
		l.pause(min(after, l.maxPause)) // nobody was refused yet, so nobody is turned away
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

// sleep waits until d has passed, or until back is closed if it is not nil.
func sleep(ctx context.Context, d time.Duration, back <-chan struct{}) error {
	var timer <-chan time.Time
	if back == nil {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-timer:
		return nil
	case <-back:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waitError tells the two ways apart in which waiting for the pace fails.
func waitError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: the turn would come after it (%s)", context.DeadlineExceeded, err.Error())
}
