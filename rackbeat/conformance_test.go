package rackbeat_test

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
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// live has the conformance tests write to the company of the environment
// variables that the examples read, instead of the fake.
var live = flag.Bool("rackbeat.live", false, "test conformance against the company that RACKBEAT_… name: a test company")

// conforming is one register for the kit.
type conforming struct {
	open   func(c *rackbeat.Client) wholeRegister
	path   string // of the register
	field  string // a text
	findBy []string
	wait   time.Duration // that an answer asks for if there are too many requests
	sample func(n int) instep.Fields
	edit   func(s *rackbeattest.Server, id, v string) error
	remove func(s *rackbeattest.Server, id string) error
	rename func(s *rackbeattest.Server, id string) (string, error)
}

var conformings = map[string]*conforming{
	"products": {
		open: func(c *rackbeat.Client) wholeRegister { return c.Products() },
		path: "products", field: "description", findBy: []string{"number", "barcode"}, wait: time.Second,
		sample: func(n int) instep.Fields {
			return texts("number", fmt.Sprintf("KIT-%05d", n), "name", fmt.Sprintf("Kobberrør %d", n), "group", "Varer", "unit", "stk.",
				"barcode", fmt.Sprintf("57%011d", n), "description", fmt.Sprintf("blødt %d", n)).
				With("sales_price", instep.Number(instep.MustDecimal(fmt.Sprintf("%d.25", n%900+1)))).With("is_barred", instep.Bool(false))
		},
		edit: func(s *rackbeattest.Server, id, v string) error {
			return s.Edit(id, func(p *rackbeattest.Product) { p.Description = v })
		},
		remove: (*rackbeattest.Server).Remove,
		rename: func(s *rackbeattest.Server, id string) (string, error) {
			return id + "/ny", s.Edit(id, func(p *rackbeattest.Product) { p.Number += "/ny" })
		},
	},
	"customers": {
		open: func(c *rackbeat.Client) wholeRegister { return c.Customers() },
		path: "customers", field: "address_city", findBy: []string{"number", "business_id", "ean", "name"},
		sample: func(n int) instep.Fields {
			return texts("number", strconv.Itoa(70000+n), "name", fmt.Sprintf("Rørdam %d ApS", n), "payment_term", "30 dage", "group", "Danmark",
				"vat_zone", "domestic", "layout", "Standard", "business_id", fmt.Sprintf("DK%08d", n), "ean", fmt.Sprintf("579%010d", n),
				"address_city", fmt.Sprintf("Århus %d", n)).
				With("max_credit", instep.Number(instep.MustDecimal(fmt.Sprintf("%d.5", n%900+1)))).With("is_barred", instep.Bool(false))
		},
		edit: func(s *rackbeattest.Server, id, v string) error {
			return s.EditCustomer(number(id), func(p *rackbeattest.Party) { p.City = v })
		},
		remove: func(s *rackbeattest.Server, id string) error { return s.RemoveCustomer(number(id)) },
		rename: func(s *rackbeattest.Server, id string) (string, error) {
			return "9" + id, s.RenameCustomer(number(id), number("9"+id))
		},
	},
	"suppliers": {
		open: func(c *rackbeat.Client) wholeRegister { return c.Suppliers() },
		path: "suppliers", field: "address_city", findBy: []string{"number", "business_id", "name"},
		sample: func(n int) instep.Fields {
			return texts("number", strconv.Itoa(70000+n), "name", fmt.Sprintf("Grossist %d A/S", n), "payment_term", "30 dage", "group", "Varer",
				"vat_zone", "domestic", "business_id", fmt.Sprintf("DK%08d", n), "address_city", fmt.Sprintf("Århus %d", n)).
				With("is_barred", instep.Bool(false))
		},
		edit: func(s *rackbeattest.Server, id, v string) error {
			return s.EditSupplier(number(id), func(p *rackbeattest.Party) { p.City = v })
		},
		remove: func(s *rackbeattest.Server, id string) error { return s.RemoveSupplier(number(id)) },
		rename: func(s *rackbeattest.Server, id string) (string, error) {
			return "9" + id, s.RenameSupplier(number(id), number("9"+id))
		},
	},
}

