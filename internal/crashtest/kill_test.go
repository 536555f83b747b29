package crashtest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
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
func undisturbed(t *testing.T, base *world) []string {
	t.Helper()
	return undisturbedBy(t, base, (*world).editMore)
}

// undisturbedBy is undisturbed where people do something else in the end.
func undisturbedBy(t *testing.T, base *world, edit func(*world)) []string {
	t.Helper()
	w := base.clone(t)
	w.settle(t)
	edit(w)
	w.settle(t)
	return w.records()
}

// TestKilledEverywhere kills a process at every boundary of a run, one after
// the other.
func TestKilledEverywhere(t *testing.T) {
	t.Parallel()
	for i, phase := range phases {
		t.Run(phase.name, func(t *testing.T) {
			if testing.Short() && i == 0 {
				t.Skip("short")
			}
			t.Parallel()
			base := phase.prepare(t)
			want := undisturbed(t, base)
			all := base.clone(t).live(t, orders{}, 0)
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
					if e := w.live(t, orders{Die: what, At: n}, 0); !e.killed {
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

// TestKilledAtRandom kills a process that does several things at once, with its
// state on a disk, at random moments, several times in a row.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	base := newWorld(t)
	base.serial = false
	base.fill()
	for i := range 30 {
		base.stock.put(fmt.Sprintf("M-%03d", i), "Mauste", "2", "")
	}
	want := undisturbed(t, base)
	kills, loads, commits := 0, 0, 0
	for ; kills < crashes(); loads++ {
		if loads > 10*crashes() {
			t.Fatalf("only %d kills in %d loads", kills, loads)
		}
		w := base.cloneTo(t, t.TempDir())
		for range 3 {
			if e := w.live(t, orders{}, time.Duration(1+rng.Int64N(int64(40*time.Millisecond)))<<rng.IntN(4)); !e.killed {
				break
			}
			kills++
			check(t, w.open(t).Close())
		}
		w.editMore()
		commits += len(w.ledger.done)
		w.goOn(t, want)
		if t.Failed() {
			t.Fatalf("load %d of seed %d", loads, seed)
		}
	}
	t.Logf("seed %d: %d kills in %d loads, with %d commits until the last of each", seed, kills, loads, commits)
}
