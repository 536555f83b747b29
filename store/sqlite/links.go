package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

const packScan = "SELECT id, body FROM link WHERE id >= ? AND id <= ? ORDER BY id"

var packPoints = newPoints("SELECT q.i, link.body FROM q CROSS JOIN link ON link.id = q.v")

// Links returns links by their ids; see [instep.Checkpoint]. It is fastest for
// ids in ascending order.
func (s *Store) Links(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	links := make([]instep.Link, len(ids))
	err := s.use(ctx, "read links of pair "+pair, func(d *db) error {
		if p := d.pairs[pair]; p != nil {
			err := d.eachLink(ctx, p.n, ids, func(i int, l *packed) (err error) {
				links[i], err = d.link(ids[i], l)
				return err
			})
			if err != nil {
				return err
			}
		}
		for i := range links {
			if links[i].ID == 0 || links[i].ID != ids[i] {
				return &instep.Error{Kind: instep.NotFound, Err: fmt.Errorf("there is no link %d", ids[i])}
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return links, nil
}

// eachLink calls each for the links that are there, with their positions in
// ids. Those next to each other that are in one pack are read at once.
func (d *db) eachLink(ctx context.Context, pair int64, ids []instep.LinkID, each func(i int, l *packed) error) error {
	var numbers []uint64
	var begin []int // where each of them begins in ids
	for i, id := range ids {
		if n := packNumber(id); len(numbers) == 0 || numbers[len(numbers)-1] != n {
			numbers, begin = append(numbers, n), append(begin, i)
		}
	}
	begin = append(begin, len(ids))
	return d.eachPack(ctx, pair, numbers, func(i int, p *pack) error {
		for at := begin[i]; at < begin[i+1]; at++ {
			if l := &p[slot(ids[at])]; l.rest != nil {
				if err := each(at, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// eachPack calls each for the packs that are there, with their positions in
// numbers. Where these ascend with few gaps all from the first to the last are
// read, else one by one.
func (d *db) eachPack(ctx context.Context, pair int64, numbers []uint64, each func(i int, p *pack) error) error {
	const beyond = 1 << (idBits - packBits) // no pack can have such a number
	if n := len(numbers); n > 1 && slices.IsSorted(numbers) && numbers[n-1] < min(beyond, numbers[0]+uint64(2*n)) {
		at := 0
		return d.query(ctx, packScan, []any{rowid(pair, numbers[0]), rowid(pair, numbers[n-1])}, func(row []any) error {
			number := own[uint64](num(row[0]))
			for numbers[at] < number {
				at++
			}
			if numbers[at] > number {
				return nil
			}
			p, err := readPack(blob(row[1]))
			if err != nil {
				return err
			}
			return each(at, &p)
		})
	}
	value := func(i int) any {
		if numbers[i] >= beyond {
			return nil
		}
		return rowid(pair, numbers[i])
	}
	return d.points(ctx, &packPoints, len(numbers), value, func(i int, row []any) error {
		p, err := readPack(blob(row[1]))
		if err != nil {
			return err
		}
		return each(i, &p)
	})
}

// Scan returns links in the order of their ids; see [instep.Checkpoint].
func (s *Store) Scan(ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
	var links []instep.Link
	err := s.use(ctx, "read links of pair "+pair, func(d *db) error {
		p := d.pairs[pair]
		if p == nil || limit <= 0 || after >= p.state.LastLink {
			return ctx.Err()
		}
		return d.scan(ctx, p, after, func(id instep.LinkID, l *packed) error {
			link, err := d.link(id, l)
			if links = append(links, link); err == nil && len(links) == limit {
				err = errEnough
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return links, nil
}

// errEnough ends a query that somebody needs no more of.
var errEnough = errors.New("no more rows are needed")

// scan calls each for the links of a pair above a number, in ascending order,
// until it returns errEnough.
func (d *db) scan(ctx context.Context, p *pairRow, after instep.LinkID, each func(id instep.LinkID, l *packed) error) error {
	args := []any{rowid(p.n, packNumber(after+1)), rowid(p.n, packNumber(p.state.LastLink))}
	return d.query(ctx, packScan, args, func(row []any) error {
		links, err := readPack(blob(row[1]))
		if err != nil {
			return err
		}
		for i := range links {
			id := linkAt(own[uint64](num(row[0])), i)
			if links[i].rest == nil || id <= after {
				continue
			}
			if err := each(id, &links[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// requireLinks sees to it that the links that marks and fences of a batch are
// about are there. Most are in the batch itself: after a first load there may
// be a fence for each.
func (d *db) requireLinks(ctx context.Context, p *pairRow, b *instep.Batch) error {
	ids := make([]instep.LinkID, 0, len(b.Marks)+len(b.Fences))
	for i := range b.Marks {
		ids = append(ids, b.Marks[i].Link)
	}
	for i := range b.Fences {
		ids = append(ids, b.Fences[i].Link)
	}
	if len(ids) == 0 {
		return nil
	}
	there := make(map[instep.LinkID]bool, len(b.Links))
	for i := range b.Links {
		there[b.Links[i].ID] = true
	}
	ids = slices.DeleteFunc(ids, func(id instep.LinkID) bool { return there[id] })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := 0
	err := d.eachLink(ctx, p.n, ids, func(i int, _ *packed) error {
		if i != found { // positions come in ascending order
			return missingLink(ids[found])
		}
		found++
		return nil
	})
	if err == nil && found < len(ids) {
		err = missingLink(ids[found])
	}
	return err
}

func missingLink(id instep.LinkID) error {
	return conflictError("the batch marks or fences link %d, which is not there", id)
}

// keyBytes returns the match keys' hashes as a body holds them.
func keyBytes(keys []instep.KeyHash) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, k.Hash)
	}
	return b
}
