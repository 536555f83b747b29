package transport

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// quota is what a reply says of the requests that the peer takes in each of its
// windows of time. There is no standard: the header names are those in common
// use.
type quota struct {
	limit int           // requests in a window; 0: not said
	rest  int           // how many of them are left
	reset time.Duration // until the next window; 0: not said
}

// readQuota returns the quota of which the reply speaks, and whether it says how
// many requests are left. What cannot be read was not said. The reset is in
// seconds from now, or in seconds or milliseconds since 1970 (inferred).
func readQuota(resp *http.Response) (quota, bool) {
	rest, ok := number(resp.Header, "X-Ratelimit-Remaining", "Ratelimit-Remaining")
	if !ok || rest > math.MaxInt32 {
		return quota{}, false
	}
	q := quota{rest: int(rest)}
	limit, ok := number(resp.Header, "X-Ratelimit-Limit", "Ratelimit-Limit")
	if ok && limit <= math.MaxInt32 && limit >= rest {
		q.limit = int(limit)
	}
	switch n, _ := number(resp.Header, "X-Ratelimit-Reset", "Ratelimit-Reset"); {
	case n > 1e14:
	case n > 1e11:
		q.reset = time.UnixMilli(n).Sub(clockOf(resp))
	case n > 1e9:
		q.reset = time.Unix(n, 0).Sub(clockOf(resp))
	default:
		q.reset = time.Duration(n) * time.Second
	}
	q.reset = min(max(q.reset, 0), maxAsked)
	return q, true
}

// number returns the first of two headers that holds a number, which is not
// below 0.
func number(h http.Header, names ...string) (int64, bool) {
	for _, name := range names {
		v := field(h, name)
		if v == "" {
			continue
		}
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// windows finds out how long the peer's windows are: when one begins, the
// number of requests that are left jumps up.
type windows struct {
	limit int       // requests in each; 0: nothing was seen yet
	least int       // the smallest rest in this one
	began time.Time // when this one began; zero if that was not seen
}

// restart forgets the current window; the next one is not a whole one.
func (w *windows) restart() { *w = windows{} }

// rate returns the requests a second that the peer takes, or 0 if it is not
// clear yet. Replies may come in another order than they were made, by as many
// as are under way. That windows last whole seconds is inferred.
func (w *windows) rate(q quota, now time.Time, underWay int) float64 {
	switch {
	case q.limit == 0 || q.limit != w.limit:
		*w = windows{limit: q.limit, least: q.rest}
		return 0
	case q.rest <= w.least+underWay:
		w.least = min(w.least, q.rest)
		return 0
	}
	began := w.began
	w.least, w.began = q.rest, now
	if began.IsZero() {
		return 0
	}
	length := now.Sub(began).Round(time.Second)
	if length <= 0 || length > longestWindow {
		return 0
	}
	return float64(q.limit) / length.Seconds()
}
