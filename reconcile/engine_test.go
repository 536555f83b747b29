package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// stock numbers its records by the product code, as some systems do; books
// gives ids of its own.
func twoSystems() (stock, books *system) {
	rw := instep.ReadWrite
	stock = newSystem("stock",
		instep.FieldInfo{Name: "number", Type: instep.TypeString, Access: rw, Required: true},
		instep.FieldInfo{Name: "name", Type: instep.TypeString, Access: rw, Required: true},
		instep.FieldInfo{Name: "price", Type: instep.TypeDecimal, Access: rw},
		instep.FieldInfo{Name: "barred", Type: instep.TypeBool, Access: rw},
	)
	stock.keyed = "number"
	books = newSystem("books",
		instep.FieldInfo{Name: "code", Type: instep.TypeString, Access: rw, MaxLen: 10},
		instep.FieldInfo{Name: "title", Type: instep.TypeString, Access: rw, Required: true, MaxLen: 20, Remedy: "shorten the name in the stock system"},
		instep.FieldInfo{Name: "net_price", Type: instep.TypeDecimal, Access: rw},
		instep.FieldInfo{Name: "active", Type: instep.TypeBool, Access: rw},
	)
	return stock, books
}

func mapping() instep.Mapping {
	trim := []string{"trim"}
	return instep.Mapping{Rules: []instep.Rule{
		{Name: "code", Left: instep.End{Field: "number", Via: trim}, Right: instep.End{Field: "code", Via: trim}, Owner: instep.LeftOwns, Match: &instep.Match{Rank: 1}},
		{Name: "name", Left: instep.End{Field: "name", Via: trim}, Right: instep.End{Field: "title", Via: trim}, Owner: instep.LeftOwns},
		{Name: "price", Left: instep.End{Field: "price"}, Right: instep.End{Field: "net_price"}, Owner: instep.LeftOwns},
		{Name: "in use", Left: instep.End{Field: "barred", Via: []string{"not"}}, Right: instep.End{Field: "active"}, Owner: instep.LeftOwns},
	}}
}

func pairOf(l, r instep.Source) reconcile.Pair {
	return reconcile.Pair{Name: "products", Left: l, Right: r, Mapping: mapping(), Flow: instep.ToRight}
}

func stockRecord(code, name, price string) []instep.Field {
	return []instep.Field{
		{Name: "number", Value: instep.String(code)}, {Name: "name", Value: instep.String(name)},
		{Name: "price", Value: instep.Number(instep.MustDecimal(price))}, {Name: "barred", Value: instep.Bool(false)},
	}
}

func booksRecord(code, name, price string) []instep.Field {
	return []instep.Field{
		{Name: "code", Value: instep.String(code)}, {Name: "title", Value: instep.String(name)},
		{Name: "net_price", Value: instep.Number(instep.MustDecimal(price))}, {Name: "active", Value: instep.Bool(true)},
	}
}

// fill puts a small register with every kind of case into both systems.
func fill(stock, books *system) {
	for i := range 12 {
		code := fmt.Sprintf("A-%03d", i)
		stock.put(code, stockRecord(code, "Kahvi "+code, "12.50")...)
		switch {
		case i < 5: // equal
			books.put(fmt.Sprintf("%d", 100+i), booksRecord(code, "Kahvi "+code, "12.5")...)
		case i < 8: // differs
			books.put(fmt.Sprintf("%d", 100+i), booksRecord(code, "Kahvi", "11.00")...)
		}
	}
	stock.put("a-001", stockRecord("a-001", "Lille", "1")...)
	stock.put("TOO-LONG-CODE", stockRecord("TOO-LONG-CODE", "Lang", "1")...)
	stock.put("D-1", stockRecord("D-1", "Doppelt", "1")...)
	books.put("201", booksRecord("D-1", "Doppelt", "1")...)
	books.put("202", booksRecord("D-1", "Doppelt", "2")...)
	books.put("301", booksRecord("ONLY", "Vain kirjoissa", "3")...)
	books.put("302", booksRecord("", "Ilman koodia", "3")...)
}

