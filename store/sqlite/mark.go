package sqlite

import (
	"context"
	"encoding/json"

	"github.com/instep-go/instep"
)

// note is what a row of mark holds as JSON.
type note struct {
	Message instep.Message `json:"message"`
	Create  bool           `json:"create,omitempty"`
	Waits   []wait         `json:"waits,omitempty"`
}

// wait is a reference that a mark waits for. The texts are bytes because JSON
// would mend one that is not valid UTF-8.
type wait struct {
	Pair []byte `json:"pair"`
	Side uint8  `json:"side,omitempty"`
	ID   []byte `json:"id"`
}

const deleteMark = "DELETE FROM mark WHERE link = ? AND side = ?"

// writeMarks writes marks, whose links are there.
func (d *db) writeMarks(ctx context.Context, p *pairRow, b *instep.Batch) error {
	for _, id := range b.Cleared {
		if _, err := d.exec(ctx, deleteMark, rowid(p.n, id.Link), int64(id.Side)); err != nil {
			return err
		}
	}
	for i := range b.Marks {
		if err := d.writeMark(ctx, p.n, &b.Marks[i]); err != nil {
			return err
		}
	}
	return nil
}

const putMark = "REPLACE INTO mark (link, side, outcome, due, tries, note, evidence) VALUES (?,?,?,?,?,?,?)"

func (d *db) writeMark(ctx context.Context, pair int64, m *instep.Mark) error {
	n := note{Message: m.Message, Create: m.Create}
	for _, w := range m.Waits {
		n.Waits = append(n.Waits, wait{[]byte(w.Pair), uint8(w.Side), []byte(w.ID)})
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = d.exec(ctx, putMark, rowid(pair, m.Link), int64(m.Side), int64(m.Outcome), micros(m.Due), int64(m.Tries), body,
		int64(m.Evidence))
	return err
}

func readMark(_ *db, row []any) (*instep.Mark, error) {
	m := &instep.Mark{
		Link: own[instep.LinkID](num(row[0])), Side: instep.Side(num(row[1])), Outcome: instep.Outcome(num(row[2])),
		Due: microtime(row[3]), Tries: int(num(row[4])), Evidence: uint64(num(row[6])),
	}
	var n note
	if err := json.Unmarshal(blob(row[5]), &n); err != nil {
		return nil, damaged("a mark of link %d cannot be read: %w", m.Link, err)
	}
	m.Message, m.Create = n.Message, n.Create
	for _, w := range n.Waits {
		m.Waits = append(m.Waits, instep.Wait{Pair: string(w.Pair), Side: instep.Side(w.Side), ID: string(w.ID)})
	}
	return m, nil
}
