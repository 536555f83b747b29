package rackbeat

import (
	"slices"
	"strings"
	"sync"
)

// CountryCode returns the ISO 3166-1 alpha-2 code of a country that is given as
// the vendor has it, by an English name: XK for Kosovo, which has none of ISO.
// Case, spaces, accents and punctuation do not count, and a code is taken too. A
// text that is neither is returned as it is, with false.
func CountryCode(name string) (code string, known bool) {
	codes := countryCodes()
	if code, known = codes[name]; !known {
		code, known = codes[foldCountry(name)]
	}
	if known {
		return code, true
	}
	code = strings.ToUpper(strings.TrimSpace(name))
	if _, known = countries[code]; known {
		return code, true
	}
	return name, false
}

// CountryName returns the English name, as it is written to the vendor, of a
// country that is given by its ISO 3166-1 alpha-2 code, or by one of its names.
// A text that is neither is returned as it is, with false.
func CountryName(code string) (name string, known bool) {
	if code, known = CountryCode(code); !known {
		return code, false
	}
	return countries[code][0], true
}

// isCode reports whether a text has the form of a code, so that it is none of
// a name.
func isCode(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// countryCodes has the code of each name, folded, and as it is mostly written.
var countryCodes = sync.OnceValue(func() map[string]string {
	codes := make(map[string]string, 3*len(countries))
	for code, names := range countries {
		codes[names[0]] = code
		for _, name := range names {
			codes[foldCountry(name)] = code
		}
	}
	return codes
})

// countryFolds are the letters and words that names of countries are written
// with and without.
var countryFolds = strings.NewReplacer(
	"å", "a", "ã", "a", "á", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "í", "i", "ô", "o", "ö", "o", "ü", "u",
	"&", " and ", ".", "", "'", "", "’", "", ",", " ", "-", " ", "–", " ", "(", " ", ")", " ",
)

// foldCountry brings the ways in which a name is written into one.
func foldCountry(name string) string {
	words := strings.Fields(countryFolds.Replace(strings.ToLower(name)))
	words = slices.DeleteFunc(words, func(word string) bool { return word == "the" || word == "and" })
	for i, word := range words {
		if word == "saint" {
			words[i] = "st"
		}
	}
	return strings.Join(words, " ")
}
