package reconcile_test

import (
	"context"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// lateFile is a pair whose right side delivers a file that still shows the
// record under an old name.
func lateFile(t *testing.T) (stock, books *system, e *reconcile.Engine, c *clock) {
	t.Helper()
	c = &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books = twoSystems()
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	books.put("b001", booksRecord("A", "vanha", "1")...)
	books.asOf = c.now
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("title", instep.String("vanha"))
		return r
	}
	p := ownedByBoth(stock, books)
	p.First = instep.Right
	e = newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	c.now = c.now.Add(time.Hour)
	return stock, books, e, c
}

// TestCreateOlderFile has a record be made from what was read by the id of
// another, which its file does not show yet, and the reply be lost. The file
// takes nothing back.
func TestCreateOlderFile(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	books.edit("b001", "title", instep.String("uusi"))
	sent := 0
	stock.fault = func(string) (lost, before bool) {
		sent++
		return sent <= 2, sent == 1
	}
	for range 3 {
		mustRun(t, e, nil)
		c.now = c.now.Add(time.Hour)
	}
	wantBoth(t, stock, books, "uusi")
	books.asOf, books.stale = c.now, nil
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "uusi")
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// TestConflictOlderFile has two records be edited on both sides as they meet,
// which a person is asked about, and then a file that is older than one of the
// edits. It decides nothing, and neither does the next one.
func TestConflictOlderFile(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	stock.put("A", stockRecord("A", "varaston", "1")...)
	stock.block = func(instep.Op) error {
		stock.block = nil
		stock.edit("A", "name", instep.String("uusi varaston"))
		books.edit("b001", "title", instep.String("uusi kirjojen"))
		return &instep.Error{Kind: instep.Conflict}
	}
	for i := range 4 {
		if i == 2 {
			books.asOf, books.stale = c.now, nil
		}
		mustRun(t, e, nil)
		c.now = c.now.Add(time.Hour)
		if x := explainOne(t, e, stock.ref("A")); x.State != instep.Review || x.Message.Code != "conflict" {
			t.Errorf("run %d: nobody is asked: %s %s", i, x.State, x.Message.Code)
		}
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("one of two edits was written over: %v", w)
	}
}

// TestMeetingOlderFile has two records be given the same name on both sides as
// they meet, which is read by their ids, and another field not be written yet. A
// file that is older takes the name back on neither side.
func TestMeetingOlderFile(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	stock.put("A", stockRecord("A", "uusi", "2")...)
	books.edit("b001", "title", instep.String("uusi"))
	stock.stale = func(r instep.Record) instep.Record { // edited between the list and the write
		r.Fields = r.Fields.With("name", instep.String("varaston"))
		return r
	}
	stock.block = func(instep.Op) error {
		stock.block, stock.stale = nil, nil
		return &instep.Error{Kind: instep.Unavailable}
	}
	for range 3 {
		mustRun(t, e, nil)
		c.now = c.now.Add(time.Hour)
	}
	wantBoth(t, stock, books, "uusi")
	if diff := gocmp.Diff([]string{"update A price"}, append(stock.takeWrites(), books.takeWrites()...)); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	books.asOf, books.stale = c.now, nil
	checkInStep(t, e, stock, books)
}

// dated is a system that tells of what is read by its id when it last changed.
type dated struct {
	*system
	changed time.Time
}

func (d *dated) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := d.system.Get(ctx, refs)
	for i := range recs {
		recs[i].Modified = d.changed
	}
	return recs, err
}

