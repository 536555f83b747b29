package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

// TestRepeats says for each method and answer how often a request is sent and
// what becomes of it.
func TestRepeats(t *testing.T) {
	t.Parallel()
	const ok = http.StatusOK
	tests := []struct {
		name   string
		method string
		mark   bool
		steps  []step
		sent   int
		status int         // 0: an error is wanted
		kind   instep.Kind // of the error
	}{
		{"get after a lost reply", "GET", false, []step{{err: errCut}, {status: ok}}, 2, ok, 0},
		{"get without any reply", "GET", false, []step{{err: errCut}}, 5, 0, instep.Unavailable},
		{"get of a server in trouble", "GET", false, []step{{status: 500}, {status: 502}, {status: ok}}, 3, ok, 0},
		{"get, throttled to the end", "GET", false, []step{{status: 429}}, 5, 429, 0},
		{"get of what is not there", "GET", false, []step{{status: 404}}, 1, 404, 0},
		{"get of what is not built", "GET", false, []step{{status: 501}}, 1, 501, 0},
		{"get after failed dials", "GET", false, []step{{err: errDial}, {err: errDial}, {status: ok}}, 3, ok, 0},
		{"get of an unknown host", "GET", false,
			[]step{{err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}}}, 1, 0, instep.Unavailable},
		{"put after a lost reply", "PUT", false, []step{{err: errCut}, {status: ok}}, 2, ok, 0},
		{"put without any reply", "PUT", false, []step{{err: errCut}}, 5, 0, instep.Lost},
		{"put that was never sent", "PUT", false, []step{{err: errDial}}, 5, 0, instep.Unavailable},
		{"put, lost, then not reachable", "PUT", false, []step{{err: errCut}, {err: errDial}}, 5, 0, instep.Lost},
		{"put, in trouble, then not reachable", "PUT", false, []step{{status: 500}, {err: errDial}}, 5, 0, instep.Lost},
		{"put, throttled, then not reachable", "PUT", false, []step{{status: 429}, {err: errDial}}, 5, 0, instep.Unavailable},
		{"put, lost, then throttled", "PUT", false, []step{{err: errCut}, {status: 429}}, 5, 0, instep.Lost},
		{"put, in trouble to the end", "PUT", false, []step{{status: 500}}, 5, 500, 0},
		{"put, in trouble, then throttled", "PUT", false, []step{{status: 500}, {status: 429}}, 5, 0, instep.Lost},
		{"put, in trouble, then in maintenance", "PUT", false, []step{{status: 502}, {status: 503}}, 5, 0, instep.Lost},
		{"put, in trouble, then refused", "PUT", false, []step{{status: 500}, {status: 422}}, 2, 422, 0},
		{"put, throttled to the end", "PUT", false, []step{{status: 503}}, 5, 503, 0},
		{"delete after a lost reply", "DELETE", false, []step{{err: errCut}, {status: 404}}, 2, 404, 0},
		{"post with a lost reply", "POST", false, []step{{err: errCut}, {status: ok}}, 1, 0, instep.Lost},
		{"post, throttled", "POST", false, []step{{status: 429}, {status: ok}}, 1, 429, 0},
		{"post to a server in trouble", "POST", false, []step{{status: 500}, {status: ok}}, 1, 500, 0},
		{"post after a failed dial", "POST", false, []step{{err: errDial}, {status: ok}}, 2, ok, 0},
		{"post, failed dial, then lost", "POST", false, []step{{err: errDial}, {err: errCut}, {status: ok}}, 2, 0, instep.Lost},
		{"post never sent", "POST", false, []step{{err: errDial}}, 5, 0, instep.Unavailable},
		{"patch with a lost reply", "PATCH", false, []step{{err: errCut}, {status: ok}}, 1, 0, instep.Lost},
		{"marked post after a lost reply", "POST", true, []step{{err: errCut}, {status: ok}}, 2, ok, 0},
		{"marked post without any reply", "POST", true, []step{{err: errCut}}, 5, 0, instep.Lost},
		{"marked post, throttled", "POST", true, []step{{status: 429}, {status: ok}}, 2, ok, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := &script{steps: tt.steps}
				ctx := t.Context()
				if tt.mark {
					ctx = Replayable(ctx)
				}
				status, _, err := send(ctx, New(Options{Base: base}), tt.method, testURL, "")
				if n := base.count(); n != tt.sent {
					t.Errorf("sent %d times, want %d", n, tt.sent)
				}
				if tt.status == 0 {
					wantKind(t, err, tt.kind)
				} else if err != nil || status != tt.status {
					t.Errorf("got status %d, %v; want %d", status, err, tt.status)
				}
			})
		})
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	const date = "Date: Mon, 02 Mar 2026 10:00:00 GMT"
	tests := []struct {
		name   string
		header string
		want   time.Duration // 0: no other try
	}{
		{"seconds", "Retry-After: 7", 7 * time.Second},
		{"seconds, most that is waited for", "Retry-After: 600", 10 * time.Minute},
		{"seconds, absurd", "Retry-After: 601", 0},
		{"seconds, beyond any number", "Retry-After: 99999999999999999999999", 0},
		{"date, by the clock of the peer", "Retry-After: Mon, 02 Mar 2026 10:01:30 GMT", 90 * time.Second},
		{"date, absurd", "Retry-After: Mon, 02 Mar 2026 11:01:30 GMT", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var times []time.Time
				base := roundTrip(func(*http.Request) (*http.Response, error) {
					times = append(times, time.Now())
					if len(times) > 1 {
						return reply(200, ""), nil
					}
					return reply(429, "", tt.header, date), nil
				})
				status, _, err := send(t.Context(), New(Options{Base: base}), "GET", testURL, "")
				switch {
				case err != nil:
					t.Fatal(err)
				case tt.want == 0 && (status != 429 || len(times) != 1):
					t.Errorf("status %d after %d tries, want the reply itself", status, len(times))
				case tt.want != 0 && (status != 200 || times[1].Sub(times[0]) != tt.want):
					t.Errorf("status %d, waited %v, want %v", status, times[len(times)-1].Sub(times[0]), tt.want)
				}
			})
		})
	}
}

func TestBackoffGrowsWithinBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &script{steps: []step{{status: 500}}}
		rt := New(Options{Base: base, Retries: 7, WaitMin: time.Second, WaitMax: 20 * time.Second})
		if _, _, err := send(t.Context(), rt, "GET", testURL, ""); err != nil {
			t.Fatal(err)
		}
		most := []time.Duration{1, 2, 4, 8, 16, 20, 20}
		gaps := base.gaps()
		if len(gaps) != len(most) {
			t.Fatalf("%d waits, want %d", len(gaps), len(most))
		}
		for i, g := range gaps {
			if m := most[i] * time.Second; g < m/2 || g > m {
				t.Errorf("wait %d is %v, want between %v and %v", i, g, m/2, m)
			}
		}
	})
}

func TestBackoffVaries(t *testing.T) {
	t.Parallel()
	seen := make(map[time.Duration]bool)
	for range 50 {
		seen[backoff(time.Second, time.Minute, 2, nil)] = true
	}
	if len(seen) < 25 {
		t.Errorf("%d different waits of 50", len(seen))
	}
}

func TestNoRetries(t *testing.T) {
	t.Parallel()
	base := &script{steps: []step{{err: errCut}}}
	_, _, err := send(t.Context(), New(Options{Base: base, Retries: -1}), "GET", testURL, "")
	wantKind(t, err, instep.Unavailable)
	if base.count() != 1 {
		t.Errorf("sent %d times, want once", base.count())
	}
}

// TestDeadline checks that a wait which would outlast the caller's deadline is
// not begun: the caller gets what is known now.
func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		step   step
		status int
	}{
		"reply": {step{status: 503, header: "Retry-After: 30"}, 503},
		"error": {step{err: errCut}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				start := time.Now()
				status, _, err := send(ctx, New(Options{Base: &script{steps: []step{tt.step}}}), "GET", testURL, "")
				if tt.status == 0 {
					wantKind(t, err, instep.Unavailable)
				} else if status != tt.status {
					t.Errorf("status %d, %v; want %d", status, err, tt.status)
				}
				if d := time.Since(start); d != 0 {
					t.Errorf("waited %v for nothing", d)
				}
			})
		})
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		step   step
		want   instep.Kind
	}{
		{"get, in trouble", "GET", step{status: 500}, instep.Canceled},
		{"get, lost", "GET", step{err: errCut}, instep.Canceled},
		{"put, throttled", "PUT", step{status: 429}, instep.Canceled},
		{"put, in trouble", "PUT", step{status: 500}, instep.Lost},
		{"put, lost", "PUT", step{err: errCut}, instep.Lost},
		{"put, never sent", "PUT", step{err: errDial}, instep.Canceled},
		{"post, never sent", "POST", step{err: errDial}, instep.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(100*time.Millisecond, cancel)
				start := time.Now()
				_, _, err := send(ctx, New(Options{Base: &script{steps: []step{tt.step}}}), tt.method, testURL, "")
				wantKind(t, err, tt.want)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%v does not tell that the context was canceled", err)
				}
				if d := time.Since(start); d != 100*time.Millisecond {
					t.Errorf("ended after %v", d)
				}
			})
		})
	}
}

