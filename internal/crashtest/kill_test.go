package crashtest

import (
	"os"
	"strconv"
	"testing"
)

// crashes is how many times a process is killed at random.
func crashes() int {
	if n, err := strconv.Atoi(os.Getenv("INSTEP_CRASHES")); err == nil {
		return n
	}
	if testing.Short() {
		return 4
	}
	return 20
}

// longer reports whether there is time to try everything.
func longer() bool { return os.Getenv("INSTEP_CRASHES") != "" }

// phases are the runs in which processes are killed.
var phases = []struct {
	name    string
	prepare func(t *testing.T) *world
}{
	{"first load", firstLoad},
	{"ordinary day", ordinaryDay},
}

func firstLoad(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.fill()
	return w
}

func ordinaryDay(t *testing.T) *world {
	t.Helper()
	w := firstLoad(t)
	w.settle(t)
	w.edit()
	return w
}

// settle runs the engine until everything is in step.
func (w *world) settle(t *testing.T) {
	t.Helper()
	s := w.open(t)
	for range 2 {
		check(t, w.run(t, s))
		w.pass(0)
	}
	check(t, s.Close())
}

// undisturbed returns what is in the systems when nobody dies.
func undisturbed(t *testing.T, w *world) []string {
	t.Helper()
	w = w.clone(t)
	w.settle(t)
	w.editMore()
	w.settle(t)
	return w.records()
}

// TestKilledEverywhere kills a process at every boundary of a run, one after
// the other.
func TestKilledEverywhere(t *testing.T) {
	t.Parallel()
	for _, phase := range phases {
		t.Run(phase.name, func(t *testing.T) {
			t.Parallel()
			base := phase.prepare(t)
			want := undisturbed(t, base)
			all := base.clone(t).live(t, orders{})
			if all.killed || all.counts[beforeCommit] < 9 || all.counts[beforeSend] < 4 {
				t.Fatalf("the run says nothing: %+v", all)
			}
			for _, what := range []boundary{beforeCommit, afterCommit, beforeSend, lateSend, afterSend, atLast, atRow} {
				hit, step := 0, 1
				if what == atRow && !longer() { // nothing of a commit is on disk before it is made to last
					step = 8
				}
				for n := 1; n <= all.counts[what]; n += step {
					w := base.clone(t)
					if e := w.live(t, orders{Die: what, At: n}); !e.killed {
						t.Fatalf("the process was not killed %s: %+v", what, e)
					}
					hit++
					w.editMore()
					w.goOn(t, want)
					if t.Failed() {
						t.Fatalf("killed %s, the %d. of %d", what, n, all.counts[what])
					}
				}
				t.Logf("killed %s: %d of %d moments were hit", what, hit, all.counts[what])
			}
		})
	}
}
