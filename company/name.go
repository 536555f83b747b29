package company

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns a name in the form in which names are compared: composed as by
// Unicode's NFC, without spaces around it, every run of spaces a single one,
// and with its case folded, so that STRASSE and Straße are one. All else
// counts: the legal form, punctuation, and every accent.
func Fold(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if isASCII(name) {
		return strings.ToLower(name)
	}
	// Folding can take a text out of its composed form.
	return norm.NFC.String(strings.Map(foldCherokee, cases.Fold().String(norm.NFC.String(name))))
}

// foldCherokee mends what package cases makes of Cherokee, whose letters fold
// to the upper case, alone of all scripts: it turns each case into the other.
func foldCherokee(r rune) rune {
	if r >= 0x13f8 && unicode.Is(unicode.Cherokee, r) {
		return unicode.ToUpper(r)
	}
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
