package transport

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

func TestStatusKind(t *testing.T) {
	t.Parallel()
	const (
		none = instep.Unclassified
		lost = instep.Lost
		away = instep.Unavailable
		slow = instep.RateLimited
	)
	tests := []struct {
		status             int
		safe, replay, once instep.Kind
	}{
		{0, none, none, none},
		{200, none, none, none},
		{206, none, none, none},
		{302, instep.Config, lost, lost},
		{400, instep.Invalid, instep.Invalid, instep.Invalid},
		{401, instep.Unauthorized, instep.Unauthorized, instep.Unauthorized},
		{403, instep.Forbidden, instep.Forbidden, instep.Forbidden},
		{404, instep.NotFound, instep.NotFound, instep.NotFound},
		{405, instep.Unsupported, instep.Unsupported, instep.Unsupported},
		{408, away, lost, lost},
		{409, instep.Conflict, instep.Conflict, instep.Conflict},
		{410, instep.NotFound, instep.NotFound, instep.NotFound},
		{412, instep.Conflict, instep.Conflict, instep.Conflict},
		{413, instep.Invalid, instep.Invalid, instep.Invalid},
		{422, instep.Invalid, instep.Invalid, instep.Invalid},
		{429, slow, slow, lost},
		{500, away, lost, lost},
		{502, away, lost, lost},
		{503, away, away, lost},
		{504, away, lost, lost},
	}
	request := func(method string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), method, testURL, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	post := request("POST")
	for _, tt := range tests {
		for name, c := range map[string]struct {
			req  *http.Request
			want instep.Kind
		}{
			"get":         {request("GET"), tt.safe},
			"head":        {request("HEAD"), tt.safe},
			"no method":   {new(http.Request), tt.safe},
			"put":         {request("PUT"), tt.replay},
			"delete":      {request("DELETE"), tt.replay},
			"marked post": {post.WithContext(Replayable(t.Context())), tt.replay},
			"post":        {post, tt.once},
			"patch":       {request("PATCH"), tt.once},
			"nil":         {nil, tt.once},
		} {
			if got := StatusKind(c.req, tt.status); got != c.want {
				t.Errorf("%s, status %d: %v, want %v", name, tt.status, got, c.want)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Mon, 02 Mar 2026 10:00:00 GMT"
	tests := []struct {
		header, date string
		want         time.Duration
	}{
		{"", date, 0},
		{"0", date, 0},
		{"120", date, 2 * time.Minute},
		{" 120 ", date, 2 * time.Minute},
		{"-5", date, 0},
		{"+5", date, 0},
		{"1.5", date, 0},
		{"soon", date, 0},
		{"86400", date, 24 * time.Hour},
		{"86401", date, 24 * time.Hour},
		{strings.Repeat("9", 1000), date, 24 * time.Hour},
		{"Mon, 02 Mar 2026 10:00:30 GMT", date, 30 * time.Second},
		{"Monday, 02-Mar-26 10:00:30 GMT", date, 30 * time.Second},
		{"Mon Mar  2 10:00:30 2026", date, 30 * time.Second},
		{"Mon, 02 Mar 2026 09:59:59 GMT", date, 0},
		{"Mon, 02 Mar 2099 10:00:30 GMT", date, 24 * time.Hour},
		{"Mon, 02 Mar 2099 10:00:30 GMT", "", 24 * time.Hour},
		{"Mon, 02 Mar 2020 10:00:30 GMT", "nonsense", 0},
	}
	for _, tt := range tests {
		r := reply(429, "")
		r.Header.Set("Retry-After", tt.header)
		r.Header.Set("Date", tt.date)
		if got := RetryAfter(r); got != tt.want {
			t.Errorf("%.40q with date %q: %v, want %v", tt.header, tt.date, got, tt.want)
		}
	}
	if got := RetryAfter(nil); got != 0 {
		t.Errorf("nil reply: %v", got)
	}
}
