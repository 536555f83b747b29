package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// TestKilledCustomers does with customers what TestKilled does with products,
// in both directions, and with systems that refuse requests as well.
func TestKilledCustomers(t *testing.T) {
	t.Parallel()
	kills, size, faults := 2, 180, "lost=5%,429=1%,500=2%,slow=1ms"
	if testing.Short() {
		kills = 1
	}
	if n, err := strconv.Atoi(os.Getenv("INSTEP_KILLS")); err == nil {
		kills, size, faults = n, 5000, "lost=5%,429=5%,500=2%,slow=2ms"
	}
	most := (kills + 1) / 2 // of one load, so that there are two at least
	bin := t.TempDir()
	client, vendors := build(t, bin, "netvisor-rackbeat", "."), build(t, bin, "vendors", "../vendors")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for load := 1; kills > 0; load++ {
		source, target := "rackbeat", "netvisor"
		if load%2 == 0 {
			source, target = target, source
		}
		w := startVendors(t, vendors, "-empty", target, "-customers", fmt.Sprint(size), "-suppliers", "0", "-products", "0",
			"-seed", fmt.Sprint(load), "-faults", faults, "-fault-seed", fmt.Sprint(rng.Uint32()))
		w.args = []string{
			"-state", t.TempDir(), "-registers", "customers", "-apply", "-json", "-from", source, "-new", "customer.layout=Suomi",
			"-rackbeat", w.Vendors["rackbeat"].HTTP, "-netvisor", w.Vendors["netvisor"].HTTP, "-request-life", "200ms", "-per-minute", "-1",
		}
		began, here := time.Now(), w.customers(t, source)
		killed := w.killAtRandom(t, client, rng, min(kills, most), time.Duration(size)*4*time.Millisecond)
		last := w.runToTheEnd(t, client)
		t.Logf("load %d: %d customers of %s, killed %d times, %v", load, len(here), source, killed, time.Since(began).Round(time.Second))
		kills -= killed
		w.compareCustomers(t, source, here, heldOf(t, last))
		w.stop()
	}
}

// moved is what two customers that are the same have in common.
type moved struct{ number, name, email string }

// customers returns the customers of a system by what references call them.
func (w *world) customers(t *testing.T, vendor string) map[string]moved {
	t.Helper()
	all := map[string]moved{}
	w.dump(t, vendor, "customer", func(r record) {
		id, c := fmt.Sprint(r.Key), moved{r.Identifier, trimmed(r.Name), r.Email}
		if vendor == "rackbeat" {
			id = fmt.Sprint(r.Number)
			c = moved{id, trimmed(r.Name), r.ContactEmail}
		}
		all[id] = c
	})
	return all
}

// heldOf returns the records that a run set aside.
func heldOf(t *testing.T, out []byte) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for line := range bytes.Lines(out) {
		var it itemLineIn
		if err := json.Unmarshal(line, &it); err != nil {
			t.Fatal(err)
		}
		if it.Type == "item" && it.Text != "" {
			ids[it.Left], ids[it.Right] = true, true
		}
	}
	return ids
}

// compareCustomers wants each customer of the source once in the target, but
// for those that were set aside, and in the source itself nothing new.
func (w *world) compareCustomers(t *testing.T, source string, before map[string]moved, held map[string]bool) {
	t.Helper()
	target := "netvisor"
	if source == target {
		target = "rackbeat"
	}
	if now := w.customers(t, source); len(now) != len(before) {
		t.Errorf("%s had %d customers and has %d", source, len(before), len(now))
	}
	got, there := map[moved]int{}, w.customers(t, target)
	for _, c := range there {
		got[c]++
	}
	carried := 0
	for id, c := range before {
		if ref := source + "/customer/" + id; held[ref] {
			continue
		}
		carried++
		if got[c] != 1 {
			t.Errorf("%+v is %d times in %s", c, got[c], target)
		}
	}
	if carried != len(there) || carried < len(before)-50 {
		t.Errorf("%s has %d customers, of %d in %s, of which %d can go over", target, len(there), len(before), source, carried)
	}
}
