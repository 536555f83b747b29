package sqlite

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/instep-go/instep"
)

// part numbers the indexes: each pair has one of the records of either side
// and one of match keys.
type part int64

func recordsOf(pair int64, s instep.Side) part { return part(pair<<2 | int64(s)) }

func keysOf(pair int64) part { return part(pair<<2 | 2) }

// keys reports whether the part is an index of match keys.
func (p part) keys() bool { return p&3 == 2 }

// pair returns the pair that a part belongs to.
func (p part) pair() int64 { return int64(p >> 2) }

// directory says where the segments of a part begin. It is held in memory: a
// segment has about a hundred entries.
type directory struct {
	segs   []segRef // ascending; the first one begins with the empty key
	cached int      // bytes of bodies
}

// segRef is a segment of a directory.
type segRef struct {
	first string // no key in it is less
	n     int64  // seg.n
	body  []byte // nil: not held in memory
}

// mostCached is how many bytes of bodies are held of a part.
const mostCached = 60 << 20

// find returns the segment that has the key if any has it; -1 if none could.
func (ix *directory) find(key string) int {
	return sort.Search(len(ix.segs), func(i int) bool { return ix.segs[i].first > key }) - 1
}

// ends reports whether key belongs to a segment after the i-th.
func (ix *directory) ends(i int, key string) bool {
	return i+1 < len(ix.segs) && ix.segs[i+1].first <= key
}

// replace puts segments in the place of others: of each of those, as many as
// counts says. A large register has ten thousand, of which most commits change
// a few, so that they stay where they are as far as possible.
func (ix *directory) replace(segs, counts []int, next []segRef) {
	for _, i := range segs {
		ix.cached -= len(ix.segs[i].body)
	}
	for len(segs) > 0 && counts[0] == 1 {
		ix.segs[segs[0]] = next[0]
		segs, counts, next = segs[1:], counts[1:], next[1:]
	}
	if len(segs) == 0 {
		return
	}
	from := segs[0]
	rest := slices.Clone(ix.segs[from:])
	ix.segs = ix.segs[:from]
	for i, seg := range segs {
		ix.segs = append(ix.segs, next[:counts[i]]...)
		next = next[counts[i]:]
		end := from + len(rest)
		if i+1 < len(segs) {
			end = segs[i+1]
		}
		ix.segs = append(ix.segs, rest[seg+1-from:end-from]...)
	}
}

const (
	segmentList = "SELECT n, first FROM seg WHERE part = ? ORDER BY first"
	lastSegment = "SELECT max(n) FROM seg"
)

var segmentPoints = newPoints("SELECT q.i, seg.body FROM q CROSS JOIN seg ON seg.n = q.v")

// directory returns that of a part, read once.
func (d *db) directory(ctx context.Context, p part) (*directory, error) {
	if dir := d.dirs[p]; dir != nil {
		return dir, nil
	}
	dir := &directory{}
	err := d.query(ctx, segmentList, []any{int64(p)}, func(row []any) error {
		dir.segs = append(dir.segs, segRef{first: text(row[1]), n: num(row[0])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if d.dirs == nil {
		d.dirs = map[part]*directory{}
	}
	d.dirs[p] = dir
	return dir, nil
}

// forgetBodies gives back the memory of what was held of a pair's segments.
func (d *db) forgetBodies(pair int64) {
	for p, dir := range d.dirs {
		if p.pair() != pair || dir.cached == 0 {
			continue
		}
		for i := range dir.segs {
			dir.segs[i].body = nil
		}
		dir.cached = 0
	}
}

// bodies calls each for every one of the segments, in the order given, with
// its body. The bodies are held if keep says so, as long as there is room.
func (d *db) bodies(ctx context.Context, dir *directory, segs []int, keep bool, each func(at int, body []byte) error) error {
	for from := 0; from < len(segs); from += largestPage {
		page := segs[from:min(from+largestPage, len(segs))]
		got, err := d.readBodies(ctx, dir, page, keep)
		if err != nil {
			return err
		}
		for i, body := range got {
			if err := each(from+i, body); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *db) readBodies(ctx context.Context, dir *directory, segs []int, keep bool) ([][]byte, error) {
	got := make([][]byte, len(segs))
	var missing []int // positions in segs
	for i, seg := range segs {
		if got[i] = dir.segs[seg].body; got[i] == nil && dir.segs[seg].n != 0 {
			missing = append(missing, i)
		}
	}
	err := d.points(ctx, &segmentPoints, len(missing), func(i int) any { return dir.segs[segs[missing[i]]].n }, func(i int, row []any) error {
		got[missing[i]] = blob(row[1])
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, i := range missing {
		if got[i] == nil {
			return nil, damaged("segment %d is missing", dir.segs[segs[i]].n)
		}
		if keep && dir.cached+len(got[i]) <= mostCached {
			dir.segs[segs[i]].body = got[i]
			dir.cached += len(got[i])
		}
	}
	return got, nil
}

// clone returns a text with memory of its own.
func clone(key []byte) string { return strings.Clone(string(key)) }
