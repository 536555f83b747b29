package catalogue

import (
	"fmt"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Case is one of the situations that a program gets wrong first. Its records
// are in the register of each system, among all the others, as soon as the size
// has room for them.
//
// What ought to become of them follows the rules of the vendors' own pairing:
// the number is looked at first, then the business id, then the name, and what
// these rules leave open, or contradict each other in, is a person's to decide.
type Case struct {
	Kind     Kind
	Rackbeat []Party
	Netvisor []Party

	// Together is how many records of either side, from the first on, are the
	// same: each of Rackbeat with the one of Netvisor at the same place.
	Together int

	// Asked tells that the other records wait for a person, and nothing is
	// written to them. If it is false, each of them is somebody of its own, whom
	// the other system may be unable to hold.
	Asked bool
}

// size is how many parties the case counts for.
func (c *Case) size() int { return max(len(c.Rackbeat), len(c.Netvisor)) }

// Kind says what a case is about. Several cases can be of one kind.
type Kind string

// The kinds of cases.
const (
	// WrittenDifferently is one business id that two people typed in two ways:
	// with the letters of the country or without, with spaces, in lower case,
	// without the hyphen, without the zero in front.
	WrittenDifferently Kind = "one business id written in two ways"

	// SameName is one name in two spellings that mean the same: letter case,
	// spaces, composed and decomposed umlauts. There is no business id.
	SameName Kind = "one name in two spellings"

	// LegalForms are names that differ in the legal form, or in one letter: two
	// firms.
	LegalForms Kind = "names that are nearly the same"

	// NumberTwoFirms is a number that each system has given to a firm of its
	// own, as their business ids say.
	NumberTwoFirms Kind = "one number given to two firms"

	// NumberOnly is the same where the business ids say nothing.
	NumberOnly Kind = "only the number is the same"

	// NumberTwice is one code that two records of Netvisor have.
	NumberTwice Kind = "one number given twice in one system"

	// Branches are records of one side with one business id.
	Branches Kind = "several records with one business id"

	// AmbiguousName is a name that several records of one side have, and some of
	// the other.
	AmbiguousName Kind = "one name on several records"

	// Namesakes are two firms with one name, as their business ids say.
	Namesakes Kind = "one name, two business ids"

	// OtherNumber is one business id under two numbers, both of them free on the
	// other side: one of them gives way.
	OtherNumber Kind = "one business id, two numbers"

	// HeldNumber is one business id under two numbers, one of which belongs to
	// another firm on the other side.
	HeldNumber Kind = "one business id, and the number is somebody else's"

	// NameAlone is a firm that nothing but its name tells to be the same.
	NameAlone Kind = "only the name is the same"

	// PrivatePeople have no business id. Netvisor can hold a personal identity
	// code in its place, which must not go anywhere.
	PrivatePeople Kind = "private people"

	// OddCode is a code of Netvisor that cannot be a number of Rackbeat: with
	// letters, empty, with a zero in front.
	OddCode Kind = "a code that is no number"

	// InvalidID is a business id that is none: a wrong check digit, all zeros, a
	// dash. Two records that share it are two firms unless something else says
	// that they are one.
	InvalidID Kind = "a business id that is none"

	// SameDigits are two business ids of two countries with the same digits.
	SameDigits Kind = "the same digits in two countries"

	// NoCountry is a country missing on a side or on both.
	NoCountry Kind = "no country"

	// UnknownCountry is a country that somebody typed in another language or in
	// lower case.
	UnknownCountry Kind = "an unusual country"

	// OutOfUse is barred in Rackbeat or inactive in Netvisor, or both.
	OutOfUse Kind = "no longer in use"

	// NoPaymentTerm is a card of Netvisor without payment term: Rackbeat asks
	// for one.
	NoPaymentTerm Kind = "no payment term"

	// LongName is a name of Rackbeat with one character more than Netvisor
	// takes, and one with as many.
	LongName Kind = "a long name"

	// OneSidedLists are groups and payment terms that only one system has.
	OneSidedLists Kind = "a group or term of one system"

	// NoBusinessID are suppliers of Rackbeat without business id: Netvisor takes
	// none without.
	NoBusinessID Kind = "a supplier without business id"

	// BothRegisters are firms that are customer and supplier, with the same
	// number and business id in both registers.
	BothRegisters Kind = "customer and supplier"
)

// PrivateCode is the personal identity code that a private customer of Netvisor
// has in place of a business id. It is of the range for tests and nobody's.
const PrivateCode = "150385-9024"

// CasesOf returns the cases of some kind.
func CasesOf(cases []Case, kind Kind) []Case {
	return slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return c.Kind != kind })
}

