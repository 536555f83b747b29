package catalogue

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// rackbeatLists fills the lists that customers and suppliers point to.
func (c *Catalogue) rackbeatLists(o *rackbeattest.Options) {
	o.CustomerGroups = entries(append(CustomerGroups(), RackbeatOnlyCustomerGroup))
	o.SupplierGroups = entries(append(SupplierGroups(), RackbeatOnlySupplierGroup))
	o.Layouts = entries(Layouts())
	for i, t := range rackbeatTerms() {
		o.PaymentTerms = append(o.PaymentTerms, rackbeattest.Entry{Number: i + 1, Name: t.Name, MaturityDays: t.Days})
	}
}

func entries(names []string) []rackbeattest.Entry {
	list := make([]rackbeattest.Entry, len(names))
	for i, name := range names {
		list[i] = rackbeattest.Entry{Number: i + 1, Name: name}
	}
	return list
}

func rackbeatTerms() []Term { return append(PaymentTerms(), rackbeatTerm) }

func (c *Catalogue) rackbeatParties(o *rackbeattest.Options) {
	o.CustomerContacts, o.SupplierContacts = map[int][]rackbeattest.Contact{}, map[int][]rackbeattest.Contact{}
	o.CustomerAddresses = map[int][]rackbeattest.Address{}
	for i := range c.Rackbeat.Customers {
		p := &c.Rackbeat.Customers[i]
		r := rackbeatParty(p, o.CustomerGroups)
		r.Layout = 1
		if from := countryOf(p.Country); from != nil {
			r.Layout += from.layout
		}
		r.CreatedAt = entered(i)
		o.Customers = append(o.Customers, r)
		addContact(o.CustomerContacts, r.Number, p)
		if p.Delivery != (Address{}) {
			o.CustomerAddresses[r.Number] = append(o.CustomerAddresses[r.Number], rackbeatAddress(p))
		}
	}
	for i := range c.Rackbeat.Suppliers {
		p := &c.Rackbeat.Suppliers[i]
		r := rackbeatParty(p, o.SupplierGroups)
		r.CreatedAt = entered(i)
		o.Suppliers = append(o.Suppliers, r)
		addContact(o.SupplierContacts, r.Number, p)
	}
}

// entered tells when a card was made: the oldest came from a file, many in one
// second, the others were typed.
func entered(i int) time.Time {
	first := time.Date(2019, time.March, 4, 8, 15, 0, 0, time.UTC)
	if i < 40 {
		return first.Add(time.Duration(i/16) * time.Second)
	}
	return first.Add(time.Duration(i) * 7 * time.Minute)
}

// rackbeatParty returns what customers and suppliers have in common. A number,
// group or term that Rackbeat does not have is left to the fake.
func rackbeatParty(p *Party, groups []rackbeattest.Entry) rackbeattest.Party {
	number, _ := strconv.Atoi(p.Number) // 0: the next one that is free
	name, zone := p.Country, domestic
	if from := countryOf(p.Country); from != nil {
		name, zone = from.name, from.zone
	}
	return rackbeattest.Party{
		Number: number, Name: p.Name, CompanyVAT: cmp.Or(p.VATNumber, p.BusinessID),
		Street: p.Street, Street2: p.Street2, Zipcode: p.PostalCode, City: p.City, Country: name,
		Email: p.Email, Phone: p.Phone, Currency: p.Currency, VATZone: zone, IsBarred: p.Inactive,
		Group:        1 + slices.IndexFunc(groups, func(e rackbeattest.Entry) bool { return e.Name == p.Group }),
		PaymentTerms: 1 + slices.IndexFunc(rackbeatTerms(), func(t Term) bool { return t.Name == p.PaymentTerm }),
	}
}

func addContact(contacts map[int][]rackbeattest.Contact, number int, p *Party) {
	if p.Contact != "" {
		contacts[number] = append(contacts[number], rackbeattest.Contact{Name: p.Contact, Email: p.Email, Phone: p.Phone})
	}
}

func rackbeatAddress(p *Party) rackbeattest.Address {
	a := rackbeattest.Address{Name: p.Name, Street: p.Delivery.Street, Zipcode: p.Delivery.PostalCode, City: p.Delivery.City}
	if from := countryOf(p.Country); from != nil {
		a.Country = from.name
	}
	return a
}
