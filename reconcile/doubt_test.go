package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

func mustRun(t *testing.T, e *reconcile.Engine, sel *reconcile.Select) reconcile.Summary {
	t.Helper()
	s, err := e.Run(t.Context(), sel)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return s
}

type wrapped struct {
	*system
	write  func(ctx context.Context, ops []instep.Op) ([]instep.Result, error)
	traits func(*instep.Traits)
}

func (w *wrapped) Traits() instep.Traits {
	tr := w.system.Traits()
	if w.traits != nil {
		w.traits(&tr)
	}
	return tr
}
func (w *wrapped) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	if w.write != nil {
		return w.write(ctx, ops)
	}
	return w.system.Write(ctx, ops)
}

func pairW(l, r instep.Source) reconcile.Pair {
	return reconcile.Pair{Name: "products", Left: l, Right: r, Mapping: mapping(), Flow: instep.ToRight}
}
func both(p reconcile.Pair) reconcile.Pair {
	p.Mapping.Rules = slices.Clone(p.Mapping.Rules)
	for i := range p.Mapping.Rules {
		p.Mapping.Rules[i].Owner = instep.BothOwn
	}
	return p
}

// A whole call fails with an unclassified error, the request is carried out a little later.
func TestUnclassifiedCallError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, e1 := range []error{errors.New("EOF"), &instep.Error{Kind: instep.Malformed}, context.DeadlineExceeded} {
			stock, books := twoSystems()
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			books.life = 30 * time.Millisecond
			w := &wrapped{system: books}
			n, late := 0, make(chan bool)
			w.write = func(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
				if n++; n == 1 {
					go func() { time.Sleep(15 * time.Millisecond); books.carryOut(ops[0]); close(late) }()
					return nil, e1
				}
				return books.Write(ctx, ops)
			}
			e := newEngine(t, memory.New(), nil, pairW(stock, w))
			e.Run(t.Context(), nil)
			e.Run(t.Context(), nil)
			<-late
			if len(books.records) != 1 {
				t.Errorf("%v: sent anew %s after the first without having looked for as long as a request lives: %d records", e1, "at once", len(books.records))
			}
		}
	})
}

// An op comes back Canceled though the caller has not stopped.
func TestCanceledWithoutStop(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	w := &wrapped{system: books}
	store := memory.New()
	e := newEngine(t, store, nil, pairW(stock, w))
	mustRun(t, e, nil)
	stock.edit("A-000", "name", instep.String("neu"))
	w.write = func(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
		out := make([]instep.Result, len(ops))
		for i := range out {
			out[i].Err = instep.Canceled
		}
		return out, nil
	}
	mustRun(t, e, nil)
	w.write = nil
	mustRun(t, e, nil)
	mustRun(t, e, nil)
	if got := books.records["100"].Get("title"); got != instep.String("neu") {
		t.Errorf("the edit is lost until a sweep: %s", got)
	}
}

// The write call itself took longer than RequestLife before its reply was lost.
func TestLifeCountsFromAnnounce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stock, books := twoSystems()
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		books.life = 60 * time.Millisecond
		w := &wrapped{system: books}
		n := 0
		done := make(chan bool)
		w.write = func(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
			if n++; n == 1 {
				time.Sleep(80 * time.Millisecond) // waiting for a limiter, then sent; the reply is lost at once
				go func() { time.Sleep(30 * time.Millisecond); books.carryOut(ops[0]); close(done) }()
				return []instep.Result{{Err: &instep.Error{Kind: instep.Lost}}}, nil
			}
			return books.Write(ctx, ops)
		}
		e := newEngine(t, memory.New(), nil, pairW(stock, w))
		mustRun(t, e, nil)
		<-done
		if len(books.records) != 1 {
			t.Errorf("%d records; late commit 30 ms after it was sent, declared life 60 ms", len(books.records))
		}
	})
}

// One record is written both ways; the first write's reply is lost.
func TestOtherDirectionAfterLostReply(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, both(pairW(stock, books)))
	mustRun(t, e, nil)
	stock.edit("A-000", "name", instep.String("neu"))
	books.edit("100", "net_price", instep.Number(instep.MustDecimal("77")))
	n := 0
	books.fault = func(string) (bool, bool) { n++; return n == 1, false }
	for range 3 {
		mustRun(t, e, nil)
	}
	if got := stock.records["A-000"].Get("price").String(); got != "77" {
		t.Errorf("price edited in the books is %s in the stock after 3 runs", got)
	}
}

// versioned checks versions.
type versioned struct{ *system }

