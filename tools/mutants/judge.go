package main

import (
	"context"
	"fmt"
	"time"
)

// What became of a mutant.
const (
	killed   = "killed"   // a test failed
	survived = "survived" // none did
	invalid  = "invalid"  // it does not compile
	stale    = "stale"    // it does not fit the tree
	unbound  = "unbound"  // the test that it is bound to does not fail
)

// verdict is what became of a mutant, as the journal keeps it.
type verdict struct {
	Tree    string  // of the tree it was judged in
	Key     string  // of the mutant
	Name    string  // for people
	What    string  // one of the words above
	Stage   string  // that killed it, or the last one that it survived
	Failure string  `json:",omitempty"` // what failed, or what is wrong with the mutant
	Seconds float64 // that it took
	Deep    bool    `json:",omitempty"` // it survived the deep stages too
}

// judge says what becomes of a mutant. Shared is the workshop that has it under
// its number.
func judge(ctx context.Context, shared *workshop, j *judgement, deep bool) (v verdict, err error) {
	start := time.Now()
	defer func() { v.Seconds = time.Since(start).Seconds() }()
	m, w := &j.mutant, shared
	v = verdict{Name: m.name, Key: j.Key, What: survived, Deep: deep}
	if j.number == 0 {
		if w, err = newWorkshop(shared.tree, j.faulty); err != nil {
			return v, err
		}
		defer w.close()
		wrong, err := w.compile(ctx, m.folder())
		if err != nil {
			return v, err
		}
		if wrong != "" {
			v.What, v.Failure = invalid, secondLine(wrong)
			return v, nil
		}
	}
	for _, s := range stagesOf(m) {
		if s.deep && !deep {
			continue
		}
		v.Stage = s.name
		if v.Failure, err = w.stage(ctx, j.number, s); err != nil {
			return v, err
		}
		switch {
		case s.name == bound && v.Failure == "":
			v.What, v.Failure = unbound, m.test+" passes"
			return v, nil
		case s.name == bound: // the others may show what else would notice it
			continue
		case v.Failure != "":
			v.What = killed
			return v, nil
		}
	}
	if m.test != "" {
		v.What, v.Stage = killed, bound
	}
	return v, nil
}

// stage runs the tests of a stage until one fails.
func (w *workshop) stage(ctx context.Context, number int, s stage) (failure string, err error) {
	for _, r := range s.runs {
		if failure, err = w.test(ctx, number, r); failure != "" || err != nil {
			return failure, err
		}
	}
	return "", nil
}

// checkTree makes sure that the tests pass as long as no mutant is in use: else
// they would seem to notice everything.
func checkTree(ctx context.Context, w *workshop, mutants []*judgement, deep bool) error {
	done := map[string]bool{}
	for _, j := range mutants {
		for _, s := range stagesOf(&j.mutant) {
			id := fmt.Sprintf("%s %v", s.name, s.runs)
			if s.deep && !deep || done[id] {
				continue
			}
			done[id] = true
			failure, err := w.stage(ctx, 0, s)
			if err != nil {
				return err
			}
			if failure != "" {
				return fmt.Errorf("the tests of the tree fail as it is, in stage %q: %s", s.name, failure)
			}
		}
	}
	return nil
}
