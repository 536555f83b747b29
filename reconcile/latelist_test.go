package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// belated is a system whose lists may show what it held at a time before, also of
// records that are gone since. By its id a record is read as it is.
type belated struct {
	*system
	clock *clock
	ahead time.Duration // by which its own clock is off
	shown *instep.Page  // as every list; nil: what is there

	edited time.Time // when, by its own clock, as what is read by id says
}

func (b *belated) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := b.system.Get(ctx, refs)
	for i := range recs {
		recs[i].Modified = b.edited
	}
	return recs, err
}

// keep returns a list of what is there now, to be shown later on.
func (b *belated) keep() *instep.Page {
	page, _ := b.system.Read(context.Background(), "")
	page.AsOf = b.clock.now.Add(b.ahead)
	return &page
}

func (b *belated) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := b.system.Read(ctx, from)
	page.AsOf = b.clock.now.Add(b.ahead)
	if b.shown != nil {
		page = *b.shown
	}
	if !b.Traits().Snapshot {
		page.AsOf = time.Time{}
	}
	return page, err
}

// comesLate are the kinds of systems whose lists may be older than what was read
// by id.
var comesLate = map[string]func(*instep.Traits){
	"files":          func(t *instep.Traits) { t.Snapshot = true },
	"lists that lag": func(t *instep.Traits) { t.ReadLag = 10 * time.Second },
}

// deletedSince is a pair of one record that was renamed in the books and then
// deleted there. Lists show it as it was before both; one that shows it as "uusi",
// which was read by nobody, is returned.
func deletedSince(t *testing.T, traits func(*instep.Traits), then reconcile.EditedGonePolicy) (stock *system, books *belated, next *instep.Page, e *reconcile.Engine) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, right := twoSystems()
	books = &belated{system: right, clock: c}
	books.traits = traits
	stock.put("A", stockRecord("A", "vanha", "1")...)
	p := ownedByBoth(stock, books)
	p.EditedGone, p.Guards.Deletes = then, -1
	e = newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	books.shown = books.keep()
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Second)
	books.edit("b001", "title", instep.String("uusi"))
	next = books.keep()
	c.now = c.now.Add(time.Second)
	books.remove("b001")
	books.takeWrites()
	return stock, books, next, e
}

// A record is deleted, and is to be made anew for its counterpart, which was
// edited. A list from before its deletion does not bring it back, and neither
// is what it shows taken for another record of the same number: it is made anew.
func TestMadeAnewThoughListed(t *testing.T) {
	t.Parallel()
	for name, traits := range comesLate {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books, next, e := deletedSince(t, traits, reconcile.RecreateEdited)
			stock.edit("A", "name", instep.String("Tee"))
			books.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable, Op: "books"} }
			mustRun(t, e, nil)
			books.block = nil
			if x := explainOne(t, e, stock.ref("A")); len(books.records) > 0 || x.Other.ID != "" {
				t.Fatalf("it is linked with %q; the books hold %v", x.Other.ID, books.records)
			}
			books.shown = next
			books.clock.now = books.clock.now.Add(time.Second)
			mustRun(t, e, sweep())
			if w := stock.takeWrites(); len(w) > 0 {
				t.Errorf("written from a list that is older: %v", w)
			}
			if len(books.records) != 1 || books.records["b002"].Get("title") != instep.String("Tee") {
				t.Errorf("the books hold %v", books.records)
			}
			books.shown = nil
			books.clock.now = books.clock.now.Add(time.Hour)
			books.takeWrites()
			checkInStep(t, e, stock, books.system)
		})
	}
}

// A record turns out to be gone as its counterpart is edited, which is left as it
// is, and the edit is taken back. A list that shows the record as it was before
// writes nothing to the counterpart.
func TestGoneThoughListed(t *testing.T) {
	t.Parallel()
	for name, traits := range comesLate {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock, books, next, e := deletedSince(t, traits, reconcile.DeleteEdited)
			stock.edit("A", "price", price("5"))
			mustRun(t, e, nil)
			stock.edit("A", "price", price("1"))
			for i := range 3 {
				if x := explainOne(t, e, stock.ref("A")); x.State != instep.Gone {
					t.Errorf("after %d late lists it is %s %s", i, x.State, x.Message.Code)
				}
				books.shown = next
				books.clock.now = books.clock.now.Add(time.Second)
				mustRun(t, e, sweep())
			}
			if w := append(stock.takeWrites(), books.takeWrites()...); len(w) > 0 {
				t.Errorf("written: %v", w)
			}
		})
	}
}

