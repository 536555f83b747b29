package main

import (
	"strconv"
	"strings"
	"time"
)

// stage is a set of tests. The stages of a mutant are run one after the other
// until one fails.
type stage struct {
	name string
	runs []testRun
	deep bool // it is run with -deep only
}

// testRun is one run of the tests of a package.
type testRun struct {
	pkg  string // its path in the tree
	args []string
	cpu  time.Duration // that it may take, many times of what it needs
}

// seeds is how many histories the stage of that name plays, and manySeeds how
// many the deep one.
const (
	seeds     = 500
	manySeeds = 5000
	seedStage = "500 seeds"
)

// sim returns the run of the first n histories.
func sim(n int, cpu time.Duration) testRun {
	return testRun{"reconcile/sim", []string{"-test.run", "^TestSim$", "-seeds", strconv.Itoa(n)}, cpu}
}

func short(pkg string) testRun {
	return testRun{pkg, []string{"-test.short", "-test.failfast"}, 2 * time.Minute}
}

func full(pkg string) testRun { return testRun{pkg, []string{"-test.failfast"}, 5 * time.Minute} }

// The first few seeds find most: the others are played only if they do not.
var firstSeeds = stage{name: seedStage, runs: []testRun{sim(40, 30*time.Second), sim(seeds, 2*time.Minute)}}

var moreSeeds = stage{name: "all seeds", deep: true, runs: []testRun{
	sim(manySeeds, 15*time.Minute), {"reconcile/sim", []string{"-test.run", "^TestModel$"}, 15 * time.Minute},
}}

// stagesOf returns the stages for a mutant, the cheapest first.
func stagesOf(m *mutant) []stage {
	var list []stage
	if m.test != "" {
		list = append(list, boundTo(m))
	}
	switch {
	case m.touches("store/sqlite/"):
		list = append(list,
			stage{name: "tests", runs: []testRun{short("store/sqlite")}},
			stage{name: "long tests", deep: true, runs: []testRun{full("store/sqlite"), full("reconcile")}})
	case m.touches("store/memory/"):
		list = append(list, stage{name: "tests", runs: []testRun{short("store/memory")}}, firstSeeds,
			stage{name: "tests of the engine", runs: []testRun{short("reconcile")}}, moreSeeds)
	default:
		list = append(list, firstSeeds, stage{name: "tests", runs: []testRun{short("reconcile")}},
			stage{name: "long tests", deep: true, runs: []testRun{full("reconcile"), full("examples/internal/catalogue")}}, moreSeeds)
	}
	return list
}

// bound is the name of the stage of the test that a mutant is bound to.
const bound = "its test"

func boundTo(m *mutant) stage {
	name, sub, _ := strings.Cut(m.test, "/")
	pattern := "^" + name + "$"
	if sub != "" {
		pattern += "/^" + sub + "$"
	}
	return stage{name: bound, runs: []testRun{{m.folder(), []string{"-test.run", pattern}, time.Minute}}}
}

func (m *mutant) touches(prefix string) bool {
	for _, e := range m.edits {
		if strings.HasPrefix(e.file, prefix) {
			return true
		}
	}
	return false
}

// folder is that of the first file it changes.
func (m *mutant) folder() string {
	file := m.edits[0].file
	return file[:strings.LastIndexByte(file, '/')]
}
