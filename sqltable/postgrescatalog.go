package sqltable

import (
	"context"
	"strings"

	"github.com/instep-go/instep"
)

const pgRelation = `SELECT CAST(c.oid AS text), CAST(c.relkind AS text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = CAST($1 AS text) AND c.relname = CAST($2 AS text) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`

const pgColumns = `SELECT a.attname, format_type(a.atttypid, NULL), format_type(coalesce(nullif(b.oid, 0), y.oid), NULL),
CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE y.typtypmod END, a.attnotnull OR y.typnotnull,
a.attidentity <> '' OR a.atthasdef OR y.typdefault IS NOT NULL, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity = 'a' OR a.attgenerated <> ''
FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = y.typbasetype
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = CAST(CAST($1 AS text) AS oid) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const pgIndexes = `SELECT i.indisunique AND i.indpred IS NULL AND i.indnkeyatts = 1, a.attname
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = CAST(CAST($1 AS text) AS oid) AND i.indisvalid`

// pgNames lists constraints and unique indexes, with one row for each column.
const pgNames = `SELECT n.name, coalesce(a.attname, '') FROM (
SELECT CAST(conname AS text) AS name, conrelid AS rel, unnest(coalesce(conkey, ARRAY[0])) AS num FROM pg_constraint WHERE conrelid = CAST(CAST($1 AS text) AS oid)
UNION SELECT CAST(c.relname AS text), i.indrelid, unnest(i.indkey) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indisunique AND i.indrelid = CAST(CAST($1 AS text) AS oid)) n
LEFT JOIN pg_attribute a ON a.attrelid = n.rel AND a.attnum = n.num ORDER BY 1, 2`

func (postgres) catalog(ctx context.Context, q querier, c *Config) (*catalog, error) {
	var oid, kind string
	err := scanAll(ctx, q, pgRelation, []any{c.Schema, c.Table}, func(scan func(...any) error) error { return scan(&oid, &kind) })
	if err != nil || oid == "" {
		return nil, err
	}
	cat := &catalog{view: kind == "v" || kind == "m" || kind == "f", names: map[string][]string{}}
	err = scanAll(ctx, q, pgColumns, []any{oid}, func(scan func(...any) error) error {
		var d dbColumn
		var base string
		var mod int
		if err := scan(&d.name, &d.sqlType, &base, &mod, &d.notNull, &d.hasDef, &d.def, &d.generated); err != nil {
			return err
		}
		d.fromPostgres(base, mod)
		cat.columns = append(cat.columns, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = scanAll(ctx, q, pgIndexes, []any{oid}, func(scan func(...any) error) error {
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
	if err != nil {
		return nil, err
	}
	return cat, scanAll(ctx, q, pgNames, []any{oid}, func(scan func(...any) error) error {
		var name, column string
		if err := scan(&name, &column); err != nil {
			return err
		}
		cat.names[name] = append(cat.names[name], column)
		return nil
	})
}

// fromPostgres fills in what follows from the type and its modifier.
func (d *dbColumn) fromPostgres(base string, mod int) {
	const header = 4 // the modifier of these types is that much more
	switch base {
	case "boolean":
		d.natural, d.store = instep.TypeBool, boolStore
	case "smallint", "integer", "bigint":
		d.natural, d.store = instep.TypeInt, intStore
	case "numeric":
		d.natural, d.store = instep.TypeDecimal, exactStore
		if mod >= header {
			d.digits = (mod - header) >> 16 & 0xffff
			d.decimals = max(((mod-header)&0x7ff^1024)-1024, 0)
		}
	case "real", "double precision":
		d.natural, d.store = instep.TypeDecimal, floatStore
	case "date":
		d.natural, d.store = instep.TypeDate, dateStore
	case "timestamp with time zone":
		d.natural, d.store = instep.TypeTime, zonedStore
	case "timestamp without time zone":
		d.natural, d.store = instep.TypeTime, wallStore
	case "uuid":
		d.natural, d.store = instep.TypeString, uuidStore
	case "character", "character varying":
		d.natural = instep.TypeString
		if mod > header {
			d.maxLen = mod - header
		}
	default:
		d.natural = instep.TypeString
	}
	if d.sqlType == "character" { // a cast to it would cut to one letter
		d.sqlType = "bpchar"
	}
	d.sqlType = strings.ReplaceAll(d.sqlType, "\x00", "")
}
