package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// onlyReview returns the one review there is, as a person sees it.
func onlyReview(t *testing.T, e *reconcile.Engine, code string) reconcile.Review {
	t.Helper()
	list := reviews(t, e, code)
	if len(list) != 1 {
		t.Fatalf("%d reviews %s, want one", len(list), code)
	}
	return list[0]
}

func reviews(t *testing.T, e *reconcile.Engine, code string) []reconcile.Review {
	t.Helper()
	list, err := e.Reviews(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []reconcile.Review
	for _, r := range list {
		if r.Message.Code != code {
			continue
		}
		shown, err := e.Review(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, shown)
	}
	return out
}

func answer(t *testing.T, e *reconcile.Engine, id, text string) {
	t.Helper()
	a, err := reconcile.ParseAnswer(text)
	if err != nil {
		t.Fatal(err)
	}
	a.By = "Liisa"
	if err := e.Answer(t.Context(), id, a); err != nil {
		t.Fatalf("answer %s to %s: %v", text, id, err)
	}
}

// conflicted edits the name of one record on both sides.
func conflicted(t *testing.T) (stock, books *system, e *reconcile.Engine) {
	stock, books, e, _ = linkedPair(t, nil)
	stock.edit("A", "name", instep.String("vasen"))
	books.edit("b001", "title", instep.String("oikea"))
	mustRun(t, e, nil)
	return stock, books, e
}

func TestConflictAnswered(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string][2]string{"left": {"vasen", "vasen"}, "right": {"oikea", "oikea"}, "drop": {"vasen", "oikea"}} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books, e := conflicted(t)
			r := onlyReview(t, e, "conflict")
			diff := []reconcile.Difference{{Rule: "name", Left: instep.String("vasen"), Right: instep.String("oikea")}}
			if d := cmp.Diff(diff, r.Differences); d != "" {
				t.Errorf("differences (-want +got):\n%s", d)
			}
			answer(t, e, r.ID, verb)
			mustRun(t, e, nil)
			got := [2]string{stock.records["A"].Get("name").String(), books.records["b001"].Get("title").String()}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			stock.takeWrites()
			books.takeWrites()
			checkInStep(t, e, stock, books)
			if list := reviews(t, e, "conflict"); len(list) != 0 {
				t.Errorf("asked again: %+v", list)
			}
			stock.edit("A", "name", instep.String("uusi"))
			mustRun(t, e, nil)
			if got := books.records["b001"].Get("title").String(); got != "uusi" {
				t.Errorf("the next edit did not flow: %s", got)
			}
		})
	}
}

// An edit made after the review was shown is not lost by the answer.
func TestAnswerDoesNotHideALaterEdit(t *testing.T) {
	t.Parallel()
	stock, books, e := conflicted(t)
	r := onlyReview(t, e, "conflict")
	answer(t, e, r.ID, "left")
	books.edit("b001", "title", instep.String("myöhemmin"))
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("title").String(); got != "myöhemmin" {
		t.Errorf("an edit made after the answer was overwritten: %s", got)
	}
	onlyReview(t, e, "conflict")
	_ = stock
}

// ambiguous puts one code into the stock and twice into the books.
func ambiguous(t *testing.T) (stock, books *system, e *reconcile.Engine) {
	stock, books = twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("1", booksRecord("A", "Kahvi", "1")...)
	books.put("2", booksRecord("A", "Kahvi, vanha", "1")...)
	e = newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	return stock, books, e
}

