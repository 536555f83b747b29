package main

import (
	"sync"
)

// queue gives mutants out: all named ones and, of those drawn, the first that
// compile.
type queue struct {
	mu    sync.Mutex
	rest  []*judgement
	draws int // how many of those drawn may still be given out
	out   []*judgement
}

// candidates makes the edits of mutants. One that does not fit the tree is
// judged by that; of two that make the same of it, there is but the first.
func candidates(t *tree, mutants []mutant) []*judgement {
	taken := map[string]bool{}
	var list []*judgement
	for _, m := range mutants {
		j := &judgement{mutant: m}
		var err error
		if j.faulty, err = m.apply(t); err != nil {
			j.verdict = verdict{Name: m.name, What: stale, Failure: err.Error()}
			list = append(list, j)
			continue
		}
		if j.Key = j.faulty.key(); !taken[j.Key] {
			taken[j.Key] = true
			list = append(list, j)
		}
	}
	return list
}

// next returns the next mutant to judge; nil if there is none.
func (q *queue) next() *judgement {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.rest) > 0 {
		j := q.rest[0]
		if j.mutant.drawn && q.draws == 0 {
			return nil
		}
		q.rest = q.rest[1:]
		if j.mutant.drawn && j.What == invalid {
			continue
		}
		if j.mutant.drawn {
			q.draws--
		}
		if j.What == "" {
			return j
		}
		q.out = append(q.out, j)
	}
	return nil
}

// settle notes what became of a mutant. For one that does not compile another
// is drawn.
func (q *queue) settle(j *judgement, v verdict) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j.verdict = v
	if j.mutant.drawn && v.What == invalid {
		q.draws++
		return
	}
	q.out = append(q.out, j)
}

// done returns what was judged, in the order of the list it is a part of.
func (q *queue) done(list []*judgement) []judgement {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := map[*judgement]bool{}
	for _, j := range q.out {
		out[j] = true
	}
	var done []judgement
	for _, j := range list {
		if out[j] {
			done = append(done, *j)
		}
	}
	return done
}
