package main

import (
	"bufio"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/registers"
)

// sqliteMemory matches in an in-memory database. Its keys are made by a
// function in Go, since SQLite has none that would do.
func sqliteMemory(j *job) error {
	if err := sqlite.RegisterDeterministicScalarFunction("key", 1, sqlKey); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	j.began = time.Now()
	for s, name := range []string{"l", "r"} {
		if err := fillTable(db, name, j.path(instep.Side(s))); err != nil {
			return err
		}
	}
	j.done("read")
	if err := j.matchSQL(db); err != nil {
		return err
	}
	path := filepath.Join(j.dir, "found-sqlite.csv")
	if err := writeQuery(db, path, "SELECT lid, rid, rank FROM pairs"); err != nil {
		return err
	}
	if err := writeQuery(db, path+".doubts", "SELECT lid, rid, 0 FROM doubts"); err != nil {
		return err
	}
	j.done("write")
	if err := j.countDoubts(db); err != nil {
		return err
	}
	return j.readPairs(path)
}

func sqlKey(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, _ := args[0].(string)
	return registers.Key(text), nil
}

func fillTable(db *sql.DB, name, path string) error {
	if _, err := db.Exec(fmt.Sprintf("CREATE TABLE %s (id TEXT, k1 TEXT, k2 TEXT, k3 TEXT)", name)); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.Prepare(fmt.Sprintf("INSERT INTO %s VALUES (?, key(?), key(?), key(?))", name))
	if err != nil {
		return err
	}
	defer insert.Close()
	var failed error
	err = withFile(path, func(r io.Reader) error {
		return registers.ReadCSV(r, func(row registers.Row) {
			if _, err := insert.Exec(row.ID, row.Code, row.BusinessID, row.Name); err != nil {
				failed = err
			}
		})
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

func writeQuery(db *sql.DB, path, query string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	out := bufio.NewWriterSize(f, 1<<16)
	for rows.Next() {
		var left, right, rank string
		if err := rows.Scan(&left, &right, &rank); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s,%s,%s\n", left, right, rank)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return out.Flush()
}
