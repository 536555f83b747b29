package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

// Commit writes a batch as a whole or not at all; see [instep.Checkpoint].
// What could fail is looked at before anything is changed.
func (s *Store) Commit(ctx context.Context, b *instep.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ended(ctx); err != nil {
		return err
	}
	p, ok := s.pairs[b.Pair]
	if !ok {
		p = newPair(b.Pair)
	}
	if err := p.check(b); err != nil {
		return err
	}
	s.pairs[b.Pair] = p
	erased := set(b.Erased)
	s.eraseActivity(b.Pair, erased)
	p.eraseIntents(erased)
	p.apply(b)
	s.addActivity(b.Pair, b.Activity)
	return nil
}

func set(ids []instep.LinkID) map[instep.LinkID]bool {
	m := make(map[instep.LinkID]bool, len(ids))
	for _, id := range ids {
		m[id] = true
	}
	return m
}

func (p *pair) check(b *instep.Batch) error {
	if b.Pair == "" {
		return &instep.Error{Kind: instep.Config, Op: "commit", Err: errors.New("the batch names no pair")}
	}
	if b.State != nil && b.State.Gen != p.state.Gen+1 {
		return conflict(b, "its state has generation %d, the stored one %d", b.State.Gen, p.state.Gen)
	}
	if b.State == nil && b.Gen != 0 && b.Gen != p.state.Gen {
		return conflict(b, "it builds on generation %d of the state, the stored one is %d", b.Gen, p.state.Gen)
	}
	if slices.Contains(b.Erased, 0) {
		return &instep.Error{Kind: instep.Config, Op: "commit", Err: errors.New("a link to erase has no id")}
	}
	touched := set(slices.Concat(b.Dropped, b.Erased)) // dropped or replaced by this batch
	there := [2]map[string]bool{{}, {}}
	for i := range b.Links {
		l := &b.Links[i]
		switch stored := p.links[l.ID].Gen; {
		case l.ID == 0:
			return &instep.Error{Kind: instep.Config, Op: "commit", Err: errors.New("a link has no id")}
		case touched[l.ID]:
			return conflict(b, "link %d is in it twice", l.ID)
		case l.Gen != stored+1:
			return conflict(b, "link %d has generation %d, the stored one %d", l.ID, l.Gen, stored)
		}
		touched[l.ID] = true
	}
	return p.checkRecords(b, touched, there)
}

// checkRecords sees to it that a record is in one link only, and that no mark
// or fence is left without its link.
func (p *pair) checkRecords(b *instep.Batch, touched map[instep.LinkID]bool, there [2]map[string]bool) error {
	linked := map[instep.LinkID]bool{}
	for i := range b.Links {
		linked[b.Links[i].ID] = true
		for s, side := range b.Links[i].Sides {
			owner, ok := p.byID[s][side.ID]
			if there[s][side.ID] || ok && !touched[owner] {
				return conflict(b, "the %s record of link %d is in another link too", instep.Side(s), b.Links[i].ID)
			}
			if side.ID != "" {
				there[s][side.ID] = true
			}
		}
	}
	missing := func(id instep.LinkID) bool {
		_, stored := p.links[id]
		return !linked[id] && (!stored || touched[id])
	}
	for i := range b.Marks {
		if id := b.Marks[i].Link; missing(id) {
			return conflict(b, "it marks link %d, which is not there", id)
		}
	}
	for i := range b.Fences {
		if id := b.Fences[i].Link; missing(id) {
			return conflict(b, "it fences link %d, which is not there", id)
		}
	}
	return nil
}

func conflict(b *instep.Batch, format string, args ...any) error {
	return &instep.Error{Kind: instep.Conflict, Op: "commit to pair " + b.Pair, Err: fmt.Errorf(format, args...)}
}

func (p *pair) apply(b *instep.Batch) {
	if b.State != nil {
		state := cloneState(*b.State)
		state.Name, state.LastLink, state.LastUnit = b.Pair, p.state.LastLink, p.state.LastUnit
		p.state = state
	}
	for _, id := range slices.Concat(b.Dropped, b.Erased) {
		p.drop(id)
	}
	for i := range b.Links {
		p.forget(b.Links[i].ID)
	}
	for i := range b.Links {
		p.remember(cloneLink(b.Links[i]))
	}
	p.applyWork(b)
}

// applyWork brings units, marks, fences and decisions in line: what takes away
// comes first.
func (p *pair) applyWork(b *instep.Batch) {
	for _, id := range b.Settled {
		delete(p.units, id)
	}
	for _, u := range b.Units {
		p.units[u.ID] = cloneUnit(u)
		p.state.LastUnit = max(p.state.LastUnit, u.ID)
	}
	for _, id := range b.Cleared {
		delete(p.marks, id)
	}
	for _, m := range b.Marks {
		p.marks[instep.MarkID{Link: m.Link, Side: m.Side}] = cloneMark(m)
	}
	for _, id := range b.Unfenced {
		delete(p.fences, id)
	}
	for _, f := range b.Fences {
		p.fences[instep.MarkID{Link: f.Link, Side: f.Side}] = cloneFence(f)
	}
	for _, id := range b.Revoked {
		delete(p.decisions, id)
	}
	for _, d := range b.Decisions {
		p.decisions[d.DecisionID] = d
	}
}

// eraseIntents takes what is about the links out of the units, and units of
// which nothing is left.
func (p *pair) eraseIntents(links map[instep.LinkID]bool) {
	if len(links) == 0 {
		return
	}
	for id, u := range p.units {
		before := len(u.Intents)
		u.Intents = slices.DeleteFunc(u.Intents, func(n instep.Intent) bool { return links[n.Link] })
		switch len(u.Intents) {
		case before:
		case 0:
			delete(p.units, id)
		default:
			p.units[id] = u
		}
	}
}

// drop takes a link with its marks and fences out of everything.
func (p *pair) drop(id instep.LinkID) {
	p.forget(id)
	if i, ok := slices.BinarySearch(p.order, id); ok {
		p.order = slices.Delete(p.order, i, i+1)
	}
	for s := range instep.Side(2) {
		delete(p.marks, instep.MarkID{Link: id, Side: s})
		delete(p.fences, instep.MarkID{Link: id, Side: s})
	}
}

// forget takes a link and what leads to it out of the maps; order keeps its
// id, for what replaces it.
func (p *pair) forget(id instep.LinkID) {
	link, ok := p.links[id]
	if !ok {
		return
	}
	for s, side := range link.Sides {
		delete(p.byID[s], side.ID)
	}
	for _, k := range link.Keys {
		delete(p.byKey[k.Hash], id)
		if len(p.byKey[k.Hash]) == 0 {
			delete(p.byKey, k.Hash)
		}
	}
	delete(p.links, id)
}

func (p *pair) remember(link instep.Link) {
	for s, side := range link.Sides {
		if side.ID != "" {
			p.byID[s][side.ID] = link.ID
		}
	}
	for _, k := range link.Keys {
		if p.byKey[k.Hash] == nil {
			p.byKey[k.Hash] = map[instep.LinkID]bool{}
		}
		p.byKey[k.Hash][link.ID] = true
	}
	p.links[link.ID] = link
	if i, ok := slices.BinarySearch(p.order, link.ID); !ok {
		p.order = slices.Insert(p.order, i, link.ID)
	}
	p.state.LastLink = max(p.state.LastLink, link.ID)
}
