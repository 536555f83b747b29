package matching_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// What becomes of a customer on its way into a register: each side errs by
// itself. Of typing errors, four of five are one letter too many, too few,
// wrong or swapped (Damerau 1964); that three of a hundred names have one is
// at the upper end of what is found in registers that people type. The other
// shares are assumptions, set before anything was measured.
const (
	shareTwice      = 0.015 // entered twice, each time anew
	shareNumberDup  = 0.003 // given the number of the one before
	shareNoNumber   = 0.02  // has a number that is none, with letters
	shareID         = 0.85  // of companies: the business id is filled in
	shareIDWrong    = 0.015 // of these: a digit is wrong
	shareIDCode     = 0.05  // of persons: a personal code stands there
	shareMisfiled   = 0.02  // persons filed as companies and the reverse
	shareTypo       = 0.03  // of names
	shareShouting   = 0.08  // in capitals
	shareFormGone   = 0.06  // of companies: without legal form
	shareFormMoved  = 0.03  // of companies: it stands in front
	shareUmlautLong = 0.02  // ä as ae, of names that have one
	shareUmlautBare = 0.02  // ä as a
	shareDecomposed = 0.05  // in Unicode's decomposed form, as files of some systems are
	shareSpaces     = 0.04  // spaces too many
	sharePunctuated = 0.03  // and for &, a hyphen for a space, a full stop
	shareLastFirst  = 0.08  // of persons: surname first
	shareInitial    = 0.04  // of persons: with an initial
	sharePhone      = 0.75
	sharePhoneOld   = 0.08 // of these: another one
	shareEmail      = 0.70
	shareEmailOld   = 0.08
	shareZip        = 0.92
	shareMoved      = 0.05
)

// decomposed writes letters with their accents apart, as Unicode's form D has
// them.
var decomposed = strings.NewReplacer("ä", "a\u0308", "ö", "o\u0308", "ü", "u\u0308", "å", "a\u030a", "é", "e\u0301",
	"Ä", "A\u0308", "Ö", "O\u0308", "Ü", "U\u0308", "Å", "A\u030a", "É", "E\u0301")

// entry is a record of a register, and the customer it really stands for.
type entry struct {
	id  string
	who int
	rec instep.Record
}

// enter makes the two registers, each in an order of its own.
func enter(rnd *rand.Rand, all []*someone) (regs [2][]entry) {
	for s := range regs {
		e := enterer{rnd: rnd, side: instep.Side(s), own: 500_000 * (s + 1)}
		for _, customer := range all {
			if !customer.home[s] {
				continue
			}
			e.add(customer, e.numberOf(customer))
			if rnd.Float64() < shareTwice {
				e.own++
				e.add(customer, strconv.Itoa(e.own))
			}
		}
		rnd.Shuffle(len(e.out), func(i, j int) { e.out[i], e.out[j] = e.out[j], e.out[i] })
		regs[s] = e.out
	}
	return regs
}

// enterer types customers into a register.
type enterer struct {
	rnd    *rand.Rand
	side   instep.Side
	own    int // the last number of the side's own range
	small  int // the last of the numbers that both sides give
	before string
	out    []entry
}

func (e *enterer) chance(share float64) bool { return e.rnd.Float64() < share }

func (e *enterer) numberOf(s *someone) string {
	number := strconv.Itoa(s.number)
	switch {
	case e.before != "" && e.chance(shareNumberDup):
		return e.before
	case s.number != 0:
	case s.clash:
		e.small++
		number = strconv.Itoa(1000 + e.small)
	default:
		e.own++
		number = strconv.Itoa(e.own)
	}
	if e.chance(shareNoNumber) {
		number = "K-" + number
	}
	e.before = number
	return number
}

func (e *enterer) add(s *someone, number string) {
	id := fmt.Sprintf("%c%06d", "LR"[e.side], len(e.out))
	text := func(name, value string) instep.Field { return instep.Field{Name: name, Value: instep.String(value)} }
	e.out = append(e.out, entry{id, s.who, instep.Record{
		Ref: instep.Ref{System: e.side.String(), Entity: "customer", ID: id},
		Fields: instep.NewFields(
			text("number", number), text("business_id", e.businessID(s)), text("name", e.name(s)),
			instep.Field{Name: "private", Value: instep.Bool(s.private != e.chance(shareMisfiled))},
			text("zip", e.zip(s)), text("phone", e.phone(s)), text("email", e.email(s)), text("same", "same"),
		),
	}})
}

