package reconcile

import (
	"errors"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// What a vendor calls a refusal goes into the state only if it is a code: words
// may hold what was sent.
func TestRefusedCode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{&instep.Error{Kind: instep.Invalid, Code: "REQUEST_NOT_UNIQUE", Status: 400}, "REQUEST_NOT_UNIQUE"},
		{&instep.Error{Kind: instep.Invalid, Code: "e-1.2"}, "e-1.2"},
		{&instep.Error{Kind: instep.Invalid, Code: "Matti Virtanen", Status: 422}, "HTTP 422"},
		{&instep.Error{Kind: instep.Invalid, Code: "matti@example.com", Status: 422}, "HTTP 422"},
		{&instep.Error{Kind: instep.Invalid, Code: "Mäki"}, instep.Invalid.Error()},
		{&instep.Error{Kind: instep.Invalid, Code: "<b>", Status: 422}, "HTTP 422"},
		{&instep.Error{Kind: instep.Invalid, Code: "0_AZ-az.9"}, "0_AZ-az.9"},
		{&instep.Error{Kind: instep.Invalid, Code: strings.Repeat("A", 41)}, instep.Invalid.Error()},
		{&instep.Error{Kind: instep.Invalid, Code: strings.Repeat("A", 40)}, strings.Repeat("A", 40)},
		{errors.New("Matti"), instep.Invalid.Error()},
	} {
		if got := refusedCode(test.err, instep.Invalid); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}
