//go:build duckdb

package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // registers the driver

	"github.com/instep-go/instep"
)

// duckDB matches in an in-memory database, with as many threads as there are
// processors.
func duckDB(j *job) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	j.began = time.Now()
	if _, err := db.Exec(`CREATE MACRO key(x) AS regexp_replace(lower(x), '[^\p{L}\p{N}]', '', 'g')`); err != nil {
		return err
	}
	for s, name := range []string{"l", "r"} {
		_, err := db.Exec(fmt.Sprintf("CREATE TABLE %s AS SELECT id, key(code) AS k1, key(business_id) AS k2, key(name) AS k3 FROM read_csv(%s, header = true, all_varchar = true)",
			name, quoted(j, instep.Side(s))))
		if err != nil {
			return err
		}
	}
	j.done("read")
	if err := j.matchSQL(db); err != nil {
		return err
	}
	path := filepath.Join(j.dir, "found-duckdb.csv")
	for table, to := range map[string]string{"pairs": path, "doubts": path + ".doubts"} {
		if _, err := db.Exec(fmt.Sprintf("COPY %s TO '%s' (HEADER false)", table, strings.ReplaceAll(to, "'", "''"))); err != nil {
			return err
		}
	}
	j.done("write")
	if err := j.countDoubts(db); err != nil {
		return err
	}
	return j.readPairs(path)
}
