package sqlite

import (
	"context"
	"errors"
	"slices"

	"github.com/instep-go/instep"
)

// Commit writes a batch as a whole or not at all; see [instep.Checkpoint]. It
// is on disk when Commit returns nil. Large batches are fastest: rows are
// sorted before they are written. A batch that erases has the file built anew,
// so that nothing stays behind in it; that takes some seconds where there are
// a million links.
func (s *Store) Commit(ctx context.Context, b *instep.Batch) error {
	return s.use(ctx, "commit to pair "+b.Pair, func(d *db) error {
		if err := checkBatch(b); err != nil {
			return err
		}
		next, err := d.change(b.Pair)
		if err != nil {
			return err
		}
		if err := d.tx(ctx, func() error { return d.write(ctx, next, b) }); err != nil {
			return err
		}
		d.pairs[b.Pair], d.commits, d.logged = next, next.commits, next.logged
		d.count.raise(next.commits)
		d.forgetBodies(next.n)
		if b.State != nil && len(d.pending[next.n]) > manyPending {
			_ = d.indexKeys(ctx, b.Pair) // the batch is in; what fails here is tried again by Keys
		}
		if len(b.Erased) > 0 {
			d.scrub = true
			_ = d.scrubNow(ctx) // the batch is in; what fails here is tried again
		}
		return nil
	})
}

// checkBatch looks at what can be told from the batch alone.
func checkBatch(b *instep.Batch) error {
	if b.Pair == "" {
		return &instep.Error{Kind: instep.Config, Err: errors.New("the batch names no pair")}
	}
	for i := range b.Links {
		if err := checkID("link", b.Links[i].ID); err != nil {
			return err
		}
	}
	for _, id := range otherLinkIDs(b) {
		if err := checkID("link", id); err != nil {
			return err
		}
	}
	for i := range b.Units {
		if err := checkID("unit", b.Units[i].ID); err != nil {
			return err
		}
	}
	for _, id := range b.Settled {
		if err := checkID("unit", id); err != nil {
			return err
		}
	}
	return nil
}

// otherLinkIDs returns the links that the batch tells of besides those that it
// puts.
func otherLinkIDs(b *instep.Batch) []instep.LinkID {
	ids := slices.Concat(b.Dropped, b.Erased)
	for i := range b.Marks {
		ids = append(ids, b.Marks[i].Link)
	}
	for i := range b.Fences {
		ids = append(ids, b.Fences[i].Link)
	}
	for _, id := range slices.Concat(b.Cleared, b.Unfenced) {
		ids = append(ids, id.Link)
	}
	return ids
}

// write carries out a batch within a transaction: what takes away comes before
// what adds.
func (d *db) write(ctx context.Context, p *pairRow, b *instep.Batch) error {
	isNew := d.pairs[b.Pair] == nil
	p.commits = d.commits + 1
	if err := p.setState(b); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *pairRow, *instep.Batch) error{
		d.writeLinks, d.requireLinks, d.erase, d.writeUnits, d.writeMarks, d.writeFences, d.writeDecisions, d.writeActivity,
	} {
		if err := step(ctx, p, b); err != nil {
			return err
		}
	}
	if b.State != nil {
		if err := p.writeMappings(ctx, d); err != nil {
			return err
		}
	} else if !isNew {
		return p.writeCounts(ctx, d)
	}
	return p.write(ctx, d)
}
