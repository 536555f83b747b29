package transport

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// deaf is a Limiter that learns nothing.
func deaf() *Limiter {
	l := NewLimiter(LimiterOptions{})
	l.learner.deaf = 1 << 30
	return l
}

// TestRefusalsWithoutRate: a peer that refuses requests at random, however slow
// they come, is not slowed down for, but little.
func TestRefusalsWithoutRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		run := func(l *Limiter) (taken int) {
			random := rand.New(rand.NewPCG(1, 2))
			base := roundTrip(func(*http.Request) (*http.Response, error) {
				time.Sleep(20 * time.Millisecond)
				if random.Float64() < 0.05 {
					return reply(429, "", "Retry-After: 1"), nil
				}
				taken++
				return reply(200, ""), nil
			})
			keepUp(t, New(Options{Base: base, Limiter: l}), 1, 10*time.Minute)
			return taken
		}
		learning, pausing := run(NewLimiter(LimiterOptions{})), run(deaf())
		if learning*4 < pausing*3 {
			t.Errorf("%d requests got through, and %d with pauses alone", learning, pausing)
		}
	})
}

// TestTroubleIsNoRate: a server in trouble says nothing about the rate.
func TestTroubleIsNoRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		base := roundTrip(func(*http.Request) (*http.Response, error) {
			time.Sleep(20 * time.Millisecond)
			if sent++; sent == 100 || sent == 200 {
				return reply(503, "", "Retry-After: 60"), nil
			}
			return reply(200, ""), nil
		})
		took, failed := flood(t, New(Options{Base: base, Limiter: NewLimiter(LimiterOptions{})}), 1, 1000)
		if want := 2*time.Minute + 1002*20*time.Millisecond; failed != 0 || took != want {
			t.Errorf("%d failed, took %v, want %v", failed, took, want)
		}
	})
}

// bucket is a peer with a token bucket, which says when the next token comes.
type bucket struct {
	rate, size float64

	mu             sync.Mutex
	tokens         float64
	last           time.Time
	taken, refused int
}

// RoundTrip implements http.RoundTripper.
func (b *bucket) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(20 * time.Millisecond)
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.tokens = min(b.size, b.tokens+now.Sub(b.last).Seconds()*b.rate)
	b.last = now
	if b.tokens < 1 {
		b.refused++
		wait := time.Duration((1 - b.tokens) / b.rate * float64(time.Second))
		return reply(429, "", "Retry-After: "+wholeUp(wait)), nil
	}
	b.tokens--
	b.taken++
	return reply(200, ""), nil
}

// TestTokenBucket: the rate of a peer that has no windows is found as well.
func TestTokenBucket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer := &bucket{rate: 2, size: 40, tokens: 40, last: time.Now()}
		rt := New(Options{Base: peer, Limiter: NewLimiter(LimiterOptions{})})
		lost := keepUp(t, rt, 16, 20*time.Minute)
		if lost != 0 || peer.refused > 50 || peer.taken < 2400*9/10 {
			t.Errorf("%d lost, %d refused, %d taken of 2400", lost, peer.refused, peer.taken)
		}
	})
}

// TestLimitChanges: a limit that is halved is found again, one that is doubled
// in time, and a given one that is too high is not kept to.
func TestLimitChanges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		perMinute     float64
		before, after int
	}{
		"halved":          {0, 10, 5},
		"doubled":         {0, 10, 20},
		"given, too high": {1200, 10, 10},
		"given, halved":   {600, 10, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				peer := newWindowed(tt.before, time.Second, 20*time.Millisecond)
				time.AfterFunc(5*time.Minute, func() {
					peer.mu.Lock()
					defer peer.mu.Unlock()
					peer.allow = tt.after
				})
				l := NewLimiter(LimiterOptions{PerMinute: tt.perMinute})
				lost := keepUp(t, New(Options{Base: peer, Limiter: l}), 16, 30*time.Minute)
				used, wasted := peer.usage(15 * 60)
				if lost != 0 || wasted > 0.002 || used < 0.85 {
					t.Errorf("%d lost, %.4f wasted, %.3f used", lost, wasted, used)
				}
			})
		})
	}
}

// TestQuotaOfADay: after a pause of hours the requests do not trickle.
func TestQuotaOfADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer := newWindowed(100, 24*time.Hour, time.Second)
		rt := New(Options{Base: peer, Limiter: NewLimiter(LimiterOptions{}), Retries: -1})
		flood(t, rt, 4, 101)
		time.Sleep(24 * time.Hour)
		if took, failed := flood(t, rt, 4, 100); failed != 0 || took > time.Minute {
			t.Errorf("%d failed, took %v", failed, took)
		}
	})
}

