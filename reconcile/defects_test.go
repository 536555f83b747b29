package reconcile_test

import (
	"context"
	"fmt"
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

func (v *tokened) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
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

// TestDefectLateCreateIsTold: a vendor says that it has refused a create, and
// carries it out nevertheless when it has been sent again. Nobody can keep the
// second record from being made then, but it is shown to a person, not linked,
// and not brought over as something new.
func TestDefectLateCreateIsTold(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	var refused instep.Op
	books.block = func(op instep.Op) error {
		books.block, refused = nil, op
		return &instep.Error{Kind: instep.RateLimited, Status: 429}
	}
	e := newEngine(t, memory.New(), nil, ownedByBoth(stock, books))
	mustRun(t, e, nil)
	mustRun(t, e, nil)
	books.carryOut(refused)
	for range 2 {
		mustRun(t, e, nil)
		mustRun(t, e, sweep())
	}
	if r := onlyReview(t, e, "linked_elsewhere"); r.Right.Ref.ID != "b002" {
		t.Errorf("a person is asked about %q", r.Right.Ref.ID)
	}
	if w := stock.takeWrites(); len(w) != 0 || len(books.records) != 2 {
		t.Errorf("%d records in the books, written to the stock: %v", len(books.records), w)
	}
}
