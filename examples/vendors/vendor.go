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

	open  func(c *catalogue.Catalogue, dir string) (fake, error)
	empty func(c *catalogue.Catalogue)
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
		open: func(c *catalogue.Catalogue, dir string) (fake, error) {
			return rackbeattest.New(c.RackbeatOptions(dir))
		},
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
		open: func(c *catalogue.Catalogue, dir string) (fake, error) {
			return netvisortest.New(c.NetvisorOptions(dir))
		},
		empty: func(c *catalogue.Catalogue) { c.Netvisor = catalogue.System{} },
	},
}

func names() string {
	all := make([]string, len(vendors))
	for i, v := range vendors {
		all[i] = v.name
	}
	return strings.Join(all, ", ")
}
