package reconcile_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

var errOnce = errors.New("this call has failed")

// failsOnce says of one call, the n-th, that it has failed. All others go well.
type failsOnce struct{ left atomic.Int64 }

func (f *failsOnce) step() error {
	if readsBack() || f.left.Add(-1) != 0 {
		return nil
	}
	return errOnce
}

// readsBack reports whether a write that was done is being looked at. What goes
// wrong there keeps nothing from being settled, and is not told.
func readsBack() bool {
	pcs := make([]uintptr, 30)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, ".readBack") {
			return true
		}
		if !more {
			return false
		}
	}
}

func (f *failsOnce) failed() bool { return f.left.Load() <= 0 }

// failsOnceStore is a store of which one call fails.
type failsOnceStore struct {
	instep.Checkpoint
	*failsOnce
}

func (s failsOnceStore) Unwrap() any { return s.Checkpoint }

func (s failsOnceStore) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	if err := s.step(); err != nil {
		return instep.PairState{}, err
	}
	return s.Checkpoint.Pair(ctx, pair)
}

func (s failsOnceStore) Lookup(ctx context.Context, pair string, side instep.Side, ids []string, out []instep.Known) error {
	if err := s.step(); err != nil {
		return err
	}
	return s.Checkpoint.Lookup(ctx, pair, side, ids, out)
}

func (s failsOnceStore) Links(ctx context.Context, pair string, ids []instep.LinkID) ([]instep.Link, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	return s.Checkpoint.Links(ctx, pair, ids)
}

func (s failsOnceStore) Scan(ctx context.Context, pair string, after instep.LinkID, limit int) ([]instep.Link, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	return s.Checkpoint.Scan(ctx, pair, after, limit)
}

func (s failsOnceStore) Keys(ctx context.Context, pair string, hashes []uint64) ([]instep.KeyHit, error) {
	if err := s.step(); err != nil {
		return nil, err
	}
	return s.Checkpoint.Keys(ctx, pair, hashes)
}

func (s failsOnceStore) Open(ctx context.Context, pair string) iter.Seq2[instep.OpenWork, error] {
	if err := s.step(); err != nil {
		return func(yield func(instep.OpenWork, error) bool) { yield(instep.OpenWork{}, err) }
	}
	return s.Checkpoint.Open(ctx, pair)
}

func (s failsOnceStore) Commit(ctx context.Context, b *instep.Batch) error {
	if err := s.step(); err != nil {
		return err
	}
	return s.Checkpoint.Commit(ctx, b)
}

// scene is two systems, and what is to be done with them.
type scene func(t *testing.T) (stock, books *system, store *memory.Store, pairs []reconcile.Pair)

var scenes = map[string]scene{"first load": filled, "edits": edited, "references": referring}

func filled(*testing.T) (stock, books *system, store *memory.Store, pairs []reconcile.Pair) {
	stock, books = twoSystems()
	fill(stock, books)
	return stock, books, memory.New(), []reconcile.Pair{pairOf(stock, books)}
}

// eachCallFails lets calls fail in every scene, one at a time: the run says so, and
// the runs after it bring both systems into step as if nothing had been. Over gives
// what an engine is to be over whose calls once lets fail.
func eachCallFails(t *testing.T, least int, over func(once *failsOnce, store instep.Checkpoint, pairs []reconcile.Pair) (instep.Checkpoint, []reconcile.Pair)) {
	t.Helper()
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				stock, books, store, pairs := scene(t)
				once := &failsOnce{}
				once.left.Store(int64(n))
				failing, failingPairs := over(once, store, pairs)
				_, err := newEngine(t, failing, &reconcile.Options{Serial: n%2 == 0}, failingPairs...).Run(t.Context(), nil)
				if failed := once.failed(); failed != errors.Is(err, errOnce) || !failed && err != nil {
					t.Fatalf("call %d failed is %t, but the run says %v", n, failed, err)
				}
				e := newEngine(t, store, nil, pairs...)
				mustRun(t, e, nil)
				stock.takeWrites()
				books.takeWrites()
				checkInStep(t, e, stock, books)
				oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
				if t.Failed() {
					t.Fatalf("after call %d has failed", n)
				}
				if !once.failed() {
					if n < least {
						t.Errorf("only %d calls", n)
					}
					return
				}
			}
		})
	}
}

func TestEachCallOfTheStoreFails(t *testing.T) {
	t.Parallel()
	eachCallFails(t, 10, func(once *failsOnce, store instep.Checkpoint, pairs []reconcile.Pair) (instep.Checkpoint, []reconcile.Pair) {
		return failsOnceStore{store, once}, pairs
	})
}

// edited are two systems in step in which people have then done all kinds of
// things.
func edited(t *testing.T) (stock, books *system, store *memory.Store, pairs []reconcile.Pair) {
	t.Helper()
	stock, books = twoSystems()
	stock.uid = map[string]string{}
	for _, code := range []string{"A", "B", "C", "D", "E"} {
		stock.put(code, stockRecord(code, "Kahvi "+code, "1")...)
		stock.uid[code] = "uid " + code
	}
	p := ownedByBoth(stock, books)
	p.Deletes[instep.Right] = reconcile.DeleteDeleted
	p.SweepEvery = 1 // lists are read as a whole each time
	store = memory.New()
	mustRun(t, newEngine(t, store, nil, p), nil)
	stock.edit("A", "name", instep.String("vasen"))
	books.edit("b002", "net_price", instep.Number(instep.MustDecimal("9")))
	stock.rename("C", "CC")
	stock.remove("D")
	for _, code := range []string{"N", "M"} {
		stock.put(code, stockRecord(code, "Uusi", "3")...)
		stock.uid[code] = "uid " + code
	}
	stock.remove("E")
	stock.merged["E"] = "M"
	return stock, books, store, []reconcile.Pair{p}
}

// referring are two systems of orders, in which there are orders of products
// that are new as well.
func referring(t *testing.T) (stock, books *system, store *memory.Store, pairs []reconcile.Pair) {
	t.Helper()
	products, goods := twoSystems()
	stock, books, p := orders()
	order := func(id, product string) {
		stock.put(id, append(stockRecord(id, "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String(product)})...)
	}
	products.put("A", stockRecord("A", "Kahvi", "1")...)
	order("O1", "A")
	store, pairs = memory.New(), []reconcile.Pair{p, pairOf(products, goods)}
	mustRun(t, newEngine(t, store, nil, pairs...), nil)
	products.put("B", stockRecord("B", "Tee", "1")...)
	order("O2", "B")
	stock.edit("O1", "product", instep.String("B"))
	return stock, books, store, pairs
}
