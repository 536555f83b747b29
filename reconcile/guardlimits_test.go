package reconcile

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// What a run may do unasked grows with the register: it is let through at the
// limit, and one more trips the guard, which tells both numbers.
func TestDefaultLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		links                     int
		deletes, creates, updates int
	}{
		{0, 3, 50, 50}, {199, 3, 50, 99}, {200, 4, 50, 100}, {1000, 20, 200, 500}, {1250, 25, 250, 625}, {100_000, 25, 20_000, 50_000},
	} {
		for over := range 2 {
			ps := &pass{pair: &pair{}, spent: newSpent()}
			ps.state.LastLink = instep.LinkID(test.links)
			for s := range sides {
				ps.state.Streams[s].SweptAt = time.Unix(1, 0)
			}
			for id := range test.deletes + over {
				ps.spent.gone[instep.Right][instep.LinkID(id+1)] = true
			}
			ps.creations[instep.Left] = make([]creation, test.creates+over)
			ps.works = make([]work, test.updates+over)
			for i := range ps.works {
				ps.works[i] = work{outcome: instep.Updated, side: instep.Right}
			}
			ps.guard()
			var got []Guard
			for _, g := range ps.guards {
				g.Message = instep.Message{Code: g.Message.Code}
				got = append(got, g)
			}
			var want []Guard
			if over > 0 {
				want = []Guard{
					{Side: instep.Right, Count: test.deletes + 1, Limit: test.deletes, Message: instep.Message{Code: "many_gone"}},
					{Side: instep.Left, Count: test.creates + 1, Limit: test.creates, Message: instep.Message{Code: "many_creates"}},
					{Side: instep.Right, Count: test.updates + 1, Limit: test.updates, Message: instep.Message{Code: "many_updates"}},
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d links, %d over (-want +got):\n%s", test.links, over, diff)
			}
		}
	}
}
