package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// TestKilledCustomers does with customers what TestKilled does with products,
// in both directions, and with systems that refuse requests and dawdle as well.
//
// A load is a first load of a whole register into a system that has none, by
// the program as users run it, with both systems in a process of their own. It
// is ended by SIGKILL at least once, at a moment between its first request and
// its last one, and the program run again until it says that there is nothing
// left to do. Then the registers of the two systems themselves are looked at:
//
//   - each customer that can go over is in the target exactly once, by its
//     number, name and address of mail;
//   - all that the target holds, field by field and list by list, is what it
//     holds after the same load without any kill or fault;
//   - so are the customers that were set aside for a person, and the reasons;
//   - the source holds what it held, byte for byte.
//
// How many loads there are says INSTEP_LOADS. With it they are the full proof,
// each of more than 5,000 customers with 5 % lost replies, 5 % of 429, 2 % of
// 500 and 10 % of replies that come late:
//
//	INSTEP_LOADS=50 go test ./examples/netvisor-rackbeat -run 'KilledCustomers$' -parallel 16 -timeout 4h
//
// Nearly all of a load is waiting: each 429 asks for a second of rest, and the
// client learns from many of them to go slowly. So loads run beside each other,
// as many at once as -parallel says.
//
// A failure prints the seed and the moments. INSTEP_SEED plays them again, and
// with the name of the load behind -run that load alone.
func TestKilledCustomers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short")
	}
	p := newKillProof(t)
	for load := range p.loads {
		direction := p.directions[load%len(p.directions)]
		t.Run(fmt.Sprintf("%02d-from-%s", load+1, direction.source), func(t *testing.T) {
			t.Parallel()
			p.load(t, direction, load)
		})
	}
}

// killProof is what the loads of one test have in common.
type killProof struct {
	client, vendors string // programs
	loads           int
	size            int // customers over both systems
	faults          string
	most            int // kills of one load
	seed            uint64
	order           []int // which part of its load each load is killed in
	directions      []*direction
}

// direction is a way that loads go, and what they come to undisturbed.
type direction struct {
	source, target string
	seed           int // of the customers
	want           outcome
	reads          int // requests to the source before the first one that writes, or so
	requests       int // requests to the target in the whole
}

func newKillProof(t *testing.T) *killProof {
	t.Helper()
	p := &killProof{loads: 2, size: 120, most: 1, faults: "lost=5%,429=0.5%,500=2%,slowreply=10%,slowby=20ms"}
	if text := os.Getenv("INSTEP_LOADS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("INSTEP_LOADS is %q; give the number of loads", text)
		}
		p.loads, p.size, p.most = n, 5400, 4
		p.faults = "lost=5%,429=5%,500=2%,slowreply=10%,slowby=50ms"
	}
	p.seed = uint64(time.Now().UnixNano())
	if text := os.Getenv("INSTEP_SEED"); text != "" {
		var err error
		if p.seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("INSTEP_SEED is %q; give the seed that was printed", text)
		}
	}
	p.order = rand.New(rand.NewPCG(p.seed, 0)).Perm(p.loads)
	bin := t.TempDir()
	p.client, p.vendors = build(t, bin, "netvisor-rackbeat", "."), build(t, bin, "vendors", "../vendors")
	for i, d := range []*direction{{source: "rackbeat", target: "netvisor"}, {source: "netvisor", target: "rackbeat"}} {
		if i < p.loads {
			d.seed = i + 1
			p.undisturbed(t, d)
			p.directions = append(p.directions, d)
		}
	}
	return p
}

// start serves both systems to a load, the target empty.
func (p *killProof) start(t *testing.T, d *direction, faults string, faultSeed uint32) *world {
	t.Helper()
	w := startVendors(t, p.vendors, "-empty", d.target, "-customers", fmt.Sprint(p.size), "-suppliers", "0", "-products", "0",
		"-seed", fmt.Sprint(d.seed), "-faults", faults, "-fault-seed", fmt.Sprint(faultSeed))
	w.args = []string{
		"-state", t.TempDir(), "-registers", "customers", "-apply", "-json", "-from", d.source, "-new", "customer.layout=Suomi",
		"-rackbeat", w.Vendors["rackbeat"].HTTP, "-netvisor", w.Vendors["netvisor"].HTTP, "-request-life", "200ms", "-per-minute", "-1",
	}
	return w
}

// undisturbed finds out what a load comes to without kills and faults.
func (p *killProof) undisturbed(t *testing.T, d *direction) {
	t.Helper()
	w := p.start(t, d, "", 1)
	defer w.stop()
	before := w.customers(t, d.source)
	if p.most > 1 && len(before) < 5000 {
		t.Fatalf("only %d customers to load", len(before))
	}
	l := &killedLoad{world: w, client: p.client}
	l.run(t, nil)
	d.reads = w.reached(t, d.source)
	l.toTheEnd(t, nil)
	d.requests = w.reached(t, d.target)
	d.want = w.outcome(t, d, l.last)
	w.compareCustomers(t, d.source, before, d.want.held)
	t.Logf("undisturbed from %s: %d customers, %d requests to the source until the first run was done, %d to the target",
		d.source, len(before), d.reads, d.requests)
}

// load is one load. It is repeated if it was done before its first kill was
// due, which is set by a guess of how many requests there are in all.
func (p *killProof) load(t *testing.T, d *direction, load int) {
	t.Logf("INSTEP_SEED=%d", p.seed)
	rng := rand.New(rand.NewPCG(p.seed, uint64(load)+1))
	faultSeed, kills := rng.Uint32(), 1
	if p.most > 1 {
		kills = max(1, rng.IntN(2*p.most)-p.most+1)
	}
	at := (float64(p.order[load]) + rng.Float64()) / float64(p.loads)
	total := d.requests * 13 / 10
	for try := 0; ; try++ {
		moments := momentsOf(rng, d, total, kills, at)
		w := p.start(t, d, p.faults, faultSeed)
		began, here, source := time.Now(), w.customers(t, d.source), w.records(t, d.source)
		l := &killedLoad{world: w, client: p.client}
		l.toTheEnd(t, moments)
		total = w.reached(t, d.target)
		t.Logf("%d customers of %s, killed %d times, %d runs ended early, %d requests to %s, %v", len(here), d.source, l.kills, l.failures,
			total, d.target, time.Since(began).Round(time.Second))
		w.compareCustomers(t, d.source, here, heldOf(t, l.last))
		w.compareOutcome(t, d, l.last)
		for _, wrong := range touched(source, w.records(t, d.source)) {
			t.Errorf("%s holds something else than before (-was +is):\n%s", d.source, wrong)
		}
		w.stop()
		if l.kills > 0 || t.Failed() {
			return
		}
		if try == 4 {
			t.Fatal("five loads were done before they could be killed")
		}
		t.Log("it was done before the first kill was due: once more")
	}
}
