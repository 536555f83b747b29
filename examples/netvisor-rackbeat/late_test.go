package main

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// What the clients of these tests are told of both systems: half a minute after
// a request was sent it is certain whether it was carried out.
const (
	lateLife = 25 * time.Second
	lateLag  = 5 * time.Second
	certain  = lateLife + lateLag
)

// lateStep is a step of a script; both fakes have the same.
type lateStep = netvisortest.Step

// lateWorld is one product that one system has and the other is to get, with
// the real clients between fakes and engine. It lives in a bubble, in which
// waits take no time and what is late comes to the second.
type lateWorld struct {
	fakes
	t      *testing.T
	engine *reconcile.Engine
	target instep.Side // where the product is to be made
}

// lately runs a test in a world of its own. The steps are for the requests
// that make the product, one for each time that it is sent.
func lately(t *testing.T, target instep.Side, duplicates bool, steps []lateStep, test func(w *lateWorld)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &lateWorld{t: t, target: target}
		w.open(duplicates)
		for i := range steps {
			steps[i].Match = func(r *http.Request) bool { return r.Method == http.MethodPost }
		}
		if target == instep.Right {
			w.netvisor.Script(steps...)
		} else {
			w.rackbeat.Script(steps...)
		}
		test(w)
	})
}

func (w *lateWorld) open(duplicates bool) {
	w.t.Helper()
	ro := &rackbeattest.Options{}
	no := &netvisortest.Options{DuplicateCodes: duplicates, Groups: []netvisortest.Group{{Name: "Varer"}}}
	if w.target == instep.Right {
		ro.Products = []rackbeattest.Product{{Number: "A-1", Name: "Kahvi", SalesPrice: "4.5", Group: 1, Unit: 1}}
	} else {
		no.Products = []netvisortest.Product{{Code: "A-1", Name: "Kahvi", UnitPrice: "4.5", Group: "Varer", Unit: "stk.", Active: true}}
	}
	var err error
	if w.rackbeat, err = rackbeattest.New(ro); err != nil {
		w.t.Fatal(err)
	}
	if w.netvisor, err = netvisortest.New(no); err != nil {
		w.t.Fatal(err)
	}
	r := &rackbeat.Options{RequestLife: lateLife, ReadLag: lateLag}
	n := &netvisor.Options{RequestLife: lateLife, ReadLag: lateLag}
	w.options(r, n)
	sys := &systems{}
	if err = sys.connect(&environment{getenv: w.getenv}, r, n); err != nil {
		w.t.Fatal(err)
	}
	pair := products.pair(products.open(sys), productMapping(nil), &settings{first: w.target.Other()})
	if w.engine, err = reconcile.New(memory.New(), []reconcile.Pair{pair}, nil); err != nil {
		w.t.Fatal(err)
	}
}

