package rackbeat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

const testKey = "eyJ0eXAiOiJKV1QifQ.c2VjcmV0LWtleQ.5f3Kx-_x"

var testConsumer = Consumer{Name: "Instep tests", Email: "dev@example.com"}

// equal compares values that have unexported parts, all of which can be
// compared with ==.
func equal(x, y any) string {
	return cmp.Diff(x, y, cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Comparer(func(a, b instep.Value) bool { return a == b }),
		cmp.Comparer(func(a, b instep.Decimal) bool { return a == b }),
		cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }))
}

// sent is a request as the vendor got it.
type sent struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

// peer answers requests in process and remembers them.
type peer struct {
	mu      sync.Mutex
	sent    []sent
	handler http.Handler
}

// RoundTrip implements http.RoundTripper.
func (p *peer) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
		req.Body = io.NopCloser(bytes.NewReader(data))
	}
	p.mu.Lock()
	p.sent = append(p.sent, sent{req.Method, req.URL.EscapedPath(), req.URL.RawQuery, body, req.Header.Clone()})
	p.mu.Unlock()
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, req)
	resp := rec.Result()
	resp.Request = req
	return resp, nil
}

// requests returns the requests so far as "GET /api/products?page=1".
func (p *peer) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]string, len(p.sent))
	for i, s := range p.sent {
		list[i] = s.Method + " " + s.Path
		if s.Query != "" {
			list[i] += "?" + s.Query
		}
	}
	return list
}

func (p *peer) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = nil
}

// last returns the newest request.
func (p *peer) last(t testing.TB) sent {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sent) == 0 {
		t.Fatal("no request was sent")
	}
	return p.sent[len(p.sent)-1]
}

// client returns a client that talks to a handler in process, without limits
// and without waiting.
func client(t testing.TB, o *Options, h http.HandlerFunc) (*Client, *peer) {
	t.Helper()
	p := &peer{handler: h}
	if o == nil {
		o = &Options{}
	}
	o.Transport = p
	if o.PerMinute == 0 {
		o.PerMinute = -1
	}
	if o.Retries == 0 {
		o.Retries = -1
	}
	c, err := New(testKey, testConsumer, o)
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

// answer returns a handler that always gives the same reply.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// sample reads a file of testdata.
func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// sameJSON fails unless both texts are the same JSON with the same digits.
func sameJSON(t testing.TB, got, want string) {
	t.Helper()
	if diff := cmp.Diff(compact(t, want), compact(t, got)); diff != "" {
		t.Errorf("JSON differs (-want +got):\n%s", diff)
	}
}

func compact(t testing.TB, s string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// wantKind fails unless err is of the kind, and returns it.
func wantKind(t testing.TB, err error, kind instep.Kind) *instep.Error {
	t.Helper()
	if got := instep.KindOf(err); err == nil || got != kind {
		t.Fatalf("error %v is of kind %q, want %q", err, got, kind)
	}
	e, ok := errors.AsType[*instep.Error](err)
	if !ok || e.Kind != kind {
		t.Fatalf("error is a %T, want an *instep.Error", err)
	}
	return e
}
