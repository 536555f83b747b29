package rackbeattest

import "net/http"

// getProduct answers one product or item, by number.
func (s *Server) getProduct(v view, key, number string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.data.mu.Lock()
		p := s.data.live[number]
		if p == nil && s.opts.ListDeleted {
			p = s.data.dead[number]
		}
		if !s.data.sorted.has(v, p) {
			s.data.mu.Unlock()
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		row := s.data.row(p)
		s.data.mu.Unlock()
		s.single(w, r, http.StatusOK, key, row)
	}
}

// single answers one record.
func (s *Server) single(w http.ResponseWriter, r *http.Request, status int, key string, record any) {
	s.reply(w, status, s.viewerFor(r, onlyFields(r.URL.Query())).single(key, record))
}

// living returns the product of that number that can be written to. The caller
// holds the lock.
func (s *state) living(number string) *Product {
	if p := s.live[number]; p != nil && p.Type == TypeProduct {
		return p
	}
	return nil
}

func (s *Server) createProduct(draft bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := s.readBody(w, r)
		if !ok {
			return
		}
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		now := wholeSecond(s.now())
		p := Product{ID: s.data.lastID + 1, Type: TypeProduct, IsDraft: draft, CreatedAt: now, UpdatedAt: now}
		f := s.newForm(b)
		f.fillProduct(&p, true)
		if p.Number == "" && draft {
			p.Number = s.data.draftNumber(p.ID)
		}
		s.store(w, r, http.StatusCreated, f, nil, p)
	}
}

func (s *Server) updateProduct(number string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := s.readBody(w, r)
		if !ok {
			return
		}
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		old := s.data.living(number)
		if old == nil {
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		p := *old
		f := s.newForm(b)
		f.fillProduct(&p, false)
		if p.Number == "" {
			p.Number = old.Number // a draft whose number was cleared keeps it
		}
		s.store(w, r, http.StatusOK, f, old, p)
	}
}

// publishProduct makes a product of a draft that has all it needs; a product
// stays what it is.
func (s *Server) publishProduct(number string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.readBody(w, r); !ok {
			return
		}
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		old := s.data.living(number)
		if old == nil {
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		f, p := s.newForm(nil), *old
		p.IsDraft = false
		for _, field := range missing(&p) {
			f.fail(field, msgRequired)
		}
		s.store(w, r, http.StatusOK, f, old, p)
	}
}

// store answers a write: 422 where f has complaints, else p, which takes the
// place of old, nil for a new product. The caller holds the lock.
func (s *Server) store(w http.ResponseWriter, r *http.Request, status int, f *form, old *Product, p Product) {
	if other := s.data.live[p.Number]; other != nil && other.ID != p.ID {
		f.fail("number", msgTaken)
	}
	if f.failed() {
		s.invalid(w, f)
		return
	}
	saved, err := &p, error(nil)
	if old == nil {
		err = s.data.put(nil, saved)
	} else {
		saved, err = s.save(old, p)
	}
	if err != nil {
		s.fail(w, http.StatusInternalServerError, msgStorage)
		return
	}
	s.single(w, r, status, "product", s.data.row(saved))
}

// deleteProduct answers an empty body.
func (s *Server) deleteProduct(number string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		s.deleted(w, s.remove(s.data.living(number)))
	}
}
