package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A run that has used up its requests stops in order, and later ones go on
// from there until all is done.
func TestRequestBudget(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for i := range 20 {
		stock.put(fmt.Sprintf("P%02d", i), stockRecord(fmt.Sprintf("P%02d", i), "Kahvi", "1")...)
	}
	p := pairOf(stock, books)
	p.Guards.Requests = 9
	store := memory.New()
	e := newEngine(t, store, nil, p)
	sum, err := e.Run(t.Context(), nil)
	if instep.KindOf(err) != instep.Guarded {
		t.Fatalf("the first run: %v", err)
	}
	if n := sum.Pairs[0].Writes[instep.Right]; n == 0 || n >= 20 {
		t.Fatalf("the first run wrote %d", n)
	}
	if got := sum.Pairs[0].Requests; got[instep.Right] < 9 || got[instep.Right] > 15 {
		t.Errorf("it counts %v requests", got)
	}
	for range 10 {
		if _, err = e.Run(t.Context(), nil); err == nil {
			break
		}
	}
	if err != nil || len(books.records) != 20 {
		t.Fatalf("%d records; %v", len(books.records), err)
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// What a connector counts itself counts, not the calls of its methods.
func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(counting{stock}, books)
	p.Guards.Requests = 60
	e := newEngine(t, memory.New(), nil, p)
	_, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := mustRun(t, e, nil)
	if got := sum.Pairs[0].Requests[instep.Left]; got < 50 {
		t.Errorf("%d requests counted", got)
	}
	p.Guards.Requests = 20
	if _, err := newEngine(t, memory.New(), nil, p).Plan(t.Context(), nil); err != nil {
		t.Errorf("what is under way is brought to its end: %v", err)
	}
}

// counting is a system of which each read takes fifty requests.
type counting struct{ *system }

func (c counting) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	for range 50 {
		instep.CountRequest(ctx)
	}
	return c.system.Read(ctx, from)
}

// A source whose cursor never moves is an error after some runs, but what it
// gives is carried out all the same.
func TestCursorThatStandsStill(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	store := memory.New()
	e := newEngine(t, store, nil, pairOf(stuck{stock}, books))
	mustRun(t, e, nil)
	mustRun(t, e, nil)
	for i := range 6 {
		title := fmt.Sprintf("Kahvi %d", i)
		stock.edit("A", "name", instep.String(title))
		_, err := e.Run(t.Context(), nil)
		if want := i >= 4; (instep.KindOf(err) == instep.Malformed) != want || !want && err != nil {
			t.Errorf("run %d: %v", i, err)
		}
		if got := books.records["b001"].Get("title").String(); got != title {
			t.Errorf("run %d: the title is %q", i, got)
		}
	}
}

// stuck gives all changes since its first cursor, again and again.
type stuck struct{ *system }

func (s stuck) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := s.system.Read(ctx, from)
	if from != "" && !page.More {
		page.Next = from
	}
	return page, err
}

// damagedStore cannot be written to, and counts who tries.
type damagedStore struct {
	instep.Checkpoint
	tried *int
}

func (s damagedStore) Unwrap() any { return s.Checkpoint }

func (s damagedStore) Commit(context.Context, *instep.Batch) error {
	*s.tried++
	return &instep.Error{Kind: instep.Malformed, Op: "state", Remedy: "put back a backup of the folder"}
}

// Trouble with the state ends the run of all pairs, whatever its kind: only a
// guard leaves the others alone.
func TestDamagedStateEndsTheRun(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, orders := orders()
	orders.Mapping.Rules[4].Refs = ""
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("O1", stockRecord("O1", "Tilaus", "1")...)
	commits := 0
	e := newEngine(t, damagedStore{memory.New(), &commits}, nil, pairOf(stock, books), orders)
	if _, err := e.Run(t.Context(), nil); instep.KindOf(err) != instep.Malformed {
		t.Fatal(err)
	}
	if len(books.records)+len(right.records) != 0 || commits != 1 {
		t.Errorf("%d and %d records were made, %d commits tried", len(books.records), len(right.records), commits)
	}
}
