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
		g := keyedGraph()
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

// keyedGraph returns a graph in which nobody has said anything about any record, and
// all that are known are there.
func keyedGraph() *graph {
	return &graph{
		names: func(uint8) string { return "code" }, known: map[knownNode]int32{},
		never: func(_, _ *node) bool { return false }, kept: func(*node) bool { return false },
		gone: func(*node) bool { return false }, held: func(*node) *instep.Message { return nil },
	}
}

// A record was to be left as it is, beside a hidden one with the same key. One of
// the other side is not the hidden one's, as a person said: the two that are left
// are joined.
func TestKeptBesideHidden(t *testing.T) {
	t.Parallel()
	g := keyedGraph()
	g.kept = func(n *node) bool { return n.side == instep.Left && n.obs == 0 }
	g.never = func(l, _ *node) bool { return l.link != nil }
	hidden := &instep.Link{ID: 7}
	hidden.Sides[instep.Left].ID = "s1"
	same := []key{{hash: 1, rank: 1}}
	g.add(node{side: instep.Left, obs: -1, link: hidden, full: true, shut: true}, same)
	g.add(node{side: instep.Left, obs: 0}, same)
	g.add(node{side: instep.Right, obs: 0}, same)
	g.resolve()
	if got := g.found[1]; got.verdict != matched || got.partner != 2 {
		t.Errorf("found %+v", got)
	}
}

// Of several records that share a key, a person is told on which side they are.
func TestSameKeyOn(t *testing.T) {
	t.Parallel()
	for _, s := range sides {
		g := keyedGraph()
		for i := range int32(2) {
			g.add(node{side: s, obs: i}, []key{{hash: 1, rank: 1}})
		}
		g.resolve()
		for i, f := range g.found {
			if f.verdict != doubted || f.message.Code != "same_key" || f.message.Arg("side") != s.String() {
				t.Errorf("on the %s, record %d: %+v %+v", s, i, f, f.message)
			}
		}
	}
}
