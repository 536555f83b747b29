package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// TestContradiction has records with one, two or no strong keys of a rank meet:
// the same whichever side is looked at first.
func TestContradiction(t *testing.T) {
	t.Parallel()
	key := func(rank uint8, hash uint64) entry { return entry{rank: rank, hash: hash, strong: true} }
	weak := entry{rank: 2, hash: 9}
	for _, test := range []struct {
		l, r []entry
		want bool
	}{
		{[]entry{key(2, 1)}, []entry{key(2, 1)}, false},
		{[]entry{key(2, 1)}, []entry{key(2, 2)}, true},
		{[]entry{key(2, 1), key(2, 2)}, []entry{key(2, 2)}, false},
		{[]entry{key(2, 1), key(2, 2)}, []entry{key(2, 3)}, true},
		{[]entry{key(2, 1)}, []entry{weak}, false},
		{[]entry{key(2, 1)}, []entry{key(3, 2)}, false},
		{[]entry{key(2, 1), key(3, 5)}, []entry{key(2, 1), key(3, 6)}, true},
		{nil, []entry{key(2, 1)}, false},
	} {
		for _, sides := range [][2][]entry{{test.l, test.r}, {test.r, test.l}} {
			if _, got := contradiction(sides[0], sides[1]); got != test.want {
				t.Errorf("%v and %v: %v", sides[0], sides[1], got)
			}
		}
	}
}

// TestTwoWays has a record whose two keys of one rank lead to two records: none
// of them is joined, whichever hash comes first.
func TestTwoWays(t *testing.T) {
	t.Parallel()
	for _, hashes := range [][2]uint64{{1, 2}, {2, 1}} {
		g := &graph{
			names: func(uint8) string { return "business id" }, known: map[knownNode]int32{},
			never: func(_, _ *node) bool { return false }, kept: func(*node) bool { return false },
			gone: func(*node) bool { return false }, held: func(*node) *instep.Message { return nil },
		}
		own := func(i int) key { return key{hash: hashes[i], rank: 2, strong: true} }
		g.add(node{side: instep.Left, obs: 0}, []key{own(0), own(1)})
		g.add(node{side: instep.Right, obs: 0}, []key{own(0)})
		g.add(node{side: instep.Right, obs: 1}, []key{own(1)})
		g.resolve()
		for i, f := range g.found {
			if f.verdict != doubted || f.message.Code != "ambiguous" {
				t.Errorf("hashes %v, record %d: %+v", hashes, i, f)
			}
		}
	}
}
