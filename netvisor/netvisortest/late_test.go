package netvisortest

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLate has an addition wait for longer than a timestamp is good: it was
// signed in time when it was accepted. One that was stale then stays refused.
func TestLate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		age  time.Duration // of the timestamp when the request comes
		want int
	}{{"in time", 0, 1}, {"stale", 6 * time.Minute, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, &Options{Now: time.Now})
				c := inProcess(t, s)
				c.now = time.Now().Add(-tt.age)
				s.Script(Step{Late: 20 * time.Minute, Status: 504})
				if status, _ := c.do("POST", "/product.nv?method=add", minimal("A", "a")); status != 504 {
					t.Errorf("answered %d", status)
				}
				time.Sleep(20*time.Minute - 1)
				if got := s.Products(); len(got) != 0 {
					t.Errorf("added at once: %+v", got)
				}
				time.Sleep(time.Second)
				if got := s.Products(); len(got) != tt.want {
					t.Errorf("%+v, want %d", got, tt.want)
				}
			})
		})
	}
}

// TestLateAfterItsRepetition has a code taken meanwhile: the late addition is
// refused like any other, and nobody hears of it.
func TestLateAfterItsRepetition(t *testing.T) {
	t.Parallel()
	for _, duplicates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, &Options{Now: time.Now, DuplicateCodes: duplicates})
			c := inProcess(t, s)
			c.now = time.Now()
			s.Script(Step{Late: time.Minute})
			_, _, _ = c.try("POST", "/product.nv?method=add", minimal("A", "first"))
			c.post("/product.nv?method=add", minimal("A", "second"))
			time.Sleep(time.Hour)
			got := s.Products()
			if want := map[bool]int{false: 1, true: 2}[duplicates]; len(got) != want || got[0].Name != "second" {
				t.Errorf("duplicates %v: %+v", duplicates, got)
			}
		})
	}
}
