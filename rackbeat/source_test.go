package rackbeat

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// requestsBy returns what a list was asked for, in short: "updated 1", "created 2".
func requestsBy(p *peer) []string {
	var list []string
	for _, s := range p.requests() {
		order := "other"
		switch {
		case strings.Contains(s, "limit=1&"):
			order = "mark"
		case strings.Contains(s, "order_by=updated_at&order_direction=DESC"):
			order = "updated"
		case strings.Contains(s, "order_by=created_at&order_direction=ASC"):
			order = "created"
		}
		_, page, _ := strings.Cut(s, "page=")
		list = append(list, order+" "+page)
	}
	return list
}

func TestReadEverything(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a", "b", "c", "d", "e")
	products, p := g.connector(t, 2)
	w := readAll(t, products, "")
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, w.numbers); diff != "" {
		t.Errorf("products differ (-want +got):\n%s", diff)
	}
	if want := (instep.Sweep{Complete: true, Total: 5}); w.sweep != want {
		t.Errorf("sweep is %+v, want %+v", w.sweep, want)
	}
	if diff := cmp.Diff([]string{"mark 1", "created 1", "created 2", "created 3"}, requestsBy(p)); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
	p.reset()
	w = readAll(t, products, w.next)
	if len(w.numbers) == 0 || w.sweep.Complete {
		t.Errorf("the next walk gives %+v", w)
	}
	if n := len(p.requests()); n != 3 { // all within the margin
		t.Errorf("%d requests were sent, want 3", n)
	}
}

func TestReadChanges(t *testing.T) {
	t.Parallel()
	for name, zoned := range map[string]bool{"zoned": true, "zoneless": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &register{zoned: zoned}
			for i := range 40 {
				g.add(i*100, fmt.Sprintf("p%02d", i))
			}
			products, p := g.connector(t, 10)
			w := readAll(t, products, "")
			if !w.sweep.Complete {
				t.Fatalf("sweep is %+v", w.sweep)
			}
			p.reset()
			idle := readAll(t, products, w.next)
			if diff := cmp.Diff([]string{"p39"}, idle.numbers); diff != "" || len(p.requests()) != 1 {
				t.Errorf("an idle walk took %d requests and gave (-want +got):\n%s", len(p.requests()), diff)
			}
			if idle.next != w.next {
				t.Errorf("an idle walk moves the mark from %s to %s", w.next, idle.next)
			}
			g.edit(10_000, "p03")
			g.add(10_001, "new")
			p.reset()
			w = readAll(t, products, idle.next)
			if diff := cmp.Diff([]string{"new", "p03", "p39"}, w.numbers); diff != "" || len(p.requests()) != 1 {
				t.Errorf("%d requests gave (-want +got):\n%s", len(p.requests()), diff)
			}
			for i := range 25 {
				g.edit(20_000+i, fmt.Sprintf("p%02d", i))
			}
			p.reset()
			w = readAll(t, products, w.next)
			if len(w.numbers) != 26 || len(p.requests()) != 3 { // 25, and new within the margin
				t.Errorf("%d products came in %d requests, want 26 in 3", len(w.numbers), len(p.requests()))
			}
		})
	}
}

func TestReadEmptyRegister(t *testing.T) {
	t.Parallel()
	g := &register{}
	products, _ := g.connector(t, 2)
	w := readAll(t, products, "")
	if want := (instep.Sweep{Complete: true}); len(w.numbers) != 0 || w.sweep != want {
		t.Errorf("got %+v, want a sweep of nothing", w)
	}
	g.add(5, "a", "b", "c")
	w = readAll(t, products, w.next)
	if diff := cmp.Diff([]string{"a", "b", "c"}, w.numbers); diff != "" {
		t.Errorf("products differ (-want +got):\n%s", diff)
	}
}

// A product that vanishes from a page already read moves another across the
// border; it is read nevertheless.
func TestReadShifted(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"created_at", "updated_at"} {
		for _, removed := range []int{1, 2, 3, 5} {
			t.Run(fmt.Sprintf("%s/%d", order, removed), func(t *testing.T) {
				t.Parallel()
				g := &register{}
				var all []string
				for i := range 12 {
					all = append(all, fmt.Sprintf("p%02d", i))
				}
				g.add(0, all...)
				products, _ := g.connector(t, 2)
				from := instep.Cursor("")
				if order == "updated_at" {
					from = instep.Cursor(cursorPrefix("product") + "{}") // everything counts as changed
				}
				g.before = func(page int, by string) {
					if page != 4 || by != order || len(g.rows) < 12 {
						return
					}
					for i := range removed {
						number := all[i]
						if order == "updated_at" {
							number = all[len(all)-1-i]
						}
						g.remove(number)
					}
				}
				w := readAll(t, products, from)
				for _, row := range g.rows {
					if !slices.Contains(w.numbers, row.number) {
						t.Errorf("%s was passed over", row.number)
					}
				}
				if w.sweep.Complete {
					t.Error("the sweep calls itself complete")
				}
			})
		}
	}
}

