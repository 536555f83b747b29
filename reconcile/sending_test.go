package reconcile

import (
	"context"
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

// movingStore says that a link has an id, and that it does no more when it is
// asked again.
type movingStore struct {
	instep.Checkpoint
	asked int
	then  func()
}

func (m *movingStore) Lookup(_ context.Context, _ string, _ instep.Side, _ []string, out []instep.Known) error {
	clear(out)
	if m.asked++; m.asked == 1 {
		out[0].Link = 5
		m.then()
	}
	return nil
}

// TestAwaitHoldersLooksAgain: what was looked up while another call landed may
// not be so any more.
func TestAwaitHoldersLooksAgain(t *testing.T) {
	t.Parallel()
	c := newCrew()
	leaves := &work{link: &instep.Link{ID: 5}}
	c.takeOff([]*work{leaves})
	store := &movingStore{then: func() {
		c.Lock()
		defer c.Unlock()
		c.land([]*work{leaves})
	}}
	ps := &pass{engine: &Engine{store: store}, pair: &pair{}, crew: c}
	o := &op{w: &work{link: &instep.Link{ID: 7}, outcome: instep.Created}, target: instep.Right}
	o.result.Ref.ID = "b001"
	c.Lock()
	defer c.Unlock()
	held, err := ps.awaitHolders(t.Context(), []*op{o})
	if err != nil || store.asked != 2 || held.any() {
		t.Errorf("%v, error %v, asked %d times", held, err, store.asked)
	}
}

// TestSettleLater joins what came of calls that sent nothing with what is left
// from before.
func TestSettleLater(t *testing.T) {
	t.Parallel()
	ps := &pass{}
	for id := range instep.LinkID(3) {
		ps.settleLater(outcome{[]*instep.Batch{{Dropped: []instep.LinkID{id}}}, []*work{{}}})
	}
	if n := len(joinBatches(ps.unsettled.batches).Dropped); n != 3 || len(ps.unsettled.works) != 3 {
		t.Errorf("%d outcomes of %d works are left, not 3 of 3", n, len(ps.unsettled.works))
	}
}