// madeAnewLate is a pair of which the stock's list lags, and where what was edited in
// the books is made anew in the stock. An hour ago the two were in step.
func madeAnewLate(t *testing.T) (stock *belated, books *system, e *reconcile.Engine, c *clock) {
	t.Helper()
	c = &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	left, books := twoSystems()
	stock = &belated{system: left, clock: c}
	stock.traits = func(t *instep.Traits) { t.ReadLag = 10 * time.Second }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	p.EditedGone, p.Guards.Deletes = reconcile.RecreateEdited, -1
	e = newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	mustRun(t, e, nil)
	c.now = c.now.Add(time.Hour)
	return stock, books, e, c
}

// A record is to be made anew, which did not succeed so far, and the number of the
// one it is made for has changed. A list that still shows the record does not join
// it with another that has got its number: it is asked for by its id, and is gone.
func TestToBeMadeAnewLateList(t *testing.T) {
	t.Parallel()
	stock, books, e, c := madeAnewLate(t)
	stock.remove("A")
	books.edit("b001", "title", instep.String("Tee"))
	stock.block = func(instep.Op) error { return &instep.Error{Kind: instep.Unavailable, Op: "stock"} }
	mustRun(t, e, sweep())
	books.edit("b001", "code", instep.String("Z"))
	books.put("x", booksRecord("A", "Kaakao", "2")...)
	stock.records["A"] = instep.NewFields(stockRecord("A", "Kahvi", "1")...)
	stock.shown = stock.keep()
	stock.remove("A")
	c.now = c.now.Add(time.Second)
	mustRun(t, e, sweep())
	if got := books.records["x"].Get("title"); got != instep.String("Kaakao") {
		t.Errorf("what is gone was written over another one: %v", got)
	}
}

// A record is deleted and made anew under the id that was chosen for it, with the
// name that its counterpart has by now. A list that lags shows the one that was
// deleted: its name goes nowhere.
func TestMadeAnewLateList(t *testing.T) {
	t.Parallel()
	stock, books, e, c := madeAnewLate(t)
	stock.shown = stock.keep()
	c.now = c.now.Add(time.Second)
	stock.remove("A")
	books.edit("b001", "title", instep.String("Tee"))
	mustRun(t, e, nil)
	wantBoth(t, stock.system, books, "Tee")
	for range 2 {
		c.now = c.now.Add(time.Second)
		mustRun(t, e, sweep())
		wantBoth(t, stock.system, books, "Tee")
	}
	c.now, stock.shown = c.now.Add(time.Hour), nil
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock.system, books)
}

// The process dies after a record was made that has no price yet. Before the next
// run it is given one there, and then another; the record is found as it is by
// then, and the list shows the first price. That one is written nowhere, and the
// second one is.
func TestFoundLateList(t *testing.T) {
	t.Parallel()
	for name, traits := range comesLate {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
			stock, right := twoSystems()
			books := &belated{system: right, clock: c}
			books.traits = traits
			stock.put("A", stockRecord("A", "Kahvi", "0")[:2]...) // without a price
			store, dead := memory.New(), false
			books.fault = func(string) (bool, bool) { dead = true; return true, false }
			o, p := &reconcile.Options{Clock: c, Serial: true}, ownedByBoth(stock, books)
			if _, err := newEngine(t, killStore{store, &dead}, o, p).Run(t.Context(), nil); err == nil {
				t.Fatal("not killed")
			}
			books.fault = nil
			c.now = c.now.Add(time.Second)
			books.edit("b001", "net_price", price("21.5"))
			old := books.keep()
			c.now = c.now.Add(time.Second)
			books.edit("b001", "net_price", price("23.5"))
			stock.block = func(op instep.Op) error {
				if got := op.Fields.Get("price"); got == price("21.5") {
					t.Errorf("%s %s: the price becomes %s", op.Action, op.Ref.ID, got)
				}
				return nil
			}
			e := newEngine(t, store, o, p)
			books.shown = old
			mustRun(t, e, nil)
			c.now = c.now.Add(time.Second)
			mustRun(t, e, nil)
			c.now, books.shown = c.now.Add(time.Hour), nil
			mustRun(t, e, nil)
			if got := stock.records["A"].Get("price"); got != price("23.5") || right.records["b001"].Get("net_price") != got {
				t.Errorf("stock holds %v, books hold %v", stock.records, right.records)
			}
			stock.takeWrites()
			books.takeWrites()
			checkInStep(t, e, stock, right)
		})
	}
}

