package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// editable is a record that stands on both sides.
type editable struct {
	number string // in Rackbeat
	key    int    // in Netvisor
}

// shop is how the records of a register are edited in the fakes. The i-th edit
// says which field it is.
type shop struct {
	both     []editable
	rackbeat func(number string, i int) error
	netvisor func(key, i int) error
}

// change edits n records of each register as people would, one half in
// Rackbeat, the other half, and other records, in Netvisor. An odd one is
// edited in Rackbeat.
func (f *fakes) change(chosen []*register, n int) (left, right int, err error) {
	for _, r := range chosen {
		var s shop
		switch r {
		case &products:
			s = f.products()
		case &customers:
			s = f.customers()
		default:
			s = f.suppliers()
		}
		if n > len(s.both) {
			return 0, 0, fmt.Errorf("-changes %d: only %d %s stand on both sides; give %d or less, or bring them into step with -apply first",
				n, len(s.both), r.name, len(s.both))
		}
		if err := s.change(n); err != nil {
			return 0, 0, err
		}
		left, right = left+n-n/2, right+n/2
	}
	return left, right, nil
}

func (s *shop) change(n int) error {
	rand.Shuffle(len(s.both), func(i, j int) { s.both[i], s.both[j] = s.both[j], s.both[i] })
	left := n - n/2
	for i, p := range s.both[:left] {
		if err := s.rackbeat(p.number, i); err != nil {
			return err
		}
	}
	for i, p := range s.both[left:n] {
		if err := s.netvisor(p.key, i); err != nil {
			return err
		}
	}
	return nil
}

func (f *fakes) products() shop {
	return shop{
		both: f.onBothSides(),
		rackbeat: func(number string, i int) error {
			return f.rackbeat.Edit(number, func(p *rackbeattest.Product) {
				edit(i, &p.Name, &p.Description, (*string)(&p.SalesPrice))
			})
		},
		netvisor: func(key, i int) error {
			return f.netvisor.Edit(key, func(p *netvisortest.Product) { edit(i, &p.Name, &p.Description, &p.UnitPrice) })
		},
	}
}

func (f *fakes) customers() shop {
	cards := map[string][]card{}
	for _, c := range f.netvisor.Customers() {
		cards[c.Code] = append(cards[c.Code], card{c.Key, c.Name})
	}
	return shop{
		both: pairUp(f.rackbeat.Customers(), cards),
		rackbeat: func(number string, i int) error {
			n, err := strconv.Atoi(number)
			if err != nil {
				return err
			}
			return f.rackbeat.EditCustomer(n, func(c *rackbeattest.Customer) { editContact(i, &c.Phone, &c.Email, &c.Street) })
		},
		netvisor: func(key, i int) error {
			return f.netvisor.EditCustomer(key, func(c *netvisortest.Customer) { editContact(i, &c.Phone, &c.Email, &c.StreetAddress) })
		},
	}
}

func (f *fakes) suppliers() shop {
	cards := map[string][]card{}
	for _, v := range f.netvisor.Vendors() {
		cards[v.Code] = append(cards[v.Code], card{v.Key, v.Name})
	}
	return shop{
		both: pairUp(f.rackbeat.Suppliers(), cards),
		rackbeat: func(number string, i int) error {
			n, err := strconv.Atoi(number)
			if err != nil {
				return err
			}
			return f.rackbeat.EditSupplier(n, func(s *rackbeattest.Supplier) { editContact(i, &s.Phone, &s.Email, &s.Street) })
		},
		netvisor: func(key, i int) error {
			return f.netvisor.EditVendor(key, func(v *netvisortest.Vendor) { editContact(i, &v.Phone, &v.Email, &v.Address) })
		},
	}
}

// card is a customer or supplier of Netvisor.
type card struct {
	key  int
	name string
}

// pairUp returns the parties that have one card of the same number and name,
// so that nobody is in doubt about them.
func pairUp(parties []rackbeattest.Party, cards map[string][]card) []editable {
	var both []editable
	for i := range parties {
		p := &parties[i]
		number := strconv.Itoa(p.Number)
		if c := cards[number]; len(c) == 1 && c[0].name == p.Name && p.DeletedAt.IsZero() && number >= "1001" {
			both = append(both, editable{number, c[0].key})
		}
	}
	return both
}

// editContact changes one field of a customer or supplier.
func editContact(i int, phone, email, street *string) {
	switch i % 3 {
	case 0:
		*phone = fmt.Sprintf("+46 31 390 06 %02d", rand.IntN(100)) // of the range that is kept free for fiction
	case 1:
		*email = fmt.Sprintf("uusi%d@esimerkki.example", 1000+rand.IntN(9000))
	case 2:
		*street = fmt.Sprintf("Muuttokuja %d", 1+rand.IntN(9000))
	}
}

// onBothSides returns the products that one product of either side stands
// for, and whose group is one that both sides know.
func (f *fakes) onBothSides() []editable {
	keys := map[string][]int{}
	for _, p := range f.netvisor.Products() {
		if !p.Deleted {
			keys[p.Code] = append(keys[p.Code], p.Key)
		}
	}
	foreign := map[int]bool{}
	for _, g := range f.rackbeat.Groups() {
		foreign[g.Number] = g.Name == catalogue.RackbeatOnlyGroup
	}
	var both []editable
	for _, p := range f.rackbeat.Products() {
		if k := keys[p.Number]; len(k) == 1 && !foreign[p.Group] && p.DeletedAt.IsZero() {
			both = append(both, editable{p.Number, k[0]})
		}
	}
	return both
}

// edit changes one field: the i-th edit says which.
func edit(i int, name, description, price *string) {
	switch i % 3 {
	case 0:
		for was := *price; *price == was; {
			*price = fmt.Sprintf("%d.%02d", 1+rand.IntN(900), 1+rand.IntN(99))
		}
	case 1:
		*name = fmt.Sprintf("%s, erä %d", cut(*name, 150), 1000+rand.IntN(9000))
	case 2:
		*description = fmt.Sprintf("Päivitetty kuvaus %d & lisätiedot", 1000+rand.IntN(9_000_000))
	}
}
