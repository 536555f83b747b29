package main

import (
	"path/filepath"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// fakes are the two systems inside this process. They keep their data beside
// the state.
type fakes struct {
	rackbeat *rackbeattest.Server
	netvisor *netvisortest.Server
}

func openFakes(set *settings) (*fakes, error) {
	c := catalogue.NewSized(set.seed, set.sizes)
	set.newCustomer = append(set.newCustomer, instep.Field{Name: "layout", Value: instep.String(catalogue.Layouts()[0])})
	set.newSupplier = append(set.newSupplier, instep.Field{Name: "payment_term", Value: instep.String(catalogue.PaymentTerms()[0].Name)})
	r, err := rackbeattest.New(c.RackbeatOptions(filepath.Join(set.state, "rackbeat")))
	if err != nil {
		return nil, err
	}
	n, err := netvisortest.New(c.NetvisorOptions(filepath.Join(set.state, "netvisor")))
	if err != nil {
		_ = r.Close() // nothing was written
		return nil, err
	}
	return &fakes{r, n}, nil
}

// options has the clients talk to the fakes, without sockets and without the
// patience that a system on the other side of the world asks for.
func (f *fakes) options(r *rackbeat.Options, n *netvisor.Options) {
	r.BaseURL, r.Transport, r.PerMinute = "https://rackbeat.fake/api/", f.rackbeat.Transport(), -1
	n.BaseURL, n.Transport = "https://netvisor.fake/", f.netvisor.Transport()
}

// getenv stands in for the environment: the credentials that the fakes take.
func (f *fakes) getenv(name string) string {
	return map[string]string{
		"RACKBEAT_KEY":             rackbeattest.DefaultKey,
		"RACKBEAT_CONSUMER_NAME":   "Instep example",
		"RACKBEAT_CONSUMER_EMAIL":  "example@instep.example",
		"NETVISOR_CUSTOMER_ID":     netvisortest.DefaultCustomerID,
		"NETVISOR_CUSTOMER_KEY":    netvisortest.DefaultCustomerKey,
		"NETVISOR_PARTNER_ID":      netvisortest.DefaultPartnerID,
		"NETVISOR_PARTNER_KEY":     netvisortest.DefaultPartnerKey,
		"NETVISOR_ORGANISATION_ID": netvisortest.DefaultOrganisationID,
	}[name]
}

func (f *fakes) close() {
	_ = f.rackbeat.Close() // every change is in the file already
	_ = f.netvisor.Close()
}

// demoGroups says which product groups of the fakes correspond: those that
// both have. The others are left to a person, which is what their products
// then say.
func demoGroups() *instep.ListMapping {
	list := &instep.ListMapping{}
	for _, name := range catalogue.Groups() {
		list.Pairs = append(list.Pairs, instep.ListPair{Left: name, Right: name})
	}
	return list
}
