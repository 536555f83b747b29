package main

import (
	"net/http"
	"strings"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/internal/fakeserver"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// vendor is a system that can be served.
type vendor struct {
	name string
	path string // where its interface lies, with slashes at both ends

	// environment is what a client is configured with, in the variables that
	// the programs beside this one read.
	environment []variable

	open  func(c *catalogue.Catalogue, dir string) (fake, holdings, error)
	empty func(c *catalogue.Catalogue)
}

// holdings is how many records a vendor begins with, deleted ones aside.
type holdings struct {
	Products  int `json:"products"`
	Customers int `json:"customers"`
	Suppliers int `json:"suppliers"`
}

type variable struct{ name, value string }

// fake is what all fake servers have in common.
type fake interface {
	http.Handler
	SetFaults(f fakeserver.Faults, seed uint64)
	Control(token string) http.Handler
	Close() error
}

// vendors are all that are served. A new one joins by an entry here and, if it
// begins with records, by options in the catalogue.
var vendors = []vendor{
	{
		name: "rackbeat",
		path: "/api/",
		environment: []variable{
			{"RACKBEAT_KEY", rackbeattest.DefaultKey},
			{"RACKBEAT_CONSUMER_NAME", "Instep example"},
			{"RACKBEAT_CONSUMER_EMAIL", "example@instep.example"},
		},
		open:  openRackbeat,
		empty: func(c *catalogue.Catalogue) { c.Rackbeat = catalogue.System{} },
	},
	{
		name: "netvisor",
		path: "/",
		environment: []variable{
			{"NETVISOR_CUSTOMER_ID", netvisortest.DefaultCustomerID},
			{"NETVISOR_CUSTOMER_KEY", netvisortest.DefaultCustomerKey},
			{"NETVISOR_PARTNER_ID", netvisortest.DefaultPartnerID},
			{"NETVISOR_PARTNER_KEY", netvisortest.DefaultPartnerKey},
			{"NETVISOR_ORGANISATION_ID", netvisortest.DefaultOrganisationID},
		},
		open:  openNetvisor,
		empty: func(c *catalogue.Catalogue) { c.Netvisor = catalogue.System{} },
	},
}

func openRackbeat(c *catalogue.Catalogue, dir string) (fake, holdings, error) {
	s, err := rackbeattest.New(c.RackbeatOptions(dir))
	if err != nil {
		return nil, holdings{}, err
	}
	party := func(p rackbeattest.Party) bool { return p.DeletedAt.IsZero() }
	return s, holdings{
		Products:  count(s.Products(), func(p rackbeattest.Product) bool { return p.DeletedAt.IsZero() }),
		Customers: count(s.Customers(), party),
		Suppliers: count(s.Suppliers(), party),
	}, nil
}

func openNetvisor(c *catalogue.Catalogue, dir string) (fake, holdings, error) {
	s, err := netvisortest.New(c.NetvisorOptions(dir))
	if err != nil {
		return nil, holdings{}, err
	}
	return s, holdings{
		Products:  count(s.Products(), func(p netvisortest.Product) bool { return !p.Deleted }),
		Customers: len(s.Customers()),
		Suppliers: len(s.Vendors()),
	}, nil
}

func count[T any](list []T, there func(T) bool) int {
	n := 0
	for _, v := range list {
		if there(v) {
			n++
		}
	}
	return n
}

func names() string {
	all := make([]string, len(vendors))
	for i, v := range vendors {
		all[i] = v.name
	}
	return strings.Join(all, ", ")
}
