package instep_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

var article = []instep.FieldInfo{
	{Name: "number", Type: instep.TypeString, Access: instep.CanRead | instep.CanCreate, Required: true, MaxLen: 4},
	{Name: "name", Type: instep.TypeString, Access: instep.ReadWrite, Required: true, Remedy: "give it a name"},
	{Name: "price", Type: instep.TypeDecimal, Access: instep.ReadWrite, Decimals: 2},
	{Name: "changed", Type: instep.TypeDate, Access: instep.ReadOnly},
	{Name: "active", Type: instep.TypeBool, Access: instep.ReadWrite},
}

// What a sink refuses before anything is sent, with the field that it names.
func TestCheckOp(t *testing.T) {
	t.Parallel()
	text, number := instep.String, func(s string) instep.Value { return instep.Number(instep.MustDecimal(s)) }
	for name, tt := range map[string]struct {
		action instep.Action
		fields map[string]instep.Value
		kind   instep.Kind
		field  string
	}{
		"a create":              {instep.Create, map[string]instep.Value{"number": text("Ääk1"), "name": text("Hylly"), "price": number("1.25")}, 0, ""},
		"an update":             {instep.Update, map[string]instep.Value{"price": instep.Null()}, 0, ""},
		"a deletion":            {instep.Delete, nil, 0, ""},
		"another action":        {instep.Deactivate, nil, instep.Unsupported, ""},
		"without what it needs": {instep.Create, map[string]instep.Value{"number": text("1")}, instep.Invalid, "name"},
		"emptied":               {instep.Update, map[string]instep.Value{"name": text("")}, instep.Invalid, "name"},
		"not to be changed":     {instep.Update, map[string]instep.Value{"number": text("1")}, instep.Unsupported, "number"},
		"only to be read":       {instep.Update, map[string]instep.Value{"changed": instep.Null()}, instep.Unsupported, "changed"},
		"not there":             {instep.Update, map[string]instep.Value{"colour": text("red")}, instep.Unsupported, "colour"},
		"too long":              {instep.Create, map[string]instep.Value{"number": text("Ääkk1"), "name": text("Hylly")}, instep.Invalid, "number"},
		"not UTF-8":             {instep.Update, map[string]instep.Value{"name": text("a\xff")}, instep.Invalid, "name"},
		"too precise":           {instep.Update, map[string]instep.Value{"price": number("1.255")}, instep.Invalid, "price"},
		"of another type":       {instep.Update, map[string]instep.Value{"price": text("1.25")}, instep.Invalid, "price"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op := &instep.Op{Action: tt.action, Ref: instep.Ref{System: "depot", Entity: "article", ID: "7"}}
			for field, v := range tt.fields {
				op.Fields = op.Fields.With(field, v)
			}
			err := instep.CheckOp(op, article, instep.Create, instep.Update, instep.Delete)
			if instep.KindOf(err) != tt.kind {
				t.Fatalf("%v, want %v", err, tt.kind)
			}
			if e, ok := errors.AsType[*instep.Error](err); ok && (e.Field != tt.field || e.Ref != op.Ref) {
				t.Errorf("it is about %q of %v, want %q", e.Field, e.Ref, tt.field)
			}
		})
	}
}

func TestParseTexts(t *testing.T) {
	t.Parallel()
	texts := []string{"K-1", "Hylly", "-0.5", "2026-02-28", "true"}
	got, err := instep.ParseTexts(article, texts...)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range article {
		if v := got.Get(f.Name); v.Type() != f.Type || instep.PlainText(v) != texts[i] {
			t.Errorf("%s is %s %q, want %q", f.Name, v.Type(), instep.PlainText(v), texts[i])
		}
	}
	empty, err := instep.ParseTexts(article, "", "", "", "", "")
	if err != nil || empty.Len() != len(article) {
		t.Errorf("empty texts are %v, %v", empty, err)
	}
	for _, v := range empty.All() {
		if v.Type() != instep.TypeNull || instep.PlainText(v) != "" {
			t.Errorf("an empty text is %s", v.Type())
		}
	}
	for i, wrong := range []string{"", "", "1,5", "28.2.2026", "yes"} {
		bad := append([]string{}, texts...)
		if bad[i] = wrong; wrong == "" {
			continue
		}
		_, err := instep.ParseTexts(article, bad...)
		if e, ok := errors.AsType[*instep.Error](err); !ok || e.Kind != instep.Malformed || e.Field != article[i].Name {
			t.Errorf("%q gives %v", wrong, err)
		}
	}
	if _, err := instep.ParseTexts(article, texts[1:]...); instep.KindOf(err) != instep.Malformed {
		t.Errorf("a text too few gives %v", err)
	}
	list := instep.FieldInfo{Name: "tags", Type: instep.TypeList}
	if _, err := list.ParseText("a"); instep.KindOf(err) != instep.Unsupported {
		t.Errorf("a list gives %v", err)
	}
}

