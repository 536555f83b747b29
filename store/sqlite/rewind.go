package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/instep-go/instep"
)

// loadMeta reads what is kept once for the whole file.
func (d *db) loadMeta(ctx context.Context) error {
	return d.query(ctx, "SELECT name, value FROM meta", nil, func(row []any) error {
		name, _ := row[0].(string)
		switch value := blob(row[1]); name {
		case "commits":
			if len(value) != 8 {
				return damaged("the count of commits cannot be read")
			}
			d.commits = max(d.commits, binary.LittleEndian.Uint64(value))
		case "rewound":
			d.rewound = true
		case "restored":
			d.restored = true
		case "scrub":
			d.scrub = true
		}
		return nil
	})
}

// compareCount finds out whether the state is older than what was once
// committed: by the count of commits that is kept beside it, or because
// Restore says so.
func (s *Store) compareCount(ctx context.Context) error {
	count, said, err := openCounter(s.dir)
	if err != nil {
		return &instep.Error{Kind: instep.Config, Err: err, Remedy: "see to it that this program may write " + countName}
	}
	d := s.db
	d.count = count
	if said > d.commits || d.restored {
		if err := s.lookThrough(ctx); err != nil { // it may be a part of what was copied
			return err
		}
		if said == maxCount { // it cannot be read: no reason to count on from there
			said = 0
		}
		if err := d.rewind(ctx, max(said, d.commits)+1); err != nil {
			return fmt.Errorf("note that the state is an older one: %w", err)
		}
	}
	if said == d.commits && said > 0 {
		return nil
	}
	return count.set(d.commits)
}

// rewind notes that the state is older than what was once committed, and
// raises its count beyond all that was given out.
func (d *db) rewind(ctx context.Context, commits uint64) error {
	err := d.tx(ctx, func() error {
		for _, w := range []struct {
			query string
			args  []any
		}{
			{"UPDATE pair SET rewound = 1", nil},
			{setMeta, []any{"rewound", []byte{1}}},
			{setMeta, []any{"commits", binary.LittleEndian.AppendUint64(nil, commits)}},
			{dropMeta, []any{"restored"}},
		} {
			if _, err := d.exec(ctx, w.query, w.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range d.pairs {
		p.state.Rewound = true
	}
	d.commits, d.rewound, d.restored = commits, true, false
	return nil
}
