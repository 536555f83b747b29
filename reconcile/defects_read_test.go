package reconcile_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// stamped gives changes by a coarse stamp, a page at a time, from the stamp of
// the last on: what is known already comes again.
type stamped struct {
	*system
	stamp map[string]int // by id
	size  int
}

func (s *stamped) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	since, offset := 0, 0
	if from != "" {
		if _, err := fmt.Sscanf(string(from), "%d %d", &since, &offset); err != nil {
			return instep.Page{}, err
		}
	}
	var ids []string
	newest := since
	for id := range s.records {
		if s.stamp[id] >= since {
			ids, newest = append(ids, id), max(newest, s.stamp[id])
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.stamp[a], s.stamp[b]), cmp.Compare(a, b))
	})
	end := min(offset+s.size, len(ids))
	page := instep.Page{Records: s.recordsOf(ids[offset:end]), Next: instep.Cursor(fmt.Sprintf("%d 0", newest))}
	if page.More = end < len(ids); page.More {
		page.Next = instep.Cursor(fmt.Sprintf("%d %d", since, end))
	} else if since == 0 {
		page.Sweep = instep.Sweep{Complete: true, Total: len(ids)}
	}
	return page, nil
}

// TestDefectTieLoss: of records that were changed at the same moment, tools
// have lost those behind a page's border, or those that came after the cursor
// was taken. Here what is known already may fill whole pages before something
// new, and that which is new under an old stamp arrives, once.
func TestDefectTieLoss(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 8; size++ {
		stock, books := twoSystems()
		source := &stamped{stock, map[string]int{}, size}
		put := func(id, name string, stamp int) {
			stock.put(id, stockRecord(id, name, "1")...)
			source.stamp[id] = stamp
		}
		for i := range 7 {
			put(fmt.Sprintf("M%d", i), "Kahvi", 1+i/5) // two of stamp 2
		}
		e := newEngine(t, memory.New(), nil, pairOf(source, books))
		mustRun(t, e, nil)
		put("M5", "muutettu", 2) // within the same stamp
		put("A", "ensimmäinen", 2)
		put("Z", "viimeinen", 2)
		mustRun(t, e, nil)
		put("ZZ", "vielä yksi", 2)
		put("ZZZ", "myöhempi", 3)
		mustRun(t, e, nil)
		oneEach(t, stock, books)
		wantTitle(t, stock, books, "M5")
		if w := books.takeWrites(); len(w) != 7+3+2 {
			t.Errorf("pages of %d: %d writes, want 12: %v", size, len(w), w)
		}
		checkInStep(t, e, stock, books)
	}
}

// vanishing is a register that from some moment on lists less than there is.
type vanishing struct {
	*system
	listed int  // how many records lists show; below 0: all
	denied bool // none is found by its id either
}

func (v *vanishing) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := v.system.Read(ctx, from)
	if v.listed >= 0 && page.Sweep.Complete {
		page.Records = page.Records[:min(v.listed, len(page.Records))]
		page.Sweep.Total = len(page.Records)
	}
	return page, err
}

func (v *vanishing) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := v.system.Get(ctx, refs)
	for i := range recs {
		if v.denied {
			recs[i] = instep.Record{Ref: refs[i], Status: instep.Missing}
		}
	}
	return recs, err
}

// TestDefectEmptySweepDeletesAll: a source that lists nothing, because its
// index was stale or a right was lost, has had tools delete everything on the
// other side. Here a list alone deletes nothing: each record is asked for by
// its id, and where many are not found either, a guard stops the run.
func TestDefectEmptySweepDeletesAll(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		n       int
		listed  int
		denied  bool
		guarded bool
	}{
		{"few, none listed", 10, 0, false, false},
		{"few, some listed", 10, 4, false, false},
		{"few, none there", 10, 0, true, true},
		{"few, most not there", 10, 4, true, true},
		{"many, none listed", 60, 0, false, true},
		{"many, some listed", 60, 20, false, true},
		{"many, none there", 60, 0, true, true},
		{"many, some not there", 60, 50, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stock, books := twoSystems()
			stock.page = test.n
			putSome(stock, test.n)
			source := &vanishing{system: stock, listed: -1}
			p := pairOf(source, books)
			p.Deletes[instep.Right] = reconcile.DeleteDeleted
			e := newEngine(t, memory.New(), nil, p)
			mustRun(t, e, nil)
			books.takeWrites()
			source.listed, source.denied = test.listed, test.denied
			for range 3 { // as often as it likes
				if _, err := e.Run(t.Context(), sweep()); (instep.KindOf(err) == instep.Guarded) != test.guarded || !test.guarded && err != nil {
					t.Errorf("the run says %v", err)
				}
			}
			if len(books.records) != test.n {
				t.Errorf("%d of %d records are left", len(books.records), test.n)
			}
			source.listed, source.denied = -1, false
			checkInStep(t, e, stock, books)
		})
	}
}

