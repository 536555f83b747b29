package sqlite

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/instep-go/instep"
)

// note is what a row of mark holds as JSON.
type note struct {
	Message instep.Message  `json:"message"`
	Rivals  []instep.LinkID `json:"rivals,omitempty"`
	Create  bool            `json:"create,omitempty"`
}

// intent is an element of the JSON of a row of unit. The target is bytes
// because JSON would mend an id that is not valid UTF-8.
type intent struct {
	Link   instep.LinkID `json:"link"`
	Action uint8         `json:"action"`
	Target []byte        `json:"target,omitempty"`
	Key    uint64        `json:"key,omitempty"`
	Rules  []uint16      `json:"rules,omitempty"`
	Hashes []uint32      `json:"hashes,omitempty"`
}

// writeWork writes units and marks.
func (d *db) writeWork(ctx context.Context, p *pairRow, b *instep.Batch) error {
	for _, id := range b.Cleared {
		_, err := d.exec(ctx, "DELETE FROM mark WHERE link = ? AND side = ?", rowid(p.n, id.Link), int64(id.Side))
		if err != nil {
			return err
		}
	}
	for i := range b.Marks {
		if err := d.writeMark(ctx, p.n, &b.Marks[i]); err != nil {
			return err
		}
	}
	for _, id := range b.Settled {
		if _, err := d.exec(ctx, "DELETE FROM unit WHERE id = ?", rowid(p.n, id)); err != nil {
			return err
		}
	}
	for i := range b.Units {
		if err := d.writeUnit(ctx, p.n, &b.Units[i]); err != nil {
			return err
		}
		p.state.LastUnit = max(p.state.LastUnit, b.Units[i].ID)
	}
	return nil
}

const insertMark = `REPLACE INTO mark (link, side, outcome, due, tries, note)
	SELECT id, ?, ?, ?, ?, ? FROM link WHERE id = ?`

func (d *db) writeMark(ctx context.Context, pair int64, m *instep.Mark) error {
	body, err := json.Marshal(note{m.Message, m.Rivals, m.Create})
	if err != nil {
		return err
	}
	n, err := d.exec(ctx, insertMark, int64(m.Side), int64(m.Outcome), micros(m.Due), int64(m.Tries), body, rowid(pair, m.Link))
	if err == nil && n == 0 {
		return conflictError("the batch marks link %d, which is not there", m.Link)
	}
	return err
}

func (d *db) writeUnit(ctx context.Context, pair int64, u *instep.Unit) error {
	list := make([]intent, len(u.Intents))
	for i, n := range u.Intents {
		list[i] = intent{n.Link, uint8(n.Action), []byte(n.Target), n.Key, n.Rules, n.Hashes}
	}
	body, err := json.Marshal(list)
	if err != nil {
		return err
	}
	_, err = d.exec(ctx, "REPLACE INTO unit (id, side, sent, intents) VALUES (?,?,?,?)",
		rowid(pair, u.ID), int64(u.Side), micros(u.Sent), body)
	return err
}

// openPage is how many units or marks are read at once.
const openPage = 500

const (
	unitPage = "SELECT id, side, sent, intents FROM unit WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
	markPage = `SELECT link, side, outcome, due, tries, note FROM mark
	WHERE (link, side) > (?, ?) AND link < ? ORDER BY link, side LIMIT ?`
)

// Open yields what is not finished; see [instep.Checkpoint]. It reads a page
// at a time, so that other calls are possible in between; what these commit
// may be seen or not.
func (s *Store) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	return func(yield func(instep.OpenWork, error) bool) {
		_ = s.eachUnit(ctx, pair, yield) && s.eachMark(ctx, pair, yield)
	}
}

// yieldWork is what Open hands its results to.
type yieldWork = func(instep.OpenWork, error) bool

// eachUnit reports whether to go on.
func (s *Store) eachUnit(ctx context.Context, pair string, yield yieldWork) bool {
	for last := instep.UnitID(0); ; {
		var units []*instep.Unit
		err := s.openRows(ctx, pair, unitPage, func(n int64) []any {
			return []any{rowid(n, last), rowid[instep.UnitID](n+1, 0), int64(openPage)}
		}, func(row []any) error {
			u, err := readUnit(row)
			units = append(units, u)
			return err
		})
		if err != nil {
			return yield(instep.OpenWork{}, err) && false
		}
		for _, u := range units {
			if last = u.ID; !yield(instep.OpenWork{Unit: u}, nil) {
				return false
			}
		}
		if len(units) < openPage {
			return true
		}
	}
}

func (s *Store) eachMark(ctx context.Context, pair string, yield yieldWork) bool {
	for last := (instep.MarkID{}); ; {
		var marks []*instep.Mark
		err := s.openRows(ctx, pair, markPage, func(n int64) []any {
			return []any{rowid(n, last.Link), int64(last.Side), rowid[instep.LinkID](n+1, 0), int64(openPage)}
		}, func(row []any) error {
			m, err := readMark(row)
			marks = append(marks, m)
			return err
		})
		if err != nil {
			return yield(instep.OpenWork{}, err) && false
		}
		for _, m := range marks {
			if last = (instep.MarkID{Link: m.Link, Side: m.Side}); !yield(instep.OpenWork{Mark: m}, nil) {
				return false
			}
		}
		if len(marks) < openPage {
			return true
		}
	}
}

// openRows reads one page; args makes the arguments from the pair's number.
func (s *Store) openRows(ctx context.Context, pair, query string, args func(n int64) []any, each func(row []any) error) error {
	return s.use(ctx, "read the open work of pair "+pair, func(d *db) error {
		p := d.pairs[pair]
		if p == nil {
			return ctx.Err()
		}
		return d.query(ctx, query, args(p.n), each)
	})
}

func readUnit(row []any) (*instep.Unit, error) {
	u := &instep.Unit{ID: own[instep.UnitID](num(row[0])), Side: instep.Side(num(row[1])), Sent: microtime(row[2])}
	var list []intent
	if err := json.Unmarshal(blob(row[3]), &list); err != nil {
		return nil, damaged("unit %d cannot be read: %w", u.ID, err)
	}
	for _, n := range list {
		u.Intents = append(u.Intents, instep.Intent{
			Link: n.Link, Action: instep.Action(n.Action), Target: string(n.Target), Key: n.Key, Rules: n.Rules, Hashes: n.Hashes,
		})
	}
	return u, nil
}

func readMark(row []any) (*instep.Mark, error) {
	m := &instep.Mark{
		Link: own[instep.LinkID](num(row[0])), Side: instep.Side(num(row[1])), Outcome: instep.Outcome(num(row[2])),
		Due: microtime(row[3]), Tries: int(num(row[4])),
	}
	var n note
	if err := json.Unmarshal(blob(row[5]), &n); err != nil {
		return nil, damaged("a mark of link %d cannot be read: %w", m.Link, err)
	}
	m.Message, m.Rivals, m.Create = n.Message, n.Rivals, n.Create
	return m, nil
}
