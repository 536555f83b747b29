package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// TestOutdated: that one mapping is the one in use says nothing of another.
func TestOutdated(t *testing.T) {
	t.Parallel()
	ps := &pass{pair: &pair{prints: []string{"code", "name"}}}
	ps.state.Mappings = []instep.MappingPrint{{ID: 1, Prints: []string{"name", "code"}}, {ID: 2, Prints: []string{"code", "name"}}}
	for range 2 {
		if got := ps.outdated(2); got != nil {
			t.Errorf("the mapping in use is outdated: %v", got)
		}
		if got := ps.outdated(1); got == nil || got.ID != 1 {
			t.Errorf("the earlier mapping is %v", got)
		}
	}
}

// TestHoldAny: a call does not wait for itself.
func TestHoldAny(t *testing.T) {
	t.Parallel()
	c := newCrew()
	c.sending[5] = true
	held := holders{nil, {{now: 0, by: 7}, {now: 5, by: 7}}}
	own := []*op{{w: &work{}}, {w: &work{link: &instep.Link{ID: 5}}}}
	if c.holdAny(held, own) || !c.holdAny(held, own[:1]) || c.holdAny(holders{{{now: 6, by: 7}}, nil}, nil) {
		t.Error("who holds an id is not told apart")
	}
}

// TestSettleLater joins what came of calls that sent nothing with what is left
// from before.
func TestSettleLater(t *testing.T) {
	t.Parallel()
	ps := &pass{}
	for id := range instep.LinkID(3) {
		ps.settleLater(outcome{&instep.Batch{Dropped: []instep.LinkID{id}}, []*op{{}}})
	}
	if n := len(ps.unsettled.batch.Dropped); n != 3 || len(ps.unsettled.ops) != 3 {
		t.Errorf("%d outcomes of %d ops are left, not 3 of 3", n, len(ps.unsettled.ops))
	}
}