// list puts records into the form a Case wants.
func list(parties ...Party) []Party { return parties }

// alike is a case of records that each belong to the one at the same place.
func alike(kind Kind, rackbeat, netvisor []Party) Case {
	return Case{Kind: kind, Rackbeat: rackbeat, Netvisor: netvisor, Together: len(rackbeat)}
}

// apart is a case of records that are all somebody of their own.
func apart(kind Kind, rackbeat, netvisor []Party) Case {
	return Case{Kind: kind, Rackbeat: rackbeat, Netvisor: netvisor}
}

// asked is a case of records that a person decides about.
func asked(kind Kind, rackbeat, netvisor []Party) Case {
	return Case{Kind: kind, Rackbeat: rackbeat, Netvisor: netvisor, Asked: true}
}

// desk makes up the cards of cases.
type desk struct{ group string }

// card is a Finnish card with everything but ids, changed as given.
func (d desk) card(number, name string, changes ...func(*Party)) Party {
	return d.abroad("FI", number, name, changes...)
}

// abroad is a card of another country.
func (d desk) abroad(code, number, name string, changes ...func(*Party)) Party {
	c := countryOf(code)
	n, _ := strconv.Atoi(number)              // 0 for a code that is no number
	first, _ := utf8.DecodeRuneInString(name) // so that two firms with one number mostly live apart
	n = n%300 + int(unicode.ToLower(first))
	p := Party{
		Number: number, Name: name, Country: code, Currency: c.currency, Group: d.group,
		Street: fmt.Sprintf("%s %d", c.streets[n%len(c.streets)], 1+n%80), PostalCode: fmt.Sprintf(c.postal, n%1000),
		City: c.places[n%len(c.places)], Phone: c.phone(n * 37), PaymentTerm: PaymentTerms()[n%len(PaymentTerms())].Name,
	}
	p.Email = fmt.Sprintf("posti@firma%d.example", n)
	for _, change := range changes {
		change(&p)
	}
	return p
}

// id sets the business id as somebody typed it.
func id(typed string) func(*Party) { return func(p *Party) { p.BusinessID = typed } }

// vat sets the VAT number as somebody typed it.
func vat(typed string) func(*Party) { return func(p *Party) { p.VATNumber = typed } }

func group(name string) func(*Party) { return func(p *Party) { p.Group = name } }
func term(name string) func(*Party)  { return func(p *Party) { p.PaymentTerm = name } }
func typed(text string) func(*Party) { return func(p *Party) { p.Country = text } }
func unused(p *Party)                { p.Inactive = true }
func private(p *Party)               { p.Private, p.Group, p.Contact = true, privateGroup, "" }

// finnish returns a business id of the range for cases, an own one for each k.
// Its digits are no id of Denmark.
func finnish(k int) string {
	national, _ := caseID(finnishID, danishDigits, k)
	return national
}

// finnishVAT returns the VAT number of the firm with the business id of k.
func finnishVAT(k int) string {
	_, number := caseID(finnishID, danishDigits, k)
	return number
}

// oldID returns an id of a firm that got it when they had six digits and a
// check digit. The zero that was put in front since is part of it.
func oldID() (national, number string) {
	for n := 17; ; n++ {
		if national, number, ok := finnishID(n); ok {
			return national, number
		}
	}
}

// danish returns a CVR number of the range for cases, an own one for each k. Its
// digits are no id of Finland.
func danish(k int) string {
	national, _ := caseID(danishID, finnishDigits, k)
	return national
}

// caseID returns the k-th id of a country that is no id of another one.
func caseID(complete func(int) (string, string, bool), other func(string) bool, k int) (national, number string) {
	for n := 9_900_000 + 20*k; ; n++ {
		national, number, ok := complete(n)
		if ok && !other(number[2:]) {
			return national, number
		}
	}
}

// sharedDigits returns eight digits that are an id in Finland and in Denmark.
func sharedDigits() string {
	for n := 9_990_000; ; n++ {
		if _, number, ok := finnishID(n); ok && danishDigits(number[2:]) {
			return number[2:]
		}
	}
}

func danishDigits(digits string) bool {
	return weighted(digits, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// finnishDigits wants what is left when the check digit is added with weight 1:
// nothing.
func finnishDigits(digits string) bool {
	return weighted(digits, 7, 9, 10, 5, 8, 4, 2, 1)%11 == 0
}
