package company

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/instep-go/instep"
)

// legalForms are the words of names that tell of a legal form, or join two
// names, as skeleton has them: without points and slashes.
var legalForms = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq("oy oyj ky tmi ay osk ry ab abp publ hb kb aps as is ks ps ivs gmbh ag kg ohg ug ev co " +
		"ltd plc inc llc sa bv nv osakeyhtio toiminimi aktiebolag anpartsselskab aktieselskab ja och og und and the") {
		set[word] = true
	}
	return set
}()

// bareLetters write letters that have no accent to take off as people do who
// lack them, and shorten what they write instead of an umlaut.
var bareLetters = strings.NewReplacer("ø", "o", "æ", "a", "ß", "ss", "đ", "d", "ł", "l", "aa", "a", "ae", "a", "oe", "o", "ue", "u")

// skeleton is what is left of a name without what people write differently:
// accents and umlauts, legal forms, punctuation, initials and the order of the
// words. Two firms may well have one skeleton. It is "" for a name of nothing
// else.
func skeleton(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '.', r == '/', r == '\'':
			return -1 // A/S and S.A. are words
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		default:
			return ' '
		}
	}, norm.NFD.String(Fold(name)))
	var words []string
	for word := range strings.FieldsSeq(bareLetters.Replace(name)) {
		if len(word) > 1 && !legalForms[word] {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// appendAlike appends the keys by which records may belong together that have
// nothing better in common. None of them is proof.
func appendAlike(dst []instep.MatchKey, fields *Fields, private bool, f instep.Fields) []instep.MatchKey {
	add := func(rank uint8, value string) {
		if value != "" {
			dst = append(dst, instep.MatchKey{Rank: rank, Value: value, Propose: true})
		}
	}
	name := skeleton(text(f, fields.Name))
	if private { // of whom many have one name
		zip := postalCode(text(f, fields.Zip))
		if name == "" || zip == "" {
			name = ""
		} else {
			name += "|" + zip
		}
	}
	add(RankAlike, name)
	add(RankEmail, mailbox(text(f, fields.Email)))
	add(RankPhone, lastDigits(text(f, fields.Phone)))
	return dst
}

// mailbox returns an e-mail address in lower case; "" for what is none.
func mailbox(text string) string {
	local, domain, ok := strings.Cut(strings.ToLower(text), "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(text, " ,;<>") || strings.Contains(domain, "@") {
		return ""
	}
	return local + "@" + domain
}

// lastDigits returns the last eight digits of a phone number, so that it does
// not matter whether the country, or the zero in its place, stands in front.
// What is shorter, or one digit over and over, is none.
func lastDigits(text string) string {
	const long = 8
	digits := strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, text)
	if len(digits) < long {
		return ""
	}
	digits = digits[len(digits)-long:]
	if strings.Count(digits, digits[:1]) == long {
		return ""
	}
	return digits
}

// postalCode returns a postal code without the country that some put in front.
func postalCode(text string) string {
	return strings.TrimLeftFunc(squeeze(text), func(r rune) bool { return !isDigit(r) })
}
