package sqlite

import (
	"context"
	"errors"
	"slices"

	"github.com/instep-go/instep"
)

// Commit writes a batch as a whole or not at all; see [instep.Checkpoint]. It
// is on disk when Commit returns nil. Large batches are fastest: rows are
// sorted before they are written.
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
		d.pairs[b.Pair] = next
		return nil
	})
}

// checkBatch looks at what can be told from the batch alone.
func checkBatch(b *instep.Batch) error {
	if b.Pair == "" {
		return &instep.Error{Kind: instep.Config, Err: errors.New("the batch names no pair")}
	}
	for _, id := range linkIDs(b) {
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

// linkIDs returns the links that the batch writes in some way.
func linkIDs(b *instep.Batch) []instep.LinkID {
	ids := slices.Clone(b.Dropped)
	for i := range b.Links {
		ids = append(ids, b.Links[i].ID)
	}
	for i := range b.Marks {
		ids = append(ids, b.Marks[i].Link)
	}
	for _, id := range b.Cleared {
		ids = append(ids, id.Link)
	}
	return ids
}

// write carries out a batch within a transaction.
func (d *db) write(ctx context.Context, p *pairRow, b *instep.Batch) error {
	before, isNew := *p, d.pairs[b.Pair] == nil
	if err := p.setState(b.State); err != nil {
		return err
	}
	if err := d.writeLinks(ctx, p, b); err != nil {
		return err
	}
	if err := d.writeWork(ctx, p, b); err != nil {
		return err
	}
	if err := d.writeActivity(ctx, p.n, b); err != nil {
		return err
	}
	if b.State != nil {
		if err := p.writeMappings(ctx, d); err != nil {
			return err
		}
	} else if !isNew && before.state.LastLink == p.state.LastLink && before.state.LastUnit == p.state.LastUnit {
		return nil
	}
	return p.write(ctx, d)
}
