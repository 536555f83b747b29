package company_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
)

// alike returns the keys that only ask, as "rank value".
func alike(name, zip, email, phone string, private bool) []string {
	f := company.Fields{Name: "name", Private: "private", Zip: "zip", Email: "email", Phone: "phone"}
	text := func(name, value string) instep.Field { return instep.Field{Name: name, Value: instep.String(value)} }
	var keys []string
	for _, k := range company.Cascade(f, f, company.Options{ProposeAlike: true}).Keys(instep.Left, instep.NewFields(
		text("name", name), text("zip", zip), text("email", email), text("phone", phone),
		instep.Field{Name: "private", Value: instep.Bool(private)},
	), nil) {
		switch {
		case k.Rank < company.RankAlike:
		case !k.Propose || k.Strong || k.Weak:
			keys = append(keys, "joins: "+k.Value)
		default:
			keys = append(keys, string('0'+k.Rank)+" "+k.Value)
		}
	}
	return keys
}

func TestAlikeNames(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Kahvila Yötön Oy", "KAHVILA YÖTÖN OY", "Kahvila Yoton", "Oy Kahvila Yoetoen", "kahvila yo\u0308to\u0308n ky", "Yötön-Kahvila.", "Kahvila Yötön Oy Ab"},
		{"Møller & Sønner A/S", "Moeller og Sonner AS", "Møller Sønner ApS", "Sønner, Møller"},
		{"Matti Meikäläinen", "MEIKÄLÄINEN MATTI", "Meikäläinen, Matti J.", "Matti  Meikalainen"},
		{"Großbäckerei Jäger GmbH & Co. KG", "Grossbaeckerei Jaeger"},
		{"Åge Ærø", "Aage Aero", "Age Aero"},
	} {
		want := alike(same[0], "", "", "", false)
		for _, name := range same[1:] {
			if diff := cmp.Diff(want, alike(name, "", "", "", false)); diff != "" || len(want) != 1 {
				t.Errorf("%q and %q: %s", same[0], name, diff)
			}
		}
	}
	for _, apart := range [][2]string{
		{"Kahvila Yötön Oy", "Kahvila Yötön Holding Oy"}, {"Matti Virtanen", "Matti Vartanen"}, {"Firma 1 Oy 10", "Firma 1 Oy 11"},
	} {
		if slices.Equal(alike(apart[0], "", "", "", false), alike(apart[1], "", "", "", false)) {
			t.Errorf("%q and %q are alike", apart[0], apart[1])
		}
	}
	for _, none := range []string{"", " - ", "Oy Ab", "A/S", "J. P."} {
		if got := alike(none, "00100", "", "", false); len(got) > 0 {
			t.Errorf("%q has the keys %q", none, got)
		}
	}
}

func TestAlikeReach(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zip, email, phone string
		private           bool
		want              []string
	}{
		{"00100", "Posti@Yoton.example", "+358 40 123 4567", false, []string{"4 abc", "5 posti@yoton.example", "6 01234567"}},
		{"FI-00100", " ", "040-1234567", true, []string{"4 abc|00100", "6 01234567"}},
		{"00 100", "a@b", "0000000000", true, []string{"4 abc|00100"}},
		{"", "a@b@c.fi", "12345", true, nil},
		{"", "a@b.fi, c@d.fi", "n/a", false, []string{"4 abc"}},
		{"ei ole", "@b.fi", "", true, nil},
	} {
		if diff := cmp.Diff(test.want, alike("abc", test.zip, test.email, test.phone, test.private)); diff != "" {
			t.Errorf("%q, %q, %q: %s", test.zip, test.email, test.phone, diff)
		}
	}
	f := company.Fields{Name: "name"}
	got := company.Cascade(f, f, company.Options{ProposeAlike: true}).Keys(instep.Right, fields("", "", "Kahvila Oy", false), nil)
	want := []instep.MatchKey{{Rank: 3, Value: "kahvila oy"}, {Rank: company.RankAlike, Value: "kahvila", Propose: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("without fields for it: %s", diff)
	}
}

// FuzzAlike checks what must not matter to names that are alike: their order of
// words, their case, their form of Unicode and their legal form; and that names
// that are equal are always alike.
func FuzzAlike(f *testing.F) {
	for _, name := range []string{"Kahvila Yötön Oy", "Møller & Sønner A/S", "Meikäläinen, Matti J.", "Straße ﬁ ΑΣ", "Aaae ǿ", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) || strings.ContainsAny(name, "./'") { // which join what they stand between
			t.Skip()
		}
		want := alike(name, "", "", "", false)
		words := strings.Fields(name)
		slices.Reverse(words)
		for _, other := range []string{
			strings.Join(words, " "), norm.NFD.String(name), company.Fold(name), "Oy " + name, name + " A/S",
		} {
			if diff := cmp.Diff(want, alike(other, "", "", "", false)); diff != "" {
				t.Errorf("%q and %q: %s", name, other, diff)
			}
		}
	})
}
