package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// gated is a system whose key is refused, or a right of it.
type gated struct {
	*system
	lists, writes instep.Kind // of the refusal; 0: none
	asked         int
}

func (g *gated) refusal(kind instep.Kind) error {
	g.asked++
	if kind == 0 {
		return nil
	}
	return &instep.Error{Kind: kind, Op: "use " + g.name, Err: errors.New("no right to " + g.name + " orders"), Remedy: "give it"}
}

func (g *gated) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if err := g.refusal(g.lists); err != nil {
		return instep.Page{}, err
	}
	return g.system.Read(ctx, from)
}

func (g *gated) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	if err := g.refusal(g.writes); err != nil {
		return nil, err
	}
	return g.system.Write(ctx, ops)
}

// twoPairs returns orders and products of the same two systems; the books'
// orders are behind a gate.
func twoPairs() (orders *gated, books *system, pairs []reconcile.Pair) {
	stock, books := twoSystems()
	left, right, p := ordersWithout()
	orders = &gated{system: right}
	p.Right = orders
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	left.put("O1", stockRecord("O1", "Tilaus", "1")...)
	return orders, books, []reconcile.Pair{p, pairOf(stock, books)}
}

// ordersWithout is orders without the reference.
func ordersWithout() (left, right *system, p reconcile.Pair) {
	left, right, p = orders()
	p.Mapping.Rules = p.Mapping.Rules[:4]
	return left, right, p
}

// A right that is lost pauses the pair that needs it, and no other.
func TestLostRightPauses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		lists, writes instep.Kind
		asked         int
	}{
		{"a right to read", instep.Forbidden, 0, 1},
		{"a right to write", 0, instep.Forbidden, 2},
		{"the key", instep.Unauthorized, 0, 1},
		{"the key, when it writes", 0, instep.Unauthorized, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			orders, books, pairs := twoPairs()
			orders.lists, orders.writes = test.lists, test.writes
			var paused []string
			var log bytes.Buffer
			write := reconcile.Log(slog.New(slog.NewTextHandler(&log, nil)))
			e := newEngine(t, memory.New(), &reconcile.Options{Observe: func(ev reconcile.Event) {
				if p, ok := ev.(reconcile.Paused); ok {
					paused = append(paused, p.Pair)
				}
				write(ev)
			}}, pairs...)
			sum, err := e.Run(t.Context(), nil)
			if kind := instep.KindOf(err); kind != test.lists+test.writes || !strings.Contains(err.Error(), "pair") || strings.Count(err.Error(), "no right to books orders") != 1 {
				t.Errorf("the run says %v", err)
			}
			if len(books.records) != 1 || len(paused) != 1 || strings.Count(log.String(), "no right to books orders") != 1 {
				t.Errorf("%d products made, %v paused; log:\n%s", len(books.records), paused, &log)
			}
			if orders.asked != test.asked {
				t.Errorf("asked %d times, want %d", orders.asked, test.asked)
			}
			if len(sum.Paused) != 1 || sum.Paused[0].Pair != "orders" || sum.Paused[0].Side != instep.Right || sum.Paused[0].System != "books" {
				t.Errorf("the summary says %+v", sum.Paused)
			}
			orders.lists, orders.writes = 0, 0
			sum = mustRun(t, e, nil)
			if len(orders.records) != 1 || len(books.records) != 1 || len(sum.Paused) != 0 {
				t.Errorf("afterwards %d orders and %d products, %+v", len(orders.records), len(books.records), sum.Paused)
			}
		})
	}
}

