package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// steps notes in which order things are announced, sent, settled and asked.
type steps struct {
	instep.Checkpoint
	log []string
	err error // of commits that settle
}

func (s *steps) Unwrap() any { return s.Checkpoint }

func (s *steps) Commit(ctx context.Context, b *instep.Batch) error {
	switch {
	case len(b.Settled) > 0 && s.err != nil:
		return s.err
	case len(b.Settled) > 0 && len(b.Units) > 0:
		s.log = append(s.log, "settle and announce")
	case len(b.Settled) > 0:
		s.log = append(s.log, "settle")
	case len(b.Units) > 0:
		s.log = append(s.log, "announce")
	}
	return s.Checkpoint.Commit(ctx, b)
}

// noted is a system that cannot be asked for a key.
type noted struct {
	instep.Source
	instep.Sink
	instep.Getter
	instep.Traiter
	instep.Describer
	instep.Prober
	steps *steps
}

func note(s *system, to *steps) *noted { return &noted{s, s, s, s, s, s, to} }

func (n *noted) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	n.steps.log = append(n.steps.log, fmt.Sprintf("write %d", len(ops)))
	return n.Sink.Write(ctx, ops)
}

func (n *noted) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	n.steps.log = append(n.steps.log, "get")
	return n.Getter.Get(ctx, refs)
}