// run brings the systems into step and returns what it counted, and the codes
// of what then waits for a person.
func (w *lateWorld) run(sweep bool) (reconcile.Counts, []string) {
	w.t.Helper()
	sum, err := w.engine.Run(w.t.Context(), &reconcile.Select{Sweep: sweep})
	if err != nil {
		w.t.Fatal(err)
	}
	reviews, err := w.engine.Reviews(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	codes := make([]string, len(reviews))
	for i, r := range reviews {
		codes[i] = r.Message.Code
	}
	return sum.Pairs[0].Counts, codes
}

// sent returns how often it was tried to make the product.
func (w *lateWorld) sent() (n int) {
	log := w.netvisor.Requests()
	if w.target == instep.Left {
		log = w.rackbeat.Requests()
	}
	for _, r := range log {
		if r.Method == http.MethodPost {
			n++
		}
	}
	return n
}

// made returns how many records the target has.
func (w *lateWorld) made() int {
	if w.target == instep.Right {
		return len(w.netvisor.Products())
	}
	return len(w.rackbeat.Products())
}

// records is all that the two systems hold.
func (w *lateWorld) records() any {
	return []any{w.rackbeat.Products(), w.netvisor.Products()}
}

// linked returns the id of the record that the product belongs with.
func (w *lateWorld) linked() string {
	w.t.Helper()
	id := "A-1"
	if w.target == instep.Left {
		id = "1"
	}
	about, err := w.engine.Explain(w.t.Context(), products.ref(w.target.Other(), id))
	if err != nil || len(about) != 1 {
		w.t.Fatalf("%+v, %v", about, err)
	}
	return about[0].Other.ID
}

// TestLateInTime cuts the request that makes a product, which is then carried
// out within its declared life: it is waited for, and taken over.
func TestLateInTime(t *testing.T) {
	t.Parallel()
	for _, target := range []instep.Side{instep.Right, instep.Left} {
		for _, status := range []int{0, 500, 504} {
			for _, late := range []time.Duration{time.Nanosecond, time.Second, lateLife} {
				lately(t, target, target == instep.Right, []lateStep{{Late: late, Status: status}}, func(w *lateWorld) {
					for i := range 6 {
						counts, reviews := w.run(i > 2)
						if w.made() != 1 || w.sent() != 1 || (counts.Writes() == 1) != (i == 0) || len(reviews) != 0 {
							t.Errorf("%v, %d, %v late: run %d: %d records, sent %d times, %v, reviews %v",
								target, status, late, i, w.made(), w.sent(), counts.LogValue(), reviews)
						}
						time.Sleep(time.Hour)
					}
					if got, want := w.linked(), map[instep.Side]string{instep.Left: "A-1", instep.Right: "1"}[target]; got != want {
						t.Errorf("%v, %d, %v late: linked with %q, want %q", target, status, late, got, want)
					}
				})
			}
		}
	}
}

// TestLaterThanDeclared has systems take longer than their clients were told:
// the request was looked for twice, not found, and sent again.
func TestLaterThanDeclared(t *testing.T) {
	t.Parallel()
	const queue = 2 * certain                             // how long the first request waits
	differs := []string{"found_differs", "found_differs"} // one for each of the two
	tests := []struct {
		name       string
		target     instep.Side
		duplicates bool
		again      time.Duration // how long the second one waits before it is carried out, and answered
		made       int
		edited     bool     // whether a person edits the record that the engine does not know for its own
		refused    bool     // whether the engine hears of a refusal
		review     []string // what a person is asked after all of it, if anything
	}{
		// The second request is the one that is carried out. The first one is
		// refused when its time comes, and nobody needs to hear of it.
		{"refused unheard by Netvisor", instep.Right, false, 0, 1, false, false, nil},
		{"refused unheard by Rackbeat", instep.Left, false, 0, 1, false, false, nil},
		// The second request waits as well, and the first one comes before it.
		// What has the code is then another record than was sent...
		{"refused by Netvisor", instep.Right, false, certain + time.Second, 1, true, true, differs},
		{"refused by Rackbeat", instep.Left, false, certain + time.Second, 1, true, true, differs},
		// ...or the very one: once it is read, there is nothing left to ask.
		{"refused by Netvisor, the same", instep.Right, false, certain + time.Second, 1, false, true, nil},
		{"refused by Rackbeat, the same", instep.Left, false, certain + time.Second, 1, false, true, nil},
		// Nothing keeps the two apart but the person who is asked.
		{"made twice, the second first", instep.Right, true, 0, 2, true, false, []string{"linked_elsewhere"}},
		{"made twice, in order", instep.Right, true, certain + time.Second, 2, true, false, []string{"linked_elsewhere"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			steps := []lateStep{{Late: queue}, {Delay: tt.again}}
			lately(t, tt.target, tt.duplicates, steps, func(w *lateWorld) {
				counts, reviews := w.run(false)
				if told := counts.Of(instep.Review) == 1 && slices.Equal(reviews, []string{"taken"}); told != tt.refused {
					t.Errorf("refused: %v, and told: %v, %v", tt.refused, counts.LogValue(), reviews)
				}
				time.Sleep(queue)
				if w.made() != tt.made || w.sent() != 2 {
					t.Fatalf("%d records, sent %d times", w.made(), w.sent())
				}
				if tt.edited {
					w.editStray()
				}
				w.settled(tt.review)
			})
		})
	}
}

// TestAlwaysLaterThanDeclared has every request take longer than its client was
// told: it is sent a few times, at ever longer intervals, and then a person is
// asked.
func TestAlwaysLaterThanDeclared(t *testing.T) {
	t.Parallel()
	for queue, most := range map[time.Duration]int{80 * time.Second: 2, 10 * time.Minute: 3, 3 * time.Hour: 5} {
		var steps []lateStep
		for range 50 {
			steps = append(steps, lateStep{Late: queue})
		}
		lately(t, instep.Right, true, steps, func(w *lateWorld) {
			for range 40 {
				w.run(false)
				time.Sleep(15 * time.Minute)
			}
			counts, reviews := w.run(true)
			if w.sent() > most || w.made() > most || w.made() > 1 && len(reviews) == 0 || counts.Writes() != 0 {
				t.Errorf("%v late: %d records, sent %d times, %v, reviews %v", queue, w.made(), w.sent(), counts.LogValue(), reviews)
			}
		})
	}
}

// editStray has a person edit the record that the engine does not know for its
// own: it would show if that was written to.
func (w *lateWorld) editStray() {
	w.t.Helper()
	if w.target == instep.Left {
		if err := w.rackbeat.Edit("A-1", func(p *rackbeattest.Product) { p.Name = "Kahvi, tumma" }); err != nil {
			w.t.Fatal(err)
		}
		return
	}
	stray := 1
	if w.linked() == "1" {
		stray = 2
	}
	if err := w.netvisor.Edit(stray, func(p *netvisortest.Product) { p.Name = "Kahvi, tumma" }); err != nil {
		w.t.Fatal(err)
	}
}

// settled goes on for three days of runs: nothing is sent any more, nothing is
// written over, and the person is asked for as long as there is no answer.
func (w *lateWorld) settled(want []string) {
	w.t.Helper()
	before, sent := w.records(), w.sent()
	for i := range 6 {
		counts, reviews := w.run(i%2 == 1)
		if !slices.Equal(reviews, want) || counts.Of(instep.Review) != len(want) {
			w.t.Errorf("run %d: %v wait for a person, want %v; its summary is %v", i, reviews, want, counts.LogValue())
		}
		if d := cmp.Diff(before, w.records()); d != "" || w.sent() != sent || counts.Writes() != 0 {
			w.t.Errorf("run %d: %d writes, sent %d times more\n%s", i, counts.Writes(), w.sent()-sent, d)
		}
		time.Sleep(13 * time.Hour)
	}
	if !slices.Contains(want, "found_differs") && w.linked() == "" {
		w.t.Error("the product is not linked")
	}
}

// TestLateOverSockets has the whole program meet systems on the other side of a
// socket, one of which cuts two requests and carries them out late.
func TestLateOverSockets(t *testing.T) {
	t.Parallel()
	f, err := openFakes(&settings{state: t.TempDir(), sizes: catalogue.Sizes{Products: 60}, registers: []*register{&products}, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	adds := func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Get("method") == "add" }
	f.netvisor.Script(
		lateStep{Match: adds, Late: 100 * time.Millisecond},
		lateStep{Match: adds, Late: 50 * time.Millisecond, Status: http.StatusGatewayTimeout},
	)
	args := []string{
		"-state", t.TempDir(), "-apply", "-json", "-rackbeat", f.rackbeat.Start(t), "-netvisor", f.netvisor.Start(t) + "/",
		"-request-life", "1s", "-per-minute", "-1",
	}
	env := map[string]string{}
	for _, name := range []string{
		"RACKBEAT_KEY", "RACKBEAT_CONSUMER_NAME", "RACKBEAT_CONSUMER_EMAIL", "NETVISOR_CUSTOMER_ID", "NETVISOR_CUSTOMER_KEY",
		"NETVISOR_PARTNER_ID", "NETVISOR_PARTNER_KEY", "NETVISOR_ORGANISATION_ID",
	} {
		env[name] = f.getenv(name)
	}
	for i := range 3 {
		r := execute(t, env, args...)
		if r.status != exitDone {
			t.Fatalf("run %d: status %d, %s", i, r.status, r.err)
		}
		if sum := lastLine(t, []byte(r.out)); i == 2 && sum.Requests.Write != 0 {
			t.Errorf("the third run is not empty: %+v", sum)
		}
	}
	adding, late := map[string]int{}, 0
	for _, p := range f.netvisor.Products() {
		adding[p.Code]++
	}
	for _, r := range f.netvisor.Requests() {
		if r.Late > 0 && r.Handled {
			late++
		}
	}
	for _, p := range f.rackbeat.Products() {
		if n := adding[p.Number]; n > 1 && p.Number != catalogue.DuplicateCode {
			t.Errorf("%q is %d times in Netvisor", p.Number, n)
		}
	}
	if late != 2 {
		t.Errorf("%d requests were carried out late, want 2", late)
	}
}