// TestRateIsNeverAboveTheGiven: nothing that a peer says raises a given rate.
func TestRateIsNeverAboveTheGiven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer := newWindowed(1000, time.Second, time.Millisecond)
		peer.headers = true
		rt := New(Options{Base: peer, Limiter: NewLimiter(LimiterOptions{PerMinute: 600})})
		start := time.Now()
		flood(t, rt, 8, 600)
		if took := time.Since(start); took < time.Minute {
			t.Errorf("600 requests took %v", took)
		}
	})
}

// TestQuietTime: requests before a pause in the work say nothing about the rate.
func TestQuietTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer := newWindowed(10, time.Second, time.Millisecond)
		rt := New(Options{Base: peer, Limiter: NewLimiter(LimiterOptions{})})
		flood(t, rt, 1, 3)
		time.Sleep(10*time.Minute - time.Millisecond)
		flood(t, rt, 16, 100)
		if used, _ := peer.usage(602); used < 0.4 {
			t.Errorf("used %.3f of the allowance after ten quiet minutes", used)
		}
	})
}

// TestWrongHeaders: a peer whose headers say ten times what it takes is soon no
// longer believed.
func TestWrongHeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer := newWindowed(10, time.Second, time.Millisecond)
		lying := roundTrip(func(req *http.Request) (*http.Response, error) {
			r, err := peer.RoundTrip(req)
			left := 100 - 9*int(time.Since(peer.start)%time.Second/(100*time.Millisecond))
			r.Header.Set("X-RateLimit-Limit", "100")
			r.Header.Set("X-RateLimit-Remaining", strconv.Itoa(left))
			return r, err
		})
		lost := keepUp(t, New(Options{Base: lying, Limiter: NewLimiter(LimiterOptions{})}), 4, 30*time.Minute)
		used, wasted := peer.usage(60)
		if lost != 0 || wasted > 0.002 || used < 0.85 {
			t.Errorf("%d lost, %.4f wasted, %.3f used", lost, wasted, used)
		}
	})
}

// TestLateReplies: replies to requests of an earlier cycle say nothing about
// this one, and requests that did not wait say nothing about the rate.
func TestLateReplies(t *testing.T) {
	t.Parallel()
	l := newLearner(0)
	early := pass{cycle: l.cycle, paced: true}
	start := time.Now()
	l.start(start)
	for range 10 {
		l.took(early)
	}
	l.refused(early)
	l.paused(time.Second, time.Second)
	probe := pass{at: start.Add(2 * time.Second), probe: true}
	l.resumed(&probe, probe.at)
	if want := 10.0 / 2 * paceShare; l.rate != want {
		t.Fatalf("rate %v, want %v", l.rate, want)
	}
	l.took(early)
	l.refused(early)
	if l.taken != 0 || l.turned {
		t.Errorf("%d taken, turned %v", l.taken, l.turned)
	}
	before := l.rate
	for range 1000 {
		l.took(pass{cycle: l.cycle})
	}
	if l.rate != before {
		t.Errorf("rate went from %v to %v, though nobody waited for it", before, l.rate)
	}
}

// TestRefusedRaise: a raise that was refused is undone, and the next one is
// smaller and comes after minutes.
func TestRefusedRaise(t *testing.T) {
	t.Parallel()
	l := newLearner(0)
	l.rate, l.span, l.proven = 100, time.Second, true
	paced := pass{paced: true}
	l.start(time.Now())
	for range 200 {
		l.took(paced)
	}
	if !l.climbing || l.rate < 109 || l.rate > 111 {
		t.Fatalf("rate %v after 200 requests, climbing %v", l.rate, l.climbing)
	}
	l.refused(paced)
	l.conclude(4 * time.Second)
	if l.rate >= 100 || l.rate < 95 || l.step != firstStep/2 || l.climbing {
		t.Errorf("rate %v, step %v, climbing %v", l.rate, l.step, l.climbing)
	}
	before, n := l.rate, 0
	for l.rate == before && n < 1e6 {
		l.took(paced)
		n++
	}
	if least := int(before * patience.Seconds()); n < least || n > 2*least {
		t.Errorf("the next raise came after %d requests, want %d", n, least)
	}
}

// TestNoFloodAfterGivingUp: where a rate is given up, as many requests as before
// stay under way.
func TestNoFloodAfterGivingUp(t *testing.T) {
	t.Parallel()
	l := NewLimiter(LimiterOptions{})
	l.learner.rate, l.latency = 20, 250*time.Millisecond
	l.setPace(time.Now())
	l.learner.rate = 0
	l.setPace(time.Now())
	if got := l.room(); l.pace != nil || got != 5 {
		t.Errorf("%d may be under way, want 5", got)
	}
}
