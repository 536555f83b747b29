package company_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text      string
		want      []company.ID
		canonical string
	}{
		{"1967543-8", []company.ID{{"FI", "19675438", true}}, "1967543-8"},
		{"FI19675438", []company.ID{{"FI", "19675438", true}}, "1967543-8"},
		{" fi 1967543–8 ", []company.ID{{"FI", "19675438", true}}, "1967543-8"},
		{"19675438", []company.ID{{"FI", "19675438", true}}, "1967543-8"},
		{"FI-1366959-8", []company.ID{{"FI", "13669598", true}}, "1366959-8"},
		{"6554467-4", []company.ID{{"FI", "65544674", true}}, "6554467-4"},
		{"1234567-8", nil, "1234567-8"}, // a sample of the vendor's with a wrong check digit
		{"2234567-8", nil, "2234567-8"},
		{"0000000-0", nil, "0000000-0"},
		{"12345678-9", nil, "12345678-9"},
		{"FI12345678", []company.ID{{"FI", "12345678", false}}, "FI12345678"},
		{"010010-1", nil, "010010-1"},
		{"123457-0", []company.ID{{"FI", "01234570", true}}, "0123457-0"}, // six digits, of before the year 2001
		{"1234570", nil, "1234570"},
		{"19-675438", nil, "19-675438"},
		{"13585628", []company.ID{{"DK", "13585628", true}}, "13585628"},
		{"DK 13 58 56 28", []company.ID{{"DK", "13585628", true}}, "13585628"},
		{"13585629", nil, "13585629"},
		{"1358562-8", nil, "1358562-8"},
		{"DK13585629", []company.ID{{"DK", "13585629", false}}, "DK13585629"},
		{"20000104", []company.ID{{"FI", "20000104", true}, {"DK", "20000104", true}}, "20000104"},
		{"2000010-4", []company.ID{{"FI", "20000104", true}}, "2000010-4"},
		{"SE556012579001", []company.ID{{"SE", "556012579001", false}}, "SE556012579001"},
		{"se 556012-5790 01", []company.ID{{"SE", "556012579001", false}}, "SE556012579001"},
		{"DE 129.273.398", []company.ID{{"DE", "129273398", false}}, "DE129273398"},
		{"EL094259216", []company.ID{{"GR", "094259216", false}}, "GR094259216"},
		{"556012-5790", nil, "556012-5790"}, // Swedish without country: could be a person
		{"131052-308T", nil, "131052-308T"}, // a Finnish personal code
		{"0101701234", nil, "0101701234"},
		{"Kahvila", nil, "Kahvila"},
		{"FIKAHVILA", nil, "FIKAHVILA"},
		{"", nil, ""},
		{"  ", nil, ""},
		{" - ", nil, ""},
		{"1967543-8; DROP", nil, "1967543-8; DROP"},
		{"FI" + strings.Repeat("1", 100), nil, "FI" + strings.Repeat("1", 100)},
	} {
		if diff := cmp.Diff(test.want, company.Parse(test.text)); diff != "" {
			t.Errorf("Parse(%q): %s", test.text, diff)
		}
		if got := company.Canonical(test.text); got != test.canonical {
			t.Errorf("Canonical(%q) = %q, want %q", test.text, got, test.canonical)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	same := [][]string{
		{"Kahvila Yötön Oy", "KAHVILA YÖTÖN OY", " kahvila  yo\u0308to\u0308n\u00a0oy ", "Kahvila\tYötön\nOy"},
		{"Straße & Söhne GmbH", "STRASSE & SÖHNE GMBH"},
		{"Åge Ærø ApS", "ÅGE ÆRØ APS", "A\u030age Ærø ApS"},
	}
	apart := []string{"Kahvila Yötön Oy", "Kahvila Yötön Ky", "Kahvila Yoton Oy", "KahvilaYötön Oy", "Kahvila Yötön Oy.", "Åge Ærø ApS"}
	for _, names := range same {
		for _, name := range names {
			if company.Fold(name) != company.Fold(names[0]) {
				t.Errorf("%q and %q are not one", names[0], name)
			}
		}
	}
	seen := map[string]string{}
	for _, name := range apart {
		if other, ok := seen[company.Fold(name)]; ok {
			t.Errorf("%q and %q are one", other, name)
		}
		seen[company.Fold(name)] = name
	}
	if company.Fold(" \u00a0") != "" {
		t.Error("a blank name is a key")
	}
}

func fields(number, id, name string, private bool) instep.Fields {
	return instep.NewFields(
		instep.Field{Name: "number", Value: instep.String(number)},
		instep.Field{Name: "id", Value: instep.String(id)},
		instep.Field{Name: "name", Value: instep.String(name)},
		instep.Field{Name: "private", Value: instep.Bool(private)},
	)
}

func TestCascade(t *testing.T) {
	t.Parallel()
	names := company.Fields{Number: "number", BusinessID: "id", Name: "name", Private: "private"}
	for _, test := range []struct {
		fields instep.Fields
		o      company.Options
		want   []instep.MatchKey
	}{
		{
			fields(" 100 ", "FI19675438", "Kahvila  Oy", false), company.Options{},
			[]instep.MatchKey{{Rank: 1, Value: "100", Weak: true}, {Rank: 2, Value: "FI19675438", Strong: true}, {Rank: 3, Value: "kahvila oy"}},
		},
		{
			fields("0100", "SE556012579001", "Å", false), company.Options{ProposeNames: true},
			[]instep.MatchKey{{Rank: 2, Value: "SE556012579001"}, {Rank: 3, Value: "å", Propose: true}},
		},
		{fields("K-1", "1967543-8", "Meikäläinen", true), company.Options{}, []instep.MatchKey{{Rank: 3, Value: "meikäläinen"}}},
		{fields("7", "FI12345678", "", false), company.Options{TrustNumbers: true}, []instep.MatchKey{{Rank: 1, Value: "7"}}},
		{fields("", "20000104", "", false), company.Options{}, []instep.MatchKey{{Rank: 2, Value: "FI20000104", Strong: true}, {Rank: 2, Value: "DK20000104", Strong: true}}},
		{instep.Fields{}, company.Options{}, nil},
	} {
		got := company.Cascade(names, names, test.o).Keys(instep.Right, test.fields, nil)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v: %s", test.fields, diff)
		}
	}
}