// TestFinishSent checks that a request under way gets its reply although its
// context ends, and that nothing is begun afterwards.
func TestFinishSent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		finish bool
		status int // the peer's
		want   instep.Kind
		sent   int
	}{
		"marked, done":      {true, 200, 0, 1},
		"marked, throttled": {true, 429, 0, 1},
		"not marked":        {false, 200, instep.Lost, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if tt.finish {
					ctx = FinishSent(ctx)
				}
				sent := 0
				base := roundTrip(func(req *http.Request) (*http.Response, error) {
					sent++
					select {
					case <-time.After(5 * time.Second):
						return reply(tt.status, ""), nil
					case <-req.Context().Done():
						return nil, req.Context().Err()
					}
				})
				status, _, err := send(ctx, New(Options{Base: base}), "PUT", testURL, "")
				if tt.want != 0 {
					wantKind(t, err, tt.want)
				} else if err != nil || status != tt.status {
					t.Errorf("got %d, %v; want %d", status, err, tt.status)
				}
				if sent != tt.sent {
					t.Errorf("sent %d times, want %d", sent, tt.sent)
				}
			})
		})
	}
}

func TestEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, o := range map[string]Options{"plain": {}, "limited": {Limiter: NewLimiter(LimiterOptions{})}} {
		base := &script{steps: []step{{status: 200}}}
		o.Base = base
		_, _, err := send(FinishSent(ctx), New(o), "POST", testURL, "x")
		wantKind(t, err, instep.Canceled)
		if base.count() != 0 {
			t.Errorf("%s: sent although the context had ended", name)
		}
	}
}

func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			tries++
			if tries < 3 {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return reply(200, "done"), nil
		})
		status, body, err := send(t.Context(), New(Options{Base: base}), "GET", testURL, "")
		if err != nil || status != 200 || body != "done" || tries != 3 {
			t.Errorf("got %d %q, %v after %d tries", status, body, err, tries)
		}
	})
}

func TestAttemptTimeoutCoversBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			r := reply(200, "")
			r.ContentLength, r.Body = -1, stuckBody{req.Context()}
			return r, nil
		})
		start := time.Now()
		_, _, err := send(t.Context(), New(Options{Base: base, AttemptTimeout: 3 * time.Second}), "POST", testURL, "")
		e := errorOf(t, err, instep.Lost)
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("ended after %v, want 3s", d)
		}
		if !strings.Contains(e.Error(), "no whole reply within 3s") {
			t.Errorf("error %q does not tell the time limit", e)
		}
	})
}

type stuckBody struct{ ctx context.Context }

func (b stuckBody) Read([]byte) (int, error) {
	<-b.ctx.Done()
	return 0, b.ctx.Err()
}

func (stuckBody) Close() error { return nil }

func TestRetryReply(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", prefix+10)
	later := func(resp *http.Response, body []byte) bool {
		return resp.StatusCode == 200 && (strings.Contains(string(body), "MAINTENANCE") || len(body) > prefix)
	}
	tests := []struct {
		name   string
		method string
		bodies []string
		sent   int
	}{
		{"get", "GET", []string{"MAINTENANCE", "fine"}, 2},
		{"get, to the end", "GET", []string{"MAINTENANCE"}, 5},
		{"get, only the beginning is shown", "GET", []string{big + "MAINTENANCE", "never"}, 1},
		{"post", "POST", []string{"MAINTENANCE", "fine"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				base := roundTrip(func(*http.Request) (*http.Response, error) {
					sent++
					return reply(200, tt.bodies[min(sent, len(tt.bodies))-1]), nil
				})
				_, body, err := send(t.Context(), New(Options{Base: base, RetryReply: later}), tt.method, testURL, "")
				if err != nil || sent != tt.sent || body != tt.bodies[min(sent, len(tt.bodies))-1] {
					t.Errorf("sent %d times, body of %d bytes, %v; want %d times", sent, len(body), err, tt.sent)
				}
			})
		})
	}
}

