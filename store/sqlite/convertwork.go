package sqlite

import (
	"context"
	"encoding/json"

	"github.com/instep-go/instep"
)

// oldIntent is an element of the JSON that versions 1 and 2 kept of a unit.
type oldIntent struct {
	Link   instep.LinkID `json:"link"`
	Action uint8         `json:"action"`
	Target []byte        `json:"target,omitempty"`
	Key    uint64        `json:"key,omitempty"`
	Rules  []uint16      `json:"rules,omitempty"`
	Hashes []uint32      `json:"hashes,omitempty"`
	Before []uint32      `json:"before,omitempty"`
	Token  []byte        `json:"token,omitempty"`
}

// convertUnits brings the intents of units, which are few, into their form.
func (d *db) convertUnits(ctx context.Context) error {
	columns := map[int64][]byte{}
	err := d.query(ctx, "SELECT id, intents FROM unit", nil, func(row []any) error {
		var old []oldIntent
		if err := json.Unmarshal(blob(row[1]), &old); err != nil {
			return damaged("unit %d cannot be read: %w", num(row[0]), err)
		}
		list := make([]instep.Intent, len(old))
		for i, n := range old {
			list[i] = instep.Intent{
				Link: n.Link, Action: instep.Action(n.Action), Target: string(n.Target), Key: n.Key, Rules: n.Rules,
				Hashes: n.Hashes, Before: n.Before, Token: string(n.Token),
			}
		}
		columns[num(row[0])] = encodeIntents(list)
		return nil
	})
	if err != nil {
		return err
	}
	for id, intents := range columns {
		if _, err := d.exec(ctx, "UPDATE unit SET intents = ? WHERE id = ?", intents, id); err != nil {
			return err
		}
	}
	return nil
}

// oldDetail is the JSON that versions 1 and 2 kept of a row of activity.
type oldDetail struct {
	Fields []string       `json:"fields"`
	Before []instep.Trace `json:"before"`
	After  []instep.Trace `json:"after"`
	Args   []instep.Arg   `json:"args"`
}

const oldActivity = `SELECT n, pair, at, run, link, entity, lid, rid, actor, cause, action, outcome, code, detail FROM old_activity
	WHERE n > ? ORDER BY n LIMIT ?`

// convertActivity packs the rows of the log. They keep their numbers.
func (d *db) convertActivity(ctx context.Context) error {
	if err := d.loadWords(ctx); err != nil {
		return err
	}
	w := d.newRuns()
	for last, more := int64(0), true; more; {
		n := 0
		err := d.query(ctx, oldActivity, []any{last, int64(convertPage)}, func(row []any) error {
			n, last = n+1, num(row[0])
			a, err := d.activityOfColumns(row)
			if err != nil {
				return err
			}
			return w.add(ctx, num(row[1]), &a)
		})
		if err != nil {
			return err
		}
		more = n == convertPage
	}
	return w.flush(ctx)
}

// activityOfColumns makes a row of the log of one of oldActivity.
func (d *db) activityOfColumns(row []any) (instep.Activity, error) {
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
		var det oldDetail
		if err := json.Unmarshal(body, &det); err != nil {
			return a, damaged("row %d of the log cannot be read: %w", a.N, err)
		}
		a.Fields, a.Before, a.After, a.Message.Args = det.Fields, det.Before, det.After, det.Args
	}
	return a, nil
}
