package rackbeattest

import (
	"errors"
	"fmt"
	"net/http"
)

// partyRoute returns what a path within customers or suppliers leads to.
func (s *Server) partyRoute(reg *register, rest []string) route {
	switch {
	case len(rest) == 0:
		return route{http.MethodGet: s.listParties(reg), http.MethodPost: s.createParty(reg)}
	case len(rest) == 1:
		return route{
			http.MethodGet:    s.getParty(reg, rest[0]),
			http.MethodPut:    s.updateParty(reg, rest[0]),
			http.MethodDelete: s.deleteParty(reg, rest[0]),
		}
	case rest[1] == "contacts":
		return contactsOf(s, reg, rest[0]).route(rest[2:])
	case rest[1] == "addresses" && reg.kind == customerKind:
		return addressesOf(s, reg, rest[0]).route(rest[2:])
	}
	return nil
}

func (s *Server) getParty(reg *register, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.data.mu.Lock()
		p := reg.reach(key)
		if p == nil {
			s.data.mu.Unlock()
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		row := s.data.partyRow(reg, p)
		s.data.mu.Unlock()
		s.single(w, r, http.StatusOK, reg.kind.singular, row)
	}
}

func (s *Server) createParty(reg *register) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := s.readBody(w, r)
		if !ok {
			return
		}
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		now := wholeSecond(s.now())
		p := Party{ID: reg.lastID + 1, CreatedAt: now, UpdatedAt: now}
		f := s.newForm(b)
		f.flatten()
		fill(f, reg.kind.fields, &p, true, true)
		s.storeParty(w, r, reg, f, nil, p)
	}
}

func (s *Server) updateParty(reg *register, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := s.readBody(w, r)
		if !ok {
			return
		}
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		old := reg.live[listedKey(key)]
		if old == nil {
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		p := *old
		f := s.newForm(b)
		f.flatten()
		fill(f, reg.kind.fields, &p, false, true)
		s.storeParty(w, r, reg, f, old, p)
	}
}

// storeParty answers a write: 422 where f has complaints, else p, which takes
// the place of old, nil for a new party. The caller holds the lock.
func (s *Server) storeParty(w http.ResponseWriter, r *http.Request, reg *register, f *form, old *Party, p Party) {
	if other := reg.live[p.Number]; other != nil && other.ID != p.ID {
		f.fail("number", msgTaken)
	}
	if f.failed() {
		s.invalid(w, f)
		return
	}
	status, saved, err := http.StatusOK, &p, error(nil)
	if old == nil {
		status, err = http.StatusCreated, reg.add(saved)
	} else {
		saved, err = s.saveParty(reg, old, p)
	}
	if err != nil {
		s.fail(w, http.StatusInternalServerError, msgStorage)
		return
	}
	s.single(w, r, status, reg.kind.singular, s.data.partyRow(reg, saved))
}

// deleteParty answers an empty body.
func (s *Server) deleteParty(reg *register, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		s.deleted(w, s.removeParty(reg, reg.live[listedKey(key)]))
	}
}

// deleted answers a deletion that ended with err.
func (s *Server) deleted(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, ErrNotFound):
		s.fail(w, http.StatusNotFound, msgNotFound)
	case errors.Is(err, ErrHasHistory):
		f := s.newForm(nil)
		f.fail("number", msgHistory)
		s.invalid(w, f)
	default:
		s.fail(w, http.StatusInternalServerError, msgStorage)
	}
}

// saveParty stores p in place of old and moves UpdatedAt, or leaves old where
// nothing differs. The caller holds the lock.
func (s *Server) saveParty(reg *register, old *Party, p Party) (*Party, error) {
	keepEqualDecimals(old.decimals(), p.decimals())
	if p == *old {
		return old, nil
	}
	p.UpdatedAt = wholeSecond(s.now())
	return &p, reg.put(old, &p)
}

// removeParty marks p, which may be nil, as deleted. The caller holds the lock.
func (s *Server) removeParty(reg *register, p *Party) error {
	switch {
	case p == nil:
		return ErrNotFound
	case p.HasHistory:
		return ErrHasHistory
	}
	gone := *p
	gone.DeletedAt = wholeSecond(s.now())
	gone.UpdatedAt = gone.DeletedAt
	return reg.put(p, &gone)
}

// normaliseParty brings p to the form parties keep and checks it.
func (s *Server) normaliseParty(reg *register, p *Party) error {
	if err := parseDecimals(p.decimals()); err != nil {
		return err
	}
	p.CreatedAt, p.UpdatedAt, p.DeletedAt = wholeSecond(p.CreatedAt), wholeSecond(p.UpdatedAt), wholeSecond(p.DeletedAt)
	return s.data.checkParty(reg, p)
}

// seedParty stores a party that a person enters.
func (s *Server) seedParty(reg *register, p Party) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if p.ID == 0 {
		p.ID = reg.lastID + 1
	} else if reg.all[p.ID] != nil {
		return fmt.Errorf("%s %d: id %d is taken", reg.kind.singular, p.Number, p.ID)
	}
	setDefault(&p.VATZone, ZoneDomestic)
	setDefault(&p.Group, s.data.lists[reg.kind.groups].first())
	setDefault(&p.PaymentTerms, s.data.lists[PaymentTerms].first())
	if reg.kind == customerKind {
		setDefault(&p.Layout, s.data.lists[Layouts].first())
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = s.now()
	}
	if p.UpdatedAt.IsZero() {
		p.UpdatedAt = p.CreatedAt
	}
	if err := reg.number(&p); err != nil {
		return err
	}
	if err := s.normaliseParty(reg, &p); err != nil {
		return fmt.Errorf("%s %d: %w", reg.kind.singular, p.Number, err)
	}
	return reg.put(nil, &p)
}

// editParty changes a party the way a person does in the web pages.
func (s *Server) editParty(reg *register, number int, edit func(*Party)) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	old := reg.live[number]
	if old == nil {
		return fmt.Errorf("%s %d: %w", reg.kind.singular, number, ErrNotFound)
	}
	p := *old
	edit(&p)
	p.ID, p.CreatedAt, p.UpdatedAt, p.DeletedAt = old.ID, old.CreatedAt, old.UpdatedAt, old.DeletedAt
	if err := s.normaliseParty(reg, &p); err != nil {
		return fmt.Errorf("%s %d: %w", reg.kind.singular, number, err)
	}
	_, err := s.saveParty(reg, old, p)
	return err
}

// dropParty deletes a party the way a person does in the web pages.
func (s *Server) dropParty(reg *register, number int) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if err := s.removeParty(reg, reg.live[number]); err != nil {
		return fmt.Errorf("%s %d: %w", reg.kind.singular, number, err)
	}
	return nil
}

// partiesOf returns a copy of a register by internal id.
func (s *Server) partiesOf(reg *register) []Party {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	return byNumber(reg.all, func(p Party) int { return p.ID })
}

// partyOf returns a copy of the party of that number that is not deleted.
func (s *Server) partyOf(reg *register, number int) (Party, bool) {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	if p := reg.live[number]; p != nil {
		return *p, true
	}
	return Party{}, false
}
