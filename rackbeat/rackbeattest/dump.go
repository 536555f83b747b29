package rackbeattest

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
)

// dumpLine is a record on its way to a dump.
type dumpLine struct {
	entity string
	owner  int // number of the party a contact or address belongs to; else 0
	record any
}

// Dump writes all records as JSON Lines: product groups first, then units, then
// products and lots as Products orders them, then the lists in the order of
// their constants, customers and suppliers, each with its contacts and
// addresses. A line names the entity, which is group, unit, product, lot,
// customer_group, supplier_group, payment_term, delivery_term, layout,
// currency, employee, customer, supplier, contact or address, and holds the
// record as the API shows it; that of a contact or address also names the number
// of its owner. Contacts and addresses of the deleted are left out.
func (s *Server) Dump(w io.Writer) error {
	s.data.mu.Lock()
	lines := s.data.dump()
	s.data.mu.Unlock()

	out := bufio.NewWriterSize(w, 1<<16)
	v := s.viewer(basePath, nil)
	v.plain = true
	for _, l := range lines {
		b := []byte(`{"entity":"` + l.entity + `",`)
		if l.owner != 0 {
			b = fmt.Appendf(b, `"owner":%d,`, l.owner)
		}
		b = v.record(append(b, `"record":`...), l.record)
		_, _ = out.Write(append(b, "}\n"...)) // Flush returns the first error
	}
	return out.Flush()
}

// dump gathers all records. The caller holds the lock.
func (s *state) dump() (lines []dumpLine) {
	add := func(entity string, owner int, record any) { lines = append(lines, dumpLine{entity, owner, record}) }
	for _, g := range s.groupRows() {
		add("group", 0, g)
	}
	for _, u := range s.unitRows() {
		add("unit", 0, u)
	}
	for _, id := range slices.Sorted(maps.Keys(s.products)) {
		add(s.products[id].Type, 0, s.row(s.products[id]))
	}
	for _, k := range listKinds {
		for _, e := range s.lists[k.name].rows() {
			add(k.singular, 0, e)
		}
	}
	for _, reg := range []*register{s.customers, s.suppliers} {
		for _, id := range slices.Sorted(maps.Keys(reg.all)) {
			p := reg.all[id]
			add(reg.kind.singular, 0, s.partyRow(reg, p))
			if p.deleted() {
				continue
			}
			for _, c := range reg.contacts.rows(id) {
				add("contact", p.Number, c)
			}
			for _, a := range reg.addresses.rows(id) {
				add("address", p.Number, a)
			}
		}
	}
	return lines
}
