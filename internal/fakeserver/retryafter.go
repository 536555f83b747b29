package fakeserver

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// RetryAfter is how a 429 tells when to come again:
//
//	""            Retry-After: 1
//	"0", "30"     the number of seconds, as it is; the header has no fractions
//	"date"        the time of the answer as an HTTP date
//	"date+300ms"  the time that much later; any Go duration
//	"none"        nothing: there is no such header
//
// An HTTP date has whole seconds, and what is over is cut off, as servers do.
// To the client, which compares it with the Date of the same answer, a wait of
// less than a second is therefore no wait, or one second.
type RetryAfter string

const (
	dateForm   = "date"
	noneForm   = "none"
	mostDigits = 9 // of a number of seconds: 30 years will do
)

// later returns the duration of the date forms.
func (a RetryAfter) later() (d time.Duration, isDate bool) {
	rest, ok := strings.CutPrefix(string(a), dateForm)
	if !ok || rest == "" {
		return 0, ok
	}
	rest, ok = strings.CutPrefix(rest, "+")
	d, err := time.ParseDuration(rest)
	return d, ok && err == nil && d >= 0
}

// check reports whether a is one of the forms.
func (a RetryAfter) check() error {
	if _, isDate := a.later(); isDate || a == noneForm {
		return nil
	}
	if n := len(a); n == 0 || n > mostDigits || strings.Trim(string(a), "0123456789") != "" {
		return errors.New("want seconds such as 0 or 30, date, date+300ms or none")
	}
	return nil
}

// set puts the header into an answer given now. A date goes with the Date that
// it is to be compared with.
func (a RetryAfter) set(h http.Header, now time.Time) {
	d, isDate := a.later()
	switch {
	case a == "":
		h.Set("Retry-After", "1")
	case a == noneForm:
	case isDate:
		h.Set("Date", now.UTC().Format(http.TimeFormat))
		h.Set("Retry-After", now.Add(d).UTC().Format(http.TimeFormat))
	default:
		h.Set("Retry-After", string(a))
	}
}