func newEngine(t testing.TB, store instep.Checkpoint, o *reconcile.Options, pairs ...reconcile.Pair) *reconcile.Engine {
	t.Helper()
	e, err := reconcile.New(store, pairs, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func describePlan(p *reconcile.Plan) string {
	var b strings.Builder
	for it := range p.Items() {
		fmt.Fprintf(&b, "%s %s | %s | %s |", it.Outcome, it.Left.ID, it.Right.ID, reconcile.Text(it.Reason))
		for _, c := range it.Fields {
			fmt.Fprintf(&b, " %s: %s → %s;", c.Rule, c.From, c.To)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestFirstLoadFromLeft(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `created A-008 |  | new on the left side | code:  → A-008; name:  → Kahvi A-008; price:  → 12.5; in use:  → true;
created A-009 |  | new on the left side | code:  → A-009; name:  → Kahvi A-009; price:  → 12.5; in use:  → true;
created A-010 |  | new on the left side | code:  → A-010; name:  → Kahvi A-010; price:  → 12.5; in use:  → true;
created A-011 |  | new on the left side | code:  → A-011; name:  → Kahvi A-011; price:  → 12.5; in use:  → true;
created a-001 |  | new on the left side | code:  → a-001; name:  → Lille; price:  → 1; in use:  → true;
updated A-005 | 105 | first load: the left side's values stand | name: Kahvi → Kahvi A-005; price: 11 → 12.5;
updated A-006 | 106 | first load: the left side's values stand | name: Kahvi → Kahvi A-006; price: 11 → 12.5;
updated A-007 | 107 | first load: the left side's values stand | name: Kahvi → Kahvi A-007; price: 11 → 12.5;
unfit  | 302 | has nothing to be found by: code is empty; fill it in |
unfit TOO-LONG-CODE |  | code is longer than the 10 characters that code holds; shorten it |
review  | 201 | several records on both sides have the same code; choose which belong together |
review  | 202 | several records on both sides have the same code; choose which belong together |
review D-1 |  | several records on both sides have the same code; choose which belong together |
linked A-000 | 100 | same code |
linked A-001 | 101 | same code |
linked A-002 | 102 | same code |
linked A-003 | 103 | same code |
linked A-004 | 104 | same code |
unmatched  | 301 | only on the right side; nothing flows from there |
`
	if diff := cmp.Diff(want, describePlan(plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if len(books.takeWrites())+len(stock.takeWrites()) != 0 {
		t.Error("planning wrote something")
	}
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if got := len(books.takeWrites()); got != 8 {
		t.Errorf("%d writes to the books, want 8", got)
	}
	checkInStep(t, e, stock, books)
}

// checkInStep runs again and wants nothing planned and nothing written.
func checkInStep(t *testing.T, e *reconcile.Engine, stock, books *system) {
	t.Helper()
	for _, sel := range []*reconcile.Select{nil, {Sweep: true}} {
		plan, err := e.Plan(t.Context(), sel)
		if err != nil {
			t.Fatal(err)
		}
		for it := range plan.Items() {
			if !it.Stands {
				t.Errorf("left over: %s %s %s: %s", it.Outcome, it.Left.ID, it.Right.ID, reconcile.Text(it.Reason))
			}
		}
		if _, err := e.Apply(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("a run with nothing to do wrote %v", w)
	}
}

func TestFirstLoadFromRight(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	p := pairOf(stock, books)
	p.First = instep.Right
	e := newEngine(t, memory.New(), nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := []string{"create ONLY code,name", "update A-005 name,price", "update A-006 name,price", "update A-007 name,price"}
	got := stock.takeWrites()
	slices.Sort(got)
	want[0] = "create ONLY barred,name,number,price"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("writes to the stock (-want +got):\n%s", diff)
	}
	if n := len(books.takeWrites()); n != 5 {
		t.Errorf("%d records flowed to the books, want 5", n)
	}
	checkInStep(t, e, stock, books)
}

func TestEditsAndDrift(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	e := newEngine(t, store, nil, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()

	stock.edit("A-000", "price", instep.Number(instep.MustDecimal("13.75")))
	stock.edit("A-001", "barred", instep.Bool(true))
	books.edit("102", "title", instep.String("Käsin muutettu"))
	books.edit("100", "title", instep.String("Käsin muutettu"))
	sum, err := e.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update 100 net_price", "update 101 active"}, books.takeWrites()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if c := sum.Pairs[0].Counts; c.Of(instep.Updated) != 2 || c.Of(instep.Drifted) != 1 {
		t.Errorf("counts %+v", c)
	}
	checkInStep(t, e, stock, books)

	// The owner's next edit of a drifted field overwrites it.
	stock.edit("A-002", "name", instep.String("Kahvi uusi"))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update 102 title"}, books.takeWrites()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	checkInStep(t, e, stock, books)
}

func TestDriftReverted(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	p := pairOf(stock, books)
	p.Drift = reconcile.RevertDrift
	e := newEngine(t, memory.New(), nil, p)
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()
	books.edit("102", "title", instep.String("Käsin muutettu"))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update 102 title"}, books.takeWrites()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if got := books.records["102"].Get("title").String(); got != "Kahvi A-002" {
		t.Errorf("title is %q", got)
	}
	checkInStep(t, e, stock, books)
}

// TestOrderDoesNotMatter shuffles rows, moves page borders and wants the same
// plan every time.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	var want string
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 200
	}
	for seed := range seeds {
		stock, books := twoSystems()
		fill(stock, books)
		rnd := rand.New(rand.NewPCG(seed, 7))
		if seed > 0 {
			for _, s := range []*system{stock, books} {
				s.page = 1 + rnd.IntN(20)
				perm := rnd.Uint64()
				s.order = func(ids []string) {
					rand.New(rand.NewPCG(perm, 1)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
				}
			}
		}
		plan, err := newEngine(t, memory.New(), nil, pairOf(stock, books)).Plan(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := describePlan(plan)
		if seed == 0 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d gives another plan (-want +got):\n%s", seed, diff)
		}
	}
}

// oneEach fails if a stock record is not in the books exactly once.
func oneEach(t *testing.T, stock, books *system, unfit ...string) {
	t.Helper()
	count := map[string]int{}
	for _, f := range books.records {
		count[f.Get("code").String()]++
	}
	for id := range stock.records {
		if want := 1; count[id] != want && !slices.Contains(unfit, id) {
			t.Errorf("%s is %d times in the books", id, count[id])
		}
	}
}

func TestLostReplies(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		stock, books := twoSystems()
		fill(stock, books)
		rnd := rand.New(rand.NewPCG(seed, 3))
		books.fault = func(string) (bool, bool) { return rnd.IntN(4) == 0, rnd.IntN(2) == 0 }
		e := newEngine(t, memory.New(), nil, pairOf(stock, books))
		for range 3 {
			if _, err := e.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		books.fault = nil
		if _, err := e.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
		books.takeWrites()
		checkInStep(t, e, stock, books)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestLostRepliesFromRight(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		stock, books := twoSystems()
		for i := range 9 {
			code := fmt.Sprintf("R-%d", i)
			books.put(code, booksRecord(code, "Tuote "+code, "2")...)
		}
		rnd := rand.New(rand.NewPCG(seed, 3))
		stock.fault = func(string) (bool, bool) { return rnd.IntN(3) == 0, rnd.IntN(2) == 0 }
		p := pairOf(stock, books)
		p.First = instep.Right
		e := newEngine(t, memory.New(), nil, p)
		for range 4 {
			if _, err := e.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		if len(stock.records) != 9 {
			t.Fatalf("seed %d: %d of 9 records reached the stock", seed, len(stock.records))
		}
	}
}

func TestRecordWithoutReplyIsNotSentTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stock, books := twoSystems()
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		books.life = 50 * time.Millisecond
		late := make(chan instep.Op, 1)
		books.block = func(op instep.Op) error {
			books.block = nil
			late <- op // carried out later than the reply was given up on
			return &instep.Error{Kind: instep.Lost, Op: "books"}
		}
		go func() {
			op := <-late
			time.Sleep(20 * time.Millisecond)
			books.carryOut(op)
		}()
		e := newEngine(t, memory.New(), nil, pairOf(stock, books))
		if _, err := e.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		oneEach(t, stock, books)
		if n := len(books.takeWrites()); n != 1 {
			t.Errorf("%d creates, want 1", n)
		}
	})
}
