package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// proposing finds records by their codes, and is not sure of any.
type proposing struct{}

func (proposing) Keys(s instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
	field := map[instep.Side]string{instep.Left: "number", instep.Right: "code"}[s]
	return append(dst, instep.MatchKey{Rank: 1, Value: f.Get(field).String(), Propose: true})
}

// TestProposedIsNotLinked wants two records that are only proposed to be the
// same to be left to a person: nothing is linked, made or written.
func TestProposedIsNotLinked(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.put("b900", booksRecord("A", "Kahvi", "1")...)
	p := ownedByBoth(stock, books)
	p.Matcher = proposing{}
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	for _, ref := range []instep.Ref{stock.ref("A"), books.ref("b900")} {
		if x := explainOne(t, e, ref); x.State != instep.Review || x.Message.Code != "proposed" || x.Other.ID != "" {
			t.Errorf("%s is %s %s, with %q", ref, x.State, x.Message.Code, x.Other.ID)
		}
	}
	if w := append(stock.takeWrites(), books.takeWrites()...); len(w) != 0 {
		t.Errorf("written: %v", w)
	}
}
