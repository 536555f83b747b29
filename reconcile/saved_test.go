package reconcile_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func (c *clock) Sleep(_ context.Context, d time.Duration) error {
	c.now = c.now.Add(max(d, 0))
	return nil
}

func savePlan(t *testing.T, e *reconcile.Engine, key *[32]byte) (text string, saved *reconcile.SavedPlan) {
	t.Helper()
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := plan.Save(&file, key); err != nil {
		t.Fatal(err)
	}
	text = file.String()
	if saved, err = reconcile.ReadPlan(&file); err != nil {
		t.Fatal(err)
	}
	return text, saved
}

func TestSavedPlan(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	stock.edit("Z", "price", instep.Number(instep.MustDecimal("47.11")))
	stock.put("N", stockRecord("N", "Uusi", "3")...)
	text, saved := savePlan(t, e, nil)
	for _, value := range []string{"Kahvia", "47.11", "Uusi"} {
		if strings.Contains(text, value) {
			t.Errorf("the file holds the value %s", value)
		}
	}
	stock.edit("Z", "price", instep.Number(instep.MustDecimal("50"))) // since it was looked at
	stock.put("M", stockRecord("M", "Toinen", "3")...)                // likewise
	plan, stale, err := e.PlanSaved(t.Context(), saved, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(stale) != 1 || stale[0].Left != "Z" {
		t.Errorf("stale: %+v", stale)
	}
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	want := "update b001 title; create b003 active,code,net_price,title"
	got := books.takeWrites()
	if len(got) != 2 || !strings.Contains(want, got[0]) || !strings.Contains(want, got[1]) {
		t.Errorf("written: %v, want %s", got, want)
	}
	mustRun(t, e, nil) // what was left is done by the next run
	if w := books.takeWrites(); len(w) != 2 {
		t.Errorf("the next run wrote %v", w)
	}
	checkInStep(t, e, stock, books)
}

// A plan beyond a guard is approved by applying what was saved of it.
func TestSavedPlanApproves(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	putSome(stock, 60)
	text, saved := savePlan(t, e, nil)
	if len(saved.Pairs[0].Guards) != 1 || !strings.Contains(text, "60 records would be created") {
		t.Errorf("guards: %v", saved.Pairs[0].Guards)
	}
	plan, stale, err := e.PlanSaved(t.Context(), saved, nil)
	if err != nil || len(stale) != 0 {
		t.Fatal(err, stale)
	}
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if w := books.takeWrites(); len(w) != 60 {
		t.Errorf("%d writes, want 60", len(w))
	}
}

func TestSavedValues(t *testing.T) {
	t.Parallel()
	stock, _, e, _ := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	key, other := &[32]byte{1}, &[32]byte{2}
	text, saved := savePlan(t, e, key)
	if strings.Contains(text, "Kahvia") {
		t.Error("the file holds a value in the open")
	}
	f := saved.Pairs[0].Ops[0].Fields[0]
	if _, to, err := f.Values(key); err != nil || to != instep.String("Kahvia") {
		t.Errorf("opened: %v, %v", to, err)
	}
	if _, _, err := f.Values(other); instep.KindOf(err) != instep.Invalid || !strings.Contains(err.Error(), "this key") {
		t.Errorf("opened with another key: %v", err)
	}
	f.Rule = "price"
	if _, _, err := f.Values(key); instep.KindOf(err) != instep.Invalid {
		t.Errorf("opened as another field: %v", err)
	}
	f.Sealed = nil
	if _, _, err := f.Values(key); instep.KindOf(err) != instep.Invalid {
		t.Errorf("opened nothing: %v", err)
	}
}

func TestSavedPlanOfAnother(t *testing.T) {
	t.Parallel()
	_, _, e, _ := linkedPair(t, nil)
	for _, text := range []string{"", "{", `{"format":"instep plan 99"}`, "[]"} {
		if _, err := reconcile.ReadPlan(strings.NewReader(text)); instep.KindOf(err) != instep.Invalid {
			t.Errorf("ReadPlan(%q): %v", text, err)
		}
	}
	_, saved := savePlan(t, e, nil)
	saved.Pairs[0].Installations[0] = "another company"
	if _, _, err := e.PlanSaved(t.Context(), saved, nil); instep.KindOf(err) != instep.Mismatch {
		t.Errorf("another company: %v", err)
	}
	saved.Pairs[0].Name = "others"
	if _, _, err := e.PlanSaved(t.Context(), saved, nil); instep.KindOf(err) != instep.Mismatch {
		t.Errorf("another pair: %v", err)
	}
}

func TestLinksAsCSV(t *testing.T) {
	t.Parallel()
	_, _, e, _ := linkedPair(t, nil)
	var file bytes.Buffer
	if err := e.ExportLinks(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	want := "pair,left,right,rule\nproducts,A,b001,created right\nproducts,Z,b002,created right\n"
	if file.String() != want {
		t.Errorf("exported\n%s, want\n%s", file.String(), want)
	}
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.put("Z", stockRecord("Z", "Tee", "1")...)
	books.put("b001", booksRecord("other number", "Kahvi, pieni", "1")...)
	books.put("b002", booksRecord("Z", "Tee", "1")...)
	p := pairOf(stock, books)
	other := newEngine(t, memory.New(), nil, p)
	got, err := other.ImportLinks(t.Context(), strings.NewReader("\ufeffLeft;ignored"), "Liisa")
	if instep.KindOf(err) != instep.Invalid || !strings.Contains(err.Error(), `no column "pair"`) {
		t.Errorf("a wrong header: %v, %v", got, err)
	}
	for range 2 {
		if got, err = other.ImportLinks(t.Context(), strings.NewReader(want), "Liisa"); err != nil {
			t.Fatal(err)
		}
	}
	if got != (reconcile.Imported{Already: 2}) {
		t.Errorf("imported a second time: %+v", got)
	}
	mustRun(t, other, nil)
	if got := books.records["b001"].Get("code").String(); got != "A" || len(books.records) != 2 {
		t.Errorf("after a run the code is %s, and there are %d records", got, len(books.records))
	}
	books.takeWrites()
	checkInStep(t, other, stock, books)
}

func TestFaultyLinksFile(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	stock.put("N", stockRecord("N", "Uusi", "3")...)
	books.put("77", booksRecord("N2", "Uusi", "3")...)
	head := "pair,left,right\nproducts,N,77\n"
	for row, want := range map[string]string{
		"others,A,b001":                      `line 3: there is no pair "others"`,
		"products,,b001":                     "line 3: the left id is empty",
		"products,N,b001":                    "line 3: the left record N is on line 2 already",
		"products,A,b002":                    "line 3: link: product A: changed meanwhile: it is linked with books/product/b001; unlink it first",
		"products,404,b003":                  "line 3: link: product 404: not found",
		"products,\"unterminated":            "extraneous or missing",
		strings.Repeat("products,x,\n", 100): "and 80 more",
	} {
		_, err := e.ImportLinks(t.Context(), strings.NewReader(head+row+"\n"), "")
		if instep.KindOf(err) != instep.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: %v", row, err)
		}
	}
	if _, err := e.Explain(t.Context(), stock.ref("N")); err == nil {
		t.Error("a faulty file was imported in part")
	}
}

// FuzzLinkCells writes ids to a file of links and reads them back.
func FuzzLinkCells(f *testing.F) {
	for _, id := range []string{"A", "=1+1", "'x", "'=x", "-5", "a,\"b", "ä\nö"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if strings.TrimSpace(id) != id || id == "" || strings.Contains(id, "\r") {
			t.Skip("no id")
		}
		stock, books := twoSystems()
		stock.keyed = ""
		stock.put(id, stockRecord("A", "Kahvi", "1")...)
		books.put(id, booksRecord("A", "Kahvi", "1")...)
		e := newEngine(t, memory.New(), nil, pairOf(stock, books))
		mustRun(t, e, nil)
		var file bytes.Buffer
		if err := e.ExportLinks(t.Context(), &file); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsRune("=+-@\t", rune(cell[0])) {
					t.Errorf("a formula: %q", cell)
				}
			}
		}
		got, err := newEngine(t, memory.New(), nil, pairOf(stock, books)).ImportLinks(t.Context(), &file, "")
		if err != nil || got.Linked != 1 {
			t.Errorf("%q: imported %+v, %v", id, got, err)
		}
	})
}

