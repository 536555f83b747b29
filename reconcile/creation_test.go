package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// loadOdd makes records that are created in either direction, refused, lost,
// linked already or not to be carried, a few of each.
func loadOdd(rnd *rand.Rand, stock, books *system) {
	for i := range 60 {
		code := fmt.Sprintf("A-%03d", rnd.IntN(70))
		rec := stockRecord(code, fmt.Sprintf("Kahvi %d", i), fmt.Sprint(rnd.IntN(100)))
		switch rnd.IntN(5) {
		case 0:
			books.put(fmt.Sprintf("b%03d", i), booksRecord(code, fmt.Sprintf("Kahvi %d", i), "1")...)
		case 1:
			stock.put(code, rec...)
			books.put(fmt.Sprintf("b%03d", i), booksRecord(code, "Tee", "1")...)
		default:
			stock.put(code, rec...)
		}
	}
	refused, lost := rnd.IntN(10), rnd.IntN(10)
	for _, s := range []*system{stock, books} {
		s.block = func(op instep.Op) error {
			if name := op.Fields.Get("name").String(); len(name) > 0 && int(name[len(name)-1]-'0') == refused {
				return &instep.Error{Kind: instep.Invalid, Code: "name", Err: errors.New("no")}
			}
			return nil
		}
		n := 0
		s.fault = func(string) (bool, bool) {
			n++
			return n%10 == lost, n%3 == 0
		}
	}
}

// outcomeOf is all that a run leaves: what it says, what it did, what it knows.
func outcomeOf(t *testing.T, rnd *rand.Rand, sel *reconcile.Select) string {
	t.Helper()
	stock, books := twoSystems()
	loadOdd(rnd, stock, books)
	var out bytes.Buffer
	opt := &reconcile.Options{
		Key: &[16]byte{7}, Hold: 1 + rnd.IntN(80), Serial: true,
		Observe: func(ev reconcile.Event) { fmt.Fprintf(&out, "%T %+v\n", ev, ev) }, NewRun: func() string { return "run" },
	}
	store := memory.New()
	p := pairOf(stock, books)
	p.Flow = []instep.Direction{instep.BothWays, instep.ToRight, instep.ToLeft}[rnd.IntN(3)]
	if rnd.IntN(2) == 0 { // the new id is to be written back
		stock.infos = append(stock.infos, instep.FieldInfo{Name: "books_id", Type: instep.TypeString, Access: instep.ReadWrite})
		p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
			Name: "books id", Left: instep.End{Field: "books_id"}, Right: instep.End{Field: instep.IDField},
			Owner: instep.RightOwns, Direction: instep.ToLeft,
		})
	}
	e := newEngine(t, store, opt, p)
	for n := range 3 {
		if n == 2 { // more than a guard lets through
			for i := range 60 {
				stock.put(fmt.Sprintf("C-%03d", i), stockRecord(fmt.Sprintf("C-%03d", i), "Tee", "1")...)
			}
		}
		plan, err := e.Plan(t.Context(), sel)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, plan.Counts())
		for item := range plan.Items() {
			fmt.Fprintf(&out, "%+v\n", item)
		}
		sum, err := e.Apply(t.Context(), plan)
		for i := range sum.Pairs {
			fmt.Fprintf(&out, "%+v %v\n", sum.Pairs[i], err)
		}
	}
	links, err := store.Scan(context.Background(), p.Name, 0, 1000)
	fmt.Fprintf(&out, "%+v %v\n%v\n%v\n", links, err, stock.takeWrites(), books.takeWrites())
	return out.String()
}

// TestCreationsAreWorks carries the same out with creations held as such, and
// with all of them as works, because they are to be picked from.
func TestCreationsAreWorks(t *testing.T) {
	t.Parallel()
	seeds := uint64(60)
	if testing.Short() {
		seeds = 12
	}
	for seed := range seeds {
		var held string
		synctest.Test(t, func(t *testing.T) { held = outcomeOf(t, rand.New(rand.NewPCG(seed, 1)), nil) })
		synctest.Test(t, func(t *testing.T) {
			all := &reconcile.Select{Limit: 1000} // some are to be picked
			if diff := gocmp.Diff(strings.Split(outcomeOf(t, rand.New(rand.NewPCG(seed, 1)), all), "\n"), strings.Split(held, "\n")); diff != "" {
				t.Fatalf("seed %d (- as works, + as creations):\n%s", seed, diff)
			}
		})
	}
}
