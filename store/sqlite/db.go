package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// db is the one connection to the file, with what is cached of it. Only the
// holder of the store's turn uses it.
type db struct {
	pool  *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	pairs map[string]*pairRow
	words words

	dirs    map[part]*directory // those that were read
	lastSeg int64               // the highest seg.n; 0: not read
	pending map[int64][]keyRow  // match keys that are not in their index yet, by pair; see keys.go

	count   *counter
	commits uint64 // how many the file has had, or more
	logged  uint64 // the highest number of activity
	rewound bool   // pairs that are not in the file may have been
	scrub   bool   // something was erased, and its bytes may still be there

	restored bool // the file was put in the place of another one
}

// close folds the write-ahead log into the file and closes it.
func (d *db) close() error {
	ctx := context.Background()
	return errors.Join(d.scrubNow(ctx), d.foldLog(ctx), d.discard())
}

// foldLog folds the write-ahead log into the file and empties it.
func (d *db) foldLog(ctx context.Context) error {
	_, err := d.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// discard closes the connection and leaves the file as it is.
func (d *db) discard() error {
	var errs []error
	for _, st := range d.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, d.count.close(), d.conn.Close(), d.pool.Close())...)
}

// prepare returns a statement, compiled once for each text.
func (d *db) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := d.stmts[query]; ok {
		return st, nil
	}
	st, err := d.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	d.stmts[query] = st
	return st, nil
}

// exec runs a statement and returns how many rows it changed. Like query, it
// looks at ctx before the statement and lets nothing interrupt it then:
// statements are short, and one that is cut short would leave in doubt what
// it did.
func (d *db) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	ctx = context.WithoutCancel(ctx)
	st, err := d.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query calls each for every row of the answer. The row is overwritten by the
// next one; the byte slices in it are not. It ends early, without an error, if
// each returns errEnough.
func (d *db) query(ctx context.Context, query string, args []any, each func(row []any) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	st, err := d.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	row, dest := make([]any, len(names)), make([]any, len(names))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		switch err := each(row); {
		case errors.Is(err, errEnough):
			return nil
		case err != nil:
			return err
		}
	}
	return rows.Err()
}

// tx calls f within a transaction, which ends with it: committed if f returns
// nil, else undone.
func (d *db) tx(ctx context.Context, f func() error) error {
	if _, err := d.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx)
	done := false
	defer func() {
		if !done {
			_, _ = d.exec(whole, "ROLLBACK") // fails if SQLite undid it already
			d.words.undo()
			d.dirs, d.lastSeg, d.pending = nil, 0, nil
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if _, err := d.exec(whole, "COMMIT"); err != nil {
		return err
	}
	done = true
	d.words.keep()
	return nil
}

// bulk collects rows for a statement that takes many at once, which is about
// twice as fast as one at a time.
type bulk struct {
	db      *db
	queries [3]string // statements for so many rows:
	sizes   [3]int    // the most, a quarter of it, and one
	cols    int       // arguments of a row
	args    []any
}

// bulkArgs is about how many arguments a statement should have. The driver
// looks for each argument from the first one on, so that more of them take
// more time than larger statements save.
const bulkArgs = 48

// bulk returns a bulk for the statement that consists of head, then row as
// often as there are rows with commas between, then tail.
func (d *db) bulk(head, row, tail string) *bulk {
	b := &bulk{db: d, cols: strings.Count(row, "?")}
	most := bulkArgs / b.cols
	b.sizes = [3]int{most, max(most/4, 1), 1}
	for i, size := range b.sizes {
		b.queries[i] = head + repeat(row, size) + tail
	}
	return b
}

// add takes one row.
func (b *bulk) add(ctx context.Context, args ...any) error {
	b.args = append(b.args, args...)
	if len(b.args) < b.sizes[0]*b.cols {
		return nil
	}
	return b.flush(ctx)
}

// flush writes the rows that are left. There are three statements to compile
// and no more.
func (b *bulk) flush(ctx context.Context) error {
	rest := b.args
	for i, size := range b.sizes {
		for len(rest) >= size*b.cols {
			if _, err := b.db.exec(ctx, b.queries[i], rest[:size*b.cols]...); err != nil {
				return err
			}
			rest = rest[size*b.cols:]
		}
	}
	b.args = b.args[:0]
	return nil
}

func flushAll(ctx context.Context, bulks ...*bulk) error {
	for _, b := range bulks {
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// repeat returns n times the text with commas between.
func repeat(text string, n int) string {
	return strings.TrimSuffix(strings.Repeat(text+",", n), ",")
}
