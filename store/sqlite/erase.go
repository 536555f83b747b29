package sqlite

import (
	"context"
	"slices"

	"github.com/instep-go/instep"
)

const (
	setMeta  = "REPLACE INTO meta (name, value) VALUES (?, ?)"
	dropMeta = "DELETE FROM meta WHERE name = ?"
)

// erase takes out what is left of erased links once they were dropped: their
// intents and what the log tells of them.
func (d *db) erase(ctx context.Context, p *pairRow, b *instep.Batch) error {
	if len(b.Erased) == 0 {
		return nil
	}
	links := slices.Sorted(slices.Values(b.Erased))
	if err := d.eraseIntents(ctx, p, links); err != nil {
		return err
	}
	if err := d.eraseActivity(ctx, p.n, links); err != nil {
		return err
	}
	_, err := d.exec(ctx, setMeta, "scrub", []byte{1})
	return err
}

// eraseIntents looks at all units: those that were not settled yet are few. The
// links must be sorted.
func (d *db) eraseIntents(ctx context.Context, p *pairRow, links []instep.LinkID) error {
	var changed []*instep.Unit
	args := []any{rowid[instep.UnitID](p.n, 0), rowid[instep.UnitID](p.n+1, 0), int64(-1)}
	err := d.query(ctx, unitPage, args, func(row []any) error {
		u, err := readUnit(d, row)
		if err != nil {
			return err
		}
		all := len(u.Intents)
		u.Intents = slices.DeleteFunc(u.Intents, func(n instep.Intent) bool {
			_, erased := slices.BinarySearch(links, n.Link)
			return erased
		})
		if len(u.Intents) < all {
			changed = append(changed, u)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, u := range changed {
		if len(u.Intents) > 0 {
			err = d.writeUnit(ctx, p.n, u)
		} else {
			_, err = d.exec(ctx, deleteUnit, rowid(p.n, u.ID))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// scrubNow removes the bytes of what was erased. Deleting overwrites a row
// where it stands, but when SQLite moved it from one page to another before, a
// copy may have stayed in a part of the first page that is not in use. So the
// file is built anew from what is there, and the log, which has the pages as
// they were, is emptied.
func (d *db) scrubNow(ctx context.Context) error {
	if !d.scrub {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	if _, err := d.conn.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	if err := d.foldLog(ctx); err != nil {
		return err
	}
	if _, err := d.exec(ctx, dropMeta, "scrub"); err != nil {
		return err
	}
	d.scrub = false
	return nil
}
