package netvisortest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep/internal/fakeserver"
)

// store holds the company: three registers and the lists they need, behind one
// lock.
type store struct {
	mu        sync.RWMutex
	o         *Options
	products  register[Product, *Product]
	customers register[Customer, *Customer]
	vendors   register[Vendor, *Vendor]
	terms     *fakeserver.Journal[PaymentTerm]
	groups    *fakeserver.Journal[Group]
	units     numbered
	buyers    numbered                    // customer groups
	state     *fakeserver.Journal[string] // tells whether seeding came to its end, and the highest keys

	groupList []Group // by key
	termList  []PaymentTerm
	lastPart  int                       // the highest key of a bank account, an office or a contact person
	view      atomic.Pointer[directory] // nil when a list is newer
}

// Keys of the state.
const (
	seeded  = "seeded"
	lastKey = "last " // and the name of a register
)

func openStore(o *Options) (*store, error) {
	st := &store{o: o}
	st.products = register[Product, *Product]{st: st, name: "products", tidy: st.tidyProduct, needs: st.needsOfProduct}
	st.customers = register[Customer, *Customer]{st: st, name: "customers", tidy: st.tidyCustomer, needs: st.needsOfCustomer}
	st.vendors = register[Vendor, *Vendor]{st: st, name: "vendors", tidy: st.tidyVendor, needs: func(*Vendor) error { return nil }}
	if err := st.open(); err != nil {
		return nil, errors.Join(err, st.close())
	}
	for key := range st.state.Load() {
		if key == seeded { // before: go on from there
			st.load()
			return st, nil
		}
	}
	if err := st.seed(); err != nil {
		return nil, errors.Join(err, st.close())
	}
	return st, nil
}

func (st *store) open() (err error) {
	for _, open := range []func(string) error{
		st.products.open, st.customers.open, st.vendors.open,
		func(dir string) error { return st.units.open(dir, "units") },
		func(dir string) error { return st.buyers.open(dir, "customergroups") },
	} {
		if err := open(st.o.Dir); err != nil {
			return err
		}
	}
	if st.groups, err = fakeserver.OpenJournal[Group](st.o.Dir, "groups"); err != nil {
		return err
	}
	if st.terms, err = fakeserver.OpenJournal[PaymentTerm](st.o.Dir, "paymentterms"); err != nil {
		return err
	}
	st.state, err = fakeserver.OpenJournal[string](st.o.Dir, "state")
	return err
}

func (st *store) close() error {
	return errors.Join(st.products.close(), st.customers.close(), st.vendors.close(),
		closeJournal(st.groups), closeJournal(st.terms), closeJournal(st.units.file), closeJournal(st.buyers.file), closeJournal(st.state))
}

func (st *store) load() {
	st.products.load()
	st.customers.load()
	st.vendors.load()
	for _, g := range st.groups.Load() {
		st.groupList = append(st.groupList, g)
	}
	slices.SortFunc(st.groupList, byGroupKey)
	for _, t := range st.terms.Load() {
		st.termList = append(st.termList, t)
	}
	slices.SortFunc(st.termList, byTermKey)
	st.units.load()
	st.buyers.load()
	for _, c := range st.customers.list {
		st.lastPart = max(st.lastPart, c.lastPart())
	}
	for _, v := range st.vendors.list {
		st.lastPart = max(st.lastPart, v.lastPart())
	}
}

// seed writes the records to begin with. What a seeding that was killed left
// behind is removed first.
func (st *store) seed() error {
	err := errors.Join(st.products.empty(), st.customers.empty(), st.vendors.empty(),
		emptyJournal(st.groups), emptyJournal(st.terms), emptyJournal(st.units.file), emptyJournal(st.buyers.file), emptyJournal(st.state))
	if err != nil {
		return err
	}
	for _, g := range st.o.Groups {
		if err := st.seedGroup(g); err != nil {
			return fmt.Errorf("netvisortest: group %q: %w", g.Name, err)
		}
	}
	for _, t := range st.o.PaymentTerms {
		if err := st.seedTerm(t); err != nil {
			return fmt.Errorf("netvisortest: payment term %q: %w", t.Description, err)
		}
	}
	if err := st.products.seed(st.o.Products); err != nil {
		return err
	}
	if err := st.customers.seed(st.o.Customers); err != nil {
		return err
	}
	if err := st.vendors.seed(st.o.Vendors); err != nil {
		return err
	}
	return st.state.Put(seeded, st.o.Now().UTC().Format(time.RFC3339))
}

// remembered is the highest key of a register as of its last removal.
func (st *store) remembered(register string) int {
	for key, v := range st.state.Load() {
		if key == lastKey+register {
			n, _ := strconv.Atoi(v) // what cannot be read counts for nothing
			return n
		}
	}
	return 0
}

// now is the clock without what a file could not hold.
func (st *store) now() time.Time { return st.o.Now().UTC().Round(0) }

// part gives the next key to a part of a record that has none.
func (st *store) part(key *int) {
	if *key == 0 {
		*key = st.lastPart + 1
	}
	st.lastPart = max(st.lastPart, *key)
}

// numbered are names that get a number when they first come up.
type numbered struct {
	file *fakeserver.Journal[Group]
	keys map[string]int
}

func (n *numbered) open(dir, name string) (err error) {
	n.keys = map[string]int{}
	n.file, err = fakeserver.OpenJournal[Group](dir, name)
	return err
}

func (n *numbered) load() {
	for name, g := range n.file.Load() {
		n.keys[name] = g.Key
	}
}

// ensure gives name a number unless it has one or is blank; fresh tells
// whether it did.
func (n *numbered) ensure(name string) (fresh bool, err error) {
	if _, ok := n.keys[name]; ok || name == "" {
		return false, nil
	}
	g := Group{Key: len(n.keys) + 1, Name: name}
	if err := n.file.Put(name, g); err != nil {
		return false, err
	}
	n.keys[name] = g.Key
	return true, nil
}
