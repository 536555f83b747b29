package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/instep-go/instep"
)

const linkScan = "SELECT id, body FROM link WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"

var linkPoints = valuesQuery("SELECT q.i, link.body FROM q CROSS JOIN link ON link.id = q.v")

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
	return d.points(ctx, linkPoints, len(ids), value, nil, func(i int, row []any) (err error) {
		links[i], err = d.link(ids[i], blob(row[1]))
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
		args := []any{rowid(p.n, after), rowid(p.n, p.state.LastLink), int64(limit)}
		return d.query(ctx, linkScan, args, func(row []any) error {
			link, err := d.link(own[instep.LinkID](num(row[0])), blob(row[1]))
			links = append(links, link)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return links, nil
}

// keyBytes returns the match keys' hashes for the column keys.
func keyBytes(keys []instep.KeyHash) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, k.Hash)
	}
	return b
}
