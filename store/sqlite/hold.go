package sqlite

import (
	"cmp"
	"context"
	"slices"

	"github.com/instep-go/instep"
)

const (
	dropFences = "DELETE FROM fence WHERE (link, side) IN (VALUES "
	putFence   = "REPLACE INTO fence (link, side, map, fields) VALUES "
)

// writeFences writes fences, whose links are there.
func (d *db) writeFences(ctx context.Context, p *pairRow, b *instep.Batch) error {
	gone := d.bulk(dropFences, "(?,?)", ")")
	for _, id := range b.Unfenced {
		if err := gone.add(ctx, rowid(p.n, id.Link), int64(id.Side)); err != nil {
			return err
		}
	}
	if err := gone.flush(ctx); err != nil || len(b.Fences) == 0 {
		return err
	}
	fences := make([]*instep.Fence, len(b.Fences))
	for i := range b.Fences {
		fences[i] = &b.Fences[i]
	}
	slices.SortStableFunc(fences, func(a, b *instep.Fence) int { return cmp.Compare(a.Link, b.Link) })
	rows := d.bulk(putFence, "(?,?,?,?)", "")
	for _, f := range fences {
		if err := rows.add(ctx, rowid(p.n, f.Link), int64(f.Side), int64(f.Map), encodeFields(f.Fields)); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

func readFence(_ *db, row []any) (*instep.Fence, error) {
	fields, err := decodeFields(blob(row[3]))
	return &instep.Fence{
		Link: own[instep.LinkID](num(row[0])), Side: instep.Side(num(row[1])), Map: uint32(num(row[2])), Fields: fields,
	}, err
}

const (
	deleteDecision  = "DELETE FROM decision WHERE pair = ? AND lid = ? AND rid = ? AND verdict = ?"
	replaceDecision = `REPLACE INTO decision (pair, lid, rid, verdict, left_evidence, right_evidence, who, at)
	VALUES (?,?,?,?,?,?,?,?)`
)

func (d *db) writeDecisions(ctx context.Context, p *pairRow, b *instep.Batch) error {
	for _, id := range b.Revoked {
		if _, err := d.exec(ctx, deleteDecision, p.n, full(id.Left), full(id.Right), int64(id.Verdict)); err != nil {
			return err
		}
	}
	for i := range b.Decisions {
		c := &b.Decisions[i]
		who, err := d.word(ctx, c.By)
		if err != nil {
			return err
		}
		_, err = d.exec(ctx, replaceDecision, p.n, full(c.Left), full(c.Right), int64(c.Verdict),
			int64(c.Evidence[instep.Left]), int64(c.Evidence[instep.Right]), who, micros(c.At))
		if err != nil {
			return err
		}
	}
	return nil
}

func readDecision(d *db, row []any) (*instep.Decision, error) {
	by, err := d.words.text(num(row[5]))
	return &instep.Decision{
		DecisionID: instep.DecisionID{Left: text(row[0]), Right: text(row[1]), Verdict: instep.Verdict(num(row[2]))},
		Evidence:   [2]uint64{uint64(num(row[3])), uint64(num(row[4]))},
		By:         by, At: microtime(row[6]),
	}, err
}
