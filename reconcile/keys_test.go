package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// firms is a matcher with a number that both sides give out, a business id
// that nobody else can have, and a name.
func firms() instep.Matcher {
	return instep.MatcherFunc(func(s instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
		names := [2][3]string{{"number", "price", "name"}, {"code", "net_price", "title"}}[s]
		for i, name := range names {
			v := f.Get(name)
			if v.IsBlank() {
				continue
			}
			dst = append(dst, instep.MatchKey{Rank: uint8(i + 1), Value: v.String(), Weak: i == 0, Strong: i == 1})
		}
		return dst
	})
}

// firm is a record: number, business id (kept as a number here), name.
type firm struct{ number, id, name string }

func (f firm) fields(names [4]string) []instep.Field {
	out := []instep.Field{{Name: names[0], Value: instep.String(f.number)}, {Name: names[2], Value: instep.String(f.name)}}
	if f.id != "" {
		out = append(out, instep.Field{Name: names[1], Value: instep.Number(instep.MustDecimal(f.id))})
	}
	return out
}

var (
	stockNames = [4]string{"number", "price", "name"}
	booksNames = [4]string{"code", "net_price", "title"}
)

// TestMatching has records of two registers meet under every rule, in every
// order of arrival.
func TestMatching(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		left, right []firm
		links       map[string]string // left number → right id
		reviews     map[string]string // left number → message
	}{
		{
			name: "number and name agree",
			left: []firm{{"1", "", "Kahvi Oy"}}, right: []firm{{"1", "", "Kahvi Oy"}}, links: map[string]string{"1": "r0"},
		},
		{
			name: "number and business id agree",
			left: []firm{{"1", "77", "Kahvi Oy"}}, right: []firm{{"1", "77", "Kahvi Oyj"}}, links: map[string]string{"1": "r0"},
		},
		{
			name: "only the number agrees",
			left: []firm{{"1", "", "Kahvi Oy"}}, right: []firm{{"1", "", "Tee Oy"}}, reviews: map[string]string{"1": "number_only"},
		},
		{
			name: "the number agrees, the business ids differ",
			left: []firm{{"1", "77", "Kahvi Oy"}}, right: []firm{{"1", "88", "Kahvi Oy"}}, reviews: map[string]string{"1": "contradiction"},
		},
		{
			name: "the name agrees, the business ids differ",
			left: []firm{{"1", "77", "Kahvi Oy"}}, right: []firm{{"2", "88", "Kahvi Oy"}}, reviews: map[string]string{"1": "contradiction"},
		},
		{
			name: "business id agrees, numbers differ and are free",
			left: []firm{{"1", "77", "Kahvi Oy"}}, right: []firm{{"2", "77", "Kahvi"}}, links: map[string]string{"1": "r0"},
		},
		{
			name: "business id agrees, but the number is another's",
			left: []firm{{"1", "77", "Kahvi Oy"}, {"2", "", "Sokeri Oy"}}, right: []firm{{"2", "77", "Kahvi"}},
			reviews: map[string]string{"1": "ambiguous", "2": "number_only"},
		},
		{
			name: "two with one name",
			left: []firm{{"1", "", "Kahvi Oy"}}, right: []firm{{"2", "", "Kahvi Oy"}, {"3", "", "Kahvi Oy"}},
			reviews: map[string]string{"1": "ambiguous"},
		},
		{
			name: "two with one business id on one side",
			left: []firm{{"1", "77", "Kahvi Oy"}, {"5", "77", "Kahvi Ab"}}, right: []firm{{"9", "77", "Kahvi"}},
			reviews: map[string]string{"1": "ambiguous", "5": "ambiguous"},
		},
		{
			name: "a better key wins over a worse one",
			left: []firm{{"1", "77", "Kahvi Oy"}, {"5", "", "Kahvi Oy"}}, right: []firm{{"9", "77", "Kahvi Oy"}},
			links:   map[string]string{"1": "r0"},
			reviews: map[string]string{"5": "linked_elsewhere"},
		},
		{
			name: "name agrees, but the number of one is another's",
			left: []firm{{"1", "", "Kahvi Oy"}}, right: []firm{{"3", "", "Kahvi Oy"}, {"1", "", "Aivan muu"}},
			reviews: map[string]string{"1": "number_only"},
		},
		{
			name: "a worse key, and the number is another's on the other side",
			left: []firm{{"1", "", "Kahvi Oy"}, {"3", "", "Sokeri Oy"}}, right: []firm{{"3", "", "Sokeri Oy"}, {"4", "", "Kahvi Oy"}},
			links: map[string]string{"3": "r0", "1": "r1"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				stock, books := twoSystems()
				shuffle := func(ids []string) { // the same for every page of a walk
					rand.New(rand.NewPCG(seed, 1)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
				}
				stock.order, books.order = shuffle, shuffle
				stock.page, books.page = 1+int(seed%3), 1+int(seed/3%3)
				for _, f := range test.left {
					stock.put(f.number, f.fields(stockNames)...)
				}
				for i, f := range test.right {
					books.put(fmt.Sprintf("r%d", i), f.fields(booksNames)...)
				}
				p := pairOf(stock, books)
				p.Matcher, p.Flow, p.First = firms(), instep.ToLeft, instep.Right
				for i := range p.Mapping.Rules {
					p.Mapping.Rules[i].Match = nil
				}
				p.Mapping.Rules[1].Right.Via, p.Mapping.Rules[2].Direction = nil, instep.Nowhere
				e := newEngine(t, memory.New(), &reconcile.Options{ReadOnly: false}, p)
				plan, err := e.Plan(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				checkMatches(t, plan, test.links, test.reviews)
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
		})
	}
}

func checkMatches(t *testing.T, plan *reconcile.Plan, links, reviews map[string]string) {
	t.Helper()
	for it := range plan.Items() {
		if it.Left.ID == "" {
			continue
		}
		switch {
		case it.Right.ID != "":
			if links[it.Left.ID] != it.Right.ID {
				t.Errorf("%s is linked with %s, want %q", it.Left.ID, it.Right.ID, links[it.Left.ID])
			}
		case it.Outcome == instep.Review:
			if reviews[it.Left.ID] != it.Reason.Code {
				t.Errorf("%s is a review %s, want %q", it.Left.ID, it.Reason.Code, reviews[it.Left.ID])
			}
		default:
			if links[it.Left.ID] != "" || reviews[it.Left.ID] != "" {
				t.Errorf("%s is %s", it.Left.ID, it.Outcome)
			}
		}
	}
}
