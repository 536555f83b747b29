package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

const (
	// pointPage is how many rows are looked for one by one in one query.
	pointPage = 100

	// walkPage is how many ids are looked for in one walk over a range.
	walkPage = 250
)

// valuesQuery returns a query for the rows that fit the arguments: what it
// selects from the list q(i, v), which numbers the arguments from 0 on, and
// from the tables that are joined to it. CROSS JOIN keeps SQLite from looking
// at the tables first.
func valuesQuery(sel string) string {
	var b strings.Builder
	b.WriteString("WITH q(i, v) AS (VALUES ")
	for i := range pointPage {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "(%d,?)", i)
	}
	return b.String() + ") " + sel
}

var (
	recPoints = valuesQuery("SELECT q.i, rec.sum, rec.link FROM q CROSS JOIN rec ON rec.ps = ? AND rec.id = q.v")
	recWalk   = "SELECT id, sum, link FROM rec WHERE ps = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?"
)

// points asks a valuesQuery: for n values, pages at a time. The first column
// that each gets is the position of the value.
func (d *db) points(ctx context.Context, query string, n int, value func(i int) any, rest []any,
	each func(i int, row []any) error) error {
	args := make([]any, pointPage, pointPage+len(rest))
	args = append(args, rest...)
	for from := 0; from < n; from += pointPage {
		for i := range pointPage {
			args[i] = nil // fits nothing
			if from+i < n {
				args[i] = value(from + i)
			}
		}
		err := d.query(ctx, query, args, func(row []any) error { return each(from+int(num(row[0])), row) })
		if err != nil {
			return err
		}
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
		l := lookup{db: d, ps: p.n<<1 | int64(side), ids: ids, out: out}
		return l.run(ctx)
	})
}

type lookup struct {
	db  *db
	ps  int64
	ids []string
	out []instep.Known
}

// run walks over the range of the ids where these are sorted and stand close
// together, as in an ordered listing, and looks for them one by one, in
// ascending order, where not.
func (l *lookup) run(ctx context.Context) error {
	order := make([]int, len(l.ids))
	for i := range order {
		order[i] = i
	}
	done := 0
	if slices.IsSorted(l.ids) {
		var err error
		if done, err = l.walkAll(ctx); err != nil {
			return err
		}
	} else {
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(l.ids[a], l.ids[b]) })
	}
	rest := order[done:]
	return l.db.points(ctx, recPoints, len(rest), func(i int) any { return []byte(l.ids[rest[i]]) }, []any{l.ps},
		func(i int, row []any) error {
			l.out[rest[i]] = known(row)
			return nil
		})
}

// known reads the columns sum and link, the second and third of a row.
func known(row []any) instep.Known {
	return instep.Known{Link: instep.LinkID(num(row[2])), Sum: uint64(num(row[1]))}
}

// walkAll returns how many ids it has worked off. It gives up where less than
// half of the rows of a range were asked for.
func (l *lookup) walkAll(ctx context.Context) (done int, err error) {
	for done < len(l.ids) {
		page := l.ids[done:min(done+walkPage, len(l.ids))]
		n, err := l.walk(ctx, page, l.out[done:])
		if err != nil {
			return 0, err
		}
		done += n
		if n < len(page) {
			break
		}
	}
	return done, nil
}

func (l *lookup) walk(ctx context.Context, ids []string, out []instep.Known) (done int, err error) {
	limit, rows := 2*len(ids), 0
	args := []any{l.ps, []byte(ids[0]), []byte(ids[len(ids)-1]), int64(limit)}
	var last []byte
	err = l.db.query(ctx, recWalk, args, func(row []any) error {
		rows++
		last = blob(row[0])
		for done < len(ids) && ids[done] < string(last) {
			done++
		}
		for ; done < len(ids) && ids[done] == string(last); done++ {
			out[done] = known(row)
		}
		return nil
	})
	if rows < limit || bytes.Equal(last, []byte(ids[len(ids)-1])) {
		done = len(ids)
	}
	return done, err
}