// The clock of a system is ahead of ours by ten minutes. A record is edited
// there, and read by its id at once; a file from before the edit is, by that
// clock, from after the reading. It takes nothing back.
func TestReadByClockAhead(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	books.put("b001", booksRecord("A", "vanha", "1")...)
	stock.put("A", stockRecord("A", "uusi", "2")...)
	right := &dated{books, c.now.Add(10 * time.Minute)}
	p := ownedByBoth(stock, right)
	p.First = instep.Right
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	books.edit("b001", "title", instep.String("uusi"))
	books.asOf = c.now.Add(10*time.Minute - 30*time.Second)
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("title", instep.String("vanha"))
		return r
	}
	stock.stale = func(r instep.Record) instep.Record { // as it was before the list and the write
		r.Fields = r.Fields.With("name", instep.String("varaston"))
		return r
	}
	stock.block = func(instep.Op) error {
		stock.block, stock.stale = nil, nil
		return &instep.Error{Kind: instep.Unavailable}
	}
	for range 3 {
		mustRun(t, e, nil)
		c.now = c.now.Add(time.Hour)
	}
	wantBoth(t, stock, books, "uusi")
}

// slow is a system that shows some of what was written to it later.
type slow struct {
	*system
	shows instep.Value // as every title; absent: what it is
}

func (s *slow) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := s.system.Get(ctx, refs)
	for i := range recs {
		if !s.shows.IsAbsent() && recs[i].Status == instep.Live {
			recs[i].Fields = recs[i].Fields.With("title", s.shows)
		}
	}
	return recs, err
}

// TestSuccessorUnfenced has a record be deleted that did not show at once what
// was written to it, and another one be made in its place. What somebody enters
// there is an edit, also where it is what the first one held before.
func TestSuccessorUnfenced(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.ReadLag = 10 * time.Second }
	right := &slow{system: books}
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, right)
	p.EditedGone = reconcile.RecreateEdited
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	run := func() {
		c.now = c.now.Add(time.Minute)
		mustRun(t, e, nil)
	}
	run()
	right.shows = instep.String("Kahvi")
	stock.edit("A", "name", instep.String("Kahvia"))
	run()
	books.remove("b001") // before it shows
	right.shows = instep.Value{}
	stock.edit("A", "name", instep.String("Tee"))
	mustRun(t, e, sweep())
	run()
	books.edit("b002", "title", instep.String("Kahvi"))
	run()
	if got := stock.records["A"].Get("name").String(); got != "Kahvi" {
		t.Errorf("an edit did not flow: %s", got)
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}

// TestReadAfterWrite has a person edit what was just written, and the edit be
// read by the record's id. A file from between the two shows what was written: it
// takes nothing back.
func TestReadAfterWrite(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("meidän"))
	c.now = c.now.Add(time.Hour)
	mustRun(t, e, nil)
	c.now = c.now.Add(20 * time.Second)
	books.asOf = c.now.Add(-10 * time.Second)
	books.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("title", instep.String("meidän"))
		return r
	}
	books.edit("b001", "title", instep.String("uusi"))
	stock.edit("A", "price", instep.Number(instep.MustDecimal("5")))
	books.block = func(instep.Op) error {
		books.block = nil
		return &instep.Error{Kind: instep.Conflict}
	}
	for range 3 {
		mustRun(t, e, nil)
		wantBoth(t, stock, books, "uusi")
		c.now = c.now.Add(10 * time.Second)
	}
}

// A record is deleted and made anew under the id that was chosen for it, and the
// reply is lost. A file from before shows it as it once was: it takes nothing
// back.
func TestMadeAnewOlderFile(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	stock.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	stock.asOf = c.now
	p := ownedByBoth(stock, books)
	p.EditedGone, p.Guards.Deletes = reconcile.RecreateEdited, -1
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	mustRun(t, e, nil)
	before := c.now.Add(30 * time.Minute)
	c.now = c.now.Add(time.Hour)
	stock.asOf = c.now
	stock.remove("A")
	books.edit("b001", "title", instep.String("Tee"))
	stock.fault = func(string) (lost, before bool) { stock.fault = nil; return true, false }
	mustRun(t, e, sweep())
	if len(stock.records) != 1 {
		t.Fatalf("the stock holds %v", stock.records)
	}
	c.now = c.now.Add(time.Minute)
	stock.asOf = before
	stock.stale = func(r instep.Record) instep.Record {
		r.Fields = r.Fields.With("name", instep.String("Kahvi"))
		return r
	}
	mustRun(t, e, sweep())
	wantBoth(t, stock, books, "Tee")
}

