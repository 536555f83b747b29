package rackbeattest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/instep-go/instep/internal/fakeserver"
)

// List names one of the lists that customers and suppliers point to, as the
// first part of its path does.
type List string

// The lists.
const (
	CustomerGroups List = "customer-groups"
	SupplierGroups List = "supplier-groups"
	PaymentTerms   List = "payment-terms"
	DeliveryTerms  List = "delivery-terms"
	Layouts        List = "layouts"
	// Currencies are keyed by their code in paths, not by number.
	Currencies List = "currencies"
	Employees  List = "employees"
)

// Entry is an entry of a list. Entries are comparable with ==.
type Entry struct {
	// Number is unique in its list and positive; 0 lets the fake choose.
	Number int `json:"number"`
	// Name is required.
	Name string `json:"name"`
	// Code is the ISO code of a currency, required there and nowhere else.
	Code string `json:"code,omitzero"`

	// Description, MaturityDays and Type are of payment terms.
	Description  string `json:"description,omitzero"`
	MaturityDays int    `json:"maturity_days,omitzero"`
	Type         string `json:"type,omitzero"`

	// The further fields are of employees.
	Initials string `json:"initials,omitzero"`
	Email    string `json:"email,omitzero"`
	Phone    string `json:"phone,omitzero"`
	Locale   string `json:"locale,omitzero"`
	JobTitle string `json:"job_title,omitzero"`
}

// listKind is what is particular to a list.
type listKind struct {
	name             List
	plural, singular string // keys in replies
	creatable        bool
	seeds            func(*Options) []Entry
	standard         []Entry // for nil seeds
}

// listKinds are all lists, in the order Dump writes them. That the terms can be
// created through the API is inferred from the events the vendor has for it.
var listKinds = []listKind{
	{CustomerGroups, "customer_groups", "customer_group", true,
		func(o *Options) []Entry { return o.CustomerGroups }, []Entry{{Number: 1, Name: "Kunder"}}},
	{SupplierGroups, "supplier_groups", "supplier_group", true,
		func(o *Options) []Entry { return o.SupplierGroups }, []Entry{{Number: 1, Name: "Leverandører"}}},
	{PaymentTerms, "payment_terms", "payment_term", true,
		func(o *Options) []Entry { return o.PaymentTerms }, []Entry{
			{Number: 1, Name: "Netto 8 dage", MaturityDays: 8},
			{Number: 2, Name: "Netto 30 dage", MaturityDays: 30},
		}},
	{DeliveryTerms, "delivery_terms", "delivery_term", true,
		func(o *Options) []Entry { return o.DeliveryTerms }, []Entry{{Number: 1, Name: "Ab lager"}}},
	{Layouts, "layouts", "layout", false,
		func(o *Options) []Entry { return o.Layouts }, []Entry{{Number: 1, Name: "Standard"}}},
	{Currencies, "currencies", "currency", false,
		func(o *Options) []Entry { return o.Currencies }, []Entry{
			{Code: "DKK", Name: "Danske kroner"}, {Code: "EUR", Name: "Euro"},
			{Code: "SEK", Name: "Svenske kroner"}, {Code: "NOK", Name: "Norske kroner"},
			{Code: "USD", Name: "Amerikanske dollar"}, {Code: "GBP", Name: "Britiske pund"},
		}},
	{Employees, "employees", "employee", false,
		func(o *Options) []Entry { return o.Employees },
		[]Entry{{Number: 1, Name: "Anna Holm", Initials: "AH", Email: "anna@example.com", Locale: "da"}}},
}

// list is a list with its entries by number. Entries are replaced on a change
// and never altered. Its methods want the lock held.
type list struct {
	kind    *listKind
	entries map[int]*Entry
	file    *fakeserver.Journal[Entry]
}

// newLists opens all lists in dir.
func newLists(f *files, dir string) map[List]*list {
	lists := map[List]*list{}
	for i := range listKinds {
		k := &listKinds[i]
		lists[k.name] = &list{kind: k, entries: map[int]*Entry{}, file: openJournal[Entry](f, dir, string(k.name))}
	}
	return lists
}

func (l *list) load() {
	for _, e := range l.file.Load() {
		l.entries[e.Number] = &e
	}
}

func (l *list) put(e *Entry) error {
	if err := l.file.Put(strconv.Itoa(e.Number), *e); err != nil {
		return err
	}
	l.entries[e.Number] = e
	return nil
}

// rows returns all entries by number.
func (l *list) rows() []entryRow {
	rows := make([]entryRow, 0, len(l.entries))
	for _, n := range slices.Sorted(maps.Keys(l.entries)) {
		rows = append(rows, entryRow{l.entries[n], l.kind})
	}
	return rows
}

// first returns the lowest number, 0 without entries.
func (l *list) first() int {
	if len(l.entries) == 0 {
		return 0
	}
	return slices.Min(slices.Collect(maps.Keys(l.entries)))
}

