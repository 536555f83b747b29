package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

func TestRenamedRecordKeepsItsLink(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	stock.uid = map[string]string{"A-001": "uid-1", "A-010": "uid-10"}
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	books.takeWrites()
	before := len(books.records)
	stock.rename("A-001", "X-1")
	stock.rename("A-010", "X-10")
	stock.uid["A-001"] = "uid-99"
	stock.put("A-001", stockRecord("A-001", "Toinen", "1")...) // the number is given to another record
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	got := books.takeWrites()
	slices.Sort(got)
	if !slices.Contains(got, "update 101 code") || len(books.records) > before+1 {
		t.Errorf("writes %v, %d records after %d", got, len(books.records), before)
	}
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	oneEach(t, stock, books, "D-1", "TOO-LONG-CODE")
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

func TestConflictOnOneFieldLetsOthersFlow(t *testing.T) {
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
	books.takeWrites()
	stock.edit("A-000", "name", instep.String("vasen"))
	books.edit("100", "title", instep.String("oikea"))
	stock.edit("A-000", "price", instep.Number(instep.MustDecimal("99")))
	books.edit("100", "active", instep.Bool(false))
	for range 2 {
		if _, err := e.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"update 100 net_price"}, books.takeWrites()); diff != "" {
		t.Errorf("writes to the books (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"update A-000 barred"}, stock.takeWrites()); diff != "" {
		t.Errorf("writes to the stock (-want +got):\n%s", diff)
	}
	plan, err := e.Plan(t.Context(), &reconcile.Select{Sweep: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Counts().Of(instep.Review); got != 4 { // this one, and the three that share a code
		t.Errorf("%d in review, want 4:\n%s", got, describePlan(plan))
	}
	// A person settles it by hand: the review is over.
	books.edit("100", "title", instep.String("vasen"))
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	checkInStep(t, e, stock, books)
}

func TestRequiredFieldWithoutRule(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	p := pairOf(stock, books)
	p.Mapping.Rules = slices.Delete(p.Mapping.Rules, 1, 2)
	_, err := newEngine(t, memory.New(), nil, p).Plan(t.Context(), nil)
	if !errors.Is(err, instep.Config) || !strings.Contains(err.Error(), `books needs "title"`) {
		t.Errorf("error is %v", err)
	}
}

// deniedLists is a system whose code lists may not be read.
type deniedLists struct{ *system }

func (deniedLists) List(context.Context, string) ([]instep.Item, error) {
	return nil, &instep.Error{Kind: instep.Forbidden, Op: "list"}
}

// The code lists of a side that is never written are not asked for.
func TestListsOfAReadSide(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.infos[1].List = "names"
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(deniedLists{stock}, books)
	for i := range p.Mapping.Rules {
		p.Mapping.Rules[i].Owner = instep.LeftOwns
	}
	mustRun(t, newEngine(t, memory.New(), nil, p), nil)
	if len(books.records) != 1 {
		t.Errorf("the books hold %v", books.records)
	}
}

// The first records of both lists meet, and the plan names the key they have in
// common.
func TestMatchedByKey(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("b001", booksRecord("A", "Tee", "1")...)
	plan, err := newEngine(t, memory.New(), nil, pairOf(stock, books)).Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for item := range plan.Items() {
		if diff := cmp.Diff([]string{"code"}, item.Matched); diff != "" {
			t.Errorf("%s, in common (-want +got):\n%s", item.Outcome, diff)
		}
	}
}

func TestListMapping(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	group := instep.FieldInfo{Name: "group", Type: instep.TypeString, Access: instep.ReadWrite}
	stock.infos = append(stock.infos, group)
	group.List, group.Remedy = "groups", "create the group in the books"
	books.infos = append(books.infos, group)
	books.items = []instep.Item{{Name: "Kahvi"}, {Name: "Muut"}, {Name: "Te"}}
	for code, g := range map[string]string{"A": "Kaffe", "B": "Te", "C": "Søm", "D": ""} {
		stock.put(code, append(stockRecord(code, code, "1"), instep.Field{Name: "group", Value: instep.String(g)})...)
	}
	p := pairOf(stock, books)
	p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
		Name: "group", Left: instep.End{Field: "group"}, Right: instep.End{Field: "group"}, Owner: instep.LeftOwns,
		List: &instep.ListMapping{Pairs: []instep.ListPair{{Left: "Kaffe", Right: "Kahvi"}}, Same: true},
	})
	store := memory.New()
	e := newEngine(t, store, nil, p)
	sum, err := e.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := sum.Pairs[0].Counts; c.Of(instep.Blocked) != 1 || c.Of(instep.Created) != 3 {
		t.Errorf("counts %+v", c)
	}
	links, err := store.Activity(t.Context(), "products", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, a := range links {
		if a.Outcome == instep.Blocked {
			said = append(said, a.LeftID+" "+reconcile.Text(a.Message))
		}
	}
	if diff := cmp.Diff([]string{"C Søm is not in groups of the other side yet; create the group in the books"}, said); diff != "" {
		t.Errorf("what is said of the blocked record (-want +got):\n%s", diff)
	}
	// The group is created in the books: the record is taken up by itself.
	books.items = append(books.items, instep.Item{Name: "Søm"})
	if _, err := e.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	groups := map[string]string{}
	for _, f := range books.records {
		groups[f.Get("code").String()] = f.Get("group").String()
	}
	if diff := cmp.Diff(map[string]string{"A": "Kahvi", "B": "Te", "C": "Søm", "D": ""}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// TestBlockedNamesAllThatIsMissing has one record wait for two lists, then
// for one, then for none.
func TestBlockedNamesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	lists := map[string][]instep.Item{}
	p := pairOf(stock, listed{books, lists})
	for _, name := range []string{"group", "unit"} {
		info := instep.FieldInfo{Name: name, Type: instep.TypeString, Access: instep.ReadWrite}
		stock.infos = append(stock.infos, info)
		info.List = name + "s"
		books.infos = append(books.infos, info)
		p.Mapping.Rules = append(p.Mapping.Rules, instep.Rule{
			Name: name, Owner: instep.LeftOwns, Left: instep.End{Field: name}, Right: instep.End{Field: name},
		})
	}
	stock.put("A", append(stockRecord("A", "Søm", "1"),
		instep.Field{Name: "group", Value: instep.String("Isenkram")}, instep.Field{Name: "unit", Value: instep.String("æske")})...)
	e := newEngine(t, memory.New(), nil, p)
	reason := func() string {
		t.Helper()
		plan, err := e.Plan(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Apply(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		for it := range plan.Items() {
			return it.Outcome.String() + ": " + reconcile.Text(it.Reason)
		}
		return ""
	}
	got := []string{reason()}
	lists["groups"] = []instep.Item{{Name: "Isenkram"}}
	got = append(got, reason())
	lists["units"] = []instep.Item{{Name: "æske"}}
	got = append(got, reason(), reason())
	want := []string{
		"blocked: Isenkram in groups, æske in units of the other side are not there yet; create them there or map them to others",
		"blocked: æske is not in units of the other side yet; create it there or map it to another",
		"created: new on the left side",
		"",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// listed is a system with more than one code list.
type listed struct {
	*system
	lists map[string][]instep.Item
}

func (l listed) List(_ context.Context, name string) ([]instep.Item, error) {
	return l.lists[name], nil
}
