package reconcile_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// The number that the books give goes back into a field of the stock, also if
// the process ends in between.
func TestIDIsWrittenBack(t *testing.T) {
	t.Parallel()
	build := func() (stock, books *system, p reconcile.Pair) {
		stock, books = twoSystems()
		stock.infos = append(stock.infos, instep.FieldInfo{Name: "books_id", Type: instep.TypeString, Access: instep.ReadWrite})
		p = pairOf(stock, books)
		p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
			Name: "books id", Left: instep.End{Field: "books_id"}, Right: instep.End{Field: instep.IDField},
			Owner: instep.RightOwns, Direction: instep.ToLeft,
		})
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		stock.put("B", stockRecord("B", "Tee", "1")...)
		books.put("7", booksRecord("B", "Tee", "1")...)
		return stock, books, p
	}
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		stock, books, p := build()
		e := newEngine(t, memory.New(), nil, p)
		mustRun(t, e, nil)
		for code, id := range map[string]string{"A": "b001", "B": "7"} {
			if got := stock.records[code].Get("books_id").String(); got != id {
				t.Errorf("%s carries %q, want %q", code, got, id)
			}
		}
		stock.takeWrites()
		books.takeWrites()
		checkInStep(t, e, stock, books)
		stock.edit("A", "books_id", instep.String("meddled"))
		mustRun(t, e, nil)
		if w := books.takeWrites(); len(w) != 0 {
			t.Errorf("an id was written: %v", w)
		}
	})
	t.Run("after a refusal", func(t *testing.T) {
		t.Parallel()
		stock, books, p := build()
		stock.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable} }
		e := newEngine(t, memory.New(), nil, p)
		mustRun(t, e, nil)
		stock.block = nil
		for range 2 {
			mustRun(t, e, sweep())
		}
		if got := stock.records["A"].Get("books_id").String(); got != "b001" {
			t.Errorf("A carries %q, want b001", got)
		}
		_ = books
	})
}

// A field that is only compared is never written, one made of several fields
// only in one direction.
func TestNowhereAndDerived(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Mapping.Rules[2].Direction = instep.Nowhere
	p.Mapping.Rules[1].Left = instep.End{Field: "number", Also: []string{"name"}, Via: []string{"join"}}
	p.Mapping.Rules[1].Direction = instep.ToRight
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	if got := books.records["b001"]; got.Get("title").String() != "A Kahvi" || !got.Get("net_price").IsAbsent() {
		t.Errorf("made as %v", got)
	}
	stock.edit("A", "name", instep.String("Tee"))
	stock.edit("A", "price", instep.Number(instep.MustDecimal("9")))
	mustRun(t, e, nil)
	if got := books.records["b001"]; got.Get("title").String() != "A Tee" || !got.Get("net_price").IsAbsent() {
		t.Errorf("then it is %v", got)
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// orders returns two systems of orders that name a product.
func orders() (stock, books *system, p reconcile.Pair) {
	stock, books = twoSystems()
	for _, s := range []*system{stock, books} {
		s.infos = append(s.infos, instep.FieldInfo{Name: "product", Type: instep.TypeString, Access: instep.ReadWrite})
		s.traits = func(t *instep.Traits) { t.Entity = "order" }
	}
	p = pairOf(stock, books)
	p.Name = "orders"
	p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
		Name: "product", Left: instep.End{Field: "product"}, Right: instep.End{Field: "product"}, Owner: instep.LeftOwns, Refs: "products",
	})
	return stock, books, p
}