func reviewOf(t *testing.T, e *reconcile.Engine, ref instep.Ref) reconcile.Review {
	t.Helper()
	x := explainOne(t, e, ref)
	if x.Review == "" {
		t.Fatalf("%v waits for nobody: %+v", ref, x)
	}
	r, err := e.Review(t.Context(), x.Review)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAmbiguityAnswered(t *testing.T) {
	t.Parallel()
	t.Run("link", func(t *testing.T) {
		t.Parallel()
		stock, books, e := ambiguous(t)
		r := reviewOf(t, e, stock.ref("A"))
		var ids []string
		for _, c := range r.Candidates {
			ids = append(ids, c.Ref.ID)
		}
		if !slices.Equal(ids, []string{"1", "2"}) || r.Left.Fields.Get("name").String() != "Kahvi" {
			t.Errorf("shown %+v, candidates %v", r.Left, ids)
		}
		if len(r.With) == 0 {
			t.Error("the other reviews of the same key are not named")
		}
		for _, c := range r.Candidates {
			if same := c.Fields.Get("title") == r.Left.Fields.Get("name"); same == slices.ContainsFunc(c.Differences, func(d reconcile.Difference) bool { return d.Rule == "name" }) {
				t.Errorf("%s differs in %v", c.Ref.ID, c.Differences)
			}
		}
		answer(t, e, r.ID, "link:books/product/2")
		mustRun(t, e, nil)
		x := explainOne(t, e, stock.ref("A"))
		if x.Other.ID != "2" || x.Rule != "person" || x.History[0].Actor == "" {
			t.Errorf("explained as %+v", x)
		}
		if got := books.records["2"].Get("title").String(); got != "Kahvi" {
			t.Errorf("the first side's name did not arrive: %s", got)
		}
		books.takeWrites()
		mustRun(t, e, sweep())
		if w := books.takeWrites(); len(w) != 0 {
			t.Errorf("written again: %v", w)
		}
	})
	for verb, creates := range map[string]int{"never": 1, "new": 1, "drop": 0} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books, e := ambiguous(t)
			answer(t, e, reviewOf(t, e, stock.ref("A")).ID, verb)
			for range 2 {
				mustRun(t, e, sweep())
			}
			if w := books.takeWrites(); len(w) != creates || len(w) > 0 && !strings.HasPrefix(w[0], "create") {
				t.Errorf("written: %v, want %d creates", w, creates)
			}
			if x := explainOne(t, e, stock.ref("A")); x.Review != "" {
				t.Errorf("asked again: %+v", x)
			}
			// The evidence changes: the answer counts no more.
			if verb == "drop" {
				stock.edit("A", "number", instep.String("UUSI"))
				books.edit("2", "code", instep.String("UUSI"))
				mustRun(t, e, nil)
				if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "2" {
					t.Errorf("after both changed it is linked with %q, want 2", x.Other.ID)
				}
			}
		})
	}
}

// A code taken by a stranger between a lost create and its recovery.
func TestStrangerIsNeverAdopted(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]string{"made:books/product/99": "99", "again": "b001", "drop": ""} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			n := 0
			books.fault = func(string) (lost, before bool) {
				if n++; n == 1 {
					books.put("99", booksRecord("A", "Aivan muu", "50")...)
				}
				return n == 1, true
			}
			e := newEngine(t, memory.New(), nil, pairOf(stock, books))
			for range 3 {
				mustRun(t, e, sweep())
			}
			if w := books.takeWrites(); len(w) != 0 || books.records["99"].Get("title").String() != "Aivan muu" {
				t.Errorf("the stranger was touched: %v", w)
			}
			r := reviewOf(t, e, stock.ref("A"))
			if r.Message.Code != "found_differs" {
				t.Errorf("review is %s", r.Message.Code)
			}
			answer(t, e, r.ID, verb)
			for range 3 {
				mustRun(t, e, sweep())
			}
			if x := explainOne(t, e, stock.ref("A")); x.Other.ID != want {
				t.Errorf("linked with %q, want %q: %+v", x.Other.ID, want, x)
			}
			title := books.records["99"].Get("title").String()
			if adopted := want == "99"; adopted != (title == "Kahvi") {
				t.Errorf("the stranger's title is %s", title)
			}
			if again := want == "b001"; again != (len(books.records) == 2) {
				t.Errorf("%d records in the books", len(books.records))
			}
		})
	}
}

func TestEditedGoneAnswered(t *testing.T) {
	t.Parallel()
	for verb, policy := range map[string]reconcile.DeletePolicy{"left": reconcile.DeleteDeleted, "right": reconcile.DeleteDeleted} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books, e, _ := linkedPair(t, func(p *reconcile.Pair) { p.Deletes[instep.Right] = policy })
			stock.remove("A")
			books.edit("b001", "title", instep.String("Kahvia"))
			mustRun(t, e, sweep())
			answer(t, e, onlyReview(t, e, "edited_gone").ID, verb)
			mustRun(t, e, nil)
			if _, there := books.records["b001"]; there != (verb == "right") {
				t.Errorf("in the books: %v", there)
			}
			if f, there := stock.records["A"]; there != (verb == "right") || there && f.Get("name").String() != "Kahvia" {
				t.Errorf("in the stock: %v", f)
			}
			stock.takeWrites()
			books.takeWrites()
			checkInStep(t, e, stock, books)
		})
	}
}

