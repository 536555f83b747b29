package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

// flood sends n requests from so many workers and returns how long that took
// and how many failed.
func flood(t *testing.T, rt http.RoundTripper, workers, n int) (time.Duration, int) {
	t.Helper()
	var left, failed atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	start := time.Now()
	for range workers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if status, _, err := send(t.Context(), rt, "GET", testURL, ""); err != nil || status != 200 {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start), int(failed.Load())
}

// TestHalving: of eight requests under way all are refused; after the probe four
// go at once, and then one more each time that all were answered.
func TestHalving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		sent := make(map[time.Duration]int)
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			at := time.Since(start)
			sent[at]++
			mu.Unlock()
			time.Sleep(time.Second)
			if at == 0 {
				return reply(429, "", "Retry-After: 5"), nil
			}
			return reply(200, ""), nil
		})
		flood(t, New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{}), Retries: -1}), 8, 8+1+4+5+6)
		const s = time.Second
		want := map[time.Duration]int{0: 8, 6 * s: 1, 7 * s: 4, 8 * s: 5, 9 * s: 6}
		if diff := cmp.Diff(want, sent); diff != "" {
			t.Error(diff)
		}
	})
}

// TestPauseThenProbe: one reply stops all workers; afterwards one request goes
// alone, and the rest only when it is back.
func TestPauseThenProbe(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header string
		pause  time.Duration
		status int
	}{
		"429 with seconds":          {"Retry-After: 5", 5 * time.Second, 429},
		"429 with a date":           {"Retry-After: Mon, 02 Mar 2026 10:00:05 GMT", 5 * time.Second, 429},
		"429 without a time":        {"X-Nothing: 1", time.Second, 429},
		"503 with seconds":          {"Retry-After: 5", 5 * time.Second, 503},
		"200 with the last request": {"X-Ratelimit-Reset: 5", 5 * time.Second, 200},
		"200, standard names":       {"Ratelimit-Reset: 5", 5 * time.Second, 200},
		"200, reset as an instant":  {"X-Ratelimit-Reset: 1772445605", 5 * time.Second, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var mu sync.Mutex
				var times []time.Duration
				base := roundTrip(func(*http.Request) (*http.Response, error) {
					mu.Lock()
					n := len(times)
					times = append(times, time.Since(start))
					mu.Unlock()
					if n == 0 {
						r := reply(tt.status, "", tt.header, "Date: Mon, 02 Mar 2026 10:00:00 GMT")
						if tt.status == 200 {
							r.Header.Set("X-RateLimit-Remaining", "0")
							r.Header.Set("RateLimit-Remaining", "0")
						}
						return r, nil
					}
					time.Sleep(2 * time.Second)
					return reply(200, ""), nil
				})
				l := NewLimiter(LimiterOptions{PerMinute: 1e9, Burst: 10})
				rt := New(Options{Base: base, Limiter: l, Retries: -1})
				if _, _, err := send(t.Context(), rt, "GET", testURL, ""); err != nil {
					t.Fatal(err)
				}
				if _, failed := flood(t, rt, 8, 8); failed != 0 {
					t.Errorf("%d failed", failed)
				}
				want := []time.Duration{0, tt.pause}
				want = append(want, slices.Repeat([]time.Duration{tt.pause + 2*time.Second}, 7)...)
				if diff := cmp.Diff(want, times); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestProbeThatFails: nobody follows a probe that was refused, lost or answered
// by a server in trouble; the next one goes alone again.
func TestProbeThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var times []time.Duration
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			n := len(times)
			times = append(times, time.Since(start).Round(time.Second))
			mu.Unlock()
			time.Sleep(time.Second)
			switch n {
			case 0:
				return reply(429, "", "Retry-After: 10"), nil
			case 1:
				return reply(429, "", "Retry-After: 20"), nil
			case 2:
				return nil, errCut
			case 3:
				return reply(500, ""), nil
			default:
				return reply(404, ""), nil
			}
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{}), Retries: -1})
		_, _, _ = send(t.Context(), rt, "GET", testURL, "")
		flood(t, rt, 6, 6)
		// 10 s after 1; 20 s after 12; then each waits for the one before it.
		want := []time.Duration{0, 11, 32, 33, 34, 35, 35}
		for i := range want {
			want[i] *= time.Second
		}
		if diff := cmp.Diff(want, times); diff != "" {
			t.Error(diff)
		}
	})
}

