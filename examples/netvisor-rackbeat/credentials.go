package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/rackbeat"
)

// environment reads variables and remembers those that are missing.
type environment struct {
	getenv  func(string) string
	missing []string
}

func (e *environment) read(name string) string {
	value := strings.TrimSpace(e.getenv(name))
	if value == "" {
		e.missing = append(e.missing, name)
	}
	return value
}

func (e *environment) rackbeat() (key string, who rackbeat.Consumer) {
	return e.read("RACKBEAT_KEY"),
		rackbeat.Consumer{Name: e.read("RACKBEAT_CONSUMER_NAME"), Email: e.read("RACKBEAT_CONSUMER_EMAIL")}
}

func (e *environment) netvisor() netvisor.Credentials {
	return netvisor.Credentials{
		CustomerID: e.read("NETVISOR_CUSTOMER_ID"), CustomerKey: e.read("NETVISOR_CUSTOMER_KEY"),
		PartnerID: e.read("NETVISOR_PARTNER_ID"), PartnerKey: e.read("NETVISOR_PARTNER_KEY"),
		OrganisationID: e.read("NETVISOR_ORGANISATION_ID"),
	}
}

func (e *environment) check() error {
	switch len(e.missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("the environment variable %s is not set; set it to what the system gave you", e.missing[0])
	default:
		return errors.New("the environment variables " + strings.Join(e.missing, ", ") + " are not set; set them to what the systems gave you")
	}
}