func TestUnlinkAndLinkByHand(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	if err := e.Unlink(t.Context(), stock.ref("A"), "Liisa"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		mustRun(t, e, sweep())
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("written after they were taken apart: %v", w)
	}
	if x := explainOne(t, e, stock.ref("A")); x.Other.ID != "" || len(x.Decisions) == 0 || x.Decisions[0].By != "Liisa" {
		t.Errorf("explained as %+v", x)
	}
	if err := e.Unlink(t.Context(), stock.ref("A"), ""); instep.KindOf(err) != instep.NotFound {
		t.Errorf("taken apart twice: %v", err)
	}
	if err := e.Link(t.Context(), "products", stock.ref("A"), books.ref("b002"), ""); instep.KindOf(err) != instep.Conflict {
		t.Errorf("linked with a record that has a counterpart: %v", err)
	}
	if err := e.Link(t.Context(), "products", stock.ref("A"), books.ref("404"), ""); instep.KindOf(err) != instep.NotFound {
		t.Errorf("linked with a record that is not there: %v", err)
	}
	if err := e.Link(t.Context(), "products", books.ref("b001"), stock.ref("A"), ""); instep.KindOf(err) != instep.Config {
		t.Errorf("linked the wrong way round: %v", err)
	}
	if err := e.Link(t.Context(), "products", stock.ref("A"), books.ref("b001"), "Liisa"); err != nil {
		t.Fatal(err)
	}
	if err := e.Link(t.Context(), "products", stock.ref("A"), books.ref("b001"), "Liisa"); err != nil {
		t.Errorf("linked twice: %v", err)
	}
	stock.edit("A", "name", instep.String("Kahvia"))
	mustRun(t, e, nil)
	if got := books.records["b001"].Get("title").String(); got != "Kahvia" {
		t.Errorf("nothing flows after they were linked again: %s", got)
	}
}

// A number is given to another record while the first one vanishes from sight.
func TestReusedAnswered(t *testing.T) {
	t.Parallel()
	for verb, linked := range map[string]string{"link:books/product/b001": "b001", "new": ""} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.uid = map[string]string{"A": "first"}
			stock.put("A", stockRecord("A", "Kahvi", "1")...)
			e := newEngine(t, memory.New(), nil, pairOf(stock, books))
			mustRun(t, e, nil)
			stock.uid["A"] = "second"
			stock.edit("A", "name", instep.String("Aivan muu"))
			mustRun(t, e, nil)
			if got := books.records["b001"].Get("title").String(); got != "Kahvi" {
				t.Fatalf("written before anybody was asked: %s", got)
			}
			answer(t, e, onlyReview(t, e, "reused").ID, verb)
			for range 2 {
				mustRun(t, e, nil)
			}
			x := explainOne(t, e, stock.ref("A"))
			if linked != "" && (x.Other.ID != linked || books.records["b001"].Get("title").String() != "Aivan muu") {
				t.Errorf("linked with %q", x.Other.ID)
			}
			if linked == "" && (x.Other.ID == "b001" || books.records["b001"].Get("title").String() != "Kahvi") {
				t.Errorf("the old record got the new one's values, or was linked with it: %+v", x)
			}
		})
	}
}

func TestBadAnswers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "maybe", "link", "link:", "link:books/product", "link:/product/1", "link:books//1", "link:books/product/", "made:x", "left:books/product/1"} {
		if _, err := reconcile.ParseAnswer(text); instep.KindOf(err) != instep.Config {
			t.Errorf("ParseAnswer(%q): %v", text, err)
		}
	}
	stock, _, e := conflicted(t)
	r := onlyReview(t, e, "conflict")
	for _, text := range []string{"link:books/product/b002", "new", "again"} {
		a, err := reconcile.ParseAnswer(text)
		if err != nil {
			t.Fatal(err)
		}
		if a.String() != text {
			t.Errorf("%q is written as %q", text, a)
		}
		if err := e.Answer(t.Context(), r.ID, a); instep.KindOf(err) != instep.Config || !strings.Contains(err.Error(), "left, right, drop") {
			t.Errorf("answer %s: %v", text, err)
		}
	}
	for _, id := range []string{"", "products", "products/999", "others/1", "products/x"} {
		if err := e.Answer(t.Context(), id, reconcile.Answer{}); instep.KindOf(err) != instep.NotFound {
			t.Errorf("answer to %q: %v", id, err)
		}
	}
	if _, err := e.Explain(t.Context(), stock.ref("nobody")); instep.KindOf(err) != instep.NotFound {
		t.Errorf("Explain of an unknown record: %v", err)
	}
}

