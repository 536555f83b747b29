package rackbeattest

import "strconv"

// Suppliers returns a copy of all suppliers by internal id, deleted ones too.
func (s *Server) Suppliers() []Supplier { return s.partiesOf(s.data.suppliers) }

// Supplier returns a copy of the supplier of that number that is not deleted,
// and whether there is one.
func (s *Server) Supplier(number int) (Supplier, bool) { return s.partyOf(s.data.suppliers, number) }

// AddSupplier stores a further supplier. What may be zero is chosen by the
// fake.
func (s *Server) AddSupplier(p Supplier) error { return s.seedParty(s.data.suppliers, p) }

// EditSupplier changes a supplier the way a person does in the web pages; it
// works as EditCustomer does. The fields that only customers have must stay at
// their zero values.
func (s *Server) EditSupplier(number int, edit func(*Supplier)) error {
	return s.editParty(s.data.suppliers, number, edit)
}

// RenameSupplier gives a supplier another number, as EditSupplier would.
func (s *Server) RenameSupplier(number, to int) error {
	return s.EditSupplier(number, func(p *Supplier) { p.Number = to })
}

// BarSupplier bars a supplier, or with false lets it in again.
func (s *Server) BarSupplier(number int, barred bool) error {
	return s.EditSupplier(number, func(p *Supplier) { p.IsBarred = barred })
}

// RemoveSupplier deletes a supplier the way a person does in the web pages. It
// returns ErrNotFound or ErrHasHistory where that is not possible.
func (s *Server) RemoveSupplier(number int) error { return s.dropParty(s.data.suppliers, number) }

// SupplierContacts returns a copy of a supplier's contacts by id.
func (s *Server) SupplierContacts(number int) []Contact { return s.supplierContacts(number).all() }

// AddSupplierContact stores a further contact of a supplier. Contacts do not
// move the supplier's UpdatedAt.
func (s *Server) AddSupplierContact(number int, c Contact) error {
	return s.supplierContacts(number).add(c)
}

// EditSupplierContact changes a contact of a supplier; its ID stays. edit must
// not call the Server.
func (s *Server) EditSupplierContact(number, id int, edit func(*Contact)) error {
	return s.supplierContacts(number).edit(id, edit)
}

// RemoveSupplierContact removes a contact of a supplier.
func (s *Server) RemoveSupplierContact(number, id int) error {
	return s.supplierContacts(number).drop(id)
}

func (s *Server) supplierContacts(number int) *parts[Contact] {
	return contactsOf(s, s.data.suppliers, strconv.Itoa(number))
}
