package rackbeattest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/instep-go/instep/internal/fakeserver"
)

// state is the register. Its methods want mu held. Products, groups and units
// are replaced on a change and never altered, so that what was handed out
// under the lock can be read after it.
type state struct {
	mu sync.Mutex

	products map[int]*Product    // by id, deleted ones too
	live     map[string]*Product // by number, without deleted ones
	dead     map[string]*Product // by number, the one deleted last
	lastID   int
	members  map[int]int // number of living products, by group
	groups   map[int]*Group
	units    map[int]*Unit
	sorted   sortedLists[Product]

	lists     map[List]*list
	customers *register
	suppliers *register

	files files
}

// files are the journals behind the register.
type files struct {
	products *fakeserver.Journal[Product]
	groups   *fakeserver.Journal[Group]
	units    *fakeserver.Journal[Unit]
	meta     *fakeserver.Journal[meta]
	series   *fakeserver.Journal[int]

	all []journal // these and those of the lists and registers
	err error     // the first failure to open one
}

// journal is what all journals can, whatever they keep.
type journal interface {
	Close() error
	wipe() error
}

// wiper adds to a journal how it is emptied.
type wiper[T any] struct{ *fakeserver.Journal[T] }

func (j wiper[T]) wipe() error {
	var errs []error
	for key := range j.Load() {
		errs = append(errs, j.Delete(key))
	}
	return errors.Join(errs...)
}

// openJournal opens one journal more, unless one before could not be opened.
func openJournal[T any](f *files, dir, name string) *fakeserver.Journal[T] {
	if f.err != nil {
		return nil
	}
	j, err := fakeserver.OpenJournal[T](dir, name)
	if err != nil {
		f.err = err
		return nil
	}
	f.all = append(f.all, wiper[T]{j})
	return j
}

// meta is the one record of its journal. It is written after the first records
// so that a folder whose filling was cut short is filled again.
type meta struct {
	AccountID int `json:"account_id"`
}

const metaKey = "account"

func (f *files) close() error {
	var errs []error
	for _, j := range f.all {
		errs = append(errs, j.Close())
	}
	return errors.Join(errs...)
}

// account returns the account the folder belongs to, 0 for a folder that was
// not filled to its end.
func (f *files) account() int {
	for _, m := range f.meta.Load() {
		return m.AccountID
	}
	return 0
}

// openState opens the journals of o's folder. What it returns is to be closed
// even if opening failed.
func openState(o *Options) (*state, error) {
	s := &state{
		products: map[int]*Product{}, live: map[string]*Product{}, dead: map[string]*Product{},
		members: map[int]int{}, groups: map[int]*Group{}, units: map[int]*Unit{},
		sorted: productLists(o.ListDeleted),
	}
	f := &s.files
	f.products = openJournal[Product](f, o.Dir, "products")
	f.groups = openJournal[Group](f, o.Dir, "product-groups")
	f.units = openJournal[Unit](f, o.Dir, "units")
	f.meta = openJournal[meta](f, o.Dir, "account")
	f.series = openJournal[int](f, o.Dir, "series")
	s.lists = newLists(f, o.Dir)
	s.customers = newRegister(f, customerKind, o, o.FirstCustomer)
	s.suppliers = newRegister(f, supplierKind, o, o.FirstSupplier)
	return s, f.err
}

// load takes in what the journals hold.
func (s *state) load() {
	for _, g := range s.files.groups.Load() {
		s.groups[g.Number] = &g
	}
	for _, u := range s.files.units.Load() {
		s.units[u.Number] = &u
	}
	for _, p := range s.files.products.Load() {
		s.index(nil, &p)
	}
	for _, l := range s.lists {
		l.load()
	}
	s.customers.load()
	s.suppliers.load()
}

// wipe removes what an unfinished filling left in the journals.
func (s *state) wipe() error {
	var errs []error
	for _, j := range s.files.all {
		errs = append(errs, j.wipe())
	}
	return errors.Join(errs...)
}

// put stores p in place of old, which is nil for a new product.
func (s *state) put(old, p *Product) error {
	if err := s.files.products.Put(strconv.Itoa(p.ID), *p); err != nil {
		return err
	}
	s.index(old, p)
	return nil
}

// index brings all views of the register from old to p.
func (s *state) index(old, p *Product) {
	if old != nil && !old.deleted() {
		delete(s.live, old.Number)
		s.members[old.Group]--
	}
	s.products[p.ID] = p
	s.lastID = max(s.lastID, p.ID)
	if p.deleted() {
		s.dead[p.Number] = p
	} else {
		s.live[p.Number] = p
		s.members[p.Group]++
	}
	s.sorted.replace(old, p)
}

func (s *state) putGroup(g *Group) error {
	if err := s.files.groups.Put(strconv.Itoa(g.Number), *g); err != nil {
		return err
	}
	s.groups[g.Number] = g
	return nil
}

func (s *state) putUnit(u *Unit) error {
	if err := s.files.units.Put(strconv.Itoa(u.Number), *u); err != nil {
		return err
	}
	s.units[u.Number] = u
	return nil
}

// freeNumber returns n, or the number after the highest one for n 0.
func freeNumber[T any](taken map[int]T, n int) int {
	if n != 0 {
		return n
	}
	highest := 0
	for k := range taken {
		highest = max(highest, k)
	}
	return highest + 1
}

// firstGroup returns the lowest group number, 0 without groups.
func (s *state) firstGroup() int {
	if len(s.groups) == 0 {
		return 0
	}
	return slices.Min(slices.Collect(maps.Keys(s.groups)))
}

// draftNumber is what a draft without a number is called.
func (s *state) draftNumber(id int) string {
	n := strconv.Itoa(id)
	for s.live[n] != nil {
		n = "draft-" + n
	}
	return n
}

// check tells what keeps p from being stored beside the other products.
func (s *state) check(p *Product) error {
	switch other := s.live[p.Number]; {
	case p.ID < 0:
		return fmt.Errorf("id %d is not positive", p.ID)
	case p.Type != TypeProduct && p.Type != TypeLot:
		return fmt.Errorf("type is %q, want %s or %s", p.Type, TypeProduct, TypeLot)
	case p.Number == "":
		return errors.New("no number")
	case !p.deleted() && other != nil && other.ID != p.ID:
		return fmt.Errorf("number %q is taken", p.Number)
	case p.Group != 0 && s.groups[p.Group] == nil:
		return fmt.Errorf("no group has the number %d", p.Group)
	case p.Unit != 0 && s.units[p.Unit] == nil:
		return fmt.Errorf("no unit has the number %d", p.Unit)
	case !p.IsDraft && len(missing(p)) > 0:
		return fmt.Errorf("no %s", missing(p)[0])
	}
	return nil
}

// missing names what p lacks of the fields a published product has.
func missing(p *Product) (fields []string) {
	if p.Number == "" {
		fields = append(fields, "number")
	}
	if p.Name == "" {
		fields = append(fields, "name")
	}
	if p.SalesPrice == "" {
		fields = append(fields, "sales_price")
	}
	if p.Group == 0 {
		fields = append(fields, "group")
	}
	return fields
}
