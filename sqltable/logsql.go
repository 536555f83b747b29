package sqltable

import (
	"context"
	"fmt"
)

func (postgres) logStatements(l *logNames) []string {
	return []string{
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id %s,
  op char(1) NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  note text)`, l.table, l.keyType),
		fmt.Sprintf(`CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $instep$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO %[2]s (id, op) SELECT %[3]s, 'D' FROM %[4]s;
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    INSERT INTO %[2]s (id, op) VALUES (OLD.%[3]s, 'D');
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.%[3]s IS DISTINCT FROM NEW.%[3]s THEN
      INSERT INTO %[2]s (id, op) VALUES (OLD.%[3]s, 'D');
    END IF;
  END IF;
  INSERT INTO %[2]s (id, op) VALUES (NEW.%[3]s, left(TG_OP, 1));
  RETURN NULL;
END $instep$`, l.fn, l.table, l.key, l.of),
		fmt.Sprintf(`DROP TRIGGER IF EXISTS %s ON %s`, l.prefix("_rows"), l.of),
		fmt.Sprintf(`CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s()`, l.prefix("_rows"), l.of, l.fn),
		fmt.Sprintf(`DROP TRIGGER IF EXISTS %s ON %s`, l.prefix("_empty"), l.of),
		fmt.Sprintf(`CREATE TRIGGER %s BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()`, l.prefix("_empty"), l.of, l.fn),
		fmt.Sprintf(`INSERT INTO %[1]s (op, note) SELECT 'B', md5(CAST(random() AS text) || CAST(clock_timestamp() AS text))
WHERE NOT EXISTS (SELECT 1 FROM %[1]s WHERE op = 'B')`, l.table),
	}
}

func (sqlite) logStatements(l *logNames) []string {
	trigger := func(suffix, event, body string) string {
		return fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s.%s AFTER %s ON %s BEGIN %s END", l.fn, l.prefix(suffix), event, l.ofBare, body)
	}
	write := func(row, op, where string) string {
		return fmt.Sprintf("INSERT INTO %s (id, op) SELECT %s.%s, '%s'%s;", l.bare, row, l.key, op, where)
	}
	return []string{
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id %s,
  op TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', 'now')),
  note TEXT)`, l.table, l.keyType),
		trigger("_insert", "INSERT", write("NEW", "I", "")),
		trigger("_delete", "DELETE", write("OLD", "D", "")),
		trigger("_update", "UPDATE", write("OLD", "D", fmt.Sprintf(" WHERE OLD.%[1]s IS NOT NEW.%[1]s", l.key))+" "+write("NEW", "U", "")),
		fmt.Sprintf(`INSERT INTO %[1]s (op, note) SELECT 'B', lower(hex(randomblob(16)))
WHERE NOT EXISTS (SELECT 1 FROM %[1]s WHERE op = 'B')`, l.table),
	}
}

func (postgres) logTriggers(log string) []string { return []string{log + "_rows", log + "_empty"} }

func (sqlite) logTriggers(log string) []string {
	return []string{log + "_insert", log + "_update", log + "_delete"}
}

// triggers lists the triggers of the table that are in force.
func (postgres) triggers(ctx context.Context, q querier, c *Config) ([]string, error) {
	return names(ctx, q, `SELECT CAST(tgname AS text) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
AND tgrelid = CAST(CAST($1 AS text) AS regclass)`, quote(c.Schema)+"."+quote(c.Table))
}

func (sqlite) triggers(ctx context.Context, q querier, c *Config) ([]string, error) {
	return names(ctx, q, "SELECT name FROM "+quote(c.Schema)+".sqlite_master WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE", c.Table)
}

func names(ctx context.Context, q querier, query string, args ...any) (list []string, err error) {
	err = scanAll(ctx, q, query, args, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		list = append(list, name)
		return err
	})
	return list, err
}
