package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/instep-go/instep"
)

// pairRow is what is known of a pair; all of them are held in memory. A row
// is never changed, a commit puts another one in its place.
type pairRow struct {
	n     int64 // number of the pair, part of all keys
	state instep.PairState
	keyed instep.LinkID     // the index of keys covers the links up to this one
	maps  map[uint32][]byte // mappings as they stand in the file

	commits uint64 // of the whole file, up to the last one to this pair
	logged  uint64 // the highest number of activity in the file, up to then
}

// Pair returns what is known of the pair; see [instep.Checkpoint].
func (s *Store) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	state := instep.PairState{Name: pair}
	err := s.use(ctx, "read pair "+pair, func(d *db) error {
		state.Rewound = d.rewound
		if p := d.pairs[pair]; p != nil {
			state = cloneState(p.state)
		}
		return ctx.Err()
	})
	if err != nil {
		return instep.PairState{Name: pair}, err
	}
	return state, nil
}

func cloneState(s instep.PairState) instep.PairState {
	s.Mappings = slices.Clone(s.Mappings)
	for i := range s.Mappings {
		m := &s.Mappings[i]
		m.Rules, m.Prints = slices.Clone(m.Rules), slices.Clone(m.Prints)
	}
	return s
}

const pairColumns = `n, name, gen, left_install, right_install, left_cursor, right_cursor,
	left_swept, right_swept, mapping, last_link, last_unit, keyed, left_still, right_still, rewound, commits, logged`

func (d *db) loadPairs(ctx context.Context) error {
	d.pairs = map[string]*pairRow{}
	byNumber := map[int64]*pairRow{}
	err := d.query(ctx, "SELECT "+pairColumns+" FROM pair", nil, func(row []any) error {
		p := &pairRow{n: num(row[0]), keyed: instep.LinkID(num(row[12])), maps: map[uint32][]byte{}}
		p.commits, p.logged = uint64(num(row[16])), uint64(num(row[17]))
		p.state = instep.PairState{
			Name: text(row[1]), Gen: uint64(num(row[2])),
			Installations: [2]string{text(row[3]), text(row[4])},
			Streams: [2]instep.Stream{
				{Cursor: instep.Cursor(text(row[5])), SweptAt: microtime(row[7]), Still: int(num(row[13]))},
				{Cursor: instep.Cursor(text(row[6])), SweptAt: microtime(row[8]), Still: int(num(row[14]))},
			},
			Mapping:  uint32(num(row[9])),
			LastLink: instep.LinkID(num(row[10])), LastUnit: instep.UnitID(num(row[11])), Rewound: num(row[15]) != 0,
		}
		d.commits, d.logged = max(d.commits, p.commits), max(d.logged, p.logged)
		d.pairs[p.state.Name], byNumber[p.n] = p, p
		return nil
	})
	if err != nil {
		return err
	}
	return d.query(ctx, "SELECT pair, id, body FROM mapping ORDER BY pair, id", nil, func(row []any) error {
		p := byNumber[num(row[0])]
		if p == nil {
			return damaged("mapping %d belongs to no pair", num(row[1]))
		}
		return p.loadMapping(uint32(num(row[1])), blob(row[2]))
	})
}

func (p *pairRow) loadMapping(id uint32, body []byte) error {
	var m instep.MappingPrint
	if err := json.Unmarshal(body, &m); err != nil || m.ID != id {
		return damaged("mapping %d of pair %s cannot be read", id, p.state.Name)
	}
	p.state.Mappings = append(p.state.Mappings, m)
	p.maps[id] = body
	return nil
}

// change returns a copy of the row of a pair to change, with a number of its
// own if the pair is new.
func (d *db) change(pair string) (*pairRow, error) {
	if p := d.pairs[pair]; p != nil {
		next := *p
		return &next, nil
	}
	if len(d.pairs) >= maxPairs {
		return nil, &instep.Error{Kind: instep.Config, Err: fmt.Errorf("no more than %d pairs fit", maxPairs)}
	}
	p := &pairRow{n: int64(len(d.pairs))}
	p.state.Name, p.state.Rewound = pair, d.rewound
	return p, nil
}

// setState takes over the state of a batch, or sees to it that it builds on
// the one that is there.
func (p *pairRow) setState(b *instep.Batch) error {
	to := b.State
	switch {
	case to == nil && b.Gen != 0 && b.Gen != p.state.Gen:
		return conflictError("the batch builds on generation %d of the state of pair %s, the stored one is %d", b.Gen, p.state.Name, p.state.Gen)
	case to == nil:
		return nil
	case to.Gen != p.state.Gen+1:
		return conflictError("the state of pair %s has generation %d, the stored one %d", p.state.Name, to.Gen, p.state.Gen)
	}
	next := cloneState(*to)
	next.Name, next.LastLink, next.LastUnit = p.state.Name, p.state.LastLink, p.state.LastUnit
	p.state = next
	return nil
}

// write puts the row into the file, without the mappings.
func (p *pairRow) write(ctx context.Context, d *db) error {
	st := &p.state
	_, err := d.exec(ctx, "REPLACE INTO pair ("+pairColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		p.n, full(st.Name), int64(st.Gen), full(st.Installations[0]), full(st.Installations[1]),
		full(st.Streams[0].Cursor), full(st.Streams[1].Cursor), micros(st.Streams[0].SweptAt), micros(st.Streams[1].SweptAt),
		int64(st.Mapping), int64(st.LastLink), int64(st.LastUnit), int64(p.keyed),
		int64(st.Streams[0].Still), int64(st.Streams[1].Still), st.Rewound, int64(p.commits), int64(p.logged))
	return err
}

// writeCounts puts what a commit without a state changes into the file.
func (p *pairRow) writeCounts(ctx context.Context, d *db) error {
	_, err := d.exec(ctx, countCommit, int64(p.commits), int64(p.logged), int64(p.state.LastLink), int64(p.state.LastUnit), p.n)
	return err
}

const countCommit = "UPDATE pair SET commits = ?, logged = ?, last_link = ?, last_unit = ? WHERE n = ?"

// writeMappings writes the mappings that changed. They are few, and change
// with the program.
func (p *pairRow) writeMappings(ctx context.Context, d *db) error {
	gone := maps.Clone(p.maps)
	now := map[uint32][]byte{}
	for _, m := range p.state.Mappings {
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		now[m.ID] = body
		delete(gone, m.ID)
		if bytes.Equal(body, p.maps[m.ID]) {
			continue
		}
		if _, err := d.exec(ctx, "REPLACE INTO mapping (pair, id, body) VALUES (?,?,?)", p.n, int64(m.ID), body); err != nil {
			return err
		}
	}
	for id := range gone {
		if _, err := d.exec(ctx, "DELETE FROM mapping WHERE pair = ? AND id = ?", p.n, int64(id)); err != nil {
			return err
		}
	}
	p.maps = now
	return nil
}
