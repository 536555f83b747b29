package model

import (
	"flag"
	"testing"
	"time"
)

var (
	depth   = flag.Int("depth", 0, "how deep the histories go that are played; 0: those of every change")
	records = flag.Int("records", 1, "with -depth: the most a side, 1 or 2")
	calm    = flag.Bool("calm", false, "with -depth: without faults")
	only    = flag.Int("policy", 0, "the one policy to play, counted from 1; 0: all")
	most    = flag.Int("show", 3, "disagreements that are shown of each policy")
)

// plays are the sizes that are played.
func plays(short bool) []Size {
	switch {
	case *depth > 0:
		return []Size{{Records: *records, Steps: (*depth + 1) / 2, Calm: *calm}}
	case short:
		return []Size{{Records: 1, Steps: 2, Calm: true}, {Records: 2, Steps: 1}}
	}
	return []Size{{Records: 1, Steps: 3}, {Records: 2, Steps: 2}}
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
