package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// numbered is a stock whose records can get other numbers, which are their ids,
// and have an immutable one beside it; what is deleted there is deleted in the
// books.
func numbered(t *testing.T) (stock, books *system, e *reconcile.Engine) {
	t.Helper()
	stock, books = twoSystems()
	stock.page, stock.uid = 1, map[string]string{}
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
	for _, id := range []string{"M", "N", "Z"} {
		stock.put(id, stockRecord(id, "Kahvi "+id, "1")...)
		stock.uid[id] = "uid " + id
	}
	p := pairOf(stock, books)
	p.Deletes[instep.Right] = reconcile.DeleteDeleted
	e = newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	return stock, books, e
}

// A record gets a number on a page that was read already, while the list is
// read: the list shows it nowhere. It is not taken for deleted.
func TestRenumberedBehindTheList(t *testing.T) {
	t.Parallel()
	stock, books, e := numbered(t)
	stock.silent = true
	pages := stock.moveBehind("Z", "A")
	mustRun(t, e, sweep())
	if *pages < 4 || len(books.records) != 3 {
		t.Fatalf("%d pages were read; the books hold %v", *pages, books.records)
	}
	for range 2 {
		mustRun(t, e, sweep())
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || len(books.records) != 3 {
		t.Errorf("it is %s; the books hold %v", x.State, books.records)
	}
}

// The same where the list says how many there are: it names as many, but one of
// them twice. So it was not the whole, and whether one is missing is not asked.
func TestNamedTwice(t *testing.T) {
	t.Parallel()
	stock, books, e := numbered(t)
	pages := stock.moveBehind("Z", "A")
	mustRun(t, e, sweep())
	if *pages != 3 || len(books.records) != 3 {
		t.Fatalf("%d pages were read; the books hold %v", *pages, books.records)
	}
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep || len(books.records) != 3 {
		t.Errorf("it is %s; the books hold %v", x.State, books.records)
	}
}

// moveBehind gives a record another id after the next page, and returns how many
// pages were read.
func (s *system) moveBehind(from, to string) *int {
	pages := 0
	s.order = func([]string) {
		if pages++; pages == 1 {
			s.clock++
			s.moveTo(from, to)
		}
	}
	return &pages
}

// What is deleted is known to be so in the same run: its immutable id is
// nowhere in a second list.
func TestDeletedWhereNumbersChange(t *testing.T) {
	t.Parallel()
	stock, books, e := numbered(t)
	stock.remove("Z")
	mustRun(t, e, sweep())
	if len(books.records) != 2 {
		t.Errorf("the books hold %v", books.records)
	}
}

// A record is hidden as a plan is made, and shows again under another number
// before it is applied. Its counterpart is not set out of use.
func TestShownUnderAnotherNumber(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.uid = map[string]string{"A": "uid A"}
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Hidden[instep.Right] = reconcile.DeactivateHidden
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.takeWrites()
	stock.hide("A", true)
	plan, err := e.Plan(t.Context(), sweep())
	if err != nil || plan.Counts().Of(instep.Deactivated) != 1 {
		t.Fatalf("plan: %v %s", err, describePlan(plan))
	}
	stock.hide("A", false)
	stock.rename("A", "B")
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("B")); x.State != instep.InStep {
		t.Errorf("it is %s %s", x.State, x.Message.Code)
	}
	if w := books.takeWrites(); len(w) != 1 || w[0] != "update b001 code" {
		t.Errorf("writes: %v", w)
	}
}

// A record ceases, and in the same moment another one gets its number, which is
// the id. What was the first one's counterpart is on its own then.
func TestNumberOfOneThatCeased(t *testing.T) {
	t.Parallel()
	stock, books, e := numbered(t)
	byCode := map[string]string{}
	for id, f := range books.records {
		code, _ := f.Get("code").AsString()
		byCode[code] = id
	}
	stock.remove("N")
	delete(stock.uid, "N")
	stock.rename("M", "N")
	for range 3 {
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, stock.ref("N")); x.Other.ID != byCode["M"] {
		t.Errorf("it is %s %s, with %q, want %q", x.State, x.Message.Code, x.Other.ID, byCode["M"])
	}
	if x := explainOne(t, e, books.ref(byCode["N"])); x.Other.ID != "" {
		t.Errorf("the other one is %s %s, with %q", x.State, x.Message.Code, x.Other.ID)
	}
}

// Both records of a pair are deleted, in systems whose files come late and where ids
// change, so that neither is known to be gone at once. Both are in the end, and the
// pair is forgotten.
func TestBothMissingWhereNumbersChange(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	for _, s := range []*system{stock, books} {
		s.uid = map[string]string{}
		s.after = func(id string) { s.uid[id] = "uid " + id }
		s.traits = func(t *instep.Traits) { t.Snapshot, t.CanRename = true, true }
	}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Tee", "2")...)
	stock.uid["A"], stock.uid["B"] = "uid A", "uid B"
	store := memory.New()
	e := newEngine(t, store, &reconcile.Options{Clock: c, Serial: true}, pairOf(stock, books))
	next := func() {
		t.Helper()
		c.now = c.now.Add(24 * time.Hour)
		stock.asOf, books.asOf = c.now.Add(-2*time.Hour), c.now.Add(-2*time.Hour)
		mustRun(t, e, nil)
	}
	next()
	stock.remove("A")
	for id, f := range books.records {
		if f.Get("code") == instep.String("A") {
			books.remove(id)
		}
	}
	for range 2 {
		next()
	}
	links, err := store.Scan(t.Context(), "products", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for work, err := range store.Open(t.Context(), "products") {
		if err != nil || work.Mark != nil && work.Mark.Outcome != instep.Removed {
			t.Errorf("what is gone on both sides waits: %v %v", work.Mark, err)
		}
	}
	if len(links) != 2 {
		t.Errorf("%d links", len(links))
	}
}
