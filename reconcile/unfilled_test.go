package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// A field that both sides own, and of which nothing is known on one of them. Each
// case is also run with the sides swapped.
func TestDecideHalfKnownField(t *testing.T) {
	t.Parallel()
	const blank, a, b = 9, 1, 2
	for _, test := range []struct {
		name       string
		rule       instep.Rule
		known, now uint32 // of the one side
		other      uint32 // what the other holds, of which nothing is known
		want       act    // writeRight is to the other side
	}{
		// A person let a deletion stand against an edit, and the record is back: so
		// does its value, but for one that is empty. That is filled.
		{"deleted and back with a value", instep.Rule{}, a, a, b, writeLeft},
		{"deleted and back with nothing there", instep.Rule{}, a, a, blank, writeRight},
		{"deleted and back, and edited", instep.Rule{}, a, b, blank, conflict},
		// A reference that is still to be filled in contradicts nobody.
		{"a reference that comes later", instep.Rule{Later: true}, a, a, blank, writeRight},
		{"a reference that comes later, edited", instep.Rule{Later: true}, a, b, blank, writeRight},
		{"a reference that was filled in by somebody else, edited", instep.Rule{Later: true}, a, b, 3, conflict},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range sides {
				c := &comparison{rules: []rule{{Rule: test.rule}}, blank: [2][]uint32{{blank}, {blank}}, first: s}
				c.base[s], c.now[s] = vector{test.known}, vector{test.now}
				c.base[s.Other()], c.now[s.Other()] = vector{0}, vector{test.other}
				want := test.want
				if target, ok := want.target(); ok && s == instep.Right {
					want = writeTo[target.Other()]
				}
				if got := c.field(0); got != want {
					t.Errorf("known on the %s: decided %d, want %d", s, got, want)
				}
			}
		})
	}
}
