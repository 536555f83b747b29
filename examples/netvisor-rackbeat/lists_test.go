package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// TestShortLists has lists arrive without some of their rows, or not as lists
// at all. Nobody is taken for deleted, even where deletions are followed.
func TestShortLists(t *testing.T) {
	t.Parallel()
	spoil := func(kind rackbeattest.ListFaultKind) func(*town) {
		return func(w *town) {
			w.r.SpoilLists(rackbeattest.ListFault{Kind: kind, Path: "customers", Times: -1}, rackbeattest.ListFault{Kind: kind, Path: "suppliers", Times: -1})
		}
	}
	misbehave := func(what netvisortest.Oddity, resource string) func(*town) {
		return func(w *town) { w.n.Misbehave(what, resource, netvisortest.Always) }
	}
	tests := map[string]func(*town){
		"half a page of Rackbeat":      spoil(rackbeattest.Truncated),
		"an empty page of Rackbeat":    spoil(rackbeattest.EmptyPage),
		"a body of Rackbeat cut":       spoil(rackbeattest.CutBody),
		"a row of Rackbeat on no page": spoil(rackbeattest.SwappedRow),
		"half a list of suppliers":     misbehave(netvisortest.ShortList, "getvendor.nv"),
		"half a list of Netvisor":      misbehave(netvisortest.ShortList, "customerlist.nv"),
		"a list of Netvisor cut":       misbehave(netvisortest.CutShort, "customerlist.nv"),
		"a page for people":            misbehave(netvisortest.HTMLPage, "getvendor.nv"),
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && !strings.HasPrefix(name, "half") {
				t.Skip("the others are alike")
			}
			w := newTown(t, nil)
			buyers, sellers := w.look(&customers), w.look(&suppliers)
			spoil(w)
			r := w.run("-apply", "-sweep", "-deletes", "delete", "-json")
			w.oneSentence(r)
			sum := lastLine(t, []byte(r.out))
			if sum.Requests.Write != 0 {
				t.Errorf("something was written: %+v", sum)
			}
			w.nothingGone(&customers, buyers)
			w.nothingGone(&suppliers, sellers)
			w.r.SoundLists()
			for _, resource := range []string{"customerlist.nv", "getvendor.nv"} {
				for _, what := range []netvisortest.Oddity{netvisortest.ShortList, netvisortest.CutShort, netvisortest.HTMLPage} {
					w.n.Misbehave(what, resource, 0)
				}
			}
			w.quiet("-deletes", "delete")
			w.nothingGone(&customers, buyers)
			w.nothingGone(&suppliers, sellers)
		})
	}
}

// oneSentence wants a run that failed to have said why in one sentence.
func (w *town) oneSentence(r ran) {
	w.Helper()
	if (r.status != exitDone) != (r.err != "") || strings.Count(r.err, "\n") > 1 {
		w.Errorf("status %d, and not one sentence: %q", r.status, r.err)
	}
}

// TestEmptiedParties has a register of one side lose all its records. The run
// stops before it writes anything, to the other registers either.
func TestEmptiedParties(t *testing.T) {
	t.Parallel()
	for _, reg := range []*register{&customers, &suppliers} {
		for _, side := range []instep.Side{instep.Left, instep.Right} {
			t.Run(fmt.Sprint(reg.name, " of ", systemNames[side]), func(t *testing.T) {
				t.Parallel()
				w := newTown(t, nil)
				w.empty(reg, side)
				other := &customers
				if reg == other {
					other = &suppliers
				}
				was, others := w.look(reg), w.look(other)
				for _, policy := range []string{"ignore", "delete"} {
					r := w.run("-apply", "-sweep", "-deletes", policy, "-json")
					w.oneSentence(r)
					if sum := lastLine(t, []byte(r.out)); r.status != exitFailed || sum.Requests.Write != 0 ||
						!strings.Contains(r.err, "no longer listed by "+systemNames[side]) {
						t.Errorf("-deletes %s: status %d, %d writes: %s", policy, r.status, sum.Requests.Write, r.err)
					}
				}
				w.nothingGone(reg, was)
				w.nothingGone(other, others)
			})
		}
	}
}

// empty deletes all records of a register of one side.
func (w *town) empty(reg *register, side instep.Side) {
	w.Helper()
	for id, r := range w.look(reg)[side] {
		var number int
		_, _ = fmt.Sscan(r.Number, &number) // not all are numbers in Netvisor, where they are not used
		switch {
		case side == instep.Left && reg == &customers:
			w.do(w.r.RemoveCustomer(number))
		case side == instep.Left:
			w.do(w.r.RemoveSupplier(number))
		case reg == &customers:
			w.do(w.n.DeleteCustomer(id))
		default:
			w.do(w.n.DeleteVendor(id))
		}
	}
}
