package netvisor_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/connectortest"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/netvisor/netvisortest"
)

// live has the conformance tests write to the company of the environment
// variables that the examples read, instead of the fake.
var live = flag.Bool("netvisor.live", false, "test conformance against the company that NETVISOR_… name: a test company")

// register is one kind of record for the kit.
type register struct {
	open   func(c *netvisor.Client) connector
	path   string // what is read first in a walk
	writes string // where it is written
	field  string // a text
	findBy []string
	wait   time.Duration // that an answer asks for if there are too many requests
	sample func(n int) instep.Fields
	edit   func(s *netvisortest.Server, key int, v string) error
	remove func(s *netvisortest.Server, key int) error
}

// connector is a source and a sink in one.
type connector interface {
	instep.Source
	instep.Sink
}

var registers = map[string]register{
	"products": {
		open: func(c *netvisor.Client) connector { return c.Products() },
		path: "productlist.nv", writes: "product.nv", field: netvisor.FieldDescription, findBy: []string{netvisor.FieldCode, netvisor.FieldPrimaryEAN},
		wait: time.Second,
		sample: func(n int) instep.Fields {
			return fields(map[string]string{
				netvisor.FieldCode: fmt.Sprintf("Kit-%05d", n), netvisor.FieldName: fmt.Sprintf("Kahvi %d", n), netvisor.FieldGroup: "Juomat",
				netvisor.FieldDescription: fmt.Sprintf("tumma %d", n), netvisor.FieldPrimaryEAN: fmt.Sprintf("64%011d", n),
			}, map[string]string{netvisor.FieldUnitPrice: fmt.Sprintf("%d.25", n%900+1), netvisor.FieldPurchasePrice: "7.5"}).
				With(netvisor.FieldIsActive, instep.Bool(true))
		},
		edit: func(s *netvisortest.Server, key int, v string) error {
			return s.Edit(key, func(p *netvisortest.Product) { p.Description = v })
		},
		remove: (*netvisortest.Server).Delete,
	},
	"customers": {
		open: func(c *netvisor.Client) connector { return c.Customers() },
		path: "customerlist.nv", writes: "customer.nv", field: netvisor.FieldComment, findBy: []string{netvisor.FieldInternalIdentifier},
		sample: func(n int) instep.Fields {
			return fields(map[string]string{
				netvisor.FieldInternalIdentifier: fmt.Sprintf("Kit-%05d", n), netvisor.FieldName: fmt.Sprintf("Rauta %d Oy", n),
				netvisor.FieldCity: "Turku", netvisor.FieldComment: fmt.Sprintf("soitto %d", n), netvisor.FieldCustomerGroup: "Jälleenmyyjät",
			}, map[string]string{netvisor.FieldBalanceLimit: fmt.Sprintf("%d.5", n%900+1)}).With(netvisor.FieldIsActive, instep.Bool(true))
		},
		edit: func(s *netvisortest.Server, key int, v string) error {
			return s.EditCustomer(key, func(c *netvisortest.Customer) { c.Comment = v })
		},
		remove: (*netvisortest.Server).DeleteCustomer,
	},
	"suppliers": {
		open: func(c *netvisor.Client) connector { return c.Vendors() },
		path: "getvendor.nv", writes: "vendor.nv", field: netvisor.FieldComment, findBy: []string{netvisor.FieldVendorCode},
		sample: func(n int) instep.Fields {
			return fields(map[string]string{
				netvisor.FieldVendorCode: fmt.Sprintf("Kit-%05d", n), netvisor.FieldName: fmt.Sprintf("Tukku %d Oy", n),
				netvisor.FieldOrganizationID: "1967543-8", netvisor.FieldCity: "Turku", netvisor.FieldComment: fmt.Sprintf("soitto %d", n),
			}, map[string]string{netvisor.FieldVATPercent: "25.5"})
		},
		edit: func(s *netvisortest.Server, key int, v string) error {
			return s.EditVendor(key, func(c *netvisortest.Vendor) { c.Comment = v })
		},
		remove: (*netvisortest.Server).DeleteVendor,
	},
}

// fields makes a record of texts and numbers.
func fields(texts, numbers map[string]string) instep.Fields {
	var list []instep.Field
	for name, text := range texts {
		list = append(list, instep.Field{Name: name, Value: instep.String(text)})
	}
	for name, number := range numbers {
		list = append(list, instep.Field{Name: name, Value: instep.Number(instep.MustDecimal(number))})
	}
	return instep.NewFields(list...)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, r := range registers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			skip := notKept[name]
			t.Run("source", func(t *testing.T) {
				connectortest.TestSource(t, r.system, &connectortest.Options{Live: *live, Skip: skip.source})
			})
			t.Run("sink", func(t *testing.T) {
				connectortest.TestSink(t, r.system, &connectortest.Options{Live: *live, Skip: skip.sink})
			})
		})
	}
}

