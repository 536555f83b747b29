package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A create is in doubt, and another record turns up that has the key of the one
// it is made from: a person is asked. The create is not sent again meanwhile, also
// not under its idempotency key, but what came of it is found.
func TestNotSentWhileAsked(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		stock, books := twoSystems()
		stock.keyed = ""
		books.traits = func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<40 }
		books.fault = func(string) (lost, before bool) { return true, true }
		stock.put("s1", stockRecord("A", "Kahvi", "1")...)
		vendor := &keyed{system: books, made: map[string]string{}, token: map[string]string{}}
		e := newEngine(t, memory.New(), nil, pairOf(stock, vendor))
		mustRun(t, e, nil)
		stock.put("s2", stockRecord("A", "Tee", "2")...)
		mustRun(t, e, nil)
		books.fault = nil
		if x := explainOne(t, e, stock.ref("s2")); x.Message.Code != "same_key" || len(books.records) != 0 {
			t.Fatalf("the second is %s %s; the books hold %v", x.State, x.Message.Code, books.records)
		}
		made := 0
		if late { // the vendor carries the first request out after all
			books.put("b1", booksRecord("A", "Kahvi", "1")...)
			made = 1
		}
		mustRun(t, e, nil)
		if len(books.records) != made {
			t.Errorf("made late %t: the books hold %v", late, books.records)
		}
		if x := explainOne(t, e, stock.ref("s1")); late && x.State != instep.InStep || !late && x.State != instep.Review {
			t.Errorf("made late %t: it is %s %s", late, x.State, x.Message.Code)
		}
	}
}

// A create in doubt is sent once more under its key, and the process dies before it
// is answered. Then the record that it is made from is edited, so that the key is of
// no use any more. What was sent last may still come as late as the first time.
func TestSentAgainMayComeLate(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.life = 2 * time.Minute
	books.traits = func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<50 }
	sent := 0
	books.fault = func(string) (lost, before bool) {
		sent++
		return sent < 3, true
	}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	vendor := &keyed{system: books, made: map[string]string{}, token: map[string]string{}}
	c := &lateClock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	store, o := memory.New(), &reconcile.Options{Clock: c}
	for sent < 2 { // it dies after each send
		was := sent
		if _, err := newEngine(t, &dyingAfter{store, &sent, was}, o, pairOf(stock, vendor)).Run(t.Context(), nil); err == nil || sent != was+1 {
			t.Fatalf("%d creates were sent: %v", sent, err)
		}
		c.now = c.now.Add(time.Hour)
	}
	c.now = c.now.Add(-time.Hour)
	stock.edit("A", "name", instep.String("Espresso"))
	c.wake = func() { books.put("late", booksRecord("A", "Kahvi", "1")...) }
	for range 2 {
		mustRun(t, newEngine(t, store, o, pairOf(stock, vendor)), nil)
	}
	if c.wake != nil {
		c.wake()
	}
	if len(books.records) != 1 {
		t.Errorf("%d creates were sent; the books hold %v", sent, books.records)
	}
}

// What a create in doubt has made is listed before anybody could look for it, and
// waits. It is found then, and is nobody else's.
func TestListedWhileInDoubt(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, time.Hour }
	books.fault = func(string) (lost, before bool) { return true, true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	vendor := &keyed{system: books, made: map[string]string{}, token: map[string]string{}}
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c}, pairOf(stock, vendor))
	mustRun(t, e, nil)
	books.put("late", booksRecord("A", "Kahvi", "1")...)
	mustRun(t, e, nil)
	if x := explainOne(t, e, books.ref("late")); x.State != instep.Pending {
		t.Fatalf("what was listed is %s %s", x.State, x.Message.Code)
	}
	c.now = c.now.Add(2 * time.Hour)
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || x.Other.ID != "late" {
		t.Errorf("it is %s %s", x.State, x.Message.Code)
	}
}

// lateClock is a clock that says when somebody waits.
type lateClock struct {
	now  time.Time
	wake func()
}

func (c *lateClock) Now() time.Time { return c.now }

func (c *lateClock) Sleep(_ context.Context, d time.Duration) error {
	c.now = c.now.Add(max(d, 0))
	if d > 0 && c.wake != nil {
		c.wake()
		c.wake = nil
	}
	return nil
}

// dyingAfter is a store whose process dies once a further create was sent.
type dyingAfter struct {
	instep.Checkpoint
	sent *int
	was  int
}

func (s *dyingAfter) Unwrap() any { return s.Checkpoint }

func (s *dyingAfter) Commit(ctx context.Context, b *instep.Batch) error {
	if *s.sent > s.was {
		return errDead
	}
	return s.Checkpoint.Commit(ctx, b)
}
