package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
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

// A right that is lost pauses the pair that needs it, and no other. A key that
// is refused as a whole pauses all pairs of the system, which is asked once.
func TestLostRightPauses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		lists, writes instep.Kind
		pairs         int // paused
		products      int // made all the same
		asked         int
	}{
		{"a right to read", instep.Forbidden, 0, 1, 1, 1},
		{"a right to write", 0, instep.Forbidden, 1, 1, 2},
		{"the key", instep.Unauthorized, 0, 2, 0, 1},
		{"the key, when it writes", 0, instep.Unauthorized, 2, 0, 2},
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
			if len(books.records) != test.products || len(paused) != test.pairs || strings.Count(log.String(), "no right to books orders") != test.pairs {
				t.Errorf("%d products made, %v paused; want %d and %d; log:\n%s", len(books.records), paused, test.products, test.pairs, &log)
			}
			if orders.asked != test.asked {
				t.Errorf("asked %d times, want %d", orders.asked, test.asked)
			}
			if test.products > 0 && (len(sum.Paused) != 1 || sum.Paused[0].Pair != "orders" || sum.Paused[0].Side != instep.Right || sum.Paused[0].System != "books") {
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
