package sqlite

import (
	"context"

	"github.com/instep-go/instep"
)

// conversions are what a migration needs beyond its statements, by its name;
// they run after these, in the same transaction.
var conversions = map[string]func(context.Context, *db) error{"0003_segments.sql": convertSegments}

const (
	convertPage = 10_000

	oldRecords = "SELECT ps, id, sum, link FROM rec WHERE (ps, id) > (?, ?) ORDER BY ps, id LIMIT ?"

	oldLinks = `SELECT old.id, old.gen, old.map, old.rule, old.lid, old.rid, old.base, coalesce(old.rbase, old.base), old.keys, old.more, l.sum, r.sum
	FROM old_link old LEFT JOIN rec l ON l.ps = 2 * (old.id >> 40) AND l.id = old.lid
	LEFT JOIN rec r ON r.ps = 2 * (old.id >> 40) + 1 AND r.id = old.rid
	WHERE old.id > ? ORDER BY old.id LIMIT ?`
)

// dropOld ends the conversion. Match keys are entered anew when somebody asks
// for them.
const dropOld = `DROP TABLE old_link; DROP TABLE rec; DROP TABLE mk; DROP TABLE old_activity; UPDATE pair SET keyed = 0`

// convertSegments brings what version 2 has kept in rows of their own into
// packs, segments and runs.
func convertSegments(ctx context.Context, d *db) error {
	for _, step := range []func(context.Context) error{d.convertLinks, d.convertRecords, d.convertUnits, d.convertActivity} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	_, err := d.conn.ExecContext(ctx, dropOld)
	return err
}

func (d *db) convertLinks(ctx context.Context) error {
	insert := d.bulk("INSERT INTO link (id, body) VALUES ", "(?,?)", "")
	var links pack
	current := int64(-1) // the row that links are for
	write := func(next int64) (err error) {
		if current != next && current >= 0 {
			err = insert.add(ctx, current, links.appendTo(nil))
			links = pack{}
		}
		current = next
		return err
	}
	for last, more := int64(-1), true; more; {
		n := 0
		err := d.query(ctx, oldLinks, []any{last, int64(convertPage)}, func(row []any) error {
			n, last = n+1, num(row[0])
			l, err := linkOfColumns(row)
			if err != nil {
				return err
			}
			id := own[instep.LinkID](last)
			if err := write(rowid(last>>idBits, packNumber(id))); err != nil {
				return err
			}
			links[slot(id)] = packed{[2]string{l.Sides[0].ID, l.Sides[1].ID}, appendBody(nil, &l, num(row[3]))}
			return nil
		})
		if err != nil {
			return err
		}
		more = n == convertPage
	}
	if err := write(-1); err != nil {
		return err
	}
	return insert.flush(ctx)
}

// linkOfColumns makes a link of a row of oldLinks, all but its rule.
func linkOfColumns(row []any) (instep.Link, error) {
	m, err := decodeMore(blob(row[9]))
	l := instep.Link{Gen: uint64(num(row[1])), Map: uint32(num(row[2])), Drift: m.drift, Meeting: m.meeting}
	for s := range l.Sides {
		l.Sides[s] = instep.LinkSide{
			ID: text(row[4+s]), Identity: m.identity[s], Version: m.version[s], Base: blob(row[6+s]), Sum: uint64(num(row[10+s])),
		}
	}
	l.Keys = m.keys(presentSides(&l), blob(row[8]))
	return l, err
}

func (d *db) convertRecords(ctx context.Context) error {
	lastSide, lastID := int64(-1), []byte{}
	for more := true; more; {
		byPart, n := map[part][]edit{}, 0
		err := d.query(ctx, oldRecords, []any{lastSide, lastID, int64(convertPage)}, func(row []any) error {
			n++
			lastSide, lastID = num(row[0]), blob(row[1])
			p := recordsOf(lastSide>>1, instep.Side(lastSide&1))
			byPart[p] = append(byPart[p], edit{string(lastID), insert, entry{uint64(num(row[2])), instep.LinkID(num(row[3]))}})
			return nil
		})
		if err != nil {
			return err
		}
		for p, edits := range byPart {
			if err := d.editIndex(ctx, p, edits); err != nil {
				return err
			}
		}
		more = n == convertPage
	}
	return nil
}
