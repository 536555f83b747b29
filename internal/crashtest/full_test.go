package crashtest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// TestFullDisk lets a process run where state.db may not grow beyond some
// number of pages, with every number between what it begins with and what it
// needs. The commit that does not fit must fail as a whole and say why, and end
// the run. Where there is room again, the next run goes on from there.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	base := firstLoad(t)
	for i := range 150 {
		base.stock.put(fmt.Sprintf("M-%03d", i), "Mauste", "2", "")
	}
	check(t, base.open(t).Close()) // the tables are there
	vacuum(t, base.dir)
	want := undisturbed(t, base)
	begins := len(readFile(t, base.dir, "state.db")) / pageSize
	pages := begins
	for ; ; pages++ {
		w := base.clone(t)
		e := w.live(t, orders{Pages: pages}, 0)
		if e.kind == instep.Unclassified && e.refused == 0 {
			break
		}
		w.ended(t, &e, "make room on the disk")
		w.editMore()
		w.goOn(t, want)
		if t.Failed() {
			t.Fatalf("at most %d pages", pages)
		}
	}
	if pages < begins+3 {
		t.Errorf("the disk was full %d times only", pages-begins)
	}
	t.Logf("a state of %d pages would grow to %d: the disk was full at each number between", begins, pages)
}

// ended looks at how a process ended whose disk took no more.
func (w *world) ended(t *testing.T, e *ending, remedy string) {
	t.Helper()
	if e.killed || e.kind != instep.Unavailable || !strings.Contains(e.text, remedy) {
		t.Errorf("the process ended so: %+v, want kind %q and %q", e, instep.Unavailable, remedy)
	}
	if e.refused > 1 { // none, if match keys are entered into their index
		t.Errorf("%d commits were refused: the run must end with the first one", e.refused)
	}
}

// vacuum takes the pages out of a file that are not in use: a state would grow
// into these first.
func vacuum(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "state.db"))
	check(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "VACUUM")
	check(t, err)
}
