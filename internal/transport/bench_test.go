package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// stub answers at once, as cheaply as a base transport can.
var stub = roundTrip(func(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody}, nil
})

// stubJSON answers with a body of 2,000 bytes.
var stubJSON = roundTrip(func(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Header: http.Header{}, ContentLength: 2000,
		Body: io.NopCloser(strings.NewReader(text2000)),
	}, nil
})

var text2000 = strings.Repeat("0123456789", 200)

// BenchmarkOverhead compares whole calls: net/http alone is the floor, and each
// further row adds a layer.
func BenchmarkOverhead(b *testing.B) {
	sign := func(r *http.Request) error {
		r.Header["Authorization"] = bearer
		return nil
	}
	free := func() *Limiter { return NewLimiter(LimiterOptions{PerMinute: 6e11, Burst: 1 << 30, InFlight: 8}) }
	for _, bb := range []struct {
		name   string
		method string
		rt     http.RoundTripper
	}{
		{"floor", "GET", stub},
		{"stack", "GET", New(Options{Base: stub})},
		{"stack+limit", "GET", New(Options{Base: stub, Limiter: free()})},
		{"stack+limit+sign", "GET", New(Options{Base: stub, Limiter: free(), Sign: sign})},
		{"floor/put", "PUT", stub},
		{"stack+limit+sign/put", "PUT", New(Options{Base: stub, Limiter: free(), Sign: sign})},
		{"floor/body", "GET", stubJSON},
		{"stack+limit+sign/body", "GET", New(Options{Base: stubJSON, Limiter: free(), Sign: sign})},
	} {
		b.Run(bb.name, func(b *testing.B) {
			client := &http.Client{Transport: bb.rt, CheckRedirect: NoRedirect}
			b.ReportAllocs()
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), bb.method, testURL, http.NoBody)
				if err != nil {
					b.Fatal(err)
				}
				resp, err := client.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := ReadBody(resp, 1<<20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var bearer = []string{"Bearer key"}

func BenchmarkRedact(b *testing.B) {
	text := "https://api.example.com/products?page=2&limit=1000&name=" + strings.Repeat("a%20b", 20)
	b.ReportAllocs()
	for b.Loop() {
		_ = Redact(text, []string{"a secret of some length", "another one"})
	}
}

// BenchmarkLimiter is what a limiter with a pace adds to a call that does not
// have to wait: the leave to send, and what is learned from the reply.
func BenchmarkLimiter(b *testing.B) {
	for _, bb := range []struct {
		name   string
		header []string
	}{{"plain", nil}, {"quota", []string{"X-RateLimit-Limit: 480", "X-RateLimit-Remaining: 479"}}} {
		b.Run(bb.name, func(b *testing.B) {
			l := NewLimiter(LimiterOptions{PerMinute: 6e11, Burst: 1 << 30, InFlight: 8})
			resp := reply(204, "", bb.header...)
			b.ReportAllocs()
			for b.Loop() {
				p, err := l.acquire(b.Context(), time.Now(), false)
				if err != nil {
					b.Fatal(err)
				}
				l.release(p, resp)
			}
		})
	}
}
