package sqlite

import (
	"context"
	"slices"
	"strings"
)

// edit is what becomes of a key in an index.
type edit struct {
	key  string
	kind editKind
	entry
}

type editKind uint8

const (
	remove editKind = iota // nothing happens if it is not there
	insert                 // it must not be there
	put                    // whether it is there or not
)

// compareEdits orders edits by their keys; what removes one comes first.
func compareEdits(a, b edit) int {
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	return int(a.kind) - int(b.kind)
}

// errTaken says that a key to insert is there.
type errTaken struct{}

func (errTaken) Error() string { return "the key is there already" }

// segUpdate carries edits out in one part.
type segUpdate struct {
	db    *db
	part  part
	dir   *directory
	write *bulk    // new segments
	next  []segRef // those that stand for the segments that were rewritten
	moved bool     // the segment that is written begins with another key
	arena []byte   // keys of the entries below
	list  []placed
	segWriter
}

// placed is an entry whose key is in an arena.
type placed struct {
	from, to int32
	entry
}

// mostEdits is how many edits are carried out at once; it bounds memory.
const mostEdits = 100_000

// editIndex carries edits out, which must be sorted. A key to insert that is
// there gives errTaken.
func (d *db) editIndex(ctx context.Context, p part, edits []edit) error {
	for some := range slices.Chunk(edits, mostEdits) {
		dir, err := d.directory(ctx, p)
		if err != nil {
			return err
		}
		u := segUpdate{db: d, part: p, dir: dir, segWriter: segWriter{keys: p.keys()}}
		if err := u.run(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// run finds the segments that have edits and writes them anew.
func (u *segUpdate) run(ctx context.Context, edits []edit) error {
	if u.db.lastSeg == 0 {
		err := u.db.query(ctx, lastSegment, nil, func(row []any) error { u.db.lastSeg = num(row[0]); return nil })
		if err != nil {
			return err
		}
	}
	if len(u.dir.segs) == 0 || u.dir.segs[0].first > edits[0].key {
		u.dir.segs = slices.Insert(u.dir.segs, 0, segRef{}) // it is written with what comes into it
	}
	var segs, ends []int
	for at := 0; at < len(edits); {
		i := u.dir.find(edits[at].key)
		for at < len(edits) && !u.dir.ends(i, edits[at].key) {
			at++
		}
		segs, ends = append(segs, i), append(ends, at)
	}
	u.write = u.db.bulk("INSERT INTO seg (n, part, first, body) VALUES ", "(?,?,?,?)", "")
	from, counts := 0, make([]int, 0, len(segs))
	err := u.db.bodies(ctx, u.dir, segs, false, func(at int, body []byte) error {
		if err := u.merge(body, edits[from:ends[at]]); err != nil {
			return err
		}
		from = ends[at]
		before := len(u.next)
		err := u.rewrite(ctx, u.dir.segs[segs[at]])
		counts = append(counts, len(u.next)-before)
		return err
	})
	if err != nil {
		return err
	}
	u.dir.replace(segs, counts, u.next)
	return u.write.flush(ctx)
}

// merge makes a list of what is to be in a segment.
func (u *segUpdate) merge(body []byte, edits []edit) error {
	u.arena = slices.Grow(u.arena[:0], len(body)+32*len(edits))
	u.list = slices.Grow(u.list[:0], len(body)/10+len(edits))
	r := segReader{rest: body, keys: u.part.keys()}
	have := r.next()
	for at := 0; have || at < len(edits); {
		if at == len(edits) || have && string(r.key) < edits[at].key {
			place(u, r.key, r.entry)
			have = r.next()
			continue
		}
		key, there, e := edits[at].key, have && string(r.key) == edits[at].key, r.entry
		if there {
			have = r.next()
		}
		for ; at < len(edits) && edits[at].key == key; at++ {
			if there && edits[at].kind == insert {
				return errTaken{}
			}
			there, e = edits[at].kind != remove, edits[at].entry
		}
		if there {
			place(u, key, e)
		}
	}
	return r.err()
}

func place[K string | []byte](u *segUpdate, key K, e entry) {
	from := len(u.arena)
	u.arena = append(u.arena, key...)
	u.list = append(u.list, placed{int32(from), int32(len(u.arena)), e})
}

func (u *segUpdate) key(i int) []byte { return u.arena[u.list[i].from:u.list[i].to] }

const (
	updateSegment = "UPDATE seg SET body = ? WHERE n = ?"
	moveSegment   = "UPDATE seg SET body = ?, first = ? WHERE n = ?"
	deleteSegment = "DELETE FROM seg WHERE n = ?"
)

// rewrite writes what is to be in a segment, as several if it is too much. The
// key that it began with is not kept where it is gone: it may be an id that was
// erased.
func (u *segUpdate) rewrite(ctx context.Context, ref segRef) error {
	if len(u.list) == 0 {
		_, err := u.db.exec(ctx, deleteSegment, ref.n)
		return err
	}
	if ref.first != "" && ref.first != string(u.key(0)) {
		ref.first, u.moved = clone(u.key(0)), true
	}
	u.reset()
	for i := range u.list {
		u.add(u.key(i), u.list[i].entry)
	}
	size := len(u.body)
	if size <= segmentFull {
		return u.emit(ctx, ref)
	}
	each := size/((size+segmentFill-1)/segmentFill) + 1
	u.reset()
	for i := range u.list {
		if len(u.body) >= each {
			if err := u.emit(ctx, ref); err != nil {
				return err
			}
			ref = segRef{first: clone(u.key(i))}
			u.reset()
		}
		u.add(u.key(i), u.list[i].entry)
	}
	return u.emit(ctx, ref)
}

// emit writes a segment with the body that was put together.
func (u *segUpdate) emit(ctx context.Context, ref segRef) error {
	ref.body = nil
	if ref.n != 0 {
		u.next = append(u.next, ref)
		query, args := updateSegment, []any{u.body, ref.n}
		if u.moved {
			query, args = moveSegment, []any{u.body, []byte(ref.first), ref.n}
		}
		u.moved = false
		_, err := u.db.exec(ctx, query, args...)
		return err
	}
	u.db.lastSeg++
	ref.n = u.db.lastSeg
	u.next = append(u.next, ref)
	return u.write.add(ctx, ref.n, int64(u.part), []byte(ref.first), slices.Clone(u.body))
}
