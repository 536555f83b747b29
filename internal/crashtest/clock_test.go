package crashtest

import (
	"testing"
	"time"
)

// jumps are what a clock may do: set back by somebody, or set far ahead, beyond
// all that is remembered for a while only.
var jumps = []struct {
	name string
	by   time.Duration
}{
	{"back by a day", -24 * time.Hour},
	{"ahead by 40 days", 40 * 24 * time.Hour},
}

// The engine's clock jumps; the systems' own go on as ever. What was deleted
// stays so, nothing is made twice, nobody's edit is lost, and nobody waits
// longer than writes may take.

// TestClockJumpsBetweenRuns sets the clock, and then back again. Somebody edits
// a field that the engine has written meanwhile.
func TestClockJumpsBetweenRuns(t *testing.T) {
	t.Parallel()
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			t.Parallel()
			base := ordinaryDay(t)
			edit := func(w *world) {
				w.editMore()
				w.stock.put("A-07", "", "", "hylly 9")
			}
			want := undisturbedBy(t, base, edit)
			w := base.clone(t)
			w.clock.pass(jump.by)
			w.settle(t)
			w.clock.pass(-jump.by)
			w.pass(time.Minute)
			edit(w)
			w.goOn(t, want)
			w.patient(t)
		})
	}
}

// TestClockJumpsInRun sets the clock before each commit of a run.
func TestClockJumpsInRun(t *testing.T) {
	t.Parallel()
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			t.Parallel()
			base := ordinaryDay(t)
			want := undisturbed(t, base)
			commits := base.clone(t).live(t, orders{}, 0).counts[beforeCommit]
			for n := 1; n <= commits; n++ {
				w := base.clone(t)
				if e := w.live(t, orders{JumpAt: n, Jump: jump.by}, 0); e.text != "" {
					t.Errorf("the run ended with %s", e.text)
				}
				if n%2 == 0 { // the clock stays where it is
					w.clock.pass(jump.by)
				}
				w.editMore()
				w.goOn(t, want)
				w.patient(t)
				if t.Failed() {
					t.Fatalf("the clock jumps before the %d. of %d commits", n, commits)
				}
			}
			t.Logf("the clock jumped before each of %d commits", commits)
		})
	}
}

// TestClockJumpsOverCrash kills a process around each write call, and the next
// one has another time.
func TestClockJumpsOverCrash(t *testing.T) {
	t.Parallel()
	for _, jump := range jumps {
		t.Run(jump.name, func(t *testing.T) {
			t.Parallel()
			base := ordinaryDay(t)
			want := undisturbed(t, base)
			all := base.clone(t).live(t, orders{}, 0)
			n := 0
			whats := []boundary{beforeSend, afterSend}
			if jump.by < 0 { // what comes late, by a clock that was set ahead, comes later than its system says
				whats = append(whats, lateSend)
			}
			for _, what := range whats {
				for at := 1; at <= all.counts[what]; at++ {
					w := base.clone(t)
					if e := w.live(t, orders{Die: what, At: at}, 0); !e.killed {
						t.Fatalf("the process was not killed: %+v", e)
					}
					w.clock.pass(jump.by)
					w.editMore()
					w.goOn(t, want)
					w.patient(t)
					if n++; t.Failed() {
						t.Fatalf("killed %s, the %d. of %d", what, at, all.counts[what])
					}
				}
			}
			t.Logf("killed at %d moments", n)
		})
	}
}

// patient looks at how long the engine has waited.
func (w *world) patient(t *testing.T) {
	t.Helper()
	if w.clock.slept > time.Minute {
		t.Errorf("the engine has waited %v for writes that take %v at most", w.clock.slept, requestLife)
	}
}