// The clock of a system is ahead of ours, and the reply to a write is lost: no
// time of it is known. A file from before the write is, by that clock, from a
// time to come. Right after the write it takes nothing back.
func TestOlderFileByClockAhead(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	stale := books.stale
	books.stale = nil
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("uusi"))
	books.fault = func(string) (lost, before bool) { books.fault = nil; return true, false }
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "uusi")
	c.now = c.now.Add(30 * time.Second)
	books.asOf, books.stale = c.now.Add(-5*time.Minute).Add(10*time.Minute), stale
	mustRun(t, e, nil)
	wantBoth(t, stock, books, "uusi")
}

// A person links two records, which are read by their ids and are called the
// same. A file that is older takes the name back on neither side.
func TestLinkedByPersonOlderFile(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	stock.put("A", stockRecord("A", "uusi", "1")...)
	books.edit("b001", "title", instep.String("uusi"))
	if err := e.Link(t.Context(), "products", stock.ref("A"), books.ref("b001"), "Liisa"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.now = c.now.Add(time.Minute)
		mustRun(t, e, nil)
	}
	wantBoth(t, stock, books, "uusi")
}

// olderFiles is a pair whose books own the name and deliver a file, of an hour ago, that
// shows an older name.
type olderFiles struct {
	*clock
	stock, books *system
	pair         reconcile.Pair
	store        *failing
	shown        string
}

// newOlderFiles makes one that was in step as the file was made, with the rule of the name
// changed.
func newOlderFiles(t *testing.T, change func(name *instep.Rule)) *olderFiles {
	t.Helper()
	w := &olderFiles{clock: &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}, store: &failing{memory.New(), 1000, func() {}}, shown: "vanha"}
	w.stock, w.books = twoSystems()
	w.books.traits = func(t *instep.Traits) { t.Snapshot = true }
	w.books.put("b001", booksRecord("A", "vanha", "1")...)
	w.books.asOf = w.now
	w.pair = ownedByBoth(w.stock, w.books)
	w.pair.First, w.pair.Drift = instep.Right, reconcile.RevertDrift
	name := &w.pair.Mapping.Rules[1]
	name.Owner = instep.RightOwns
	change(name)
	mustRun(t, w.engine(t), nil)
	w.books.stale = func(r instep.Record) instep.Record {
		r.Fields = instep.NewFields(booksRecord("A", w.shown, "1")...)
		return r
	}
	w.now = w.now.Add(time.Hour)
	return w
}

func (w *olderFiles) engine(t *testing.T) *reconcile.Engine {
	t.Helper()
	return newEngine(t, w.store, &reconcile.Options{Clock: w.clock, Serial: true}, w.pair)
}

// die has the process die once it has written to the stock, and returns the next one.
func (w *olderFiles) die(t *testing.T) *reconcile.Engine {
	t.Helper()
	w.stock.fault = func(string) (lost, before bool) { w.stock.fault, w.store.left = nil, 0; return false, false }
	if _, err := w.engine(t).Run(t.Context(), nil); err == nil {
		t.Fatal("the run has not died")
	}
	w.store.left = 1000
	return w.engine(t)
}

// What was read by a record's id is written, and the process dies. One field shows
// what was sent, the other what the system has made of it. A file from before all
// that tells nothing of either.
func TestPartlyShownOlderFile(t *testing.T) {
	t.Parallel()
	w := newOlderFiles(t, func(name *instep.Rule) {
		name.Left.Via, name.Right.Via = nil, nil // so that nothing tells what the stock makes of it
	})
	stock, books := w.stock, w.books
	stock.edit("A", "name", instep.String("oma"))
	books.edit("b001", "title", instep.String(" uusi "))
	books.edit("b001", "net_price", instep.Number(instep.MustDecimal("5")))
	e := w.die(t)
	for range 3 {
		mustRun(t, e, sweep())
		if got := stock.records["A"].Get("name").String(); got != "uusi" {
			t.Errorf("the file was believed: the name is %s", got)
		}
		w.now = w.now.Add(time.Minute)
	}
}

