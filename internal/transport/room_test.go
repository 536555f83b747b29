package transport

import (
	"context"
	"errors"
	"math"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
)

// TestRoom: as many requests may be under way as the rate and the latency ask
// for, with as many again and two to spare, and never more than InFlight.
func TestRoom(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		perMinute float64 // at 98 %
		latency   time.Duration
		inFlight  int
		want      int
	}{
		"no latency":          {6000, 0, 0, 2},
		"a little":            {6000, 50 * time.Millisecond, 0, 11},
		"more":                {6000, 250 * time.Millisecond, 0, 51},
		"bounded":             {6000, 250 * time.Millisecond, 4, 4},
		"one":                 {6000, 250 * time.Millisecond, 1, 1},
		"slow pace":           {1, time.Second, 0, 2},
		"absurd rate":         {1e300, time.Hour, 0, 1<<31 - 1},
		"endless rate":        {math.Inf(1), time.Hour, 0, 1<<31 - 1},
		"odd rate":            {math.NaN(), time.Hour, 3, 3},
		"below zero":          {-1, time.Hour, -1, 1<<31 - 1},
		"no rate":             {0, time.Second, 0, 1<<31 - 1},
		"no rate but a bound": {0, time.Second, 7, 7},
	} {
		l := NewLimiter(LimiterOptions{PerMinute: tt.perMinute, InFlight: tt.inFlight})
		l.latency = tt.latency
		if got := l.room(); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// TestLatencyGrows: when replies come to take longer, more requests are under
// way, and the rate stays the same.
func TestLatencyGrows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var latency, now, most, done atomic.Int64
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Duration(latency.Load()))
			now.Add(-1)
			done.Add(1)
			return reply(200, ""), nil
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{PerMinute: 6000})})
		stopped := make(chan int)
		go func() { stopped <- keepUp(t, rt, 100, time.Minute) }()
		for _, tt := range []struct {
			latency  time.Duration
			low, top int64 // under way at once
		}{{time.Millisecond, 1, 2}, {250 * time.Millisecond, 24, 52}, {500 * time.Millisecond, 48, 101}} {
			latency.Store(int64(tt.latency))
			time.Sleep(1500 * time.Millisecond) // it gets used to it
			most.Store(0)
			before := done.Load()
			time.Sleep(10 * time.Second)
			if n := done.Load() - before; n < 970 || n > 990 {
				t.Errorf("%v: %d requests in 10 s, want 980", tt.latency, n)
			}
			if n := most.Load(); n < tt.low || n > tt.top {
				t.Errorf("%v: %d under way at once, want %d to %d", tt.latency, n, tt.low, tt.top)
			}
		}
		<-stopped
	})
}

// TestPeerHangs: a peer that no longer answers does not get ever more requests.
func TestPeerHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hangs atomic.Bool
		var sent atomic.Int64
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			time.Sleep(50 * time.Millisecond)
			if hangs.Load() {
				sent.Add(1)
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return reply(200, ""), nil
		})
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{PerMinute: 6000}), Retries: -1})
		stopped := make(chan int)
		go func() { stopped <- keepUp(t, rt, 500, 20*time.Second) }()
		time.Sleep(10 * time.Second)
		hangs.Store(true)
		time.Sleep(10 * time.Second)
		if n := sent.Load(); n > 15 {
			t.Errorf("%d requests sent to a peer that does not answer", n)
		}
		<-stopped
	})
}

// TestPauseBeyondDeadline: a pause that the deadline does not outlast is not
// waited for.
func TestPauseBeyondDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(LimiterOptions{})
		l.pause(time.Now(), time.Minute, 0)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		_, _, err := send(ctx, New(Options{Base: &script{steps: []step{{status: 200}}}, Limiter: l}), "GET", testURL, "")
		wantKind(t, err, instep.Canceled)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestCanceledTurn: who stops waiting for the pace leaves the turn to the next.
func TestCanceledTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &script{steps: []step{{status: 200}}}
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{PerMinute: 1 / 0.98})})
		flood(t, rt, 1, 1)
		ctx, cancel := context.WithCancel(t.Context())
		for range 5 {
			go func() { _, _, _ = send(ctx, rt, "GET", testURL, "") }()
		}
		time.Sleep(30 * time.Second)
		cancel()
		synctest.Wait()
		flood(t, rt, 1, 1)
		if gap := base.gaps()[0].Round(time.Second); base.count() != 2 || gap != time.Minute {
			t.Errorf("%d sent, the second %v after the first, want 1m", base.count(), gap)
		}
	})
}

// TestNoBurstAfterAPause: the requests after the probe keep to the pace.
func TestNoBurstAfterAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := &script{steps: []step{{status: 429, header: "Retry-After: 60"}, {status: 200}}}
		rt := New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{PerMinute: 60 / 0.98}), Retries: -1})
		flood(t, rt, 1, 1)
		flood(t, rt, 4, 4)
		for i, gap := range base.gaps()[1:] {
			if gap.Round(time.Millisecond) != time.Second {
				t.Errorf("request %d came %v after the one before it, want 1s", i+2, gap)
			}
		}
	})
}
