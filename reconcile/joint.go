package reconcile

import "github.com/instep-go/instep"

// joinBatches returns one batch for several. Each is about links of its own.
func joinBatches(bs []*instep.Batch) *instep.Batch {
	if len(bs) == 1 {
		return bs[0]
	}
	all := &instep.Batch{
		Pair:      bs[0].Pair,
		Links:     gather(bs, func(b *instep.Batch) []instep.Link { return b.Links }),
		Dropped:   gather(bs, func(b *instep.Batch) []instep.LinkID { return b.Dropped }),
		Marks:     gather(bs, func(b *instep.Batch) []instep.Mark { return b.Marks }),
		Cleared:   gather(bs, func(b *instep.Batch) []instep.MarkID { return b.Cleared }),
		Units:     gather(bs, func(b *instep.Batch) []instep.Unit { return b.Units }),
		Settled:   gather(bs, func(b *instep.Batch) []instep.UnitID { return b.Settled }),
		Activity:  gather(bs, func(b *instep.Batch) []instep.Activity { return b.Activity }),
		Fences:    gather(bs, func(b *instep.Batch) []instep.Fence { return b.Fences }),
		Unfenced:  gather(bs, func(b *instep.Batch) []instep.MarkID { return b.Unfenced }),
		Decisions: gather(bs, func(b *instep.Batch) []instep.Decision { return b.Decisions }),
		Revoked:   gather(bs, func(b *instep.Batch) []instep.DecisionID { return b.Revoked }),
		Erased:    gather(bs, func(b *instep.Batch) []instep.LinkID { return b.Erased }),
	}
	for _, b := range bs {
		if b.State != nil {
			all.State = b.State
		}
	}
	return all
}

// gather puts what batches have of one kind into one slice of just that size.
func gather[T any](bs []*instep.Batch, of func(*instep.Batch) []T) []T {
	n := 0
	for _, b := range bs {
		n += len(of(b))
	}
	if n == 0 {
		return nil
	}
	all := make([]T, 0, n)
	for _, b := range bs {
		all = append(all, of(b)...)
	}
	return all
}
