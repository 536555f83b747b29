package netvisortest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep/internal/fakeserver"
)

// What the fakes of all vendors share, under this package's name.
type (
	// Step is one scripted answer.
	Step = fakeserver.Step
	// Faults are shares of requests that go wrong at random.
	Faults = fakeserver.Faults
	// Request is one line of the request log.
	Request = fakeserver.Request
	// Cleaner registers work for the end of a test, as a *testing.T does.
	Cleaner = fakeserver.Cleaner
)

// ParseFaults reads faults from a list such as "lost=5%,429=5%,slow=200ms".
// Further names are lostbefore, 500, 500after, late and 504late; the last two
// go with lateby, as in "late=2%,lateby=90s".
func ParseFaults(s string) (Faults, error) { return fakeserver.ParseFaults(s) }

// Server is a fake Netvisor company. It is an http.Handler, and safe for
// concurrent use.
type Server struct {
	o            Options
	store        *store
	customerForm element[Customer]
	used         transactions
	odd          oddities
	denied       atomic.Pointer[[]string] // lower case
	clock        func() time.Time         // without what it is off by
	off          atomic.Int64             // nanoseconds
	stamps       atomic.Uint64
	front        *fakeserver.Server
}

// New returns a Server. A nil o means the zero Options. Close it when it has a
// folder.
func New(o *Options) (*Server, error) {
	opts, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{o: opts, clock: opts.Now}
	s.o.Now = s.now // for the store
	s.SetDenied(opts.Denied...)
	if s.store, err = openStore(&s.o); err != nil {
		return nil, err
	}
	s.o.Products, s.o.Groups, s.o.Customers, s.o.Vendors, s.o.PaymentTerms = nil, nil, nil, nil, nil // the store has them now
	s.customerForm = customerRoot(s.store.termList)
	s.front = fakeserver.New("netvisor", http.HandlerFunc(s.handle))
	s.front.SetClassify(func(r *http.Request) bool {
		res := resources[resourceName(r)]
		return res.writes && r.Method == res.method
	})
	return s, nil
}

// Close ends the use of the folder. Later writes fail with TECHNICAL_ERROR.
func (s *Server) Close() error { return s.store.close() }

// ServeHTTP answers one request, through the script and the faults.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.front.ServeHTTP(w, r) }

// Start serves on a free loopback port until c's cleanup and returns the base
// URL, without a slash at its end.
func (s *Server) Start(c Cleaner) (url string) { return s.front.Start(c) }

// Transport returns a round tripper that answers from this server without a
// socket, whatever the host.
func (s *Server) Transport() http.RoundTripper { return s.front.Transport() }

// Requests returns the newest 10,000 requests, oldest first. Signatures are
// redacted.
func (s *Server) Requests() []Request { return s.front.Requests() }

// Counts returns how many requests were handled: writes are the POSTs to
// resources that take them and deletecustomer.nv, reads all others, failed ones
// included. A late one counts once it was carried out.
func (s *Server) Counts() (reads, writes int) { return s.front.Counts() }

// ResetLog empties the request log and sets the counts to zero.
func (s *Server) ResetLog() { s.front.ResetLog() }

// Script appends scripted answers; they go before random faults.
func (s *Server) Script(steps ...Step) { s.front.Script(steps...) }

// SetFaults sets random faults, drawn from seed.
func (s *Server) SetFaults(f Faults, seed uint64) { s.front.SetFaults(f, seed) }

// Control returns the control door: GET /records, POST /faults and GET /log
// for bearers of the token. With an empty token it answers 404 to all.
func (s *Server) Control(token string) http.Handler { return s.front.Control(token, s.Dump) }

// Products returns a copy of all products by key, deleted ones included.
func (s *Server) Products() []Product { return s.store.products.copies() }

// Groups returns a copy of the product groups by key.
func (s *Server) Groups() []Group { return slices.Clone(s.store.directory().groups) }

// Add makes a product as a person in the vendor's own pages would, and returns
// its key. With p.Key 0 the next free one is taken; LastChanged is the time of
// Now unless p has one.
func (s *Server) Add(p Product) (key int, err error) {
	if key, err = s.store.products.add(p.clone()); err != nil {
		return 0, fmt.Errorf("netvisortest: add: %w", err)
	}
	return key, nil
}

