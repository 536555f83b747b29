package rackbeattest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/instep-go/instep/internal/fakeserver"
)

// The resources whose records are parties.
const (
	customers = "customers"
	suppliers = "suppliers"
)

// maxNumber is the highest number a party can have (inferred: an integer column
// of the usual width).
const maxNumber = 1<<31 - 1

// partyKind is what tells customers and suppliers apart.
type partyKind struct {
	resource, singular string
	groups             List
	group              string // the group's object in replies; its field adds _id
	fields             []field[Party]
}

var (
	customerKind = &partyKind{customers, "customer", CustomerGroups, "customer_group", customerFields}
	supplierKind = &partyKind{suppliers, "supplier", SupplierGroups, "supplier_group", supplierFields}
)

// register holds the customers or the suppliers. Parties, contacts and
// addresses are replaced on a change and never altered. Its methods want the
// lock held.
type register struct {
	kind   *partyKind
	all    map[int]*Party // by id, deleted ones too
	live   map[int]*Party // by number, without deleted ones
	dead   map[int]*Party // by number, the one deleted last
	lastID int
	next   int // the next number of the series, unless it is taken
	sorted sortedLists[Party]
	file   *fakeserver.Journal[Party]
	series *fakeserver.Journal[int] // by resource: the next number

	contacts  children[Contact]
	addresses children[Address] // a customer's alone
}

func newRegister(f *files, k *partyKind, o *Options, firstNumber int) *register {
	r := &register{
		kind: k, all: map[int]*Party{}, live: map[int]*Party{}, dead: map[int]*Party{}, next: firstNumber,
		sorted: partyLists(o.ListDeleted),
		file:   openJournal[Party](f, o.Dir, k.resource),
		series: f.series,
	}
	r.contacts = newChildren(f, o.Dir, k.singular+"-contacts", func(c *Contact) *int { return &c.ID })
	if k == customerKind {
		r.addresses = newChildren(f, o.Dir, k.singular+"-addresses", func(a *Address) *int { return &a.ID })
	}
	return r
}

func (r *register) load() {
	for _, p := range r.file.Load() {
		r.index(nil, &p)
	}
	for resource, next := range r.series.Load() {
		if resource == r.kind.resource {
			r.next = max(r.next, next)
		}
	}
	r.contacts.load()
	if r.addresses.file != nil {
		r.addresses.load()
	}
}

// put stores p in place of old, which is nil for a new party.
func (r *register) put(old, p *Party) error {
	if err := r.file.Put(strconv.Itoa(p.ID), *p); err != nil {
		return err
	}
	r.index(old, p)
	return nil
}

// add stores a new party.
func (r *register) add(p *Party) error {
	if err := r.number(p); err != nil {
		return err
	}
	return r.put(nil, p)
}

// index brings all views of the register from old to p.
func (r *register) index(old, p *Party) {
	if old != nil && !old.deleted() {
		delete(r.live, old.Number)
	}
	r.all[p.ID] = p
	r.lastID = max(r.lastID, p.ID)
	if p.deleted() {
		r.dead[p.Number] = p
	} else {
		r.live[p.Number] = p
	}
	r.sorted.replace(old, p)
}

// number gives a party without a number the next one of the series: one that
// nobody has and that no deleted party had.
func (r *register) number(p *Party) error {
	if p.Number != 0 {
		return nil
	}
	n := r.next
	for r.live[n] != nil || r.dead[n] != nil {
		n++
	}
	if n > maxNumber {
		return fmt.Errorf("the series of %s is used up", r.kind.resource)
	}
	if err := r.series.Put(r.kind.resource, n+1); err != nil {
		return err
	}
	p.Number, r.next = n, n+1
	return nil
}

// reach returns the party that a path leads to for reading, nil for none.
func (r *register) reach(key string) *Party {
	n := listedKey(key)
	p := r.live[n]
	if p == nil {
		p = r.dead[n]
	}
	if !r.sorted.has(viewParties, p) {
		return nil
	}
	return p
}

// candidates returns the list in ascending order, or just the one party in
// question where the number is given.
func (r *register) candidates(q *listQuery) []*Party {
	number, ok := q.filters["number"]
	if !ok || r.sorted.withDeleted {
		return r.sorted.get(listKey{viewParties, q.orderBy}, r.all)
	}
	if p := r.live[listedKey(number)]; p != nil {
		return []*Party{p}
	}
	return nil
}

// child is a contact or an address with the id of the party it belongs to.
type child[T any] struct {
	Owner int `json:"owner"`
	Value T   `json:"value"`
}

// children are the contacts or the addresses of a register's parties.
type children[T any] struct {
	id      func(*T) *int
	byOwner map[int][]*T // by id of the party, in the order of their own ids
	lastID  int
	file    *fakeserver.Journal[child[T]]
}

func newChildren[T any](f *files, dir, name string, id func(*T) *int) children[T] {
	return children[T]{id: id, byOwner: map[int][]*T{}, file: openJournal[child[T]](f, dir, name)}
}

func (c *children[T]) load() {
	for _, v := range c.file.Load() {
		c.index(v.Owner, &v.Value)
	}
}

// at returns where among the owner's the id stands or would stand.
func (c *children[T]) at(owner, id int) (int, bool) {
	return slices.BinarySearchFunc(c.byOwner[owner], id, func(v *T, id int) int { return *c.id(v) - id })
}

// find returns the owner's child of that id, nil for none.
func (c *children[T]) find(owner, id int) *T {
	if i, ok := c.at(owner, id); ok {
		return c.byOwner[owner][i]
	}
	return nil
}

// put stores v, in place of the one with its id. Id 0 is a new one's.
func (c *children[T]) put(owner int, v *T) error {
	id := c.id(v)
	if *id == 0 {
		*id = c.lastID + 1
	}
	if err := c.file.Put(strconv.Itoa(*id), child[T]{owner, *v}); err != nil {
		return err
	}
	c.index(owner, v)
	return nil
}

func (c *children[T]) index(owner int, v *T) {
	c.lastID = max(c.lastID, *c.id(v))
	i, ok := c.at(owner, *c.id(v))
	if ok {
		c.byOwner[owner][i] = v
		return
	}
	c.byOwner[owner] = slices.Insert(c.byOwner[owner], i, v)
}

// remove drops the owner's child of that id, if there is one.
func (c *children[T]) remove(owner, id int) error {
	i, ok := c.at(owner, id)
	if !ok {
		return ErrNotFound
	}
	if err := c.file.Delete(strconv.Itoa(id)); err != nil {
		return err
	}
	c.byOwner[owner] = slices.Delete(c.byOwner[owner], i, i+1)
	return nil
}

// taken tells whether any party's child has the id.
func (c *children[T]) taken(id int) bool {
	for owner := range c.byOwner {
		if c.find(owner, id) != nil {
			return true
		}
	}
	return false
}

// rows returns the owner's children by id; the slice is the caller's.
func (c *children[T]) rows(owner int) []*T { return slices.Clone(c.byOwner[owner]) }
