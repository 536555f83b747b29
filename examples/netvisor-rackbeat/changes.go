package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// editable is a product that stands on both sides.
type editable struct {
	number string // in Rackbeat
	key    int    // in Netvisor
}

// change edits n products as people would, one half in Rackbeat, the other
// half, and other products, in Netvisor. An odd one is edited in Rackbeat.
func (f *fakes) change(n int) (left, right int, err error) {
	both := f.onBothSides()
	if n > len(both) {
		return 0, 0, fmt.Errorf("-changes %d: only %d products stand on both sides; give %d or less, or bring them into step with -apply first",
			n, len(both), len(both))
	}
	rand.Shuffle(len(both), func(i, j int) { both[i], both[j] = both[j], both[i] })
	right = n / 2
	left = n - right
	for i, p := range both[:left] {
		if err := f.rackbeat.Edit(p.number, func(p *rackbeattest.Product) {
			edit(i, &p.Name, &p.Description, (*string)(&p.SalesPrice))
		}); err != nil {
			return 0, 0, err
		}
	}
	for i, p := range both[left:n] {
		if err := f.netvisor.Edit(p.key, func(p *netvisortest.Product) {
			edit(i, &p.Name, &p.Description, &p.UnitPrice)
		}); err != nil {
			return 0, 0, err
		}
	}
	return left, right, nil
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
