package chains

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// store is the state of an engine, which outlives its processes.
type store struct {
	*memory.Store
	p *process
}

func newStore(p *process) *store { return &store{memory.New(), p} }

// Pair is a call that may be one of a dead process; so are the others.
func (s *store) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	if err := s.p.call("store pair %s", pair); err != nil {
		return instep.PairState{}, err
	}
	return s.Store.Pair(ctx, pair)
}

// Lookup is a call.
func (s *store) Lookup(ctx context.Context, pair string, side instep.Side, ids []string, out []instep.Known) error {
	if err := s.p.call("store lookup %s %s %v", pair, side, ids); err != nil {
		return err
	}
	return s.Store.Lookup(ctx, pair, side, ids, out)
}

// Links is a call.
func (s *store) Links(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	if err := s.p.call("store links %s %v", pair, ids); err != nil {
		return nil, err
	}
	return s.Store.Links(ctx, pair, ids)
}

// Scan is a call.
func (s *store) Scan(ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
	if err := s.p.call("store scan %s %d %d", pair, after, limit); err != nil {
		return nil, err
	}
	return s.Store.Scan(ctx, pair, after, limit)
}

// Keys is a call.
func (s *store) Keys(ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
	if err := s.p.call("store keys %s %x", pair, hashes); err != nil {
		return nil, err
	}
	return s.Store.Keys(ctx, pair, hashes)
}

// Open is a call.
func (s *store) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	if err := s.p.call("store open %s", pair); err != nil {
		return func(yield func(instep.OpenWork, error) bool) { yield(instep.OpenWork{}, err) }
	}
	return s.Store.Open(ctx, pair)
}

// Commit may be where the process dies.
func (s *store) Commit(ctx context.Context, b *instep.Batch) error {
	if err := s.p.call("store commit %s", shown{b}); err != nil {
		return err
	}
	before, after := step(&s.p.death.commit, s.p.death.after)
	if before {
		s.p.die(KillBeforeCommit, "%d", s.p.n)
		return errKilled
	}
	if err := s.Store.Commit(ctx, b); err != nil {
		return err
	}
	s.note(b)
	if after {
		s.p.die(KillAfterCommit, "%d", s.p.n)
		return errKilled
	}
	return nil
}

// note takes down what is about to be sent, which rows a pair knows of, and which it has linked.
func (s *store) note(b *instep.Batch) {
	e := s.p.edgeOf(b.Pair)
	for i := range b.Units {
		for _, in := range b.Units[i].Intents {
			if _, known := s.p.announced[in.Token]; !known {
				s.p.announced[in.Token] = s.p.runs
			}
		}
	}
	for i := range b.Links {
		var rows [2]*row
		for side, end := range b.Links[i].Sides {
			if rows[side] = e.port[side].find(end.ID); rows[side] != nil {
				rows[side].known[e] = true
			}
		}
		if rows[0] != nil && rows[1] != nil && !rows[0].after(rows[1]) && !rows[1].after(rows[0]) {
			rows[0].linked[rows[1]], rows[1].linked[rows[0]] = true, true
		}
	}
}

func (p *process) edgeOf(pair string) *edge {
	for _, e := range p.edges {
		if e.pair.Name == pair {
			return e
		}
	}
	return nil
}

// shown is a batch as the trace shows it.
type shown struct{ b *instep.Batch }

// String writes the batch as JSON.
func (x shown) String() string {
	text, err := json.Marshal(x.b)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// open returns what is open of a pair: its marks by link, and its writes in
// doubt.
func (e *edge) open() (marks map[instep.LinkID][]instep.Mark, doubt []instep.Intent) {
	marks = map[instep.LinkID][]instep.Mark{}
	for work, err := range e.by.store.Store.Open(context.Background(), e.pair.Name) {
		switch {
		case err != nil:
			e.w.violate("world", "open: %v", err)
		case work.Unit != nil:
			doubt = append(doubt, work.Unit.Intents...)
		case work.Mark != nil:
			marks[work.Mark.Link] = append(marks[work.Mark.Link], *work.Mark)
		}
	}
	return marks, doubt
}

// links returns all links of a pair.
func (e *edge) links() []instep.Link {
	links, err := e.by.store.Store.Scan(context.Background(), e.pair.Name, 0, 1000)
	if err != nil {
		e.w.violate("world", "scan: %v", err)
	}
	return links
}