func (e *enterer) businessID(s *someone) string {
	if s.private {
		if e.chance(shareIDCode) {
			return "131052-308T"
		}
		return ""
	}
	id := s.id
	switch {
	case !e.chance(shareID):
		return pick(e.rnd, []string{"", "", "", "-", "0000000-0"})
	case e.chance(shareIDWrong):
		at := e.rnd.IntN(len(id))
		id = id[:at] + string('0'+(id[at]-'0'+1+byte(e.rnd.IntN(9)))%10) + id[at+1:]
	}
	switch style := e.rnd.IntN(10); {
	case style < 2:
		return s.country + id
	case s.country == "FI" && style < 9:
		return id[:7] + "-" + id[7:]
	case s.country == "DK" && style < 4:
		return "DK " + id[:2] + " " + id[2:4] + " " + id[4:6] + " " + id[6:]
	case s.country == "FI" || s.country == "DK" || style < 5:
		return id
	default:
		return strings.ToLower(s.country) + " " + id
	}
}

func (e *enterer) name(s *someone) string {
	var name string
	if s.private {
		name = e.personName(s)
	} else {
		name = e.companyName(s)
	}
	if e.chance(shareTypo) {
		name = e.typo(name)
		if e.chance(0.2) {
			name = e.typo(name)
		}
	}
	switch {
	case e.chance(shareUmlautLong):
		name = strings.NewReplacer("ä", "ae", "ö", "oe", "å", "aa", "ø", "oe", "æ", "ae", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Å", "Aa", "Ø", "Oe", "ß", "ss").Replace(name)
	case e.chance(shareUmlautBare):
		name = strings.NewReplacer("ä", "a", "ö", "o", "å", "a", "ø", "o", "ü", "u", "Ä", "A", "Ö", "O", "Å", "A", "Ø", "O", "é", "e").Replace(name)
	}
	if e.chance(shareShouting) {
		name = strings.ToUpper(name)
	}
	if e.chance(shareSpaces) {
		name = " " + strings.ReplaceAll(name, " ", pick(e.rnd, []string{"  ", "\u00a0", " "})) + " "
	}
	if e.chance(shareDecomposed) {
		name = decomposed.Replace(name)
	}
	return name
}

func (e *enterer) personName(s *someone) string {
	first, last := s.words[0], s.words[1]
	if e.chance(shareInitial) {
		first += " " + string("AEHJKMPT"[e.rnd.IntN(8)]) + "."
	}
	if e.chance(shareLastFirst) {
		return last + pick(e.rnd, []string{" ", ", "}) + first
	}
	return first + " " + last
}

func (e *enterer) companyName(s *someone) string {
	name, form := strings.Join(s.words, " "), s.form
	if e.chance(sharePunctuated) {
		name = pick(e.rnd, []string{
			strings.ReplaceAll(name, "&", "ja"), strings.ReplaceAll(name, " ", "-"), name + ".", strings.ReplaceAll(name, " & ", "&"),
		})
		form = strings.ReplaceAll(form, "/", "")
	}
	switch {
	case e.chance(shareFormGone):
	case e.chance(shareFormMoved):
		name = form + " " + name
	default:
		name += " " + form
	}
	if s.branch != "" {
		name += pick(e.rnd, []string{" / ", ", ", " "}) + s.branch
	}
	return name
}

// typo makes one of the four errors that people make.
func (e *enterer) typo(name string) string {
	r := []rune(name)
	at := e.rnd.IntN(len(r) - 1)
	letter := rune('a' + e.rnd.IntN(26))
	switch e.rnd.IntN(4) {
	case 0:
		r[at] = letter
	case 1:
		r = slices.Delete(r, at, at+1)
	case 2:
		r = slices.Insert(r, at, letter)
	default:
		r[at], r[at+1] = r[at+1], r[at]
	}
	return string(r)
}

func (e *enterer) phone(s *someone) string {
	phone := s.phone
	switch {
	case !e.chance(sharePhone):
		return ""
	case e.chance(sharePhoneOld):
		phone = fmt.Sprintf("050%07d", e.rnd.IntN(10_000_000))
	}
	switch e.rnd.IntN(4) {
	case 0:
		return "+358" + phone[1:]
	case 1:
		return "+358 " + phone[1:3] + " " + phone[3:6] + " " + phone[6:]
	case 2:
		return phone[:3] + "-" + phone[3:]
	default:
		return phone
	}
}

func (e *enterer) email(s *someone) string {
	email := s.email
	switch {
	case !e.chance(shareEmail):
		return ""
	case e.chance(shareEmailOld):
		email = fmt.Sprintf("posti%d@example.org", e.rnd.IntN(1_000_000))
	}
	if e.chance(shareShouting) {
		return strings.ToUpper(email)
	}
	return email
}

func (e *enterer) zip(s *someone) string {
	switch {
	case !e.chance(shareZip):
		return ""
	case e.chance(shareMoved):
		return fmt.Sprintf("%05d", 10*(1+e.rnd.IntN(3000)))
	case e.chance(0.02):
		return s.country + "-" + s.zip
	default:
		return s.zip
	}
}
