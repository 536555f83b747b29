package reconcile_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// The tests named TestDefect play what other tools have lost, doubled or
// deleted for their users, each under its own name.

// TestDefectAcknowledgedBeforeDurable: tools have moved their cursor, or told
// the source that they have its records, before what they read was on disk;
// whoever died in between never saw those records again. Here a run by changes
// dies at every commit and every send, and the next one, which reads by changes
// too, carries out all that is left, and nothing twice.
func TestDefectAcknowledgedBeforeDurable(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		stock, books, first, store := linkedPair(t, nil)
		mustRun(t, first, nil) // the first load has taken all in
		stock.put("N", stockRecord("N", "Uusi", "3")...)
		stock.edit("A", "name", instep.String("vasen"))
		books.edit("b002", "net_price", instep.Number(instep.MustDecimal("9")))
		m := &mortal{left: n}
		for _, s := range []*system{stock, books} {
			s.fault = func(string) (bool, bool) {
				before, after := m.step()
				return before || after, before
			}
		}
		_, err := newEngine(t, mortalStore{store, m}, nil, ownedByBoth(stock, books)).Run(t.Context(), nil)
		if m.dead != (err != nil) {
			t.Fatalf("event %d: dead is %t, but the run says %v", n, m.dead, err)
		}
		stock.fault, books.fault = nil, nil
		e := newEngine(t, store, nil, ownedByBoth(stock, books))
		mustRun(t, e, nil)
		want := map[string]string{"A": "vasen 1", "Z": "Tee 9", "N": "Uusi 3"}
		if diff := gocmp.Diff(want, byCode(stock, "number", "name", "price")) + gocmp.Diff(want, byCode(books, "code", "title", "net_price")); diff != "" {
			t.Fatalf("killed at event %d (-want +got):\n%s", n, diff)
		}
		if w := len(stock.takeWrites()) + len(books.takeWrites()); w != 3 {
			t.Fatalf("killed at event %d: %d writes were carried out, want each of 3 once", n, w)
		}
		checkInStep(t, e, stock, books)
		if !m.dead {
			if n < 10 {
				t.Errorf("only %d places to die", n)
			}
			return
		}
	}
}

// ownedByBoth is the pair of linkedPair.
func ownedByBoth(stock, books instep.Source) reconcile.Pair {
	p := pairOf(stock, books)
	for i := range p.Mapping.Rules[1:] {
		p.Mapping.Rules[i+1].Owner = instep.BothOwn
	}
	p.Flow = instep.BothWays
	return p
}

// byCode tells name and price of every record by its code; a code that is
// there twice shows as such.
func byCode(s *system, code, name, price string) map[string]string {
	all := map[string]string{}
	for _, f := range s.records {
		key := f.Get(code).String()
		for all[key] != "" {
			key += " once more"
		}
		all[key] = f.Get(name).String() + " " + f.Get(price).String()
	}
	return all
}

// tokened is a system that gives new records a number of its own in place of
// the code that it is sent, so that only by its token can be found what was
// made there.
type tokened struct {
	*system
	token map[string]string // ids by token
	calls [][]string        // the names that each call of Write was to make
	cut   func(call int, ops []instep.Op, send func([]instep.Op) []instep.Result) ([]instep.Result, error)
}

func newTokened(s *system) *tokened {
	s.traits = func(t *instep.Traits) { t.TokenField, t.MaxBatch = "token", 4 }
	return &tokened{system: s, token: map[string]string{}}
}

func (v *tokened) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	var names []string
	for _, op := range ops {
		names = append(names, op.Fields.Get("title").String())
	}
	v.calls = append(v.calls, names)
	if v.cut != nil {
		return v.cut(len(v.calls), ops, v.carryAllOut)
	}
	return v.carryAllOut(ops), nil
}

func (v *tokened) carryAllOut(ops []instep.Op) []instep.Result {
	out := make([]instep.Result, len(ops))
	for i, op := range ops {
		v.after = func(id string) {
			v.token[op.Token] = id
			v.records[id] = v.records[id].With("code", instep.String("no. "+id))
		}
		out[i] = v.carryOut(op)
	}
	return out
}

func (v *tokened) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if field != "token" {
		return v.system.Find(ctx, field, values)
	}
	out := make([][]instep.Record, len(values))
	for i, value := range values {
		if id := v.token[value.String()]; id != "" {
			out[i] = []instep.Record{v.record(id)}
		}
	}
	return out, nil
}

// failing is a store that commits no more from a certain commit on.
type failing struct {
	instep.Checkpoint
	left  int
	broke func()
}

func (s *failing) Unwrap() any { return s.Checkpoint }

func (s *failing) Commit(ctx context.Context, b *instep.Batch) error {
	if s.left--; s.left < 0 {
		s.broke()
		return errDead
	}
	return s.Checkpoint.Commit(ctx, b)
}