// byCode returns the entry of that code, nil for none.
func (l *list) byCode(code string) *Entry {
	for _, e := range l.entries {
		if e.Code == code {
			return e
		}
	}
	return nil
}

// find returns the entry that a path leads to, nil for none.
func (l *list) find(key string) *Entry {
	if l.kind.name == Currencies {
		return l.byCode(key)
	}
	return l.entries[listedKey(key)]
}

// check tells what keeps e from being stored in place of old, which is nil for
// a new entry.
func (l *list) check(old, e *Entry) error {
	taken := l.entries[e.Number] != nil && (old == nil || old.Number != e.Number)
	if err := checkListed(e.Number, e.Name, taken); err != nil {
		return err
	}
	other := l.byCode(e.Code)
	switch {
	case (e.Code != "") != (l.kind.name == Currencies):
		return fmt.Errorf("%d: a currency has a code and nothing else has one", e.Number)
	case e.Code != "" && other != nil && other != old:
		return fmt.Errorf("%d: the code %s is taken", e.Number, e.Code)
	}
	return nil
}

// Entries returns a copy of a list's entries by number, nil for a list that
// does not exist.
func (s *Server) Entries(name List) []Entry {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	l := s.data.lists[name]
	if l == nil {
		return nil
	}
	return byNumber(l.entries, func(e Entry) int { return e.Number })
}

// AddEntry stores a further entry of a list. Number 0 is chosen by the fake.
func (s *Server) AddEntry(name List, e Entry) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	l := s.data.lists[name]
	if l == nil {
		return fmt.Errorf("there is no list %q", name)
	}
	e.Number = freeNumber(l.entries, e.Number)
	if err := l.check(nil, &e); err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return l.put(&e)
}

// EditEntry changes an entry the way a person does in the web pages. Its number
// and code stay, for others point to them. edit must not call the Server.
func (s *Server) EditEntry(name List, number int, edit func(*Entry)) error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	l := s.data.lists[name]
	if l == nil || l.entries[number] == nil {
		return fmt.Errorf("%s %d: %w", name, number, ErrNotFound)
	}
	old := l.entries[number]
	e := *old
	edit(&e)
	e.Number, e.Code = old.Number, old.Code
	if err := l.check(old, &e); err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return l.put(&e)
}

// fillLists stores the entries given as options.
func (s *Server) fillLists() error {
	for _, k := range listKinds {
		entries := k.seeds(&s.opts)
		if entries == nil {
			entries = k.standard
		}
		for i, e := range entries {
			if err := s.AddEntry(k.name, e); err != nil {
				return fmt.Errorf("entry %d of %w", i, err)
			}
		}
	}
	return nil
}

// listRoute returns what a path within a list leads to.
func (s *Server) listRoute(l *list, rest []string) route {
	switch {
	case len(rest) == 0 && l.kind.creatable:
		return route{http.MethodGet: s.listEntries(l), http.MethodPost: s.createEntry(l)}
	case len(rest) == 0:
		return route{http.MethodGet: s.listEntries(l)}
	case len(rest) == 1:
		return route{http.MethodGet: s.getEntry(l, rest[0])}
	}
	return nil
}

func (s *Server) listEntries(l *list) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.data.mu.Lock()
		rows := l.rows()
		s.data.mu.Unlock()
		listAll(s, w, r, l.kind.plural, rows, entryAttrs)
	}
}

func (s *Server) getEntry(l *list, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.data.mu.Lock()
		e := l.find(key)
		s.data.mu.Unlock()
		if e == nil {
			s.fail(w, http.StatusNotFound, msgNotFound)
			return
		}
		s.single(w, r, http.StatusOK, l.kind.singular, entryRow{e, l.kind})
	}
}

func (s *Server) createEntry(l *list) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, ok := s.readBody(w, r)
		if !ok {
			return
		}
		s.data.mu.Lock()
		defer s.data.mu.Unlock()
		f, e := s.newForm(b), &Entry{}
		e.Number, e.Name = f.numberAndName(func(n int) bool { return l.entries[n] != nil })
		if l.kind.name == PaymentTerms {
			fill(f, paymentTermFields, e, true, true)
		}
		if f.failed() {
			s.invalid(w, f)
			return
		}
		e.Number = freeNumber(l.entries, e.Number)
		if err := l.put(e); err != nil {
			s.fail(w, http.StatusInternalServerError, msgStorage)
			return
		}
		s.single(w, r, http.StatusCreated, l.kind.singular, entryRow{e, l.kind})
	}
}

var paymentTermFields = []field[Entry]{
	{names: []string{"description"}, set: textField(maxLong, func(e *Entry) *string { return &e.Description })},
	{names: []string{"maturity_days"}, set: integerField(0, func(e *Entry) *int { return &e.MaturityDays })},
	{names: []string{"type"}, set: textField(maxShort, func(e *Entry) *string { return &e.Type })},
}
