package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is what leads from one version of the file to the next. A
// migration that was released is never changed.
type migration struct {
	name string // 0001_state.sql
	sql  string
}

// embedded returns the migrations of this package; the first one leads to
// version 1.
func embedded() ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var list []migration
	for i, name := range names {
		base := filepath.Base(name)
		if want := fmt.Sprintf("%04d_", i+1); base[:len(want)] != want {
			return nil, fmt.Errorf("migration %s should have a name that begins with %s", base, want)
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list = append(list, migration{base, string(text)})
	}
	return list, nil
}

// migrate brings the file to the newest version, in one transaction. It keeps
// a copy of a file that is not new.
func (s *Store) migrate(ctx context.Context, known []migration) error {
	var version int
	if err := s.db.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version > len(known):
		return mismatch(s.dir, fmt.Sprintf("it was made by a newer version of this program (format %d, this program knows %d)", version, len(known)),
			"update the program")
	case version == len(known):
		return nil
	case version > 0:
		if err := s.keepVersion(ctx, version); err != nil {
			return fmt.Errorf("keep a copy before the upgrade: %w", err)
		}
	}
	return s.db.tx(ctx, func() error {
		for _, m := range known[version:] {
			if _, err := s.db.conn.ExecContext(ctx, m.sql); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			if convert := conversions[m.name]; convert != nil {
				if err := convert(ctx, s.db); err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
			}
		}
		_, err := s.db.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(known)))
		return err
	})
}

// keepVersion writes a copy of the file beside it. A copy of the same version
// is overwritten: it is from an upgrade that did not succeed.
func (s *Store) keepVersion(ctx context.Context, version int) error {
	path := filepath.Join(s.dir, fmt.Sprintf("%s.v%d-backup", fileName, version))
	part := path + partSuffix
	if err := s.db.vacuumInto(ctx, part); err != nil {
		return err
	}
	return rename(part, path)
}
