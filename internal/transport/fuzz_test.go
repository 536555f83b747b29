package transport

import (
	"math"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// FuzzRetryAfter reads what a peer asks for, and holds it against a reading of
// its own: of numbers by math/big, of dates by their distance from another.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"120", " 0 ", "-1", "1e9", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "+5", "1.5", "\u0661"} {
		f.Add(s, int64(90), uint8(0))
	}
	f.Add("", int64(-90), uint8(1))
	f.Add("", int64(1<<40), uint8(2))
	digits := regexp.MustCompile(`^[0-9]+$`)
	f.Fuzz(func(t *testing.T, text string, ahead int64, form uint8) {
		now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		ask := func(v string) time.Duration {
			return RetryAfter(&http.Response{Header: http.Header{"Retry-After": {v}, "Date": {now.Format(http.TimeFormat)}}})
		}
		got := ask(text)
		if got < 0 || got > maxAsked {
			t.Fatalf("%q asks for %s", text, got)
		}
		if v := strings.TrimSpace(text); digits.MatchString(v) {
			n, _ := new(big.Int).SetString(v, 10)
			want := maxAsked
			if n.Cmp(big.NewInt(86_400)) < 0 {
				want = time.Duration(n.Int64()) * time.Second
			}
			if got != want {
				t.Fatalf("%q asks for %s, want %s", text, got, want)
			}
		}
		ahead %= 40 * 365 * 86_400 // a year of two digits is one within some decades
		forms := []string{http.TimeFormat, time.RFC850, time.ANSIC}
		date := now.Add(time.Duration(ahead) * time.Second).Format(forms[int(form)%len(forms)])
		want := min(max(time.Duration(ahead)*time.Second, 0), maxAsked)
		if got := ask(strings.Replace(date, " UTC", " GMT", 1)); got != want {
			t.Fatalf("%q asks for %s, want %s", date, got, want)
		}
	})
}

// FuzzQuota reads headers that tell of a quota, and holds what is taken of them
// against a reading by math/big.
func FuzzQuota(f *testing.F) {
	f.Add("59", "60", "1")
	f.Add(" 0 ", "x", "1772352010")
	f.Add("2147483647", "2147483647", "1772352010000")
	f.Add("9223372036854775808", "-1", "+5")
	f.Add("0", "0", "11000000000000") // in centuries
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	// whole returns the number that a header holds; -1 if there is none up to most.
	whole := func(text string, most int64) int64 {
		n, ok := new(big.Int).SetString(strings.TrimSpace(text), 10)
		if !ok || strings.Contains(text, "_") || n.Sign() < 0 || n.Cmp(big.NewInt(most)) > 0 {
			return -1
		}
		return n.Int64()
	}
	f.Fuzz(func(t *testing.T, rest, limit, reset string) {
		q, ok := readQuota(&http.Response{Header: http.Header{
			"X-Ratelimit-Remaining": {rest}, "Ratelimit-Limit": {limit}, "X-Ratelimit-Reset": {reset}, "Date": {now.Format(http.TimeFormat)},
		}})
		left := whole(rest, math.MaxInt32)
		if ok != (left >= 0) {
			t.Fatalf("%q left: %t", rest, ok)
		}
		if !ok {
			return
		}
		want := quota{rest: int(left), limit: int(max(whole(limit, math.MaxInt32), 0))}
		if want.limit < want.rest {
			want.limit = 0
		}
		n := max(whole(reset, 1e14), 0)
		switch {
		case n > 1e11:
			n = min(n-now.UnixMilli(), 86_400_000) * int64(time.Millisecond)
		case n > 1e9:
			n = min(n-now.Unix(), 86_400) * int64(time.Second)
		default:
			n = min(n, 86_400) * int64(time.Second)
		}
		if want.reset = min(max(time.Duration(n), 0), 24*time.Hour); q != want {
			t.Fatalf("%q, %q, %q: %+v, want %+v", rest, limit, reset, q, want)
		}
	})
}
