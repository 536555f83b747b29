package sqlite

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/instep-go/instep"
)

// upper is the part of a match key's hash that its index holds: enough to
// find the few links that may hold the key, in half of the room.
func upper(hash uint64) int64 { return int64(int32(hash >> 32)) }

// keyRow is a row of mk.
type keyRow struct {
	h    int64 // see upper
	link instep.LinkID
}

func compareKeyRows(a, b keyRow) int {
	return cmp.Or(cmp.Compare(a.h, b.h), cmp.Compare(a.link, b.link))
}

// keyRows returns the rows of mk that keys stand for, sorted and each once.
func keyRows(link instep.LinkID, keys []byte) []keyRow {
	rows := make([]keyRow, 0, len(keys)/8)
	for k := range slices.Chunk(keys, 8) {
		rows = append(rows, keyRow{upper(binary.LittleEndian.Uint64(k)), link})
	}
	slices.SortFunc(rows, compareKeyRows)
	return slices.Compact(rows)
}

var keyPoints = valuesQuery(`SELECT q.i, mk.link, link.lid IS NOT NULL, link.rid IS NOT NULL, link.keys, link.more
	FROM q CROSS JOIN mk ON mk.pr = ? AND mk.h = q.v CROSS JOIN link ON link.id = ? + mk.link`)

// Keys returns the links that hold match keys; see [instep.Checkpoint]. It
// first enters the keys of links that are new since the last call into their
// index.
func (s *Store) Keys(ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
	var hits []instep.KeyHit
	err := s.use(ctx, "find match keys", func(d *db) error {
		p := d.pairs[pair]
		if p == nil || p.state.LastLink == 0 {
			return ctx.Err()
		}
		if err := d.indexKeys(ctx, pair); err != nil {
			return err
		}
		var err error
		hits, err = d.findKeys(ctx, p.n, hashes)
		return err
	})
	return hits, err
}

func (d *db) findKeys(ctx context.Context, pair int64, hashes []uint64) ([]instep.KeyHit, error) {
	order := make([]int, len(hashes)) // near keys stand near each other in the file
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(upper(hashes[a]), upper(hashes[b])) })
	type placed struct {
		at  int
		hit instep.KeyHit
	}
	var found []placed
	err := d.points(ctx, keyPoints, len(order), func(i int) any { return upper(hashes[order[i]]) },
		[]any{pair, rowid[instep.LinkID](pair, 0)}, func(i int, row []any) error {
			link := instep.LinkID(num(row[1]))
			m, err := decodeMore(blob(row[5]))
			if err != nil {
				return err
			}
			for _, k := range m.keys(uint8(num(row[2])|num(row[3])<<1), blob(row[4])) {
				if k.Hash == hashes[order[i]] {
					found = append(found, placed{order[i], instep.KeyHit{Hash: k.Hash, Link: link, Sides: k.Sides}})
				}
			}
			return nil
		})
	slices.SortFunc(found, func(a, b placed) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.hit.Link, b.hit.Link)) })
	hits := make([]instep.KeyHit, len(found))
	for i, f := range found {
		hits[i] = f.hit
	}
	return hits, err
}

// indexPage is how many match keys are sorted and entered in one transaction;
// it bounds the memory, at 16 bytes each.
const indexPage = 2_000_000

const linkKeys = "SELECT id, keys FROM link WHERE id > ? AND id <= ? ORDER BY id LIMIT 1000"

// indexKeys enters the keys of the links above keyed into mk.
func (d *db) indexKeys(ctx context.Context, pair string) error {
	for {
		p := d.pairs[pair]
		if p.keyed >= p.state.LastLink {
			return nil
		}
		next := *p
		err := d.tx(ctx, func() error {
			rows, err := next.gatherKeys(ctx, d)
			if err != nil {
				return err
			}
			if err := d.insertKeys(ctx, next.n, rows); err != nil {
				return err
			}
			return next.write(ctx, d)
		})
		if err != nil {
			return err
		}
		d.pairs[pair] = &next
	}
}

// gatherKeys returns the keys of links above keyed, up to about indexPage of
// them, and raises keyed to the last link it has seen.
func (p *pairRow) gatherKeys(ctx context.Context, d *db) ([]keyRow, error) {
	var rows []keyRow
	last := rowid(p.n, p.state.LastLink)
	for p.keyed < p.state.LastLink && len(rows) < indexPage {
		n := 0
		err := d.query(ctx, linkKeys, []any{rowid(p.n, p.keyed), last}, func(row []any) error {
			n++
			p.keyed = own[instep.LinkID](num(row[0]))
			rows = append(rows, keyRows(p.keyed, blob(row[1]))...)
			return nil
		})
		if err != nil {
			return nil, err
		}
		if n == 0 { // the links up to the last one were dropped
			p.keyed = p.state.LastLink
		}
	}
	return rows, nil
}

// insertKeys enters rows into mk in the order in which they stand there.
func (d *db) insertKeys(ctx context.Context, pair int64, rows []keyRow) error {
	slices.SortFunc(rows, compareKeyRows)
	b := d.bulk("INSERT INTO mk (pr, h, link) VALUES ", "("+itoa(pair)+",?,?)", "")
	for _, r := range rows {
		if err := b.add(ctx, r.h, int64(r.link)); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

// deleteKeys is the head of a statement.
func deleteKeys(pair int64) string {
	return "DELETE FROM mk WHERE pr = " + itoa(pair) + " AND (h, link) IN ("
}

// dropKeys takes rows out of mk.
func (d *db) dropKeys(ctx context.Context, pair int64, rows []keyRow) error {
	slices.SortFunc(rows, compareKeyRows)
	b := d.bulk(deleteKeys(pair)+"VALUES ", "(?,?)", ")")
	for _, r := range rows {
		if err := b.add(ctx, r.h, int64(r.link)); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}
