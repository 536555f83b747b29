package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// describe returns the fields of an article, the same in the file and at the
// depot, in the order of the columns. By the first of them it is known.
func describe() []instep.FieldInfo {
	return []instep.FieldInfo{
		{Name: "number", Type: instep.TypeString, Access: instep.CanRead | instep.CanCreate, Required: true, MaxLen: 20},
		{Name: "name", Type: instep.TypeString, Access: instep.ReadWrite, Required: true, MaxLen: 60},
		{Name: "price", Type: instep.TypeDecimal, Access: instep.ReadWrite, Decimals: 2},
		{Name: "note", Type: instep.TypeString, Access: instep.ReadWrite, MaxLen: 200},
	}
}

// parse returns the fields of an article from their texts, in the order of
// describe. An empty text is null: absent would say that nothing is known.
func parse(texts ...string) (instep.Fields, error) {
	var out instep.Fields
	for i, info := range describe() {
		v := instep.String(texts[i])
		if texts[i] == "" {
			v = instep.Null()
		} else if info.Type == instep.TypeDecimal {
			d, err := instep.ParseDecimal(texts[i])
			if err != nil {
				return out, &instep.Error{Kind: instep.Malformed, Field: info.Name, Err: err}
			}
			v = instep.Number(d)
		}
		out = out.With(info.Name, v)
	}
	return out, nil
}

// text returns the text of a value, as parse reads it.
func text(v instep.Value) string {
	if v.IsBlank() {
		return ""
	}
	return v.String()
}

// check says what is wrong with an operation before anything is written, so
// that a refusal has done nothing. Its error names the field and never the
// value, which may be personal.
func check(op *instep.Op) error {
	needs, known := map[instep.Action]instep.Access{instep.Create: instep.CanCreate, instep.Update: instep.CanUpdate, instep.Delete: 0}[op.Action]
	wrong := &instep.Error{Op: op.Action.String() + " article", Ref: op.Ref}
	if !known {
		wrong.Kind = instep.Unsupported
	}
	unknown := op.Fields
	for _, info := range describe() {
		v := op.Fields.Get(info.Name)
		unknown = unknown.With(info.Name, instep.Value{})
		switch {
		case v.IsAbsent() && !(info.Required && op.Action == instep.Create):
		case info.Access&needs == 0:
			wrong.Kind, wrong.Field = instep.Unsupported, info.Name
		case !fits(&info, v):
			wrong.Kind, wrong.Field, wrong.Remedy = instep.Invalid, info.Name, "give it a value that fits"
		}
	}
	for name := range unknown.All() {
		wrong.Kind, wrong.Field = instep.Unsupported, name
	}
	if wrong.Kind == instep.Unclassified {
		return nil
	}
	return wrong
}

// fits reports whether a field can hold a value and give it back unchanged.
func fits(info *instep.FieldInfo, v instep.Value) bool {
	if v.IsBlank() {
		return !info.Required
	}
	if info.Type == instep.TypeDecimal {
		d, ok := v.AsDecimal()
		return ok && d.Places() <= info.Decimals
	}
	s, ok := v.AsString()
	// A carriage return would not come back from a CSV file.
	return ok && utf8.ValidString(s) && !strings.Contains(s, "\r") && utf8.RuneCountInString(s) <= info.MaxLen
}

// inOrder answers a Get with what was found.
func inOrder(refs []instep.Ref, found []instep.Record) []instep.Record {
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		out[i] = instep.Record{Ref: ref, Status: instep.Missing}
		if at := slices.IndexFunc(found, func(rec instep.Record) bool { return rec.Ref.ID == ref.ID }); at >= 0 {
			out[i] = found[at]
		}
	}
	return out
}
