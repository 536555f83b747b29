package rackbeat

import (
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// every yields all codes of two letters that are countries of their own by the
// tables of x/text, which know nothing of ours.
func every(yield func(code, name string) bool) {
	names := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err != nil || !region.IsCountry() || region.String() != code || region.Canonicalize() != region {
				continue
			}
			if !yield(code, names.Name(region)) {
				return
			}
		}
	}
}

// notISO are regions that the tables of x/text take for countries, but ISO 3166
// has only as reserved codes.
var notISO = map[string]bool{"AC": true, "CP": true, "CQ": true, "DG": true, "EA": true, "IC": true, "TA": true, "ZZ": true, "EU": true, "EZ": true, "UN": true}

func TestCountriesComplete(t *testing.T) {
	t.Parallel()
	seen := 0
	for code, name := range every {
		if notISO[code] || name == "" { // no name: withdrawn
			continue
		}
		seen++
		if _, ok := countries[code]; !ok {
			t.Errorf("%s (%s) is missing", code, name)
			continue
		}
		if got, known := CountryCode(name); got != code || !known {
			t.Errorf("%q is %q (%v), want %s", name, got, known, code)
		}
	}
	if len(countries) != 250 || seen < 240 {
		t.Errorf("%d countries, want the 249 of ISO 3166-1 and Kosovo; %d were compared", len(countries), seen)
	}
}

// The countries that most customers and suppliers are in, as people write them.
func TestCountriesNear(t *testing.T) {
	t.Parallel()
	const near = `AT Austria,BE Belgium,BG Bulgaria,HR Croatia,CY Cyprus,CZ Czech Republic,CZ Czechia,DK Denmark,EE Estonia,FI Finland,
		FR France,DE Germany,GR Greece,HU Hungary,IE Ireland,IT Italy,LV Latvia,LT Lithuania,LU Luxembourg,MT Malta,NL Netherlands,
		NL The Netherlands,PL Poland,PT Portugal,RO Romania,SK Slovakia,SI Slovenia,ES Spain,SE Sweden,IS Iceland,LI Liechtenstein,
		NO Norway,CH Switzerland,GB United Kingdom,GB UK,GB Great Britain,GB England,US United States,US United States of America,
		US USA,US U.S.A.,FO Faroe Islands,GL Greenland,AX Åland Islands,UA Ukraine,TR Turkey,CN China,HK Hong Kong,TW Taiwan,JP Japan,
		KR South Korea,KR Republic of Korea,IN India,VN Vietnam,CA Canada,AU Australia,NZ New Zealand,AE United Arab Emirates,XK Kosovo`
	for pair := range strings.SplitSeq(near, ",") {
		want, name, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if code, known := CountryCode(name); code != want || !known {
			t.Errorf("%q is %q (%v), want %s", name, code, known, want)
		}
	}
}

func TestCountriesBothWays(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for code, names := range countries {
		if name, known := CountryName(code); name != names[0] || !known {
			t.Errorf("%s is %q (%v), want %q", code, name, known, names[0])
		}
		for _, name := range names {
			for _, form := range []string{name, strings.ToLower(name), strings.ToUpper(name), "  " + name + " "} {
				if got, known := CountryCode(form); got != code || !known {
					t.Errorf("%q is %q (%v), want %s", form, got, known, code)
				}
			}
			if other, twice := owner[foldCountry(name)]; twice && other != code {
				t.Errorf("%q is %s and %s", name, other, code)
			}
			owner[foldCountry(name)] = code
		}
	}
}

func TestCountryOdd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		code, name string
		known      bool
	}{
		"denmark":                  {"DK", "Denmark", true},
		"DK":                       {"DK", "Denmark", true},
		" dk":                      {"DK", "Denmark", true},
		"The Netherlands":          {"NL", "Netherlands", true},
		"u.k.":                     {"GB", "United Kingdom", true},
		"St. Lucia":                {"LC", "Saint Lucia", true},
		"Trinidad & Tobago":        {"TT", "Trinidad and Tobago", true},
		"COTE D’IVOIRE":            {"CI", "Côte d'Ivoire", true},
		"Guinea  Bissau":           {"GW", "Guinea-Bissau", true},
		"":                         {"", "", false},
		"XX":                       {"XX", "XX", false},
		"Danmark":                  {"Danmark", "Danmark", false},
		" Søndergade 1, København": {" Søndergade 1, København", " Søndergade 1, København", false},
		"the":                      {"the", "the", false},
	} {
		if code, known := CountryCode(text); code != want.code || known != want.known {
			t.Errorf("the code of %q is %q (%v), want %q", text, code, known, want.code)
		}
		if name, known := CountryName(text); name != want.name || known != want.known {
			t.Errorf("the name of %q is %q (%v), want %q", text, name, known, want.name)
		}
	}
}

// What is carried over as it is, is carried back as it was; what is known has
// one code and one name.
func FuzzCountry(f *testing.F) {
	for _, s := range []string{"Denmark", "dk", "The Gambia", "St-Lucia", "Åland", "", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, known := CountryCode(s)
		name, named := CountryName(s)
		if known != named || !known && (code != s || name != s) {
			t.Fatalf("%q is %q (%v) and %q (%v)", s, code, known, name, named)
		}
		if !known {
			return
		}
		if again, ok := CountryCode(name); again != code || !ok {
			t.Fatalf("%q is %q, its name %q is %q", s, code, name, again)
		}
		if again, ok := CountryName(code); again != name || !ok {
			t.Fatalf("%q has the name %q, its code %q has %q", s, name, code, again)
		}
	})
}
