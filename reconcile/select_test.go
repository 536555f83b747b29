package reconcile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

func TestLimitAndOnly(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	sum, err := e.Run(t.Context(), &reconcile.Select{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(books.takeWrites()); got != 2 || sum.Pairs[0].Left != 6 {
		t.Errorf("%d writes and %d left, want 2 and 6", got, sum.Pairs[0].Left)
	}
	only := instep.Ref{System: "stock", Entity: "product", ID: "A-006"}
	if _, err := e.Run(t.Context(), &reconcile.Select{Only: []instep.Ref{only}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update 106 net_price,title"}, books.takeWrites()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

func TestReadOnlyRefusesToApply(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), &reconcile.Options{ReadOnly: true}, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); !errors.Is(err, instep.Config) {
		t.Errorf("error is %v", err)
	}
	if len(books.takeWrites()) != 0 {
		t.Error("something was written")
	}
}

func TestStateOfAnotherCompanyIsRefused(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	if _, err := newEngine(t, store, nil, pairOf(stock, books)).Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()
	_, other := twoSystems()
	other.name = "other"
	_, err := newEngine(t, store, nil, pairOf(stock, other)).Run(t.Context(), nil)
	if !errors.Is(err, instep.Mismatch) {
		t.Fatalf("error is %v", err)
	}
	if !strings.Contains(err.Error(), "books-1") || !strings.Contains(err.Error(), "other-1") {
		t.Errorf("the error does not name the two installations: %v", err)
	}
}

func TestChangedMappingWritesOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	p := pairOf(stock, books)
	all := p.Mapping.Rules
	p.Mapping.Rules = slices.Clone(all[:3]) // without "in use"
	if _, err := newEngine(t, store, nil, p).Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()
	stock.edit("A-001", "barred", instep.Bool(true)) // not mapped yet
	e := newEngine(t, store, nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Fatalf("a field that is not mapped was written: %v", w)
	}
	// The new rule stands first, so that the others move.
	p.Mapping.Rules = append([]instep.Rule{all[3]}, all[:3]...)
	e = newEngine(t, store, nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, id := range []string{"101", "b001", "b002", "b003", "b004", "b005"} {
		want = append(want, "update "+id+" active")
	}
	got := books.takeWrites()
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	checkInStep(t, e, stock, books)
}

func TestUnknownFieldInMapping(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Mapping.Rules[1].Right.Field = "titel"
	_, err := newEngine(t, memory.New(), nil, p).Plan(t.Context(), nil)
	if !errors.Is(err, instep.Config) || !strings.Contains(err.Error(), `did you mean "title"?`) {
		t.Errorf("error is %v", err)
	}
}

func TestMissingRecordsAreReportedAndEmptiedSideStops(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for i := range 60 {
		code := "P" + string(rune('A'+i/26)) + string(rune('A'+i%26))
		stock.put(code, stockRecord(code, "Tuote", "1")...)
	}
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()
	stock.remove("PAA")
	stock.remove("PAB")
	sum, err := e.Run(t.Context(), &reconcile.Select{Sweep: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := sum.Pairs[0].Counts.Of(instep.Gone); got != 2 {
		t.Errorf("%d reported gone, want 2", got)
	}
	if w := books.takeWrites(); len(w) != 0 || len(books.records) != 60 {
		t.Errorf("something was done about it: %v", w)
	}
	for id := range stock.records {
		if id != "PAC" {
			stock.remove(id)
		}
	}
	if _, err := e.Run(t.Context(), &reconcile.Select{Sweep: true}); !errors.Is(err, instep.Guarded) {
		t.Errorf("an emptied side gave %v", err)
	}
}

func TestLossyVendorDoesNotPingPong(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Mapping.Rules[1].Left.Via, p.Mapping.Rules[1].Right.Via = nil, nil // nothing smooths the trimming over
	stock.put("A", stockRecord("A", "  Kahvi  ", "1")...)
	e := newEngine(t, memory.New(), nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := books.records["b001"].Get("title").String(); got != "Kahvi" {
		t.Fatalf("the vendor holds %q", got)
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// TestPoisonedRecordDelaysNoOther has the vendor refuse one record always.
func TestPoisonedRecordDelaysNoOther(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	books.block = func(op instep.Op) error {
		if op.Fields.Get("code") == instep.String("A-009") {
			return &instep.Error{Kind: instep.Invalid, Field: "title", Code: "INVALID_DATA"}
		}
		return nil
	}
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	sum, err := e.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := sum.Pairs[0].Counts; c.Of(instep.Failed) != 1 || c.Of(instep.Created) != 4 {
		t.Errorf("counts %+v", c)
	}
	books.block = nil
	mustRun(t, e, &reconcile.Select{Sweep: true})
	oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// TestTargetEditedWhileWriting edits a record of the other side between the
// reading and the writing of it.
func TestTargetEditedWhileWriting(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	p := pairOf(stock, books)
	for i := range p.Mapping.Rules {
		p.Mapping.Rules[i].Owner = instep.BothOwn
	}
	e := newEngine(t, memory.New(), nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	stock.edit("A-000", "name", instep.String("vasen"))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	books.edit("100", "title", instep.String("oikea"))
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if got := books.records["100"].Get("title").String(); got != "oikea" {
		t.Errorf("the edit of the other side was overwritten: %q", got)
	}
}