// TestAnswerOutlivesOurOwnWrite has a person say that one of two records with a
// name is new; it cannot be made. The other one is joined with the record of
// that name, whose number the engine then changes: the person is not asked
// about the first one again.
func TestAnswerOutlivesOurOwnWrite(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("MUCH-TOO-LONG", stockRecord("MUCH-TOO-LONG", "Kahvi", "1")...)
	stock.put("B", stockRecord("B", "Kahvi", "1")...)
	books.put("c", booksRecord("900", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Mapping.Rules[0].Match.Weak = true
	p.Mapping.Rules[1].Match = &instep.Match{Rank: 2}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	for _, r := range reviews(t, e, "ambiguous") {
		if r.Left.Ref.ID == "MUCH-TOO-LONG" {
			answer(t, e, r.ID, "new")
		}
	}
	for range 3 {
		mustRun(t, e, sweep())
	}
	if got := books.takeWrites(); len(got) != 1 || books.records["c"].Get("code") != instep.String("B") {
		t.Fatalf("the other one was not joined: %q", got)
	}
	if all, err := e.Reviews(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("asked again: %+v, %v", all, err)
	}
}

// TestAnswerFollowsNumber has a person say that two records are two. The number
// of one, which is its id, is then written by the engine: they stay two.
func TestAnswerFollowsNumber(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.uid = map[string]string{"A": "id 1"}
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
	books.put("b900", booksRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	for i := range p.Mapping.Rules {
		p.Mapping.Rules[i].Owner = instep.BothOwn
	}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.put("b901", booksRecord("A", "Kahvi", "1")...)
	mustRun(t, e, nil)
	r := onlyReview(t, e, "linked_elsewhere")
	answer(t, e, r.ID, "never")
	books.edit("b900", "code", instep.String("N"))
	mustRun(t, e, nil)
	x, err := e.Explain(t.Context(), books.ref("b901"))
	if err != nil || stock.records["N"].Len() == 0 || len(x) != 1 || len(x[0].Decisions) == 0 {
		t.Fatalf("%+v, %v; stock %v", x, err, stock.records)
	}
	for _, d := range x[0].Decisions {
		if d.Left != "" && d.Left != "N" {
			t.Errorf("decided about %q, which is N by now", d.Left)
		}
	}
}

// Of two records with one number, nothing is to be made of one: then the other
// is not in doubt any more.
func TestDroppedFreesTheNamesake(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("1", stockRecord("A", "Kahvi", "1")...)
	stock.put("2", stockRecord("A", "Tee", "2")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	for _, r := range reviews(t, e, "same_key") {
		if r.Left.Ref.ID == "1" {
			answer(t, e, r.ID, "drop")
		}
	}
	mustRun(t, e, sweep())
	if x := explainOne(t, e, stock.ref("2")); x.State != instep.InStep || len(books.records) != 1 {
		t.Errorf("the other is %s, %s, and the books hold %v", x.State, x.Message.Code, books.records)
	}
}

// A question names each other one about the same records once, however many
// keys they share.
func TestQuestionsThatBelongTogether(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	for _, id := range []string{"3", "1", "2"} {
		stock.put(id, stockRecord("A", "Kahvi", "1")...)
	}
	p := pairOf(stock, books)
	p.Mapping.Rules[1].Match = &instep.Match{Rank: 2}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	list := reviews(t, e, "same_key")
	if len(list) != 3 {
		t.Fatalf("%d questions, want three", len(list))
	}
	for i, r := range list {
		var others []string
		for j := range list {
			if j != i {
				others = append(others, list[j].ID)
			}
		}
		if diff := cmp.Diff(others, r.With); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.ID, diff)
		}
	}
}

// What a record waits for is told once, and again when it is something else.
func TestHeldIsToldOnce(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("1", stockRecord("A", strings.Repeat("Kahvi", 5), "1")...)
	var told []string
	o := &reconcile.Options{Observe: func(ev reconcile.Event) {
		if h, ok := ev.(reconcile.Held); ok && h.Left.ID == "1" {
			told = append(told, h.Outcome.String())
		}
	}}
	e := newEngine(t, memory.New(), o, pairOf(stock, books))
	mustRun(t, e, nil)
	mustRun(t, e, sweep())
	stock.put("1", stockRecord("A", "Kahvi", "1")...)
	stock.put("2", stockRecord("A", "Tee", "1")...)
	mustRun(t, e, nil)
	mustRun(t, e, sweep())
	if diff := cmp.Diff([]string{instep.Unfit.String(), instep.Review.String()}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// How often a review was come upon is counted from when it came up, whatever its
// record has waited for before.
func TestTriesOfReview(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed = ""
	stock.put("1", stockRecord("A", strings.Repeat("Kahvi", 5), "1")...)
	e := newEngine(t, memory.New(), nil, pairOf(stock, books))
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("1")); x.State != instep.Unfit {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	stock.put("1", stockRecord("A", "Kahvi", "1")...)
	stock.put("2", stockRecord("A", "Tee", "1")...)
	mustRun(t, e, nil)
	if got := reviewOf(t, e, stock.ref("1")).Tries; got != 0 {
		t.Errorf("%d tries before this one", got)
	}
}
