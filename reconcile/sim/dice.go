package sim

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// phase is a part of a history that draws its chances by itself: a round, or
// something that a user does in it. What happens in one changes nothing of
// what is drawn in another, so that parts can be left out of a history.
type phase struct{ round, doing int }

// script says how a history differs from the one that its seed draws.
type script struct {
	edition Edition
	without map[phase]bool         // is left out
	calmed  map[phase]map[int]bool // throws that fall as calm as can be; -1: all
	open    func() State           // see RunIn
}

func (s script) clone() script {
	c := script{s.edition, maps.Clone(s.without), map[phase]map[int]bool{}, s.open}
	for p, throws := range s.calmed {
		c.calmed[p] = maps.Clone(throws)
	}
	return c
}

// dice are what a world draws its chances from. The highest number stands
// everywhere for the least that can happen.
type dice struct {
	seed   uint64
	script script
	in     phase
	rnd    *rand.Rand
	thrown map[phase]int // how many throws there were
}

func newDice(seed uint64, s script) *dice {
	d := &dice{seed: seed, script: s, thrown: map[phase]int{}}
	d.enter(phase{})
	return d
}

// enter begins a phase. What it returns goes back to the one before.
func (d *dice) enter(p phase) (leave func()) {
	was, rnd := d.in, d.rnd
	d.in, d.rnd = p, rand.New(rand.NewPCG(d.seed, uint64(p.round)<<32|uint64(p.doing)))
	if _, ok := d.thrown[p]; !ok {
		d.thrown[p] = 0
	}
	return func() { d.in, d.rnd = was, rnd }
}

// leftOut reports whether a phase is left out.
func (d *dice) leftOut(p phase) bool { return d.script.without[p] }

// phases returns the phases there were, in order.
func (d *dice) phases() []phase {
	return slices.SortedFunc(maps.Keys(d.thrown), func(a, b phase) int {
		if a.round != b.round {
			return a.round - b.round
		}
		return a.doing - b.doing
	})
}

// IntN returns a number from 0 to n-1.
func (d *dice) IntN(n int) int { return int(d.below(uint64(n))) }

// Int64N returns a number from 0 to n-1.
func (d *dice) Int64N(n int64) int64 { return int64(d.below(uint64(n))) }

func (d *dice) below(sides uint64) uint64 {
	n, k := d.rnd.Uint64N(sides), d.thrown[d.in]
	d.thrown[d.in]++
	if calm := d.script.calmed[d.in]; calm[k] || calm[-1] {
		return sides - 1
	}
	return n
}
