package sqltable

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// sqlite speaks to SQLite, where a value has a type and a column has but an
// inclination.
type sqlite struct{}

const sqliteLayout = "2006-01-02 15:04:05.999999999"

// read takes the declared type off the value: some drivers make times of it.
func (sqlite) read(d *dbColumn) string { return "+t." + quote(d.name) }

func (sqlite) param(n int, _ *dbColumn) string { return "?" + strconv.Itoa(n) }

func (sqlite) arg(r raw) any {
	if r[0] == 'i' {
		if n, err := strconv.ParseInt(string(r[1:]), 10, 64); err == nil {
			return n
		}
	}
	return string(r[1:])
}

func (sqlite) lock() string { return "" } // the transaction has the whole file

// sqliteTx holds the write lock from the beginning: one that reads first and
// writes then is refused if somebody else wrote in between.
type sqliteTx struct{ *sql.Conn }

func (sqlite) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return sqliteTx{conn}, nil
}

func (t sqliteTx) commit(ctx context.Context) error {
	_, err := t.ExecContext(ctx, "COMMIT")
	if err != nil {
		t.rollback(ctx)
		return err
	}
	_ = t.Close() // the transaction is done whatever becomes of the connection
	return nil
}

// rollback gives the connection back only if it has no transaction any more.
// SQLite may have rolled back by itself.
func (t sqliteTx) rollback(ctx context.Context) {
	const patience = 10 * time.Second
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_, _ = t.ExecContext(clean, "ROLLBACK") // what counts is whether another can begin
	if _, err := t.ExecContext(clean, "BEGIN"); err == nil {
		_, err = t.ExecContext(clean, "ROLLBACK")
		if err == nil {
			_ = t.Close()
			return
		}
	}
	_ = t.Raw(func(any) error { return driver.ErrBadConn }) // so the pool closes it
	_ = t.Close()
}

// horizon takes the write lock for a moment: then nobody is writing. If it
// cannot be had, somebody may be.
func (s sqlite) horizon(ctx context.Context, db *sql.DB, top string) (horizon, error) {
	tx, err := s.begin(ctx, db)
	var q querier = tx
	h := horizon{}
	if err != nil {
		if code := sqliteCode(err); code != codeBusy && code != codeReadOnly || ctx.Err() != nil {
			return h, err
		}
		h.blind, q = true, db
	} else {
		defer tx.rollback(ctx)
	}
	if h.now, err = s.clock(ctx, q); err != nil || top == "" {
		return h, err
	}
	err = scanAll(ctx, q, "SELECT ("+top+")", nil, func(scan func(...any) error) error {
		var most sql.NullInt64
		err := scan(&most)
		if most.Valid {
			h.top = raw("i" + strconv.FormatInt(most.Int64, 10))
		}
		return err
	})
	return h, err
}

func (sqlite) clock(ctx context.Context, q querier) (time.Time, error) {
	var now string
	err := scanAll(ctx, q, "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')", nil, func(scan func(...any) error) error { return scan(&now) })
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(sqliteLayout, now)
}

// identity is never asked without Config.Installation.
func (sqlite) identity(_ context.Context, _ querier, schema string) (id, name string, err error) {
	return "", schema, nil
}

func (s sqlite) rights(ctx context.Context, db *sql.DB, _ *Config) (denied string, err error) {
	tx, err := s.begin(ctx, db)
	switch {
	case err == nil:
		tx.rollback(ctx)
	case sqliteCode(err) == codeReadOnly:
		return "writing to the file", nil
	case sqliteCode(err) == codeBusy:
		return "", nil // somebody else may write, and so may we
	}
	return "", err
}

func (sqlite) catalog(ctx context.Context, q querier, c *Config) (*catalog, error) {
	cat := &catalog{names: map[string][]string{}}
	var keys []string
	whole := false // the key is the rowid: it has no index, and numbers itself
	err := scanAll(ctx, q, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, ?2)", []any{c.Table, c.Schema},
		func(scan func(...any) error) error {
			var d dbColumn
			var def sql.NullString
			var declared string
			var pk, hidden int
			if err := scan(&d.name, &declared, &d.notNull, &def, &pk, &hidden); err != nil {
				return err
			}
			d.hasDef, d.def, d.generated = def.Valid, def.String, hidden > 0
			d.fromSQLite(declared)
			cat.columns = append(cat.columns, d)
			if pk > 0 {
				keys, whole = append(keys, d.name), strings.EqualFold(declared, "INTEGER")
			}
			return nil
		})
	if err != nil || len(cat.columns) == 0 {
		return nil, err
	}
	if len(keys) == 1 && whole {
		cat.unique, cat.indexed = keys, slices.Clone(keys)
		d, _ := cat.column(keys[0])
		d.hasDef = true
	}
	var kind string
	err = scanAll(ctx, q, "SELECT type FROM "+quote(c.Schema)+".sqlite_master WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')", []any{c.Table},
		func(scan func(...any) error) error { return scan(&kind) })
	cat.view = kind == "view"
	if err != nil {
		return nil, err
	}
	return cat, sqliteIndexes(ctx, q, c, cat)
}

func sqliteIndexes(ctx context.Context, q querier, c *Config, cat *catalog) error {
	return scanAll(ctx, q, `SELECT l."unique" AND NOT l.partial AND (SELECT count(*) FROM pragma_index_info(l.name, ?2)) = 1, i.name
FROM pragma_index_list(?1, ?2) l, pragma_index_info(l.name, ?2) i WHERE i.seqno = 0 AND i.name IS NOT NULL`, []any{c.Table, c.Schema},
		func(scan func(...any) error) error {
			var alone bool
			var name string
			if err := scan(&alone, &name); err != nil {
				return err
			}
			cat.indexed = append(cat.indexed, name)
			if alone {
				cat.unique = append(cat.unique, name)
			}
			return nil
		})
}

// fromSQLite fills in what follows from the declared type, by the rules of
// column affinity, with the names that everybody uses for what SQLite has no
// type for.
func (d *dbColumn) fromSQLite(declared string) {
	name := strings.ToUpper(declared)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	d.natural, d.store = instep.TypeString, textStore
	switch {
	case has("INT"):
		d.natural, d.store = instep.TypeInt, intStore
	case has("CHAR", "CLOB", "TEXT", "BLOB"), name == "": // a length is not kept to
	case has("REAL", "FLOA", "DOUBLE"):
		d.natural, d.store = instep.TypeDecimal, floatStore
	case has("BOOL"):
		d.natural, d.store = instep.TypeBool, intStore
	case has("DATETIME", "TIMESTAMP"):
		d.natural = instep.TypeTime
	case has("DATE"):
		d.natural = instep.TypeDate
	case has("TIME"):
	default: // NUMERIC, DECIMAL and everything else
		d.natural, d.store = instep.TypeDecimal, floatStore
	}
}