// A plan says what it lacks, and is not saved as if it lacked nothing.
func TestPlanWithPausedPair(t *testing.T) {
	t.Parallel()
	orders, _, pairs := twoPairs()
	e := newEngine(t, memory.New(), nil, pairs...)
	var whole bytes.Buffer
	plan, err := e.Plan(t.Context(), nil)
	if err == nil {
		err = plan.Save(&whole, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	orders.lists = instep.Forbidden
	plan, err = e.Plan(t.Context(), nil)
	if err != nil || len(plan.Paused()) != 1 || plan.CountsOf("products").Of(instep.Created) != 1 {
		t.Fatalf("the plan: %v, %v", plan.Paused(), err)
	}
	var part bytes.Buffer
	if err := plan.Save(&part, nil); instep.KindOf(err) != instep.Forbidden || part.Len() > 0 {
		t.Errorf("saved %d bytes: %v", part.Len(), err)
	}
	saved, err := reconcile.ReadPlan(&whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.PlanSaved(t.Context(), saved, nil); instep.KindOf(err) != instep.Forbidden {
		t.Errorf("a saved plan of a paused pair: %v", err)
	}
}

// A probe that finds a right missing pauses its pair as well.
func TestProbePauses(t *testing.T) {
	t.Parallel()
	orders, books, pairs := twoPairs()
	pairs[0].Right = &probed{orders}
	e := newEngine(t, memory.New(), nil, pairs...)
	sum, err := e.Run(t.Context(), nil)
	if instep.KindOf(err) != instep.Config || len(sum.Paused) != 1 || len(books.records) != 1 || !strings.Contains(err.Error(), "orders may not be read") {
		t.Errorf("%v, %+v, %d products", err, sum.Paused, len(books.records))
	}
}

// probed is a system that tells of a missing right when it is asked.
type probed struct{ *gated }

func (p *probed) Probe(context.Context) (instep.Report, error) {
	return instep.Report{System: p.name, Installation: "1", Checks: []instep.Check{{Name: "rights", Detail: "orders may not be read"}}}, nil
}

// Of several writes that are refused at once, each has an error of its own.
func TestSeveralRefusalsPauseOnce(t *testing.T) {
	t.Parallel()
	orders, books, pairs := twoPairs()
	left := pairs[0].Left.(*system)
	for i := range 8 {
		code := fmt.Sprintf("P%d", i)
		left.put(code, stockRecord(code, code, "1")...)
	}
	orders.traits = func(t *instep.Traits) { t.Entity, t.MaxBatch, t.MaxInFlight = "order", 1, 4 }
	together := &together{gated: orders}
	together.all.Add(4)
	pairs[0].Right = together
	e := newEngine(t, memory.New(), nil, pairs...)
	sum, err := e.Run(t.Context(), nil)
	if len(sum.Paused) != 1 || len(books.records) != 1 {
		t.Errorf("paused %v, %d products, %v", sum.Paused, len(books.records), err)
	}
}

// together refuses four writes once all are there.
type together struct {
	*gated
	all sync.WaitGroup
}

func (s *together) Write(context.Context, []instep.Op) ([]instep.Result, error) {
	s.all.Done()
	s.all.Wait()
	return nil, &instep.Error{Kind: instep.Forbidden, Op: "use", Err: errors.New("no right")}
}

// A right can be lost while it is found out what became of a write.
func TestRightLostInFurtherRound(t *testing.T) {
	t.Parallel()
	orders, books, pairs := twoPairs()
	g := &blinded{gated: orders}
	pairs[0].Right = g
	orders.fault = func(string) (lost, before bool) {
		g.blind = true
		return true, false
	}
	e := newEngine(t, memory.New(), nil, pairs...)
	sum, err := e.Run(t.Context(), nil)
	if len(sum.Paused) != 1 || len(books.records) != 1 {
		t.Errorf("paused %v, %d products, %v", sum.Paused, len(books.records), err)
	}
}

// blinded is a system that shows no single record any more.
type blinded struct {
	*gated
	blind bool
}

func (g *blinded) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if g.blind {
		return nil, instep.Forbidden
	}
	return g.gated.Get(ctx, refs)
}

func (g *blinded) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if g.blind {
		return nil, instep.Forbidden
	}
	return g.gated.Find(ctx, field, values)
}

// Records that others refer to are not deleted while these cannot be, and what
// refers to records of a paused pair waits with it.
func TestPausedReferences(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		lose func(orders, products *gated)
		both bool // pairs wait
	}{
		{"orders cannot be read", func(orders, _ *gated) { orders.lists = instep.Forbidden }, false},
		{"orders cannot be written", func(orders, _ *gated) { orders.writes = instep.Forbidden }, false},
		{"the key for orders", func(orders, _ *gated) { orders.writes = instep.Unauthorized }, false},
		{"products cannot be read", func(_, products *gated) { products.lists = instep.Forbidden }, true},
		{"products cannot be written", func(_, products *gated) { products.writes = instep.Forbidden }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			left, right, p := orders()
			order, product := &gated{system: right}, &gated{system: books}
			q := pairOf(stock, product)
			p.Right = order
			p.Deletes[instep.Right], q.Deletes[instep.Right] = reconcile.DeleteDeleted, reconcile.DeleteDeleted
			for _, code := range []string{"A", "Z"} {
				stock.put(code, stockRecord(code, "Kahvi", "1")...)
				left.put("O"+code, append(stockRecord("O"+code, "Tilaus", "1"), instep.Field{Name: "product", Value: instep.String(code)})...)
			}
			e := newEngine(t, memory.New(), nil, p, q)
			mustRun(t, e, nil)
			stock.remove("A")
			left.remove("OA")
			stock.put("B", stockRecord("B", "Tee", "1")...)
			test.lose(order, product)
			left.edit("OZ", "name", instep.String("Muutettu"))
			sum, err := e.Run(t.Context(), &reconcile.Select{Sweep: true})
			if both := len(sum.Paused) == 2; both != test.both && len(sum.Pairs) > 0 {
				t.Errorf("paused: %+v", sum.Paused)
			}
			if went := right.records["b002"].Get("title").String() == "Muutettu"; went {
				t.Error("an order was written while one of the two is paused")
			}
			if err == nil || books.records["b001"].Len() == 0 && right.records["b001"].Len() > 0 {
				t.Errorf("%v: the product is gone, the order that names it is not", err)
			}
			*order, *product = gated{system: right}, gated{system: books}
			mustRun(t, e, &reconcile.Select{Sweep: true})
			if len(right.records) != 1 || len(books.records) != 2 || right.records["b001"].Len()+books.records["b001"].Len() > 0 {
				t.Errorf("afterwards: %v, %v", right.records, books.records)
			}
		})
	}
}

