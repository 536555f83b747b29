package reconcile

import "testing"

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
