package sim_test

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/reconcile/sim"
)

var (
	seeds = flag.Int("seeds", 5000, "how many histories TestSim plays")
	first = flag.Uint64("seed", 1, "the first of them")
	depth = flag.Int("depth", 3, "how deep TestModel goes")
	trace = flag.Bool("trace", false, "print the traces of disagreements")
	only  = flag.String("only", "", "report of TestModel only what has these steps")
)

// TestSim plays histories and wants every promise kept in each of them, and
// all together to have met enough of what can happen.
func TestSim(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		*seeds = min(*seeds, 500)
	}
	results := play(t, *first, *seeds)
	if *seeds < 1000 {
		return
	}
	events := make([]int, 0, len(results))
	var sum sim.Result
	for _, r := range results {
		events = append(events, r.Events)
		sum.Linked += r.Linked
		sum.Settled += r.Settled
		sum.Released += r.Released
		for i, n := range r.Faults {
			sum.Faults[i] += n
		}
		for i, n := range r.Rows {
			sum.Rows[i] += n
		}
		for i, n := range r.Answers {
			sum.Answers[i] += n
		}
	}
	for i, n := range sum.Faults {
		t.Logf("%-20s %d", sim.Fault(i), n)
		if n < 200 {
			t.Errorf("fault %q came about only %d times", sim.Fault(i), n)
		}
	}
	for i, n := range sum.Rows {
		t.Logf("%-20s %d", sim.Row(i), n)
		if n < 100 {
			t.Errorf("row %q of the decision table was met only %d times", sim.Row(i), n)
		}
	}
	for i, n := range sum.Answers {
		t.Logf("answer %-13s %d", reconcile.Verb(i), n)
		if n < 75 {
			t.Errorf("answer %q was given only %d times", reconcile.Verb(i), n)
		}
	}
	if t.Logf("released %d", sum.Released); sum.Released < 200 {
		t.Errorf("only %d products waited for a group and were released", sum.Released)
	}
	slices.Sort(events)
	t.Logf("events: median %d; linked %d, settled %d", events[len(events)/2], sum.Linked, sum.Settled)
	if m := events[len(events)/2]; m < 40 {
		t.Errorf("half of the histories have less than %d events", m)
	}
	if sum.Settled*10 < sum.Linked*6 {
		t.Errorf("only %d of %d pairs wait for nobody: the histories prove little", sum.Settled, sum.Linked)
	}
}

// play plays the histories of seeds on two goroutines, every eighth one twice.
func play(t *testing.T, first uint64, n int) []sim.Result {
	results := make([]sim.Result, n)
	var wg sync.WaitGroup
	for g := range 2 {
		wg.Go(func() {
			for i := g; i < n; i += 2 {
				results[i] = one(t, first+uint64(i))
			}
		})
	}
	wg.Wait()
	return results
}

func one(t *testing.T, seed uint64) sim.Result {
	r := sim.Run(seed)
	replay := fmt.Sprintf("go test ./reconcile/sim -run Sim -seed %d -seeds 1 -v", seed)
	if r.Violation != "" {
		t.Errorf("%s\n\t%s", r.Violation, replay)
	}
	if *seeds == 1 {
		t.Logf("%s", r.Trace)
	}
	if seed%8 == 0 && !bytes.Equal(r.Trace, sim.Run(seed).Trace) {
		t.Errorf("I18: played again it is another history\n\t%s", replay)
	}
	r.Trace = nil
	return r
}
