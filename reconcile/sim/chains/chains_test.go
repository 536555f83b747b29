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
	shapes                                          [chains.NumShapes][2]int // by whether each pair has an engine of its own
	styles                                          [chains.NumStyles]int
	faults                                          [chains.NumFaults]int
	agreed, excused, probed, removed, events, lossy int
	rings, round, restless                          int
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
	}{{r.Lossy, &s.lossy}, {r.Shape.Ring(), &s.rings}, {r.Round, &s.round}, {r.Restless, &s.restless}} {
		if x.met {
			*x.n++
		}
	}
}

// check wants enough of everything: per 500 histories at least what stands
// here, which is about half of what there was as it was written down.
func (s *tally) check(t *testing.T, n int) {
	atLeast := func(name string, got, least int) {
		t.Logf("%-22s %d", name, got)
		if want := least * n / 500; got < want {
			t.Errorf("%s: %d, but there should be at least %d", name, got, want)
		}
	}
	for i, by := range s.shapes {
		atLeast(chains.Shape(i).String(), by[0], 10)
		atLeast(chains.Shape(i).String()+", apart", by[1], 10)
	}
	for i, k := range s.styles {
		atLeast(chains.Style(i).String(), k, 200)
	}
	for i, k := range s.faults {
		atLeast(chains.Fault(i).String(), k, faults[i])
	}
	atLeast("linked and in step", s.agreed, 3000)
	atLeast("edits followed through", s.probed, 150)
	atLeast("deletions followed", s.removed, 15)
	atLeast("some system is lossy", s.lossy, 150)
	atLeast("events", s.events, 500*60)
	t.Logf("%d things were excused, of %d rings %d went round and %d never came to rest", s.excused, s.rings, s.round, s.restless)
	if s.excused*8 > s.agreed {
		t.Errorf("%d things were excused and only %d judged", s.excused, s.agreed)
	}
}

// faults is how many of each 500 histories must meet.
var faults = [chains.NumFaults]int{
	chains.LostBefore: 100, chains.LostAfter: 100, chains.LateCommit: 50, chains.StaleView: 1000,
	chains.KillBeforeCommit: 100, chains.KillAfterCommit: 100, chains.KillBeforeSend: 50, chains.KillAfterSend: 50,
	chains.Throttled: 100, chains.Unreachable: 100, chains.Occupied: 10, chains.Together: 100,
	chains.Twin: 500, chains.EditSame: 200, chains.EditApart: 100, chains.EditEqual: 100, chains.EditSoon: 300,
	chains.DeletedRecord: 300, chains.DeletedEdited: 80, chains.HiddenRecord: 300, chains.ShownRecord: 100, chains.Answered: 500,
}
