package fakeserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// keeper is a handler that keeps what reaches it.
type keeper struct {
	mu   sync.Mutex
	seen []string
}

func (k *keeper) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = append(k.seen, fmt.Sprintf("%s %s %s by %v, %v %v", r.Method, r.URL.Path, b, LateBy(r.Context()), err, r.Context().Err()))
}

func (k *keeper) list() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.seen, "\n")
}

func TestLate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		step    Step
		faults  Faults
		status  int
		outcome string
	}{
		{"cut", Step{Late: time.Minute}, Faults{}, 0, OutcomeDropped},
		{"cut in so many words", Step{Late: time.Minute, Drop: true, Handle: true}, Faults{}, 0, OutcomeDropped},
		{"gateway", Step{Late: time.Minute, Status: 504, Body: "upstream"}, Faults{}, 504, OutcomeScripted},
		{"random cut", Step{}, Faults{Late: 1, LateBy: time.Minute}, 0, OutcomeDropped},
		{"random gateway", Step{}, Faults{TimeoutLate: 1, LateBy: time.Minute}, 504, "504"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testLate(t, tt.step, tt.faults, tt.status, tt.outcome) })
		})
	}
}

func testLate(t *testing.T, step Step, f Faults, wantStatus int, outcome string) {
	k := &keeper{}
	s := New("acme", k)
	s.SetFaults(f, 1)
	if step.Late > 0 {
		s.Script(step)
	}
	status, _, err := send(t, &http.Client{Transport: s.Transport()}, "POST", "http://x/a", "hi")
	if status != wantStatus || (wantStatus == 0) != errors.Is(err, io.EOF) {
		t.Fatalf("answered %d, %v", status, err)
	}
	check := func(handled bool, want string) {
		t.Helper()
		synctest.Wait()
		if got := k.list(); got != want {
			t.Errorf("the handler saw %q, want %q", got, want)
		}
		log := s.Requests()
		if len(log) != 1 || log[0].Handled != handled || log[0].Late != time.Minute || log[0].Outcome != outcome ||
			log[0].Status != wantStatus || log[0].Body != "hi" || log[0].Duration != 0 {
			t.Errorf("logged %+v", log)
		}
		if _, writes := s.Counts(); (writes == 1) != handled {
			t.Errorf("%d writes counted", writes)
		}
	}
	check(false, "")
	time.Sleep(time.Minute - 1)
	check(false, "")
	time.Sleep(time.Nanosecond)
	check(true, "POST /a hi by 1m0s, <nil> <nil>")
	time.Sleep(time.Hour)
	check(true, "POST /a hi by 1m0s, <nil> <nil>")
}

// TestLateOverASocket has nothing to wait for but the handler: how soon it
// runs is up to the machine.
func TestLateOverASocket(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	s := New("acme", k)
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	base := s.Start(t)
	s.Script(
		Step{Late: time.Hour, Status: http.StatusGatewayTimeout},
		Step{Late: 30 * time.Millisecond},
		Step{Late: 10 * time.Millisecond, Status: http.StatusInternalServerError},
	)
	for i, want := range []int{504, 0, 500} {
		body := strings.Repeat("x", maxBody) + fmt.Sprint(i) // more than the log keeps
		status, _, err := send(t, c, "POST", base+"/a", body)
		if status != want || (want == 0) != (err != nil) {
			t.Fatalf("request %d: %d, %v", i, status, err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, writes := s.Counts(); writes == 2 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%d of 2 were carried out", writes)
		}
	}
	for i, r := range s.Requests() {
		if r.Handled != (i > 0) {
			t.Errorf("request %d: handled %v", i, r.Handled)
		}
	}
	if got := k.list(); strings.Count(got, "x1 by 30ms, <nil> <nil>") != 1 || strings.Count(got, "x2 by 10ms, <nil> <nil>") != 1 {
		t.Error("not carried out whole, or not once")
	}
}

func TestLateReadIsOnlyCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		s := New("acme", k)
		s.SetFaults(Faults{Late: 1, LateBy: time.Second}, 1)
		if _, _, err := send(t, &http.Client{Transport: s.Transport()}, "GET", "http://x/", ""); !errors.Is(err, io.EOF) {
			t.Errorf("error = %v", err)
		}
		time.Sleep(time.Minute)
		if log := s.Requests(); k.list() != "" || log[0].Late != 0 || log[0].Handled {
			t.Errorf("log %+v, seen %q", log, k.list())
		}
	})
}

// TestLateWithoutItsClient has a client that leaves before it is answered, and
// a log that was emptied meanwhile.
func TestLateWithoutItsClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		s := New("acme", k)
		s.Script(Step{Late: time.Minute, Delay: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "POST", "http://x/a", strings.NewReader("hi"))
		if _, err := s.Transport().RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		if log := s.Requests(); len(log) != 1 || log[0].Outcome != OutcomeCanceled {
			t.Errorf("log %+v", log)
		}
		s.ResetLog()
		time.Sleep(time.Minute)
		synctest.Wait()
		if _, writes := s.Counts(); writes != 1 || k.list() != "POST /a hi by 1m0s, <nil> <nil>" || len(s.Requests()) != 0 {
			t.Errorf("%d writes, seen %q", writes, k.list())
		}
	})
}

// TestLateNeedsAWholeRequest has bodies that do not arrive: they are not
// accepted.
func TestLateNeedsAWholeRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		s := New("acme", k)
		s.Script(Step{Late: time.Second, Status: 504, Times: 2})
		for _, body := range []io.Reader{
			io.MultiReader(strings.NewReader("hal"), broken{}),
			io.LimitReader(endless{}, maxLateBody+1),
		} {
			req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://x/", body)
			if _, err := s.Transport().RoundTrip(req); !errors.Is(err, io.EOF) {
				t.Errorf("error = %v", err)
			}
		}
		time.Sleep(time.Minute)
		if got := k.list(); got != "" {
			t.Errorf("carried out: %.80q", got)
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the client is gone") }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestLateHandlerBreaksTheConnection has nobody at the other end.
func TestLateHandlerBreaksTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New("acme", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		s.Script(Step{Late: time.Second})
		_, _, _ = send(t, &http.Client{Transport: s.Transport()}, "POST", "http://x/", "")
		time.Sleep(time.Minute)
		if log := s.Requests(); len(log) != 1 || !log[0].Handled {
			t.Errorf("log %+v", log)
		}
	})
}

// TestLateKeepsOtherDraws: the new shares come after the old ones, so that a
// seed that was noted down still shows what it showed.
func TestLateKeepsOtherDraws(t *testing.T) {
	t.Parallel()
	old := Faults{LostBefore: .1, Lost: .1, TooMany: .1, ServerError: .1, ServerErrorAfter: .1}
	more := old
	more.Late, more.TimeoutLate = .2, .1
	var a, b dice
	a.set(old, 11)
	b.set(more, 11)
	late := map[fault]int{}
	for range 2000 {
		before, _ := a.draw()
		after, _ := b.draw()
		if before != after && (before != none || after != lateCut && after != lateTimeout) {
			t.Fatalf("%d became %d", before, after)
		}
		late[after]++
	}
	if n, m := late[lateCut], late[lateTimeout]; n < 300 || n > 500 || m < 130 || m > 270 {
		t.Errorf("of 2000 %d are late and %d late with a 504", n, m)
	}
}
