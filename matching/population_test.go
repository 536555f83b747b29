package matching_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The real customers behind two registers. The shares below were set before
// anything was measured, and are not tuned to any rule. Where a figure is
// published it is named; the others are assumptions about the customers of a
// small Nordic firm, rather too bad than too good.
const (
	shareCompany   = 0.60 // the others are private persons
	shareBothSides = 0.75 // the others are on one side only, half of them on each
	shareNumbered  = 0.70 // of those on both sides: one register was once filled from the other, numbers included
	shareClashing  = 0.05 // numbered by each side from the same small numbers on; the others from ranges of their own
	shareFinnish   = 0.70 // of companies
	shareDanish    = 0.18
	shareGerman    = 0.06 // the others are Swedish
	shareSibling   = 0.03 // of companies: a second firm of the same owner, with its phone, address and mailbox
	shareBranch    = 0.02 // of companies: a customer of its own under the business id of the one before
	shareHomonym   = 0.01 // of companies: has the name of another firm, in another town
	shareFamily    = 0.15 // of persons: live with the one before, with their surname, phone and mailbox
)

// someone is a real customer.
type someone struct {
	who     int
	private bool
	country string
	words   []string // of a company's name; first and last name of a person
	form    string   // legal form
	branch  string   // what a branch adds to its name
	id      string   // business id, with its check digit
	street  string
	zip     string
	city    string
	phone   string // national, digits only
	email   string
	home    [2]bool // the registers it is in
	number  int     // in both; 0: each side gives its own
	clash   bool
}

var (
	trades = strings.Fields("Kahvila Leipomo Rakennus Sähkö Autohuolto Siivous Kuljetus Maalaamo Kukkakauppa Tilitoimisto " +
		"Bageri Møbler Byggeri Tømrer Rejser Maskin Bygg Måleri Åkeri Bäckerei Küchen Möbelhaus Lüftung Grafik Data Konsult")
	surnames = strings.Fields("Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen " +
		"Saarinen Niemi Salminen Heinonen Heikkilä Kinnunen Salonen Turunen Salo Laitinen Tuominen Rantanen Karjalainen Jokinen " +
		"Nielsen Jensen Sørensen Østergaard Kjær Møller Åberg Söderström Öhman Lindqvist Müller Schröder Groß Jäger Ahlgrén Nygård")
	firstNames = strings.Fields("Matti Timo Juha Kari Mikko Antti Jari Jukka Mika Markku Pekka Hannu Heikki Päivi Tuula Ritva Leena Anne " +
		"Päivikki Sirpa Jörgen Søren Kjeld Åsa Märta Günter Jürgen Aino Väinö Yrjö Björn Sanna Ville Kaisa Outi Elina Eeva Oskari Onni Aada")
	streetNames = strings.Fields("Mannerheimintie Hämeenkatu Storgatan Rantatie Vestergade Kauppakatu Koulukatu Nørregade Hauptstraße Myllytie")
	townNames   = strings.Fields("Helsinki Tampere Turku Oulu Jyväskylä Ähtäri Århus Odense København Malmö Köln Närpiö Pöytyä Rovaniemi")
)

// people makes n real customers.
func people(rnd *rand.Rand, n int) []*someone {
	all := make([]*someone, 0, n)
	var firm, person *someone
	for who := range n {
		s := &someone{who: who}
		if rnd.Float64() < shareCompany {
			s.company(rnd, firm)
			firm = s
		} else {
			s.privatePerson(rnd, person)
			person = s
		}
		s.place(rnd)
		all = append(all, s)
	}
	return all
}

// place says in which registers it is, and how these number it.
func (s *someone) place(rnd *rand.Rand) {
	switch u := rnd.Float64(); {
	case u < shareBothSides:
		s.home = [2]bool{true, true}
	case u < (1+shareBothSides)/2:
		s.home[0] = true
	default:
		s.home[1] = true
	}
	if u := rnd.Float64(); s.home[0] && s.home[1] && u < shareNumbered {
		s.number = 20_000 + s.who
	} else {
		s.clash = rnd.Float64() < shareClashing
	}
}

