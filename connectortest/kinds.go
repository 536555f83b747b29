package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// kindNames are the kinds as they are written in a program: their own texts are
// for users.
var kindNames = [...]string{
	"Unclassified", "Config", "Unauthorized", "Forbidden", "NotFound", "Invalid", "Duplicate", "Conflict", "RateLimited",
	"Unavailable", "Lost", "Malformed", "Unsupported", "Mismatch", "Busy", "Canceled", "Guarded", "Expired",
}

// kindName is "instep.Lost", and for several "instep.Config or instep.Invalid".
func kindName(kinds ...instep.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = fmt.Sprintf("instep.Kind(%d)", k)
		if int(k) < len(kindNames) {
			names[i] = "instep." + kindNames[k]
		}
	}
	return strings.Join(names, " or ")
}

// wrongKind says what is wrong with an error that is not of one of the kinds.
func wrongKind(err error, kinds ...instep.Kind) string {
	if err == nil {
		return "no error, want one of kind " + kindName(kinds...)
	}
	return fmt.Sprintf("the error %q is of kind %s, want %s", err, kindName(instep.KindOf(err)), kindName(kinds...))
}

// wantKind notes an error that is of none of the kinds.
func (b *bench) wantKind(what string, err error, kinds ...instep.Kind) {
	if err == nil || !slices.Contains(kinds, instep.KindOf(err)) {
		b.Errorf("%s: %s", what, wrongKind(err, kinds...))
	}
}

// wantCanceled expects the error of a call whose context has ended.
func (b *bench) wantCanceled(what string, err error) {
	if !errors.Is(err, context.Canceled) {
		b.wantKind(what, err, instep.Canceled)
	}
}
