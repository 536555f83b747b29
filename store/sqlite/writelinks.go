package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// linkBatch are the links of a batch on their way into the file.
type linkBatch struct {
	db    *db
	pair  *pairRow
	links []*instep.Link // ascending ids
	drop  []instep.LinkID
	old   map[instep.LinkID]oldLink // stored ones that are replaced or dropped
}

// oldLink is what must be known of a stored link to replace it.
type oldLink struct {
	gen  uint64
	ids  [2]string
	keys []byte
}

// writeLinks drops, replaces and adds links, with all that leads to them.
func (d *db) writeLinks(ctx context.Context, p *pairRow, b *instep.Batch) error {
	drop := slices.Concat(b.Dropped, b.Erased)
	if len(b.Links)+len(drop) == 0 {
		return nil
	}
	slices.Sort(drop)
	w := linkBatch{db: d, pair: p, drop: slices.Compact(drop), old: map[instep.LinkID]oldLink{}}
	for i := range b.Links {
		w.links = append(w.links, &b.Links[i])
	}
	slices.SortFunc(w.links, func(a, b *instep.Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, step := range []func(context.Context) error{w.readOld, w.check, w.dropAll, w.writeRecords, w.writeRows, w.writeKeys} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if n := len(w.links); n > 0 {
		p.state.LastLink = max(p.state.LastLink, w.links[n-1].ID)
	}
	return nil
}

var oldPoints = valuesQuery("SELECT q.i, link.gen, link.lid, link.rid, link.keys FROM q CROSS JOIN link ON link.id = q.v")

// readOld reads the stored links that the batch is about. New links have ids
// above the highest and cost nothing here.
func (w *linkBatch) readOld(ctx context.Context) error {
	ids := slices.Clone(w.drop)
	for _, l := range w.links {
		if l.ID <= w.pair.state.LastLink {
			ids = append(ids, l.ID)
		}
	}
	slices.Sort(ids)
	return w.db.points(ctx, oldPoints, len(ids), func(i int) any { return rowid(w.pair.n, ids[i]) }, nil, func(i int, row []any) error {
		w.old[ids[i]] = oldLink{uint64(num(row[1])), [2]string{text(row[2]), text(row[3])}, blob(row[4])}
		return nil
	})
}

func (w *linkBatch) check(context.Context) error {
	for i, l := range w.links {
		_, dropped := slices.BinarySearch(w.drop, l.ID)
		if dropped || i > 0 && w.links[i-1].ID == l.ID {
			return conflictError("link %d is in the batch twice", l.ID)
		}
		if stored := w.old[l.ID].gen; l.Gen != stored+1 {
			return conflictError("link %d has generation %d, the stored one %d", l.ID, l.Gen, stored)
		}
	}
	return nil
}

// dropAll deletes dropped links with their marks and fences.
func (w *linkBatch) dropAll(ctx context.Context) error {
	links := w.db.bulk("DELETE FROM link WHERE id IN (", "?", ")")
	marks := w.db.bulk("DELETE FROM mark WHERE link IN (", "?", ")")
	fences := w.db.bulk("DELETE FROM fence WHERE link IN (", "?", ")")
	for _, id := range w.drop {
		if _, ok := w.old[id]; !ok {
			continue
		}
		for _, b := range []*bulk{links, marks, fences} {
			if err := b.add(ctx, rowid(w.pair.n, id)); err != nil {
				return err
			}
		}
	}
	return flushAll(ctx, links, marks, fences)
}

// recRow is a row of rec.
type recRow struct {
	id   string
	sum  uint64
	link instep.LinkID
}

func compareRecRows(a, b recRow) int { return strings.Compare(a.id, b.id) }

// writeRecords brings rec in line, one side after the other.
func (w *linkBatch) writeRecords(ctx context.Context) error {
	for s := range 2 {
		var gone, added, kept []recRow
		for _, id := range w.drop {
			gone = append(gone, recRow{id: w.old[id].ids[s]})
		}
		for _, l := range w.links {
			old, row := w.old[l.ID].ids[s], recRow{l.Sides[s].ID, l.Sides[s].Sum, l.ID}
			if row.id == old {
				kept = append(kept, row)
				continue
			}
			added = append(added, row)
			gone = append(gone, recRow{id: old})
		}
		for _, rows := range []*[]recRow{&gone, &added, &kept} {
			*rows = slices.DeleteFunc(*rows, func(r recRow) bool { return r.id == "" })
			slices.SortFunc(*rows, compareRecRows)
		}
		if err := w.writeSide(ctx, s, gone, added, kept); err != nil {
			return err
		}
	}
	return nil
}

// writeSide deletes first, so that an id can go from one link to another
// within a batch.
func (w *linkBatch) writeSide(ctx context.Context, s int, gone, added, kept []recRow) error {
	ps := itoa(w.pair.n<<1 | int64(s))
	del := w.db.bulk(deleteRecords(ps), "?", ")")
	for _, r := range gone {
		if err := del.add(ctx, []byte(r.id)); err != nil {
			return err
		}
	}
	if err := del.flush(ctx); err != nil {
		return err
	}
	add := w.db.bulk("INSERT INTO rec (ps, id, sum, link) VALUES ", "("+ps+",?,?,?)", "")
	if err := addRecords(ctx, add, added); err != nil {
		if sqliteCode(err) == codeConstraint {
			return conflictError("a %s record of the batch is in another link already", instep.Side(s))
		}
		return err
	}
	update := w.db.bulk("REPLACE INTO rec (ps, id, sum, link) VALUES ", "("+ps+",?,?,?)", "")
	return addRecords(ctx, update, kept)
}

// deleteRecords is the head of a statement.
func deleteRecords(ps string) string { return "DELETE FROM rec WHERE ps = " + ps + " AND id IN (" }

func addRecords(ctx context.Context, b *bulk, rows []recRow) error {
	for _, r := range rows {
		if err := b.add(ctx, []byte(r.id), int64(r.sum), int64(r.link)); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

// writeRows writes the rows of the links themselves.
func (w *linkBatch) writeRows(ctx context.Context) error {
	const columns, row = "INTO link (id, gen, map, rule, lid, rid, base, rbase, keys, more) VALUES ", "(?,?,?,?,?,?,?,?,?,?)"
	insert, replace := w.db.bulk("INSERT "+columns, row, ""), w.db.bulk("REPLACE "+columns, row, "")
	for _, l := range w.links {
		rule, err := w.db.word(ctx, l.Rule)
		if err != nil {
			return err
		}
		left, right := &l.Sides[instep.Left], &l.Sides[instep.Right]
		var rightBase any
		if !bytes.Equal(left.Base, right.Base) {
			rightBase = full(right.Base)
		}
		to := insert
		if _, ok := w.old[l.ID]; ok {
			to = replace
		}
		err = to.add(ctx, rowid(w.pair.n, l.ID), int64(l.Gen), int64(l.Map), rule, null(left.ID), null(right.ID),
			full(left.Base), rightBase, keyBytes(l.Keys), null(moreOf(l).encode()))
		if err != nil {
			return err
		}
	}
	return flushAll(ctx, insert, replace)
}

// writeKeys brings mk in line for the links that it covers already; the
// others are entered when somebody asks for keys.
func (w *linkBatch) writeKeys(ctx context.Context) error {
	var gone, added []keyRow
	for _, id := range w.drop {
		if id <= w.pair.keyed {
			gone = append(gone, keyRows(id, w.old[id].keys)...)
		}
	}
	for _, l := range w.links {
		if l.ID > w.pair.keyed {
			break
		}
		before, now := keyRows(l.ID, w.old[l.ID].keys), keyRows(l.ID, keyBytes(l.Keys))
		gone = append(gone, without(before, now)...)
		added = append(added, without(now, before)...)
	}
	if err := w.db.dropKeys(ctx, w.pair.n, gone); err != nil {
		return err
	}
	return w.db.insertKeys(ctx, w.pair.n, added)
}

// without returns the rows that others does not have.
func without(rows, others []keyRow) []keyRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r keyRow) bool { return slices.Contains(others, r) })
}