// TestDefectRunRolledBack: where a whole run is one transaction of the state,
// an error at its end takes back that records were made on the other side, and
// the next run makes them a second time. Here the state fails at every commit
// of a run while the other system goes on working: nothing more is sent then,
// and what was made is recognised, also by a system that has renumbered it.
func TestDefectRunRolledBack(t *testing.T) {
	t.Parallel()
	for n := 0; ; n++ {
		stock, right := twoSystems()
		books := newTokened(right)
		store := memory.New()
		mustRun(t, newEngine(t, store, nil, pairOf(stock, books)), nil)
		for i := range 10 {
			code := fmt.Sprintf("N%d", i)
			stock.put(code, stockRecord(code, "Uusi "+code, "1")...)
		}
		broken, made := false, 0
		failing := &failing{store, n, func() {
			if !broken {
				broken, made = true, len(books.records)
			}
		}}
		_, err := newEngine(t, failing, nil, pairOf(stock, books)).Run(t.Context(), nil)
		if broken != (err != nil) {
			t.Fatalf("commit %d: failed is %t, but the run says %v", n, broken, err)
		}
		if broken && len(books.records) != made {
			t.Errorf("commit %d: %d records were made after the state had failed", n, len(books.records)-made)
		}
		e := newEngine(t, store, nil, pairOf(stock, books))
		mustRun(t, e, nil)
		if len(books.records) != 10 {
			t.Fatalf("commit %d failed: %d records, want 10", n, len(books.records))
		}
		books.takeWrites()
		checkInStep(t, e, stock, right)
		if !broken {
			if n < 4 {
				t.Errorf("only %d commits", n)
			}
			return
		}
	}
}

// stamped gives changes by a coarse stamp, a page at a time, from the stamp of
// the last on: what is known already comes again.
type stamped struct {
	*system
	stamp map[string]int // by id
	size  int
}

func (s *stamped) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	since, offset := 0, 0
	if from != "" {
		if _, err := fmt.Sscanf(string(from), "%d %d", &since, &offset); err != nil {
			return instep.Page{}, err
		}
	}
	var ids []string
	newest := since
	for id := range s.records {
		if s.stamp[id] >= since {
			ids, newest = append(ids, id), max(newest, s.stamp[id])
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.stamp[a], s.stamp[b]), cmp.Compare(a, b))
	})
	end := min(offset+s.size, len(ids))
	page := instep.Page{Records: s.recordsOf(ids[offset:end]), Next: instep.Cursor(fmt.Sprintf("%d 0", newest))}
	if page.More = end < len(ids); page.More {
		page.Next = instep.Cursor(fmt.Sprintf("%d %d", since, end))
	} else if since == 0 {
		page.Sweep = instep.Sweep{Complete: true, Total: len(ids)}
	}
	return page, nil
}

// TestDefectTieLoss: of records that were changed at the same moment, tools
// have lost those behind a page's border, or those that came after the cursor
// was taken. Here what is known already may fill whole pages before something
// new, and that which is new under an old stamp arrives, once.
func TestDefectTieLoss(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 8; size++ {
		stock, books := twoSystems()
		source := &stamped{stock, map[string]int{}, size}
		put := func(id, name string, stamp int) {
			stock.put(id, stockRecord(id, name, "1")...)
			source.stamp[id] = stamp
		}
		for i := range 7 {
			put(fmt.Sprintf("M%d", i), "Kahvi", 1+i/5) // two of stamp 2
		}
		e := newEngine(t, memory.New(), nil, pairOf(source, books))
		mustRun(t, e, nil)
		put("M5", "muutettu", 2) // within the same stamp
		put("A", "ensimmäinen", 2)
		put("Z", "viimeinen", 2)
		mustRun(t, e, nil)
		put("ZZ", "vielä yksi", 2)
		put("ZZZ", "myöhempi", 3)
		mustRun(t, e, nil)
		oneEach(t, stock, books)
		wantTitle(t, stock, books, "M5")
		if w := books.takeWrites(); len(w) != 7+3+2 {
			t.Errorf("pages of %d: %d writes, want 12: %v", size, len(w), w)
		}
		checkInStep(t, e, stock, books)
	}
}

// vanishing is a register that from some moment on lists less than there is.
type vanishing struct {
	*system
	listed int  // how many records lists show; below 0: all
	denied bool // none is found by its id either
}

func (v *vanishing) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := v.system.Read(ctx, from)
	if v.listed >= 0 && page.Sweep.Complete {
		page.Records = page.Records[:min(v.listed, len(page.Records))]
		page.Sweep.Total = len(page.Records)
	}
	return page, err
}

func (v *vanishing) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := v.system.Get(ctx, refs)
	for i := range recs {
		if v.denied {
			recs[i] = instep.Record{Ref: refs[i], Status: instep.Missing}
		}
	}
	return recs, err
}

// TestDefectEmptySweepDeletesAll: a source that lists nothing, because its
// index was stale or a right was lost, has had tools delete everything on the
// other side. Here a list alone deletes nothing: each record is asked for by
// its id, and where many are not found either, a guard stops the run.
func TestDefectEmptySweepDeletesAll(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		n       int
		listed  int
		denied  bool
		guarded bool
	}{
		{"few, none listed", 10, 0, false, false},
		{"few, some listed", 10, 4, false, false},
		{"few, none there", 10, 0, true, true},
		{"few, most not there", 10, 4, true, true},
		{"many, none listed", 60, 0, false, true},
		{"many, some listed", 60, 20, false, true},
		{"many, none there", 60, 0, true, true},
		{"many, some not there", 60, 50, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.page = test.n
			putSome(stock, test.n)
			source := &vanishing{system: stock, listed: -1}
			p := pairOf(source, books)
			p.Deletes[instep.Right] = reconcile.DeleteDeleted
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			books.takeWrites()
			source.listed, source.denied = test.listed, test.denied
			for range 3 { // as often as it likes
				if _, err := e.Run(t.Context(), sweep()); (instep.KindOf(err) == instep.Guarded) != test.guarded || !test.guarded && err != nil {
					t.Errorf("the run says %v", err)
				}
			}
			if len(books.records) != test.n {
				t.Errorf("%d of %d records are left", len(books.records), test.n)
			}
			source.listed, source.denied = -1, false
			checkInStep(t, e, stock, books)
		})
	}
}
