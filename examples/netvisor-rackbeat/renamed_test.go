package main

import (
	"strconv"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// TestRenumbered gives customers of Rackbeat other numbers. The links follow
// whom they are about, whether Rackbeat shows its internal ids or not: nobody is
// taken for deleted, and nobody is made again.
func TestRenumbered(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{false, true} {
		t.Run("ids shown "+strconv.FormatBool(shown), func(t *testing.T) {
			t.Parallel()
			w := newTown(t, func(r *rackbeattest.Options, _ *netvisortest.Options) { r.ShowIDs = shown })
			numbers, keys := w.both(&customers)
			sold, bought := w.both(&suppliers)
			const free = 7001
			w.do(w.r.RenameCustomer(numbers[0], free), w.r.RenameSupplier(sold[0], free))
			// A number that became free, and one that nobody has any more.
			w.do(w.r.RenameCustomer(numbers[1], free+1), w.r.RenameCustomer(numbers[2], free+2))
			before := w.look(&customers)
			sum := w.must("-apply", "-sweep", "-deletes", "delete")
			if sum.Writes["rackbeat"] != 0 || sum.Writes["netvisor"] != 4 || sum.Registers["customers"]["created"]+sum.Registers["suppliers"]["created"] != 0 {
				t.Errorf("want the numbers to go over and nothing else: %+v", sum)
			}
			w.nothingGone(&customers, before)
			after := w.look(&customers)
			for i := range 3 {
				card, was := after[instep.Right][keys[i]], before[instep.Right][keys[i]]
				if card.Number != strconv.Itoa(free+i) || card.Name != was.Name || card.Name != after.card(free+i).Name {
					t.Errorf("who was number %d is %q with number %s in Netvisor, want %q with %d", numbers[i], card.Name, card.Number, was.Name, free+i)
				}
			}
			if card := w.look(&suppliers)[instep.Right][bought[0]]; card.Number != strconv.Itoa(free) {
				t.Errorf("supplier %d is %q in Netvisor", sold[0], card.Number)
			}
			// An edit still goes to the card that it is about.
			w.do(w.r.EditCustomer(free+2, func(c *rackbeattest.Customer) { c.Phone = "+358 00 123 4567" }))
			w.must("-apply")
			if got := w.look(&customers)[instep.Right][keys[2]].Phone; got != "+358 00 123 4567" {
				t.Errorf("the edit did not arrive: %q", got)
			}
			w.quiet("-deletes", "delete")
		})
	}
}

// TestNumberReused deletes a customer of Rackbeat, and gives its number to
// another firm at once. The card of the first firm is not overwritten with the
// second.
func TestNumberReused(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{false, true} {
		t.Run("ids shown "+strconv.FormatBool(shown), func(t *testing.T) {
			t.Parallel()
			w := newTown(t, func(r *rackbeattest.Options, _ *netvisortest.Options) { r.ShowIDs = shown })
			numbers, keys := w.both(&customers)
			before := w.look(&customers)
			w.do(w.r.RemoveCustomer(numbers[0]), w.r.AddCustomer(rackbeattest.Customer{
				Number: numbers[0], Name: "Aivan Toinen Oy", CompanyVAT: "FI99014005", Country: "Finland", Street: "Uusikuja 1", Email: "uusi@toinen.example",
			}))
			sum := w.must("-apply", "-sweep")
			after := w.look(&customers)
			if card := after[instep.Right][keys[0]]; card != before[instep.Right][keys[0]] {
				t.Errorf("the card of %q is now %+v\n%+v", before[instep.Right][keys[0]].Name, card.face, sum)
			}
		})
	}
}

// TestNumbersSwapped has two customers of Rackbeat get the number of each
// other. Neither card is overwritten with the other firm.
func TestNumbersSwapped(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{false, true} {
		t.Run("ids shown "+strconv.FormatBool(shown), func(t *testing.T) {
			t.Parallel()
			w := newTown(t, func(r *rackbeattest.Options, _ *netvisortest.Options) { r.ShowIDs = shown })
			numbers, keys := w.both(&customers)
			a, b := numbers[0], numbers[1]
			const free = 7001
			w.do(w.r.RenameCustomer(a, free), w.r.RenameCustomer(b, a), w.r.RenameCustomer(free, b))
			before := w.look(&customers)
			sum := w.must("-apply", "-sweep")
			after := w.look(&customers)
			for _, key := range keys[:2] {
				if was, is := before[instep.Right][key], after[instep.Right][key]; is.Name != was.Name || is.BusinessID != was.BusinessID {
					t.Errorf("the card of %q is now that of %q: %+v", was.Name, is.Name, sum)
				}
			}
		})
	}
}
