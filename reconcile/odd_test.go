package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A record of the right side is renamed and edited while the left is edited too.
func TestRightRenamedAndEdited(t *testing.T) {
	stock, books := twoSystems()
	books.uid = map[string]string{"100": "u1"}
	books.keyed = ""
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("100", booksRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, both(pairW(stock, books)))
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("neu"))
	books.records["900"], books.uid["900"] = books.records["100"], "u1"
	delete(books.records, "100")
	books.edit("900", "net_price", instep.Number(instep.MustDecimal("77")))
	for range 3 {
		mustRun(t, e, nil)
	}
	if got := stock.records["A"].Get("price").String(); got != "77" {
		t.Errorf("price in the stock %s after 3 runs", got)
	}
	if got := books.records["900"].Get("title").String(); got != "neu" {
		t.Errorf("title in the books %s after 3 runs", got)
	}
}

// Renamed while the list is walked.
func TestRenamedDuringTheWalk(t *testing.T) {
	stock, books := twoSystems()
	stock.uid = map[string]string{}
	for i := range 20 {
		code := fmt.Sprintf("A-%03d", i)
		stock.uid[code] = "u" + code
		stock.put(code, stockRecord(code, "Kahvi", "1")...)
	}
	e := newEngine(t, memory.New(), nil, pairW(&renaming{system: stock}, books))
	for range 3 {
		mustRun(t, e, nil)
	}
	for _, f := range books.records {
		if code, _ := f.Get("code").AsString(); stock.records[code].Len() == 0 {
			t.Errorf("%s is in the books, but was renamed in the stock", code)
		}
	}
}

type renaming struct {
	*system
	n int
}

func (r *renaming) Read(ctx context.Context, c instep.Cursor) (instep.Page, error) {
	p, err := r.system.Read(ctx, c)
	if r.n++; r.n == 1 {
		r.rename("A-000", "Z-999")
	}
	return p, err
}

// Two plans, both applied.
func TestTwoPlans(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	e := newEngine(t, store, nil, pairW(stock, books))
	a, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := e.Plan(t.Context(), nil)
	if _, err := e.Apply(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	n := len(books.records)
	_, err = e.Apply(t.Context(), b)
	t.Logf("second plan: %v", err)
	if len(books.records) != n {
		t.Errorf("%d records after the second plan, %d before", len(books.records), n)
	}
}

// Created and deleted within one delta.
func TestTurnsHiddenLater(t *testing.T) {
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	w := &twice{system: stock}
	e := newEngine(t, memory.New(), nil, pairW(w, books))
	mustRun(t, e, nil)
	if len(books.records) != 0 {
		t.Error("a record that is no longer there was created")
	}
}

type twice struct{ *system }

func (w *twice) Read(ctx context.Context, c instep.Cursor) (instep.Page, error) {
	p, err := w.system.Read(ctx, c)
	p.Records = append(p.Records, instep.Record{Ref: w.ref("A"), Status: instep.Deleted})
	return p, err
}

// The target record is hidden.
func TestHiddenTargetIsQuiet(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	h := &hiding{system: books}
	e := newEngine(t, memory.New(), nil, pairW(stock, h))
	mustRun(t, e, nil)
	h.id = "100"
	stock.edit("A-000", "name", instep.String("neu"))
	h.gets = 0
	mustRun(t, e, nil)
	t.Logf("%d gets for one hidden record", h.gets)
	if h.gets > 4 {
		t.Errorf("%d gets", h.gets)
	}
}

type hiding struct {
	*system
	id   string
	gets int
}

func (h *hiding) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	h.gets++
	recs, err := h.system.Get(ctx, refs)
	for i := range recs {
		if recs[i].Ref.ID == h.id {
			recs[i] = instep.Record{Ref: recs[i].Ref, Status: instep.Hidden}
		}
	}
	return recs, err
}

// The vendor trims what no transform smooths over, and the reply of a create
// is lost: what is there is not what was sent, so a person is asked.
func TestLossyCreateInDoubt(t *testing.T) {
	stock, books := twoSystems()
	p := pairW(stock, books)
	p.Mapping.Rules = slices.Clone(p.Mapping.Rules)
	p.Mapping.Rules[1].Left.Via, p.Mapping.Rules[1].Right.Via = nil, nil
	stock.put("A", stockRecord("A", " Kahvi ", "1")...)
	n := 0
	books.fault = func(string) (bool, bool) { n++; return n == 1, false }
	e := newEngine(t, memory.New(), nil, p)
	for range 3 {
		mustRun(t, e, nil)
	}
	plan, err := e.Plan(t.Context(), &reconcile.Select{Sweep: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(books.records) != 1 || plan.Counts().Of(instep.Review) != 2 || !plan.Empty() {
		t.Errorf("%d records; plan\n%s", len(books.records), describePlan(plan))
	}
}

// Two records that were kept apart meet, and the write is not carried out at first.
func TestMeetingOfTwoHalvesInterrupted(t *testing.T) {
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "a name that is too long for the books", "1")...)
	books.put("100", booksRecord("A", "Kahvi", "2")...)
	e := newEngine(t, memory.New(), nil, pairW(stock, books))
	mustRun(t, e, nil) // kept apart: unfit
	stock.edit("A", "name", instep.String("kurz"))
	n := 0
	books.fault = func(string) (bool, bool) { n++; return n == 1, true }
	for range 3 {
		mustRun(t, e, nil)
	}
	mustRun(t, e, &reconcile.Select{Sweep: true})
	if got := books.records["100"].Get("net_price").String(); got != "1" {
		t.Errorf("the first side's price never arrived: %s", got)
	}
}