func (v *versioned) Traits() instep.Traits { tr := v.system.Traits(); tr.IfVersion = true; return tr }
func (v *versioned) ver(r *instep.Record)  { r.Version = fmt.Sprint(v.changed[r.Ref.ID]) }
func (v *versioned) Read(ctx context.Context, c instep.Cursor) (instep.Page, error) {
	p, err := v.system.Read(ctx, c)
	for i := range p.Records {
		v.ver(&p.Records[i])
	}
	return p, err
}
func (v *versioned) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	p, err := v.system.Get(ctx, refs)
	for i := range p {
		v.ver(&p[i])
	}
	return p, err
}
func (v *versioned) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i, op := range ops {
		if op.Expect != "" && op.Expect != fmt.Sprint(v.changed[op.Ref.ID]) {
			out[i].Err = &instep.Error{Kind: instep.Conflict}
			continue
		}
		out[i] = v.writeOne(op)
		out[i].Version = fmt.Sprint(v.changed[out[i].Ref.ID])
	}
	return out, nil
}

// A conflict on one field and a write of another, vendor checks versions.
func TestConflictBehindAWrite(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, both(pairW(&versioned{stock}, &versioned{books})))
	mustRun(t, e, nil)
	stock.edit("A-000", "name", instep.String("vasen"))
	stock.edit("A-000", "price", instep.Number(instep.MustDecimal("99")))
	books.edit("100", "title", instep.String("oikea"))
	for range 3 {
		mustRun(t, e, nil)
	}
	t.Log(stock.writes, books.writes)
	l, r := stock.records["A-000"].Get("name").String(), books.records["100"].Get("title").String()
	if l != "vasen" || r != "oikea" {
		t.Errorf("a conflict was settled without a person: %s %s", l, r)
	}
}

// An unmapped field is edited, so that only the version moves.
func TestStaleVersion(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, pairW(stock, &versioned{books}))
	mustRun(t, e, nil)
	books.edit("100", "note", instep.String("unmapped"))
	mustRun(t, e, nil)
	stock.edit("A-000", "name", instep.String("neu"))
	for range 3 {
		mustRun(t, e, nil)
	}
	if got := books.records["100"].Get("title").String(); got != "neu" {
		t.Errorf("title is %q after 3 runs", got)
	}
}

// A record without counterpart goes away, and its counterpart appears.
func TestMeetingWithTheDead(t *testing.T) {
	for _, sweep := range []bool{true, false} {
		for _, name := range []string{"Vain kirjoissa", "anders"} {
			stock, books := twoSystems()
			fill(stock, books)
			e := newEngine(t, memory.New(), nil, pairW(stock, books))
			mustRun(t, e, nil) // 301 ONLY is unmatched
			books.remove("301")
			stock.put("ONLY", stockRecord("ONLY", name, "3")...)
			for i := range 3 {
				if _, err := e.Run(t.Context(), &reconcile.Select{Sweep: sweep}); err != nil {
					t.Errorf("sweep %t, %s: run %d: %v", sweep, name, i+1, err)
				}
			}
			n := 0
			for _, f := range books.records {
				if f.Get("code").String() == "ONLY" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("sweep %t, %s: ONLY is %d times in the books", sweep, name, n)
			}
		}
	}
}

// First load from the right, one create's reply is lost and it was not done.
func TestFirstLoadFromRightLostReply(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	n := 0
	stock.fault = func(string) (bool, bool) { n++; return n == 1, true }
	p := pairW(stock, books)
	p.First = instep.Right
	e := newEngine(t, memory.New(), nil, p)
	for range 3 {
		mustRun(t, e, nil)
	}
	if _, ok := stock.records["ONLY"]; !ok {
		t.Error("ONLY was never created in the stock")
	}
}

// P9: no Finder; the create is carried out late, within its declared life.
type noFinder struct{ s *system }

func (n *noFinder) Read(ctx context.Context, c instep.Cursor) (instep.Page, error) {
	return n.s.Read(ctx, c)
}
func (n *noFinder) Get(ctx context.Context, r []instep.Ref) ([]instep.Record, error) {
	return n.s.Get(ctx, r)
}
func (n *noFinder) Write(ctx context.Context, o []instep.Op) ([]instep.Result, error) {
	return n.s.Write(ctx, o)
}
func (n *noFinder) Traits() instep.Traits { return n.s.Traits() }

