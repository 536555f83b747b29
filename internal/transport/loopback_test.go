package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// quick are options for tests with real sockets: short waits.
func quick(o Options) Options {
	o.WaitMin, o.WaitMax = time.Millisecond, 2*time.Millisecond
	return o
}

// hangUp breaks the connection of a handler, after it has written what it
// wanted.
func hangUp(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// serve starts a server that counts its requests.
func serve(t *testing.T, h func(w http.ResponseWriter, r *http.Request, n int64)) (string, *atomic.Int64) {
	t.Helper()
	count := new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h(w, r, count.Add(1))
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/product", count
}

// stackOf returns a stack over a transport of its own, closed with the test.
func stackOf(t *testing.T, o Options) http.RoundTripper {
	t.Helper()
	rt := New(quick(o))
	if s, ok := rt.(*stack); ok {
		t.Cleanup(s.CloseIdleConnections)
	}
	return rt
}

// TestLostReplies breaks real connections at every point after the request, and
// counts what arrives.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	breaks := map[string]func(w http.ResponseWriter){
		"before the reply": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"in a body of known length": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "only this")
			hangUp(w)
		},
		"in a chunked body": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "only this")
			hangUp(w)
		},
	}
	methods := []struct {
		method string
		mark   bool
		count  int64 // requests that arrive
		kind   instep.Kind
	}{
		{"GET", false, 3, 0},
		{"PUT", false, 3, 0},
		{"DELETE", false, 3, 0},
		{"POST", true, 3, 0},
		{"POST", false, 1, instep.Lost},
		{"PATCH", false, 1, instep.Lost},
	}
	for name, hang := range breaks {
		for _, m := range methods {
			t.Run(name+"/"+m.method, func(t *testing.T) {
				t.Parallel()
				url, count := serve(t, func(w http.ResponseWriter, _ *http.Request, n int64) {
					if n < 3 {
						hang(w)
					}
					_, _ = io.WriteString(w, "done")
				})
				ctx := t.Context()
				if m.mark {
					ctx = Replayable(ctx)
				}
				_, body, err := send(ctx, stackOf(t, Options{}), m.method, url, "payload")
				switch {
				case m.kind != 0:
					wantKind(t, err, m.kind)
				case err != nil || body != "done":
					t.Errorf("got %q, %v", body, err)
				}
				if count.Load() != m.count {
					t.Errorf("%d requests arrived, want %d", count.Load(), m.count)
				}
			})
		}
	}
}

// TestConnectionClosedUnread: the peer accepts and hangs up without reading. It
// cannot be known that it did not read, so a create counts as sent.
func TestConnectionClosedUnread(t *testing.T) {
	t.Parallel()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	var accepted atomic.Int64
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			_ = c.Close()
		}
	}()
	url := "http://" + ln.Addr().String() + "/"
	_, _, err = send(t.Context(), stackOf(t, Options{}), "POST", url, "x")
	wantKind(t, err, instep.Lost)
	if accepted.Load() != 1 {
		t.Errorf("%d connections for a create, want 1", accepted.Load())
	}
	_, _, err = send(t.Context(), stackOf(t, Options{}), "GET", url, "")
	wantKind(t, err, instep.Unavailable)

	// The same peer spoken to with TLS: the handshake fails, nothing was sent.
	before := accepted.Load()
	_, _, err = send(t.Context(), stackOf(t, Options{Retries: 2}), "POST", "https://"+ln.Addr().String()+"/", "x")
	wantKind(t, err, instep.Unavailable)
	if n := accepted.Load() - before; n != 3 {
		t.Errorf("%d handshakes, want 3", n)
	}
}

func TestCreateAfterFailedDial(t *testing.T) {
	t.Parallel()
	url, count := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int64) { w.WriteHeader(201) })
	base := newBase()
	t.Cleanup(base.CloseIdleConnections)
	dial, dials := base.DialContext, 0
	base.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials++; dials < 3 {
			return nil, errors.New("an error of a dialer of the caller's own")
		}
		return dial(ctx, network, addr)
	}
	status, _, err := send(t.Context(), stackOf(t, Options{Base: base}), "POST", url, "x")
	if err != nil || status != 201 || count.Load() != 1 || dials != 3 {
		t.Errorf("status %d, %v; %d dials, %d requests", status, err, dials, count.Load())
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	const url = "http://127.0.0.1:1/product?method=add" // a port that was just closed may be another test's by now
	for _, method := range []string{"GET", "POST"} {
		rt := stackOf(t, Options{Observe: func(a Attempt) {
			if a.Sent {
				t.Errorf("%s counts as sent", method)
			}
		}})
		_, _, err := send(t.Context(), rt, method, url, "")
		e := errorOf(t, err, instep.Unavailable)
		if e.Remedy != "check the address and the network" || strings.Contains(e.Op, "method=add") {
			t.Errorf("remedy %q, op %q", e.Remedy, e.Op)
		}
		if !strings.Contains(e.Error(), "after 5 tries") {
			t.Errorf("%q does not tell the number of tries", e)
		}
	}
}

func TestUntrustedCertificate(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { count.Add(1) }))
	srv.Config.ErrorLog = nil
	srv.StartTLS()
	t.Cleanup(srv.Close)
	tries := 0
	o := Options{Observe: func(Attempt) { tries++ }}
	_, _, err := send(t.Context(), stackOf(t, o), "POST", srv.URL, "x")
	e := errorOf(t, err, instep.Unavailable)
	if tries != 1 || count.Load() != 0 || !strings.Contains(e.Remedy, "certificate") {
		t.Errorf("%d tries, %d arrived, remedy %q", tries, count.Load(), e.Remedy)
	}
}

