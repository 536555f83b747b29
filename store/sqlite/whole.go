package sqlite

import (
	"context"
	"os"
	"path/filepath"

	"github.com/instep-go/instep"
)

// looked is the size up to which a file is looked through whenever it is
// opened. That takes about as long as reading it.
const looked = 16 << 20

// left reports whether an earlier process has left its log, which one that
// closes does not.
func left(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, fileName+"-wal"))
	return err == nil && info.Size() > 0
}

// lookThrough has SQLite find pages that are not what they should be, once.
// SQLite keeps no checksums of them: used unseen, a page of which half is an
// earlier one may lack links, and what they stand for would be made again.
func (s *Store) lookThrough(ctx context.Context) error {
	if s.looked {
		return nil
	}
	s.looked = true
	found := ""
	err := s.db.query(ctx, "PRAGMA integrity_check(1)", nil, func(row []any) error {
		found, _ = row[0].(string)
		return errEnough
	})
	if err == nil && found != "ok" {
		err = damaged("%s", instep.OneLine(found, 200))
	}
	return err
}

// lookNow reports whether the file is to be looked through before anything of
// it is used.
func (s *Store) lookNow() bool {
	info, err := os.Stat(filepath.Join(s.dir, fileName))
	return s.left || err == nil && info.Size() <= looked
}
