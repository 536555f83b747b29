package sqlite

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/instep-go/instep"
)

// Restore puts a backup in the place of the state in a folder that no store
// has open. The state that was there is kept beside it, as state.db.former-1,
// the next time as state.db.former-2, and so on. A folder or state that is not
// there is made; the folder's hash.key is not touched, and must be put back
// first where it is missing, unless the key is given by Options.
//
// What was committed after the backup is not known any more, so that the next
// Open sets PairState.Rewound for every pair. The backup stays as it is. It may
// be one of an older version; the next Open upgrades it. If Restore fails or
// is killed, the folder has the state of before, or that of the backup, whole.
//
// Errors are of kind Busy if somebody has the folder open; Mismatch if the
// file is no backup of this program's state, was made by a newer version, or
// with another hash key than the folder has; Config if a file or the folder
// cannot be used; Malformed if the backup is damaged; Unavailable if the disk
// is full or fails; Canceled if ctx ended.
func Restore(ctx context.Context, dir, backup string) error {
	r := newRestore(dir, backup)
	defer r.close()
	for _, step := range r.steps() {
		if err := step(ctx); err != nil {
			return r.folder.fail("restore from "+backup, err)
		}
	}
	return nil
}

// restore is a Restore under way.
type restore struct {
	folder *Store // its db holds the lock; nil if the state there is damaged or gone
	backup string
	from   *db
	check  []byte // key check of the backup
	part   string // the copy of it in the folder, until that is the state
}

func newRestore(dir, backup string) *restore {
	return &restore{folder: &Store{dir: dir, turn: make(chan struct{}, 1)}, backup: backup}
}

// steps are what a Restore does. Only the last one changes the state.
func (r *restore) steps() []func(context.Context) error {
	return []func(context.Context) error{r.openBackup, r.openFolder, r.checkKey, r.copy, r.swap}
}

func (r *restore) close() {
	if r.part != "" { // as long as the folder is locked: then the name is another's
		_ = os.Remove(r.part)
	}
	for _, d := range []*db{r.from, r.folder.db} {
		if d != nil {
			_ = d.discard() // nothing was written through it that matters
		}
	}
}

// notBackup is for a file that cannot be restored.
func notBackup(why string, args ...any) error {
	return &instep.Error{Kind: instep.Mismatch, Err: fmt.Errorf("the backup "+why, args...), Remedy: "name a file that Backup has written"}
}

// openBackup opens the backup for reading and looks at whose it is.
func (r *restore) openBackup(ctx context.Context) error {
	info, err := os.Stat(r.backup)
	if err != nil {
		return &instep.Error{Kind: instep.Config, Err: err, Remedy: "name a file that Backup has written"}
	}
	if state, err := os.Stat(filepath.Join(r.folder.dir, fileName)); err == nil && os.SameFile(state, info) {
		return &instep.Error{Kind: instep.Config, Err: errors.New("the backup is the state itself"), Remedy: "name a file that Backup has written"}
	}
	if _, err := os.Stat(r.backup + "-wal"); err == nil {
		return notBackup("is a state that is open, or was never closed")
	}
	if r.from, err = connect(ctx, r.backup, "mode=ro&immutable=1"); err != nil {
		return err
	}
	known, err := embedded()
	if err != nil {
		return err
	}
	return backupError(r.checkBackup(ctx, len(known)))
}

func (r *restore) checkBackup(ctx context.Context, known int) error {
	var app, version int
	err := r.from.conn.QueryRowContext(ctx, "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version").Scan(&app, &version)
	switch {
	case err != nil:
		return err
	case app != applicationID || version == 0:
		return notBackup("is not of this program")
	case version > known:
		return notBackup("was made by a newer version of this program (format %d, this program knows %d)", version, known)
	}
	if r.check, err = r.from.keyCheck(ctx); err == nil && r.check == nil {
		return notBackup("is incomplete")
	}
	return err
}

