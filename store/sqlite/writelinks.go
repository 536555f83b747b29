package sqlite

import (
	"cmp"
	"context"
	"errors"
	"math"
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

	packs   []storedPack // that have links of the batch, ascending
	old     []oldLink    // what is stored of links, aligned with these
	dropped []oldLink    // and of drop

	edits [2][]edit // of the indexes of records, by side
	rows  []packRow
}

// storedPack is a pack as it is in the file; an empty one may not be there.
type storedPack struct {
	number uint64
	there  bool
	links  pack
}

// oldLink is what must be known of a stored link to replace it.
type oldLink struct {
	there bool
	gen   uint64
	ids   [2]string
	keys  []byte
}

// packRow is a row of the table link to write; without a body it is to go.
type packRow struct {
	number uint64
	there  bool
	body   []byte
}

// writeLinks drops, replaces and adds links, with all that leads to them.
func (d *db) writeLinks(ctx context.Context, p *pairRow, b *instep.Batch) error {
	drop := slices.Concat(b.Dropped, b.Erased)
	if len(b.Links)+len(drop) == 0 {
		return nil
	}
	slices.Sort(drop)
	w := linkBatch{db: d, pair: p, drop: slices.Compact(drop), links: make([]*instep.Link, len(b.Links))}
	for i := range b.Links {
		w.links[i] = &b.Links[i]
	}
	slices.SortFunc(w.links, func(a, b *instep.Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, step := range []func(context.Context) error{w.readOld, w.check, w.dropWork, w.prepare, w.writeRecords, w.writeRows, w.writeKeys} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if n := len(w.links); n > 0 {
		p.state.LastLink = max(p.state.LastLink, w.links[n-1].ID)
	}
	return nil
}

// readOld reads the packs that the batch is about. New links have ids above
// the highest: they cost nothing here, but that the first ones may go into a
// pack that is there.
func (w *linkBatch) readOld(ctx context.Context) error {
	last := packNumber(w.pair.state.LastLink)
	var numbers []uint64
	add := func(id instep.LinkID) {
		n := packNumber(id)
		if k := len(numbers); n <= last && (k == 0 || numbers[k-1] != n) {
			numbers = append(numbers, n)
		}
	}
	for _, id := range w.drop {
		add(id)
	}
	for _, l := range w.links {
		add(l.ID)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	w.packs = make([]storedPack, len(numbers))
	for i, n := range numbers {
		w.packs[i].number = n
	}
	err := w.db.eachPack(ctx, w.pair.n, numbers, func(i int, p *pack) error {
		w.packs[i].there, w.packs[i].links = true, *p
		return nil
	})
	if err != nil {
		return err
	}
	if w.dropped, err = w.stored(len(w.drop), func(i int) instep.LinkID { return w.drop[i] }); err != nil {
		return err
	}
	w.old, err = w.stored(len(w.links), func(i int) instep.LinkID { return w.links[i].ID })
	return err
}

// stored returns what is known of n links, whose ids ascend.
func (w *linkBatch) stored(n int, id func(i int) instep.LinkID) ([]oldLink, error) {
	list := make([]oldLink, n)
	packs := w.packs
	for i := range list {
		for len(packs) > 0 && packs[0].number < packNumber(id(i)) {
			packs = packs[1:]
		}
		if len(packs) == 0 {
			break
		}
		l := &packs[0].links[slot(id(i))]
		if packs[0].number != packNumber(id(i)) || l.rest == nil {
			continue
		}
		o, err := readBody(l.rest)
		if err != nil {
			return nil, err
		}
		list[i] = oldLink{true, o.gen, l.ids, o.keys}
	}
	return list, nil
}

func (w *linkBatch) check(context.Context) error {
	for i, l := range w.links {
		_, dropped := slices.BinarySearch(w.drop, l.ID)
		if dropped || i > 0 && w.links[i-1].ID == l.ID {
			return conflictError("link %d is in the batch twice", l.ID)
		}
		if stored := w.old[i].gen; l.Gen != stored+1 {
			return conflictError("link %d has generation %d, the stored one %d", l.ID, l.Gen, stored)
		}
	}
	return nil
}

// dropWork deletes the marks and fences of dropped links.
func (w *linkBatch) dropWork(ctx context.Context) error {
	marks := w.db.bulk("DELETE FROM mark WHERE link IN (", "?", ")")
	fences := w.db.bulk("DELETE FROM fence WHERE link IN (", "?", ")")
	for i, id := range w.drop {
		if !w.dropped[i].there {
			continue
		}
		for _, b := range []*bulk{marks, fences} {
			if err := b.add(ctx, rowid(w.pair.n, id)); err != nil {
				return err
			}
		}
	}
	return flushAll(ctx, marks, fences)
}

// manyLinks are worth the time that it takes to start another goroutine.
const manyLinks = 1000

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
		if edit := func() { w.edits[s] = w.editsOf(s) }; len(w.links) < manyLinks {
			edit()
		} else {
			wg.Go(edit)
		}
	}
	w.makeRows(rules)
	wg.Wait()
	return nil
}

// makeRows puts the links into their packs.
func (w *linkBatch) makeRows(rules []int64) {
	const some = 1 << 16
	arena := make([]byte, 0, min(some, 160*len(w.links)+1<<12))
	rests := make([]byte, 0, 1<<11)
	w.rows = make([]packRow, 0, len(w.links)/packSize+len(w.drop)+2)
	packs, drop := w.packs, w.drop
	for at := 0; at < len(w.links) || len(drop) > 0; {
		p := storedPack{number: math.MaxUint64}
		if at < len(w.links) {
			p.number = packNumber(w.links[at].ID)
		}
		if len(drop) > 0 {
			p.number = min(p.number, packNumber(drop[0]))
		}
		if len(packs) > 0 && packs[0].number == p.number {
			p, packs = packs[0], packs[1:]
		}
		for ; len(drop) > 0 && packNumber(drop[0]) == p.number; drop = drop[1:] {
			p.links[slot(drop[0])] = packed{}
		}
		for rests = rests[:0]; at < len(w.links) && packNumber(w.links[at].ID) == p.number; at++ {
			l, from := w.links[at], len(rests)
			rests = appendBody(rests, l, rules[at])
			p.links[slot(l.ID)] = packed{[2]string{l.Sides[0].ID, l.Sides[1].ID}, rests[from:]}
		}
		if cap(arena)-len(arena) < 1<<12 {
			arena = make([]byte, 0, some)
		}
		from := len(arena)
		arena = p.links.appendTo(arena)
		w.rows = append(w.rows, packRow{p.number, p.there, arena[from:len(arena):len(arena)]})
	}
}

// editsOf returns the edits of the index of a side's records, sorted.
func (w *linkBatch) editsOf(s int) []edit {
	edits := make([]edit, 0, len(w.links)+len(w.drop))
	add := func(id string, kind editKind, e entry) {
		if id != "" {
			edits = append(edits, edit{id, kind, e})
		}
	}
	for i := range w.drop {
		add(w.dropped[i].ids[s], remove, entry{})
	}
	for i, l := range w.links {
		old, side := w.old[i].ids[s], &l.Sides[s]
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

// writeRows writes the packs.
func (w *linkBatch) writeRows(ctx context.Context) error {
	const columns = "INTO link (id, body) VALUES "
	insert, replace := w.db.bulk("INSERT "+columns, "(?,?)", ""), w.db.bulk("REPLACE "+columns, "(?,?)", "")
	remove := w.db.bulk("DELETE FROM link WHERE id IN (", "?", ")")
	for _, row := range w.rows {
		var err error
		switch id := rowid(w.pair.n, row.number); {
		case len(row.body) == 0 && row.there:
			err = remove.add(ctx, id)
		case len(row.body) == 0: // it had no links before
		case row.there:
			err = replace.add(ctx, id, row.body)
		default:
			err = insert.add(ctx, id, row.body)
		}
		if err != nil {
			return err
		}
	}
	return flushAll(ctx, remove, insert, replace)
}

// writeKeys brings the index of match keys in line for the links that it
// covers already; the others are entered when somebody asks for keys.
func (w *linkBatch) writeKeys(ctx context.Context) error {
	var gone, added []keyRow
	for i, id := range w.drop {
		if id <= w.pair.keyed {
			gone = appendKeyRows(gone, id, w.dropped[i].keys)
		}
	}
	for i, l := range w.links {
		if l.ID > w.pair.keyed {
			break
		}
		before, now := appendKeyRows(nil, l.ID, w.old[i].keys), appendKeyRows(nil, l.ID, keyBytes(l.Keys))
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
