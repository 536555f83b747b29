package rackbeattest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ErrNotFound is returned for a number or id that no record has.
var ErrNotFound = errors.New("no such record")

// ErrHasHistory is returned for the removal of a record that has history.
var ErrHasHistory = errors.New("the record has history")

// Products returns a copy of all products and lots by internal id, deleted
// ones and drafts too.
func (s *Server) Products() []Product {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	out := make([]Product, 0, len(s.data.products))
	for _, p := range s.data.products {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Product) int { return byID(&a, &b) })
	return out
}

// Product returns a copy of the product or lot of that number that is not
// deleted, and whether there is one.
func (s *Server) Product(number string) (Product, bool) {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if p := s.data.live[number]; p != nil {
		return *p, true
	}
	return Product{}, false
}

// Groups returns a copy of the product groups by number.
func (s *Server) Groups() []Group {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	return byNumber(s.data.groups, func(g Group) int { return g.Number })
}

// Units returns a copy of the units by number.
func (s *Server) Units() []Unit {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	return byNumber(s.data.units, func(u Unit) int { return u.Number })
}

func byNumber[T any](m map[int]*T, number func(T) int) []T {
	out := make([]T, 0, len(m))
	for _, v := range m {
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(number(a), number(b)) })
	return out
}

// Add stores a further product. A zero ID, Group (the first one) and zero
// times are chosen by the fake.
func (s *Server) Add(p Product) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if p.ID == 0 {
		p.ID = s.data.lastID + 1
	} else if s.data.products[p.ID] != nil {
		return fmt.Errorf("product %q: id %d is taken", p.Number, p.ID)
	}
	setDefault(&p.Type, TypeProduct)
	if p.Group == 0 && !p.IsDraft {
		p.Group = s.data.firstGroup()
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = s.now()
	}
	if p.UpdatedAt.IsZero() {
		p.UpdatedAt = p.CreatedAt
	}
	if err := s.normalise(&p); err != nil {
		return err
	}
	return s.data.put(nil, &p)
}

// Edit changes a product the way a person does in the web pages. Whatever is
// changed, the number included, moves UpdatedAt; ID, CreatedAt, UpdatedAt and
// DeletedAt themselves are kept from edit. It returns ErrNotFound for a number
// that no product has, and the first reason why the change cannot stand.
// edit must not call the Server.
func (s *Server) Edit(number string, edit func(*Product)) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	old := s.data.live[number]
	if old == nil {
		return fmt.Errorf("product %q: %w", number, ErrNotFound)
	}
	p := *old
	edit(&p)
	p.ID, p.CreatedAt, p.UpdatedAt, p.DeletedAt = old.ID, old.CreatedAt, old.UpdatedAt, old.DeletedAt
	if err := s.normalise(&p); err != nil {
		return err
	}
	_, err := s.save(old, p)
	return err
}

// Remove deletes a product the way a person does in the web pages. It returns
// ErrNotFound or ErrHasHistory where that is not possible.
func (s *Server) Remove(number string) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if err := s.remove(s.data.live[number]); err != nil {
		return fmt.Errorf("product %q: %w", number, err)
	}
	return nil
}

// AddGroup stores a further product group. Number 0 is chosen by the fake.
func (s *Server) AddGroup(g Group) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	g.Number = freeNumber(s.data.groups, g.Number)
	if err := checkListed(g.Number, g.Name, s.data.groups[g.Number] != nil); err != nil {
		return fmt.Errorf("group %w", err)
	}
	return s.data.putGroup(&g)
}

// AddUnit stores a further unit. Number 0 is chosen by the fake.
func (s *Server) AddUnit(u Unit) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	u.Number = freeNumber(s.data.units, u.Number)
	if err := checkListed(u.Number, u.Name, s.data.units[u.Number] != nil); err != nil {
		return fmt.Errorf("unit %w", err)
	}
	return s.data.putUnit(&u)
}

func checkListed(number int, name string, taken bool) error {
	switch {
	case number < 0:
		return fmt.Errorf("%d: the number is not positive", number)
	case name == "":
		return fmt.Errorf("%d: no name", number)
	case taken:
		return fmt.Errorf("%d: the number is taken", number)
	}
	return nil
}

// save stores p in place of old and moves UpdatedAt, or leaves old where
// nothing differs. The caller holds the lock.
func (s *Server) save(old *Product, p Product) (*Product, error) {
	keepEqualDecimals(old.decimals(), p.decimals())
	if p == *old {
		return old, nil
	}
	p.UpdatedAt = wholeSecond(s.now())
	return &p, s.data.put(old, &p)
}

// remove marks p, which may be nil, as deleted. The caller holds the lock.
func (s *Server) remove(p *Product) error {
	switch {
	case p == nil:
		return ErrNotFound
	case p.HasHistory:
		return ErrHasHistory
	}
	gone := *p
	gone.DeletedAt = wholeSecond(s.now())
	gone.UpdatedAt = gone.DeletedAt
	return s.data.put(p, &gone)
}

// normalise brings p to the form products keep and checks it.
func (s *Server) normalise(p *Product) error {
	if err := parseDecimals(p.decimals()); err != nil {
		return fmt.Errorf("product %q: %w", p.Number, err)
	}
	p.CreatedAt, p.UpdatedAt, p.DeletedAt = wholeSecond(p.CreatedAt), wholeSecond(p.UpdatedAt), wholeSecond(p.DeletedAt)
	if err := s.data.check(p); err != nil {
		return fmt.Errorf("product %q: %w", p.Number, err)
	}
	return nil
}
