package reconcile_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// changeLog is a system whose list of changes also tells of ids that were deleted,
// whatever has become of them since.
type changeLog struct {
	*system
	deleted []string
	ahead   bool // these come before the other changes
	around  bool // before and after them, and these come twice
}

func (l *changeLog) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := l.system.Read(ctx, from)
	if !strings.HasPrefix(string(from), "since") {
		return page, err
	}
	var told []instep.Record
	for _, id := range l.deleted {
		told = append(told, instep.Record{Ref: l.ref(id), Status: instep.Deleted})
	}
	switch {
	case l.around:
		page.Records = slices.Concat(told, page.Records, told, page.Records)
	case l.ahead:
		page.Records = append(told, page.Records...)
	default:
		page.Records = append(page.Records, told...)
	}
	return page, err
}

// A list of changes tells both that a record was edited and that one with its id
// was deleted. It is asked for: what its system says of it now counts, and not
// what comes last.
func TestToldTwice(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]bool{"deleted last": false, "deleted first": true} {
		for there, state := range map[bool]instep.Outcome{true: instep.InStep, false: instep.Gone} {
			t.Run(name+map[bool]string{true: ", there", false: ", gone"}[there], func(t *testing.T) {
				t.Parallel()
				stock, books := twoSystems()
				stock.put("A", stockRecord("A", "Kahvi", "1")...)
				log := &changeLog{system: stock, ahead: ahead}
				p := pairOf(log, books)
				e := newEngine(t, memory.New(), nil, p)
				mustRun(t, e, nil)
				log.deleted = []string{"A", "A"}
				stock.edit("A", "name", instep.String("Tee"))
				if !there { // between the list and the question
					p.Left = &goneByID{log}
					e = newEngine(t, memory.New(), nil, p)
					books.records = map[string]instep.Fields{}
					mustRun(t, e, nil)
					stock.edit("A", "name", instep.String("Tee"))
				}
				mustRun(t, e, nil)
				if x := explainOne(t, e, stock.ref("A")); x.State != state {
					t.Errorf("it is %s %s", x.State, reconcile.Text(x.Message))
				}
			})
		}
	}
}

// asking counts the records that a change log is asked for.
type asking struct {
	*changeLog
	asked int
}

func (a *asking) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	a.asked += len(refs)
	return a.changeLog.Get(ctx, refs)
}

// A record is asked for once, however often the list names it, and what is known
// to be gone on both sides is not asked for again.
func TestAskedForOnce(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	log := &asking{changeLog: &changeLog{system: stock}}
	p := pairOf(log, books)
	p.Right = &changeLog{system: books}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	run := func(want int, why string, sel *reconcile.Select) {
		t.Helper()
		log.asked = 0
		mustRun(t, e, sel)
		if log.asked != want {
			t.Errorf("%s it is asked for %d times, want %d", why, log.asked, want)
		}
	}
	log.deleted, log.around = []string{"A"}, true
	stock.edit("A", "name", instep.String("Tee"))
	run(1, "told of four times", nil)
	log.deleted, log.around, p.Right.(*changeLog).deleted = []string{"A"}, false, []string{"b001"}
	stock.remove("A")
	books.remove("b001")
	run(1, "gone on both sides", nil)
	run(0, "gone before", nil)
	log.deleted, p.Right.(*changeLog).deleted = nil, nil
	stock.put("B", stockRecord("B", "Tee", "1")...)
	stock.put("C", stockRecord("C", "Kaakao", "1")...)
	mustRun(t, e, nil)
	stock.remove("B")
	books.remove("b002")
	run(2, "missing from a whole list on both sides, as what was gone before,", sweep())
}

// goneByID is a change log whose records are not there when they are asked for.
type goneByID struct{ *changeLog }

func (g *goneByID) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	out := make([]instep.Record, len(refs))
	for i, r := range refs {
		out[i] = instep.Record{Ref: r, Status: instep.Missing}
	}
	return out, nil
}

// One of a pair is deleted, and of the other a list says so that tells of an
// earlier record with its id. The pair is not taken for gone on both sides: the
// one that is left goes as the policy says, and does not come back later as if it
// had been deleted itself.
func TestGoneAndToldOfTheOther(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	log := &changeLog{system: stock}
	p := pairOf(log, books)
	p.Deletes = [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted}
	p.Guards.Deletes = -1
	p.Right = &changeLog{system: books, deleted: []string{"b001"}}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	books.remove("b001")
	log.deleted = []string{"A"}
	mustRun(t, e, nil)
	if len(stock.records) != 0 || len(books.records) != 0 {
		t.Errorf("the stock holds %v, the books hold %v", stock.records, books.records)
	}
}
