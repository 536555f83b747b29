package instep_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func TestError(t *testing.T) {
	t.Parallel()
	err := error(&instep.Error{
		Kind: instep.Invalid, Op: "netvisor: add product", Ref: instep.Ref{System: "netvisor", Entity: "product", ID: "31"},
		Field: "name", Code: "INVALID_DATA", Status: 400, Answer: "Nimi \n on\tliian  pitkä", Remedy: "shorten the name", Err: io.ErrUnexpectedEOF,
	})
	want := `netvisor: add product: product 31, field name: refused by the vendor: HTTP 400, INVALID_DATA, "Nimi on liian pitkä", unexpected EOF; shorten the name`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	wrapped := fmt.Errorf("pair products: %w", err)
	for _, target := range []error{instep.Invalid, io.ErrUnexpectedEOF} {
		if !errors.Is(wrapped, target) {
			t.Errorf("errors.Is(%v) is false", target)
		}
	}
	if errors.Is(wrapped, instep.NotFound) {
		t.Error("it is taken for another kind")
	}
	if got := instep.KindOf(wrapped); got != instep.Invalid {
		t.Errorf("kind is %v", got)
	}
	if got := instep.KindOf(context.Canceled); got != instep.Unclassified {
		t.Errorf("kind of a foreign error is %v", got)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	if got := instep.OneLine("ääkköset\x1b[31m\r\nlog line", 12); got != "ääkköset [31…" {
		t.Errorf("got %q", got)
	}
}

type wrapper struct{ inner any }

func (w wrapper) Unwrap() any { return w.inner }

func TestAsFollowsWrappers(t *testing.T) {
	t.Parallel()
	sink := instep.SinkFunc(func(context.Context, []instep.Op) ([]instep.Result, error) { return nil, nil })
	if _, ok := instep.As[instep.Sink](wrapper{wrapper{sink}}); !ok {
		t.Error("a capability was hidden by wrappers")
	}
	if _, ok := instep.As[instep.Getter](wrapper{sink}); ok {
		t.Error("a capability was found that is not there")
	}
	if _, ok := instep.As[instep.Getter](nil); ok {
		t.Error("nil has a capability")
	}
}

func TestOpt(t *testing.T) {
	t.Parallel()
	var kept instep.Opt[string]
	if _, ok := kept.Get(); ok || !kept.IsKept() || kept.IsCleared() {
		t.Error("the zero Opt is not kept")
	}
	if v, ok := instep.Set("").Get(); !ok || v != "" {
		t.Error("an Opt set to the zero value is not set")
	}
	if c := instep.Clear[string](); c.IsKept() || !c.IsCleared() {
		t.Error("Clear does not clear")
	}
}
