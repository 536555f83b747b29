package transport

import (
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/instep-go/instep"
)

func TestReadBody(t *testing.T) {
	t.Parallel()
	body := func(r io.Reader, length int64) *http.Response {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(r), ContentLength: length}
	}
	text := func(s string) io.Reader { return strings.NewReader(s) }
	tests := []struct {
		name   string
		method string // "" for a reply that does not name its request
		resp   *http.Response
		limit  int64
		want   string
		kind   instep.Kind
	}{
		{"whole", "GET", body(text("hello"), 5), 5, "hello", 0},
		{"whole, of unknown length", "GET", body(text("hello"), -1), 5, "hello", 0},
		{"whole, a byte at a time", "GET", body(iotest.OneByteReader(text(strings.Repeat("x", 5000))), -1), 5000, strings.Repeat("x", 5000), 0},
		{"whole, end with the data", "GET", body(iotest.DataErrReader(text("hello")), 5), 5, "hello", 0},
		{"empty", "GET", body(text(""), 0), 0, "", 0},
		{"no limit to speak of", "GET", body(text("hello"), -1), math.MaxInt64, "hello", 0},
		{"too long", "GET", body(text("hello!"), -1), 5, "", instep.Malformed},
		{"too long, as it says", "GET", body(text("hello!"), 6), 5, "", instep.Malformed},
		{"too long, limit below zero", "GET", body(text("h"), -1), -7, "", instep.Malformed},
		{"too long, after a write", "POST", body(text("hello!"), 6), 5, "", instep.Lost},
		{"too long, as it says, not read", "GET", body(iotest.ErrReader(errCut), 6), 5, "", instep.Malformed},
		{"not modified", "GET", &http.Response{StatusCode: 304, Body: io.NopCloser(text("")), ContentLength: 7}, 9, "", 0},
		{"cut short", "GET", body(text("hel"), 5), 10, "", instep.Unavailable},
		{"cut short, after a write", "PUT", body(text("hel"), 5), 10, "", instep.Lost},
		{"cut short, after who knows", "", body(text("hel"), 5), 10, "", instep.Lost},
		{"broken", "GET", body(iotest.ErrReader(errCut), -1), 10, "", instep.Unavailable},
		{"head", "HEAD", &http.Response{Body: http.NoBody, ContentLength: 1 << 40}, 10, "", 0},
		{"head, body of another kind", "HEAD", body(text(""), 1<<40), 10, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.method != "" {
				tt.resp.Request = &http.Request{Method: tt.method}
			}
			got, err := ReadBody(tt.resp, tt.limit)
			if tt.kind != 0 {
				wantKind(t, err, tt.kind)
			} else if err != nil || string(got) != tt.want {
				t.Errorf("got %d bytes, %v; want %d", len(got), err, len(tt.want))
			}
		})
	}
}

// TestHugeContentLength is not parallel: it measures what the process
// allocates. A length that is only said costs no memory.
func TestHugeContentLength(t *testing.T) {
	resp := reply(200, "x")
	resp.ContentLength = 1 << 40
	var err error
	used := allocated(func() { _, err = readWhole(resp, "GET", 1<<41) })
	if !errors.Is(err, io.ErrUnexpectedEOF) || used > 4<<20 {
		t.Errorf("%v, %d bytes allocated", err, used)
	}
}

func TestReadyBody(t *testing.T) {
	t.Parallel()
	rt := New(Options{Base: &script{steps: []step{{status: 200}}}})
	req, err := http.NewRequestWithContext(t.Context(), "GET", testURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	var first [1]byte
	if _, err := resp.Body.Read(first[:]); err != nil {
		t.Fatal(err)
	}
	if rest, err := ReadBody(resp, 3); string(first[:])+string(rest) != "body" || err != nil {
		t.Errorf("got %q and %q, %v", first, rest, err)
	}
	resp, err = rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadBody(resp, 3)
	wantKind(t, err, instep.Malformed)
}

func TestNoReplyNoError(t *testing.T) {
	t.Parallel()
	rt := New(quick(Options{Base: roundTrip(func(*http.Request) (*http.Response, error) { return nil, nil })}))
	_, _, err := send(t.Context(), rt, "POST", testURL, "x")
	wantKind(t, err, instep.Lost)
}
