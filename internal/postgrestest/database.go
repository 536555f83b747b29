package postgrestest

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// TB is what of a test or benchmark is needed.
type TB interface {
	Helper()
	Cleanup(f func())
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
}

// Database returns the URL of a new and empty database, which is dropped when
// the test ends. It takes any user who may make databases.
func Database(tb TB) string {
	tb.Helper()
	mode := os.Getenv("INSTEP_POSTGRES")
	if mode == "skip" {
		tb.Skipf("INSTEP_POSTGRES=skip: nothing is proven on PostgreSQL")
	}
	server, err := server()
	if err != nil {
		if mode == "require" {
			tb.Fatalf("INSTEP_POSTGRES=require, but there is no PostgreSQL: %v", err)
		}
		tb.Skipf("nothing is proven on PostgreSQL: %v; install it, or set INSTEP_POSTGRES_URL", err)
	}
	name := "instep_" + strings.ToLower(rand.Text())
	if err := run(server.url, "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := run(server.url, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			tb.Fatalf("drop the database %s: %v", name, err)
		}
	})
	return withDatabase(server.url, name)
}

// Open opens a database of [Database] with the driver "pgx". It is closed when
// the test ends.
func Open(tb TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("pgx", Database(tb))
	if err != nil {
		tb.Fatalf("open the database: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Fatalf("close the database: %v", err)
		}
	})
	return db
}

// running is a server. A cluster of our own ends when alive is closed, which it
// is at the latest with this process.
type running struct {
	url   string
	alive io.Closer
}

// server returns the server, which it starts at the first call.
var server = sync.OnceValues(func() (running, error) {
	if given := os.Getenv("INSTEP_POSTGRES_URL"); given != "" {
		return running{url: given}, nil
	}
	return start()
})

func withDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // it was good enough to connect with
	}
	u.Path = "/" + name
	return u.String()
}

const patience = 30 * time.Second

// run carries out a statement in the server's own database.
func run(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return cmp.Or(err, db.Close())
}
