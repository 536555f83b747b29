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

// wholeProof is how many histories are played before a change is taken in.
const wholeProof = 20_000

var (
	seeds   = flag.Int("seeds", 2000, "how many histories TestSim plays")
	first   = flag.Uint64("seed", 0, "the first of them; 0: those that tell much, and then 1, 2, 3")
	edition = flag.Uint("edition", uint(sim.Newest), "in which edition TestSim plays them")
	depth   = flag.Int("depth", 2, "how deep TestModel goes")
	trace   = flag.Bool("trace", false, "print the traces of disagreements")
	only    = flag.String("only", "", "report of TestModel only what has these steps")
)

// TestSim plays histories and wants every promise kept in each of them, and
// all together to have met enough of what can happen.
func TestSim(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		*seeds = min(*seeds, 200)
	}
	results := play(t, histories(playIn(), *first, *seeds))
	if *seeds < 1000 {
		return
	}
	events := make([]int, 0, len(results))
	var sum sim.Result
	for _, r := range results {
		events = append(events, r.Events)
		sum.Add(&r)
	}
	slices.Sort(events)
	median := events[len(events)/2]
	t.Logf("events: median %d; linked %d, settled %d", median, sum.Linked, sum.Settled)
	if median < 60 {
		t.Errorf("half of the histories have less than %d events", median)
	}
	if sum.Settled*10 < sum.Linked*6 {
		t.Errorf("only %d of %d pairs wait for nobody: the histories prove little", sum.Settled, sum.Linked)
	}
	enough(t, &sum)
}

// enough wants everything that can happen to have happened often: in the
// histories that are played before a change is taken in, each fault 500 times.
// The features from ExpiredCursor on are faults too.
func enough(t *testing.T, sum *sim.Result) {
	want := func(what fmt.Stringer, n, least int) {
		t.Logf("%-26s %d", what, n)
		if n < least**seeds/wholeProof {
			t.Errorf("%s: only %d times", what, n)
		}
	}
	for i, n := range sum.Faults {
		want(sim.Fault(i), n, 500)
	}
	for i, n := range sum.Rows {
		want(sim.Row(i), n, 200)
	}
	for i, n := range sum.Answers {
		want(reconcile.Verb(i), n, 200)
	}
	for i, n := range sum.Features {
		least := 60
		if f := sim.Feature(i); f >= sim.ExpiredCursor && f <= sim.StateAway {
			least = 500
		}
		want(sim.Feature(i), n, least)
	}
	if t.Logf("released %d", sum.Released); sum.Released < 800**seeds/wholeProof {
		t.Errorf("only %d products waited for a group and were released", sum.Released)
	}
}

func playIn() sim.Edition { return sim.Edition(*edition) }

// play plays histories on two goroutines, some of them twice, and makes the first
// that fail short.
func play(t *testing.T, list []history) []sim.Result {
	results := make([]sim.Result, len(list))
	var wg sync.WaitGroup
	for g := range 2 {
		wg.Go(func() {
			for i := g; i < len(list); i += 2 {
				results[i] = one(t, list[i], i < 500 && i%10 == 0)
			}
		})
	}
	wg.Wait()
	shown := 0
	for i, r := range results {
		if r.Violation != "" && shown < 3 {
			shown++
			short := sim.Shrink(r.Seed, list[i].edition)
			t.Logf("seed %d in %d events: %s\n%s", r.Seed, short.Events, short.Violation, short.Story())
			if *trace {
				t.Logf("%s", short.Trace)
			}
		}
	}
	return results
}

func one(t *testing.T, h history, alsoOnDisk bool) sim.Result {
	seed, e := h.seed, h.edition
	replay := fmt.Sprintf("go test ./reconcile/sim -run 'Sim$' -edition %d -seed %d -seeds 1 -v", e, seed)
	r := sim.Try(seed, e)
	if r.Violation != "" {
		t.Errorf("%s\n\t%s", r.Violation, replay)
	}
	if *seeds == 1 {
		t.Logf("%s", sim.Run(seed, e).Trace)
	}
	if alsoOnDisk {
		onDisk(t, h, replay)
	}
	if seed%64 == 0 && !bytes.Equal(sim.Run(seed, e).Trace, sim.Run(seed, e).Trace) {
		t.Errorf("I18: played again it is another history\n\t%s", replay)
	}
	return r
}
