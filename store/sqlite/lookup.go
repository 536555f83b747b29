package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// pointPages are how many rows a query looks for one by one: the smallest page
// is taken that does.
var pointPages = [...]int{1, 10, 30, 100}

const largestPage = 100

// pointQuery has a query for each of pointPages.
type pointQuery [len(pointPages)]string

// newPoints returns queries for the rows that fit the arguments: what sel
// selects from the list q(i, v), which numbers the arguments from 0 on, and
// from the tables that are joined to it. CROSS JOIN keeps SQLite from looking
// at the tables first.
func newPoints(sel string) (q pointQuery) {
	for p, size := range pointPages {
		values := make([]string, size)
		for i := range values {
			values[i] = fmt.Sprintf("(%d,?)", i)
		}
		q[p] = "WITH q(i, v) AS (VALUES " + strings.Join(values, ",") + ") " + sel
	}
	return q
}

// points asks for the rows that fit n values, pages at a time. The first column
// that each gets is the position of the value.
func (d *db) points(ctx context.Context, q *pointQuery, n int, value func(i int) any, each func(i int, row []any) error) error {
	var args [largestPage]any
	for from := 0; from < n; {
		page := 0
		for page < len(pointPages)-1 && pointPages[page] < n-from {
			page++
		}
		size := pointPages[page]
		for i := range size {
			args[i] = nil // fits nothing
			if from+i < n {
				args[i] = value(from + i)
			}
		}
		err := d.query(ctx, q[page], args[:size], func(row []any) error { return each(from+int(num(row[0])), row) })
		if err != nil {
			return err
		}
		from += size
	}
	return nil
}

// Lookup finds records by their ids; see [instep.Checkpoint]. It is fastest
// for ids in ascending order, byte by byte.
func (s *Store) Lookup(ctx context.Context, pair string, side instep.Side, ids []string, out []instep.Known) error {
	if len(ids) != len(out) {
		panic(fmt.Sprintf("sqlite: %d ids and %d places for what is known", len(ids), len(out)))
	}
	clear(out)
	return s.use(ctx, "look up records", func(d *db) error {
		p := d.pairs[pair]
		if p == nil {
			return ctx.Err()
		}
		dir, err := d.directory(ctx, recordsOf(p.n, side))
		if err != nil {
			return err
		}
		l := lookup{db: d, dir: dir, ids: ids, out: out}
		return l.run(ctx)
	})
}

type lookup struct {
	db    *db
	dir   *directory
	ids   []string
	order []int // positions in ids, in the order of these
	out   []instep.Known
}

// run reads each segment that the ids may be in once.
func (l *lookup) run(ctx context.Context) error {
	l.order = make([]int, len(l.ids))
	for i := range l.order {
		l.order[i] = i
	}
	if !slices.IsSorted(l.ids) {
		slices.SortFunc(l.order, func(a, b int) int { return strings.Compare(l.ids[a], l.ids[b]) })
	}
	var segs, ends []int
	for at := 0; at < len(l.order); {
		i := l.dir.find(l.ids[l.order[at]])
		begin := at
		for at++; at < len(l.order) && !l.dir.ends(i, l.ids[l.order[at]]); {
			at++
		}
		if i >= 0 {
			segs, ends = append(segs, i), append(ends, begin, at)
		}
	}
	// In a listing in the order of ids each segment is needed once, in any
	// other order again and again.
	keep := len(segs) > len(l.ids)/sparse
	return l.db.bodies(ctx, l.dir, segs, keep, func(at int, body []byte) error {
		return l.scan(body, l.order[ends[2*at]:ends[2*at+1]])
	})
}

// sparse is how many ids of a page must be in each segment, or else it counts
// as being in no order.
const sparse = 8

// scan looks for ids in a segment.
func (l *lookup) scan(body []byte, order []int) error {
	if len(order) < sparse {
		for _, at := range order {
			r := segReader{rest: body}
			if e, ok := r.find(l.ids[at]); ok {
				l.out[at] = instep.Known{Link: e.link, Sum: e.sum}
			}
			if r.bad {
				return r.err()
			}
		}
		return nil
	}
	r := segReader{rest: body}
	for have := r.next(); have && len(order) > 0; {
		switch id := l.ids[order[0]]; {
		case id > string(r.key):
			have = r.next()
		case id == string(r.key):
			l.out[order[0]] = instep.Known{Link: r.link, Sum: r.sum}
			order = order[1:]
		default:
			order = order[1:]
		}
	}
	return r.err()
}
