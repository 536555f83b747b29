package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// withOrigins has the stock show origins instead of immutable ids, and lets
// its numbers change.
func withOrigins(stock *system, origins map[string]string) {
	stock.origin = origins
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
}

type originTest struct {
	name    string
	origins map[string]string
	do      func(stock *system)
	want    map[string]string // id in the books, by what it is linked with
	books   []string          // written there
}

// TestOrigin plays what can become of a record whose number people may
// change, where nothing but its time of creation and its name tells it apart.
func TestOrigin(t *testing.T) {
	t.Parallel()
	tests := []originTest{
		{
			name: "renamed", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
			do:   func(s *system) { s.rename("A", "B") },
			want: map[string]string{"b001": "B", "b002": "Z"}, books: []string{"update b001 code"},
		},
		{
			name: "copied", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
			do: func(s *system) {
				s.put("B", stockRecord("B", "Kahvi", "1")...)
				s.origin["B"] = "2024 Kahvi"
			},
			want: map[string]string{"b001": "A", "b002": "Z", "b003": "B"}, books: []string{"create b003 active,code,net_price,title"},
		},
		{
			name: "renamed to two", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
			do: func(s *system) {
				s.rename("A", "B")
				s.put("C", stockRecord("C", "Kahvi", "1")...)
				s.origin["C"] = "2024 Kahvi"
			},
			want:  map[string]string{"b001": "A", "b002": "Z", "b003": "B", "b004": "C"},
			books: []string{"create b003 active,code,net_price,title", "create b004 active,code,net_price,title"},
		},
		{
			name: "two shared it, one renamed", origins: map[string]string{"A": "2024 Kahvi", "Z": "2024 Kahvi"},
			do:   func(s *system) { s.rename("A", "B") },
			want: map[string]string{"b001": "A", "b002": "Z", "b003": "B"}, books: []string{"create b003 active,code,net_price,title"},
		},
		{
			name: "renamed and edited in the origin", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
			do:   func(s *system) { s.rename("A", "B"); s.origin["B"] = "2024 Kahvia" },
			want: map[string]string{"b001": "A", "b002": "Z", "b003": "B"}, books: []string{"create b003 active,code,net_price,title"},
		},
	}
	tests = append(tests, originTest{
		name: "two numbers swapped", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
		do:   func(s *system) { s.rename("A", "X"); s.rename("Z", "A"); s.rename("X", "Z") },
		want: map[string]string{"b001": "Z", "b002": "A"}, // each code is still the other's: a person is asked
	}, originTest{
		name: "two numbers of one origin swapped", origins: map[string]string{"A": "2024 Kahvi", "Z": "2024 Tee"},
		do:   func(s *system) { s.rename("A", "X"); s.rename("Z", "A"); s.rename("X", "Z") },
		want: map[string]string{"b001": "Z", "b002": "A"},
	}, originTest{
		name: "given the name of another of its origin", origins: map[string]string{"A": "2024 Kahvi", "Z": "2024 Tee"},
		do:   func(s *system) { s.edit("A", "name", instep.String("Tee")); s.origin["A"] = "2024 Tee" },
		want: map[string]string{"b001": "A", "b002": "Z"}, books: []string{"update b001 title"},
	}, originTest{
		name: "given the name of another of its origin, which is edited", origins: map[string]string{"A": "2024 Kahvi", "Z": "2024 Tee"},
		do: func(s *system) {
			s.edit("A", "name", instep.String("Tee"))
			s.origin["A"] = "2024 Tee"
			s.edit("Z", "price", instep.Number(instep.MustDecimal("3")))
		},
		want: map[string]string{"b001": "A", "b002": "Z"}, books: []string{"update b001 title", "update b002 net_price"},
	}, originTest{
		name: "copied and edited", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
		do: func(s *system) {
			s.put("B", stockRecord("B", "Kahvi", "1")...)
			s.origin["B"] = "2024 Kahvi"
			s.edit("A", "price", instep.Number(instep.MustDecimal("3")))
		},
		want:  map[string]string{"b001": "A", "b002": "Z", "b003": "B"},
		books: []string{"create b003 active,code,net_price,title", "update b001 net_price"},
	}, originTest{
		name: "number given to another record", origins: map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"},
		do: func(s *system) {
			s.remove("A")
			s.put("A", stockRecord("A", "Kaakao", "9")...)
			s.origin["A"] = "2026 Kaakao"
		},
		want: map[string]string{"b001": "A", "b002": "Z"}, // and a person is asked
	})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stock *system
			stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
				stock = p.Left.(*system)
				withOrigins(stock, test.origins)
				p.Flow = instep.ToRight
			})
			test.do(stock)
			for range 3 {
				mustRun(t, e, nil)
			}
			mustRun(t, e, sweep())
			if got := books.takeWrites(); !slices.Equal(got, test.books) {
				t.Errorf("written to the books: %q, want %q", got, test.books)
			}
			for id, number := range test.want {
				x, err := e.Explain(t.Context(), books.ref(id))
				if err != nil {
					t.Fatal(err)
				}
				if len(x) != 1 || x[0].Other.ID != number {
					t.Errorf("%s is linked with %+v, want %s", id, x, number)
				}
			}
		})
	}
}

