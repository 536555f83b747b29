package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	driver "modernc.org/sqlite"

	"github.com/instep-go/instep"
)

// fileName is the name of the database in the folder.
const fileName = "state.db"

// applicationID marks a database as ours: "inst". The first migration sets it.
const applicationID = 0x696e7374

// settings are made for the connection before anything is read, in this
// order. Exclusive locking needs no shared memory and lets no second process
// in; the write-ahead log is folded in when it has 64 MiB, about ten times the
// size of a commit of 50,000 links.
var settings = []string{
	"PRAGMA locking_mode = EXCLUSIVE",
	"PRAGMA trusted_schema = OFF",
	"PRAGMA cache_size = -16384",
	"PRAGMA secure_delete = ON",
	"PRAGMA wal_autocheckpoint = 16384",
	"PRAGMA synchronous = FULL",
}

// Open opens the state in a folder and makes both if they are not there. Nil
// options are the zero Options. The caller must close the store.
//
// Errors are of kind Busy if somebody has it open; Mismatch if the file was
// made by a newer version or with another key, or belongs to another program;
// Config if the folder cannot be used; Malformed if the file is no database, or
// is found damaged. In all these cases the state stays as it is.
func Open(ctx context.Context, dir string, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	known, err := embedded()
	if err != nil {
		return nil, err
	}
	return open(ctx, dir, o, known)
}

func open(ctx context.Context, dir string, o *Options, known []migration) (*Store, error) {
	s := &Store{dir: dir, turn: make(chan struct{}, 1), left: left(dir)}
	if err := makeFolder(dir); err != nil {
		return nil, &instep.Error{Kind: instep.Config, Op: s.op("open"), Err: err,
			Remedy: "name a folder that this program may write in"}
	}
	var err error
	if s.db, err = s.connect(ctx); err != nil {
		return nil, s.fail("open", err)
	}
	if err := s.prepare(ctx, o, known); err != nil {
		_ = s.db.discard() // nothing was written through it that matters
		return nil, s.fail("open", err)
	}
	return s, nil
}

// makeFolder makes the folder and an empty file with permissions for the
// owner only. It never opens a file that is there: on Unix, closing it would
// take away the locks of a store that this process has open on it.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, fileName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return f.Close()
}

// connect opens the file and takes the lock. Two that come at the very same
// moment may keep each other from it, so it tries a few times.
func (s *Store) connect(ctx context.Context) (*db, error) {
	const tries = 5
	for try := 1; ; try++ {
		d, err := s.connectOnce(ctx)
		if code := sqliteCode(err); try == tries || code != codeBusy && code != codeLocked {
			return d, err
		}
		select {
		case <-time.After(rand.N(40 * time.Millisecond)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *Store) connectOnce(ctx context.Context) (*db, error) {
	d, err := connect(ctx, filepath.Join(s.dir, fileName), "")
	if err != nil {
		return nil, err
	}
	if err := s.lock(ctx, d); err != nil {
		return nil, errors.Join(err, d.discard())
	}
	return d, nil
}

// connect opens a file. The query is what else SQLite is to know of it, in the
// form of a URL's.
func connect(ctx context.Context, path, query string) (*db, error) {
	dsn, err := dataSource(path, query)
	if err != nil {
		return nil, err
	}
	connector, err := driver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &db{pool: pool, conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

// dataSource returns the name of a file for the driver, as a URI because
// paths may have question marks in them. Double quotes are for names only.
func dataSource(path, query string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	u := url.URL{Scheme: "file", OmitHost: false, Path: path, RawQuery: strings.TrimSuffix("_busy_timeout=0&_dqs=0&"+query, "&")}
	return u.String(), nil
}

// lock makes the settings and takes the lock, after a look at whose file it
// is: that of another program is left as it is.
func (s *Store) lock(ctx context.Context, d *db) error {
	for _, q := range settings {
		if _, err := d.conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	var app, tables int64
	err := d.conn.QueryRowContext(ctx, "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id").Scan(&app, &tables)
	if err != nil {
		return err
	}
	if app != applicationID && (app != 0 || tables != 0) {
		return mismatch(s.dir, fileName+" belongs to another program", "name another folder")
	}
	var mode string
	if err := d.conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("the file system allows no write-ahead log, only journal mode %q", mode)
	}
	_, err = d.conn.ExecContext(ctx, "BEGIN EXCLUSIVE; COMMIT")
	return err
}

// prepare brings the file to the newest version, checks the key, reads what is
// held in memory, and ends what an earlier process could not.
func (s *Store) prepare(ctx context.Context, o *Options, known []migration) error {
	if s.lookNow() {
		if err := s.lookThrough(ctx); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx, known); err != nil {
		return err
	}
	if err := s.takeKey(ctx, o); err != nil {
		return err
	}
	for _, load := range []func(context.Context) error{s.db.loadWords, s.db.loadPairs, s.db.loadMeta} {
		if err := load(ctx); err != nil {
			return err
		}
	}
	if err := s.compareCount(ctx); err != nil {
		return err
	}
	_ = s.db.scrubNow(ctx) // Close says if it still cannot be done then
	return nil
}
