package transport

import (
	"testing"
	"time"
)

func TestReadQuota(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, tt := range map[string]struct {
		limit, rest, reset string
		want               quota
		ok                 bool
	}{
		"whole":                         {"480", "479", "60", quota{480, 479, time.Minute}, true},
		"rest alone":                    {"", "7", "", quota{rest: 7}, true},
		"no rest":                       {"480", "", "60", quota{}, false},
		"odd rest":                      {"480", "few", "60", quota{}, false},
		"rest below zero":               {"480", "-1", "60", quota{}, false},
		"rest beyond counting":          {"", "4294967296", "", quota{}, false},
		"limit below rest":              {"10", "11", "", quota{rest: 11}, true},
		"limit beyond counting":         {"9223372036854775807", "1", "", quota{rest: 1}, true},
		"odd limit":                     {"many", "1", "", quota{rest: 1}, true},
		"odd reset":                     {"", "0", "later", quota{}, true},
		"reset below zero":              {"", "0", "-9", quota{}, true},
		"reset has passed":              {"", "0", "1772445500", quota{}, true},
		"reset as instant":              {"", "0", "1772445720", quota{reset: time.Minute}, true},
		"reset as instant in ms":        {"", "0", "1772445720000", quota{reset: time.Minute}, true},
		"reset in many seconds":         {"", "0", "999999999", quota{reset: day}, true},
		"reset as far instant":          {"", "0", "99999999999", quota{reset: day}, true},
		"reset beyond counting":         {"", "0", "9223372036854775807", quota{}, true},
		"reset beyond counting further": {"", "0", "92233720368547758070", quota{}, true},
	} {
		for _, prefix := range []string{"X-RateLimit-", "RateLimit-"} {
			r := reply(200, "", "Date: Mon, 02 Mar 2026 10:01:00 GMT")
			for field, v := range map[string]string{"Limit": tt.limit, "Remaining": tt.rest, "Reset": tt.reset} {
				if v != "" {
					r.Header.Set(prefix+field, v)
				}
			}
			if got, ok := readQuota(r); got != tt.want || ok != tt.ok {
				t.Errorf("%s, %s: %v, %v, want %v, %v", name, prefix, got, ok, tt.want, tt.ok)
			}
		}
	}
}

// TestWindows: the length of a window is the time from one jump of the rest to
// the next, and nothing else that makes the rest go up is taken for a jump.
func TestWindows(t *testing.T) {
	t.Parallel()
	type seen struct {
		at       time.Duration
		limit    int
		rest     int
		underWay int
	}
	const s = time.Second
	for name, tt := range map[string]struct {
		seen []seen
		want float64
	}{
		"two borders": {[]seen{{0, 60, 9, 1}, {1 * s, 60, 59, 1}, {20 * s, 60, 30, 1}, {61 * s, 60, 59, 1}}, 1},
		"one border":  {[]seen{{0, 60, 9, 1}, {1 * s, 60, 59, 1}, {20 * s, 60, 30, 1}}, 0},
		"whole seconds": {[]seen{
			{0, 10, 0, 1}, {100 * time.Millisecond, 10, 9, 1}, {900 * time.Millisecond, 10, 1, 1}, {1290 * time.Millisecond, 10, 9, 1},
		}, 10},
		"replies out of order":   {[]seen{{0, 60, 50, 4}, {1 * s, 60, 54, 4}, {2 * s, 60, 47, 4}, {3 * s, 60, 51, 4}}, 0},
		"another limit":          {[]seen{{0, 60, 9, 1}, {1 * s, 60, 59, 1}, {61 * s, 600, 599, 1}}, 0},
		"borders at once":        {[]seen{{0, 60, 9, 1}, {1 * s, 60, 59, 1}, {1 * s, 60, 9, 1}, {1 * s, 60, 59, 1}}, 0},
		"windows of hours":       {[]seen{{0, 60, 9, 1}, {1 * s, 60, 59, 1}, {2 * s, 60, 9, 1}, {3601 * s, 60, 59, 1}}, 0},
		"no limit in the header": {[]seen{{0, 0, 9, 1}, {1 * s, 0, 59, 1}, {2 * s, 0, 9, 1}, {61 * s, 0, 59, 1}}, 0},
	} {
		var w windows
		var got float64
		start := time.Now()
		for _, x := range tt.seen {
			got = w.rate(quota{limit: x.limit, rest: x.rest}, start.Add(x.at), x.underWay)
		}
		if got != tt.want {
			t.Errorf("%s: %v requests a second, want %v", name, got, tt.want)
		}
	}
}