func TestOwnBase(t *testing.T) {
	t.Parallel()
	base := newBase()
	if v := base.TLSClientConfig.MinVersion; v < tls.VersionTLS12 {
		t.Errorf("TLS from version %x on", v)
	}
	if std, ok := http.DefaultTransport.(*http.Transport); ok && (base == std || base.TLSClientConfig == std.TLSClientConfig) {
		t.Error("the transport is shared with http.DefaultTransport")
	}
}

func TestHTTP2(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("protocol %s", r.Proto)
		}
		if count.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "done")
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	rt := stackOf(t, Options{Base: srv.Client().Transport})
	_, _, err := send(t.Context(), rt, "POST", srv.URL, "x")
	wantKind(t, err, instep.Lost)
	if count.Load() != 1 {
		t.Errorf("%d requests for a create, want 1", count.Load())
	}
	count.Store(0)
	if _, body, err := send(t.Context(), rt, "PUT", srv.URL, "x"); err != nil || body != "done" || count.Load() != 2 {
		t.Errorf("got %q, %v after %d requests", body, err, count.Load())
	}
}

// TestClosedIdleConnection: a create never arrives twice, whatever becomes of
// the kept connection that it is sent on.
func TestClosedIdleConnection(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { count.Add(1) }))
	t.Cleanup(srv.Close)
	rt := stackOf(t, Options{})
	for i := range 50 {
		if _, _, err := send(t.Context(), rt, "GET", srv.URL, ""); err != nil {
			t.Fatal(err)
		}
		go srv.CloseClientConnections()
		count.Store(0)
		_, _, err := send(t.Context(), rt, "POST", srv.URL, "x")
		if n := count.Load(); n > 1 || n == 0 && err == nil {
			t.Fatalf("round %d: %d requests arrived, %v", i, n, err)
		}
		if err != nil {
			wantKind(t, err, instep.Lost)
		}
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	other, stolen := serve(t, func(http.ResponseWriter, *http.Request, int64) {})
	url, count := serve(t, func(w http.ResponseWriter, r *http.Request, _ int64) {
		http.Redirect(w, r, other, http.StatusTemporaryRedirect)
	})
	rt := stackOf(t, Options{Sign: func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer key")
		return nil
	}})
	for name, check := range map[string]func(*http.Request, []*http.Request) error{"refusing": NoRedirect, "following": nil} {
		count.Store(0)
		client := &http.Client{Transport: rt, CheckRedirect: check}
		req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if name == "following" {
			wantKind(t, err, instep.Config)
		} else if err != nil || resp.StatusCode != http.StatusTemporaryRedirect {
			t.Errorf("%s: %v", name, err)
		}
		if count.Load() != 1 || stolen.Load() != 0 {
			t.Errorf("%s: %d requests, %d elsewhere", name, count.Load(), stolen.Load())
		}
	}
}

// TestHostileRedirect: an address that cannot be read must not turn a create
// that was carried out into one that was not.
func TestHostileRedirect(t *testing.T) {
	t.Parallel()
	url, count := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int64) {
		w.Header().Set("Location", "http://[::1")
		w.WriteHeader(http.StatusFound)
	})
	_, _, err := send(t.Context(), stackOf(t, Options{}), "POST", url, "x")
	wantKind(t, err, instep.Lost)
	if count.Load() != 1 {
		t.Errorf("%d requests, want 1", count.Load())
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request, _ int64) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Error("gzip was not asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, strings.Repeat("row ", 1000))
		_ = z.Close()
	})
	_, body, err := send(t.Context(), stackOf(t, Options{}), "GET", url, "")
	if err != nil || body != strings.Repeat("row ", 1000) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

// TestGzipBomb is not parallel: it measures what the process allocates.
func TestGzipBomb(t *testing.T) {
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	_, _ = z.Write(make([]byte, 1<<20))
	_ = z.Close()
	bomb := bytes.Repeat(member.Bytes(), 256) // members follow each other in one stream
	url, count := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int64) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	})
	rt := stackOf(t, Options{MaxBody: 1 << 20})
	var err error
	used := allocated(func() { _, _, err = send(t.Context(), rt, "GET", url, "") })
	wantKind(t, err, instep.Malformed)
	if count.Load() != 1 {
		t.Errorf("%d requests: a body that is too large was asked for again", count.Load())
	}
	if used > 16<<20 {
		t.Errorf("allocated %d MiB for a reply of at most 1", used>>20)
	}
	_, _, err = send(t.Context(), rt, "POST", url, "x")
	wantKind(t, err, instep.Lost)
	if !errors.Is(err, instep.Malformed) {
		t.Errorf("%v does not tell that the reply was malformed", err)
	}
}

// TestNoLeaks is not parallel: it counts the goroutines of the process.
func TestNoLeaks(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that a client has gone
			switch r.URL.Path {
			case "/cut":
				w.Header().Set("Content-Length", "5")
				hangUp(w)
			case "/slow":
				<-r.Context().Done()
			}
		}))
		defer srv.Close()
		rt := New(quick(Options{AttemptTimeout: 20 * time.Millisecond, Limiter: NewLimiter(LimiterOptions{InFlight: 2})}))
		for range 5 {
			for _, path := range [...]string{"/", "/cut", "/slow"} {
				_, _, _ = send(t.Context(), rt, "GET", srv.URL+path, "")
				_, _, _ = send(t.Context(), rt, "POST", srv.URL+path, "x")
			}
		}
		(&http.Client{Transport: rt}).CloseIdleConnections()
	}()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}
