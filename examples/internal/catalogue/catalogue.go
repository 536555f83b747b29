package catalogue

import (
	"math/rand/v2"
	"slices"
)

// DefaultSize is how many products the programs make unless told otherwise.
const DefaultSize = 520

// Product is one product as one system has it. An empty text means that the
// field is blank.
type Product struct {
	Code        string // letters and digits, case counts; "" only in Netvisor
	Name        string
	Description string
	Group       string
	Unit        string
	Price       string // net, in euros or crowns, 2 to 4 decimals with a point
	Cost        string // like Price
	EAN         string // 13 digits
	Inactive    bool   // taken out of use
}

// Catalogue holds the products of both systems, each in an order of its own.
type Catalogue struct {
	Rackbeat []Product
	Netvisor []Product
}

// place says where a product stands.
type place uint8

const (
	onBoth place = iota
	onlyRackbeat
	onlyNetvisor
	differing
)

// New makes up n products, counted over both systems. The products that stand
// for special cases come first; a small n cuts them short.
func New(seed uint64, n int) *Catalogue {
	rng := rand.New(rand.NewPCG(seed, 0x1f5))
	c := &Catalogue{}
	for _, s := range specials() {
		if n == 0 {
			break
		}
		n--
		c.add(s.Product, s.place, rng)
	}
	shelves := newShelves(rng)
	var last Product
	for i := range n {
		var p Product
		if i%31 == 30 {
			p = twin(last, rng)
		} else {
			p = shelves[i%len(shelves)].next(rng)
		}
		last = p
		c.add(p, somewhere(rng), rng)
	}
	shuffle(rng, c.Rackbeat)
	shuffle(rng, c.Netvisor)
	return c
}

// somewhere draws a place: most products are on both sides and equal.
func somewhere(rng *rand.Rand) place {
	switch d := rng.IntN(100); {
	case d < 84:
		return onBoth
	case d < 90:
		return differing
	case d < 96:
		return onlyRackbeat
	default:
		return onlyNetvisor
	}
}

func (c *Catalogue) add(p Product, at place, rng *rand.Rand) {
	if at != onlyNetvisor {
		c.Rackbeat = append(c.Rackbeat, p)
	}
	switch at {
	case onlyRackbeat:
	case differing:
		c.Netvisor = append(c.Netvisor, aged(p, rng))
	default:
		c.Netvisor = append(c.Netvisor, p)
	}
}

// aged returns a product as it looks where nobody kept it up.
func aged(p Product, rng *rand.Rand) Product {
	p.Price = oldPrice(p.Price)
	switch rng.IntN(4) {
	case 0:
		p.Description = ""
	case 1:
		p.Name = p.Name + " (vanha)"
	case 2:
		p.EAN = ""
	}
	return p
}

func shuffle(rng *rand.Rand, list []Product) {
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// Groups returns the names of the product groups on both sides that mean the
// same, in order.
func Groups() []string {
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].group
	}
	return names
}

// Units returns the names of all units in use, in order.
func Units() []string {
	var names []string
	for i := range kinds {
		names = append(names, kinds[i].units...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