// The clock of a system that delivers files is ahead of ours by ten minutes. A
// record is made there and gets another number, under which a file from before
// that does not show it. By its time the file is younger than the miss: the record
// is not taken for deleted, and the next file shows what it is called by now.
func TestRenumberedByClockAhead(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	left, books := twoSystems()
	left.uid = map[string]string{}
	left.after = func(id string) { left.uid[id] = "uid " + id }
	left.traits = func(t *instep.Traits) { t.Snapshot, t.CanRename = true, true }
	left.put("Z", stockRecord("Z", "Tee", "2")...)
	books.put("b900", booksRecord("A", "Kahvi", "1")...)
	stock := &belated{system: left, clock: c, ahead: 10 * time.Minute}
	p := ownedByBoth(stock, books)
	p.Deletes[instep.Right], p.Guards.Deletes = reconcile.DeleteDeleted, -1
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	stock.shown = stock.keep()
	mustRun(t, e, nil)
	if len(left.records) != 2 {
		t.Fatalf("the stock holds %v", left.records)
	}
	left.rename("A", "B")
	for range 3 {
		c.now = c.now.Add(2 * time.Minute)
		mustRun(t, e, nil)
		if len(books.records) != 2 {
			t.Fatalf("the books hold %v", books.records)
		}
	}
	stock.shown = stock.keep()
	for range 2 {
		mustRun(t, e, nil)
	}
	if x := explainOne(t, e, stock.ref("B")); x.Other.ID != "b900" || x.State != instep.InStep || books.records["b900"].Get("code") != instep.String("B") {
		t.Errorf("it is %s with %q; the books hold %v", x.State, x.Other.ID, books.records)
	}
}

// The same clock, and a record that is read by its id right after an edit, which
// does not say when it was. A file from before the edit takes it back nowhere.
func TestReadByIDClockAhead(t *testing.T) {
	t.Parallel()
	readByID(t, 10*time.Minute, time.Minute, time.Hour, false)
}

// The same where the clock is ahead by less than a minute, and the file is looked at
// again so soon that it may as well be of what is there now.
func TestReadByIDClockJustAhead(t *testing.T) {
	t.Parallel()
	readByID(t, 50*time.Second, 10*time.Second, 2*time.Minute, false)
}

// The same where the clock is ahead by hours, and the record says by it when it
// was edited.
func TestReadByIDClockFarAhead(t *testing.T) {
	t.Parallel()
	readByID(t, 5*time.Hour, time.Minute, time.Hour, true)
}

func readByID(t *testing.T, ahead, since, every time.Duration, tells bool) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, right := twoSystems()
	right.traits = func(t *instep.Traits) { t.Snapshot = true }
	right.put("b001", booksRecord("A", "vanha", "1")...)
	stock.put("A", stockRecord("A", "uusi", "2")...)
	books := &belated{system: right, clock: c, ahead: ahead}
	books.shown = books.keep()
	if c.now = c.now.Add(since); tells {
		books.edited = c.now.Add(ahead)
	}
	books.edit("b001", "title", instep.String("uusi"))
	stock.stale = func(r instep.Record) instep.Record { // edited between the list and the write
		r.Fields = r.Fields.With("name", instep.String("varaston"))
		return r
	}
	stock.block = func(instep.Op) error {
		stock.block, stock.stale = nil, nil
		return &instep.Error{Kind: instep.Unavailable}
	}
	p := ownedByBoth(stock, books)
	p.First = instep.Right
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	for range 3 {
		mustRun(t, e, nil)
		wantBoth(t, stock, right, "uusi")
		c.now = c.now.Add(every)
	}
}
