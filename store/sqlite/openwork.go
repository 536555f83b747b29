package sqlite

import (
	"context"
	"iter"

	"github.com/instep-go/instep"
)

// openPage is how many rows of open work are read at once.
const openPage = 500

const (
	unitPage = "SELECT id, side, sent, intents FROM unit WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
	markPage = `SELECT link, side, outcome, due, tries, note, evidence FROM mark
	WHERE (link, side) > (?, ?) AND link < ? ORDER BY link, side LIMIT ?`
	fencePage = `SELECT link, side, map, fields FROM fence
	WHERE (link, side) > (?, ?) AND link < ? ORDER BY link, side LIMIT ?`
	decisionPage = `SELECT lid, rid, verdict, left_evidence, right_evidence, who, at FROM decision
	WHERE pair = ? AND (lid, rid, verdict) > (?, ?, ?) ORDER BY lid, rid, verdict LIMIT ?`
)

// openKind is one kind of open work.
type openKind[T any] struct {
	page  string
	after func(pair int64, last *T) []any // arguments of page for what follows; nil: from the first on
	read  func(d *db, row []any) (*T, error)
	work  func(*T) instep.OpenWork
}

var (
	openUnits = openKind[instep.Unit]{
		page: unitPage, read: readUnit, work: func(u *instep.Unit) instep.OpenWork { return instep.OpenWork{Unit: u} },
		after: func(pair int64, u *instep.Unit) []any {
			if u == nil {
				u = &instep.Unit{}
			}
			return []any{rowid(pair, u.ID), rowid[instep.UnitID](pair+1, 0)}
		},
	}
	openMarks = openKind[instep.Mark]{
		page: markPage, read: readMark, work: func(m *instep.Mark) instep.OpenWork { return instep.OpenWork{Mark: m} },
		after: func(pair int64, m *instep.Mark) []any {
			if m == nil {
				m = &instep.Mark{}
			}
			return []any{rowid(pair, m.Link), int64(m.Side), rowid[instep.LinkID](pair+1, 0)}
		},
	}
	openFences = openKind[instep.Fence]{
		page: fencePage, read: readFence, work: func(f *instep.Fence) instep.OpenWork { return instep.OpenWork{Fence: f} },
		after: func(pair int64, f *instep.Fence) []any {
			if f == nil {
				f = &instep.Fence{}
			}
			return []any{rowid(pair, f.Link), int64(f.Side), rowid[instep.LinkID](pair+1, 0)}
		},
	}
	openDecisions = openKind[instep.Decision]{
		page: decisionPage, read: readDecision, work: func(c *instep.Decision) instep.OpenWork { return instep.OpenWork{Decision: c} },
		after: func(pair int64, c *instep.Decision) []any {
			if c == nil {
				return []any{pair, []byte{}, []byte{}, int64(-1)}
			}
			return []any{pair, full(c.Left), full(c.Right), int64(c.Verdict)}
		},
	}
)

// Open yields what is not finished or holds until further notice; see
// [instep.Checkpoint]. It reads a page at a time, so that other calls are
// possible in between; what these commit may be seen or not.
func (s *Store) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	return func(yield func(instep.OpenWork, error) bool) {
		_ = eachOpen(ctx, s, pair, openUnits, yield) && eachOpen(ctx, s, pair, openMarks, yield) &&
			eachOpen(ctx, s, pair, openFences, yield) && eachOpen(ctx, s, pair, openDecisions, yield)
	}
}

// eachOpen yields all work of a kind and reports whether to go on.
func eachOpen[T any](ctx context.Context, s *Store, pair string, kind openKind[T], yield func(instep.OpenWork, error) bool) bool {
	var next []any // a row that was yielded is the caller's, and may be changed by now
	for {
		var page []*T
		err := s.use(ctx, "read the open work of pair "+pair, func(d *db) error {
			p := d.pairs[pair]
			if p == nil {
				return ctx.Err()
			}
			if next == nil {
				next = kind.after(p.n, nil)
			}
			err := d.query(ctx, kind.page, append(next, int64(openPage)), func(row []any) error {
				w, err := kind.read(d, row)
				page = append(page, w)
				return err
			})
			if len(page) > 0 {
				next = kind.after(p.n, page[len(page)-1])
			}
			return err
		})
		if err != nil {
			return yield(instep.OpenWork{}, err) && false
		}
		for _, w := range page {
			if !yield(kind.work(w), nil) {
				return false
			}
		}
		if len(page) < openPage {
			return true
		}
	}
}
