package rackbeattest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Customers returns a copy of all customers by internal id, deleted ones too.
func (s *Server) Customers() []Customer { return s.partiesOf(s.data.customers) }

// Customer returns a copy of the customer of that number that is not deleted,
// and whether there is one.
func (s *Server) Customer(number int) (Customer, bool) { return s.partyOf(s.data.customers, number) }

// AddCustomer stores a further customer. What may be zero is chosen by the
// fake.
func (s *Server) AddCustomer(c Customer) error { return s.seedParty(s.data.customers, c) }

// EditCustomer changes a customer the way a person does in the web pages.
// Whatever is changed, the number included, moves UpdatedAt; ID, CreatedAt,
// UpdatedAt and DeletedAt themselves are kept from edit. It returns ErrNotFound
// for a number that no customer has, and a reason why the change cannot stand.
// Group, VAT zone, layout and payment terms may be left out, as on old cards.
// edit must not call the Server.
func (s *Server) EditCustomer(number int, edit func(*Customer)) error {
	return s.editParty(s.data.customers, number, edit)
}

// RenameCustomer gives a customer another number, as EditCustomer would.
func (s *Server) RenameCustomer(number, to int) error {
	return s.EditCustomer(number, func(c *Customer) { c.Number = to })
}

// BarCustomer bars a customer, or with false lets it in again.
func (s *Server) BarCustomer(number int, barred bool) error {
	return s.EditCustomer(number, func(c *Customer) { c.IsBarred = barred })
}

// RemoveCustomer deletes a customer the way a person does in the web pages. It
// returns ErrNotFound or ErrHasHistory where that is not possible.
func (s *Server) RemoveCustomer(number int) error { return s.dropParty(s.data.customers, number) }

// CustomerContacts returns a copy of a customer's contacts by id.
func (s *Server) CustomerContacts(number int) []Contact { return s.customerContacts(number).all() }

// AddCustomerContact stores a further contact of a customer. Contacts do not
// move the customer's UpdatedAt.
func (s *Server) AddCustomerContact(number int, c Contact) error {
	return s.customerContacts(number).add(c)
}

// EditCustomerContact changes a contact of a customer; its ID stays. edit must
// not call the Server.
func (s *Server) EditCustomerContact(number, id int, edit func(*Contact)) error {
	return s.customerContacts(number).edit(id, edit)
}

// RemoveCustomerContact removes a contact of a customer.
func (s *Server) RemoveCustomerContact(number, id int) error {
	return s.customerContacts(number).drop(id)
}

// CustomerAddresses returns a copy of a customer's delivery addresses by id.
func (s *Server) CustomerAddresses(number int) []Address { return s.customerAddresses(number).all() }

// AddCustomerAddress stores a further delivery address of a customer. Addresses
// do not move the customer's UpdatedAt.
func (s *Server) AddCustomerAddress(number int, a Address) error {
	return s.customerAddresses(number).add(a)
}

// EditCustomerAddress changes a delivery address of a customer; its ID stays.
// edit must not call the Server.
func (s *Server) EditCustomerAddress(number, id int, edit func(*Address)) error {
	return s.customerAddresses(number).edit(id, edit)
}

// RemoveCustomerAddress removes a delivery address of a customer.
func (s *Server) RemoveCustomerAddress(number, id int) error {
	return s.customerAddresses(number).drop(id)
}

func (s *Server) customerContacts(number int) *parts[Contact] {
	return contactsOf(s, s.data.customers, strconv.Itoa(number))
}

func (s *Server) customerAddresses(number int) *parts[Address] {
	return addressesOf(s, s.data.customers, strconv.Itoa(number))
}

// fillParties stores the customers and suppliers given as options, with their
// contacts and addresses.
func (s *Server) fillParties() error {
	for i, c := range s.opts.Customers {
		if err := s.AddCustomer(c); err != nil {
			return fmt.Errorf("Options.Customers[%d]: %w", i, err)
		}
	}
	for i, p := range s.opts.Suppliers {
		if err := s.AddSupplier(p); err != nil {
			return fmt.Errorf("Options.Suppliers[%d]: %w", i, err)
		}
	}
	if err := fillParts(s.opts.CustomerContacts, s.AddCustomerContact); err != nil {
		return fmt.Errorf("Options.CustomerContacts: %w", err)
	}
	if err := fillParts(s.opts.CustomerAddresses, s.AddCustomerAddress); err != nil {
		return fmt.Errorf("Options.CustomerAddresses: %w", err)
	}
	if err := fillParts(s.opts.SupplierContacts, s.AddSupplierContact); err != nil {
		return fmt.Errorf("Options.SupplierContacts: %w", err)
	}
	return nil
}

func fillParts[T any](byNumber map[int][]T, add func(int, T) error) error {
	for _, number := range slices.Sorted(maps.Keys(byNumber)) {
		for _, v := range byNumber[number] {
			if err := add(number, v); err != nil {
				return err
			}
		}
	}
	return nil
}
