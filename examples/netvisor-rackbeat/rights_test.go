package main

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// TestLostRight takes a right away in the middle of a life, with an edit under
// way: the run says what is missing, nothing is deleted, the other register
// goes on, and when the right is back the next run catches up.
func TestLostRight(t *testing.T) {
	t.Parallel()
	tests := []struct{ system, resource string }{
		{"rackbeat", "customers"}, {"rackbeat", "suppliers"}, {"rackbeat", "payment-terms"},
		{"netvisor", "customerlist.nv"}, {"netvisor", "getcustomer.nv"}, {"netvisor", "customer.nv"},
		{"netvisor", "getvendor.nv"}, {"netvisor", "vendor.nv"},
	}
	for _, test := range tests {
		t.Run(test.system+" "+test.resource, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && test.resource != "suppliers" && test.resource != "customer.nv" {
				t.Skip("two have to do")
			}
			w := newTown(t, nil)
			numbers, keys := w.both(&customers)
			sold, bought := w.both(&suppliers)
			w.do(
				w.r.EditCustomer(numbers[0], func(c *rackbeattest.Customer) { c.Phone = "+358 00 765 4321" }),
				w.r.EditSupplier(sold[0], func(c *rackbeattest.Supplier) { c.Phone = "+358 00 765 4321" }),
				w.n.EditCustomer(keys[1], func(c *netvisortest.Customer) { c.Phone = "+358 00 765 0000" }),
			)
			buyers, sellers := w.look(&customers), w.look(&suppliers)
			if test.system == "rackbeat" {
				w.do(w.r.Deny(test.resource))
			} else {
				w.n.SetDenied(test.resource)
			}
			r := w.run("-apply", "-sweep", "-deletes", "delete", "-json")
			w.oneSentence(r)
			if r.status != exitFailed || !strings.Contains(r.err, strings.ReplaceAll(test.resource, "-", " ")) {
				t.Errorf("status %d: %q does not name %s", r.status, r.err, test.resource)
			}
			w.nothingGone(&customers, buyers)
			w.nothingGone(&suppliers, sellers)
			paused, other, edited := "suppliers", &customers, keys[0]
			if strings.Contains(test.resource, "customer") {
				paused, other, edited = "customers", &suppliers, bought[0]
			}
			if test.resource != "payment-terms" { // which both have
				if got := w.look(other)[instep.Right][edited].Phone; got != "+358 00 765 4321" || !strings.Contains(r.out, `"type":"paused","register":"`+paused) {
					t.Errorf("while %s are paused, the others hold %q:\n%s", paused, got, r.out)
				}
			}
			w.do(w.r.Deny())
			w.n.SetDenied()
			w.must("-apply", "-sweep")
			if a, b := w.look(&customers)[instep.Right][keys[0]].Phone, w.look(&suppliers)[instep.Right][bought[0]].Phone; a != "+358 00 765 4321" || b != a {
				t.Errorf("the edits did not go over after the right was back: %q, %q", a, b)
			}
			w.quiet()
		})
	}
}
