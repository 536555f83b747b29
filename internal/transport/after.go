package transport

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAsked bounds what a peer can ask for, so that a broken header does not
// stop a client for good.
const maxAsked = 24 * time.Hour

// RetryAfter returns how long the reply asks to wait: its Retry-After header in
// seconds, or as a date, which is compared with the reply's own Date header and
// only without one with this computer's clock. It returns 0 if there is no such
// header, if it cannot be read and if the date has passed; more than a day
// counts as a day.
func RetryAfter(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	v := field(resp.Header, "Retry-After")
	if v == "" {
		return 0
	}
	if n, ok := wholeSeconds(v); ok {
		return n
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(clockOf(resp)), 0), maxAsked)
}

// field returns the first value of the header with the given name, which has to
// be in canonical form. It saves Header.Get's work for the many replies that do
// not have it.
func field(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// clockOf returns what time it was for the sender of the reply.
func clockOf(resp *http.Response) time.Time {
	if t, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		return t
	}
	return time.Now()
}

// wholeSeconds reads digits only; numbers of any length count, up to a day.
func wholeSeconds(v string) (time.Duration, bool) {
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n > int64(maxAsked/time.Second) {
		return maxAsked, true
	}
	return time.Duration(n) * time.Second, true
}
