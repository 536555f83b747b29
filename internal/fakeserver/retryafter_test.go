package fakeserver

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const now = "Sat, 01 Jan 2000 00:00:00 GMT" // when a bubble begins
	for _, tt := range []struct {
		says        RetryAfter
		passed      time.Duration // of the current second
		after, date string
	}{
		{says: "", after: "1"},
		{says: "0", after: "0"},
		{says: "007", after: "007"},
		{says: "none"},
		{says: "date", after: now, date: now},
		{says: "date+300ms", after: now, date: now},
		{says: "date+300ms", passed: 800 * time.Millisecond, after: "Sat, 01 Jan 2000 00:00:01 GMT", date: now},
		{says: "date+24h", after: "Sun, 02 Jan 2000 00:00:00 GMT", date: now},
	} {
		t.Run(string(tt.says), func(t *testing.T) {
			t.Parallel()
			if err := tt.says.check(); err != nil && tt.says != "" {
				t.Error(err)
			}
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(tt.passed)
				s := New("acme", &counter{})
				s.SetFaults(Faults{TooMany: 1, RetryAfter: tt.says}, 1)
				req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://x/", nil)
				res, err := s.Transport().RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = res.Body.Close()
				after, said := res.Header["Retry-After"]
				if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != tt.after ||
					said != (tt.after != "") || res.Header.Get("Date") != tt.date {
					t.Errorf("%d, Retry-After %q, Date %q", res.StatusCode, after, res.Header.Get("Date"))
				}
			})
		})
	}
}

// TestSlowReply has the work done at once and the reply come whole, but late.
func TestSlowReply(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		patience time.Duration // of the client
		outcome  string
	}{
		{"waited for", time.Hour, ""},
		{"given up", 2 * time.Second, OutcomeCanceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := &counter{}
				s := New("acme", h)
				s.SetFaults(Faults{SlowReply: 1, SlowBy: 3 * time.Second}, 1)
				c := &http.Client{Transport: s.Transport(), Timeout: tt.patience}
				began, waited := time.Now(), min(3*time.Second, tt.patience)
				go func() {
					synctest.Wait()
					if h.calls.Load() != 1 || time.Since(began) != 0 {
						t.Errorf("%d calls after %v", h.calls.Load(), time.Since(began))
					}
				}()
				status, body, err := send(t, c, "POST", "http://x/a", "hi")
				if took := time.Since(began); took != waited {
					t.Errorf("answered after %v, want %v", took, waited)
				}
				if gone := tt.outcome != ""; gone != (err != nil) || !gone && (status != 200 || body != "echo:hi") {
					t.Errorf("%d %q, %v", status, body, err)
				}
				log := s.Requests()
				if len(log) != 1 || log[0].Outcome != tt.outcome || !log[0].Handled || log[0].Duration != waited {
					t.Errorf("log %+v", log)
				}
			})
		})
	}
}

// TestSlowReplyKeepsOtherDraws: the share comes after the older ones, so that a
// seed that was noted down still shows what it showed.
func TestSlowReplyKeepsOtherDraws(t *testing.T) {
	t.Parallel()
	old := Faults{Lost: .1, TooMany: .1, Late: .1, TimeoutLate: .1}
	more := old
	more.SlowReply = .2
	var a, b dice
	a.set(old, 11)
	b.set(more, 11)
	slow := 0
	for range 2000 {
		before, _ := a.draw()
		after, _ := b.draw()
		if before != after && (before != none || after != slowReply) {
			t.Fatalf("%d became %d", before, after)
		}
		if after == slowReply {
			slow++
		}
	}
	if slow < 300 || slow > 500 {
		t.Errorf("%d of 2000 replies are slow", slow)
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New("acme", &counter{})
		s.SetFaults(Faults{SlowReply: 1, SlowBy: time.Hour}, 1)
		reached := make(chan int, 2)
		for range 2 {
			go func() {
				n, err := s.rec.reach(t.Context(), 2)
				if err != nil {
					t.Error(err)
				}
				reached <- n
			}()
		}
		for want := range 2 {
			synctest.Wait()
			if len(reached) > 0 {
				t.Errorf("it is the turn after %d requests", want)
			}
			go func() { _, _, _ = send(t, &http.Client{Transport: s.Transport()}, "GET", "http://x/", "") }()
		}
		synctest.Wait() // the replies are far off
		if len(reached) != 2 || <-reached != 2 || <-reached != 2 {
			t.Error("the second request is not told")
		}
		time.Sleep(2 * time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if n, err := s.rec.reach(ctx, 3); n != 0 || err == nil {
			t.Errorf("%d, %v, want an error", n, err)
		}
		if n, err := s.rec.reach(ctx, 1); n != 2 || err != nil {
			t.Errorf("%d, %v, of a request long past", n, err)
		}
	})
}