// TestEarlierSuccess: a reply to a request that left before the pause does not
// stand for the probe.
func TestEarlierSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var times []time.Duration
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			n := len(times)
			times = append(times, time.Since(start))
			mu.Unlock()
			switch n {
			case 0:
				time.Sleep(3 * time.Second)
			case 1:
				time.Sleep(time.Second)
				return reply(429, "", "Retry-After: 5"), nil
			default:
				time.Sleep(2 * time.Second)
			}
			return reply(200, ""), nil
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{}), Retries: -1})
		go flood(t, rt, 2, 2)
		time.Sleep(4 * time.Second)
		flood(t, rt, 3, 3)
		want := []time.Duration{0, 0, 6 * time.Second, 8 * time.Second, 8 * time.Second}
		if diff := cmp.Diff(want, times); diff != "" {
			t.Error(diff)
		}
	})
}

// TestOverlappingPauses: of two pauses the one that ends later counts, and a
// request that is still under way then does not hold up the probe.
func TestOverlappingPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(LimiterOptions{})
		acquire := func() pass {
			p, err := l.acquire(t.Context(), time.Now(), false)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		first, second, slow := acquire(), acquire(), acquire()
		start := time.Now()
		l.release(first, reply(429, "", "Retry-After: 60"))
		l.release(second, reply(429, "", "Retry-After: 5"))
		p := acquire()
		if d := time.Since(start); !p.probe || d != time.Minute {
			t.Errorf("after %v, alone %v; want a probe after 1m", d, p.probe)
		}
		l.release(p, reply(200, ""))
		l.release(slow, reply(200, ""))
		if len(l.turn) != 0 || l.underWay != 0 || l.probing || l.probation {
			t.Error("the limiter did not come to rest")
		}
	})
}

// TestFarReset: a window that is used up keeps nobody waiting for longer than
// the longest pause, and turns nobody away.
func TestFarReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			times = append(times, time.Now())
			r := reply(200, "", "X-Ratelimit-Remaining: 0")
			r.Header.Set("X-Ratelimit-Reset", "3600")
			return r, nil
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{MaxPause: time.Minute})})
		if _, failed := flood(t, rt, 1, 2); failed != 0 || times[1].Sub(times[0]) != time.Minute {
			t.Errorf("%d failed, times %v", failed, times)
		}
	})
}

func TestPauseGrowsWithoutRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &script{steps: []step{{status: 429}}}
		l := NewLimiter(LimiterOptions{})
		rt := New(Options{Base: base, Limiter: l, Retries: -1})
		for range 8 {
			_, _, _ = send(t.Context(), rt, "GET", testURL, "")
		}
		want := []time.Duration{1, 2, 4, 8, 16, 30, 30}
		for i := range want {
			want[i] *= time.Second
		}
		if diff := cmp.Diff(want, base.gaps()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestLongPause: while a pause longer than allowed lasts, requests fail at once
// and say how long it takes; later ones get through.
func TestLongPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &script{steps: []step{{status: 429, header: "Retry-After: 3600"}, {status: 200}}}
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{})})
		if status, _, err := send(t.Context(), rt, "POST", testURL, "x"); err != nil || status != 429 {
			t.Fatal(status, err)
		}
		_, _, err := send(t.Context(), rt, "POST", testURL, "x")
		if e := errorOf(t, err, instep.RateLimited); e.RetryAfter != time.Hour {
			t.Errorf("RetryAfter is %v, want 1h", e.RetryAfter)
		}
		if base.count() != 1 {
			t.Error("sent during the pause")
		}
		time.Sleep(55 * time.Minute)
		if status, _, err := send(t.Context(), rt, "POST", testURL, "x"); err != nil || status != 200 {
			t.Error(status, err)
		}
		if diff := cmp.Diff([]time.Duration{time.Hour}, base.gaps()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestInFlightAndOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		var mu sync.Mutex
		var order []string
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			mu.Lock()
			order = append(order, req.URL.RawQuery)
			mu.Unlock()
			time.Sleep(time.Second)
			return reply(200, ""), nil
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{InFlight: 1})})
		var wg sync.WaitGroup
		var want []string
		for i := range 10 {
			want = append(want, strconv.Itoa(i))
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if _, _, err := send(t.Context(), rt, "GET", testURL+"?"+strconv.Itoa(i), ""); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most.Load() != 1 {
			t.Errorf("%d requests at once, want 1", most.Load())
		}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestContextEndsEachWait(t *testing.T) {
	t.Parallel()
	block := func(t *testing.T, o LimiterOptions, before func(*Limiter)) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			l := NewLimiter(o)
			before(l)

			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			base := &script{steps: []step{{status: 200}}}
			_, _, err := send(ctx, New(Options{Base: base, Limiter: l}), "POST", testURL, "x")
			wantKind(t, err, instep.Canceled)
			if !errors.Is(err, context.Canceled) || base.count() != 0 {
				t.Errorf("%v, sent %d times", err, base.count())
			}
			if len(l.turn) != 0 {
				t.Error("turn or slot was not given back")
			}
		})
	}
	t.Run("slot", func(t *testing.T) {
		t.Parallel()
		block(t, LimiterOptions{InFlight: 1}, func(l *Limiter) { l.underWay = 1 })
	})
	t.Run("pace", func(t *testing.T) {
		t.Parallel()
		block(t, LimiterOptions{PerMinute: 1}, func(l *Limiter) { l.pace.Allow() })
	})
	t.Run("pause", func(t *testing.T) {
		t.Parallel()
		block(t, LimiterOptions{InFlight: 3}, func(l *Limiter) { l.pause(time.Now(), time.Minute, 0) })
	})
	t.Run("probe", func(t *testing.T) {
		t.Parallel()
		block(t, LimiterOptions{}, func(l *Limiter) { l.probing = true })
	})
}

