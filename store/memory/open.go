package memory

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/instep-go/instep"
)

// Open yields what is not finished, or holds until further notice, as it
// stands when the first element is asked for; see [instep.Checkpoint].
func (s *Store) Open(ctx context.Context, name string) iter.Seq2[instep.OpenWork, error] {
	return func(yield func(instep.OpenWork, error) bool) {
		work, err := s.open(ctx, name)
		if err != nil {
			yield(instep.OpenWork{}, err)
			return
		}
		for _, w := range work {
			if !yield(w, nil) {
				return
			}
		}
	}
}

func (s *Store) open(ctx context.Context, name string) ([]instep.OpenWork, error) {
	p, unlock, err := s.read(ctx, name)
	defer unlock()
	var work []instep.OpenWork
	for _, id := range slices.Sorted(maps.Keys(p.units)) {
		u := cloneUnit(p.units[id])
		work = append(work, instep.OpenWork{Unit: &u})
	}
	for _, id := range slices.SortedFunc(maps.Keys(p.marks), compareMarks) {
		m := cloneMark(p.marks[id])
		work = append(work, instep.OpenWork{Mark: &m})
	}
	for _, id := range slices.SortedFunc(maps.Keys(p.fences), compareMarks) {
		f := cloneFence(p.fences[id])
		work = append(work, instep.OpenWork{Fence: &f})
	}
	for _, id := range slices.SortedFunc(maps.Keys(p.decisions), compareDecisions) {
		d := p.decisions[id]
		work = append(work, instep.OpenWork{Decision: &d})
	}
	return work, err
}

func compareMarks(a, b instep.MarkID) int {
	return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.Side, b.Side))
}

func compareDecisions(a, b instep.DecisionID) int {
	return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Verdict, b.Verdict))
}
