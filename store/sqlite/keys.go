package sqlite

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// upper is the part of a match key's hash that its index holds: enough to
// find the few links that may hold the key, in half of the room.
func upper(hash uint64) uint32 { return uint32(hash >> 32) }

// keyRow is an entry of the index of match keys.
type keyRow struct {
	h    uint32 // see upper
	link instep.LinkID
}

func compareKeyRows(a, b keyRow) int {
	if a.h != b.h {
		return cmp.Compare(a.h, b.h)
	}
	return cmp.Compare(a.link, b.link)
}

// appendKeyRows appends the entries that the keys of a link stand for, sorted
// and each once.
func appendKeyRows(rows []keyRow, link instep.LinkID, keys []byte) []keyRow {
	from := len(rows)
	for ; len(keys) >= 8; keys = keys[8:] {
		rows = append(rows, keyRow{upper(binary.LittleEndian.Uint64(keys)), link})
	}
	slices.SortFunc(rows[from:], compareKeyRows)
	return rows[:from+len(slices.Compact(rows[from:]))]
}

// indexedKey appends the key of a keyRow in its index: the hash, the number of
// bytes of the link's number, and these, so that keys have the order of rows.
func indexedKey(b []byte, r keyRow) []byte {
	b = binary.BigEndian.AppendUint32(b, r.h)
	at := len(b)
	b = binary.BigEndian.AppendUint64(b, uint64(r.link))
	zeros := 0
	for zeros < 7 && b[at+zeros] == 0 {
		zeros++
	}
	copy(b[at+1:], b[at+zeros:])
	b[at] = byte(8 - zeros)
	return b[:at+1+8-zeros]
}

// readIndexedKey reads what indexedKey has written.
func readIndexedKey(key []byte) (keyRow, bool) {
	if len(key) < 6 || int(key[4]) != len(key)-5 || len(key) > 13 {
		return keyRow{}, false
	}
	var link [8]byte
	copy(link[8-key[4]:], key[5:])
	return keyRow{binary.BigEndian.Uint32(key), instep.LinkID(binary.BigEndian.Uint64(link[:]))}, true
}

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

// candidate is a link that may hold the key at a position.
type candidate struct {
	at   int
	link instep.LinkID
}

func (d *db) findKeys(ctx context.Context, pair int64, hashes []uint64) ([]instep.KeyHit, error) {
	found, err := d.candidates(ctx, pair, hashes)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.link, b.link)) })
	hits := make([]instep.KeyHit, 0, len(found))
	ids := make([]instep.LinkID, len(found))
	for i := range found {
		ids[i] = found[i].link
	}
	err = d.eachLink(ctx, pair, ids, func(i int, l *packed) error {
		o, err := readBody(l.rest)
		if err != nil {
			return err
		}
		keys, _, err := o.keyHashes(l)
		for _, k := range keys {
			if k.Hash == hashes[found[i].at] {
				hits = append(hits, instep.KeyHit{Hash: k.Hash, Link: found[i].link, Sides: k.Sides})
			}
		}
		return err
	})
	return hits, err
}

// candidates returns the links whose keys agree with the given ones in their
// upper halves.
func (d *db) candidates(ctx context.Context, pair int64, hashes []uint64) ([]candidate, error) {
	dir, err := d.directory(ctx, keysOf(pair))
	if err != nil || len(dir.segs) == 0 {
		return nil, err
	}
	order := make([]int, len(hashes)) // near keys stand near each other in the file
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(upper(hashes[a]), upper(hashes[b])) })
	var segs []int
	var asked [][]int // positions in hashes, by segment
	for _, at := range order {
		first := binary.BigEndian.AppendUint32(nil, upper(hashes[at]))
		beyond := string(append(first[:4:4], 0xff))
		for i := max(dir.find(string(first)), 0); i == 0 || i < len(dir.segs) && dir.segs[i].first <= beyond; i++ {
			if n := len(segs); n > 0 && segs[n-1] == i {
				asked[n-1] = append(asked[n-1], at)
			} else {
				segs, asked = append(segs, i), append(asked, []int{at})
			}
		}
	}
	var found []candidate
	err = d.bodies(ctx, dir, segs, len(segs) > len(hashes)/sparse, func(n int, body []byte) error {
		found, err = scanKeys(found, body, hashes, asked[n])
		return err
	})
	return found, err
}