// notKept are the rules that Netvisor does not let its connectors keep.
var notKept = map[string]struct{ source, sink []connectortest.Skip }{
	"products": {source: []connectortest.Skip{
		{Rule: "a cut list is not complete", Reason: "productlist.nv does not say how many rows it has: half of a list looks like a list"},
		{Rule: "find gives all", Reason: "getproduct.nv may give one product only for an EAN code that several have"},
	}},
	"customers": {source: []connectortest.Skip{
		{Rule: "a cut list is not complete", Reason: "customerlist.nv does not say how many rows it has: half of a list looks like a list"},
	}},
}

// system returns an empty company, or the live one.
func (r *register) system(t testing.TB) *connectortest.System {
	if *live {
		return r.liveSystem(t)
	}
	s, err := netvisortest.New(&netvisortest.Options{VendorPageSize: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	log := &logged{}
	o := netvisor.Options{BaseURL: s.Start(t), PageSize: 3, ReadLag: -1, Retries: -1, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	open := func() connector { return r.connect(t, credentials(), &o) }
	c := open()
	isWrite := func(req *http.Request) bool {
		return strings.HasSuffix(req.URL.Path, "/"+r.writes) || strings.HasSuffix(req.URL.Path, "deletecustomer.nv")
	}
	return &connectortest.System{
		Source: c, Sink: c, Reopen: func() instep.Source { return open() },
		Sample: r.sample, Field: r.field, FindBy: r.findBy,
		Edit: func(id string, f instep.Fields) error {
			text, _ := f.Get(r.field).AsString()
			return r.edit(s, key(id), text)
		},
		Remove:    func(id string) error { return r.remove(s, key(id)) },
		LoseReply: func(done bool) { s.Script(netvisortest.Step{Match: isWrite, Handle: done, Drop: true}) },
		Throttle: func() time.Duration {
			step := netvisortest.Step{Status: http.StatusTooManyRequests}
			if r.wait > 0 {
				step.Header = http.Header{"Retry-After": {fmt.Sprint(r.wait.Seconds())}}
			}
			s.Script(step)
			return r.wait
		},
		CutList: func() { s.Misbehave(netvisortest.ShortList, r.path, 1) },
		During: func(f func()) {
			s.Script(netvisortest.Step{Match: func(req *http.Request) bool {
				if isWrite(req) {
					f()
				}
				return isWrite(req)
			}})
		},
		Secrets: []string{netvisortest.DefaultCustomerKey, netvisortest.DefaultPartnerKey},
		Log:     log.String,
	}
}

// liveSystem is the company of the environment.
func (r *register) liveSystem(t testing.TB) *connectortest.System {
	cred := netvisor.Credentials{
		CustomerID: os.Getenv("NETVISOR_CUSTOMER_ID"), CustomerKey: os.Getenv("NETVISOR_CUSTOMER_KEY"),
		PartnerID: os.Getenv("NETVISOR_PARTNER_ID"), PartnerKey: os.Getenv("NETVISOR_PARTNER_KEY"),
		OrganisationID: os.Getenv("NETVISOR_ORGANISATION_ID"),
	}
	o := netvisor.Options{BaseURL: os.Getenv("NETVISOR_URL")}
	c := r.connect(t, cred, &o)
	return &connectortest.System{
		Source: c, Sink: c, Reopen: func() instep.Source { return r.connect(t, cred, &o) },
		Sample: r.sample, Field: r.field, FindBy: r.findBy, Secrets: []string{cred.CustomerKey, cred.PartnerKey},
	}
}

func (r *register) connect(t testing.TB, cred netvisor.Credentials, o *netvisor.Options) connector {
	t.Helper()
	c, err := netvisor.New(cred, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.open(c)
}

func credentials() netvisor.Credentials {
	return netvisor.Credentials{
		CustomerID: netvisortest.DefaultCustomerID, CustomerKey: netvisortest.DefaultCustomerKey,
		PartnerID: netvisortest.DefaultPartnerID, PartnerKey: netvisortest.DefaultPartnerKey,
		OrganisationID: netvisortest.DefaultOrganisationID,
	}
}

func key(id string) int {
	n, _ := strconv.Atoi(id)
	return n
}

// logged keeps what was logged.
type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
