package reconcile

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

// A record is back, and its values stand where they may come over.
func TestUnchangedButBack(t *testing.T) {
	t.Parallel()
	left := instep.Left
	for _, test := range []struct {
		rule instep.Rule
		want act
	}{
		{instep.Rule{}, writeRight},
		{instep.Rule{Owner: instep.RightOwns}, writeLeft},
		{instep.Rule{Direction: instep.ToLeft}, keep},
		{instep.Rule{Owner: instep.RightOwns, Direction: instep.ToRight}, keep},
		{instep.Rule{CreateOnly: true}, keep},
	} {
		c := &comparison{rules: []rule{{Rule: test.rule}}, back: &left, base: [2]vector{{1}, {2}}, now: [2]vector{{1}, {2}}}
		if got := c.field(0); got != test.want {
			t.Errorf("%+v: decided %d, want %d", test.rule, got, test.want)
		}
	}
}

func TestWithDrift(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		drift []uint16
		rule  uint16
		yes   bool
		want  []uint16
	}{
		{nil, 2, true, []uint16{2}},
		{[]uint16{1, 3}, 2, true, []uint16{1, 2, 3}},
		{[]uint16{1, 2}, 2, true, []uint16{1, 2}},
		{[]uint16{1, 2, 3}, 2, false, []uint16{1, 3}},
		{[]uint16{1, 3}, 2, false, []uint16{1, 3}},
	} {
		before := append([]uint16{}, test.drift...)
		if diff := cmp.Diff(test.want, withDrift(test.drift, test.rule, test.yes)); diff != "" {
			t.Errorf("%v with rule %d drifted %t (-want +got):\n%s", test.drift, test.rule, test.yes, diff)
		}
		if diff := cmp.Diff(before, append([]uint16{}, test.drift...)); diff != "" {
			t.Errorf("what was handed over has changed: %s", diff)
		}
	}
}

// A person is told which field a vendor refused, if it has said so.
func TestRefusedField(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{&instep.Error{Kind: instep.Invalid, Field: "tax"}, ", field tax"},
		{&instep.Error{Kind: instep.Invalid}, ""},
		{errors.New("it does not say why"), ""},
	} {
		if got := refusedField(test.err); got.Value != test.want {
			t.Errorf("of %v a person is told %q, want %q", test.err, got.Value, test.want)
		}
	}
}

// What keeps several pairs from being run is said once, with the names of all of
// them.
func TestPausedError(t *testing.T) {
	t.Parallel()
	key, right := errors.New("the key is refused"), errors.New("no right")
	err := pausedError([]Paused{{Pair: "orders", Err: key}, {Pair: "firms", Err: right}, {Pair: "products", Err: key}})
	if diff := cmp.Diff("pairs orders, products: the key is refused\npair firms: no right", err.Error()); diff != "" {
		t.Errorf("it says (-want +got):\n%s", diff)
	}
	if !errors.Is(err, key) || !errors.Is(err, right) || pausedError(nil) != nil {
		t.Errorf("%v; of no pair it says %v", err, pausedError(nil))
	}
}
