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
	v := strings.TrimSpace(resp.Header.Get("Retry-After"))
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

// usedUp reports whether the reply says that no request is left in the current
// window, and how long until the next one. There is no standard: the header
// names are those in common use; the reset is in seconds from now, or in seconds
// or milliseconds since 1970 (inferred).
func usedUp(resp *http.Response) time.Duration {
	for _, prefix := range [...]string{"X-Ratelimit-", "Ratelimit-"} {
		if strings.TrimSpace(resp.Header.Get(prefix+"Remaining")) != "0" {
			continue
		}
		v := strings.TrimSpace(resp.Header.Get(prefix + "Reset"))
		n, err := strconv.ParseInt(v, 10, 64)
		switch {
		case err != nil || n <= 0 || n > 1e14:
			continue
		case n > 1e11:
			return min(max(time.UnixMilli(n).Sub(clockOf(resp)), 0), maxAsked)
		case n > 1e9:
			return min(max(time.Unix(n, 0).Sub(clockOf(resp)), 0), maxAsked)
		default:
			return min(time.Duration(n)*time.Second, maxAsked)
		}
	}
	return 0
}
