package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// roundTrip is a function that is a base transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

var errCut = errors.New("connection cut")

// reply makes a reply with the given status, body and header lines.
func reply(status int, body string, header ...string) *http.Response {
	h := make(http.Header)
	for _, line := range header {
		k, v, _ := strings.Cut(line, ": ")
		h.Set(k, v)
	}
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status), Header: h, ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// step is one answer of a script: a reply, or an error.
type step struct {
	status int
	header string // one line; "" for none
	err    error
}

// script is a base transport that answers from a list, the last entry again
// and again, and notes when each request came.
type script struct {
	mu    sync.Mutex
	steps []step
	times []time.Time
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
		_ = req.Body.Close()
	}
	next := s.steps[min(len(s.times), len(s.steps)-1)]
	s.times = append(s.times, time.Now())
	if next.err != nil {
		return nil, next.err
	}
	if next.header == "" {
		return reply(next.status, "body"), nil
	}
	return reply(next.status, "body", next.header), nil
}

// gaps returns the waits between the requests that came.
func (s *script) gaps() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []time.Duration
	for i := 1; i < len(s.times); i++ {
		out = append(out, s.times[i].Sub(s.times[i-1]))
	}
	return out
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times)
}

const testURL = "https://api.example.com/v1/products"

// send sends a request without a client, and reads and closes the reply.
func send(ctx context.Context, rt http.RoundTripper, method, url, body string) (int, string, error) {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, r)
	if err != nil {
		return 0, "", err
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	data, err := ReadBody(resp, 1<<30)
	return resp.StatusCode, string(data), err
}

// wantKind fails the test unless err is an *instep.Error of that kind.
func wantKind(t *testing.T, err error, want instep.Kind) {
	t.Helper()
	_ = errorOf(t, err, want)
}

// errorOf is wantKind for those who have a closer look at the error.
func errorOf(t *testing.T, err error, want instep.Kind) *instep.Error {
	t.Helper()
	e, ok := errors.AsType[*instep.Error](err)
	if !ok {
		t.Fatalf("error %v is no *instep.Error", err)
	}
	if e.Kind != want {
		t.Fatalf("kind of %q is %q, want %q", err, e.Kind, want)
	}
	return e
}

// allocated returns how many bytes the process allocated during f.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// logBuffer is a log that tests can read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
