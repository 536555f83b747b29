package connectortest

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// Every kind there is has a name, and a message tells what to write.
func TestKindNames(t *testing.T) {
	t.Parallel()
	n := 0
	for !strings.HasPrefix(instep.Kind(n).Error(), "error kind ") {
		n++
	}
	if n != len(kindNames) {
		t.Errorf("there are %d kinds, and %d names of them", n, len(kindNames))
	}
	for want, got := range map[string]string{
		"no error, want one of kind instep.Guarded":                                                wrongKind(nil, instep.Guarded),
		"the error \"not found\" is of kind instep.NotFound, want instep.Lost or instep.Malformed": wrongKind(instep.NotFound, instep.Lost, instep.Malformed),
		"the error \"error kind 99\" is of kind instep.Kind(99), want instep.Canceled":             wrongKind(instep.Kind(99), instep.Canceled),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
