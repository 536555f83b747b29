package company

import (
	"strings"

	"github.com/instep-go/instep"
)

// Fields names the fields of one side that companies are matched by. An empty
// name leaves a key out.
type Fields struct {
	Number     string
	BusinessID string
	Name       string
	Private    string // a true-or-false field that marks private persons

	// Zip, Email and Phone are looked at with Options.ProposeAlike alone.
	Zip   string
	Email string
	Phone string
}

// Ranks of the keys of [Cascade]. The rules of a mapping that carry the same
// fields should have them in their Match, so that people see the keys by the
// rules' names.
const (
	RankNumber     = 1
	RankBusinessID = 2
	RankName       = 3
	RankAlike      = 4 // this one and the next with Options.ProposeAlike alone
	RankEmail      = 5
	RankPhone      = 6
)

// Options change what [Cascade] takes for proof.
type Options struct {
	// TrustNumbers links two records that have nothing but the number in
	// common. Otherwise a person is asked: where both systems number by
	// themselves, two firms may well have one number.
	TrustNumbers bool

	// ProposeNames asks a person before two records are linked that have
	// nothing but the name in common.
	ProposeNames bool

	// ProposeAlike asks a person about records that none of the other keys
	// joins but that may well belong together: with names that are equal but
	// for legal form, accents, punctuation and the order of words (and, of
	// private persons, in one postal code), with one e-mail address, or with
	// one phone number. It finds most of the counterparts with a typing error
	// in the name and neither number nor business id, and costs questions: of
	// a family, or of two firms of one owner, about each that is not matched
	// by something better, and in each run, also those to come. It suits a
	// first load of registers that were kept apart for years.
	//
	// None of these keys joins anything by itself; but an equal number, which
	// alone is a question, is proof together with one of them, as it is
	// together with the name.
	ProposeAlike bool
}

// Cascade returns the matcher by which customers and suppliers of two systems
// find each other, in this order:
//
//  1. the number, if it is digits only and does not begin with 0. It is weak
//     unless Options say otherwise: with neither the business id nor the name
//     equal, a person is asked;
//  2. the business id. Finnish and Danish ids with a right check digit are
//     strong: two records whose ids differ are never linked by any rule. Ids of
//     other countries are compared if both have their country in front, and
//     prove less, because their check digits are not looked at;
//  3. the name, as [Fold] compares it;
//  4. with [Options.ProposeAlike], what names have in common that are not
//     equal, the e-mail address and the phone number, in this order: these are
//     questions to a person and never a link.
//
// A private person has no business id: what stands there may be a personal
// code, and is not looked at.
func Cascade(left, right Fields, o Options) instep.Matcher {
	sides := [2]Fields{instep.Left: left, instep.Right: right}
	return instep.MatcherFunc(func(s instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
		fields := &sides[s]
		if number := instep.Digits(text(f, fields.Number)); number != "" {
			dst = append(dst, instep.MatchKey{Rank: RankNumber, Value: number, Weak: !o.TrustNumbers})
		}
		private, _ := f.Get(fields.Private).AsBool()
		if !private {
			for _, id := range Parse(text(f, fields.BusinessID)) {
				if id.Valid || id.Country != "FI" && id.Country != "DK" {
					dst = append(dst, instep.MatchKey{Rank: RankBusinessID, Value: id.String(), Strong: id.Valid})
				}
			}
		}
		if name := Fold(text(f, fields.Name)); name != "" {
			dst = append(dst, instep.MatchKey{Rank: RankName, Value: name, Propose: o.ProposeNames})
		}
		if o.ProposeAlike {
			dst = appendAlike(dst, fields, private, f)
		}
		return dst
	})
}

// text returns a field as text without the spaces around it.
func text(f instep.Fields, field string) string {
	if field == "" {
		return ""
	}
	switch v := f.Get(field); v.Type() {
	case instep.TypeString, instep.TypeInt:
		return strings.TrimSpace(v.String())
	default:
		return ""
	}
}
