package catalogue

import "math/rand/v2"

// How many records the programs make unless told otherwise.
const (
	DefaultSize      = 520 // products
	DefaultCustomers = 340
	DefaultSuppliers = 100
)

// Sizes says how many records to make up, counted over both systems: a product
// or firm that is in both counts once.
type Sizes struct {
	Products  int
	Customers int
	Suppliers int
}

// Catalogue holds the records of both systems.
type Catalogue struct {
	Rackbeat System
	Netvisor System
}

// System holds the records of one system, each register in an order of its own.
type System struct {
	Products  []Product
	Customers []Customer
	Suppliers []Supplier
}

// place says where a record stands.
type place uint8

const (
	onBoth place = iota
	onlyRackbeat
	onlyNetvisor
	differing
)

// Streams of random numbers, one for each register.
const (
	productStream  = 0x1f5
	customerStream = 0x1f6
	supplierStream = 0x1f7
)

// New makes up n products and no customers or suppliers.
func New(seed uint64, n int) *Catalogue { return NewSized(seed, Sizes{Products: n}) }

// NewSized makes up all registers. The records that stand for special cases
// come first; a small size cuts them short. A negative size is none.
func NewSized(seed uint64, n Sizes) *Catalogue {
	c := &Catalogue{}
	c.addProducts(rand.New(rand.NewPCG(seed, productStream)), n.Products)
	customers := register{
		cases: CustomerCases(), rng: rand.New(rand.NewPCG(seed, customerStream)),
		maker: customerMaker, rackbeat: &c.Rackbeat.Customers, netvisor: &c.Netvisor.Customers,
	}
	customers.fill(n.Customers)
	suppliers := register{
		cases: SupplierCases(), rng: rand.New(rand.NewPCG(seed, supplierStream)),
		maker: supplierMaker, rackbeat: &c.Rackbeat.Suppliers, netvisor: &c.Netvisor.Suppliers,
	}
	suppliers.fill(n.Suppliers)
	return c
}

// somewhere draws a place: most records are on both sides and equal.
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

func shuffle[T any](rng *rand.Rand, list []T) {
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
