package catalogue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// maker makes up the parties without a special case, one after the other. No
// two have one number, one id or one name.
type maker struct {
	rng     *rand.Rand
	number  int
	groups  []string
	trades  func(*country) []string
	buyers  bool // customers: people are among them, and goods go to them
	odd     int  // 0 or 1: customers and suppliers take every other id
	sources []*source
	last    Party
}

// source is what one country has given so far.
type source struct {
	*country
	names   []int // order of the combinations of trade and place
	firms   int   // names given
	persons int
	idAt    int
}

func customerMaker(rng *rand.Rand) *maker {
	return newMaker(maker{
		rng: rng, number: 1001, groups: CustomerGroups(), buyers: true,
		trades: func(c *country) []string { return c.buys },
	})
}

func supplierMaker(rng *rand.Rand) *maker {
	return newMaker(maker{
		rng: rng, number: 5001, groups: SupplierGroups(), odd: 1,
		trades: func(c *country) []string { return c.sells },
	})
}

func newMaker(m maker) *maker {
	for i := range countries {
		c := &countries[i]
		names := m.rng.Perm(len(c.places) * len(m.trades(c)))
		m.sources = append(m.sources, &source{country: c, names: names, idAt: m.odd})
	}
	return &m
}

// next makes up one more party. Now and then its name differs from that of the
// firm before in a single letter.
func (m *maker) next() Party {
	p := Party{Number: strconv.Itoa(m.number)}
	m.number++
	from := m.source()
	switch {
	case m.number%29 == 0 && m.last.Name != "" && !m.last.Private:
		from = m.sources[slices.IndexFunc(m.sources, func(s *source) bool { return s.code == m.last.Country })]
		p.Name, p.City = twinName(m.last.Name), m.last.City
		m.identify(&p, from)
	case m.buyers && len(from.given) > 0 && m.rng.IntN(100) < 12:
		m.namePerson(&p, from)
	default:
		m.nameFirm(&p, from)
		m.identify(&p, from)
	}
	m.describe(&p, from.country)
	m.last = p
	return p
}

// source draws a country by its share.
func (m *maker) source() *source {
	d := m.rng.IntN(100)
	for _, s := range m.sources {
		if d -= s.share; d < 0 {
			return s
		}
	}
	return m.sources[0]
}

// nameFirm gives a firm the next name of a country. When all combinations are
// used up, they come again with a number.
func (m *maker) nameFirm(p *Party, from *source) {
	trades := m.trades(from.country)
	combination, round := from.names[from.firms%len(from.names)], from.firms/len(from.names)
	from.firms++
	trade, place := trades[combination%len(trades)], from.places[combination/len(trades)]
	words := []string{place, trade}
	if from.tradeFirst {
		words = []string{trade, place}
	}
	if round > 0 {
		words = append(words, strconv.Itoa(round+1))
	}
	p.Name = strings.Join(append(words, from.forms[m.rng.IntN(len(from.forms))]), " ")
	p.City = place
}

// namePerson makes p a person. When all combinations of names are used up, they
// come again with middle initials.
func (m *maker) namePerson(p *Party, from *source) {
	n := from.persons
	from.persons++
	words := []string{from.given[n%len(from.given)]}
	n /= len(from.given)
	family := from.family[n%len(from.family)]
	for n /= len(from.family); n > 0; n /= 26 {
		words = append(words, string(rune('A'+n%26))+".")
	}
	p.Name, p.Private = strings.Join(append(words, family), " "), true
	p.City = from.places[m.rng.IntN(len(from.places))]
}

// identify gives most firms their ids, typed in one of the ways in which people
// type them.
func (m *maker) identify(p *Party, from *source) {
	if from.ids == nil || m.rng.IntN(100) < 8 {
		return
	}
	for ok := false; !ok; from.idAt += 2 {
		p.BusinessID, p.VATNumber, ok = from.ids.at(from.idAt)
	}
	if p.BusinessID != "" && m.rng.IntN(100) < 40 {
		p.VATNumber = ""
	}
}

// describe fills in what a card has beside the name and the ids.
func (m *maker) describe(p *Party, c *country) {
	p.Country, p.Currency = c.code, c.currency
	p.Street = c.streets[m.rng.IntN(len(c.streets))] + " " + strconv.Itoa(1+m.rng.IntN(98))
	p.PostalCode = fmt.Sprintf(c.postal, m.rng.IntN(1000))
	p.Phone = c.phone(m.rng.IntN(1_000_000))
	p.Email = email(p)
	p.Group = m.group(p)
	p.PaymentTerm = PaymentTerms()[m.rng.IntN(len(PaymentTerms()))].Name
	p.Inactive = m.often(3)
	if m.often(10) {
		p.Street2 = "PL " + strconv.Itoa(1+m.rng.IntN(400))
	}
	if m.often(8) {
		p.Phone = ""
	}
	if m.often(10) {
		p.Email = ""
	}
	if m.often(25) && !p.Private {
		p.Contact = m.contact(c)
	}
	if m.often(15) && m.buyers {
		p.Delivery = Address{
			Street:     c.streets[m.rng.IntN(len(c.streets))] + " " + strconv.Itoa(1+m.rng.IntN(98)) + " B",
			PostalCode: fmt.Sprintf(c.postal, m.rng.IntN(1000)), City: c.places[m.rng.IntN(len(c.places))],
		}
	}
}

// often says yes in so many of a hundred cases.
func (m *maker) often(percent int) bool { return m.rng.IntN(100) < percent }

func (m *maker) group(p *Party) string {
	if p.Private {
		return privateGroup
	}
	groups := m.groups
	if m.buyers {
		groups = groups[:len(groups)-1] // without that of people
	}
	return groups[m.rng.IntN(len(groups))]
}

// contact names a person of a firm; where the country has no names of its own,
// a Finnish one.
func (m *maker) contact(c *country) string {
	if len(c.given) == 0 {
		c = &countries[0]
	}
	return c.given[m.rng.IntN(len(c.given))] + " " + c.family[m.rng.IntN(len(c.family))]
}

func email(p *Party) string {
	if p.Private {
		return strings.ReplaceAll(slug(p.Name), "-", ".") + "@posti.example"
	}
	return "info@" + slug(p.Name) + ".example"
}

// twinName returns a name that differs in one letter.
func twinName(name string) string {
	letters := []rune(name)
	for i, r := range letters {
		if other, ok := misread[r]; ok {
			letters[i] = other
			return string(letters)
		}
	}
	return name + "n"
}

// misread are letters that people take for one another.
var misread = map[rune]rune{'a': 'ä', 'e': 'é', 'o': 'ö', 'ä': 'a', 'ö': 'o', 'i': 'l'}
