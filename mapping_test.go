package instep_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func productMapping() instep.Mapping {
	return instep.Mapping{Rules: []instep.Rule{
		{Name: "code", Left: instep.End{Field: "number"}, Right: instep.End{Field: "product_code"},
			Owner: instep.LeftOwns, Match: &instep.Match{Rank: 1, Strong: true}},
		{Name: "in use", Left: instep.End{Field: "is_barred", Via: []string{"not"}}, Right: instep.End{Field: "is_active"},
			Owner: instep.RightOwns, Direction: instep.ToLeft, CreateOnly: true},
		{Name: "group", Left: instep.End{Field: "group"}, Right: instep.End{Field: "product_group"},
			List: &instep.ListMapping{Pairs: []instep.ListPair{{Left: "Kaffe", Right: "Kahvi"}}, Same: true, RightDefault: "Muut"}},
	}}
}

func TestMappingJSONRoundTrip(t *testing.T) {
	t.Parallel()
	want := productMapping()
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got instep.Mapping
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("through %s (-want +got):\n%s", data, diff)
	}
	for i := range want.Rules {
		if a, b := want.Rules[i].Fingerprint(instep.BuiltIn()), got.Rules[i].Fingerprint(instep.BuiltIn()); a != b {
			t.Errorf("rule %d: fingerprint %s became %s", i, a, b)
		}
	}
	if err := json.Unmarshal([]byte(`{"rules":[{"owner":"nobody"}]}`), &got); err == nil || !strings.Contains(err.Error(), "left, right") {
		t.Errorf("an unknown owner gave %v", err)
	}
}

func TestFingerprintCoversEverything(t *testing.T) {
	t.Parallel()
	transforms := instep.BuiltIn()
	seen := map[string]string{}
	note := func(what string, r instep.Rule, t2 instep.Transforms) {
		t.Helper()
		mark := r.Fingerprint(t2)
		if other, ok := seen[mark]; ok {
			t.Errorf("%q and %q have the same fingerprint", what, other)
		}
		seen[mark] = what
	}
	base := productMapping().Rules[1]
	note("as it is", base, transforms)
	newer := instep.BuiltIn()
	newer["not"] = instep.Transform{Read: newer["not"].Read, Write: newer["not"].Write, Version: 2}
	note("newer transform", base, newer)
	for what, change := range map[string]func(*instep.Rule){
		"name": func(r *instep.Rule) { r.Name = "x" }, "field": func(r *instep.Rule) { r.Left.Field = "x" },
		"via": func(r *instep.Rule) { r.Right.Via = []string{"not"} }, "owner": func(r *instep.Rule) { r.Owner = instep.BothOwn },
		"direction": func(r *instep.Rule) { r.Direction = instep.BothWays }, "create": func(r *instep.Rule) { r.CreateOnly = false },
		"match": func(r *instep.Rule) { r.Match = &instep.Match{Rank: 2} }, "list": func(r *instep.Rule) { r.List = &instep.ListMapping{Same: true} },
	} {
		r := base
		change(&r)
		note(what, r, transforms)
	}
}

func TestMappingCheck(t *testing.T) {
	t.Parallel()
	rw := instep.ReadWrite
	left := []instep.FieldInfo{{Name: "number", Access: rw}, {Name: "group", Access: rw}, {Name: "is_barred", Access: instep.ReadOnly}}
	right := []instep.FieldInfo{
		{Name: "product_code", Access: rw}, {Name: "product_group", Access: instep.CanRead | instep.CanCreate}, {Name: "is_active", Access: rw},
	}
	tests := []struct {
		name   string
		change func(m *instep.Mapping)
		want   string
	}{
		{"unknown field", func(m *instep.Mapping) { m.Rules[0].Right.Field = "produkt_code" }, `the right side has no field "produkt_code"; did you mean "product_code"?`},
		{"no field", func(m *instep.Mapping) { m.Rules[0].Left.Field = "" }, "names no field on the left side"},
		{"unknown transform", func(m *instep.Mapping) { m.Rules[0].Left.Via = []string{"rot13"} }, `there is no transform "rot13"`},
		{"name twice", func(m *instep.Mapping) { m.Rules[1].Name = "code" }, "the name is used twice"},
		{"no name", func(m *instep.Mapping) { m.Rules[0].Name = "" }, "has no name"},
		{"rank 0", func(m *instep.Mapping) { m.Rules[0].Match.Rank = 0 }, "begins at 1"},
		{"dead end", func(m *instep.Mapping) { m.Rules[0].Direction = instep.ToLeft }, "nothing would ever flow"},
		{"read-only target", func(*instep.Mapping) {}, `the field "is_barred" of the left side cannot be written`},
		{"create-only target", func(*instep.Mapping) {}, `the field "product_group" of the right side can be set only on create`},
		{"empty", func(m *instep.Mapping) { m.Rules = nil }, "has no rules"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := productMapping()
			tt.change(&m)
			err := m.Check(left, right, instep.BuiltIn())
			if !errors.Is(err, instep.Config) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
	m := productMapping()
	m.Rules[1].Left, m.Rules[1].Right = m.Rules[1].Right, m.Rules[1].Left
	m.Rules[1].Left.Field, m.Rules[1].Right.Field = "number", "is_active"
	m.Rules[2].CreateOnly = true
	if err := m.Check(left, right, instep.BuiltIn()); err != nil {
		t.Errorf("a good mapping was refused: %v", err)
	}
}

func TestTransforms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		in, want instep.Value
	}{
		{"trim", instep.String(" a b "), instep.String("a b")},
		{"trim", instep.String(" \t"), instep.Null()},
		{"lines", instep.String("a\r\nb\rc "), instep.String("a\nb\nc")},
		{"not", instep.Bool(true), instep.Bool(false)},
		{"cents", instep.Number(instep.MustDecimal("1.005")), instep.Number(instep.MustDecimal("1.01"))},
		{"upper", instep.String("æble"), instep.String("ÆBLE")},
		{"text", instep.Int(12), instep.String("12")},
	}
	for _, tt := range tests {
		if got, err := instep.BuiltIn()[tt.name].Read(tt.in); err != nil || got != tt.want {
			t.Errorf("%s of %q is %q, %v", tt.name, tt.in, got, err)
		}
	}
	for _, name := range []string{"trim", "not", "cents", "text"} {
		if v, err := instep.BuiltIn()[name].Read(instep.List()); err == nil {
			t.Errorf("%s of a list is %v", name, v)
		}
	}
	mine := instep.BuiltIn()
	delete(mine, "trim")
	if _, ok := instep.BuiltIn()["trim"]; !ok {
		t.Error("a caller's change reached the built-in transforms")
	}
}
