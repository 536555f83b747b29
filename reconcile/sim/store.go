package sim

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// State is where the engine of a history keeps its state.
type State interface {
	instep.Checkpoint
	instep.HashKeyer
	instep.Journal
	instep.Historian
}

// store is the state of the engine, which outlives its processes. It keeps
// count of generations, so that one that goes backwards is seen.
type store struct {
	State
	w        *world
	gens     map[linkOf]uint64
	units    map[unitOf]instep.Unit // announced, and not settled yet
	lastUnit unitOf                 // announced
	fresh    bool                   // it, and not sent yet
	sending  bool                   // it is under way
	answered map[unitOf]answeredUnit
	keep     bool            // every commit is kept
	kept     []instep.Batch  // in order
	rewound  map[string]bool // pairs whose state is older than what was committed
	open     func() State    // opens the state for another process; nil: it is in memory
}

// reopen hands the state over to another process.
func (s *store) reopen() {
	if s.open != nil {
		s.State = s.open()
	}
}

// linkOf is a link of a pair.
type linkOf struct {
	pair string
	link instep.LinkID
}

func newStore(w *world) *store {
	return &store{State: memory.New(), w: w, gens: map[linkOf]uint64{}, units: map[unitOf]instep.Unit{}, answered: map[unitOf]answeredUnit{}}
}

func (s *store) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	if err := s.call(false, "store pair %s", pair); err != nil {
		return instep.PairState{}, err
	}
	state, err := s.State.Pair(ctx, pair)
	state.Rewound = s.rewound[pair]
	s.w.asleep.learns(pair, &state)
	return state, err
}

func (s *store) Lookup(ctx context.Context, pair string, side instep.Side, ids []string, out []instep.Known) error {
	if err := s.call(false, "store lookup %s %s %v", pair, side, ids); err != nil {
		return err
	}
	return s.State.Lookup(ctx, pair, side, ids, out)
}

func (s *store) Links(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	if err := s.call(false, "store links %s %v", pair, ids); err != nil {
		return nil, err
	}
	return s.State.Links(ctx, pair, ids)
}

func (s *store) Scan(ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
	if err := s.call(false, "store scan %s %d %d", pair, after, limit); err != nil {
		return nil, err
	}
	return s.State.Scan(ctx, pair, after, limit)
}

func (s *store) Keys(ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
	if err := s.call(false, "store keys %s %x", pair, hashes); err != nil {
		return nil, err
	}
	return s.State.Keys(ctx, pair, hashes)
}

func (s *store) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	if err := s.call(false, "store open %s", pair); err != nil {
		return func(yield func(instep.OpenWork, error) bool) { yield(instep.OpenWork{}, err) }
	}
	return s.State.Open(ctx, pair)
}

// written is a batch as the trace shows it.
type written struct{ b *instep.Batch }

// String writes the batch as JSON.
func (w written) String() string {
	text, err := json.Marshal(w.b)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Commit may be where the process dies.
func (s *store) Commit(ctx context.Context, b *instep.Batch) error {
	if err := s.call(true, "store commit %s", written{b}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.w.woken {
		return s.commitOvertaken(ctx, b)
	}
	s.w.commits++
	if s.w.diesHere() {
		return errKilled
	}
	before, after := s.w.death.commits()
	if before {
		s.w.die(KillBeforeCommit, "")
		return errKilled
	}
	if err := s.State.Commit(ctx, b); err != nil {
		return err
	}
	s.w.asleep.learns(b.Pair, b.State)
	s.keepBatch(b)
	s.checkGens(b)
	s.checkUnits(b)
	s.noteBlocked(b)
	for i := range b.Units {
		for _, in := range b.Units[i].Intents {
			if _, known := s.w.announced[in.Token]; !known {
				s.w.announced[in.Token] = s.w.round
			}
		}
	}
	if after {
		s.w.die(KillAfterCommit, "")
		return errKilled
	}
	if s.w.diesHere() {
		return errKilled
	}
	return nil
}

// commitOvertaken is a commit of a process that another one has overtaken.
func (s *store) commitOvertaken(ctx context.Context, b *instep.Batch) error {
	err := s.State.Commit(ctx, b)
	if err == nil {
		return s.w.writesOvertaken("the state of " + b.Pair)
	}
	return err
}

// checkGens wants every link to go forward by one (I12).
func (s *store) checkGens(b *instep.Batch) {
	for i := range b.Links {
		id, gen := linkOf{b.Pair, b.Links[i].ID}, b.Links[i].Gen
		if gen != s.gens[id]+1 {
			s.w.violate("I12", "link %v went from generation %d to %d", id, s.gens[id], gen)
		}
		s.gens[id] = gen
	}
}

// links returns all links of the products, past the trace.
func (s *store) links() []instep.Link { return s.linksOf(pairName) }

// linksOf returns all links of a pair.
func (s *store) linksOf(pair string) []instep.Link {
	links, err := s.State.Scan(context.Background(), pair, 0, 1000)
	if err != nil {
		s.w.violate("world", "scan: %v", err)
	}
	return links
}

// marks returns what is open of the products, by link.
func (s *store) marks() (marks map[instep.LinkID][]instep.Mark, doubt []instep.Intent) {
	return s.marksOf(pairName)
}

// marksOf returns what is open of a pair.
func (s *store) marksOf(pair string) (marks map[instep.LinkID][]instep.Mark, doubt []instep.Intent) {
	marks = map[instep.LinkID][]instep.Mark{}
	for work, err := range s.State.Open(context.Background(), pair) {
		switch {
		case err != nil:
			s.w.violate("world", "open: %v", err)
		case work.Unit != nil:
			doubt = append(doubt, work.Unit.Intents...)
		case work.Mark != nil:
			marks[work.Mark.Link] = append(marks[work.Mark.Link], *work.Mark)
		}
	}
	return marks, doubt
}

// streams returns how far the lists of products were read.
func (s *store) streams() [2]instep.Stream {
	state, err := s.State.Pair(context.Background(), pairName)
	if err != nil {
		s.w.violate("world", "%v", err)
	}
	return state.Streams
}

// noteBlocked takes down which products were found waiting for a group.
func (s *store) noteBlocked(b *instep.Batch) {
	if s.w.groups == nil || b.Pair != pairName {
		return
	}
	for i := range b.Marks {
		if b.Marks[i].Outcome == instep.Blocked {
			s.w.groups.blocked[b.Marks[i].Link] = true
		}
	}
}
