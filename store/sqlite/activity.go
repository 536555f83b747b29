package sqlite

import (
	"context"
	"encoding/json"

	"github.com/instep-go/instep"
)

// detail is what a row of activity holds as JSON.
type detail struct {
	Fields []string       `json:"fields,omitempty"`
	Before []instep.Trace `json:"before,omitempty"`
	After  []instep.Trace `json:"after,omitempty"`
	Args   []instep.Arg   `json:"args,omitempty"`
}

func (d detail) isEmpty() bool { return len(d.Fields)+len(d.Before)+len(d.After)+len(d.Args) == 0 }

const insertActivity = `INSERT INTO activity (pair, at, run, link, entity, lid, rid, actor, cause, action, outcome, code, detail) VALUES `

func (d *db) writeActivity(ctx context.Context, p *pairRow, batch *instep.Batch) error {
	rows := d.bulk(insertActivity, "(?,?,?,?,?,?,?,?,?,?,?,?,?)", "")
	for i := range batch.Activity {
		a := &batch.Activity[i]
		var word [6]int64
		for j, text := range [...]string{a.Run, a.Entity, a.Actor, a.Cause, a.Action, a.Message.Code} {
			var err error
			if word[j], err = d.word(ctx, text); err != nil {
				return err
			}
		}
		var body any
		if det := (detail{a.Fields, a.Before, a.After, a.Message.Args}); !det.isEmpty() {
			text, err := json.Marshal(det)
			if err != nil {
				return err
			}
			body = text
		}
		err := rows.add(ctx, p.n, micros(a.At), word[0], int64(a.Link), word[1], null(a.LeftID), null(a.RightID),
			word[2], word[3], word[4], int64(a.Outcome), word[5], body)
		if err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

const (
	activityColumns = "SELECT n, pair, at, run, link, entity, lid, rid, actor, cause, action, outcome, code, detail FROM activity "
	activityOfAll   = activityColumns + "WHERE n > ? ORDER BY n LIMIT ?"
	activityOfPair  = activityColumns + "WHERE pair = ? AND n > ? ORDER BY n LIMIT ?"
	activityOfLink  = activityColumns + "WHERE pair = ? AND link = ? AND link <> 0 ORDER BY n DESC LIMIT ?"
)

// Activity returns rows of the log; see [instep.Journal].
func (s *Store) Activity(ctx context.Context, pair string, after uint64, limit int) ([]instep.Activity, error) {
	var list []instep.Activity
	err := s.use(ctx, "read the activity log", func(d *db) error {
		names := map[int64]string{}
		for name, p := range d.pairs {
			names[p.n] = name
		}
		query, args := activityOfAll, []any{int64(min(after, 1<<62)), int64(max(limit, 0))}
		if p := d.pairs[pair]; p != nil {
			query, args = activityOfPair, append([]any{p.n}, args...)
		} else if pair != "" {
			return ctx.Err()
		}
		return d.query(ctx, query, args, func(row []any) error {
			a, err := d.readActivity(row)
			a.Pair = names[num(row[1])]
			list = append(list, a)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// History returns what happened to a link; see [instep.Historian].
func (s *Store) History(ctx context.Context, pair string, link instep.LinkID, limit int) ([]instep.Activity, error) {
	var list []instep.Activity
	err := s.use(ctx, "read what happened to a link", func(d *db) error {
		p := d.pairs[pair]
		if p == nil {
			return ctx.Err()
		}
		return d.query(ctx, activityOfLink, []any{p.n, int64(link), int64(max(limit, 0))}, func(row []any) error {
			a, err := d.readActivity(row)
			a.Pair = pair
			list = append(list, a)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (d *db) readActivity(row []any) (instep.Activity, error) {
	a := instep.Activity{
		N: uint64(num(row[0])), At: microtime(row[2]), Link: instep.LinkID(num(row[4])),
		LeftID: text(row[6]), RightID: text(row[7]), Outcome: instep.Outcome(num(row[11])),
	}
	for i, to := range []*string{3: &a.Run, 5: &a.Entity, 8: &a.Actor, 9: &a.Cause, 10: &a.Action, 12: &a.Message.Code} {
		if to == nil {
			continue
		}
		var err error
		if *to, err = d.words.text(num(row[i])); err != nil {
			return a, err
		}
	}
	if body := blob(row[13]); len(body) > 0 {
		var det detail
		if err := json.Unmarshal(body, &det); err != nil {
			return a, damaged("row %d of the log cannot be read: %w", a.N, err)
		}
		a.Fields, a.Before, a.After, a.Message.Args = det.Fields, det.Before, det.After, det.Args
	}
	return a, nil
}
