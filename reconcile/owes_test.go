package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// A record owes the other side what it shows and the two never had in common; of
// what it does not show it owes nothing.
func TestOwes(t *testing.T) {
	t.Parallel()
	const blank, a, b = 9, 3, 4
	for name, test := range map[string]struct {
		rule             instep.Rule
		now, base, other uint32
		want             bool
	}{
		"never in common":            {now: a, other: b, want: true},
		"alike":                      {now: a, other: a},
		"had in common":              {now: a, base: a, other: b},
		"not shown":                  {other: b},
		"not shown, comes later":     {rule: instep.Rule{Later: true}, other: b},
		"comes later":                {rule: instep.Rule{Later: true}, now: a, want: true},
		"comes later, empty":         {rule: instep.Rule{Later: true}, now: blank},
		"the other side's":           {rule: instep.Rule{Owner: instep.RightOwns}, now: a, other: b},
		"only written to new ones":   {rule: instep.Rule{CreateOnly: true}, now: a, other: b},
		"does not go that direction": {rule: instep.Rule{Direction: instep.ToLeft}, now: a, other: b},
	} {
		c := &comparison{
			rules: []rule{{Rule: test.rule}}, blank: [2][]uint32{{blank}, {blank}},
			now: [2]vector{{test.now}, nil}, base: [2]vector{{test.base}, {test.other}},
		}
		if got := c.owes(instep.Left); got != test.want {
			t.Errorf("%s: owes %t", name, got)
		}
	}
}
