package fakeserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// counter is a handler that counts its calls and echoes the body.
type counter struct{ calls atomic.Int64 }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.calls.Add(1)
	b, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Path", r.URL.Path)
	fmt.Fprintf(w, "echo:%s", b)
}

// ways runs f once over a socket and once in process.
func ways(t *testing.T, h http.Handler, f func(t *testing.T, s *Server, c *http.Client, base string)) {
	t.Helper()
	t.Run("socket", func(t *testing.T) {
		t.Parallel()
		s := New("acme", h)
		tr := &http.Transport{DisableKeepAlives: true} // else net/http repeats a GET by itself
		t.Cleanup(tr.CloseIdleConnections)
		f(t, s, &http.Client{Transport: tr}, s.Start(t))
	})
	t.Run("in process", func(t *testing.T) {
		t.Parallel()
		s := New("acme", h)
		f(t, s, &http.Client{Transport: s.Transport()}, "https://api.acme.example")
	})
}

func send(t *testing.T, c *http.Client, method, url, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func TestScript(t *testing.T) {
	t.Parallel()
	post := func(r *http.Request) bool { return r.Method == http.MethodPost }
	tests := []struct {
		name    string
		step    Step
		status  int
		body    string
		broken  bool
		handled bool
		outcome string
	}{
		{"delay only", Step{Delay: time.Millisecond}, 200, "echo:hi", false, true, OutcomeScripted},
		{"status", Step{Status: 503, Body: "later"}, 503, "later", false, false, OutcomeScripted},
		{"status after the work", Step{Status: 500, Handle: true}, 500, "", false, true, OutcomeScripted},
		{"other body, own status", Step{Handle: true, Body: "cut"}, 200, "cut", false, true, OutcomeScripted},
		{"drop", Step{Drop: true}, 0, "", true, false, OutcomeDropped},
		{"lost reply", Step{Drop: true, Handle: true}, 0, "", true, true, OutcomeDropped},
		{"match", Step{Match: post, Status: 418}, 418, "", false, false, OutcomeScripted},
		{"no match", Step{Match: func(*http.Request) bool { return false }, Status: 418}, 200, "echo:hi", false, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ways(t, &counter{}, func(t *testing.T, s *Server, c *http.Client, base string) {
				s.Script(tt.step)
				status, body, err := send(t, c, http.MethodPost, base+"/a?x=1", "hi")
				if (err != nil) != tt.broken {
					t.Fatalf("error = %v, want broken %v", err, tt.broken)
				}
				if tt.broken && !errors.Is(err, io.EOF) {
					t.Errorf("a broken connection is %v, want it to wrap io.EOF", err)
				}
				if status != tt.status || body != tt.body {
					t.Errorf("got %d %q, want %d %q", status, body, tt.status, tt.body)
				}
				log := s.Requests()
				if len(log) != 1 {
					t.Fatalf("%d requests logged, want 1", len(log))
				}
				got := log[0]
				if got.Handled != tt.handled || got.Outcome != tt.outcome || got.Status != tt.status {
					t.Errorf("logged %+v", got)
				}
				if got.Body != "hi" || got.Target != "/a?x=1" || got.Method != http.MethodPost {
					t.Errorf("logged %q %q %q", got.Method, got.Target, got.Body)
				}
				if _, w := s.Counts(); (w == 1) != tt.handled {
					t.Errorf("%d writes counted, handled %v", w, tt.handled)
				}
			})
		})
	}
}

func TestScriptOrder(t *testing.T) {
	t.Parallel()
	s := New("acme", &counter{})
	isPut := func(r *http.Request) bool { return r.Method == http.MethodPut }
	s.Script(Step{Status: 501, Times: 2}, Step{Match: isPut, Status: 502}, Step{Status: 503})
	c := &http.Client{Transport: s.Transport()}
	var got []int
	for _, m := range []string{"GET", "PUT", "GET", "PUT", "PUT"} {
		status, _, err := send(t, c, m, "http://x/", "")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{501, 501, 503, 502, 200}, got); diff != "" {
		t.Error(diff)
	}
}

func TestStepHeader(t *testing.T) {
	t.Parallel()
	s := New("acme", &counter{})
	s.Script(Step{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, Step{Handle: true, Header: http.Header{"X-More": {"1"}}})
	for _, want := range []http.Header{
		{"Retry-After": {"7"}, "Content-Length": {"0"}},
		{"X-More": {"1"}, "X-Path": {"/p"}, "Content-Length": {"5"}, "Content-Type": {"text/plain; charset=utf-8"}},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://x/p", nil)
		res, err := s.Transport().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, res.Header); diff != "" {
			t.Error(diff)
		}
	}
}