// crowded is a register in which people go on working while it is read.
type crowded struct {
	*system
	pages  int
	during func(page int)
}

func (c *crowded) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := c.system.Read(ctx, from)
	c.pages++
	c.during(c.pages)
	return page, err
}

// TestDefectHandoff: tools that read a register as a whole and then go on by
// changes have taken the mark of the changes too late, so that what people did
// during the first load was never seen. Here reading goes on from where the
// walk began, also if its run comes to no good end.
func TestDefectHandoff(t *testing.T) {
	t.Parallel()
	for _, failed := range []bool{false, true} {
		for at := 1; at <= 4; at++ { // at the end of which page; 4: while records are made
			t.Run(fmt.Sprintf("%d %t", at, failed), func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				stock.page = 3
				for i := range 9 {
					code := fmt.Sprintf("M%d", i)
					stock.put(code, stockRecord(code, "Kahvi", "1")...)
				}
				work := func(now int) {
					if now == at {
						stock.edit("M0", "name", instep.String("muutettu"))
						stock.edit("M8", "name", instep.String("muutettu"))
						stock.put("A", stockRecord("A", "uusi", "1")...)
					}
				}
				books.block = func(instep.Op) error {
					books.block = nil
					work(4)
					return nil
				}
				store := memory.New()
				var used instep.Checkpoint = store
				if failed {
					used = &failing{store, 3, func() {}}
				}
				_, err := newEngine(t, used, nil, pairOf(&crowded{stock, 0, work}, books)).Run(t.Context(), nil)
				if failed != (err != nil) {
					t.Fatal(err)
				}
				e := newEngine(t, store, nil, pairOf(stock, books))
				mustRun(t, e, nil)
				oneEach(t, stock, books)
				wantTitle(t, stock, books, "M0")
				wantTitle(t, stock, books, "M8")
				books.takeWrites()
				checkInStep(t, e, stock, books)
			})
		}
	}
}

// halting is a source whose cursor stands still when it is told to.
type halting struct {
	*system
	stands bool
	more   bool // and says that there is more behind it
}

func (h *halting) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := h.system.Read(ctx, from)
	if h.stands && from != "" {
		page.Next, page.More = from, h.more
	}
	return page, err
}

// TestDefectCursorNeverMoves: a source whose cursor never moved has been read
// in a circle for months, and every run was counted as a success. Here this
// becomes an error after some runs, whichever process makes them, and is none
// any more when the cursor moves. [TestCursorThatStandsStill] has the rest.
func TestDefectCursorNeverMoves(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{0, time.Hour} {
		stock, books := twoSystems()
		stock.traits = func(t *instep.Traits) { t.Granularity = step }
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		source, store := &halting{system: stock}, memory.New()
		mustRun(t, newEngine(t, store, nil, pairOf(source, books)), nil)
		for i := range 20 {
			source.stands = i%8 != 7 // seven runs in a row, then it moves
			stock.edit("A", "name", instep.String(fmt.Sprintf("Kahvi %d", i)))
			_, err := newEngine(t, store, nil, pairOf(source, books)).Run(t.Context(), nil)
			if want := step == 0 && i%8 >= 4 && i%8 < 7; (instep.KindOf(err) == instep.Malformed) != want || !want && err != nil {
				t.Errorf("stamps of %s: run %d: %v", step, i, err)
			}
			wantTitle(t, stock, books, "A")
		}
	}
	t.Run("within one list", func(t *testing.T) {
		t.Parallel()
		stock, books, _, store := linkedPair(t, nil)
		source := &halting{stock, true, true}
		e := newEngine(t, store, nil, ownedByBoth(source, books))
		for range 2 {
			stock.edit("A", "name", instep.String("Kahvia"))
			if _, err := e.Run(t.Context(), nil); instep.KindOf(err) != instep.Malformed {
				t.Errorf("the run says %v", err)
			}
		}
		source.stands = false
		mustRun(t, e, nil)
		wantBoth(t, stock, books, "Kahvia")
	})
}