func TestInOrder(t *testing.T) {
	t.Parallel()
	ref := func(id string) instep.Ref { return instep.Ref{System: "depot", Entity: "article", ID: id} }
	found := []instep.Record{{Ref: ref("b"), Version: "1"}, {Ref: ref("a")}, {Ref: ref("b"), Version: "2"}, {Ref: ref("c")}}
	want := []instep.Record{{Ref: ref("a")}, {Ref: ref("x"), Status: instep.Missing}, {Ref: ref("b"), Version: "1"}, {Ref: ref("a")}}
	got := instep.InOrder([]instep.Ref{ref("a"), ref("x"), ref("b"), ref("a")}, found)
	if diff := gocmp.Diff(want, got, gocmp.Comparer(func(a, b instep.Fields) bool { return a.Len() == b.Len() })); diff != "" {
		t.Error(diff)
	}
}

func TestFailureKind(t *testing.T) {
	t.Parallel()
	dial := fmt.Errorf("get: %w", &net.OpError{Op: "dial", Err: errors.New("refused")})
	cut := &net.OpError{Op: "read", Err: errors.New("reset")}
	for name, tt := range map[string]struct {
		status      int
		err         error
		read, write instep.Kind
	}{
		"unreachable": {0, dial, instep.Unavailable, instep.Unavailable},
		"cut off":     {0, cut, instep.Unavailable, instep.Lost},
		"given up":    {0, context.Canceled, instep.Canceled, instep.Lost},
		"not read":    {200, errors.New("no JSON"), instep.Malformed, instep.Lost},
		"moved":       {302, nil, instep.Config, instep.Lost},
		"refused":     {422, nil, instep.Invalid, instep.Invalid},
		"no key":      {401, nil, instep.Unauthorized, instep.Unauthorized},
		"no right":    {403, nil, instep.Forbidden, instep.Forbidden},
		"not there":   {404, nil, instep.NotFound, instep.NotFound},
		"changed":     {412, nil, instep.Conflict, instep.Conflict},
		"slow":        {408, nil, instep.Unavailable, instep.Lost},
		"too many":    {429, nil, instep.RateLimited, instep.Lost},
		"broken":      {500, nil, instep.Unavailable, instep.Lost},
	} {
		if r, w := instep.FailureKind(tt.status, tt.err, false), instep.FailureKind(tt.status, tt.err, true); r != tt.read || w != tt.write {
			t.Errorf("%s: a read is %v, want %v; a write %v, want %v", name, r, tt.read, w, tt.write)
		}
	}
	if k := instep.StatusKind(204, true); k != instep.Unclassified {
		t.Errorf("204 is %v", k)
	}
}

func FuzzGuardCell(f *testing.F) {
	for _, s := range []string{"", "A-1", "=1+1", "+49", "-3", "@x", "'", "''=", "'x", "\tx", "\r", "''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell := instep.GuardCell(text)
		if got := instep.UnguardCell(cell); got != text {
			t.Errorf("%q is read from %q as %q", text, cell, got)
		}
		if cell != "" && (cell[0] == '=' || cell[0] == '+' || cell[0] == '-' || cell[0] == '@' || cell[0] == '\t' || cell[0] == '\r') {
			t.Errorf("%q is written as %q", text, cell)
		}
	})
}
