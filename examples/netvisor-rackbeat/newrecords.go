package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/rackbeat"
)

// addNew reads "customer.layout=Standard": what new records of Rackbeat get
// that Netvisor has no field for, or leaves blank.
func (st *settings) addNew(text string) error {
	where, value, ok := strings.Cut(text, "=")
	entity, name, dotted := strings.Cut(where, ".")
	if !ok || !dotted || name == "" || value == "" {
		return errors.New("give a register's field and its value, such as customer.layout=Standard")
	}
	v := instep.Field{Name: name, Value: instep.String(value)}
	switch entity {
	case customers.entity:
		st.newCustomer = append(st.newCustomer, v)
	case suppliers.entity:
		st.newSupplier = append(st.newSupplier, v)
	default:
		return fmt.Errorf("%q is neither customer nor supplier", entity)
	}
	return nil
}

// addMissing reads the name of a code list of Rackbeat.
func (st *settings) addMissing(list string) error {
	switch list {
	case "customer_groups", "supplier_groups", "payment_terms":
		st.createMissing = append(st.createMissing, list)
		return nil
	default:
		return fmt.Errorf("%q is no list; give customer_groups, supplier_groups or payment_terms", list)
	}
}

// newRecords sets what new customers and suppliers get where their country is
// not known: both systems then take them for Finnish ones.
func (st *settings) newRecords(r *rackbeat.Options, n *netvisor.Options) {
	home := []instep.Field{
		{Name: "country", Value: instep.String(homeCountry)}, {Name: "vat_zone", Value: instep.String("domestic")},
	}
	r.NewCustomer = instep.NewFields(append(home[:2:2], st.newCustomer...)...)
	r.NewSupplier = instep.NewFields(append(home[:2:2], st.newSupplier...)...)
	r.CreateMissing = st.createMissing
	n.NewCustomer = instep.NewFields(instep.Field{Name: netvisor.FieldCountry, Value: instep.String(homeCountry)})
	n.NewSupplier = n.NewCustomer
}

// paymentTerm looks up in Netvisor what a payment term is like that Rackbeat
// does not have yet. What is not found out is not created: the record waits.
func (s *systems) paymentTerm(name string) (rackbeat.PaymentTermInput, bool) {
	terms, err := s.netvisor.PaymentTerms(context.Background())
	if err != nil {
		return rackbeat.PaymentTermInput{}, false
	}
	for _, t := range terms {
		if net, ok := t.NetDays.Get(); t.Name == name && ok {
			days, err := strconv.Atoi(net.String())
			return rackbeat.PaymentTermInput{MaturityDays: days}, err == nil
		}
	}
	return rackbeat.PaymentTermInput{}, false
}