// What is known of a record is told as a whole, or not at all.
func TestKnownUnread(t *testing.T) {
	t.Parallel()
	_, books, _, store := linkedPair(t, nil)
	stock, _ := twoSystems()
	e := newEngine(t, unwritten{store}, nil, pairOf(stock, books))
	if known, err := e.Known(t.Context(), books.ref("b001")); !errors.Is(err, errOnce) {
		t.Errorf("known: %+v, %v", known, err)
	}
}

// unwritten is a store whose history cannot be read.
type unwritten struct{ *memory.Store }

func (unwritten) History(context.Context, string, instep.LinkID, int) ([]instep.Activity, error) {
	return nil, errOnce
}

func TestKnownAndErase(t *testing.T) {
	t.Parallel()
	stock, books, e, store := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	mustRun(t, e, nil)
	known, err := e.Known(t.Context(), books.ref("b001"))
	if err != nil || len(known) != 1 {
		t.Fatal(known, err)
	}
	if k := known[0]; k.Other.ID != "A" || len(k.Fields) != 4 || k.Keys != 1 || len(k.Fenced) != 1 || len(k.History) != 2 {
		t.Errorf("known: %+v", k)
	}
	if err := e.Erase(t.Context(), stock.ref("A")); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []instep.Ref{stock.ref("A"), books.ref("b001")} {
		if _, err := e.Known(t.Context(), ref); instep.KindOf(err) != instep.NotFound {
			t.Errorf("still known: %v", err)
		}
		if err := e.Erase(t.Context(), ref); instep.KindOf(err) != instep.NotFound {
			t.Errorf("erased twice: %v", err)
		}
	}
	rows, err := store.Activity(t.Context(), "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", rows); strings.Contains(text, "LeftID:A ") || strings.Contains(text, "b001") {
		t.Errorf("the log still tells of it: %s", text)
	}
	stock.takeWrites()
	books.takeWrites()
	stock.remove("A") // deleted on one side only: the other must not bring it back
	books.edit("b001", "title", instep.String("jää"))
	for range 2 {
		mustRun(t, e, sweep())
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 || len(stock.records) != 1 {
		t.Errorf("an erased record was written: %v", w)
	}
}

// A restored state creates nothing on its own.
func TestRewound(t *testing.T) {
	t.Parallel()
	stock, books, e, store := linkedPair(t, nil)
	state, err := store.Pair(t.Context(), "products")
	if err != nil {
		t.Fatal(err)
	}
	state.Rewound = true
	state.Gen++
	if err := store.Commit(t.Context(), &instep.Batch{Pair: "products", State: &state}); err != nil {
		t.Fatal(err)
	}
	// Made by the run that the old state does not know of, and edited since.
	stock.put("N", stockRecord("N", "Uusi", "3")...)
	books.put("900", booksRecord("N", "Uusi", "3")...)
	stock.put("M", stockRecord("M", "Aivan uusi", "3")...)
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if g := plan.Guards(); len(g) != 1 || g[0].Message.Code != "rewound" || g[0].Count != 1 {
		t.Errorf("guards: %+v", g)
	}
	if _, err := e.Apply(t.Context(), plan); instep.KindOf(err) != instep.Guarded {
		t.Errorf("applied: %v", err)
	}
	if w := books.takeWrites(); len(w) != 0 {
		t.Errorf("written without approval: %v", w)
	}
	mustRun(t, e, &reconcile.Select{Approved: true})
	if w := books.takeWrites(); len(w) != 1 {
		t.Errorf("written after approval: %v", w)
	}
	stock.put("K", stockRecord("K", "Kolmas", "3")...)
	mustRun(t, e, nil) // no approval needed any more
	if x := explainOne(t, e, stock.ref("K")); x.Other.ID == "" {
		t.Error("a new record still waits for approval")
	}
	oneEach(t, stock, books)
}

// TestFence has views older than our own writes turn up.
func TestFence(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	build := func(t *testing.T, traits func(*instep.Traits)) (stock, books *system, e *reconcile.Engine, c *clock) {
		c = &clock{start}
		stock, books = twoSystems()
		books.traits = traits
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		p := pairOf(stock, books)
		for i := range p.Mapping.Rules[1:] {
			p.Mapping.Rules[i+1].Owner = instep.BothOwn
		}
		p.Flow = instep.BothWays
		e = newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
		books.asOf = c.now
		mustRun(t, e, nil)
		return stock, books, e, c
	}
	snapshot := func(t *instep.Traits) { t.Snapshot = true }
	t.Run("a stale file reverts nothing", func(t *testing.T) {
		t.Parallel()
		stock, books, e, c := build(t, snapshot)
		c.now = start.Add(24 * time.Hour)
		books.asOf = c.now
		mustRun(t, e, nil)
		stock.edit("A", "name", instep.String("Kahvia"))
		c.now = c.now.Add(time.Hour)
		mustRun(t, e, nil)
		books.stale = func(r instep.Record) instep.Record { // made before our write
			r.Fields = r.Fields.With("title", instep.String("Kahvi")).With("net_price", instep.Number(instep.MustDecimal("8")))
			return r
		}
		for range 3 {
			c.now = c.now.Add(time.Hour)
			mustRun(t, e, nil)
		}
		if got := stock.records["A"].Get("name").String() + books.records["b001"].Get("title").String(); got != "KahviaKahvia" {
			t.Errorf("the stale file reverted it: %s", got)
		}
		if got := stock.records["A"].Get("price"); got != instep.Number(instep.MustDecimal("8")) {
			t.Errorf("an edit of another field did not flow: %v", got)
		}
		books.stale = nil
		books.edit("b001", "net_price", instep.Number(instep.MustDecimal("8")))
		books.edit("b001", "title", instep.String("Kahvi")) // now somebody really turns it back
		books.asOf = c.now.Add(time.Hour)
		c.now = c.now.Add(2 * time.Hour)
		mustRun(t, e, nil)
		if got := stock.records["A"].Get("name").String(); got != "Kahvi" {
			t.Errorf("a real edit did not flow: %s", got)
		}
	})
	lagging := func(t *instep.Traits) { t.ReadLag = 10 * time.Second }
	t.Run("an edit one second after our write survives", func(t *testing.T) {
		t.Parallel()
		for _, edit := range []string{"käyttäjän", "Kahvi"} {
			stock, books, e, c := build(t, lagging)
			books.asOf = time.Time{}
			c.now = c.now.Add(time.Minute)
			stock.edit("A", "name", instep.String("Kahvia"))
			mustRun(t, e, nil)
			c.now = c.now.Add(time.Second)
			books.edit("b001", "title", instep.String(edit))
			mustRun(t, e, nil)
			c.now = c.now.Add(time.Minute)
			mustRun(t, e, nil)
			if got := stock.records["A"].Get("name").String() + " " + books.records["b001"].Get("title").String(); got != edit+" "+edit {
				t.Errorf("after the edit %q both hold %s", edit, got)
			}
		}
	})
	t.Run("a list that lags reverts nothing", func(t *testing.T) {
		t.Parallel()
		stock, books, e, c := build(t, lagging)
		books.asOf = time.Time{}
		c.now = c.now.Add(time.Minute)
		stock.edit("A", "name", instep.String("Kahvia"))
		mustRun(t, e, nil)
		books.stale = func(r instep.Record) instep.Record {
			r.Fields = r.Fields.With("title", instep.String("Kahvi"))
			return r
		}
		books.edit("b001", "active", instep.Bool(true)) // listed again
		c.now = c.now.Add(time.Second)
		mustRun(t, e, nil)
		books.stale = nil
		c.now = c.now.Add(time.Minute)
		mustRun(t, e, nil)
		if got := stock.records["A"].Get("name").String(); got != "Kahvia" {
			t.Errorf("the list that lags reverted it: %s", got)
		}
		stock.takeWrites()
		books.takeWrites()
		checkInStep(t, e, stock, books)
	})
}

// An incremental plan has read one of two records; Complete reads the other,
// for whoever looks at the plan.
func TestPlanIsCompleted(t *testing.T) {
	t.Parallel()
	stock, _, e, _ := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	plan, err := e.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	from := func() (v instep.Value) {
		for it := range plan.Items() {
			for _, c := range it.Fields {
				if it.Left.ID == "A" && c.Rule == "name" {
					v = c.From
				}
			}
		}
		return v
	}
	if v := from(); !v.IsAbsent() {
		t.Errorf("before it was read the old name is %v", v)
	}
	if err := plan.Complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := from(); v.IsBlank() || v.String() == "Kahvia" {
		t.Errorf("the old name is %v", v)
	}
	key := [32]byte{7}
	var file strings.Builder
	if err := plan.Save(&file, &key); err != nil {
		t.Fatal(err)
	}
	saved, err := reconcile.ReadPlan(strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	old, to, err := saved.Pairs[0].Ops[0].Fields[0].Values(&key)
	if err != nil || old != from() || to.String() != "Kahvia" {
		t.Errorf("saved as %v → %v, %v", old, to, err)
	}
}

// A saved plan can be carried out in part.
func TestSavedPlanInPart(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	stock.edit("A", "name", instep.String("Kahvia"))
	stock.edit("Z", "name", instep.String("Zucker"))
	_, saved := savePlan(t, e, nil)
	plan, stale, err := e.PlanSaved(t.Context(), saved, &reconcile.Select{Only: []instep.Ref{stock.ref("Z")}})
	if err != nil || len(stale) != 0 {
		t.Fatal(err, stale)
	}
	if _, err := e.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if w := books.takeWrites(); len(w) != 1 {
		t.Errorf("written: %v", w)
	}
	mustRun(t, e, nil)
	if w := books.takeWrites(); len(w) != 1 {
		t.Errorf("the next run wrote %v", w)
	}
}
