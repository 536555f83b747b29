package instep

import (
	"slices"
	"strings"
)

// MatchKey is one way in which a record that has no link can be found on the
// other side.
type MatchKey struct {
	// Rank orders the keys: 1 is tried first. Keys of the same rank on the
	// two sides are compared.
	Rank uint8

	// Value is normalised: two records have the same key exactly if the
	// values are equal. Blank and meaningless values are left out instead.
	Value string

	// Strong marks a key that nobody else can have, such as a business id.
	// Two records whose strong keys of one rank differ are never linked by
	// any rule.
	Strong bool

	// Propose makes a hit a question to a person instead of a link.
	Propose bool

	// Weak marks a key that both sides give out by themselves, such as a
	// running number. A hit on it alone, with no other key equal, goes to a
	// person; and where the two sides' weak keys of one rank differ, that
	// forbids a link only if another record holds one of them.
	Weak bool
}

// Matcher gives the keys by which a record can be found on the other side.
// It finds nothing itself: the engine compares keys of both sides and
// decides, so that the outcome is one-to-one and does not depend on the order
// of arrival.
//
// Keys appends the keys of a record of side s with the fields f to dst and
// returns it. It must be pure: the same input gives the same keys. It is
// called concurrently.
type Matcher interface {
	Keys(s Side, f Fields, dst []MatchKey) []MatchKey
}

// MatcherFunc is a function that is a [Matcher].
type MatcherFunc func(s Side, f Fields, dst []MatchKey) []MatchKey

// Keys calls f.
func (m MatcherFunc) Keys(s Side, f Fields, dst []MatchKey) []MatchKey { return m(s, f, dst) }

// Normalizer brings the values of a key into one form. It returns "" for a
// value that cannot serve as a key.
type Normalizer func(string) string

// ByField returns a matcher with one key: the text of a field on each side.
// Text, whole numbers and decimals are taken in their usual form, anything
// else gives no key. The normalizers are applied in order after spaces around
// the text were cut.
func ByField(left, right string, key MatchKey, normalize ...Normalizer) Matcher {
	return MatcherFunc(func(s Side, f Fields, dst []MatchKey) []MatchKey {
		name := left
		if s == Right {
			name = right
		}
		text := strings.TrimSpace(keyText(f.Get(name)))
		for _, n := range normalize {
			text = n(text)
		}
		if text == "" {
			return dst
		}
		own := key // the matcher is called concurrently
		own.Value = text
		return append(dst, own)
	})
}

// Cascade returns a matcher with the keys of all given matchers. Their ranks
// become 1, 2, 3 … in the order given.
func Cascade(matchers ...Matcher) Matcher {
	matchers = slices.Clone(matchers)
	return MatcherFunc(func(s Side, f Fields, dst []MatchKey) []MatchKey {
		for i, m := range matchers {
			from := len(dst)
			dst = m.Keys(s, f, dst)
			for j := from; j < len(dst); j++ {
				dst[j].Rank = uint8(i + 1)
			}
		}
		return dst
	})
}

// Digits keeps a text of digits without leading zero, and nothing else: the
// rule of vendors whose numbers are whole numbers.
func Digits(s string) string {
	if s == "" || s[0] == '0' || !digits(s) {
		return ""
	}
	return s
}

// Fold folds case and collapses spaces: "Kahvi  Oy" and "KAHVI OY" are one.
func Fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

func keyText(v Value) string {
	switch v.Type() {
	case TypeString, TypeInt, TypeDecimal:
		return v.String()
	default:
		return ""
	}
}