// A record is read by its id, edited within the minute by which a file's clock may be
// off, read by its id once more and written, and the process dies. A file that shows
// what was read first takes nothing back.
func TestReadTwiceOlderFile(t *testing.T) {
	t.Parallel()
	w := newOlderFiles(t, func(*instep.Rule) {})
	stock, books := w.stock, w.books
	edit := func(value string) {
		stock.edit("A", "name", instep.String("oma "+value)) // so that the other one is read by its id
		books.edit("b001", "title", instep.String(value))
	}
	edit("uusi")
	mustRun(t, w.engine(t), nil)
	wantBoth(t, stock, books, "uusi")
	w.shown = "uusi"
	w.now = w.now.Add(30 * time.Second)
	edit("uudempi")
	e := w.die(t)
	for range 3 {
		mustRun(t, e, sweep())
		wantBoth(t, stock, books, "uudempi")
		w.now = w.now.Add(time.Minute)
	}
}

// A record that nobody else had is met by one that is seen for the first time, in a
// file that is older than what the system holds by now, or than its end. It is read by
// its id before anything is written.
func TestMetInOlderFile(t *testing.T) {
	t.Parallel()
	for _, deleted := range []bool{false, true} {
		c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
		stock, books := twoSystems()
		books.traits = func(t *instep.Traits) { t.Snapshot = true }
		stock.put("A", stockRecord("A", "oma", "1")...)
		right := &ghosts{system: books}
		p := ownedByBoth(stock, right)
		p.First, p.Flow = instep.Right, instep.ToLeft
		e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
		mustRun(t, e, nil)
		books.asOf = c.now
		c.now = c.now.Add(time.Hour)
		right.shows = &instep.Record{Ref: books.ref("b001"), Fields: instep.NewFields(booksRecord("A", "vanha", "1")...)}
		want := "oma"
		if !deleted {
			books.put("b001", booksRecord("A", "uusi", "1")...)
			want = "uusi"
		}
		mustRun(t, e, nil)
		if got := stock.records["A"].Get("name").String(); got != want {
			t.Errorf("deleted meanwhile %t: it is called %s, not %s", deleted, got, want)
		}
	}
}

// ghosts is a system whose lists hold one record as it was, if at all.
type ghosts struct {
	*system
	shows *instep.Record
}

func (g *ghosts) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := g.system.Read(ctx, from)
	if g.shows != nil {
		page.Records = []instep.Record{*g.shows}
	}
	return page, err
}

// A person leaves two values as they are, which are read by their ids. A file from
// before one of them was entered takes nothing over.
func TestAnsweredOlderFile(t *testing.T) {
	t.Parallel()
	stock, books, e, c := lateFile(t)
	mustRun(t, e, nil)
	stock.edit("A", "name", instep.String("varaston"))
	books.edit("b001", "title", instep.String("kirjojen"))
	stale := books.stale
	books.stale, books.asOf = nil, c.now
	mustRun(t, e, sweep())
	books.edit("b001", "title", instep.String("uusi"))
	c.now = c.now.Add(time.Hour)
	answer(t, e, onlyReview(t, e, "conflict").ID, "drop")
	books.stale = stale
	for range 2 {
		mustRun(t, e, sweep())
		c.now = c.now.Add(time.Minute)
	}
	if got := stock.records["A"].Get("name").String() + ", " + books.records["b001"].Get("title").String(); got != "varaston, uusi" {
		t.Errorf("they are called %s", got)
	}
}
