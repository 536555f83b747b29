package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestDefectFlipFlop: tools that queue values write one to the other side that
// has been overtaken, take its echo for an edit, and from then on the two sides
// exchange old values. Here only what stands there now is written, once for
// each edit, and an echo that comes late is no edit.
func TestDefectFlipFlop(t *testing.T) {
	t.Parallel()
	t.Run("edited and turned back before it was read", func(t *testing.T) {
		t.Parallel()
		stock, books, e, _ := linkedPair(t, nil)
		for _, name := range []string{"Kahvi 2", "Kahvi"} {
			stock.edit("A", "name", instep.String(name))
		}
		mustRun(t, e, nil)
		checkInStep(t, e, stock, books)
	})
	t.Run("both sides in turn", func(t *testing.T) {
		t.Parallel()
		stock, books, e, _ := linkedPair(t, nil)
		for i := range 6 {
			name := fmt.Sprintf("Kahvi %d", i)
			if i%2 == 0 {
				stock.edit("A", "name", instep.String(name))
			} else {
				books.edit("b001", "title", instep.String(name))
			}
			for range 3 {
				mustRun(t, e, nil)
			}
			wantBoth(t, stock, books, name)
			if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 1 {
				t.Errorf("edit %d was written %d times: %v", i, len(w), w)
			}
		}
		checkInStep(t, e, stock, books)
	})
}

// TestDefectLateEcho: of the values 2 and then 1 that were written, a list that
// lags shows 2 once more. It is not written back.
func TestDefectLateEcho(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.ReadLag = 10 * time.Second }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	for _, name := range []string{"Kahvi 2", "Kahvi 1"} {
		c.now = c.now.Add(time.Minute)
		stock.edit("A", "name", instep.String(name))
		mustRun(t, e, nil)
	}
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("title", instep.String("Kahvi 2"))
		return r
	}
	for range 3 {
		c.now = c.now.Add(time.Second)
		mustRun(t, e, sweep())
	}
	books.stale = nil
	c.now = c.now.Add(time.Minute)
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "Kahvi 1")
	if w := stock.takeWrites(); len(w) != 0 {
		t.Errorf("the echo was written back: %v", w)
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

func wantBoth(t *testing.T, stock, books *system, name string) {
	t.Helper()
	got := stock.records["A"].Get("name").String() + ", " + books.records["b001"].Get("title").String()
	if got != name+", "+name {
		t.Errorf("the two are called %s, not %s", got, name)
	}
}

// TestDefectQuarrel: two automations, one in each system, that each insist on
// their own value have kept tools writing for ever. Here the field is left
// alone after some turns, until a person has looked, and other fields flow on.
func TestDefectQuarrel(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	n := 0
	for range 12 {
		stock.edit("A", "name", instep.String("tämä"))
		mustRun(t, e, nil)
		books.edit("b001", "title", instep.String("tuo"))
		mustRun(t, e, nil)
		n += len(stock.takeWrites()) + len(books.takeWrites())
	}
	if n > 16 {
		t.Errorf("%d writes for a field that two automations turn back and forth", n)
	}
	onlyReview(t, e, "turned")
}

// TestDefectLateCreate: a create that is answered by "too many requests" or not
// at all, and that the vendor carries out when its retry has been sent, leaves
// two records. Here a create is sent again only when its time is over and
// nothing of it is to be found.
func TestDefectLateCreate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		late time.Duration // after this the vendor carries it out; the declared life is a minute
	}{
		{"timed out", context.DeadlineExceeded, 50 * time.Second},
		{"no reply", &instep.Error{Kind: instep.Lost}, 50 * time.Second},
		{"throttled, but perhaps queued", &instep.Error{Kind: instep.Lost, Status: 429, RetryAfter: time.Second}, 50 * time.Second},
		{"throttled, and said to be refused", &instep.Error{Kind: instep.RateLimited, Status: 429, RetryAfter: time.Second}, 20 * time.Second},
		{"not available", &instep.Error{Kind: instep.Unavailable, Status: 503}, 20 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stock, books := twoSystems()
				stock.put("A", stockRecord("A", "Kahvi", "1")...)
				books.life = time.Minute
				books.block = func(op instep.Op) error {
					books.block = nil
					time.AfterFunc(test.late, func() { books.carryOut(op) })
					return test.err
				}
				e := newEngine(t, memory.New(), nil, pairOf(stock, books))
				for range 4 {
					mustRun(t, e, nil)
					time.Sleep(30 * time.Second)
				}
				oneEach(t, stock, books)
				if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "b001" || x.State != instep.InStep {
					t.Errorf("it is linked with %q: %s", x.Other.ID, x.State)
				}
				if w := books.takeWrites(); len(w) != 1 {
					t.Errorf("written: %v", w)
				}
				checkInStep(t, e, stock, books)
			})
		})
	}
}