// texts makes a record of names and values.
func texts(pairs ...string) instep.Fields {
	var list []instep.Field
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, field(pairs[i], instep.String(pairs[i+1])))
	}
	return instep.NewFields(list...)
}

func number(id string) int {
	n, _ := strconv.Atoi(id)
	return n
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, r := range conformings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("source", func(t *testing.T) {
				connectortest.TestSource(t, r.system, &connectortest.Options{Live: *live})
			})
			t.Run("sink", func(t *testing.T) {
				connectortest.TestSink(t, r.system, &connectortest.Options{Live: *live})
			})
		})
	}
}

// system returns an empty company, or the live one.
func (r *conforming) system(t testing.TB) *connectortest.System {
	if *live {
		return r.liveSystem(t)
	}
	now := &clock{at: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	s := fake(t, &rackbeattest.Options{
		Now: now.now, CustomerGroups: []rackbeattest.Entry{{Number: 1, Name: "Danmark"}}, SupplierGroups: []rackbeattest.Entry{{Number: 1, Name: "Varer"}},
		PaymentTerms: []rackbeattest.Entry{{Number: 1, Name: "30 dage"}}, Layouts: []rackbeattest.Entry{{Number: 1, Name: "Standard"}},
	})
	t.Cleanup(func() { _ = s.Close() })
	log := &logged{}
	o := rackbeat.Options{
		BaseURL: s.Start(t), PageSize: 3, ReadLag: -1, Retries: -1, PerMinute: -1,
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	open := func() wholeRegister {
		return r.connect(t, rackbeattest.DefaultKey, "Instep tests", "dev@example.com", &o)
	}
	c := open()
	isWrite := func(req *http.Request) bool { return req.Method != http.MethodGet }
	return &connectortest.System{
		Source: c, Sink: c, Reopen: func() instep.Source { return open() },
		Sample: r.sample, Field: r.field, IDField: "number", FindBy: r.findBy,
		Edit: func(id string, f instep.Fields) error {
			text, _ := f.Get(r.field).AsString()
			return r.edit(s, id, text)
		},
		Remove:    func(id string) error { return r.remove(s, id) },
		Rename:    func(id string) (string, error) { return r.rename(s, id) },
		LoseReply: func(done bool) { s.Script(rackbeattest.Step{Match: isWrite, Handle: done, Drop: true}) },
		Throttle: func() time.Duration {
			step := rackbeattest.Step{Status: http.StatusTooManyRequests}
			if r.wait > 0 {
				step.Header = http.Header{"Retry-After": {fmt.Sprint(r.wait.Seconds())}}
			}
			s.Script(step)
			return r.wait
		},
		CutList: func() { s.SpoilLists(rackbeattest.ListFault{Kind: rackbeattest.Truncated, Path: r.path, Page: 2}) },
		During: func(f func()) {
			s.Script(rackbeattest.Step{Match: func(req *http.Request) bool {
				if isWrite(req) {
					f()
				}
				return isWrite(req)
			}})
		},
		Secrets: []string{rackbeattest.DefaultKey},
		Log:     log.String,
		Sleep: func(d time.Duration) {
			now.pass(d)
			time.Sleep(min(d, r.wait))
		},
	}
}

// liveSystem is the company of the environment.
func (r *conforming) liveSystem(t testing.TB) *connectortest.System {
	key := os.Getenv("RACKBEAT_KEY")
	open := func() wholeRegister {
		return r.connect(t, key, os.Getenv("RACKBEAT_CONSUMER_NAME"), os.Getenv("RACKBEAT_CONSUMER_EMAIL"), &rackbeat.Options{BaseURL: os.Getenv("RACKBEAT_URL")})
	}
	c := open()
	return &connectortest.System{
		Source: c, Sink: c, Reopen: func() instep.Source { return open() },
		Sample: r.sample, Field: r.field, IDField: "number", FindBy: r.findBy, Secrets: []string{key},
	}
}

func (r *conforming) connect(t testing.TB, key, name, email string, o *rackbeat.Options) wholeRegister {
	t.Helper()
	c, err := rackbeat.New(key, rackbeat.Consumer{Name: name, Email: email}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.open(c)
}

// pass lets time go by.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
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
