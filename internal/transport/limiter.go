package transport

import (
	"context"
	"fmt"
	"math"
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

	// firstLatency is what a reply is assumed to take before there was one.
	firstLatency = time.Second

	// headroom is how many times more requests may be under way than the rate
	// and the latency ask for, and one.
	headroom = 2
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
// Requests wait for their turn in the order in which they came. One that is sent
// once more passes those that were not sent yet, or the refusals of a peer that
// allows less than before could all meet the same request until its tries end.
//
// A reply with status 429, or 503 with a Retry-After, pauses all of them. So
// does a reply that says that the window is used up. After the pause one
// request goes first, alone; when it succeeds the others follow at the rate.
//
// Where no rate is given it is learned: from the replies' X-RateLimit headers,
// or from what the peer took between two pauses. From then on requests go at
// that rate, which is raised in small steps, seldom enough that refusals stay
// below one request in a thousand. A given rate is never exceeded, and lowered
// in the same way if the peer does not keep to it. Refusals that no rate
// explains are answered by pauses alone, and by halving the number of requests
// that may be under way at once, which grows by one each time that all of these
// were answered.
//
// Where there is a rate, as many requests may be under way as it takes to use
// it, given how long replies take of late, with as many again to spare, and
// never more than InFlight: a peer that slows down gets more at once, one that
// stops answering does not get ever more.
//
// A Limiter is safe for concurrent use and must not be copied.
type Limiter struct {
	maxPause time.Duration
	burst    int
	inFlight int           // 0: unlimited
	turn     chan struct{} // holds one element while a request is next in line
	first    chan struct{} // holds one while a request that was not sent yet is after that
	moved    chan struct{} // tells the next in line that a request has come back

	mu        sync.Mutex
	pace      *rate.Limiter // nil: no rate is known
	learner   learner
	windows   windows
	until     time.Time     // no request goes before
	probation bool          // the next request goes alone
	probing   bool          // the request that went alone is not back yet
	strikes   int           // pauses in a row of which the peer did not say how long
	underWay  int           // requests
	back      time.Time     // when a request last came back
	latency   time.Duration // of replies, smoothed
	window    float64       // how many may be under way where there is no pace; 0: any number
}

// NewLimiter returns a Limiter for one credential. Values below zero count as
// zero.
func NewLimiter(o LimiterOptions) *Limiter {
	l := &Limiter{
		turn:     make(chan struct{}, 1),
		first:    make(chan struct{}, 1),
		moved:    make(chan struct{}, 1),
		maxPause: orDefault(o.MaxPause, DefaultMaxRetryAfter),
		burst:    max(o.Burst, 1),
		inFlight: max(o.InFlight, 0),
		latency:  firstLatency,
		learner:  newLearner(o.PerMinute / 60 * paceShare),
	}
	l.setPace(time.Time{})
	return l
}

// setPace makes the pace that of the learner; l.mu is held.
func (l *Limiter) setPace(now time.Time) {
	switch r := rate.Limit(l.learner.rate); {
	case r <= 0 && l.pace != nil: // it was given up: no flood follows
		l.window = max(1, float64(l.pace.Limit())*l.latency.Seconds())
		l.pace = nil
	case r <= 0:
	case l.pace == nil:
		l.pace = rate.NewLimiter(r, l.burst)
	case l.pace.Limit() != r:
		l.pace.SetLimitAt(now, r)
	}
}

// pass is the leave to send one request.
type pass struct {
	at    time.Time // when it was given
	cycle int       // of the learner
	probe bool      // the request goes alone
	paced bool      // the request had to wait for the pace
}

// ticket is what the next in line holds while it waits.
type ticket struct {
	asked    time.Time // when the request came
	due      time.Time // when the pace lets it go
	reserved bool      // due is known
	paced    bool      // it was not due at once
	turn     rate.Reservation
}

// acquire waits until a request that came at the given time may be sent, or sent
// again. On success, release must follow. The error is ctx's, or an
// *instep.Error of kind RateLimited.
func (l *Limiter) acquire(ctx context.Context, asked time.Time, again bool) (pass, error) {
	now, err := l.enter(ctx, asked, again)
	if err != nil {
		return pass{}, err
	}
	defer func() { <-l.turn }()
	t := ticket{asked: asked}
	for {
		p, wait, err := l.admit(&t, now)
		if err == nil && !p.at.IsZero() {
			return p, nil
		}
		if err == nil {
			err = l.sleep(ctx, now, wait)
		}
		now = time.Now()
		if err != nil {
			if t.reserved {
				t.turn.CancelAt(now)
			}
			return pass{}, err
		}
	}
}

// enter waits until the request is next in line, and returns when that was.
// Channels queue in order; of those that were not sent yet one at a time waits
// at that for the turn, and the others behind it.
func (l *Limiter) enter(ctx context.Context, asked time.Time, again bool) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return asked, err
	}
	select {
	case l.turn <- struct{}{}:
		return asked, nil
	default:
	}
	if !again {
		select {
		case l.first <- struct{}{}:
			defer func() { <-l.first }()
		case <-ctx.Done():
			return asked, ctx.Err()
		}
	}
	select {
	case l.turn <- struct{}{}:
		return time.Now(), nil
	case <-ctx.Done():
		return asked, ctx.Err()
	}
}

