package catalogue

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
)

// shelf gives the products of one kind, one after the other. Names begin to
// repeat, under other codes, only when all of the kind's are used up.
type shelf struct {
	*kind
	at     int
	order  []int // of the combinations of item, way and size
	count  int   // products given so far
	number int   // of the first product
}

func newShelves(rng *rand.Rand) []*shelf {
	shelves := make([]*shelf, len(kinds))
	for i := range kinds {
		k := &kinds[i]
		shelves[i] = &shelf{
			kind: k, at: i, order: rng.Perm(len(k.items) * len(k.ways) * len(k.sizes)), number: 7 + rng.IntN(90),
		}
	}
	return shelves
}

func (s *shelf) next(rng *rand.Rand) Product {
	combination := s.order[s.count%len(s.order)]
	s.count++
	item := s.items[combination%len(s.items)]
	combination /= len(s.items)
	p := Product{
		Code:  s.code(),
		Name:  item + " " + s.ways[combination%len(s.ways)] + " " + s.sizes[combination/len(s.ways)],
		Group: s.group,
		Unit:  s.units[rng.IntN(len(s.units))],
		EAN:   ean13(fmt.Sprintf("2%02d%09d", s.at, s.number+s.count)),
	}
	s.price(&p, rng)
	if rng.IntN(100) < 60 {
		p.Description = strings.ReplaceAll(remarks[rng.IntN(len(remarks))], "%s", p.Name)
	}
	if rng.IntN(100) < 8 {
		p.EAN = ""
	}
	p.Inactive = rng.IntN(100) < 3
	return p
}

// code numbers the products of a shelf. Without a prefix it is all digits,
// with zeros in front that belong to it.
func (s *shelf) code() string {
	n := s.number + s.count
	if s.prefix == "" {
		return fmt.Sprintf("%06d", n)
	}
	return fmt.Sprintf("%s%04d", s.prefix, n)
}

func (s *shelf) price(p *Product, rng *rand.Rand) {
	price := s.low + rng.IntN(s.high-s.low)
	p.Price = fmt.Sprintf("%d.%02d", price/100, price%100)
	if s.cheap && rng.IntN(3) == 0 {
		p.Price = fmt.Sprintf("%d.%04d", price/10000, price%10000)
	}
	if rng.IntN(100) < 80 {
		cost := price * (45 + rng.IntN(35)) / 10
		p.Cost = fmt.Sprintf("%d.%03d", cost/1000, cost%1000)
	}
}

// oldPrice returns a price with another last digit.
func oldPrice(price string) string {
	b := []byte(price)
	if i := len(b) - 1; b[i] > '1' {
		b[i]--
	} else {
		b[i] = '7'
	}
	return string(b)
}

// twin returns another product under the name of p but for one letter: two
// products that people mix up and programs must not.
func twin(p Product, rng *rand.Rand) Product {
	name := []rune(p.Name)
	i := rng.IntN(len(name))
	for !unicode.IsLetter(name[i]) {
		i = (i + 1) % len(name)
	}
	if name[i] == 'a' {
		name[i] = 'e'
	} else {
		name[i] = 'a'
	}
	p.Name, p.Code, p.EAN = string(name), p.Code+"-B", ""
	return p
}

// ean13 appends the check digit to 12 digits.
func ean13(digits string) string {
	sum := 0
	for i, d := range digits {
		if i%2 == 0 {
			sum += int(d - '0')
		} else {
			sum += 3 * int(d-'0')
		}
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}