// Edit changes a product as a person in the vendor's own pages would: its time
// of change moves. The key cannot be changed.
func (s *Server) Edit(key int, change func(*Product)) error {
	_, err := s.store.products.edit(key, func(p *Product) error { change(p); return nil })
	if err != nil {
		return fmt.Errorf("netvisortest: edit %d: %w", key, err)
	}
	return nil
}

// Delete marks a product as deleted, the only deletion the vendor knows for a
// product.
func (s *Server) Delete(key int) error { return s.Edit(key, func(p *Product) { p.Deleted = true }) }

// dumped is one line of Dump.
type dumped struct {
	Entity string `json:"entity"`
	Record any    `json:"record"`
}

// Dump writes the records as JSON Lines: product groups, products, customers,
// vendors and payment terms, each by key.
func (s *Server) Dump(w io.Writer) error {
	enc := json.NewEncoder(w)
	for _, g := range s.Groups() {
		if err := enc.Encode(dumped{"group", g}); err != nil {
			return err
		}
	}
	for _, p := range s.store.products.snapshot() {
		if err := enc.Encode(dumped{"product", p}); err != nil {
			return err
		}
	}
	for _, p := range s.store.customers.snapshot() {
		if err := enc.Encode(dumped{"customer", p}); err != nil {
			return err
		}
	}
	for _, v := range s.store.vendors.snapshot() {
		if err := enc.Encode(dumped{"vendor", v}); err != nil {
			return err
		}
	}
	for _, t := range s.PaymentTerms() {
		if err := enc.Encode(dumped{"payment_term", t}); err != nil {
			return err
		}
	}
	return nil
}

// resource is one endpoint.
type resource struct {
	method string
	writes bool
	serve  func(*Server, *call, params) *fault
}

var resources = map[string]resource{
	"contactperson.nv":       {http.MethodPost, true, (*Server).contactPerson},
	"customer.nv":            {http.MethodPost, true, (*Server).customer},
	"customerlist.nv":        {http.MethodGet, false, (*Server).customerList},
	"deletecustomer.nv":      {http.MethodGet, true, (*Server).deleteCustomer},
	"extendedproductlist.nv": {http.MethodGet, false, (*Server).extendedProductList},
	"getcustomer.nv":         {http.MethodGet, false, (*Server).getCustomer},
	"getproduct.nv":          {http.MethodGet, false, (*Server).getProduct},
	"getproductgroups.nv":    {http.MethodGet, false, (*Server).getProductGroups},
	"getvendor.nv":           {http.MethodGet, false, (*Server).getVendor},
	"office.nv":              {http.MethodPost, true, (*Server).office},
	"paymenttermlist.nv":     {http.MethodGet, false, (*Server).paymentTermList},
	"product.nv":             {http.MethodPost, true, (*Server).product},
	"productlist.nv":         {http.MethodGet, false, (*Server).productList},
	"vendor.nv":              {http.MethodPost, true, (*Server).vendor},
}

// resourceName is the lower-case name of the resource r asks for.
func resourceName(r *http.Request) string {
	return strings.ToLower(strings.TrimPrefix(r.URL.Path, "/"))
}

// handle is the vendor's side, behind script and faults.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	name := resourceName(r)
	res, ok := resources[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	c := s.newCall(w, r)
	if f := s.admit(c, name, res.method); f != nil {
		if f.code == codeAuthentication && s.o.MalformedAuth {
			alg := algorithm(strings.ToUpper(r.Header.Get(headAlgorithm)))
			c.failMalformed(f, s.toHash(r.Header, alg, s.urls(r)[0], r.Header.Get(headSender)))
			return
		}
		c.fail(f)
		return
	}
	if c.odd(HTMLPage) {
		c.html()
		return
	}
	q, f := readParams(r)
	if f == nil {
		f = res.serve(s, c, q)
	}
	if f != nil {
		c.fail(f)
	}
}

// admit checks what is the same for all resources.
func (s *Server) admit(c *call, name, method string) *fault {
	if s.o.RefuseOverlap && fakeserver.Overlapped(c.r.Context()) {
		return &fault{codeTechnical, textOverlap, nil}
	}
	if f := s.authenticate(c.r); f != nil {
		return f
	}
	if slices.Contains(*s.denied.Load(), name) {
		return &fault{codeAccess, textDenied, []any{name}}
	}
	if c.r.Method != method {
		return invalid(textMethod, name, method)
	}
	return c.refusal()
}
