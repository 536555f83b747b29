package company

import (
	"strings"
	"unicode"
)

// ID is one reading of a business id.
type ID struct {
	// Country is the two letters of ISO 3166-1, such as FI. Greek VAT numbers,
	// which begin with EL, are of GR.
	Country string

	// Number is the id without its country and without punctuation, in upper
	// case: 19675438.
	Number string

	// Valid reports that the check digit is right. Only Finnish and Danish
	// ids are checked, so that it is false for all others.
	Valid bool
}

// String returns the id with its country: FI19675438.
func (id ID) String() string { return id.Country + id.Number }

// Parse returns what a text may be as a business id or VAT number: nothing, one
// reading, or two, because eight digits without more may be a Finnish id as
// well as a Danish one. Spaces, points, hyphens and slashes do not count. A
// text without a country in front is read only as a Finnish id (y-tunnus: seven
// digits, or six of an old one, and a check digit) or a Danish one (CVR number:
// eight digits), and only if its check digit is right: all else could be a
// personal code. With a country in front, FI and DK are checked as well, and
// others are taken as they are.
func Parse(text string) []ID {
	bare := squeeze(text)
	if country, number, ok := cutCountry(bare); ok {
		return withCountry(country, number)
	}
	var ids []ID
	if number := finnish(bare, strings.TrimSpace(text)); number != "" {
		ids = append(ids, ID{"FI", number, true})
	}
	if IsDanish(bare) && !hyphenated(text) {
		ids = append(ids, ID{"DK", bare, true})
	}
	return ids
}

func withCountry(country, number string) []ID {
	switch country {
	case "FI":
		if len(number) == 7 { // an old id of six digits
			number = "0" + number
		}
		return []ID{{country, number, IsFinnish(number)}}
	case "DK":
		return []ID{{country, number, IsDanish(number)}}
	default:
		return []ID{{country, number, false}}
	}
}

// Canonical returns the usual form of a business id: 1967543-8 for a Finnish
// one, 12345674 for a Danish one, and for others the country followed by the
// number without punctuation. What is none, or may be of two countries, is
// returned as it is without the spaces around it, and so is a Finnish or Danish
// id whose check digit is wrong. A text without letters and digits, such as a
// dash that somebody put there, is "".
func Canonical(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return ""
	}
	ids := Parse(text)
	if len(ids) != 1 {
		return strings.TrimSpace(text)
	}
	switch id := ids[0]; {
	case id.Country == "FI" && id.Valid:
		return id.Number[:7] + "-" + id.Number[7:]
	case id.Country == "DK" && id.Valid:
		return id.Number
	case id.Country == "FI", id.Country == "DK":
		return strings.TrimSpace(text)
	default:
		return id.String()
	}
}

// IsFinnish reports whether a text of eight digits is a Finnish business id: its
// last digit is the check digit of the seven before.
func IsFinnish(digits string) bool {
	if len(digits) != 8 || !allDigits(digits) || digits == "00000000" { // which people type where there is none
		return false
	}
	sum := 0
	for i, weight := range [...]int{7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(digits[i]-'0')
	}
	switch rest := sum % 11; rest {
	case 0:
		return digits[7] == '0'
	case 1: // such an id is never given out
		return false
	default:
		return int(digits[7]-'0') == 11-rest
	}
}

// IsDanish reports whether a text of eight digits is a Danish CVR number: the
// sum of its weighted digits can be divided by 11.
func IsDanish(digits string) bool {
	if len(digits) != 8 || !allDigits(digits) || digits[0] == '0' {
		return false
	}
	sum := 0
	for i, weight := range [...]int{2, 7, 6, 5, 4, 3, 2, 1} {
		sum += weight * int(digits[i]-'0')
	}
	return sum%11 == 0
}

// finnish returns the eight digits of a Finnish id without country; "" if it
// is none. Seven digits are an old id only where the hyphen stands before the
// last one.
func finnish(bare, text string) string {
	switch {
	case len(bare) == 7 && strings.HasSuffix(text, "-"+bare[6:]):
		bare = "0" + bare
	case len(bare) == 8 && hyphenated(text) && !strings.HasSuffix(text, "-"+bare[7:]):
		return ""
	}
	if !IsFinnish(bare) {
		return ""
	}
	return bare
}

// cutCountry takes the country off the front of an id.
func cutCountry(bare string) (country, number string, ok bool) {
	if len(bare) < 4 || !isLetter(bare[0]) || !isLetter(bare[1]) || strings.IndexFunc(bare[2:], isDigit) < 0 {
		return "", "", false
	}
	country, number = bare[:2], bare[2:]
	if country == "EL" {
		country = "GR"
	}
	const longest = 14 // VAT numbers have 12 characters at most, some registers a few more
	return country, number, len(number) <= longest
}

// squeeze takes the punctuation out of an id and puts it in upper case; ""
// if it holds anything that no id does.
func squeeze(text string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(text) {
		switch {
		case isDigit(r), r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		case unicode.IsSpace(r), strings.ContainsRune(".-–/", r):
		default:
			return ""
		}
	}
	return b.String()
}

func hyphenated(text string) bool { return strings.ContainsAny(text, "-–") }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) }) < 0
}
