package sqlite

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

const insertLog = "INSERT INTO activity (n, pair, block, body) VALUES "

// block returns the block of links that one is in, with its pair, as the table
// activity has it; nil for rows that tell of no link alone.
func block(pair int64, link instep.LinkID) any {
	if link == 0 {
		return nil
	}
	return rowid(pair, link>>blockBits)
}

// runs puts rows of the log together and writes them, as many at a time as
// belong together.
type runs struct {
	db   *db
	rows *bulk
	logWriter
	pair  int64
	block any // of what is not written yet
}

func (d *db) newRuns() *runs { return &runs{db: d, rows: d.bulk(insertLog, "(?,?,?,?)", "")} }

// add takes a row, whose number is above that of the one before.
func (r *runs) add(ctx context.Context, pair int64, a *instep.Activity) error {
	if to := block(pair, a.Link); pair != r.pair || to != r.block || len(r.body) > runFull {
		if err := r.end(ctx); err != nil {
			return err
		}
		r.pair, r.block = pair, to
	}
	return r.logWriter.add(a, func(text string) (int64, error) { return r.db.word(ctx, text) })
}

// end ends the run.
func (r *runs) end(ctx context.Context) error {
	if len(r.body) == 0 {
		return nil
	}
	return r.rows.add(ctx, int64(r.last.N), r.pair, r.block, r.take(r.last.N))
}

func (r *runs) flush(ctx context.Context) error {
	if err := r.end(ctx); err != nil {
		return err
	}
	return r.rows.flush(ctx)
}

// writeActivity numbers the rows of a batch and writes them.
func (d *db) writeActivity(ctx context.Context, p *pairRow, batch *instep.Batch) error {
	p.logged = d.logged
	if len(batch.Activity) == 0 {
		return nil
	}
	w := d.newRuns()
	for i := range batch.Activity {
		a := batch.Activity[i]
		p.logged++
		a.N = p.logged
		if err := w.add(ctx, p.n, &a); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

const (
	logColumns = "SELECT n, pair, body FROM activity "
	logOfAll   = logColumns + "WHERE n > ? ORDER BY n"
	logOfPair  = logColumns + "WHERE pair = ? AND n > ? ORDER BY n"
	logOfBlock = logColumns + "WHERE block = ? ORDER BY n DESC"
	updateLog  = "UPDATE activity SET body = ? WHERE n = ?"
	deleteLog  = "DELETE FROM activity WHERE n = ?"
)

// Activity returns rows of the log; see [instep.Journal].
func (s *Store) Activity(ctx context.Context, pair string, after uint64, limit int) ([]instep.Activity, error) {
	var list []instep.Activity
	err := s.use(ctx, "read the activity log", func(d *db) error {
		names := map[int64]string{}
		for name, p := range d.pairs {
			names[p.n] = name
		}
		query, args := logOfAll, []any{int64(min(after, 1<<62))}
		if p := d.pairs[pair]; p != nil {
			query, args = logOfPair, append([]any{p.n}, args...)
		} else if pair != "" {
			return ctx.Err()
		}
		if limit <= 0 {
			return ctx.Err()
		}
		return d.query(ctx, query, args, func(row []any) error {
			run, err := d.words.readLog(uint64(num(row[0])), blob(row[2]), func(n uint64, _ instep.LinkID) bool { return n > after })
			for _, a := range run {
				a.Pair = names[num(row[1])]
				if list = append(list, a); len(list) == limit {
					return errEnough
				}
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// History returns what happened to a link; see [instep.Historian].
func (s *Store) History(ctx context.Context, pair string, link instep.LinkID, limit int) ([]instep.Activity, error) {
	var list []instep.Activity
	err := s.use(ctx, "read what happened to a link", func(d *db) error {
		p := d.pairs[pair]
		if p == nil || limit <= 0 || checkID("link", link) != nil {
			return ctx.Err()
		}
		return d.query(ctx, logOfBlock, []any{block(p.n, link)}, func(row []any) error {
			run, err := d.words.readLog(uint64(num(row[0])), blob(row[2]), func(_ uint64, of instep.LinkID) bool { return of == link })
			for _, a := range slices.Backward(run) {
				a.Pair = pair
				if list = append(list, a); len(list) == limit {
					return errEnough
				}
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// eraseActivity takes what tells of the links, which must be sorted, out of the
// log. A row keeps its number, which is then above that of its last.
func (d *db) eraseActivity(ctx context.Context, pair int64, links []instep.LinkID) error {
	last := any(nil)
	for _, id := range links {
		at := block(pair, id)
		if at == last {
			continue
		}
		last = at
		left := map[int64][]instep.Activity{}
		err := d.query(ctx, logOfBlock, []any{at}, func(row []any) error {
			run, err := d.words.readLog(uint64(num(row[0])), blob(row[2]), nil)
			all := len(run)
			run = slices.DeleteFunc(run, func(a instep.Activity) bool {
				_, erased := slices.BinarySearch(links, a.Link)
				return erased
			})
			if len(run) < all {
				left[num(row[0])] = run
			}
			return err
		})
		if err != nil {
			return err
		}
		for n, run := range left {
			if err := d.rewriteLog(ctx, n, run); err != nil {
				return err
			}
		}
	}
	return nil
}

// rewriteLog writes what is left of a row of the table activity.
func (d *db) rewriteLog(ctx context.Context, n int64, run []instep.Activity) error {
	if len(run) == 0 {
		_, err := d.exec(ctx, deleteLog, n)
		return err
	}
	var w logWriter
	for i := range run {
		if err := w.add(&run[i], func(text string) (int64, error) { return d.word(ctx, text) }); err != nil {
			return err
		}
	}
	_, err := d.exec(ctx, updateLog, w.take(uint64(n)), n)
	return err
}
