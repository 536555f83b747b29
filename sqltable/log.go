package sqltable

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/instep-go/instep"
)

// logNames are the quoted names of a log and of what belongs to it.
type logNames struct {
	table   string // the log, with its schema
	bare    string // without
	of      string // the table that is logged, with its schema
	ofBare  string
	key     string // the key column, quoted
	keyType string
	fn      string // PostgreSQL's function, with the schema
	prefix  func(suffix string) string
}

func (r *Reader) log() *logNames {
	name, schema := r.cfg.Log.Table, quote(r.cfg.Schema)
	l := &logNames{
		table: schema + "." + quote(name), bare: quote(name), of: r.table(), ofBare: quote(r.cfg.Table),
		key: quote(r.cfg.Key.Column), keyType: r.plan.key.sqlType, fn: schema + "." + quote(name+"_write"),
		prefix: func(suffix string) string { return quote(name + suffix) },
	}
	if r.cfg.Dialect == SQLite {
		l.keyType = "TEXT"
		if r.plan.key.store == intStore {
			l.keyType = "INTEGER"
		}
		l.fn = schema
	}
	return l
}

// LogStatements returns the statements that [Reader.InstallLog] carries out, in
// their order, for whoever wants to look at them first or run them by other
// means. They may be run again. It is nil where Config.Log is.
//
// In PostgreSQL the triggers' function belongs to whoever installs it and
// writes with that user's rights, so that those who edit the table need none on
// the log. A TRUNCATE is logged row by row. Rows that logical replication brings
// are logged only if somebody enables the triggers for that (ENABLE ALWAYS). In
// SQLite a REPLACE that removes another row than that of its key tells of it
// only with PRAGMA recursive_triggers; otherwise the sweep finds out.
func (r *Reader) LogStatements() []string {
	if r.cfg.Log == nil {
		return nil
	}
	return r.d.logStatements(r.log())
}

// InstallLog makes the log and its triggers, in one transaction. It needs the
// right to do so, and waits for who writes the table. Nothing is changed where
// all is there. Without Config.Log it is an error of kind Config.
func (r *Reader) InstallLog(ctx context.Context) error {
	if r.cfg.Log == nil {
		return configError("Log", "it is not set", "set Config.Log")
	}
	const op = "install the log"
	tx, err := r.d.begin(ctx, r.db)
	if err != nil {
		return r.failure(op, err)
	}
	for _, statement := range r.LogStatements() {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			tx.rollback(ctx)
			return r.failure(op, err)
		}
	}
	return r.failure(op, tx.commit(ctx))
}

// PruneLog forgets what is older than keep in the log, and returns how many
// entries. A cursor that has not come so far is Expired, and an engine reads
// everything again then, so that keep should be a few times as long as the longest pause between two runs.
// Less than an hour is taken for an hour: a transaction that writes to the log
// now may be older than its end.
func (r *Reader) PruneLog(ctx context.Context, keep time.Duration) (int64, error) {
	if r.cfg.Log == nil {
		return 0, configError("Log", "it is not set", "set Config.Log")
	}
	const op = "prune the log"
	tx, err := r.d.begin(ctx, r.db)
	if err != nil {
		return 0, r.failure(op, err)
	}
	n, err := r.prune(ctx, tx, max(keep, time.Hour))
	if err != nil {
		tx.rollback(ctx)
		return 0, r.failure(op, err)
	}
	return n, r.failure(op, tx.commit(ctx))
}

// prune deletes old entries and leaves one that says up to which.
func (r *Reader) prune(ctx context.Context, tx transaction, keep time.Duration) (int64, error) {
	l := r.log()
	now, err := r.d.clock(ctx, tx)
	if err != nil {
		return 0, err
	}
	before := now.Add(-keep).UTC().Format("2006-01-02T15:04:05Z")
	var top int64
	err = scanAll(ctx, tx, fmt.Sprintf("SELECT coalesce(max(seq), 0) FROM %s WHERE op IN ('I', 'U', 'D') AND at < %s", l.table, r.d.param(1, &dbColumn{sqlType: "timestamptz"})),
		[]any{before}, func(scan func(...any) error) error { return scan(&top) })
	if err != nil || top == 0 {
		return 0, err
	}
	last := strconv.FormatInt(top, 10)
	done, err := tx.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE op = 'P' OR op IN ('I', 'U', 'D') AND seq <= %s", l.table, last))
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (op, note) VALUES ('P', '%s')", l.table, last)); err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// logBirth names the log as the way changes are seen: one that was made anew
// numbers its entries anew.
func (r *Reader) logBirth(ctx context.Context) (string, error) {
	birth := ""
	err := scanAll(ctx, r.db, "SELECT note FROM "+r.log().table+" WHERE op = 'B' ORDER BY seq LIMIT 1", nil,
		func(scan func(...any) error) error { return scan(&birth) })
	if err == nil && birth != "" {
		return "log " + birth, nil
	}
	if err != nil && r.failureKind(err) != instep.Config {
		return "", err
	}
	return "", &instep.Error{
		Kind: instep.Config, Op: "sqltable: read changes", Err: errors.New("there is no log of triggers"),
		Remedy: "call InstallLog once, or run the statements that LogStatements shows",
	}
}

func (r *Reader) failureKind(err error) instep.Kind { return instep.KindOf(r.failure("", err)) }

// pruned is the last entry that was forgotten; 0 if none was.
func (r *Reader) pruned(ctx context.Context) (int64, error) {
	var note string
	err := scanAll(ctx, r.db, "SELECT note FROM "+r.log().table+" WHERE op = 'P' ORDER BY seq DESC LIMIT 1", nil,
		func(scan func(...any) error) error { return scan(&note) })
	if err != nil || note == "" {
		return 0, err
	}
	return strconv.ParseInt(note, 10, 64)
}

// readLog gives a page of what the log names: the rows as they are now, or
// that they are no more.
func (r *Reader) readLog(ctx context.Context, c cursor) (instep.Page, error) {
	l := r.log()
	last, err := r.pruned(ctx)
	if err != nil {
		return instep.Page{}, err
	}
	if c.At != "" && c.At.int() < last {
		return instep.Page{}, expired("what the log said since was pruned")
	}
	query := fmt.Sprintf(`SELECT CAST(l.seq AS text), CAST(l.id AS text), %s FROM %s l LEFT JOIN %s t ON t.%s = l.id WHERE l.seq > %d AND l.op IN ('I', 'U', 'D') ORDER BY l.seq LIMIT %d`,
		r.plan.list, l.table, l.of, l.key, c.At.int(), r.cfg.PageSize+1)
	var page instep.Page
	b := budget{rows: r.cfg.PageSize}
	at := map[string]int{} // where in the page a record stands: many entries may name it
	err = r.rows(ctx, r.db, query, nil, 2, func(entry []any, got row) bool {
		if page.More = b.spent(); page.More {
			return false
		}
		b.add(got.vals)
		c.At = raw("i" + textOf(entry[0]))
		rec := got.rec
		if rec.Ref.ID == "" {
			rec = instep.Record{Ref: r.ref(textOf(entry[1])), Status: instep.Deleted}
		}
		if rec.Ref.ID == "" {
			return true
		}
		i, known := at[rec.Ref.ID]
		if !known {
			i = len(page.Records)
			at[rec.Ref.ID], page.Records = i, append(page.Records, rec)
		}
		page.Records[i] = rec
		return true
	})
	if err != nil {
		return page, err
	}
	if !page.More {
		c = c.done()
	}
	page.Next = c.text()
	return page, nil
}
