package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// Many records wait for somebody to correct them, and are asked for again by their
// ids. That counts against the requests of a run: it ends in order once they are
// used up, and not with as many more as there are such records.
func TestMarkedCountAgainstBudget(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	for i := range 40 {
		stock.put(fmt.Sprintf("P%02d", i), stockRecord(fmt.Sprintf("P%02d", i), "a name that is too long for the books", "1")...)
	}
	left, store := &asked{system: stock}, memory.New()
	p := pairOf(left, books)
	mustRun(t, newEngine(t, store, nil, p), nil)
	left.refs, p.Guards.Requests = 0, 5
	e := newEngine(t, store, nil, p)
	if _, err := e.Run(t.Context(), nil); instep.KindOf(err) != instep.Guarded {
		t.Errorf("the run ends with %v", err)
	}
	if most := p.Guards.Requests * left.Traits().MaxGet; left.refs == 0 || left.refs > most {
		t.Errorf("%d records were asked for, want %d at the most", left.refs, most)
	}
}
