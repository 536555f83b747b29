package main

import (
	"slices"
	"sync"
)

// queue gives mutants out, and draws another for each that does not compile.
type queue struct {
	mu    sync.Mutex
	tree  *tree
	rest  []mutant
	draws int // how many of those drawn may still be given out
	taken map[string]bool
	out   []*judgement // in the order in which they were given out
}

func newQueue(t *tree, mutants []mutant, draws int) *queue {
	return &queue{tree: t, rest: mutants, draws: draws, taken: map[string]bool{}}
}

// next returns the next mutant; nil if there is none. One that does not fit the
// tree is judged already.
func (q *queue) next() *judgement {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.rest) > 0 {
		m := q.rest[0]
		if m.drawn && q.draws == 0 {
			return nil // what was given out may come back: then there is one more
		}
		q.rest = q.rest[1:]
		j := &judgement{mutant: m}
		var err error
		if j.faulty, err = m.apply(q.tree); err != nil {
			j.verdict = verdict{Name: m.name, What: stale, Failure: err.Error()}
		} else {
			j.Key = j.faulty.key()
		}
		if j.Key != "" && q.taken[j.Key] {
			continue
		}
		q.taken[j.Key] = true
		if m.drawn {
			q.draws--
		}
		q.out = append(q.out, j)
		return j
	}
	return nil
}

// settle notes what became of a mutant.
func (q *queue) settle(j *judgement, v verdict) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j.verdict = v
	if j.mutant.drawn && v.What == invalid {
		q.draws++
		q.remove(j)
	}
}

// giveBack takes a mutant back that could not be judged.
func (q *queue) giveBack(j *judgement) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.remove(j)
}

func (q *queue) remove(j *judgement) {
	q.out = slices.DeleteFunc(q.out, func(o *judgement) bool { return o == j })
}

// done returns what was judged.
func (q *queue) done() []judgement {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := make([]judgement, len(q.out))
	for i, j := range q.out {
		list[i] = *j
	}
	return list
}
