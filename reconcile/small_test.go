package reconcile

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

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
