package netvisortest

import (
	"fmt"
	"slices"
)

// Customers returns a copy of all customers by key.
func (s *Server) Customers() []Customer { return s.store.customers.copies() }

// Vendors returns a copy of all vendors by key.
func (s *Server) Vendors() []Vendor { return s.store.vendors.copies() }

// PaymentTerms returns a copy of the payment terms by key.
func (s *Server) PaymentTerms() []PaymentTerm { return slices.Clone(s.store.directory().terms) }

// AddCustomer makes a customer as a person in the vendor's own pages would, and
// returns its key. With c.Key 0 the next free one is taken; LastChanged is the
// time of Now unless c has one. A customer added here is active only if
// c.Active says so.
func (s *Server) AddCustomer(c Customer) (key int, err error) {
	if key, err = s.store.customers.add(c.clone()); err != nil {
		return 0, fmt.Errorf("netvisortest: add customer: %w", err)
	}
	return key, nil
}

// EditCustomer changes a customer as a person in the vendor's own pages would:
// its time of change moves. The key cannot be changed.
func (s *Server) EditCustomer(key int, change func(*Customer)) error {
	_, err := s.store.customers.edit(key, func(c *Customer) error { change(c); return nil })
	if err != nil {
		return fmt.Errorf("netvisortest: edit customer %d: %w", key, err)
	}
	return nil
}

// DeleteCustomer takes a customer away as a person would. One with invoicing
// history is refused. The key is not given again.
func (s *Server) DeleteCustomer(key int) error {
	if err := s.store.customers.remove(key, refuseInvoiced); err != nil {
		return fmt.Errorf("netvisortest: delete customer %d: %w", key, err)
	}
	return nil
}

// SetInvoicingHistory says whether a customer has invoices and so cannot be
// deleted. Its time of change does not move: an invoice is no change of the
// card.
func (s *Server) SetInvoicingHistory(key int, has bool) error {
	if err := s.store.customers.mark(key, func(c *Customer) { c.InvoicingHistory = has }); err != nil {
		return fmt.Errorf("netvisortest: invoicing history of customer %d: %w", key, err)
	}
	return nil
}

// AddVendor makes a vendor as a person in the vendor's own pages would, and
// returns its key. The business id may be missing, which vendor.nv does not
// allow. With v.Key 0 the next free key is taken; LastChanged is the time of Now
// unless v has one.
func (s *Server) AddVendor(v Vendor) (key int, err error) {
	if key, err = s.store.vendors.add(v.clone()); err != nil {
		return 0, fmt.Errorf("netvisortest: add vendor: %w", err)
	}
	return key, nil
}

// EditVendor changes a vendor as a person in the vendor's own pages would: its
// time of change moves. The key cannot be changed.
func (s *Server) EditVendor(key int, change func(*Vendor)) error {
	_, err := s.store.vendors.edit(key, func(v *Vendor) error { change(v); return nil })
	if err != nil {
		return fmt.Errorf("netvisortest: edit vendor %d: %w", key, err)
	}
	return nil
}

// DeleteVendor takes a vendor away as a person would: no resource can. The key
// is not given again.
func (s *Server) DeleteVendor(key int) error {
	if err := s.store.vendors.remove(key, func(*Vendor) error { return nil }); err != nil {
		return fmt.Errorf("netvisortest: delete vendor %d: %w", key, err)
	}
	return nil
}
