package instep_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// FuzzMapping reads mappings as users write them. What was read and written
// once does not change any more, nor do its fingerprints; a rule that differs
// has another one; and Check blames nothing but the mapping.
func FuzzMapping(f *testing.F) {
	for _, m := range []instep.Mapping{productMapping(), {}} {
		text, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"rules":[{"name":"a","left":{"field":"x","also":["y"],"via":["trim","not"]},"right":{"field":"z"},"owner":"both","direction":"none","refs":"p","later":true}]}`))
	f.Add([]byte(`{"rules":[{"name":"","match":{"rank":0},"list":{"pairs":[{"left":"a","right":""}],"left_default":"b"}},{"owner":"nobody"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m, again instep.Mapping
		if json.Unmarshal(text, &m) != nil {
			return
		}
		once, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", text, err)
		}
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatalf("%s cannot be read: %v", once, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
		known := instep.BuiltIn()
		for i, r := range m.Rules {
			mark := r.Fingerprint(known)
			if got := again.Rules[i].Fingerprint(known); got != mark {
				t.Errorf("%s has the fingerprints %s and %s", once, mark, got)
			}
			for _, change := range []func(*instep.Rule){
				func(r *instep.Rule) { r.Name += "x" }, func(r *instep.Rule) { r.Left.Field += "x" }, func(r *instep.Rule) { r.CreateOnly = !r.CreateOnly },
				func(r *instep.Rule) { r.Right.Via = append(slices.Clone(r.Right.Via), "trim") },
			} {
				other := r
				if change(&other); other.Fingerprint(known) == mark {
					t.Errorf("%+v and %+v have one fingerprint", r, other)
				}
			}
		}
		if err := m.Check(nil, nil, known); err != nil && instep.KindOf(err) != instep.Config {
			t.Errorf("%s: %v", once, err)
		} else if err == nil && len(m.Rules) == 0 {
			t.Error("a mapping without rules is taken")
		}
	})
}

// FuzzFields reads the fields of a record: they are sorted, each is there once,
// and they come back as they were.
func FuzzFields(f *testing.F) {
	f.Add([]byte(`{"b":"x","a":null,"c":[1,{"d":true}]}`))
	f.Add([]byte(`{"a":1,"a":"2","":{"decimal":"1.50"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var fields, again instep.Fields
		if json.Unmarshal(text, &fields) != nil {
			return
		}
		for i := range fields.Len() {
			if at := fields.At(i); at.Value.IsAbsent() || i > 0 && fields.At(i-1).Name >= at.Name || fields.Get(at.Name) != at.Value {
				t.Fatalf("%s is read as %s", text, fields)
			}
		}
		out, err := json.Marshal(fields)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", text, err)
		}
		if err := json.Unmarshal(out, &again); err != nil || !again.Equal(fields) {
			t.Fatalf("%s became %s (%v), which is read as %s", text, out, err, again)
		}
	})
}

// FuzzMatchKey makes keys of any text: none is blank, one made of a key is the
// key itself, and digits are digits.
func FuzzMatchKey(f *testing.F) {
	for _, s := range []string{" Kahvi  OY ", "100", "0100", "１２", "İ", "\u00a0", "\xff"} {
		f.Add(s)
	}
	plain := instep.ByField("f", "f", instep.MatchKey{Rank: 7, Strong: true})
	m := instep.Cascade(instep.ByField("f", "g", instep.MatchKey{Strong: true}, instep.Digits), plain, instep.ByField("f", "f", instep.MatchKey{}, instep.Fold))
	keysOf := func(s instep.Side, text string) []instep.MatchKey {
		return m.Keys(s, instep.NewFields(instep.Field{Name: "f", Value: instep.String(text)}), nil)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range keysOf(instep.Left, text) {
			again := keysOf(instep.Left, k.Value)
			if k.Rank < 3 && !slices.Contains(again, k) { // a letter's lower case may have another one
				t.Errorf("%q has the key %v, and that %v", text, k, again)
			}
			number := strings.Trim(k.Value, "0123456789") == "" && k.Value[0] != '0'
			if k.Rank == 1 && !number || strings.TrimSpace(k.Value) != k.Value || k.Value == "" || k.Strong != (k.Rank < 3) {
				t.Errorf("%q has the key %v", text, k)
			}
		}
		for _, k := range keysOf(instep.Right, text) {
			if k.Rank == 1 {
				t.Errorf("%q has the key %v of a field that is not there", text, k)
			}
		}
	})
}
