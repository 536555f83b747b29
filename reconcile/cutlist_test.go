package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
)

// A record is edited, and the next list, of all there is, leaves it out: it says
// itself that it holds fewer than there are. The run after that asks for what has
// changed since the list before it, and hears of the edit.
func TestCutListKeepsCursor(t *testing.T) {
	t.Parallel()
	stock, books, e, _ := linkedPair(t, nil)
	stock.edit("Z", "name", instep.String("Kaakao"))
	stock.cut = 1
	mustRun(t, e, sweep())
	if w := books.takeWrites(); len(w) > 0 {
		t.Fatalf("the list was not cut: %v", w)
	}
	stock.cut = 0
	mustRun(t, e, nil)
	if got := books.records["b002"].Get("title"); got != instep.String("Kaakao") {
		t.Errorf("the title is %v", got)
	}
	stock.takeWrites()
	books.takeWrites()
	checkInStep(t, e, stock, books)
}