// What a pair refers to that waits for a third one loses nothing either.
func TestPausedThroughAnother(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	left, right, p := orders()
	product := &gated{system: books}
	q := pairOf(stock, product)
	firms, clients := twoSystems()
	for _, s := range []*system{firms, clients} {
		s.traits = func(t *instep.Traits) { t.Entity = "firm" }
	}
	c := pairOf(firms, clients)
	c.Name = "firms"
	c.Deletes[instep.Right] = reconcile.DeleteDeleted
	for _, s := range []*system{left, right} {
		s.infos = append(s.infos, instep.FieldInfo{Name: "firm", Type: instep.TypeString, Access: instep.ReadWrite})
	}
	p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
		Name: "firm", Left: instep.End{Field: "firm"}, Right: instep.End{Field: "firm"}, Owner: instep.LeftOwns, Refs: "firms",
	})
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	firms.put("F", stockRecord("F", "Kahvila", "1")...)
	left.put("O", append(stockRecord("O", "Tilaus", "1"),
		instep.Field{Name: "product", Value: instep.String("A")}, instep.Field{Name: "firm", Value: instep.String("F")})...)
	e := newEngine(t, memory.New(), nil, p, q, c)
	mustRun(t, e, nil)
	left.remove("O")
	firms.remove("F")
	stock.put("B", stockRecord("B", "Tee", "1")...)
	product.writes = instep.Forbidden // found out when the plan is carried out
	_, err := e.Run(t.Context(), &reconcile.Select{Sweep: true})
	if instep.KindOf(err) != instep.Forbidden || len(right.records) != 1 || len(clients.records) != 1 {
		t.Errorf("%v: %d orders, %d firms", err, len(right.records), len(clients.records))
	}
}

// An engine without pairs has an empty plan, or says that it has none.
func TestNoPairs(t *testing.T) {
	t.Parallel()
	e, err := reconcile.New(memory.New(), nil, nil)
	if err != nil {
		return
	}
	if plan, err := e.Plan(t.Context(), nil); err == nil && plan == nil {
		t.Error("neither a plan nor an error")
	}
}
