package sim

import (
	"bytes"
	"slices"
	"strings"
)

// tries is how many histories are played to make a failing one short.
const tries = 1500

// Shrink looks for the shortest history that breaks the same promise as that
// of a seed does: it leaves out rounds and what users do, and has systems and
// processes behave, as long as the promise is broken. The result of a seed
// that keeps all its promises is that of [Run].
func Shrink(seed uint64, e Edition) Result {
	w := play(seed, script{edition: e}, true)
	if w.res.Violation == "" {
		return Run(seed, e)
	}
	s := &shrinker{seed: seed, promise: promiseOf(&w.res), best: script{edition: e, without: map[phase]bool{}, calmed: map[phase]map[int]bool{}}, last: w}
	for before := -1; before != s.kept && s.tried < tries; {
		before = s.kept
		s.leaveOut()
		s.calmDown()
		s.calmThrows()
	}
	return play(seed, s.best, false).result()
}

// shrinker is the search for a short history.
type shrinker struct {
	seed    uint64
	promise string
	best    script
	last    *world // of the best
	tried   int
	kept    int // how often a history was better
}

// promiseOf names the promise that was broken.
func promiseOf(r *Result) string {
	name, _, _ := strings.Cut(r.Violation, ":")
	return name
}

// keep plays a script, and keeps it if it breaks the same promise in no more
// events.
func (s *shrinker) keep(next script) bool {
	if s.tried++; s.tried > tries {
		return false
	}
	w := play(s.seed, next, true)
	if promiseOf(&w.res) != s.promise || w.res.Events > s.last.res.Events {
		return false
	}
	s.best, s.last = next, w
	s.kept++
	return true
}

// inChunks offers parts of a list to f, large ones first. What f takes is
// not offered again.
func inChunks[T any](list []T, f func([]T) bool) {
	for size := len(list); size > 0; size /= 2 {
		for at := 0; at < len(list); {
			chunk := list[at:min(at+size, len(list))]
			if f(chunk) {
				list = slices.Concat(list[:at], list[at+len(chunk):])
			} else {
				at += size
			}
		}
	}
}

func (s *shrinker) leaveOut() {
	all := slices.DeleteFunc(s.last.rnd.phases(), func(p phase) bool { return p == phase{} || s.best.without[p] })
	inChunks(all, func(chunk []phase) bool {
		next := s.best.clone()
		for _, p := range chunk {
			next.without[p] = true
		}
		return s.keep(next)
	})
}

func (s *shrinker) calmDown() {
	all := slices.DeleteFunc(s.last.rnd.phases(), func(p phase) bool { return s.best.calmed[p][-1] })
	inChunks(all, func(chunk []phase) bool {
		next := s.best.clone()
		for _, p := range chunk {
			next.calmed[p] = map[int]bool{-1: true}
		}
		return s.keep(next)
	})
}

func (s *shrinker) calmThrows() {
	for _, p := range s.last.rnd.phases() {
		if s.best.calmed[p][-1] {
			continue
		}
		var throws []int
		for k := range s.last.rnd.thrown[p] {
			if !s.best.calmed[p][k] {
				throws = append(throws, k)
			}
		}
		inChunks(throws, func(chunk []int) bool {
			next := s.best.clone()
			if next.calmed[p] == nil {
				next.calmed[p] = map[int]bool{}
			}
			for _, k := range chunk {
				next.calmed[p][k] = true
			}
			return s.keep(next)
		})
	}
}

// Story returns what happened in a history without what the engine asked and
// wrote down: runs, users, faults, writes and the promise that was broken.
func (r *Result) Story() string {
	var out []string
	for line := range bytes.Lines(r.Trace) {
		_, text, _ := strings.Cut(string(line), " ")
		for _, begin := range []string{"user ", "! ", "run, ", "a person ", "VIOLATION ", "peace", "  create ", "  update ", "  delete ", "  deactivate "} {
			if strings.HasPrefix(text, begin) {
				out = append(out, string(line))
			}
		}
	}
	return strings.Join(out, "")
}