// Where one product goes and another comes, the total stays and the sweep is
// not complete.
func TestReadReplaced(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a", "b", "c", "d", "e", "f")
	g.before = func(page int, order string) {
		if page == 2 && order == "created_at" {
			g.remove("a")
			g.add(100, "g")
		}
	}
	products, _ := g.connector(t, 2)
	w := readAll(t, products, "")
	if slices.Contains(w.numbers, "c") {
		t.Fatal("the test does not show what it should: c was not passed over")
	}
	if w.sweep.Complete {
		t.Error("the sweep calls itself complete although c was passed over")
	}
}

func TestReadGrowing(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a", "b", "c")
	g.before = func(page int, order string) {
		if page == 2 && order == "created_at" {
			g.add(100, "d")
		}
	}
	products, _ := g.connector(t, 2)
	w := readAll(t, products, "")
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, w.numbers); diff != "" || w.sweep.Complete {
		t.Errorf("sweep %+v, products differ (-want +got):\n%s", w.sweep, diff)
	}
}

// Where rows that are equal in order come in another order on each page, some
// come twice and others not at all, although the totals agree.
func TestReadUnstable(t *testing.T) {
	t.Parallel()
	g := &register{unstable: true}
	for _, n := range []string{"a", "b", "c", "d"} {
		g.add(0, n)
	}
	products, _ := g.connector(t, 2)
	w := readAll(t, products, "")
	if diff := cmp.Diff([]string{"a", "b"}, w.numbers); diff != "" {
		t.Fatalf("the test does not show what it should (-want +got):\n%s", diff)
	}
	if w.sweep.Complete {
		t.Error("the sweep calls itself complete")
	}
}

// A product that vanishes where the walk over changes is about to end is noticed
// as well.
func TestReadShiftedAtEnd(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a")
	g.add(100, "b", "c", "d")
	products, _ := g.connector(t, 2)
	w := readAll(t, products, "")
	for i, n := range []string{"c", "b", "d"} {
		g.edit(1000+100*i, n)
	}
	g.before = func(page int, _ string) {
		if page == 2 {
			g.remove("d")
		}
	}
	if w = readAll(t, products, w.next); !slices.Contains(w.numbers, "c") {
		t.Errorf("c was passed over: %q", w.numbers)
	}
}

// What is edited while everything is read comes with the next walk, since the
// mark is taken first.
func TestReadEditedMeanwhile(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a")
	g.add(1000, "b", "c", "d")
	g.before = func(page int, order string) {
		if page == 2 && order == "created_at" {
			g.edit(2000, "a")
			g.edit(2100, "d")
		}
	}
	products, p := g.connector(t, 2)
	w := readAll(t, products, "")
	g.before = nil
	if !w.sweep.Complete {
		t.Errorf("sweep is %+v", w.sweep)
	}
	// A greater time than the mark was seen: one more request tells that the
	// order is heard.
	if diff := cmp.Diff([]string{"mark 1", "created 1", "created 2", "mark 1"}, requestsBy(p)); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
	w = readAll(t, products, w.next)
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, w.numbers); diff != "" { // b, c within the margin
		t.Errorf("products differ (-want +got):\n%s", diff)
	}
	w = readAll(t, products, w.next)
	if diff := cmp.Diff([]string{"d"}, w.numbers); diff != "" {
		t.Errorf("products differ (-want +got):\n%s", diff)
	}
}

