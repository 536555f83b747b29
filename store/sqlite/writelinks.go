package sqlite

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// linkBatch are the links of a batch on their way into the file.
type linkBatch struct {
	db    *db
	pair  *pairRow
	links []*instep.Link // ascending ids
	drop  []instep.LinkID
	old   map[instep.LinkID]oldLink // stored ones that are replaced or dropped

	edits  [2][]edit // of the indexes of records, by side
	bodies [][]byte  // aligned with links
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
	for _, step := range []func(context.Context) error{w.readOld, w.check, w.dropAll, w.prepare, w.writeRecords, w.writeRows, w.writeKeys} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if n := len(w.links); n > 0 {
		p.state.LastLink = max(p.state.LastLink, w.links[n-1].ID)
	}
	return nil
}

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
	return w.db.points(ctx, linkPoints, len(ids), func(i int) any { return rowid(w.pair.n, ids[i]) }, nil, func(i int, row []any) error {
		o, err := readBody(blob(row[1]))
		w.old[ids[i]] = oldLink{o.gen, [2]string{string(o.ids[0]), string(o.ids[1])}, o.keys}
		return err
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

// prepare makes what is to be written, as far as the file is not needed for it:
// of a large batch on several processors at once.
func (w *linkBatch) prepare(ctx context.Context) error {
	rules := make([]int64, len(w.links)) // a word that is new is written
	for i, l := range w.links {
		var err error
		if rules[i], err = w.db.word(ctx, l.Rule); err != nil {
			return err
		}
	}
	var wg sync.WaitGroup
	for s := range w.edits {
		wg.Go(func() { w.edits[s] = w.editsOf(s) })
	}
	w.bodies = make([][]byte, len(w.links))
	var arena []byte
	for i, l := range w.links {
		if cap(arena)-len(arena) < 1<<10 {
			arena = make([]byte, 0, 1<<16)
		}
		from := len(arena)
		arena = appendBody(arena, l, rules[i])
		w.bodies[i] = arena[from:len(arena):len(arena)]
	}
	wg.Wait()
	return nil
}

// editsOf returns the edits of the index of a side's records, sorted.
func (w *linkBatch) editsOf(s int) []edit {
	edits := make([]edit, 0, len(w.links)+len(w.drop))
	add := func(id string, kind editKind, e entry) {
		if id != "" {
			edits = append(edits, edit{id, kind, e})
		}
	}
	for _, id := range w.drop {
		add(w.old[id].ids[s], remove, entry{})
	}
	for _, l := range w.links {
		old, side := w.old[l.ID].ids[s], &l.Sides[s]
		if side.ID == old {
			add(side.ID, put, entry{side.Sum, l.ID})
			continue
		}
		add(old, remove, entry{})
		add(side.ID, insert, entry{side.Sum, l.ID})
	}
	slices.SortFunc(edits, compareEdits)
	return edits
}

// writeRecords brings the indexes of records in line, one side after the
// other. What takes an id away comes before what adds it, so that it can go
// from one link to another within a batch.
func (w *linkBatch) writeRecords(ctx context.Context) error {
	for s := range w.edits {
		err := w.db.editIndex(ctx, recordsOf(w.pair.n, instep.Side(s)), w.edits[s])
		if errors.Is(err, errTaken{}) {
			return conflictError("a %s record of the batch is in another link already", instep.Side(s))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeRows writes the rows of the links themselves.
func (w *linkBatch) writeRows(ctx context.Context) error {
	const columns = "INTO link (id, body) VALUES "
	insert, replace := w.db.bulk("INSERT "+columns, "(?,?)", ""), w.db.bulk("REPLACE "+columns, "(?,?)", "")
	for i, l := range w.links {
		to := insert
		if _, ok := w.old[l.ID]; ok {
			to = replace
		}
		if err := to.add(ctx, rowid(w.pair.n, l.ID), w.bodies[i]); err != nil {
			return err
		}
	}
	return flushAll(ctx, insert, replace)
}

// writeKeys brings the index of match keys in line for the links that it
// covers already; the others are entered when somebody asks for keys.
func (w *linkBatch) writeKeys(ctx context.Context) error {
	var gone, added []keyRow
	for _, id := range w.drop {
		if id <= w.pair.keyed {
			gone = appendKeyRows(gone, id, w.old[id].keys)
		}
	}
	for _, l := range w.links {
		if l.ID > w.pair.keyed {
			break
		}
		before, now := appendKeyRows(nil, l.ID, w.old[l.ID].keys), appendKeyRows(nil, l.ID, keyBytes(l.Keys))
		gone = append(gone, without(before, now)...)
		added = append(added, without(now, before)...)
	}
	w.notePending()
	if err := w.db.changeKeys(ctx, w.pair.n, gone, remove); err != nil {
		return err
	}
	return w.db.changeKeys(ctx, w.pair.n, added, put)
}

// without returns the rows that others does not have.
func without(rows, others []keyRow) []keyRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r keyRow) bool { return slices.Contains(others, r) })
}
