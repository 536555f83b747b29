package rackbeattest

import (
	"fmt"
	"net/http"
)

// parts are the contacts or the addresses of one party, as their paths and a
// person's edits reach them.
type parts[T comparable] struct {
	s                *Server
	reg              *register
	owner            string // the party's number
	plural, singular string // keys in replies
	of               *children[T]
	fields           []field[T]
	attrs            attributes[*T]
	name             func(*T) string
}

func contactsOf(s *Server, reg *register, owner string) *parts[Contact] {
	return &parts[Contact]{
		s: s, reg: reg, owner: owner, plural: "contacts", singular: "contact", of: &reg.contacts,
		fields: contactFields, attrs: contactAttrs, name: func(c *Contact) string { return c.Name },
	}
}

func addressesOf(s *Server, reg *register, owner string) *parts[Address] {
	return &parts[Address]{
		s: s, reg: reg, owner: owner, plural: "addresses", singular: "address", of: &reg.addresses,
		fields: addressFields, attrs: addressAttrs, name: func(a *Address) string { return a.Name },
	}
}

// route returns what the rest of the path leads to.
func (p *parts[T]) route(rest []string) route {
	switch len(rest) {
	case 0:
		return route{http.MethodGet: p.list, http.MethodPost: p.create}
	case 1:
		return route{http.MethodGet: p.get(rest[0]), http.MethodPut: p.update(rest[0]), http.MethodDelete: p.delete(rest[0])}
	}
	return nil
}

func (p *parts[T]) list(w http.ResponseWriter, r *http.Request) {
	p.s.data.mu.Lock()
	owner := p.reg.reach(p.owner)
	var rows []*T
	if owner != nil {
		rows = p.of.rows(owner.ID)
	}
	p.s.data.mu.Unlock()
	switch {
	case owner == nil:
		p.s.fail(w, http.StatusNotFound, msgNotFound)
	case p.s.opts.PlainParts:
		p.s.reply(w, http.StatusOK, p.plain(r, rows))
	default:
		listAll(p.s, w, r, p.plural, rows, p.attrs)
	}
}

// plain writes the whole list without the figures of paging.
func (p *parts[T]) plain(r *http.Request, rows []*T) []byte {
	v := p.s.viewerFor(r, onlyFields(r.URL.Query()))
	b := []byte(`{"` + p.plural + `":[`)
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.record(b, row)
	}
	return append(b, ']', '}')
}

func (p *parts[T]) get(key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.s.data.mu.Lock()
		var found *T
		if owner := p.reg.reach(p.owner); owner != nil {
			found = p.of.find(owner.ID, listedKey(key))
		}
		p.s.data.mu.Unlock()
		if found == nil {
			p.s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		p.s.single(w, r, http.StatusOK, p.singular, found)
	}
}

// living returns the party, nil for none that can be written to.
func (p *parts[T]) living() *Party { return p.reg.live[listedKey(p.owner)] }

func (p *parts[T]) create(w http.ResponseWriter, r *http.Request) {
	b, ok := p.s.readBody(w, r)
	if !ok {
		return
	}
	p.s.data.mu.Lock()
	defer p.s.data.mu.Unlock()
	owner := p.living()
	if owner == nil {
		p.s.fail(w, http.StatusNotFound, msgNotFound)
		return
	}
	p.store(w, r, http.StatusCreated, b, owner, new(T))
}

func (p *parts[T]) update(key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := p.s.readBody(w, r)
		if !ok {
			return
		}
		p.s.data.mu.Lock()
		defer p.s.data.mu.Unlock()
		owner := p.living()
		var old *T
		if owner != nil {
			old = p.of.find(owner.ID, listedKey(key))
		}
		if old == nil {
			p.s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		changed := *old
		p.store(w, r, http.StatusOK, b, owner, &changed)
	}
}

// store answers a write of v with the body's fields laid over it.
func (p *parts[T]) store(w http.ResponseWriter, r *http.Request, status int, b body, owner *Party, v *T) {
	f := p.s.newForm(b)
	fill(f, p.fields, v, status == http.StatusCreated, true)
	if f.failed() {
		p.s.invalid(w, f)
		return
	}
	if err := p.of.put(owner.ID, v); err != nil {
		p.s.fail(w, http.StatusInternalServerError, msgStorage)
		return
	}
	p.s.single(w, r, status, p.singular, v)
}

func (p *parts[T]) delete(key string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		p.s.data.mu.Lock()
		defer p.s.data.mu.Unlock()
		err := ErrNotFound
		if owner := p.living(); owner != nil {
			err = p.of.remove(owner.ID, listedKey(key))
		}
		p.s.deleted(w, err)
	}
}

// all returns a copy of the party's parts by id, nil for a party there is not.
func (p *parts[T]) all() []T {
	p.s.data.mu.Lock()
	defer p.s.data.mu.Unlock()
	owner := p.living()
	if owner == nil {
		return nil
	}
	var out []T
	for _, v := range p.of.rows(owner.ID) {
		out = append(out, *v)
	}
	return out
}

// add stores a further part the way a person does.
func (p *parts[T]) add(v T) error {
	p.s.data.mu.Lock()
	defer p.s.data.mu.Unlock()
	owner := p.living()
	switch id := *p.of.id(&v); {
	case owner == nil:
		return p.err(ErrNotFound)
	case p.name(&v) == "":
		return p.err(fmt.Errorf("%s without a name", p.singular))
	case id < 0 || (id > 0 && p.of.taken(id)):
		return p.err(fmt.Errorf("%s: id %d is taken or not positive", p.singular, id))
	}
	return p.of.put(owner.ID, &v)
}

// edit changes a part the way a person does; its id stays.
func (p *parts[T]) edit(id int, edit func(*T)) error {
	p.s.data.mu.Lock()
	defer p.s.data.mu.Unlock()
	owner := p.living()
	if owner == nil {
		return p.err(ErrNotFound)
	}
	old := p.of.find(owner.ID, id)
	if old == nil {
		return p.err(fmt.Errorf("%s %d: %w", p.singular, id, ErrNotFound))
	}
	v := *old
	edit(&v)
	*p.of.id(&v) = id
	if p.name(&v) == "" {
		return p.err(fmt.Errorf("%s without a name", p.singular))
	}
	return p.of.put(owner.ID, &v)
}

// drop removes a part the way a person does.
func (p *parts[T]) drop(id int) error {
	p.s.data.mu.Lock()
	defer p.s.data.mu.Unlock()
	owner := p.living()
	if owner == nil {
		return p.err(ErrNotFound)
	}
	if err := p.of.remove(owner.ID, id); err != nil {
		return p.err(fmt.Errorf("%s %d: %w", p.singular, id, err))
	}
	return nil
}

// err says whose part err is about.
func (p *parts[T]) err(err error) error {
	return fmt.Errorf("%s %s: %w", p.reg.kind.singular, p.owner, err)
}
