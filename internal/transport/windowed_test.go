package transport

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// windowed is a peer that takes so many requests in each window of time and
// refuses the rest, with the seconds until the next window, rounded up. Its
// replies take their time, half of it before it counts the request.
type windowed struct {
	allow   int
	length  time.Duration
	latency time.Duration
	jitter  time.Duration // at most so much more before it counts
	start   time.Time     // of the first window
	headers bool          // its replies say how many requests are left

	mu      sync.Mutex
	taken   map[int]int // by window
	refused map[int]int
	first   int // the first window with a refusal; -1: none yet
}

func newWindowed(allow int, length, latency time.Duration) *windowed {
	return &windowed{
		allow: allow, length: length, latency: latency, start: time.Now(),
		taken: make(map[int]int), refused: make(map[int]int), first: -1,
	}
}

// count decides on a request: whether it is taken, how many are left, and how
// long the window still lasts.
func (w *windowed) count() (taken bool, rest int, left time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	since := time.Since(w.start)
	n := int(since / w.length)
	left = w.length - since%w.length
	if w.taken[n] >= w.allow {
		w.refused[n]++
		if w.first < 0 {
			w.first = n
		}
		return false, 0, left
	}
	w.taken[n]++
	return true, w.allow - w.taken[n], left
}

// RoundTrip implements http.RoundTripper.
func (w *windowed) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(w.latency / 2)
	if w.jitter > 0 {
		time.Sleep(rand.N(w.jitter))
	}
	taken, rest, left := w.count()
	time.Sleep(w.latency - w.latency/2)
	r := reply(200, "ok")
	if !taken {
		r = reply(429, "", "Retry-After: "+wholeUp(left))
	}
	if w.headers {
		r.Header.Set("X-RateLimit-Limit", strconv.Itoa(w.allow))
		r.Header.Set("X-RateLimit-Remaining", strconv.Itoa(rest))
	}
	return r, nil
}

// wholeUp is d in seconds, rounded up.
func wholeUp(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// usage tells of the whole windows from number from on until now: which share of
// the allowance was used, and which share of all requests was refused.
func (w *windowed) usage(from int) (used, wasted float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	end := int(time.Since(w.start) / w.length)
	taken, refused := 0, 0
	for n := from; n < end; n++ {
		taken += w.taken[n]
		refused += w.refused[n]
	}
	if taken+refused == 0 || end <= from {
		return 0, 0
	}
	return float64(taken) / float64(w.allow*(end-from)), float64(refused) / float64(taken+refused)
}

// keepUp has so many workers send requests for as long as d, and returns how
// many of these were lost.
func keepUp(t *testing.T, rt http.RoundTripper, workers int, d time.Duration) int {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	lost, start := 0, time.Now()
	for range workers {
		wg.Go(func() {
			for time.Since(start) < d {
				status, _, err := send(t.Context(), rt, "GET", testURL, "")
				if err != nil || status != 200 {
					mu.Lock()
					lost++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return lost
}

// cell is one row of the tests below.
type cell struct {
	allow   int
	length  time.Duration
	workers int
	latency time.Duration
}

func (c cell) String() string {
	return fmt.Sprintf("%d in %v, %d workers, %v", c.allow, c.length, c.workers, c.latency)
}

// reach is which share of the allowance the workers can use at all.
func (c cell) reach() float64 {
	return float64(c.workers) * c.length.Seconds() / float64(c.allow) / max(c.latency.Seconds(), 1e-9)
}

// limits are the allowances, of 10 and of 100 requests a second.
var limits = []struct {
	allow  int
	length time.Duration
}{{10, time.Second}, {100, time.Second}, {40, 4 * time.Second}, {400, 4 * time.Second}}

// cells are all limits with all numbers of workers and latencies.
func cells(workers ...int) []cell {
	var list []cell
	for _, l := range limits {
		for _, n := range workers {
			for _, latency := range []time.Duration{0, 50 * time.Millisecond, 250 * time.Millisecond} {
				list = append(list, cell{l.allow, l.length, n, latency})
			}
		}
	}
	return list
}

// TestKnownLimit: with the limit known, no request is refused or lost, and of the
// allowance 0.97 is used, or as much as the workers can at that latency.
func TestKnownLimit(t *testing.T) {
	t.Parallel()
	for _, c := range cells(1, 4, 16, 64) {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				peer := newWindowed(c.allow, c.length, c.latency)
				l := NewLimiter(LimiterOptions{PerMinute: float64(c.allow) / c.length.Minutes()})
				lost := keepUp(t, New(Options{Base: peer, Limiter: l}), c.workers, 40*time.Second)
				used, wasted := peer.usage(1)
				if lost != 0 || wasted != 0 {
					t.Errorf("%d lost, %.4f wasted", lost, wasted)
				}
				if want := min(0.97, 0.97*c.reach()); used < want {
					t.Errorf("used %.3f of the allowance, want %.3f", used, want)
				}
			})
		})
	}
}

// TestKnownLimitAtTheEdge: requests leave just before a window begins and arrive
// within or before it.
func TestKnownLimitAtTheEdge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer := newWindowed(10, time.Second, 20*time.Millisecond)
		peer.jitter = 15 * time.Millisecond
		time.Sleep(985 * time.Millisecond)
		l := NewLimiter(LimiterOptions{PerMinute: 600})
		lost := keepUp(t, New(Options{Base: peer, Limiter: l}), 16, 2*time.Minute)
		if used, wasted := peer.usage(2); lost != 0 || wasted != 0 || used < 0.97 {
			t.Errorf("%d lost, %.4f wasted, %.3f used", lost, wasted, used)
		}
	})
}

// TestUnknownLimit: where the limit is not known it has been learned by the end
// of the third window after that of the first refusal. That is to say: of the
// requests of the minutes that follow, one in a thousand is refused at most, and
// these use 0.9 of the allowance at least, or 0.95 where the replies tell of the
// quota. None is lost at any time.
func TestUnknownLimit(t *testing.T) {
	t.Parallel()
	for i, c := range cells(4, 64) {
		many := c.allow > 10*int(c.length.Seconds())
		if c.reach() < 1.1 || many && (testing.Short() || c.workers < 64) {
			continue
		}
		for _, headers := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, headers %v", c, headers), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					peer := newWindowed(c.allow, c.length, max(c.latency, time.Millisecond))
					peer.headers = headers
					time.Sleep(time.Duration(i) * 97 * time.Millisecond) // somewhere in a window
					span, least := 10*time.Minute, 0.9
					if headers {
						least = 0.95
					}
					if headers && many {
						span = 2 * time.Minute
					}
					lost := keepUp(t, New(Options{Base: peer, Limiter: NewLimiter(LimiterOptions{})}),
						c.workers, span+5*c.length)
					used, wasted := peer.usage(peer.first + 4)
					if peer.first < 0 || lost != 0 || wasted > 0.001 || used < least {
						t.Errorf("first refusal in window %d, %d lost, %.5f wasted, %.3f used",
							peer.first, lost, wasted, used)
					}
				})
			})
		}
	}
}
