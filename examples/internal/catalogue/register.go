package catalogue

import "math/rand/v2"

// register is a register of parties that is being made up for both systems.
type register struct {
	cases    []Case
	rng      *rand.Rand
	maker    func(*rand.Rand) *maker
	rackbeat *[]Party
	netvisor *[]Party
}

// fill makes up n parties. A case is left out if there is no room for all of
// it, and so are those after it.
func (r *register) fill(n int) {
	for i := range r.cases {
		c := &r.cases[i]
		if c.size() > n {
			n = 0
			break
		}
		n -= c.size()
		*r.rackbeat = append(*r.rackbeat, c.Rackbeat...)
		*r.netvisor = append(*r.netvisor, c.Netvisor...)
	}
	m := r.maker(r.rng)
	for range n {
		r.add(m.next(), somewhere(r.rng))
	}
	shuffle(r.rng, *r.rackbeat)
	shuffle(r.rng, *r.netvisor)
}

func (r *register) add(p Party, at place) {
	if at != onlyNetvisor {
		*r.rackbeat = append(*r.rackbeat, p)
	}
	switch at {
	case onlyRackbeat:
	case differing:
		*r.netvisor = append(*r.netvisor, neglected(p, r.rng))
	default:
		*r.netvisor = append(*r.netvisor, p)
	}
}

// neglected returns a party as it looks where nobody kept it up. It can still
// be told to be the same.
func neglected(p Party, rng *rand.Rand) Party {
	switch rng.IntN(5) {
	case 0:
		p.Email = "vanha." + p.Email
		if p.Email == "vanha." {
			p.Email = "posti@vanha.example"
		}
	case 1:
		p.Street, p.PostalCode = "PL "+p.Number, ""
	case 2:
		p.Phone, p.Street2 = "", "c/o Kirjanpito"
	case 3:
		p.PaymentTerm = otherTerm(p.PaymentTerm)
	default:
		if p.BusinessID != "" { // which says that it is the same firm
			p.Name += " (ent. Yhtymä)"
		}
		p.Inactive = !p.Inactive
	}
	return p
}

func otherTerm(name string) string {
	terms := PaymentTerms()
	for i, t := range terms {
		if t.Name == name {
			return terms[(i+1)%len(terms)].Name
		}
	}
	return terms[0].Name
}
