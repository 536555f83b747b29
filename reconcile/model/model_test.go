package model

import (
	"flag"
	"testing"
	"time"
)

var (
	depth = flag.Int("depth", 0, "steps of the histories played, with faults and one record a side; 0: three, as all agrees")
	only  = flag.Int("policy", 0, "the one policy to play, counted from 1; 0: all")
	most  = flag.Int("show", 3, "disagreements that are shown of each policy")
	alone = flag.Bool("alone", false, "with -depth: one record a side only")
)

// plays are the sizes that are played.
func plays(short bool) []Size {
	switch {
	case *depth > 0 && *alone:
		return []Size{{Records: 1, Depth: *depth}}
	case *depth > 0:
		return []Size{
			{Records: 1, Depth: *depth},
			{Records: 2, Depth: *depth - 1, Calm: true},
			{Records: 2, Depth: *depth - 2},
		}
	case short:
		return []Size{{Records: 1, Depth: 2, Calm: true}, {Records: 2, Depth: 1}}
	}
	return []Size{{Records: 1, Depth: 3}, {Records: 2, Depth: 2, Calm: true}, {Records: 2, Depth: 1}}
}

// TestModel plays every history and fails where the engine and the reference
// disagree.
func TestModel(t *testing.T) {
	t.Parallel()
	for _, z := range plays(testing.Short()) {
		z.Workers = 2
		began := time.Now()
		total := Found{Bent: map[string]int{}}
		for i, p := range Policies() {
			if *only > 0 && i != *only-1 {
				continue
			}
			f, err := Explore(t.Context(), p, z)
			if err != nil {
				t.Fatal(err)
			}
			total.add(f)
			for i, d := range f.Disagreements {
				if i == *most {
					t.Errorf("and %d more", len(f.Disagreements)-i)
					break
				}
				t.Errorf("%v%s", p, d)
			}
		}
		t.Logf("%v: %d states, %d runs, complete to depth %d in %v; bent: %v",
			z, total.States, total.Runs, total.Depth, time.Since(began).Round(time.Millisecond), total.Bent)
	}
}

func (f *Found) add(g Found) {
	f.States += g.States
	f.Runs += g.Runs
	f.Depth = g.Depth
	for b, n := range g.Bent {
		f.Bent[b] += n
	}
}
