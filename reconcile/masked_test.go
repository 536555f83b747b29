package reconcile_test

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// What a vendor repeats of a value in its answer reaches no observer and no
// question.
func TestAnswerIsMasked(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Meikäläinen", "1")...)
	books.block = func(instep.Op) error {
		return &instep.Error{Kind: instep.Invalid, Op: "books: create", Answer: "MEIKÄLÄINEN is no title", Field: "Meikäläinen"}
	}
	var said []string
	o := &reconcile.Options{Observe: func(ev reconcile.Event) {
		if w, ok := ev.(reconcile.Wrote); ok && w.Err != nil {
			said = append(said, w.Err.Error())
		}
	}}
	e := newEngine(t, memory.New(), o, pairOf(stock, books))
	mustRun(t, e, nil)
	said = append(said, reconcile.Text(explainOne(t, e, stock.ref("A")).Message))
	if len(said) != 2 || !strings.Contains(said[0], "is no title") {
		t.Fatalf("it says %q", said)
	}
	for _, text := range said {
		if strings.Contains(strings.ToLower(text), "meikäläinen") {
			t.Errorf("the name is in %q", text)
		}
	}
}