// TestOriginGone deletes a record that has an origin and no immutable id: what
// is missing may have another number by now, so that nothing follows before the
// next whole list has not shown it.
func TestOriginGone(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) {
		withOrigins(p.Left.(*system), map[string]string{"A": "2024 Kahvi", "Z": "2025 Tee"})
		p.Flow = instep.ToRight
		p.Deletes[instep.Right] = reconcile.DeleteDeleted
	})
	stock.remove("A")
	mustRun(t, e, sweep())
	if got := books.takeWrites(); len(got) != 0 {
		t.Errorf("at once: %q", got)
	}
	mustRun(t, e, sweep())
	mustRun(t, e, sweep())
	if got := books.takeWrites(); !slices.Equal(got, []string{"delete b001"}) {
		t.Errorf("after the next list: %q", got)
	}
}

// TestNumberWritten writes the number that is the other side's id, with
// replies lost before and after it was carried out, with an immutable id and
// without one: the link follows, and nothing is made twice.
func TestNumberWritten(t *testing.T) {
	t.Parallel()
	for _, immutable := range []bool{true, false} {
		for _, lost := range []string{"", "before", "after"} {
			t.Run(lost, func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				stock.put("A", stockRecord("A", "Kahvi", "1")...)
				books.put("b900", booksRecord("900", "Kahvi", "1")...)
				withOrigins(stock, map[string]string{"A": "2024 Kahvi"})
				if immutable {
					stock.uid = map[string]string{"A": "id 77"}
				}
				p := pairOf(stock, books)
				p.First, p.Flow = instep.Right, instep.ToRight
				p.Mapping.Rules[0].Match.Weak = true
				p.Mapping.Rules[1].Match = &instep.Match{Rank: 2}
				faults := 0
				stock.fault = func(string) (bool, bool) {
					faults++
					return lost != "" && faults == 1, lost == "before"
				}
				e := newEngine(t, memory.New(), nil, p)
				for range 3 {
					mustRun(t, e, nil)
				}
				mustRun(t, e, sweep())
				if len(stock.records) != 1 || len(books.records) != 1 || stock.records["900"].Get("number") != instep.String("900") {
					t.Fatalf("stock %v, books %v", stock.records, books.records)
				}
				if got := stock.takeWrites(); len(got) != 1 {
					t.Errorf("written to the stock: %q", got)
				}
				checkInStep(t, e, stock, books)
				stock.edit("900", "name", instep.String("Kahvia"))
				mustRun(t, e, nil)
				if got := books.takeWrites(); !slices.Equal(got, []string{"update b900 title"}) {
					t.Errorf("an edit under the new number was carried over as %q", got)
				}
				checkInStep(t, e, stock, books)
			})
		}
	}
}

// Of many records some are copied and others renamed at once: the copies keep
// no renamed one from being followed, in whatever order they come.
func TestOriginsCopiedAndRenamed(t *testing.T) {
	t.Parallel()
	const n = 6
	stock, books := twoSystems()
	origins := map[string]string{}
	withOrigins(stock, origins)
	for i := range 2 * n {
		id := fmt.Sprint("A", i)
		stock.put(id, stockRecord(id, "Kahvi", "1")...)
		origins[id] = fmt.Sprint(2000+i, " Kahvi")
	}
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	for i := range n {
		from, to := fmt.Sprint("A", i), fmt.Sprint("B", i)
		stock.put(to, stockRecord(to, "Kahvi", "1")...)
		origins[to] = origins[from]
		stock.rename(fmt.Sprint("A", n+i), fmt.Sprint("C", n+i))
	}
	mustRun(t, e, sweep())
	if len(books.records) != 3*n {
		t.Errorf("the books hold %d records, want %d", len(books.records), 3*n)
	}
	for i := range n {
		if x := explainOne(t, e, stock.ref(fmt.Sprint("C", n+i))); x.State != instep.InStep {
			t.Errorf("a renamed record is %s", x.State)
		}
	}
}

// Two records have exchanged their numbers, and what the state knows of them cannot
// be read. The run says so, and carries nothing over that is based on less.
func TestExchangedUnread(t *testing.T) {
	t.Parallel()
	for n := int64(1); ; n++ {
		var stock *system
		_, books, _, store := linkedPair(t, func(p *reconcile.Pair) {
			stock = p.Left.(*system)
			withOrigins(stock, map[string]string{"A": "2024 Kahvi", "Z": "2024 Tee"})
			p.Flow = instep.ToRight
		})
		stock.rename("A", "X")
		stock.rename("Z", "A")
		stock.rename("X", "Z")
		once := &failsOnce{}
		once.left.Store(n)
		p := both(pairOf(stock, books))
		p.Mapping.Rules[0].Owner, p.Flow = instep.LeftOwns, instep.ToRight
		_, err := newEngine(t, failsOnceStore{store, once}, nil, p).Run(t.Context(), nil)
		if failed := once.failed(); failed != errors.Is(err, errOnce) {
			t.Errorf("call %d failed is %t, but the run says %v", n, failed, err)
		}
		if w := books.takeWrites(); len(w) > 0 {
			t.Errorf("call %d: written to the books: %q", n, w)
		}
		if !once.failed() {
			return
		}
	}
}
