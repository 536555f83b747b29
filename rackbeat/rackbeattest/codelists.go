package rackbeattest

import (
	"net/http"
	"strconv"
)

// listedKey reads the number of a group or unit in a path, 0 for none.
func listedKey(part string) int {
	n, err := strconv.Atoi(part)
	if err != nil || strconv.Itoa(n) != part {
		return 0
	}
	return n
}

func (s *Server) getGroup(number string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := listedKey(number)
		s.data.mu.Lock()
		g, members := s.data.groups[n], s.data.members[n]
		s.data.mu.Unlock()
		if g == nil {
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		s.single(w, r, http.StatusOK, "product_group", groupRow{g, members})
	}
}

func (s *Server) getUnit(number string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := listedKey(number)
		s.data.mu.Lock()
		u := s.data.units[n]
		s.data.mu.Unlock()
		if u == nil {
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		s.single(w, r, http.StatusOK, "unit", u)
	}
}

func (s *Server) createGroup(w http.ResponseWriter, r *http.Request) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	f, g := s.newForm(b), &Group{}
	g.Number, g.Name = f.numberAndName(func(n int) bool { return s.data.groups[n] != nil })
	for name, at := range map[string]*bool{
		"has_inventory": &g.HasInventory, "is_sellable": &g.IsSellable, "should_spread_cost": &g.ShouldSpreadCost,
	} {
		if _, v, ok := f.look(name); ok {
			*at, _ = f.asBoolean(name, v)
		}
	}
	for name, at := range map[string]*int{
		"vat_domestic": &g.VATDomestic, "vat_eu": &g.VATEU,
		"vat_abroad": &g.VATAbroad, "vat_domestic_exempt": &g.VATDomesticExempt,
	} {
		if _, v, ok := f.look(name); ok {
			*at, _ = f.asInteger(name, v, 0)
		}
	}
	if f.failed() {
		s.invalid(w, f)
		return
	}
	g.Number = freeNumber(s.data.groups, g.Number)
	if err := s.data.putGroup(g); err != nil {
		s.fail(w, http.StatusInternalServerError, msgStorage)
		return
	}
	s.single(w, r, http.StatusCreated, "product_group", groupRow{g, 0})
}

func (s *Server) createUnit(w http.ResponseWriter, r *http.Request) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	f, u := s.newForm(b), &Unit{}
	u.Number, u.Name = f.numberAndName(func(n int) bool { return s.data.units[n] != nil })
	if f.failed() {
		s.invalid(w, f)
		return
	}
	u.Number = freeNumber(s.data.units, u.Number)
	if err := s.data.putUnit(u); err != nil {
		s.fail(w, http.StatusInternalServerError, msgStorage)
		return
	}
	s.single(w, r, http.StatusCreated, "unit", u)
}

// numberAndName reads what groups and units share: a number, optional and
// unique, and a name, required.
func (f *form) numberAndName(taken func(int) bool) (number int, name string) {
	if _, v, ok := f.look("number"); ok {
		number, _ = f.asInteger("number", v, 1)
		if number != 0 && taken(number) {
			f.fail("number", msgTaken)
		}
	}
	if _, v, ok := f.look("name"); !ok || v.null {
		f.fail("name", msgRequired)
	} else {
		name, _ = f.asText("name", v, maxShort)
	}
	return number, name
}