func TestRandomFaults(t *testing.T) {
	t.Parallel()
	const n = 4000
	run := func(seed uint64) (string, map[string]int, int64) {
		h := &counter{}
		s := New("acme", h)
		s.SetFaults(Faults{LostBefore: .05, Lost: .1, TooMany: .05, ServerError: .1, ServerErrorAfter: .05}, seed)
		c := &http.Client{Transport: s.Transport()}
		for range n {
			_, _, _ = send(t, c, "POST", "http://x/", "")
		}
		var order strings.Builder
		kinds := map[string]int{}
		for _, r := range s.Requests() {
			k := fmt.Sprintf("%s/%v", r.Outcome, r.Handled)
			kinds[k]++
			order.WriteString(k + " ")
		}
		return order.String(), kinds, h.calls.Load()
	}
	first, kinds, calls := run(7)
	again, _, _ := run(7)
	other, _, _ := run(8)
	if first != again {
		t.Error("equal seeds gave unequal draws")
	}
	if first == other {
		t.Error("unequal seeds gave equal draws")
	}
	want := map[string]float64{"dropped/false": .05, "dropped/true": .1, "429/false": .05, "500/false": .1, "500/true": .05, "/true": .65}
	handled := 0
	for k, share := range want {
		if got := float64(kinds[k]) / n; got < share-.02 || got > share+.02 {
			t.Errorf("%s: share %.3f, want about %.2f", k, got, share)
		}
		if strings.HasSuffix(k, "true") {
			handled += kinds[k]
		}
	}
	if len(kinds) != len(want) || int64(handled) != calls {
		t.Errorf("kinds %v, %d handled, handler ran %d times", kinds, handled, calls)
	}
}

func TestTooManyNamesAWait(t *testing.T) {
	t.Parallel()
	ways(t, &counter{}, func(t *testing.T, s *Server, c *http.Client, base string) {
		s.SetFaults(Faults{TooMany: 1}, 1)
		req, _ := http.NewRequestWithContext(t.Context(), "GET", base, nil)
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != 429 || res.Header.Get("Retry-After") != "1" {
			t.Errorf("got %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
	})
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []bool
		s := New("acme", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, Overlapped(r.Context()))
		}))
		s.Script(Step{Handle: true, Delay: time.Second})
		c := &http.Client{Transport: s.Transport()}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _, _ = send(t, c, "GET", "http://x/1", "")
		}()
		time.Sleep(time.Second / 2)
		_, _, _ = send(t, c, "GET", "http://x/2", "")
		<-done
		_, _, _ = send(t, c, "GET", "http://x/3", "")
		if diff := cmp.Diff([]bool{false, true, false}, seen); diff != "" {
			t.Error("seen by the handler:", diff)
		}
		var logged []bool
		for _, r := range s.Requests() {
			logged = append(logged, r.Overlapped)
		}
		if diff := cmp.Diff([]bool{true, true, false}, logged); diff != "" {
			t.Error("logged:", diff)
		}
	})
}

func TestGivenUpWhileSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &counter{}
		s := New("acme", h)
		s.SetFaults(Faults{Slow: time.Minute}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "GET", "http://x/", nil)
		if _, err := s.Transport().RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		log := s.Requests()
		if len(log) != 1 || log[0].Outcome != OutcomeCanceled || log[0].Duration != time.Second || h.calls.Load() != 0 {
			t.Errorf("log %+v, %d calls", log, h.calls.Load())
		}
	})
}

func TestHandlerBreaksTheConnection(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	ways(t, h, func(t *testing.T, s *Server, c *http.Client, base string) {
		if _, _, err := send(t, c, "GET", base, ""); !errors.Is(err, io.EOF) {
			t.Errorf("error = %v", err)
		}
		if log := s.Requests(); len(log) != 1 || log[0].Outcome != OutcomeDropped {
			t.Errorf("log %+v", log)
		}
	})
}

func TestHandlerPanicIsLoggedAndPassedOn(t *testing.T) {
	t.Parallel()
	s := New("acme", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("bug") }))
	func() {
		defer func() {
			if v := recover(); v != "bug" {
				t.Errorf("recovered %v", v)
			}
		}()
		_, _, _ = send(t, &http.Client{Transport: s.Transport()}, "GET", "http://x/", "")
	}()
	if log := s.Requests(); len(log) != 1 || log[0].Outcome != OutcomePanic {
		t.Errorf("log %+v", log)
	}
}

func TestSecretsStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	s := New("acme", &counter{})
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://x/p?netvisorkeylist=1,2&ToKen=hunter2&b=%20", nil)
	req.Header = http.Header{
		"authorization": {"Bearer hunter2"}, "X-Netvisor-Authentication-MAC": {"hunter2"}, "X-Api-Key": {"hunter2"},
		"X-Netvisor-Authentication-MACHashCalculationAlgorithm": {"SHA256"}, "Accept": {"text/xml"},
	}
	if _, err := s.Transport().RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	got := s.Requests()[0]
	if strings.Contains(fmt.Sprintf("%+v", got), "hunter2") {
		t.Errorf("secret in %+v", got)
	}
	if want := "/p?netvisorkeylist=1,2&ToKen=[redacted]&b=%20"; got.Target != want {
		t.Errorf("target %q, want %q", got.Target, want)
	}
	for name, want := range map[string]string{
		"Authorization": redacted, "X-Netvisor-Authentication-Mac": redacted, "X-Api-Key": redacted,
		"X-Netvisor-Authentication-MACHashCalculationAlgorithm": "SHA256", "Accept": "text/xml",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	s := New("acme", &counter{})
	c := &http.Client{Transport: s.Transport()}
	big := strings.Repeat("x", maxBody+10)
	for range maxRequests + 5 {
		_, _, _ = send(t, c, "GET", "http://x/", "")
	}
	log := s.Requests()
	if len(log) != maxRequests || log[0].N != 6 {
		t.Errorf("%d kept, first is %d", len(log), log[0].N)
	}
	for range maxBodyBytes/maxBody + 3 {
		_, body, _ := send(t, c, "POST", "http://x/", big)
		if len(body) != len(big)+len("echo:") {
			t.Fatal("the handler did not get the whole body")
		}
	}
	log = s.Requests()
	if len(log) != maxBodyBytes/maxBody || len(log[0].Body) != maxBody {
		t.Errorf("%d kept, body of %d", len(log), len(log[0].Body))
	}
	if r, w := s.Counts(); r != maxRequests+5 || w != maxBodyBytes/maxBody+3 {
		t.Errorf("counts %d, %d", r, w)
	}
	s.ResetLog()
	if r, w := s.Counts(); r != 0 || w != 0 || len(s.Requests()) != 0 {
		t.Error("not reset")
	}
}

func TestUnreadBodyIsLogged(t *testing.T) {
	t.Parallel()
	ways(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), func(t *testing.T, s *Server, c *http.Client, base string) {
		if _, _, err := send(t, c, "POST", base, "unread"); err != nil {
			t.Fatal(err)
		}
		if got := s.Requests()[0].Body; got != "unread" {
			t.Errorf("body %q", got)
		}
	})
}

func TestClassify(t *testing.T) {
	t.Parallel()
	s := New("acme", &counter{})
	s.SetClassify(func(r *http.Request) bool { return r.URL.Path == "/delete" })
	c := &http.Client{Transport: s.Transport()}
	for _, target := range []string{"GET /delete", "POST /search", "GET /x"} {
		m, p, _ := strings.Cut(target, " ")
		_, _, _ = send(t, c, m, "http://x"+p, "")
	}
	if r, w := s.Counts(); r != 2 || w != 1 {
		t.Errorf("%d reads, %d writes", r, w)
	}
}

// TestSameRequestBothWays compares what the handler sees over a socket with
// what it sees in process.
func TestSameRequestBothWays(t *testing.T) {
	t.Parallel()
	var seen [2]string
	for i := range seen {
		s := New("acme", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			r.Header.Del("User-Agent")
			r.Header.Del("Accept-Encoding")
			seen[i] = fmt.Sprintf("%s %s %s %s %d %q %v %v", r.Method, r.RequestURI, r.URL, r.Host, r.ContentLength, b, r.Header, r.TLS != nil)
		}))
		c, base := &http.Client{Transport: s.Transport()}, "http://127.0.0.1:1"
		if i == 0 {
			base, c = s.Start(t), &http.Client{}
		}
		req, _ := http.NewRequestWithContext(t.Context(), "POST", base+"/a%2Fb/ä?q=%C3%A4+&x#frag", bytes.NewReader([]byte("body")))
		req.Host = "company.example"
		req.Header["x-lower"] = []string{"1"}
		req.SetBasicAuth("me", "pass")
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	if seen[0] != seen[1] {
		t.Errorf("socket:     %s\nin process: %s", seen[0], seen[1])
	}
}

func TestReplyForms(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/twice":
			w.WriteHeader(http.StatusCreated)
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, "made")
		}
	})
	ways(t, h, func(t *testing.T, _ *Server, c *http.Client, base string) {
		for _, tt := range []struct {
			method, path, body string
			status             int
			length             int64
		}{
			{"GET", "/none", "", 204, 0},
			{"GET", "/twice", "made", 201, 4},
			{"HEAD", "/twice", "", 201, 4},
			{"GET", "/", "", 200, 0},
		} {
			req, _ := http.NewRequestWithContext(t.Context(), tt.method, base+tt.path, nil)
			res, err := c.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != tt.status || string(b) != tt.body || res.ContentLength != tt.length {
				t.Errorf("%s %s: %d %q length %d", tt.method, tt.path, res.StatusCode, b, res.ContentLength)
			}
		}
	})
}

func BenchmarkInProcess(b *testing.B) {
	s := New("acme", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	tr := s.Transport()
	req, _ := http.NewRequestWithContext(b.Context(), "GET", "http://x/a?b=c", nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tr.RoundTrip(req); err != nil {
			b.Fatal(err)
		}
	}
}