// scanKeys appends the candidates that a segment has for the keys at the given
// positions, which are in the order of their upper halves.
func scanKeys(found []candidate, body []byte, hashes []uint64, asked []int) ([]candidate, error) {
	r := segReader{rest: body, keys: true}
	for len(asked) > 0 && r.next() {
		if len(r.key) < 4 {
			return nil, errKeyEntry()
		}
		h := binary.BigEndian.Uint32(r.key)
		for len(asked) > 0 && upper(hashes[asked[0]]) < h {
			asked = asked[1:]
		}
		if len(asked) == 0 || upper(hashes[asked[0]]) != h {
			continue
		}
		row, ok := readIndexedKey(r.key)
		if !ok {
			return nil, errKeyEntry()
		}
		for _, at := range asked {
			if upper(hashes[at]) != row.h {
				break
			}
			found = append(found, candidate{at, row.link})
		}
	}
	return found, r.err()
}

func errKeyEntry() error { return damaged("an entry of the index of match keys cannot be read") }

// indexPage is how many match keys are sorted and entered in one transaction;
// it bounds the memory, at 16 bytes each.
const indexPage = 2_000_000

// indexKeys enters the keys of the links above keyed into their index.
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
			if err := d.changeKeys(ctx, next.n, rows, put); err != nil {
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
// them unless they are at hand, and raises keyed to the last link it has seen.
func (p *pairRow) gatherKeys(ctx context.Context, d *db) ([]keyRow, error) {
	if rows, ok := d.pending[p.n]; ok {
		delete(d.pending, p.n)
		p.keyed = p.state.LastLink
		return rows, nil
	}
	var rows []keyRow
	err := d.scan(ctx, p, p.keyed, func(id instep.LinkID, l *packed) error {
		if len(rows) >= indexPage {
			return errEnough
		}
		o, err := readBody(l.rest)
		rows = appendKeyRows(rows, id, o.keys)
		p.keyed = id
		return err
	})
	if len(rows) < indexPage {
		p.keyed = p.state.LastLink
	}
	return rows, err
}

// mostPending is how many match keys of new links are held in memory until they
// are entered, at 16 bytes each; beyond it they are read again.
const mostPending = 4_000_000

// manyPending is how many of them are entered by the commit that ends a run,
// for nobody may ask for keys for a long time.
const manyPending = 100_000

// notePending holds the keys of links that are new, so that they need not be
// read again when their index is made: all links that it does not cover, or
// none.
func (w *linkBatch) notePending() {
	d, n := w.db, w.pair.n
	rows, held := d.pending[n]
	for _, id := range w.drop {
		held = held && id <= w.pair.keyed
	}
	if !held && w.pair.keyed < w.pair.state.LastLink || held && !w.onlyNew() {
		delete(d.pending, n)
		return
	}
	for _, l := range w.links {
		if l.ID > w.pair.keyed {
			rows = appendKeyRows(rows, l.ID, keyBytes(l.Keys))
		}
	}
	if len(rows) > mostPending {
		delete(d.pending, n)
		return
	}
	if d.pending == nil {
		d.pending = map[int64][]keyRow{}
	}
	d.pending[n] = rows
}

// onlyNew reports whether no link of the batch replaces one that is not in the
// index of keys yet.
func (w *linkBatch) onlyNew() bool {
	return !slices.ContainsFunc(w.links, func(l *instep.Link) bool { return l.ID > w.pair.keyed && l.ID <= w.pair.state.LastLink })
}

// sortKeyRows sorts rows, many of them on two processors: hashes are spread
// evenly.
func sortKeyRows(rows []keyRow) {
	if len(rows) < manyLinks {
		slices.SortFunc(rows, compareKeyRows)
		return
	}
	low, high := 0, len(rows)
	for low < high { // those of the lower half of all hashes come first
		if rows[low].h < 1<<31 {
			low++
		} else {
			high--
			rows[low], rows[high] = rows[high], rows[low]
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { slices.SortFunc(rows[:low], compareKeyRows) })
	slices.SortFunc(rows[low:], compareKeyRows)
	wg.Wait()
}

// changeKeys enters rows into the index of keys, or takes them out of it.
func (d *db) changeKeys(ctx context.Context, pair int64, rows []keyRow, kind editKind) error {
	sortKeyRows(rows)
	var arena []byte
	for some := range slices.Chunk(rows, mostEdits) {
		arena = arena[:0]
		for _, r := range some {
			arena = indexedKey(arena, r)
		}
		rest := string(arena)
		edits := make([]edit, len(some))
		for i := range some {
			n := 5 + int(rest[4])
			edits[i] = edit{key: rest[:n], kind: kind}
			rest = rest[n:]
		}
		if err := d.editIndex(ctx, keysOf(pair), edits); err != nil {
			return err
		}
	}
	return nil
}
