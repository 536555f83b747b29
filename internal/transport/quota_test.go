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