// TestSettledWithNext: what came of a call is committed with what is announced
// next; but first of all where something has to be read for that.
func TestSettledWithNext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		hold int
		want []string
	}{
		{"in hand", 0, []string{"announce", "write 2", "settle and announce", "write 2", "settle and announce", "write 1", "settle"}},
		{"read again", 1, []string{"get", "announce", "write 2", "settle", "get", "announce", "write 2", "settle", "get", "announce", "write 1", "settle"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := fiveInStock()
			store := &steps{Checkpoint: memory.New()}
			e := newEngine(t, store, &reconcile.Options{Hold: test.hold}, pairOf(note(stock, store), note(books, store)))
			mustRun(t, e, nil)
			if diff := gocmp.Diff(test.want, store.log); diff != "" || len(books.records) != 5 {
				t.Errorf("%d records (-want +got):\n%s", len(books.records), diff)
			}
			books.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}

// TestSettlingFails: a run that cannot commit what came of a call says so, and
// the next one finds out what was done.
func TestSettlingFails(t *testing.T) {
	t.Parallel()
	stock, books := fiveInStock()
	store := &steps{Checkpoint: memory.New(), err: errDead}
	e := newEngine(t, store, nil, pairOf(note(stock, store), note(books, store)))
	if _, err := e.Run(t.Context(), nil); err == nil {
		t.Error("no error")
	}
	if n := len(books.takeWrites()); n != 2 {
		t.Errorf("%d records were sent, not those of one call", n)
	}
	store.err = nil
	mustRun(t, e, nil)
	if len(books.records) != 5 {
		t.Errorf("%d records, not 5", len(books.records))
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

func spillTo(dir string) func() (reconcile.Scratch, error) {
	return func() (reconcile.Scratch, error) { return os.CreateTemp(dir, "") }
}

// closings counts files that are not closed.
type closings struct {
	reconcile.Scratch
	open *int
}

func (c closings) Close() error {
	*c.open--
	return c.Scratch.Close()
}

// TestSpillIsClosed: when a plan was applied, well or not, its files are closed.
func TestSpillIsClosed(t *testing.T) {
	t.Parallel()
	for _, fails := range []bool{false, true} {
		stock, books := fiveInStock()
		if fails {
			books.block = func(instep.Op) error { return &instep.Error{Kind: instep.Config, Op: "write"} }
		}
		made, open, spill := 0, 0, spillTo(t.TempDir())
		e := newEngine(t, memory.New(), &reconcile.Options{Serial: true, Spill: func() (reconcile.Scratch, error) {
			made++
			open++
			file, err := spill()
			return closings{file, &open}, err
		}}, pairOf(stock, books))
		if _, err := e.Run(t.Context(), nil); (err != nil) != fails || made == 0 || open != 0 {
			t.Errorf("failing %v: %v; %d of %d files are open", fails, err, open, made)
		}
	}
}

// TestSettlingFailsAtTheEnd: where the state cannot be written any more, the run
// says that, whatever else has brought it to its end.
func TestSettlingFailsAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"not authorized", "stopped"} {
		stock, books := fiveInStock()
		store := &steps{Checkpoint: memory.New(), err: errDead}
		ctx, cancel := context.WithCancel(t.Context())
		sent := 0
		books.block = func(instep.Op) error {
			if sent++; sent < 2 {
				return nil
			}
			if cancel(); name == "stopped" {
				return nil
			}
			return &instep.Error{Kind: instep.Unauthorized, Op: "write"}
		}
		if name != "stopped" {
			ctx = t.Context()
		}
		sum, err := newEngine(t, store, nil, pairOf(note(stock, store), note(books, store))).Run(ctx, nil)
		if !errors.Is(err, errDead) || len(sum.Paused) > 0 {
			t.Errorf("%s: %v, paused %v", name, err, sum.Paused)
		}
	}
}

// TestStoppedRunSettles: when a run is stopped while a call is under way, what
// came of that is kept.
func TestStoppedRunSettles(t *testing.T) {
	t.Parallel()
	stock, books := fiveInStock()
	store := &steps{Checkpoint: memory.New()}
	ctx, cancel := context.WithCancel(t.Context())
	books.block = func(instep.Op) error {
		cancel()
		return nil
	}
	e := newEngine(t, store, nil, pairOf(note(stock, store), note(books, store)))
	if _, err := e.Run(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
	if want := []string{"announce", "write 2", "settle"}; !slices.Equal(store.log, want) {
		t.Errorf("steps %q, want %q", store.log, want)
	}
	for open, err := range store.Open(t.Context(), "products") {
		t.Errorf("open: %+v, %v", open, err)
	}
	books.block = nil
	mustRun(t, e, nil)
	if len(books.records) != 5 {
		t.Errorf("%d records, not 5", len(books.records))
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// TestItemsAtOnce: several may read one plan at once.
func TestItemsAtOnce(t *testing.T) {
	t.Parallel()
	for _, spill := range []func() (reconcile.Scratch, error){nil, spillTo(t.TempDir())} {
		stock, books := twoSystems()
		books.infos[1].MaxLen = 0
		name := func(id string) string { return strings.Repeat("Kahvi "+id+" ", 100) + "!" }
		for i := range 400 {
			code := fmt.Sprintf("A-%03d", i)
			stock.put(code, stockRecord(code, name(code), "1")...)
		}
		plan, err := newEngine(t, memory.New(), &reconcile.Options{Spill: spill}, pairOf(stock, books)).Plan(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for item := range plan.Items() {
					at := slices.IndexFunc(item.Fields, func(c reconcile.Change) bool { return c.Rule == "name" })
					if at < 0 || item.Fields[at].To.String() != name(item.Left.ID) {
						t.Errorf("the fields of %s are %v", item.Left.ID, item.Fields)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

func fiveInStock() (stock, books *system) {
	stock, books = twoSystems()
	for i := range 5 {
		code := fmt.Sprintf("A-%03d", i)
		stock.put(code, stockRecord(code, "Kahvi", "1")...)
	}
	books.traits = func(t *instep.Traits) { t.MaxBatch, t.Exact = 2, true }
	return stock, books
}

// TestSpill: a run that keeps what it has read in a file reads nothing again,
// and one that finds the file damaged does.
func TestSpill(t *testing.T) {
	t.Parallel()
	for name, spill := range map[string]func() (reconcile.Scratch, error){"spilled": spillTo(t.TempDir()), "none": nil} {
		stock, books := twoSystems()
		for i := range 300 {
			code := fmt.Sprintf("A-%03d", i)
			stock.put(code, stockRecord(code, strings.Repeat(fmt.Sprintf("Kahvi %d ", i), 300), "1")...)
		}
		books.infos[1].MaxLen = 0
		books.traits = func(t *instep.Traits) { t.MaxBatch, t.Exact = 50, true }
		store := &steps{Checkpoint: memory.New()}
		p := pairOf(note(stock, store), note(books, store))
		p.Guards.Creates = -1
		e := newEngine(t, store, &reconcile.Options{Hold: 20, Spill: spill}, p)
		mustRun(t, e, nil)
		if asked := slices.Contains(store.log, "get"); len(books.records) != 300 || asked == (spill != nil) {
			t.Errorf("%s: %d records, read again: %v", name, len(books.records), asked)
		}
		for id, rec := range stock.records {
			if n := len(rec.Get("name").String()); n < 2000 {
				t.Fatalf("%s has a name of %d bytes", id, n)
			}
		}
		books.takeWrites()
		checkInStep(t, e, stock, books)
	}
	stock, books := twoSystems()
	e := newEngine(t, memory.New(), &reconcile.Options{Spill: spillTo(filepath.Join(t.TempDir(), "none"))}, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); !errors.Is(err, instep.Config) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