func TestTransforms(t *testing.T) {
	t.Parallel()
	all := company.Transforms()
	for _, test := range []struct {
		name, in, want string
		write          bool
		fails          bool
	}{
		{name: "business_id", in: "FI19675438", want: "1967543-8"},
		{name: "business_id", in: "1967543-8", want: "1967543-8", write: true},
		{name: "country", in: " fi ", want: "FI"},
		{name: "country", in: "Suomi", want: "Suomi"},
		{name: "country", in: "Suomi", write: true, fails: true},
		{name: "country", in: "DK", write: true, want: "DK"},
		{name: "whole_number", in: " K-12 ", want: "K-12"},
		{name: "whole_number", in: "K-12", write: true, fails: true},
		{name: "whole_number", in: "012", write: true, fails: true},
		{name: "whole_number", in: "120", want: "120", write: true},
	} {
		f := all[test.name].Read
		if test.write {
			f = all[test.name].Write
		}
		got, err := f(instep.String(test.in))
		if (err != nil) != test.fails || err == nil && got != instep.String(test.want) {
			t.Errorf("%s of %q: %v, %v; want %q", test.name, test.in, got, err, test.want)
		}
	}
	for name := range all {
		if v, err := all[name].Read(instep.String(" ")); err != nil || v != instep.Null() {
			t.Errorf("%s of a blank text: %v, %v", name, v, err)
		}
		if _, err := all[name].Write(instep.Bool(true)); err == nil {
			t.Errorf("%s takes a switch", name)
		}
	}
}

// FuzzParse checks what holds of every text: the canonical form is stable, and
// an id can be read back from its usual spelling, and counts as valid by a
// second reckoning.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1967543-8", "FI19675438", "13585628", "20000104", "se 556012-5790 01", "131052-308T", "\fAA0a", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := company.Canonical(text)
		if again := company.Canonical(once); again != once {
			t.Errorf("%q becomes %q, and then %q", text, once, again)
		}
		for _, id := range company.Parse(text) {
			again := company.Parse(id.String())
			if len(again) != 1 || again[0] != id {
				t.Errorf("%q is read as %v, which is read as %v", text, id, again)
			}
			if id.Valid != checkSum(id.String()) {
				t.Errorf("%q is read as %+v", text, id)
			}
		}
	})
}

// FuzzFold checks that folding is stable, and that neither the form of Unicode
// nor spaces make a difference.
func FuzzFold(f *testing.F) {
	f.Add("Straße & Söhne  GmbH")
	f.Add("ΑΣ İIı ﬁ")
	f.Add("Ꭰꭰ ᏸᏰ")
	f.Fuzz(func(t *testing.T, name string) {
		once := company.Fold(name)
		if again := company.Fold(once); again != once {
			t.Errorf("%q becomes %q, and then %q", name, once, again)
		}
		if !utf8.ValidString(name) {
			return
		}
		for _, other := range []string{norm.NFD.String(name), norm.NFC.String(name), " \u00a0" + strings.ReplaceAll(name, " ", "\t ") + "\n"} {
			if got := company.Fold(other); got != once {
				t.Errorf("%q becomes %q, and %q becomes %q", name, once, other, got)
			}
		}
	})
}

func ExampleCanonical() {
	for _, text := range []string{"FI19675438", "1967543-8", "DK 13 58 56 28", "se 556012-5790 01", "1234567-8"} {
		fmt.Println(company.Canonical(text))
	}
	// Output:
	// 1967543-8
	// 1967543-8
	// 13585628
	// SE556012579001
	// 1234567-8
}

func ExampleFold() {
	fmt.Println(company.Fold("Kahvila  Yötön OY") == company.Fold("kahvila yötön oy"))
	fmt.Println(company.Fold("Kahvila Yötön Oy") == company.Fold("Kahvila Yötön Ky")) // another legal form, another firm
	// Output:
	// true
	// false
}

func ExampleCascade() {
	left := company.Fields{Number: "number", BusinessID: "company_vat", Name: "name"}
	right := company.Fields{Number: "code", BusinessID: "business_id", Name: "name"}
	m := company.Cascade(left, right, company.Options{})
	for _, k := range m.Keys(instep.Left, instep.NewFields(
		instep.Field{Name: "number", Value: instep.String("1001")},
		instep.Field{Name: "company_vat", Value: instep.String("FI19675438")},
		instep.Field{Name: "name", Value: instep.String("Kahvila Yötön Oy")},
	), nil) {
		fmt.Println(k.Rank, k.Value, k.Strong, k.Weak)
	}
	// Output:
	// 1 1001 false true
	// 2 FI19675438 true false
	// 3 kahvila yötön oy false false
}