// A vendor that does not hear order_by=updated_at is found out, and no change
// is lost.
func TestReadUnsorted(t *testing.T) {
	t.Parallel()
	t.Run("by a sweep", func(t *testing.T) {
		t.Parallel()
		g := &register{unsorted: true}
		for i := range 40 {
			g.add(i*100, fmt.Sprintf("p%02d", i))
		}
		g.edit(9000, "p01")
		products, p := g.connector(t, 10)
		w := readAll(t, products, "")
		g.edit(10_000, "p02") // on the last page, newest created first
		p.reset()
		w = readAll(t, products, w.next)
		if !slices.Contains(w.numbers, "p02") || len(p.requests()) != 4 {
			t.Errorf("%d requests gave %q", len(p.requests()), w.numbers)
		}
		g.edit(10_100, "p00")
		if w = readAll(t, products, w.next); !slices.Contains(w.numbers, "p00") {
			t.Errorf("p00 is not in %q", w.numbers)
		}
	})
	t.Run("edited on a page behind", func(t *testing.T) {
		t.Parallel()
		g := &register{unsorted: true}
		for i := range 40 {
			g.add(i*100, fmt.Sprintf("p%02d", i))
		}
		g.edit(9000, "p01")
		products, _ := g.connector(t, 10)
		w := readAll(t, products, "")
		g.before = func(page int, _ string) {
			if page == 4 { // both after the first page was read
				g.edit(20_000, "p39")
				g.edit(30_000, "p00")
			}
		}
		w = readAll(t, products, w.next)
		g.before = nil
		if w = readAll(t, products, w.next); !slices.Contains(w.numbers, "p39") {
			t.Errorf("p39 is not in %q", w.numbers)
		}
	})
	t.Run("by a page out of order", func(t *testing.T) {
		t.Parallel()
		g := &register{unsorted: true}
		for i := range 40 {
			g.add(i*100, fmt.Sprintf("p%02d", i))
		}
		products, _ := g.connector(t, 10)
		w := readAll(t, products, "") // nothing to see yet
		g.edit(10_000, "p35")         // on the first page, out of order
		g.edit(10_001, "p02")         // on the last
		if w = readAll(t, products, w.next); !slices.Contains(w.numbers, "p02") {
			t.Errorf("p02 is not in %q", w.numbers)
		}
	})
}

// Products without updated_at, and a vendor that begins to tell zones, do not
// end a walk early.
func TestReadUnknownTimes(t *testing.T) {
	t.Parallel()
	g := &register{}
	for i := range 30 {
		g.add(i*100, fmt.Sprintf("p%02d", i))
	}
	products, _ := g.connector(t, 10)
	w := readAll(t, products, "")
	g.zoned = true
	w = readAll(t, products, w.next)
	if len(w.numbers) != 30 {
		t.Errorf("%d products came, want all 30", len(w.numbers))
	}
	if w = readAll(t, products, w.next); len(w.numbers) != 1 {
		t.Errorf("%d products came, want 1", len(w.numbers))
	}
	for i := range g.rows {
		g.rows[i].noStamp = true
	}
	if w = readAll(t, products, w.next); len(w.numbers) != 30 {
		t.Errorf("%d products came, want all 30", len(w.numbers))
	}
}

// A vendor that gives fewer rows than asked for is read to the end.
func TestReadClamped(t *testing.T) {
	t.Parallel()
	g := &register{clamp: 3}
	for i := range 20 {
		g.add(i, fmt.Sprintf("p%02d", i))
	}
	g.before = func(page int, order string) {
		if page == 5 && order == "created_at" {
			g.remove("p00")
		}
	}
	products, _ := g.connector(t, 10)
	if w := readAll(t, products, ""); len(w.numbers) != 20 {
		t.Errorf("%d products came, want 20", len(w.numbers))
	}
}

// A sweep over a list without a total never calls itself complete.
func TestReadWithoutTotal(t *testing.T) {
	t.Parallel()
	g := &register{noTotal: true}
	g.add(0, "a", "b")
	products, _ := g.connector(t, 10)
	w := readAll(t, products, "")
	if want := (instep.Sweep{Total: -1}); len(w.numbers) != 2 || w.sweep != want {
		t.Errorf("got %+v", w)
	}
}

// A walk goes on in another process, with other options; a sweep is then not
// complete, because nobody saw all of it.
func TestReadElsewhere(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a", "b", "c", "d", "e")
	first, _ := g.connector(t, 2)
	page, err := first.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	second, _ := g.connector(t, 3)
	w := readAll(t, second, page.Next)
	if diff := cmp.Diff([]string{"c", "d", "e"}, w.numbers); diff != "" || w.sweep.Complete {
		t.Errorf("sweep %+v, products differ (-want +got):\n%s", w.sweep, diff)
	}
	if w = readAll(t, second, ""); !w.sweep.Complete {
		t.Error("a whole sweep does not call itself complete")
	}
	if w = readAll(t, second, page.Next); w.sweep.Complete {
		t.Error("half a sweep calls itself complete")
	}
}