func TestReferences(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	e := newEngine(t, memory.New(), nil, p, pairOf(stock, books)) // the order given does not matter
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("O1", append(stockRecord("O1", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("A")})...)
	left.put("O2", append(stockRecord("O2", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("MISSING")})...)
	sum, err := e.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(right.records) != 1 || right.records["b001"].Get("product").String() != "b001" {
		t.Errorf("orders on the right: %v", right.records)
	}
	if got := sum.Pairs[1].Counts.Of(instep.Blocked); got != 1 {
		t.Errorf("%d blocked, want 1: %+v", got, sum)
	}
	x := explainOne(t, e, instep.Ref{System: "stock", Entity: "order", ID: "O2"})
	if x.State != instep.Blocked || !strings.Contains(reconcile.Text(x.Message), "MISSING") {
		t.Errorf("explained as %v: %s", x.State, reconcile.Text(x.Message))
	}
	stock.put("MISSING", stockRecord("MISSING", "Tee", "1")...)
	mustRun(t, e, nil)
	if len(right.records) != 2 || right.records["b002"].Get("product").String() != "b002" {
		t.Errorf("orders on the right: %v", right.records)
	}
	left.edit("O1", "product", instep.String("MISSING"))
	mustRun(t, e, nil)
	if got := right.records["b001"].Get("product").String(); got != "b002" {
		t.Errorf("the changed reference is %s", got)
	}
	right.takeWrites()
	checkInStep(t, e, left, right)
}

// Two records that refer to each other are made without the reference first.
func TestReferencesInACircle(t *testing.T) {
	t.Parallel()
	left, right, p := orders()
	p.Mapping.Rules[4].Refs, p.Mapping.Rules[4].Later = "orders", true
	e := newEngine(t, memory.New(), nil, p)
	left.put("O1", append(stockRecord("O1", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("O2")})...)
	left.put("O2", append(stockRecord("O2", "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String("O1")})...)
	mustRun(t, e, nil)
	if a, b := right.records["b001"].Get("product").String(), right.records["b002"].Get("product").String(); a != "b002" || b != "b001" {
		t.Errorf("they refer to %s and %s", a, b)
	}
	right.takeWrites()
	checkInStep(t, e, left, right)
}

func TestReferencesAreChecked(t *testing.T) {
	t.Parallel()
	_, _, p := orders()
	if _, err := reconcile.New(memory.New(), []reconcile.Pair{p}, nil); instep.KindOf(err) != instep.Config {
		t.Errorf("a pair that is not there: %v", err)
	}
}

// A create whose reply is lost is found again by each rung of the ladder.
func TestLadder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		traits func(*instep.Traits)
		spoil  func(books *system) // after the create, before anybody looks
		edit   func(stock *system) // likewise
		finder bool
		want   string // the record it is linked with; "" if a person is asked
		state  string
	}{
		{name: "natural key", finder: true, want: "b001"},
		{name: "natural key, edited since", finder: true, spoil: func(b *system) { b.edit("b001", "title", instep.String("Muu")) }, state: "found_differs"},
		{name: "token", finder: true, traits: func(t *instep.Traits) { t.TokenField = "token" }, want: "b001"},
		{
			name: "token, edited since", finder: true, traits: func(t *instep.Traits) { t.TokenField = "token" },
			spoil: func(b *system) { b.edit("b001", "title", instep.String("Muu")) }, want: "b001",
		},
		{name: "idempotency key", traits: func(t *instep.Traits) { t.IdempotencyKey = true; t.KeyLife = 1 << 40 }, want: "b001"},
		{
			name: "idempotency key, hidden since", finder: true, traits: func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<40 },
			spoil: func(b *system) { b.hide("b001", true) }, state: "in_doubt",
		},
		{
			name: "idempotency key, deleted since", finder: true, traits: func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<40 },
			spoil: func(b *system) { b.remove("b001") }, state: "in_doubt",
		},
		{name: "idempotency key, too old", traits: func(t *instep.Traits) { t.IdempotencyKey = true; t.KeyLife = 1 }, state: "in_doubt"},
		{
			name: "idempotency key, to be made of something else by now", traits: func(t *instep.Traits) { t.IdempotencyKey, t.KeyLife = true, 1<<40 },
			edit: func(s *system) { s.edit("A", "name", instep.String("Muu")) }, state: "in_doubt",
		},
		{name: "none", state: "in_doubt"},
	}
	for _, test := range tests {
		for _, before := range []bool{false, true} {
			if before && (test.spoil != nil || test.edit != nil) {
				continue
			}
			t.Run(test.name+map[bool]string{true: ", not carried out"}[before], func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				books.traits = test.traits
				stock.put("A", stockRecord("A", "Kahvi", "1")...)
				n := 0
				books.fault = func(string) (lost, lostBefore bool) { n++; return n == 1, before }
				vendor := &keyed{system: books, made: map[string]string{}, token: map[string]string{}}
				var right instep.Source = vendor
				if !test.finder {
					right = blind{vendor}
				}
				store := memory.New()
				e := newEngine(t, store, nil, pairOf(stock, right))
				if test.spoil != nil {
					vendor.after = func() { test.spoil(books) }
				}
				if test.edit != nil {
					vendor.after = func() { test.edit(stock) }
				}
				for range 3 {
					mustRun(t, e, sweep())
				}
				x := explainOne(t, e, stock.ref("A"))
				if x.Other.ID != test.want || x.State == instep.Review && x.Message.Code != test.state {
					t.Errorf("linked with %q, want %q; %s %s", x.Other.ID, test.want, x.State, x.Message.Code)
				}
				if len(books.records) > 1 {
					t.Errorf("%d records were made", len(books.records))
				}
			})
		}
	}
}