func TestNoFinderResendsBlindly(t *testing.T) {
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.life = time.Hour
	var late []instep.Op
	books.block = func(op instep.Op) error {
		books.block = nil
		late = append(late, op)
		return &instep.Error{Kind: instep.Lost}
	}
	e := newEngine(t, memory.New(), nil, pairW(stock, &noFinder{books}))
	mustRun(t, e, nil)
	for _, op := range late {
		books.carryOut(op)
	}
	for range 2 {
		mustRun(t, e, nil)
	}
	if len(books.records) != 1 {
		t.Errorf("%d records, want 1; neither waited nor asked a person", len(books.records))
	}
}

// Killed after a create, and its code is changed before the next run.
func TestCodeChangedWhileInDoubt(t *testing.T) {
	stock, books := twoSystems()
	stock.uid = map[string]string{"A": "u1"}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	store := memory.New()
	n := 0
	dead := false
	books.fault = func(string) (bool, bool) { n++; dead = true; return true, false }
	e := newEngine(t, killStore{store, &dead}, nil, pairW(stock, books))
	_, err := e.Run(t.Context(), nil)
	if err == nil {
		t.Fatal("not killed")
	}
	books.fault = nil
	stock.rename("A", "B")
	e = newEngine(t, store, nil, pairW(stock, books))
	for range 3 {
		mustRun(t, e, nil)
	}
	if len(books.records) != 1 {
		t.Errorf("one product in the stock, %d in the books: %v", len(books.records), books.records)
	}
}

func TestCodeEditedWhileInDoubt(t *testing.T) { // id stays
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("7", stockRecord("A", "Kahvi", "1")...)
	store := memory.New()
	dead := false
	books.fault = func(string) (bool, bool) { dead = true; return true, false }
	e := newEngine(t, killStore{store, &dead}, nil, pairW(stock, books))
	if _, err := e.Run(t.Context(), nil); err == nil {
		t.Fatal("not killed")
	}
	books.fault = nil
	stock.edit("7", "number", instep.String("B"))
	e = newEngine(t, store, nil, pairW(stock, books))
	for range 3 {
		mustRun(t, e, nil)
	}
	if len(books.records) != 1 {
		t.Errorf("one product in the stock, %d in the books: %v", len(books.records), books.records)
	}
}

type killStore struct {
	instep.Checkpoint
	dead *bool
}

func (s killStore) Unwrap() any { return s.Checkpoint }
func (s killStore) Commit(ctx context.Context, b *instep.Batch) error {
	if *s.dead {
		return errDead
	}
	return s.Checkpoint.Commit(ctx, b)
}

// Killed after an update; the mapping's rules are reordered before the next run.
func TestMappingChangedWhileInDoubt(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	e := newEngine(t, store, nil, both(pairW(stock, books)))
	mustRun(t, e, nil)
	stock.edit("A-000", "name", instep.String("neu"))
	dead := false
	books.fault = func(string) (bool, bool) { dead = true; return true, false }
	e = newEngine(t, killStore{store, &dead}, nil, both(pairW(stock, books)))
	if _, err := e.Run(t.Context(), nil); err == nil {
		t.Fatal("not killed")
	}
	books.fault = nil
	stock.edit("A-000", "price", instep.Number(instep.MustDecimal("77")))
	p := both(pairW(stock, books))
	slices.Reverse(p.Mapping.Rules)
	e = newEngine(t, store, nil, p)
	for range 3 {
		mustRun(t, e, nil)
	}
	if got := books.records["100"].Get("net_price").String(); got != "77" {
		t.Errorf("the price is %s", got)
	}
}

// A record that is gone stays reported.
func TestGoneStays(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	e := newEngine(t, store, nil, pairW(stock, books))
	mustRun(t, e, nil)
	stock.remove("A-000")
	mustRun(t, e, &reconcile.Select{Sweep: true})
	for i := range 3 {
		mustRun(t, e, nil)
		n := 0
		for w, err := range store.Open(t.Context(), "products") {
			if err != nil {
				t.Fatal(err)
			}
			if w.Mark != nil && w.Mark.Outcome == instep.Gone {
				n++
			}
		}
		if n != 1 {
			t.Errorf("run %d after: %d marks say gone", i+1, n)
		}
	}
}

// A linked record that waits for a person is renamed.
func TestRenameOfAMarkedLink(t *testing.T) {
	stock, books := twoSystems()
	stock.uid = map[string]string{"A": "u1"}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, pairW(stock, books))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("a name that is too long for the books"))
	mustRun(t, e, nil) // unfit
	stock.rename("A", "B")
	for range 2 {
		mustRun(t, e, nil)
	}
	stock.edit("B", "name", instep.String("kurz"))
	for range 3 {
		mustRun(t, e, nil)
	}
	if len(books.records) != 1 {
		t.Errorf("one product in the stock, %d in the books: %v", len(books.records), books.records)
	}
}
