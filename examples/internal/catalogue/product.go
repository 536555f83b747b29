package catalogue

import (
	"math/rand/v2"
	"slices"
)

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

func (c *Catalogue) addProducts(rng *rand.Rand, n int) {
	for _, s := range specials() {
		if n <= 0 {
			break
		}
		n--
		c.addProduct(s.Product, s.place, rng)
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
		c.addProduct(p, somewhere(rng), rng)
	}
	shuffle(rng, c.Rackbeat.Products)
	shuffle(rng, c.Netvisor.Products)
}

func (c *Catalogue) addProduct(p Product, at place, rng *rand.Rand) {
	left, right := &c.Rackbeat.Products, &c.Netvisor.Products
	if at != onlyNetvisor {
		*left = append(*left, p)
	}
	switch at {
	case onlyRackbeat:
	case differing:
		*right = append(*right, aged(p, rng))
	default:
		*right = append(*right, p)
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
