package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/instep-go/instep"
)

// linkColumns are what readLink takes. The sums stand only in rec, where
// Lookup needs them.
const (
	linkColumns = `link.id, link.gen, link.map, link.rule, link.lid, link.rid, link.base,
	coalesce(link.rbase, link.base), link.keys, link.more, l.sum, r.sum`
	linkSums = `LEFT JOIN rec l ON l.ps = ? AND l.id = link.lid LEFT JOIN rec r ON r.ps = ? AND r.id = link.rid`
	linkScan = "SELECT " + linkColumns + " FROM link " + linkSums + " WHERE link.id > ? AND link.id <= ? ORDER BY link.id LIMIT ?"
)

var linkPoints = valuesQuery("SELECT q.i, " + linkColumns + " FROM q CROSS JOIN link ON link.id = q.v " + linkSums)

// Links returns links by their ids; see [instep.Checkpoint].
func (s *Store) Links(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	links := make([]instep.Link, len(ids))
	err := s.use(ctx, "read links of pair "+pair, func(d *db) error {
		if p := d.pairs[pair]; p != nil {
			if err := d.readLinks(ctx, p.n, ids, links); err != nil {
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

func (d *db) readLinks(ctx context.Context, pair int64, ids []instep.LinkID, links []instep.Link) error {
	value := func(i int) any {
		if checkID("link", ids[i]) != nil {
			return nil // such a link cannot have been stored
		}
		return rowid(pair, ids[i])
	}
	return d.points(ctx, linkPoints, len(ids), value, []any{pair << 1, pair<<1 | 1}, func(i int, row []any) (err error) {
		links[i], err = d.readLink(row[1:])
		return err
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
		args := []any{p.n << 1, p.n<<1 | 1, rowid(p.n, after), rowid(p.n, p.state.LastLink), int64(limit)}
		return d.query(ctx, linkScan, args, func(row []any) error {
			link, err := d.readLink(row)
			links = append(links, link)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return links, nil
}

// readLink makes a link of linkColumns.
func (d *db) readLink(row []any) (instep.Link, error) {
	rule, err := d.words.text(num(row[3]))
	if err != nil {
		return instep.Link{}, err
	}
	m, err := decodeMore(blob(row[9]))
	if err != nil {
		return instep.Link{}, err
	}
	l := instep.Link{
		ID: own[instep.LinkID](num(row[0])), Gen: uint64(num(row[1])), Map: uint32(num(row[2])), Rule: rule,
		Drift: m.drift, Meeting: m.meeting,
	}
	for s := range l.Sides {
		l.Sides[s] = instep.LinkSide{
			ID: text(row[4+s]), Identity: m.identity[s], Version: m.version[s],
			Base: blob(row[6+s]), Sum: uint64(num(row[10+s])),
		}
	}
	l.Keys = m.keys(presentSides(&l), blob(row[8]))
	return l, nil
}

// keyBytes returns the match keys' hashes for the column keys.
func keyBytes(keys []instep.KeyHash) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, k.Hash)
	}
	return b
}
