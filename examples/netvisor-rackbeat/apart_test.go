package main

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

// town is two systems that are in step, on the other side of sockets.
type town struct {
	*testing.T
	installation
	r     *rackbeattest.Server
	n     *netvisortest.Server
	state string
}

// newTown brings the registers of customers and suppliers into step. The
// options may be changed before.
func newTown(t *testing.T, change func(*rackbeattest.Options, *netvisortest.Options)) *town {
	t.Helper()
	c := catalogue.NewSized(1, catalogue.Sizes{Customers: 130, Suppliers: 70})
	ro, no := c.RackbeatOptions(""), c.NetvisorOptions("")
	ro.Suppliers = slices.DeleteFunc(ro.Suppliers, func(p rackbeattest.Party) bool { return len(p.Name) > 250 }) // it is tried again and again
	if change != nil {
		change(ro, no)
	}
	w := found(t, ro, no)
	w.must("-apply")
	return w
}

// found makes two systems that were never in step.
func found(t *testing.T, ro *rackbeattest.Options, no *netvisortest.Options) *town {
	t.Helper()
	r, err := rackbeattest.New(ro)
	if err != nil {
		t.Fatal(err)
	}
	n, err := netvisortest.New(no)
	if err != nil {
		t.Fatal(err)
	}
	w := &town{T: t, r: r, n: n, state: t.TempDir(), installation: installation{r.Start(t), n.Start(t) + "/", map[string]string{}}}
	for _, name := range []string{
		"RACKBEAT_KEY", "RACKBEAT_CONSUMER_NAME", "RACKBEAT_CONSUMER_EMAIL", "NETVISOR_CUSTOMER_ID", "NETVISOR_CUSTOMER_KEY",
		"NETVISOR_PARTNER_ID", "NETVISOR_PARTNER_KEY", "NETVISOR_ORGANISATION_ID",
	} {
		w.env[name] = (&fakes{}).getenv(name)
	}
	return w
}

func (w *town) run(more ...string) ran {
	w.Helper()
	return execute(w.T, w.env, w.args(w.state, append([]string{"-registers", "customers,suppliers"}, more...)...)...)
}

// must runs the program, wants it to succeed, and returns its summary.
func (w *town) must(more ...string) lastSummary {
	w.Helper()
	r := w.run(append(more, "-json")...)
	if r.status != exitDone {
		w.Fatalf("%q: status %d, %s", more, r.status, r.err)
	}
	return lastLine(w.T, []byte(r.out))
}

// do fails the test if something cannot be done in one of the systems.
func (w *town) do(errs ...error) {
	w.Helper()
	for _, err := range errs {
		if err != nil {
			w.Fatal(err)
		}
	}
}

// look reads the registers of both systems.
func (w *town) look(reg *register) office {
	o := office{{}, {}}
	o.visitRackbeat(w.r, reg)
	o.visitNetvisor(w.n, reg)
	return o
}

// both returns the numbers of customers or suppliers that stand on both sides,
// in order, with their keys in Netvisor.
func (w *town) both(reg *register) (numbers, keys []int) {
	o := w.look(reg)
	cards := map[string]int{}
	for key, r := range o[instep.Right] {
		cards[r.Number] = key
	}
	for _, id := range slices.Sorted(maps.Keys(o[instep.Left])) {
		number, _ := strconv.Atoi(o[instep.Left][id].Number)
		if key := cards[strconv.Itoa(number)]; number > 1000 && key != 0 {
			numbers, keys = append(numbers, number), append(keys, key)
		}
	}
	if len(numbers) < 20 {
		w.Fatalf("only %d %s stand on both sides", len(numbers), reg.name)
	}
	return numbers, keys
}

// quiet wants another run to find nothing to write.
func (w *town) quiet(more ...string) {
	w.Helper()
	if sum := w.must(append(more, "-apply", "-sweep")...); sum.Requests.Write != 0 {
		w.Errorf("the run after that is not empty: %+v", sum)
	}
}

// nothingGone wants all records of a look to be there still, and none to have
// been added.
func (w *town) nothingGone(reg *register, before office) {
	w.Helper()
	after := w.look(reg)
	for s := range before {
		if len(after[s]) != len(before[s]) {
			w.Errorf("%s had %d %s and has %d", systemNames[s], len(before[s]), reg.name, len(after[s]))
		}
		for id, r := range before[s] {
			if now, ok := after[s][id]; !ok || now.Active != r.Active {
				w.Errorf("%q of %s: there %v, active %v, want it as it was", r.Name, systemNames[s], ok, now.Active)
			}
		}
	}
}

// TestOutOfUse deletes a customer on either side, sets one out of use on either
// side, and wants the two to be told apart.
func TestOutOfUse(t *testing.T) {
	t.Parallel()
	for policy, outcome := range map[string]string{
		"ignore": "gone", "unlink": "unlinked", "deactivate": "deactivated", "delete": "removed",
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && policy != "delete" {
				t.Skip("one policy has to do")
			}
			w := newTown(t, nil)
			numbers, keys := w.both(&customers)
			w.do(w.r.RemoveCustomer(numbers[0]), w.n.DeleteCustomer(keys[1]), w.r.BarCustomer(numbers[2], true),
				w.n.EditCustomer(keys[3], func(c *netvisortest.Customer) { c.Active = !c.Active }))
			before := w.look(&customers)
			counts := w.must("-apply", "-sweep", "-deletes", policy).Registers["customers"]
			if counts["updated"] != 1 || counts["drifted"] != 1 || counts["created"] != 0 {
				t.Errorf("%v, want one updated and one drifted", counts)
			}
			// Without an id of its own, who is deleted in Rackbeat could have got
			// another number: the next run tells.
			again := w.must("-apply", "-sweep", "-deletes", policy).Registers["customers"]
			if counts[outcome] == 0 || again[outcome] == 0 || again["pending"] != 0 {
				t.Errorf("%v, then %v, want each of the two %s", counts, again, outcome)
			}
			after := w.look(&customers)
			if card := after[instep.Right][keys[2]]; card.Active || card.Name != before[instep.Right][keys[2]].Name {
				t.Errorf("who is barred in Rackbeat is %+v in Netvisor", card)
			}
			if after.card(numbers[3]) != before.card(numbers[3]) {
				t.Error("what Netvisor does not decide went to Rackbeat")
			}
			card, there := after[instep.Right][keys[0]]
			mine, _ := w.r.Customer(numbers[1])
			if there != (policy != "delete") || there && card.Active == (policy == "deactivate") {
				t.Errorf("of who was deleted in Rackbeat, Netvisor has %v: %+v", there, card)
			}
			if (mine.Number != 0) != (policy != "delete") || mine.Number != 0 && mine.IsBarred != (policy == "deactivate") {
				t.Errorf("of who was deleted in Netvisor, Rackbeat has %+v", mine)
			}
			w.quiet("-deletes", policy)
		})
	}
}
