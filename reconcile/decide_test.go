package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// TestDecideField is the decision table for one field of a linked pair. Each
// case is also run with the sides swapped, which must swap the answer.
func TestDecideField(t *testing.T) {
	t.Parallel()
	const blank, a, b, c = 9, 1, 2, 3
	tests := []struct {
		name    string
		rule    instep.Rule
		base    [2]uint32
		now     [2]uint32
		meeting bool
		drift   DriftPolicy
		missed  [2]bool
		want    act
	}{
		{name: "nothing changed", base: [2]uint32{a, a}, now: [2]uint32{a, a}, want: keep},
		{name: "in step though different", base: [2]uint32{a, b}, now: [2]uint32{a, b}, want: keep},
		{name: "not looked at is as in the base", base: [2]uint32{a, b}, want: keep},
		{name: "shared, left edited", base: [2]uint32{a, a}, now: [2]uint32{b, a}, want: writeRight},
		{name: "shared, right not looked at", base: [2]uint32{a, a}, now: [2]uint32{b, 0}, want: writeRight},
		{name: "owned, left edited", rule: instep.Rule{Owner: instep.LeftOwns}, base: [2]uint32{a, a}, now: [2]uint32{b, a}, want: writeRight},
		{name: "cleared by its owner", rule: instep.Rule{Owner: instep.LeftOwns}, base: [2]uint32{a, a}, now: [2]uint32{blank, a}, want: writeRight},
		{name: "owned by the other, left edited", rule: instep.Rule{Owner: instep.RightOwns}, base: [2]uint32{a, a}, now: [2]uint32{b, a}, want: driftLeft},
		{name: "the same, reverted", rule: instep.Rule{Owner: instep.RightOwns}, drift: RevertDrift, base: [2]uint32{a, a}, now: [2]uint32{b, a}, want: writeLeft},
		{name: "edited alike", base: [2]uint32{a, a}, now: [2]uint32{b, b}, want: adopt},
		{name: "edited to what the other has", base: [2]uint32{a, b}, now: [2]uint32{b, b}, want: adopt},
		{name: "edited differently, shared", base: [2]uint32{a, a}, now: [2]uint32{b, c}, want: conflict},
		{name: "edited differently, owned", rule: instep.Rule{Owner: instep.LeftOwns}, base: [2]uint32{a, a}, now: [2]uint32{b, c}, want: writeRight},
		{name: "create-only, edited", rule: instep.Rule{CreateOnly: true}, base: [2]uint32{a, a}, now: [2]uint32{b, a}, want: adopt},
		{name: "the direction forbids it", rule: instep.Rule{Direction: instep.ToLeft}, base: [2]uint32{a, a}, now: [2]uint32{b, a}, want: adopt},
		{name: "meeting, equal", now: [2]uint32{a, a}, meeting: true, want: adopt},
		{name: "meeting, different", now: [2]uint32{a, b}, meeting: true, want: writeRight},
		{name: "meeting, empty never erases", now: [2]uint32{blank, b}, meeting: true, want: adopt},
		{name: "meeting, whoever owns it", rule: instep.Rule{Owner: instep.RightOwns}, now: [2]uint32{a, b}, meeting: true, want: writeRight},
		{name: "meeting, create-only", rule: instep.Rule{CreateOnly: true}, now: [2]uint32{a, b}, meeting: true, want: adopt},
		{
			name: "still meeting, filled since", rule: instep.Rule{Owner: instep.RightOwns}, drift: RevertDrift,
			base: [2]uint32{blank, a}, now: [2]uint32{b, a}, meeting: true, want: writeRight,
		},
		{
			name: "filled later", rule: instep.Rule{Owner: instep.RightOwns}, drift: RevertDrift,
			base: [2]uint32{blank, a}, now: [2]uint32{b, a}, want: writeLeft,
		},
		{name: "newly mapped, owner's value", rule: instep.Rule{Owner: instep.RightOwns}, now: [2]uint32{a, b}, want: writeLeft},
		{name: "one side has no such field", base: [2]uint32{a, 0}, now: [2]uint32{a, 0}, want: keep},
		{name: "changed without a hash of it", base: [2]uint32{a, a}, now: [2]uint32{a, a}, missed: [2]bool{true, false}, want: writeRight},
		{
			name: "edited differently, owned by the one that nothing may come from", rule: instep.Rule{Owner: instep.RightOwns, Direction: instep.ToRight},
			base: [2]uint32{a, a}, now: [2]uint32{b, c}, want: adopt,
		},
		{name: "edited alike, one of them without a hash of it", base: [2]uint32{a, a}, now: [2]uint32{b, b}, missed: [2]bool{true, false}, want: conflict},
	}
	swapAct := map[act]act{writeLeft: writeRight, writeRight: writeLeft, driftLeft: driftRight, driftRight: driftLeft}
	swapOwner := [...]instep.Owner{instep.BothOwn, instep.RightOwns, instep.LeftOwns}
	swapDirection := [...]instep.Direction{instep.BothWays, instep.ToLeft, instep.ToRight}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &comparison{
				rules: []rule{{Rule: tt.rule}}, blank: [2][]uint32{{blank}, {blank}}, first: instep.Left,
				base: [2]vector{{tt.base[0]}, {tt.base[1]}}, now: [2]vector{{tt.now[0]}, {tt.now[1]}},
				meeting: tt.meeting, drift: tt.drift, missed: tt.missed,
			}
			if got := c.decide()[0]; got != tt.want {
				t.Errorf("decided %d, want %d", got, tt.want)
			}
			c.rules[0].Owner, c.rules[0].Direction = swapOwner[tt.rule.Owner], swapDirection[tt.rule.Direction]
			c.first = instep.Right
			c.base[0], c.base[1] = c.base[1], c.base[0]
			c.now[0], c.now[1] = c.now[1], c.now[0]
			c.missed[0], c.missed[1] = c.missed[1], c.missed[0]
			want := tt.want
			if swapped, ok := swapAct[want]; ok {
				want = swapped
			}
			if got := c.decide()[0]; got != want {
				t.Errorf("with the sides swapped decided %d, want %d", got, want)
			}
		})
	}
}

// A pair that was gone on both sides comes back if one of them is there, and not
// for one that is hidden: where missing records count so, that says nothing.
func TestBuriedUntilOneIsThere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		is   [2]presence
		want course
	}{
		{[2]presence{gone, gone}, entomb}, {[2]presence{gone, hidden}, entomb}, {[2]presence{hidden, gone}, entomb},
		{[2]presence{hidden, hidden}, entomb}, {[2]presence{there, gone}, undelete}, {[2]presence{gone, there}, undelete},
		{[2]presence{there, hidden}, freeze}, {[2]presence{there, there}, flow},
	} {
		s := situation{is: test.is, buried: true}
		if got, _ := s.decide(); got != test.want {
			t.Errorf("%v: %v, want %v", test.is, got, test.want)
		}
	}
}