// A linked record is gone on both sides.
func TestGoneOnBothSides(t *testing.T) {
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	e := newEngine(t, store, nil, pairW(stock, books))
	mustRun(t, e, nil)
	stock.remove("A-000")
	books.remove("100")
	mustRun(t, e, &reconcile.Select{Sweep: true})
	rows, _ := store.Activity(t.Context(), "", 0, 1000)
	for range 3 {
		mustRun(t, e, nil)
	}
	after, _ := store.Activity(t.Context(), "", 0, 1000)
	if len(after) != len(rows) {
		t.Errorf("%d rows of activity in 3 runs with nothing to do", len(after)-len(rows))
	}
}

// A drifted field is remembered as such until the two agree again.
func TestDriftIsRemembered(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	store := memory.New()
	e := newEngine(t, store, nil, pairOf(stock, books))
	drift := func() []uint16 {
		t.Helper()
		mustRun(t, e, nil)
		links, err := store.Scan(t.Context(), "products", 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		return links[0].Drift
	}
	if got := drift(); len(got) != 0 {
		t.Errorf("drift before anything drifted: %v", got)
	}
	books.edit("b001", "title", instep.String("Tee"))
	if got := drift(); len(got) != 1 || got[0] != 1 {
		t.Errorf("drift is %v, want rule 1", got)
	}
	books.edit("b001", "title", instep.String("Kahvi"))
	if got := drift(); len(got) != 0 {
		t.Errorf("drift after it was taken back: %v", got)
	}
}

// A record that gets the code of another one in the stock must not get it in
// the books while the other holds it there.
func TestCodeOfAnotherIsNotWritten(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("7", booksRecord("B", "Tee", "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	books.takeWrites()
	stock.edit("A", "number", instep.String("B"))
	for range 2 {
		mustRun(t, e, nil)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !plan.Empty() || plan.Counts().Of(instep.Review) != 1 {
		t.Errorf("what is held back is planned again:\n%s", describePlan(plan))
	}
	books.remove("7")
	mustRun(t, e, &reconcile.Select{Sweep: true})
	if got := books.records["b001"].Get("code").String(); got != "B" {
		t.Errorf("the code is %s after the other record was removed", got)
	}
}

// A plan is refused as a whole once another one of the same state was applied.
func TestPlanOfAnEarlierStateIsRefused(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	stock.edit("A-000", "price", instep.Number(instep.MustDecimal("13")))
	var plans [2]*reconcile.Plan
	for i := range plans {
		plan, err := e.Plan(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		plans[i] = plan
	}
	if _, err := e.Apply(t.Context(), plans[0]); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()
	_, err := e.Apply(t.Context(), plans[1])
	if !errors.Is(err, instep.Conflict) || !strings.Contains(err.Error(), "make a new plan") {
		t.Errorf("error is %v", err)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
}

// allOrNothing takes all ops of a call or none of them.
type allOrNothing struct {
	*system
	calls int
}

func (a *allOrNothing) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	a.calls++
	for _, op := range ops {
		if text, _ := op.Fields.Get("title").AsString(); text == "poison" {
			return nil, &instep.Error{Kind: instep.Invalid, Op: "books", Field: "title"}
		}
	}
	return a.system.Write(ctx, ops)
}

// One bad record in a call of which the vendor takes all or nothing does not
// hold the others up.
func TestAllOrNothingIsSplit(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for i := range 10 {
		name := "Kahvi"
		if i == 6 {
			name = "poison"
		}
		code := fmt.Sprintf("P%d", i)
		stock.put(code, stockRecord(code, name, "1")...)
	}
	vendor := &allOrNothing{system: books}
	e := newEngine(t, memory.New(), nil, pairOf(stock, vendor))
	sum := mustRun(t, e, nil)
	if len(books.records) != 9 || sum.Pairs[0].Counts.Of(instep.Created) != 9 || sum.Pairs[0].Counts.Of(instep.Failed) != 1 {
		t.Errorf("%d records, %+v", len(books.records), sum)
	}
	if x := explainOne(t, e, stock.ref("P6")); x.State != instep.Failed || x.Message.Code != "refused" {
		t.Errorf("explained as %v %s", x.State, x.Message.Code)
	}
	if vendor.calls > 8 {
		t.Errorf("%d calls", vendor.calls)
	}
}
