package sqltable

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// postgres speaks to PostgreSQL. Values go both ways as text, so that no
// driver's own types matter, and no setting of the session does.
type postgres struct{}

const (
	pgStamp  = `'YYYY-MM-DD"T"HH24:MI:SS.US'`
	pgLayout = "2006-01-02T15:04:05.999999"
)

func (postgres) read(d *dbColumn) string {
	c := "t." + quote(d.name)
	switch d.store {
	case dateStore:
		return fmt.Sprintf(`CASE WHEN %[1]s BETWEEN '0001-01-01' AND '9999-12-31' THEN to_char(%[1]s, 'YYYY-MM-DD') ELSE CAST(%[1]s AS text) END`, c)
	case zonedStore:
		return fmt.Sprintf(`CASE WHEN %[1]s >= '0001-01-02Z' AND %[1]s < '9999-12-31Z' THEN to_char(%[1]s AT TIME ZONE 'UTC', %[2]s) || 'Z' ELSE CAST(%[1]s AS text) END`, c, pgStamp)
	case wallStore:
		return fmt.Sprintf(`CASE WHEN %[1]s >= '0001-01-02' AND %[1]s < '9999-12-31' THEN to_char(%[1]s, %[2]s) ELSE CAST(%[1]s AS text) END`, c, pgStamp)
	default:
		return "CAST(" + c + " AS text)"
	}
}

func (postgres) param(n int, d *dbColumn) string {
	if d.sqlType == "text" {
		return fmt.Sprintf("CAST($%d AS text)", n)
	}
	return fmt.Sprintf("CAST(CAST($%d AS text) AS %s)", n, d.sqlType)
}

func (postgres) arg(r raw) any { return string(r[1:]) }

func (postgres) lock() string { return " FOR UPDATE OF t" }

// pgTx is a transaction of database/sql.
type pgTx struct{ *sql.Tx }

func (postgres) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, err
	}
	return pgTx{tx}, nil
}

func (t pgTx) commit(context.Context) error { return t.Commit() }

func (t pgTx) rollback(context.Context) { _ = t.Rollback() } // what failed was told already

// horizon lists the virtual transactions of this database: unlike the numbers
// in a snapshot they stand for a transaction from its very beginning, before
// it has written anything, and everybody may see them. The moment is taken
// before the list.
func (postgres) horizon(ctx context.Context, db *sql.DB, top string) (horizon, error) {
	if top == "" {
		top = "NULL"
	}
	var (
		h        horizon
		now      string
		most     sql.NullString
		open     string
		standby  bool
		prepared bool
	)
	err := scanAll(ctx, db, `SELECT to_char(statement_timestamp() AT TIME ZONE 'UTC', `+pgStamp+`), CAST((`+top+`) AS text), pg_is_in_recovery(),
(SELECT coalesce(string_agg(l.virtualxid, ' '), '') FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
AND (a.datid IS NULL OR a.datid = (SELECT oid FROM pg_database WHERE datname = current_database()))),
EXISTS (SELECT 1 FROM pg_prepared_xacts WHERE database = current_database())`, nil,
		func(scan func(...any) error) error { return scan(&now, &most, &standby, &open, &prepared) })
	if err != nil {
		return h, err
	}
	if standby {
		return h, &instep.Error{
			Kind: instep.Config, Op: "sqltable: read changes", Err: errors.New("this server is a standby, which does not know which transactions are open"),
			Remedy: "connect to the primary, or leave Change and Log nil",
		}
	}
	if most.Valid {
		h.top = raw("i" + most.String)
	}
	h.open, h.blind = strings.Fields(open), prepared
	h.now, err = time.Parse(pgLayout, now)
	return h, err
}

func (postgres) clock(ctx context.Context, q querier) (time.Time, error) {
	var now string
	err := scanAll(ctx, q, `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', `+pgStamp+`)`, nil,
		func(scan func(...any) error) error { return scan(&now) })
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(pgLayout, now)
}

func (postgres) identity(ctx context.Context, q querier, schema string) (id, name string, err error) {
	err = scanAll(ctx, q, `SELECT (SELECT CAST(system_identifier AS text) FROM pg_control_system()) || '/' ||
(SELECT CAST(oid AS text) FROM pg_database WHERE datname = current_database()), current_database()`, nil,
		func(scan func(...any) error) error { return scan(&id, &name) })
	return id + "/" + schema, name, err
}

func (postgres) rights(ctx context.Context, db *sql.DB, c *Config) (denied string, err error) {
	rights := []string{"SELECT", "INSERT", "UPDATE"}
	if c.HardDelete {
		rights = append(rights, "DELETE")
	}
	var missing []string
	for _, right := range rights {
		check := "has_any_column_privilege"
		if right == "DELETE" {
			check = "has_table_privilege"
		}
		var has bool
		err := scanAll(ctx, db, `SELECT `+check+`(CAST(CAST($1 AS text) AS regclass), CAST($2 AS text))`,
			[]any{quote(c.Schema) + "." + quote(c.Table), right}, func(scan func(...any) error) error { return scan(&has) })
		if err != nil {
			return "", err
		}
		if !has {
			missing = append(missing, right)
		}
	}
	return strings.Join(missing, ", "), nil
}