// TestPaceBeyondDeadline: a turn that comes after the deadline is not waited
// for.
func TestPaceBeyondDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(LimiterOptions{PerMinute: 1})
		l.pace.Allow()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, _, err := send(ctx, New(Options{Base: &script{steps: []step{{status: 200}}}, Limiter: l}), "GET", testURL, "")
		wantKind(t, err, instep.Canceled)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestPanicGivesSlotBack: a hook that panics must not block everybody else.
func TestPanicGivesSlotBack(t *testing.T) {
	t.Parallel()
	l := NewLimiter(LimiterOptions{InFlight: 1})
	bad := New(Options{Limiter: l, Sign: func(*http.Request) error { panic("bug in a hook") }})
	func() {
		defer func() { _ = recover() }()
		_, _, _ = send(t.Context(), bad, "GET", testURL, "")
	}()
	good := New(Options{Limiter: l, Base: &script{steps: []step{{status: 200}}}})
	if _, _, err := send(t.Context(), good, "GET", testURL, ""); err != nil {
		t.Error(err)
	}
}

func TestObserved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got []Attempt
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			if len(got) == 0 {
				return nil, errCut
			}
			return reply(200, ""), nil
		})
		l := NewLimiter(LimiterOptions{})
		l.pause(time.Now(), 3*time.Second, 0)
		rt := New(Options{Base: base, Limiter: l, Observe: func(a Attempt) { got = append(got, a) }})
		if _, _, err := send(t.Context(), rt, "GET", testURL+"?token=abc", ""); err != nil {
			t.Fatal(err)
		}
		url := testURL + "?token=[redacted]"
		want := []Attempt{
			{Method: "GET", URL: url, Try: 1, Sent: true, Err: errCut, Took: time.Second, Waited: 3 * time.Second},
			{Method: "GET", URL: url, Try: 2, Sent: true, Status: 200, Took: time.Second},
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(errors.Is)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRefusedGoFirst: requests that were refused are sent once more before
// those that wait for their first time.
func TestRefusedGoFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var order []string
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			time.Sleep(20 * time.Millisecond)
			if time.Since(start) < time.Second {
				return reply(429, "", "Retry-After: 1"), nil
			}
			mu.Lock()
			defer mu.Unlock()
			order = append(order, path.Base(req.URL.Path)[:1])
			return reply(200, ""), nil
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{})})
		var wg sync.WaitGroup
		ask := func(name string, n int) {
			for i := range n {
				wg.Go(func() {
					if _, _, err := send(t.Context(), rt, "GET", fmt.Sprintf("%s/%s%d", testURL, name, i), ""); err != nil {
						t.Error(err)
					}
				})
			}
		}
		ask("a", 3)
		time.Sleep(30 * time.Millisecond) // they are refused, and all of the next wait
		ask("b", 20)
		wg.Wait()
		// One had its turn already, one was next, and one may slip in between.
		if strings.Count(strings.Join(order[:6], ""), "a") != 3 {
			t.Errorf("the requests were taken in the order %v", order)
		}
	})
}