// keyed is a system that knows idempotency keys and keeps tokens.
type keyed struct {
	*system
	made  map[string]string // ids by key
	token map[string]string
	after func()
}

func (k *keyed) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i, op := range ops {
		if id, known := k.made[op.Key]; known && op.Key != "" {
			out[i] = instep.Result{Ref: k.ref(id)}
			continue
		}
		before := k.next
		out[i] = k.writeOne(op)
		if k.next > before {
			id := k.ref("b001").ID
			k.made[op.Key], k.token[op.Token] = id, id
			if k.after != nil {
				k.after()
			}
		}
	}
	return out, nil
}

func (k *keyed) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if field != "token" {
		return k.system.Find(ctx, field, values)
	}
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		if id := k.token[v.String()]; id != "" {
			out[i] = []instep.Record{k.record(id)}
		}
	}
	return out, nil
}

// blind hides that a system can be asked by a field.
type blind struct{ k *keyed }

func (b blind) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	return b.k.Read(ctx, from)
}
func (b blind) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	return b.k.Write(ctx, ops)
}

func (b blind) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	return b.k.Get(ctx, refs)
}
func (b blind) Traits() instep.Traits                                    { return b.k.Traits() }
func (b blind) Probe(ctx context.Context) (instep.Report, error)         { return b.k.Probe(ctx) }
func (b blind) Describe(ctx context.Context) ([]instep.FieldInfo, error) { return b.k.Describe(ctx) }

// Two automations that each insist on their own value are stopped.
func TestQuarrelIsStopped(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	n := 0
	for i := range 20 {
		stock.edit("A", "name", instep.String([]string{"tämä", "tuo"}[i%2]))
		mustRun(t, e, nil)
		w := books.takeWrites()
		n += len(w)
	}
	if n > 8 {
		t.Errorf("%d writes in an hour for a field that is turned back and forth", n)
	}
	r := onlyReview(t, e, "turned")
	answer(t, e, r.ID, "again")
	stock.edit("A", "name", instep.String("lopullinen"))
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("title").String(); got != "lopullinen" {
		t.Errorf("after the answer it is %s", got)
	}
}

// What was refused is not sent again as long as it is the same.
func TestRefusedIsParked(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	tries := 0
	books.block = func(instep.Op) error { tries++; return &instep.Error{Kind: instep.Invalid, Code: "NO"} }
	stock.edit("A", "name", instep.String("kielletty"))
	for range 5 {
		mustRun(t, e, nil)
	}
	if tries != 1 {
		t.Errorf("sent %d times, want once", tries)
	}
	stock.edit("A", "name", instep.String("myös kielletty"))
	mustRun(t, e, nil)
	if tries != 2 {
		t.Errorf("sent %d times after it changed, want twice", tries)
	}
	books.block = nil
	stock.edit("A", "name", instep.String("sallittu"))
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("title").String(); got != "sallittu" {
		t.Errorf("it is %s", got)
	}
	if x := explainOne(t, e, stock.ref("A")); x.State != instep.InStep {
		t.Errorf("still %s", x.State)
	}
	if got := slices.Sorted(slices.Values(books.takeWrites())); len(got) != 1 {
		t.Errorf("written: %v", got)
	}
}