// A page that failed is read again from the same cursor.
func TestReadAgain(t *testing.T) {
	t.Parallel()
	g := &register{}
	g.add(0, "a", "b", "c", "d", "e")
	fail := true
	c, _ := client(t, &Options{PageSize: 2}, func(w http.ResponseWriter, r *http.Request) {
		if fail && strings.Contains(r.URL.RawQuery, "page=2") {
			fail = false
			answer(500, "")(w, r)
			return
		}
		g.serve(w, r)
	})
	products := c.Products()
	page, err := products.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = products.Read(t.Context(), page.Next)
	wantKind(t, err, instep.Unavailable)
	w := readAll(t, products, page.Next)
	if diff := cmp.Diff([]string{"c", "d", "e"}, w.numbers); diff != "" || !w.sweep.Complete {
		t.Errorf("sweep %+v, products differ (-want +got):\n%s", w.sweep, diff)
	}
}

// Whatever happens between the pages, every change is seen by the walks until
// nothing changes any more.
func TestReadRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 1))
		g := &register{zoned: seed%2 == 0}
		for i := range 20 {
			g.add(i/3, fmt.Sprintf("p%02d", i))
		}
		clock, fresh := 100, 0
		g.before = func(int, string) {
			for range random.IntN(3) {
				clock += random.IntN(9)
				number := g.rows[random.IntN(len(g.rows))].number
				switch random.IntN(4) {
				case 0:
					fresh++
					g.add(clock, fmt.Sprintf("n%d", fresh))
				case 1:
					if len(g.rows) > 5 {
						g.remove(number)
					}
				default:
					g.edit(clock, number)
				}
			}
		}
		products, _ := g.connector(t, 1+random.IntN(5))
		seen := follow(t, products, g, 4)
		for _, row := range g.rows {
			if seen[row.number] != g.stamp(row.updated) {
				t.Fatalf("seed %d: %s was last seen as of %q, and changed at %s", seed, row.number, seen[row.number], g.stamp(row.updated))
			}
		}
	}
}

// follow reads everything, then what changes, several times, and at last a
// register that is quiet. It returns as of when each product was last seen.
func follow(t *testing.T, products *Products, g *register, walks int) map[string]string {
	t.Helper()
	seen := map[string]string{}
	restless, before := g.before, slices.Clone(g.rows)
	next, complete := follow1(t, products, g, "", seen)
	for _, row := range before {
		there := slices.ContainsFunc(g.rows, func(r regRow) bool { return r.number == row.number })
		if _, ok := seen[row.number]; complete && there && !ok {
			t.Fatalf("a complete sweep passed %s over", row.number)
		}
	}
	if !complete { // an engine would sweep again, sooner or later
		g.before = nil
		if next, complete = follow1(t, products, g, "", seen); !complete {
			t.Fatal("a sweep over a quiet register is not complete")
		}
		g.before = restless
	}
	for range walks {
		next, _ = follow1(t, products, g, next, seen)
	}
	g.before = nil
	follow1(t, products, g, next, seen)
	return seen
}

// follow1 is one walk of follow.
func follow1(t *testing.T, products *Products, g *register, from instep.Cursor, seen map[string]string) (instep.Cursor, bool) {
	t.Helper()
	for range 1000 {
		page, err := products.Read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range page.Records {
			at, _ := rec.Fields.Get("updated_at").AsTime()
			seen[rec.Ref.ID] = at.In(danishTime()).Format(time.DateTime)
			if g.zoned {
				seen[rec.Ref.ID] = at.Format(time.RFC3339)
			}
		}
		if from = page.Next; !page.More {
			return from, page.Sweep.Complete
		}
	}
	t.Fatal("the walk does not end")
	return "", false
}

func TestReadCanceled(t *testing.T) {
	t.Parallel()
	g := &register{}
	products, p := g.connector(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := products.Read(ctx, "")
	wantKind(t, err, instep.Canceled)
	if n := len(p.requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Drafts without a number cannot be addressed; a product without one is a
// reply that makes no sense.
func TestReadUnnumbered(t *testing.T) {
	t.Parallel()
	rows := `{"number":null,"is_draft":true,"id":1},{"number":"","is_draft":true,"id":2},{"number":"a"}`
	c, _ := client(t, nil, answer(206, `{"products":[`+rows+`],"total":3,"pages":1,"limit":1000,"page":1}`))
	w := readAll(t, c.Products(), "")
	if diff := cmp.Diff([]string{"a"}, w.numbers); diff != "" || !w.sweep.Complete {
		t.Errorf("sweep %+v, products differ (-want +got):\n%s", w.sweep, diff)
	}
	c, _ = client(t, nil, answer(206, `{"products":[{"name":"a"}],"total":1,"pages":1,"limit":1000,"page":1}`))
	_, err := c.Products().Read(t.Context(), "")
	wantKind(t, err, instep.Malformed)
}
