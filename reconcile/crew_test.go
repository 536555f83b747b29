package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// busy is a system that takes its time for each call, and notes how many
// were under way at once.
type busy struct {
	*system
	rnd  *rand.Rand // guarded by mu
	mu   sync.Mutex
	now  int
	most int
}

func (b *busy) wait() {
	b.mu.Lock()
	d := time.Duration(1+b.rnd.IntN(100)) * time.Millisecond
	b.now++
	b.most = max(b.most, b.now)
	b.mu.Unlock()
	time.Sleep(d)
	b.mu.Lock()
	b.now--
	b.mu.Unlock()
}

func (b *busy) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	b.wait()
	return b.system.Write(ctx, ops)
}

func (b *busy) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	b.wait()
	return b.system.Get(ctx, refs)
}

func (b *busy) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	b.wait()
	return b.system.Find(ctx, field, values)
}

// stoppable is a store whose process can be killed: nothing is committed after.
type stoppable struct {
	instep.Checkpoint
	dead    atomic.Bool
	takes   time.Duration // each commit
	commits atomic.Int64
}

func (m *stoppable) Unwrap() any { return m.Checkpoint }

func (m *stoppable) Commit(ctx context.Context, b *instep.Batch) error {
	if m.dead.Load() {
		return errDead
	}
	m.commits.Add(1)
	time.Sleep(m.takes)
	return m.Checkpoint.Commit(ctx, b)
}

// TestWritesInFlight offers as many writes at once as the vendor takes, and
// no more, and never when everything is to be done in a row.
func TestWritesInFlight(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		inFlight int
		serial   bool
		want     int
	}{{0, false, 1}, {1, false, 1}, {4, false, 4}, {100, false, 20}, {4, true, 1}} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stock, books := twoSystems()
				for i := range 60 {
					code := fmt.Sprintf("A-%03d", i)
					stock.put(code, stockRecord(code, "Kahvi", "1")...)
				}
				b := &busy{system: books, rnd: rand.New(rand.NewPCG(1, 1))}
				books.traits = func(t *instep.Traits) { t.MaxInFlight, t.MaxBatch = test.inFlight, 3 }
				e := newEngine(t, memory.New(), &reconcile.Options{Serial: test.serial}, pairOf(stock, b))
				mustRun(t, e, nil)
				if len(books.records) != 60 || b.most != test.want {
					t.Errorf("%d records, %d calls at once; want 60 and %d", len(books.records), b.most, test.want)
				}
				books.takeWrites()
				checkInStep(t, e, stock, books)
			})
		})
	}
}

// TestWritesInFlightWithFaults loses replies, refuses records and stops the
// process while several writes are under way.
func TestWritesInFlightWithFaults(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 5))
			stock, books := twoSystems()
			for i := range 40 {
				code := fmt.Sprintf("A-%03d", i)
				stock.put(code, stockRecord(code, "Kahvi", "1")...)
				if i%3 == 0 {
					books.put(fmt.Sprint(i), booksRecord(code, "Vanha", "2")...)
				}
			}
			b := &busy{system: books, rnd: rnd}
			books.life = time.Minute
			books.traits = func(t *instep.Traits) { t.MaxInFlight, t.MaxBatch = 5, 2 }
			store := &stoppable{Checkpoint: memory.New(), takes: time.Duration(seed%3) * 40 * time.Millisecond}
			quiet := false
			books.fault = func(string) (bool, bool) {
				b.mu.Lock()
				defer b.mu.Unlock()
				if quiet {
					return false, false
				}
				if rnd.IntN(60) == 0 {
					store.dead.Store(true)
				}
				return rnd.IntN(5) == 0, rnd.IntN(2) == 0
			}
			for range 4 {
				store.dead.Store(false)
				_, _ = newEngine(t, store, nil, pairOf(stock, b)).Run(t.Context(), nil)
			}
			store.dead.Store(false)
			quiet = true
			e := newEngine(t, store, nil, pairOf(stock, b))
			for range 3 {
				mustRun(t, e, nil)
				time.Sleep(24 * time.Hour) // a create lost again and again waits longer each time
			}
			got := map[string]int{}
			for id := range books.records {
				got[books.records[id].Get("code").String()]++
			}
			want := map[string]int{}
			for id := range stock.records {
				want[id] = 1
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d: %s", seed, diff)
			}
			stock.takeWrites()
			books.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}

// TestCommitsTogether has the commits of calls under way take longer than the
// calls: those that wait become one, and none is lost.
func TestCommitsTogether(t *testing.T) {
	t.Parallel()
	commits := map[int]int64{}
	for _, inFlight := range []int{1, 5} {
		synctest.Test(t, func(t *testing.T) {
			stock, books := twoSystems()
			for i := range 60 {
				code := fmt.Sprintf("A-%03d", i)
				stock.put(code, stockRecord(code, "Kahvi", "1")...)
			}
			books.traits = func(t *instep.Traits) { t.MaxInFlight, t.MaxBatch = inFlight, 3 }
			b := &busy{system: books, rnd: rand.New(rand.NewPCG(1, 1))}
			store := &stoppable{Checkpoint: memory.New(), takes: time.Second}
			e := newEngine(t, store, nil, pairOf(stock, b))
			mustRun(t, e, nil)
			commits[inFlight] = store.commits.Load()
			if len(books.takeWrites()) != 60 {
				t.Error("not every record was made")
			}
			checkInStep(t, e, stock, books)
		})
	}
	if commits[5]*2 > commits[1] {
		t.Errorf("%d commits where five calls are under way, and %d where one is", commits[5], commits[1])
	}
}

// TestNumbersMoveInFlight has numbers move on from record to record while the
// writes are under way: B gives its number up and A takes it.
func TestNumbersMoveInFlight(t *testing.T) {
	t.Parallel()
	seeds := uint64(100)
	if testing.Short() {
		seeds = 25
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			stock, books := twoSystems()
			const n = 12
			stock.uid = map[string]string{}
			for i := range n {
				id := fmt.Sprint(i)
				stock.put(id, stockRecord(id, "Kahvi "+id, "1")...)
				stock.uid[id] = "uid " + id
				books.put("b"+id, booksRecord(id, "Kahvi "+id, "1")...)
			}
			b := &busy{system: stock, rnd: rand.New(rand.NewPCG(seed, 7))}
			stock.traits = func(t *instep.Traits) { t.CanRename, t.MaxInFlight, t.MaxBatch = true, 4, 1 }
			stock.block = func(op instep.Op) error {
				stock.mu.Lock()
				defer stock.mu.Unlock()
				if to, ok := op.Fields.Get("number").AsString(); ok {
					if _, taken := stock.records[to]; taken && to != op.Ref.ID {
						return &instep.Error{Kind: instep.Duplicate, Op: "number"}
					}
				}
				return nil
			}
			p := pairOf(b, books)
			for i := range p.Mapping.Rules {
				p.Mapping.Rules[i].Owner = instep.BothOwn
			}
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			for i := range n { // each takes the number of the next, the last a new one
				books.edit(fmt.Sprint("b", i), "code", instep.String(fmt.Sprint(i+1)))
			}
			for range n + 3 {
				mustRun(t, e, sweep())
			}
			var got []string
			for i := range n {
				got = append(got, strings.TrimPrefix(stock.records[fmt.Sprint(i+1)].Get("name").String(), "Kahvi "))
			}
			for i, name := range got {
				if name != fmt.Sprint(i) {
					t.Fatalf("seed %d: the names in the order of numbers are %v", seed, got)
				}
			}
			stock.takeWrites()
			books.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}
