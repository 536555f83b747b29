package transport

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// ServeHTTP is the windowed peer as a server.
func (w *windowed) ServeHTTP(rw http.ResponseWriter, _ *http.Request) {
	time.Sleep(w.latency / 2)
	taken, _, left := w.count()
	time.Sleep(w.latency - w.latency/2)
	if !taken {
		rw.Header().Set("Retry-After", wholeUp(left))
		rw.WriteHeader(http.StatusTooManyRequests)
		return
	}
	rw.WriteHeader(http.StatusNoContent)
}

// BenchmarkThrottled has workers send requests, over the loopback and in real
// time, to a server with fixed windows: with the limit given, with the limit to
// be learned, and with go-retryablehttp alone, which is the floor. Each turn
// lasts 12 s, or 24 s with windows of 4 s. What it reports is of the windows
// after the third: which share of all requests was refused, which share of the
// allowance was used, both in percent, and how many requests were lost of the
// whole turn. Run it with -benchtime 1x -timeout 0, and choose rows by name:
// all of them take half an hour.
func BenchmarkThrottled(b *testing.B) {
	for _, c := range cells(4, 16, 64) {
		for _, client := range []string{"given", "learned", "retryablehttp"} {
			b.Run(client+"/"+c.String(), func(b *testing.B) {
				if testing.Short() && (c.workers != 16 || c.length > time.Second || c.latency == 0) {
					b.Skip("takes long")
				}
				for b.Loop() {
					c.bench(b, client)
				}
			})
		}
	}
}

func (c cell) bench(b *testing.B, client string) {
	windows, skipped := 3+max(3, int(9*time.Second/c.length)), 3
	if testing.Short() {
		windows, skipped = 1, 0
	}
	peer := newWindowed(c.allow, c.length, c.latency)
	server := httptest.NewServer(peer)
	defer server.Close()
	// Not a deadline: a request whose turn comes after that fails at once.
	ctx, cancel := context.WithCancel(b.Context())
	defer time.AfterFunc(time.Duration(windows)*c.length, cancel).Stop()
	lost := c.drive(ctx, doer(client, c), server.URL)
	used, wasted := peer.usage(skipped)
	b.ReportMetric(100*wasted, "%wasted")
	b.ReportMetric(100*used, "%used")
	b.ReportMetric(float64(lost), "lost")
	b.ReportMetric(0, "ns/op")
}

// drive sends requests until ctx ends, and returns how many were lost before.
func (c cell) drive(ctx context.Context, do func(*http.Request) (*http.Response, error), url string) int64 {
	var lost atomic.Int64
	var wg sync.WaitGroup
	for range c.workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
				if err != nil {
					lost.Add(1)
					return
				}
				resp, err := do(req)
				if err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
				if ctx.Err() == nil && (err != nil || resp.StatusCode != http.StatusNoContent) {
					lost.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return lost.Load()
}

// doer returns what sends requests: this package's stack, or go-retryablehttp
// with the same number of tries and waits.
func doer(client string, c cell) func(*http.Request) (*http.Response, error) {
	if client == "retryablehttp" {
		peer := retryablehttp.NewClient()
		peer.Logger = nil
		peer.HTTPClient.Transport = newBase()
		return peer.StandardClient().Do
	}
	o := LimiterOptions{}
	if client == "given" {
		o.PerMinute = float64(c.allow) / c.length.Minutes()
	}
	rt := New(Options{Limiter: NewLimiter(o)})
	return (&http.Client{Transport: rt, CheckRedirect: NoRedirect}).Do
}
