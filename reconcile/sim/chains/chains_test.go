package chains_test

import (
	"bytes"
	"flag"
	"fmt"
	"sync"
	"testing"

	"github.com/instep-go/instep/reconcile/sim/chains"
)

var (
	seeds = flag.Int("seeds", 500, "how many histories TestChains plays")
	first = flag.Uint64("seed", 1, "the first of them")
)

// TestChains plays histories and wants every promise kept in each of them, and
// all together to have met enough of what can happen.
func TestChains(t *testing.T) {
	t.Parallel()
	n := *seeds
	if testing.Short() {
		n = min(n, 100)
	}
	results := play(t, *first, n)
	if n < 500 {
		return
	}
	var sum tally
	for _, r := range results {
		sum.add(&r)
	}
	sum.check(t, n)
}

// play plays the histories of seeds on two goroutines.
func play(t *testing.T, first uint64, n int) []chains.Result {
	results := make([]chains.Result, n)
	var wg sync.WaitGroup
	for g := range 2 {
		wg.Go(func() {
			for i := g; i < n; i += 2 {
				results[i] = one(t, first+uint64(i), n == 1)
			}
		})
	}
	wg.Wait()
	return results
}

// one plays one history, every sixteenth one twice with its trace.
func one(t *testing.T, seed uint64, show bool) chains.Result {
	replay := fmt.Sprintf("go test ./reconcile/sim/chains -run Chains -seed %d -seeds 1 -v", seed)
	if !show && seed%16 > 0 {
		r := chains.Run(seed, nil)
		if r.Violation != "" {
			t.Errorf("%s, %s\n\t%s", r.Shape, r.Violation, replay)
		}
		return r
	}
	var a, b bytes.Buffer
	r := chains.Run(seed, &a)
	if again := chains.Run(seed, &b); again != r || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("I18: played again it is another history\n\t%s", replay)
	}
	if show {
		t.Logf("%s", a.Bytes())
	}
	if r.Violation != "" {
		t.Errorf("%s, %s\n\t%s", r.Shape, r.Violation, replay)
	}
	return r
}

// tally is what some histories have met together.
type tally struct {
	shapes                                                      [chains.NumShapes][2]int // by whether each pair has an engine of its own
	styles                                                      [chains.NumStyles]int
	faults                                                      [chains.NumFaults]int
	agreed, excused, probed, removed, events, lossy, violations int
	rings, round, restless, stuck                               int
}

func (s *tally) add(r *chains.Result) {
	apart := 0
	if r.Apart {
		apart = 1
	}
	s.shapes[r.Shape][apart]++
	for i, n := range r.Styles {
		s.styles[i] += n
	}
	for i, n := range r.Faults {
		s.faults[i] += n
	}
	s.agreed, s.excused, s.probed, s.removed = s.agreed+r.Agreed, s.excused+r.Excused, s.probed+r.Probed, s.removed+r.Removed
	s.events += r.Events
	for _, x := range []struct {
		met bool
		n   *int
	}{{r.Lossy, &s.lossy}, {r.Shape.Ring(), &s.rings}, {r.Round, &s.round}, {r.Restless, &s.restless}, {r.Stuck, &s.stuck}} {
		if x.met {
			*x.n++
		}
	}
	if r.Violation != "" {
		s.violations++
	}
}

func (s *tally) check(t *testing.T, n int) {
	for i, by := range s.shapes {
		t.Logf("%-20s %d, %d of them with an engine for each pair", chains.Shape(i), by[0]+by[1], by[1])
	}
	for i, k := range s.styles {
		t.Logf("%-20s %d", chains.Style(i), k)
	}
	for i, k := range s.faults {
		t.Logf("%-20s %d", chains.Fault(i), k)
	}
	t.Logf("agreed %d excused %d probed %d removed %d lossy %d violations %d events a history %d rings %d round %d restless %d stuck %d",
		s.agreed, s.excused, s.probed, s.removed, s.lossy, s.violations, s.events/n, s.rings, s.round, s.restless, s.stuck)
}