// backupError is for an error of SQLite that is about the backup.
func backupError(err error) error {
	switch sqliteCode(err) {
	case codeNotADB:
		return notBackup("is no database")
	case codeCorrupt:
		return &instep.Error{Kind: instep.Malformed, Err: fmt.Errorf("the backup is damaged: %w", err), Remedy: "take another one"}
	}
	return err
}

// openFolder takes the lock of the folder. That its state is damaged is no
// reason to leave it.
func (r *restore) openFolder(ctx context.Context) error {
	if err := makeFolder(r.folder.dir); err != nil {
		return &instep.Error{Kind: instep.Config, Err: err, Remedy: "name a folder that this program may write in"}
	}
	var err error
	r.folder.db, err = r.folder.connect(ctx)
	if code := sqliteCode(err); code == codeCorrupt || code == codeNotADB {
		return nil
	}
	return err
}

// checkKey compares the key of the backup with that of the folder, or with
// that of the state there where the key is not in the folder.
func (r *restore) checkKey(ctx context.Context) error {
	var want []byte
	key, err := readKey(filepath.Join(r.folder.dir, keyName))
	switch {
	case err == nil:
		want = keyCheck(key)
	case !errors.Is(err, fs.ErrNotExist):
		return mismatch(r.folder.dir, err.Error(), "put back the right "+keyName)
	case r.folder.db != nil:
		if want, err = r.folder.db.keyCheck(ctx); err != nil && sqliteCode(err) != codeCorrupt {
			return err
		}
	}
	if want != nil && subtle.ConstantTimeCompare(want, r.check) != 1 {
		return notBackup("was made with another hash key than the folder has")
	}
	return nil
}

// copy writes what is to be the state into the folder, with a mark for Open.
func (r *restore) copy(ctx context.Context) error {
	path := filepath.Join(r.folder.dir, fileName+partSuffix)
	if err := r.from.vacuumInto(ctx, path); err != nil {
		return backupError(err)
	}
	r.part = path
	d, err := connect(ctx, path, "")
	if err != nil {
		return err
	}
	_, err = d.exec(ctx, setMeta, "restored", []byte{1})
	return errors.Join(err, d.discard(), syncFile(path))
}

// swap gives the copy the name of the state. Who opens the folder before that
// meets the lock, and after that the new state.
func (r *restore) swap(ctx context.Context) error {
	dir, d := r.folder.dir, r.folder.db
	state := filepath.Join(dir, fileName)
	former := int64(applicationID)
	if d != nil {
		// The log goes: it would be taken for one of the new state.
		if _, err := d.conn.ExecContext(ctx, "PRAGMA journal_mode = DELETE"); err != nil {
			return err
		}
		if err := d.conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&former); err != nil {
			return err
		}
	}
	if former != 0 { // else it was made just now
		if err := keepFormer(state, d == nil); err != nil {
			return fmt.Errorf("keep the former state: %w", err)
		}
	}
	err := os.Rename(r.part, state)
	if err != nil && d != nil { // Windows replaces no file that is open
		r.folder.db = nil
		if err = d.discard(); err == nil {
			err = os.Rename(r.part, state)
		}
	}
	if err != nil {
		return &instep.Error{Kind: instep.Config, Err: err, Remedy: "see to it that this program may write in the folder"}
	}
	r.part = ""
	syncFolder(dir)
	return nil
}

// keepFormer gives the former state another name too. What SQLite has left
// beside a damaged one gets only that name, for it would be taken for a part of
// the new state; beside a whole one there is nothing left.
func keepFormer(state string, damaged bool) error {
	former := ""
	for n := 1; ; n++ {
		former = fmt.Sprintf("%s.former-%d", state, n)
		err := os.Link(state, former)
		if err != nil && !errors.Is(err, fs.ErrExist) { // the file system has no such thing
			err = copyFile(state, former)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		if !damaged {
			break
		}
		if err := os.Rename(state+suffix, former+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	syncFolder(filepath.Dir(state))
	return nil
}

// copyFile copies a file to a new one, on disk.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, in.Close(), out.Sync(), out.Close())
}
