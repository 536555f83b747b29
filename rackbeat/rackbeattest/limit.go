package rackbeattest

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const window = time.Minute

// limiter counts requests in fixed windows that open with the first request
// after the end of the last.
type limiter struct {
	perMinute int // negative: no limit
	now       func() time.Time

	mu   sync.Mutex
	from time.Time
	used int
}

// admit counts a request, tells the figures in h, and whether the request may
// go on. A request refused is not counted.
func (l *limiter) admit(h http.Header) bool {
	if l.perMinute < 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	gone := now.Sub(l.from)
	if gone < 0 || gone >= window { // below 0: the clock was put back
		l.from, l.used, gone = now, 0, 0
	}
	ok := l.used < l.perMinute
	if ok {
		l.used++
	} else {
		left := window - gone
		h.Set("Retry-After", strconv.Itoa(int((left+time.Second-1)/time.Second)))
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.perMinute))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(l.perMinute-l.used))
	return ok
}