// admit lets a request go, or tells how long it has to wait at least, or 0 if it
// has to wait for another request to come back. It fails if the pause is too
// long to wait for.
func (l *Limiter) admit(t *ticket, now time.Time) (pass, time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	pause := l.until.Sub(now)
	if pause > l.maxPause {
		return pass{}, 0, &instep.Error{Kind: instep.RateLimited, RetryAfter: pause,
			Remedy: fmt.Sprintf("try again in %v", pause.Round(time.Second))}
	}
	if !t.reserved && l.pace != nil {
		t.turn, t.reserved = *l.pace.ReserveN(now, 1), true
		delay := t.turn.DelayFrom(now)
		t.due, t.paced = now.Add(delay), delay > 0
	}
	if wait := max(pause, t.due.Sub(now)); wait > 0 {
		return pass{}, wait, nil
	}
	if l.probing || !l.probation && l.underWay >= l.room() {
		return pass{}, 0, nil
	}
	return l.letGo(t, now), 0, nil
}

// letGo gives the leave to send; l.mu is held.
func (l *Limiter) letGo(t *ticket, now time.Time) pass {
	if l.underWay == 0 && !l.probation && t.asked.Sub(l.back) > quietTime {
		l.learner.restart()
		l.windows.restart()
	}
	l.learner.start(now)
	if l.probation && l.pace != nil {
		// The pause has filled the bucket: the others follow at the rate, not
		// with the probe.
		l.pace = rate.NewLimiter(l.pace.Limit(), l.burst)
		l.pace.ReserveN(now, l.burst)
	}
	l.probing = l.probation
	l.underWay++
	return pass{at: now, cycle: l.learner.cycle, probe: l.probing, paced: t.paced}
}

// room returns how many requests may be under way; l.mu is held. By Little's
// law the rate times the latency is how many are on average.
func (l *Limiter) room() int {
	most := math.Inf(1)
	switch {
	case l.pace != nil:
		most = headroom * (l.learner.rate*l.latency.Seconds() + 1)
	case l.window > 0:
		most = l.window
	}
	if l.inFlight > 0 {
		most = min(most, float64(l.inFlight))
	}
	return int(min(max(most, 1), math.MaxInt32))
}

// sleep waits until d has passed, or until a request comes back if d is 0. It
// does not wait for what comes after the context's deadline.
func (l *Limiter) sleep(ctx context.Context, now time.Time, d time.Duration) error {
	var timer <-chan time.Time
	moved := l.moved
	if d > 0 {
		if end, ok := ctx.Deadline(); ok && end.Before(now.Add(d)) {
			if err := ctx.Err(); err != nil {
				return err
			}
			return fmt.Errorf("%w: the turn would come after it", context.DeadlineExceeded)
		}
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
	l.learn(p, resp, time.Now())
	select {
	case l.moved <- struct{}{}:
	default: // it is told already
	}
}

func (l *Limiter) learn(p pass, resp *http.Response, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resp != nil {
		l.judge(p, resp, now)
	}
	l.back = now
	l.underWay--
	if p.probe {
		l.probing = false
	}
}

// judge draws the conclusions of a reply; l.mu is held.
func (l *Limiter) judge(p pass, resp *http.Response, now time.Time) {
	q, hasQuota := readQuota(resp)
	after := RetryAfter(resp)
	switch {
	case after > 0 && isThrottle(resp.StatusCode):
		l.refused(p, resp, now, after, time.Second)
	case resp.StatusCode == http.StatusTooManyRequests:
		if p.probe || l.strikes == 0 {
			l.strikes++
		}
		after = min(firstPause<<min(l.strikes-1, 10), longestPause)
		l.refused(p, resp, now, after, after)
	case resp.StatusCode < http.StatusInternalServerError:
		l.took(p, now)
		if q.limit > 0 {
			l.learner.told(l.windows.rate(q, now, l.underWay) * paceShare)
		}
	}
	if hasQuota && q.rest == 0 && q.reset > 0 {
		// Nobody was refused yet, so nobody is turned away.
		l.pause(now, min(q.reset, l.maxPause), time.Second)
	}
	l.setPace(now)
}

// refused takes note that the peer did not take a request; l.mu is held. Only a
// 429 speaks of a rate: a server in trouble says 503.
func (l *Limiter) refused(p pass, resp *http.Response, now time.Time, after, doubt time.Duration) {
	if l.pace == nil && (p.probe || !l.probation) {
		l.window = max(1, float64(l.underWay)/2) // once for each pause
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		l.learner.refused(p)
	} else {
		l.learner.restart()
	}
	l.pause(now, after, doubt)
}

// took takes note that the peer took a request; l.mu is held.
func (l *Limiter) took(p pass, now time.Time) {
	l.smooth(now.Sub(p.at))
	if p.probe {
		l.probation, l.strikes = false, 0
		l.learner.resumed(&p, l.until)
	}
	if l.window > 0 {
		l.window += 1 / l.window
	}
	l.learner.took(p)
}

// smooth takes note of how long a reply took; l.mu is held. It believes in
// longer times sooner than in shorter ones: too few requests under way cost
// more than too many.
func (l *Limiter) smooth(took time.Duration) {
	d := took - l.latency
	if d > 0 {
		l.latency += d / 4
	} else {
		l.latency += d / 16
	}
}

// pause lets nobody go for d, and then one alone; l.mu is held. doubt is how far
// into the peer's next window that may be.
func (l *Limiter) pause(now time.Time, d, doubt time.Duration) {
	if t := now.Add(d); t.After(l.until) {
		l.until = t
	}
	l.probation = true
	l.windows.restart()
	l.learner.paused(d, doubt)
}

// isThrottle reports whether a Retry-After in a reply of this status is meant
// for all requests.
func isThrottle(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}
