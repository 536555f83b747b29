package connectortest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// valueRules are about what becomes of values.
var valueRules = []rule{
	{
		name: "odd texts", needs: []need{aSink, reads, updates},
		text: "with Traits.Exact a text is read as it was written: spaces, case, umlauts, signs of markup and line ends included; or it is refused",
		check: func(b *bench) {
			id := b.create(b.sample())
			for _, text := range oddTexts {
				b.roundTrip(id, b.editField(), instep.String(text))
			}
		},
	},
	{
		name: "odd numbers", needs: []need{aSink, reads, describe},
		text: "with Traits.Exact a number is read as it was written, to the last digit that its field is described with; or it is refused",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			for _, info := range b.infos {
				if info.Type != instep.TypeDecimal || info.Access&instep.ReadWrite != instep.ReadWrite || f.Get(info.Name).IsAbsent() {
					continue
				}
				for _, text := range oddNumbers {
					if d := instep.MustDecimal(text); info.Decimals == 0 || d.Places() <= info.Decimals {
						b.roundTrip(id, info.Name, instep.Number(d))
					}
				}
			}
		},
	},
	{
		name: "letters survive", needs: []need{aSink, reads, updates},
		text: "umlauts, Nordic letters and signs of markup are kept, or the write is refused: they never come back as something else",
		check: func(b *bench) {
			id := b.create(b.sample())
			for _, text := range []string{"Åäöø Ærligt Müßig", `a & b <c> "d" 'e' %41 \n`, "caf\u00e9 - caf\u00e9"} {
				op := b.op(instep.Update, id, b.edit(instep.String(text)))
				if r := b.write(op)[0]; r.Err != nil {
					b.wantKind(fmt.Sprintf("the text %q", text), r.Err, instep.Invalid)
					continue
				}
				b.holds(id, op.Fields)
			}
		},
	},
	{
		name: "texts as long as described", needs: []need{aSink, reads, describe, updates},
		text: "a text of FieldInfo.MaxLen runes is kept whole, umlauts too; or it is refused for another reason than its length",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			for _, info := range b.infos {
				if info.MaxLen == 0 || info.Type != instep.TypeString || info.List != "" || info.Access&instep.ReadWrite != instep.ReadWrite || f.Get(info.Name).IsAbsent() {
					continue
				}
				for _, letter := range []string{"x", "ä"} {
					want := instep.NewFields(instep.Field{Name: info.Name, Value: instep.String(strings.Repeat(letter, info.MaxLen))})
					if r := b.write(b.op(instep.Update, id, want))[0]; r.Err != nil {
						b.wantKind("the longest text for "+info.Name, r.Err, instep.Invalid)
						continue
					}
					rec := b.readUntil(id, func(rec *instep.Record) bool { return len(differ(want, rec)) == 0 })
					got, _ := rec.Fields.Get(info.Name).AsString()
					if n := utf8.RuneCountInString(got); n != info.MaxLen {
						b.Errorf("%s is described with room for %d, and keeps %d", info.Name, info.MaxLen, n)
					}
				}
			}
		},
	},
	{
		name: "texts longer than described", needs: []need{aSink, reads, describe, updates, exact},
		text: "with Traits.Exact a text longer than FieldInfo.MaxLen is refused with kind Invalid and the field named: it is not cut",
		check: func(b *bench) {
			f := b.sample()
			id := b.create(f)
			for _, info := range b.infos {
				if info.MaxLen == 0 || info.Type != instep.TypeString || info.Access&instep.CanUpdate == 0 || f.Get(info.Name).IsAbsent() {
					continue
				}
				op := b.op(instep.Update, id, instep.NewFields(instep.Field{Name: info.Name, Value: instep.String(strings.Repeat("x", info.MaxLen+1))}))
				b.refused("a text that is too long for "+info.Name, op, info.Name, instep.Invalid)
			}
		},
	},
}

var (
	oddTexts = []string{
		"two  spaces", " space before", "space after ", "UPPER lower", "first\nsecond", "tab\tbed", "Äö ß ł æ ø å", "a\u0308 decomposed",
		"\u65e5\u672c", "smile \U0001F600", `<b>&amp;</b> "q" 'p'`, "1,50", "007", "1e3", "null", "true", "-", "soft\u00adhyphen", "no\u00a0break",
	}
	oddNumbers = []string{"0.1", "-1", "12.34", "0.005", "1.23456", "19.99", "1234567.89", "0.1234567891", "100"}
)

// roundTrip writes an odd value and measures what becomes of it. Where the
// connector says that it is exact, a value that was not refused must be kept.
func (b *bench) roundTrip(id, field string, v instep.Value) {
	want := instep.NewFields(instep.Field{Name: field, Value: v})
	if r := b.write(b.op(instep.Update, id, want))[0]; r.Err != nil {
		b.m.refuses(field, v)
		b.wantKind(fmt.Sprintf("%s %q", field, v), r.Err, instep.Invalid)
		return
	}
	var rec instep.Record
	if b.traits.Exact {
		rec = b.readUntil(id, func(rec *instep.Record) bool { return same(v, rec.Fields.Get(field)) })
	} else {
		b.pause()
		rec = b.read(id)
	}
	got := rec.Fields.Get(field)
	if same(v, got) {
		return
	}
	how := lossOf(v, got)
	b.m.loses(field, how)
	if b.traits.Exact {
		b.Errorf("%s was set to %q and is read as %q: it was %s, and Traits.Exact is set", field, v, got, how)
	}
}

// lossOf says in a word what became of a value.
func lossOf(sent, got instep.Value) string {
	if _, ok := sent.AsDecimal(); ok {
		if _, ok := got.AsDecimal(); ok {
			return "rounded"
		}
		return "changed"
	}
	a, _ := sent.AsString()
	c, ok := got.AsString()
	switch {
	case got.IsBlank():
		return "dropped"
	case !ok:
		return "changed"
	case strings.TrimSpace(a) == c:
		return "trimmed"
	case strings.Join(strings.Fields(a), " ") == c:
		return "joined"
	case strings.EqualFold(a, c):
		return "recased"
	case strings.HasPrefix(a, c):
		return "cut"
	default:
		return "changed"
	}
}

// valueOf returns some value of a type, absent where there is none to try.
func valueOf(t instep.Type) instep.Value {
	switch t {
	case instep.TypeString:
		return instep.String("x")
	case instep.TypeBool:
		return instep.Bool(true)
	case instep.TypeInt:
		return instep.Int(3)
	case instep.TypeDecimal:
		return instep.Number(instep.MustDecimal("3.5"))
	case instep.TypeDate:
		return instep.Day(instep.Date{Year: 2026, Month: 3, Day: 1})
	default:
		return instep.Value{}
	}
}

// zeroOf returns false or 0, absent for types that have none.
func zeroOf(t instep.Type) instep.Value {
	switch t {
	case instep.TypeBool:
		return instep.Bool(false)
	case instep.TypeInt:
		return instep.Int(0)
	case instep.TypeDecimal:
		return instep.Number(instep.MustDecimal("0"))
	default:
		return instep.Value{}
	}
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