// TestDefectStaleDailyFile: a file of yesterday that is delivered after our own
// write has had tools revert what they had just written, and take for deleted
// what they had just made. Here what a file shows of a field tells nothing if
// it is older than our own write to it.
func TestDefectStaleDailyFile(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	books.asOf = c.now
	mustRun(t, e, nil)

	c.now = c.now.Add(24 * time.Hour)
	yesterday := c.now.Add(-time.Hour)
	books.asOf = yesterday
	stock.edit("A", "name", instep.String("Kahvia"))
	stock.put("B", stockRecord("B", "Tee", "2")...)
	mustRun(t, e, nil)
	if len(books.takeWrites()) != 3 || len(books.records) != 2 {
		t.Fatalf("%d records in the books", len(books.records))
	}
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("title", instep.String("Kahvi"))
		return r
	}
	books.order = func(ids []string) { ids[len(ids)-1] = "b001" } // the file does not hold b002
	stock.edit("A", "price", instep.Number(instep.MustDecimal("7")))
	for range 3 {
		c.now = c.now.Add(6 * time.Hour)
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "Kahvia")
	if diff := gocmp.Diff([]string{"update b001 net_price"}, append(stock.takeWrites(), books.takeWrites()...)); diff != "" {
		t.Errorf("writes because of an old file (-want +got):\n%s", diff)
	}
	oneEach(t, stock, books)
	books.stale, books.order, books.asOf = nil, func(ids []string) { slices.Sort(ids) }, c.now
	checkInStep(t, e, stock, books)
}

// TestDefectResurrectedDelete: where an update is answered by "not found", tools
// have made the record anew that a person had just deleted. Here the record is
// looked for, and stays away, whatever is edited on the other side from then
// on.
func TestDefectResurrectedDelete(t *testing.T) {
	t.Parallel()
	for name, right := range map[string]func(*system) instep.Source{
		"asked by field":     func(s *system) instep.Source { return s },
		"not asked by field": func(s *system) instep.Source { return blindList{s} },
		"only listed": func(s *system) instep.Source {
			s.traits = func(t *instep.Traits) { t.Snapshot = true }
			return &onlyListed{s, s, s}
		},
	} {
		for _, when := range []string{"before the run", "before the write"} {
			t.Run(name+", deleted "+when, func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				stock.put("A", stockRecord("A", "Kahvi", "1")...)
				e := newEngine(t, memory.New(), nil, ownedByBoth(stock, right(books)))
				mustRun(t, e, nil)
				books.takeWrites()
				if when == "before the run" {
					books.remove("b001")
				}
				books.block = func(op instep.Op) error {
					books.remove(op.Ref.ID)
					return nil
				}
				for i := range 3 {
					stock.edit("A", "name", instep.String(strings.Repeat("Kahvi ", i+1)))
					mustRun(t, e, nil)
					mustRun(t, e, sweep())
				}
				if w := books.takeWrites(); len(w) != 0 || len(books.records) != 0 {
					t.Errorf("what a person has deleted was made anew: %v", w)
				}
				if x := explainOne(t, e, stock.ref("A")); x.State != instep.Review && x.State != instep.Gone && x.Message.Code != "vanished" {
					t.Errorf("nobody is told: %s %s", x.State, x.Message.Code)
				}
			})
		}
	}
}

// onlyListed is a system of which records cannot be read one by one.
type onlyListed struct {
	instep.Source
	instep.Sink
	instep.Traiter
}

// TestDefectPartialBatch: of a call of which some was carried out, tools have
// sent all once more. Here each op has its own answer; where there is none, it
// is found out what was done, and only what was not is sent again.
func TestDefectPartialBatch(t *testing.T) {
	t.Parallel()
	lost := &instep.Error{Kind: instep.Lost}
	for _, test := range []struct {
		name  string
		reply func(done []instep.Result) ([]instep.Result, error)
	}{
		{"each is answered", func(done []instep.Result) ([]instep.Result, error) {
			busy := instep.Result{Err: &instep.Error{Kind: instep.RateLimited}}
			return append(done, busy, busy), nil
		}},
		{"some answers are missing", func(done []instep.Result) ([]instep.Result, error) {
			return append(done[:1], instep.Result{Err: lost}, instep.Result{Err: lost}, instep.Result{Err: lost}), nil
		}},
		{"the reply is lost", func([]instep.Result) ([]instep.Result, error) { return nil, lost }},
		{"the reply is cut off", func(done []instep.Result) ([]instep.Result, error) { return done, nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, right := twoSystems()
			books := newTokened(right)
			books.cut = func(call int, ops []instep.Op, send func([]instep.Op) []instep.Result) ([]instep.Result, error) {
				if call > 1 {
					return send(ops), nil
				}
				return test.reply(send(ops[:2]))
			}
			e := newEngine(t, memory.New(), nil, pairOf(stock, books))
			for _, name := range []string{"uusi", "muutettu"} { // created, then updated
				for i := range 4 {
					code := fmt.Sprintf("P%d", i)
					stock.put(code, stockRecord(code, fmt.Sprintf("%s %d", name, i), "1")...)
				}
				books.calls = nil
				mustRun(t, e, nil)
				mustRun(t, e, nil)
				want := [][]string{{name + " 0", name + " 1", name + " 2", name + " 3"}, {name + " 2", name + " 3"}}
				if diff := gocmp.Diff(want, books.calls); diff != "" || len(books.records) != 4 {
					t.Errorf("%d records, and calls (-want +got):\n%s", len(books.records), diff)
				}
			}
			books.takeWrites()
			checkInStep(t, e, stock, right)
		})
	}
}