// TestFreshSignatures checks that each attempt is signed anew, on a copy, and
// carries the whole body.
func TestFreshSignatures(t *testing.T) {
	t.Parallel()
	for name, getBody := range map[string]bool{"body given twice": true, "body given once": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var stamps, queries, bodies []string
				var lengths []int64
				base := roundTrip(func(req *http.Request) (*http.Response, error) {
					data, err := io.ReadAll(req.Body)
					if err != nil {
						t.Error(err)
					}
					stamps = append(stamps, req.Header["X-Stamp"]...)
					queries = append(queries, req.URL.RawQuery)
					bodies, lengths = append(bodies, string(data)), append(lengths, req.ContentLength)
					if len(bodies) < 3 {
						return reply(500, ""), nil
					}
					return reply(200, ""), nil
				})
				n := 0
				sign := func(req *http.Request) error {
					n++
					req.Header.Add("X-Stamp", string(rune('a'+n-1)))
					req.URL.RawQuery = "sig=" + string(rune('a'+n-1))
					return nil
				}
				req, err := http.NewRequestWithContext(t.Context(), "PUT", testURL, strings.NewReader("payload"))
				if err != nil {
					t.Fatal(err)
				}
				if !getBody {
					req.GetBody, req.ContentLength = nil, -1
				}
				closed := &closeCounter{ReadCloser: req.Body}
				req.Body = closed
				before := req.Clone(req.Context())
				resp, err := New(Options{Base: base, Sign: sign}).RoundTrip(req)
				if err != nil || resp.StatusCode != 200 {
					t.Fatal(resp, err)
				}
				if diff := cmp.Diff([]string{"a", "b", "c"}, stamps); diff != "" {
					t.Error("stamps:", diff)
				}
				if diff := cmp.Diff([]string{"sig=a", "sig=b", "sig=c"}, queries); diff != "" {
					t.Error("queries:", diff)
				}
				if diff := cmp.Diff(slices.Repeat([]string{"payload"}, 3), bodies); diff != "" {
					t.Error("bodies:", diff)
				}
				if diff := cmp.Diff(slices.Repeat([]int64{7}, 3), lengths); diff != "" {
					t.Error("lengths:", diff)
				}
				if diff := cmp.Diff(before.Header, req.Header); diff != "" || req.URL.RawQuery != "" {
					t.Error("the caller's request was altered", diff, req.URL)
				}
				if closed.n == 0 {
					t.Error("the request's body was not closed")
				}
				if resp.Request != req {
					t.Error("the reply does not name the caller's request")
				}
			})
		})
	}
}

type closeCounter struct {
	io.ReadCloser
	n int
}

func (c *closeCounter) Close() error {
	c.n++
	return c.ReadCloser.Close()
}

func TestSignError(t *testing.T) {
	t.Parallel()
	denied := &instep.Error{Kind: instep.Unauthorized, Op: "token", Code: "invalid_client", Remedy: "make a new key"}
	tests := []struct {
		name string
		err  error
		want instep.Kind
	}{
		{"with a kind", denied, instep.Unauthorized},
		{"without", errors.New("no key"), instep.Config},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := &script{steps: []step{{status: 200}}}
			l := NewLimiter(LimiterOptions{InFlight: 1})
			rt := New(Options{Base: base, Limiter: l, Sign: func(*http.Request) error { return tt.err }})
			for range 3 { // the limiter's slot must be given back
				_, _, err := send(t.Context(), rt, "POST", testURL, "x")
				e := errorOf(t, err, tt.want)
				if tt.want == instep.Unauthorized && (e.Code != denied.Code || e.Remedy != denied.Remedy) {
					t.Errorf("code and remedy are lost: %#v", e)
				}
			}
			if base.count() != 0 {
				t.Error("sent without a signature")
			}
		})
	}
}
