package memory

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// Store is an [instep.Checkpoint], [instep.HashKeyer], [instep.Journal] and
// [instep.Historian] in memory. It is safe for concurrent use. Use New.
type Store struct {
	key [16]byte

	mu    sync.RWMutex
	pairs map[string]*pair
	log   []instep.Activity // ascending N
	lastN uint64            // the highest N given out, also if erased since
}

var (
	_ instep.Checkpoint = (*Store)(nil)
	_ instep.HashKeyer  = (*Store)(nil)
	_ instep.Journal    = (*Store)(nil)
	_ instep.Historian  = (*Store)(nil)
)

// pair is what is kept for one pair.
type pair struct {
	state instep.PairState
	links map[instep.LinkID]instep.Link
	order []instep.LinkID                   // ids of links, ascending
	byID  [2]map[string]instep.LinkID       // by Side: whose record an id is
	byKey map[uint64]map[instep.LinkID]bool // who holds a match key
	units map[instep.UnitID]instep.Unit
	marks map[instep.MarkID]instep.Mark

	fences    map[instep.MarkID]instep.Fence
	decisions map[instep.DecisionID]instep.Decision
}

// New returns an empty store with a hash key of its own.
func New() *Store {
	s := &Store{pairs: map[string]*pair{}}
	_, _ = rand.Read(s.key[:]) // never fails
	return s
}

// HashKey returns the key made by New.
func (s *Store) HashKey() [16]byte { return s.key }

// Pair returns what is known of the pair; see [instep.Checkpoint].
func (s *Store) Pair(ctx context.Context, name string) (instep.PairState, error) {
	p, unlock, err := s.read(ctx, name)
	defer unlock()
	return cloneState(p.state), err
}

// Lookup finds records by their ids; see [instep.Checkpoint].
func (s *Store) Lookup(ctx context.Context, name string, side instep.Side, ids []string, out []instep.Known) error {
	if len(ids) != len(out) {
		panic(fmt.Sprintf("memory: %d ids and %d places for what is known", len(ids), len(out)))
	}
	p, unlock, err := s.read(ctx, name)
	defer unlock()
	for i, id := range ids {
		out[i] = instep.Known{}
		if link, ok := p.byID[side][id]; ok {
			out[i] = instep.Known{Link: link, Sum: p.links[link].Sides[side].Sum}
		}
	}
	return err
}

// Links returns links by their ids; see [instep.Checkpoint].
func (s *Store) Links(ctx context.Context, name string, ids []instep.LinkID) ([]instep.Link, error) {
	p, unlock, err := s.read(ctx, name)
	defer unlock()
	if err != nil {
		return nil, err
	}
	links := make([]instep.Link, len(ids))
	for i, id := range ids {
		link, ok := p.links[id]
		if !ok {
			return nil, &instep.Error{Kind: instep.NotFound, Op: fmt.Sprintf("read link %d of pair %s", id, name)}
		}
		links[i] = cloneLink(link)
	}
	return links, nil
}

// Scan returns links in the order of their ids; see [instep.Checkpoint].
func (s *Store) Scan(ctx context.Context, name string, after instep.LinkID, limit int) ([]instep.Link, error) {
	p, unlock, err := s.read(ctx, name)
	defer unlock()
	from, found := slices.BinarySearch(p.order, after)
	if found {
		from++
	}
	var links []instep.Link
	for _, id := range p.order[from:] {
		if len(links) >= limit {
			break
		}
		links = append(links, cloneLink(p.links[id]))
	}
	return links, err
}

// Keys returns the links that hold match keys; see [instep.Checkpoint].
func (s *Store) Keys(ctx context.Context, name string, hashes []uint64) ([]instep.KeyHit, error) {
	p, unlock, err := s.read(ctx, name)
	defer unlock()
	var hits []instep.KeyHit
	for _, h := range hashes {
		for _, id := range slices.Sorted(maps.Keys(p.byKey[h])) {
			for _, k := range p.links[id].Keys {
				if k.Hash == h {
					hits = append(hits, instep.KeyHit{Hash: h, Link: id, Sides: k.Sides})
				}
			}
		}
	}
	return hits, err
}

// read locks the store for reading and returns the pair, an empty one if it
// was never committed or if ctx has ended. The lock must be given back in any
// case.
func (s *Store) read(ctx context.Context, name string) (p *pair, unlock func(), err error) {
	s.mu.RLock()
	err = ended(ctx)
	p = s.pairs[name]
	if p == nil || err != nil {
		p = newPair(name)
	}
	return p, s.mu.RUnlock, err
}

func newPair(name string) *pair {
	return &pair{
		state: instep.PairState{Name: name},
		links: map[instep.LinkID]instep.Link{},
		byID:  [2]map[string]instep.LinkID{{}, {}},
		byKey: map[uint64]map[instep.LinkID]bool{},
		units: map[instep.UnitID]instep.Unit{},
		marks: map[instep.MarkID]instep.Mark{},

		fences:    map[instep.MarkID]instep.Fence{},
		decisions: map[instep.DecisionID]instep.Decision{},
	}
}

func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return &instep.Error{Kind: instep.Canceled, Op: "state in memory", Err: context.Cause(ctx)}
}
