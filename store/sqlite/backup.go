package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/instep-go/instep"
)

// partSuffix ends the names of files that are not complete yet.
const partSuffix = ".part"

// Backup writes a copy of the state to a new file, for its owner only, while
// the store is open. It has the commits that returned before, as a whole, and
// is on disk when Backup returns. Other calls wait meanwhile. [Restore] puts
// it back. The hash key is not in it: keep hash.key elsewhere, for without it
// a backup is worthless, and with it in the same place it is as telling as the
// state itself.
//
// Errors are of kind Config if there is a file of that name already, which
// stays as it is, or if none can be made there; Unavailable if the disk is
// full or fails; Canceled if ctx ended. Then nothing is left of the copy.
func (s *Store) Backup(ctx context.Context, path string) error {
	return s.use(ctx, "back up to "+path, func(d *db) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		// The name is taken before anything is written to it, so that of two
		// backups at once one fails.
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return &instep.Error{Kind: instep.Config, Err: errors.New("there is a file of that name"), Remedy: "name a new file"}
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return &instep.Error{Kind: instep.Config, Err: err, Remedy: "name a file in a folder that this program may write in"}
		}
		part := path + partSuffix
		if err = d.vacuumInto(ctx, part); err == nil {
			err = rename(part, path)
		}
		if err != nil {
			return errors.Join(err, os.Remove(path))
		}
		return nil
	})
}

// vacuumInto writes a copy of the file, built anew, to a path whose owner is
// this package: what is there is overwritten. On an error nothing is there.
func (d *db) vacuumInto(ctx context.Context, path string) error {
	path, err := filepath.Abs(path) // a path that begins with "file:" would be taken for a URI
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite fills an empty file
	if err != nil {
		return err
	}
	if err = f.Close(); err == nil {
		_, err = d.conn.ExecContext(ctx, "VACUUM INTO ?", path)
	}
	if err == nil {
		err = syncFile(path)
	}
	if err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("write a copy: %w", err)
	}
	return nil
}

// rename gives a file that is on disk another name, also on disk.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Remove(from))
	}
	syncFolder(filepath.Dir(to))
	return nil
}

// syncFile puts a file on disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