func (s *someone) company(rnd *rand.Rand, before *someone) {
	switch u := rnd.Float64(); {
	case before != nil && u < shareSibling:
		*s = someone{
			who: s.who, country: before.country, words: append([]string{before.words[0], "Holding"}, before.words[1:]...), form: before.form,
			street: before.street, zip: before.zip, city: before.city, phone: before.phone, email: before.email,
		}
		s.id = businessID(rnd, s.country)
		return
	case before != nil && u < shareSibling+shareBranch:
		*s = someone{who: s.who, country: before.country, words: before.words, form: before.form, id: before.id, branch: pick(rnd, townNames)}
		s.address(rnd)
		s.reach(rnd, nameOfTown(s.branch)+"@"+mailDomain(before))
		return
	case before != nil && u < shareSibling+shareBranch+shareHomonym:
		*s = someone{who: s.who, country: before.country, words: before.words, form: before.form}
	default:
		switch c := rnd.Float64(); {
		case c < shareFinnish:
			s.country, s.form = "FI", pickWeighted(rnd, "Oy", 80, "Tmi", 8, "Ky", 6, "Ab", 4, "Oyj", 2)
		case c < shareFinnish+shareDanish:
			s.country, s.form = "DK", pickWeighted(rnd, "ApS", 65, "A/S", 30, "I/S", 5)
		case c < shareFinnish+shareDanish+shareGerman:
			s.country, s.form = "DE", pickWeighted(rnd, "GmbH", 85, "AG", 5, "GmbH & Co. KG", 10)
		default:
			s.country, s.form = "SE", "AB"
		}
		// A trade register gives a name to one firm only.
		s.words = []string{pick(rnd, trades), surname(rnd) + letters(s.who)}
		if rnd.IntN(3) == 0 {
			s.words = append(s.words, "&", surname(rnd))
		}
	}
	s.id = businessID(rnd, s.country)
	s.address(rnd)
	s.reach(rnd, "info@"+mailDomain(s))
}

func (s *someone) privatePerson(rnd *rand.Rand, before *someone) {
	*s = someone{who: s.who, private: true, country: "FI", words: []string{pick(rnd, firstNames), surname(rnd)}}
	if rnd.IntN(4) == 0 {
		s.words[0] += "-" + pick(rnd, firstNames)
	}
	if before != nil && rnd.Float64() < shareFamily {
		s.words[1] = before.words[1]
		s.street, s.zip, s.city, s.phone, s.email = before.street, before.zip, before.city, before.phone, before.email
		return
	}
	s.address(rnd)
	s.reach(rnd, fmt.Sprintf("%s.%s%d@example.com", plainly(s.words[0]), plainly(s.words[1]), rnd.IntN(1000)))
}

// surname draws one of 20,000 as they are spread in Finland, where the most
// common two are each that of one person in 250 (Digital and Population Data
// Services Agency), and half of the people have one of the first 700.
func surname(rnd *rand.Rand) string {
	i := int(rand.NewZipf(rnd, 1.1, 60, 20_000).Uint64())
	if i < len(surnames) {
		return surnames[i]
	}
	first, size := utf8.DecodeRuneInString(letters(i))
	return string(unicode.ToUpper(first)) + letters(i)[size:] + []string{"nen", "la", "sen", "ström"}[i%4]
}

// letters makes names out of numbers, so that no two firms have one.
func letters(n int) string {
	var text strings.Builder
	for ; n > 0; n /= 12 {
		text.WriteString([]string{"ka", "lo", "mi", "nu", "pe", "ra", "si", "to", "vu", "hä", "jö", "ti"}[n%12])
	}
	return text.String()
}

func (s *someone) address(rnd *rand.Rand) {
	s.street, s.zip, s.city = fmt.Sprintf("%s %d", pick(rnd, streetNames), 1+rnd.IntN(90)), fmt.Sprintf("%05d", 10*(1+rnd.IntN(3000))), pick(rnd, townNames)
}

func (s *someone) reach(rnd *rand.Rand, email string) {
	s.phone, s.email = fmt.Sprintf("0%d%07d", 40+rnd.IntN(10), rnd.IntN(10_000_000)), email
}

func mailDomain(s *someone) string { return plainly(s.words[1]) + ".example" }

func nameOfTown(town string) string { return plainly(town) }

// plainly writes a name as mailboxes do.
func plainly(name string) string {
	return strings.NewReplacer("ä", "a", "ö", "o", "å", "a", "ø", "o", "æ", "ae", "ü", "u", "ß", "ss", "é", "e", " ", "", "&", "").Replace(strings.ToLower(name))
}

func pick(rnd *rand.Rand, from []string) string { return from[rnd.IntN(len(from))] }

// pickWeighted draws one of the texts, each followed by its percentage.
func pickWeighted(rnd *rand.Rand, choices ...any) string {
	u := rnd.IntN(100)
	for i := 0; ; i += 2 {
		if u -= choices[i+1].(int); u < 0 {
			return choices[i].(string)
		}
	}
}

// businessID makes an id with a right check digit.
func businessID(rnd *rand.Rand, country string) string {
	for {
		n := fmt.Sprintf("%07d", 1_000_000+rnd.IntN(2_500_000))
		switch country {
		case "FI":
			sum := weigh(n, 7, 9, 10, 5, 8, 4, 2) % 11
			if sum == 1 {
				continue
			}
			return n + string('0'+byte((11-sum)%11))
		case "DK":
			rest := weigh(n, 2, 7, 6, 5, 4, 3, 2) % 11
			if rest == 1 {
				continue
			}
			return n + string('0'+byte((11-rest)%11))
		case "SE":
			return "55" + n + "101"
		default:
			return "29" + n
		}
	}
}

func weigh(digits string, weights ...int) (sum int) {
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return sum
}
