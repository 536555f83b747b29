package catalogue

import (
	"fmt"
	"slices"
)

// Zones of value added tax, by Rackbeat's names, as seen from Finland.
const (
	domestic = "domestic"
	union    = "eu"
	abroad   = "abroad"
)

// country is where a party sits, with what there is to make one up.
type country struct {
	code     string
	name     string // English, as Rackbeat has it
	zone     string
	currency string
	layout   int        // at which of Layouts
	share    int        // of a hundred firms
	ids      *numbering // nil: firms of this country have no id
	phone    func(n int) string
	postal   string // pattern for a number below 1000

	tradeFirst bool     // "Kahvila Kuunsuo", not "Kuunsuo Kahvila"
	places     []string // of firms, and as towns
	streets    []string
	sells      []string // trades of suppliers
	buys       []string // trades of customers
	forms      []string // legal forms, always at the end
	given      []string
	family     []string
}

var countries = []country{
	{
		code: "FI", name: "Finland", zone: domestic, currency: "EUR", share: 62, ids: &finnishIDs,
		phone:  func(n int) string { return fmt.Sprintf("+358 00 %03d %04d", n%1000, 1000+n%9000) },
		postal: "99%03d", tradeFirst: true,
		places: []string{
			"Kuunsuo", "Sumukylä", "Hämykangas", "Öljyharju", "Tähtiniitty", "Ukkosvaara", "Viimasaari", "Routakoski",
			"Kaikuniemi", "Hallalampi", "Tuulentupa", "Yöpuro", "Huurrelahti", "Värekallio", "Sinikumpare", "Hiljaranta",
			"Usvaselkä", "Käpysaari", "Räntämäki", "Hyryläjärvi", "Säkenepelto", "Lumpeenlahti",
		},
		streets: []string{"Kuutamokuja", "Sumupolku", "Käävänkierto", "Yökönkatu", "Räystästie", "Hämäräntie", "Åkerinkuja"},
		buys: []string{
			"Kahvila", "Leipomo", "Ravintola", "Kukkakauppa", "Rautakauppa", "Kioski", "Kirjakauppa", "Hotelli", "Huoltamo",
			"Kyläkauppa", "Autokorjaamo", "Kampaamo", "Rakennus", "Päiväkoti", "Lounaspaikka",
		},
		sells: []string{"Tukku", "Meijeri", "Paahtimo", "Kuljetus", "Konepaja", "Maalitehdas", "Paperi", "Sähkö", "Vuokraamo"},
		forms: []string{"Oy", "Oy", "Oy", "Ky", "Tmi", "Osk"},
		given: []string{
			"Aino", "Väinö", "Kyllikki", "Jörkka", "Hyvönä", "Tyyne", "Eerik", "Säde", "Onerva", "Ylermi", "Päivä", "Viljo",
		},
		family: []string{
			"Kuunsalo", "Sumumäki", "Hallaranta", "Yönkoski", "Räntälä", "Hämyläinen", "Usvanen", "Tähtivirta", "Öhkönen", "Käpysalo",
		},
	},
	{
		code: "DK", name: "Denmark", zone: union, currency: "DKK", layout: 1, share: 18, ids: &danishIDs,
		phone:  func(n int) string { return fmt.Sprintf("+45 00 %02d %02d %02d", n/10000%100, n/100%100, n%100) },
		postal: "9%03d",
		places: []string{
			"Tågesund", "Månehave", "Ålekrog", "Blæsebjerg", "Skumrende", "Ørkær", "Rimtofte", "Stjernelund", "Vindknold", "Søvang By",
			"Brændestrup", "Fåremose",
		},
		streets: []string{"Tågevej", "Månegade", "Æblestien", "Ørnekrogen", "Blåhusvej"},
		buys:    []string{"Bageri", "Café", "Byggemarked", "Blomster", "Kiosk", "Boghandel", "Kro", "Købmand", "Børnehave"},
		sells:   []string{"Kaffebrænderi", "Værktøj", "Grossist", "Fragt", "Mejeri", "Emballage", "Farver"},
		forms:   []string{"ApS", "ApS", "A/S", "I/S", "K/S"},
		given:   []string{"Åse", "Bøje", "Gørild", "Mads", "Sødis", "Værn", "Kræsten", "Ingelil"},
		family:  []string{"Tågegaard", "Månestrup", "Blæsbjerg", "Rimkær", "Ørvang", "Solkrog", "Åkvist"},
	},
	{
		code: "SE", name: "Sweden", zone: union, currency: "SEK", layout: 2, share: 7, ids: &swedishIDs,
		phone:  func(n int) string { return fmt.Sprintf("+46 70 174 06 %02d", 5+n%95) },
		postal: "99%03d",
		places: []string{"Dimvik", "Månskär", "Åskhult", "Rönnblåsa", "Älvdis", "Frostbo", "Stjärnö"}, streets: []string{"Dimgatan", "Åskvägen", "Älvgränd"},
		buys: []string{"Bageri", "Kafé", "Bygg", "Blommor", "Värdshus"}, sells: []string{"Rosteri", "Grossist", "Verktyg", "Färg"}, forms: []string{"AB", "AB", "HB"},
	},
	{
		code: "DE", name: "Germany", zone: union, currency: "EUR", layout: 2, share: 5, ids: &germanIDs,
		phone:  func(n int) string { return fmt.Sprintf("+49 30 23125 %03d", n%1000) },
		postal: "00%03d", tradeFirst: true,
		places: []string{"Süßbach", "Nebelgrün", "Größenau", "Mondsande", "Hüttenklee", "Fährloh"}, streets: []string{"Nebelstraße", "Mondgässchen", "Süßer Weg"},
		buys: []string{"Bäckerei", "Gästehaus", "Blumen", "Buchladen"}, sells: []string{"Rösterei", "Werkzeugbau", "Großhandel", "Papierfabrik"}, forms: []string{"GmbH", "OHG", "GmbH & Co. KG"},
	},
	{
		code: "NO", name: "Norway", zone: abroad, currency: "NOK", layout: 2, share: 3, ids: &norwegianIDs,
		phone:  func(n int) string { return fmt.Sprintf("+47 00 %02d %02d %02d", n/10000%100, n/100%100, n%100) },
		postal: "9%03d",
		places: []string{"Tåkevik", "Månefjell", "Østblåst", "Rimnes"}, streets: []string{"Tåkeveien", "Blåfjellgata"},
		buys: []string{"Bakeri", "Kafé", "Landhandel"}, sells: []string{"Brenneri", "Frakt", "Fisk"}, forms: []string{"AS", "ANS"},
	},
	{
		code: "EE", name: "Estonia", zone: union, currency: "EUR", layout: 2, share: 3, ids: &estonianIDs,
		phone:  func(n int) string { return fmt.Sprintf("+372 00 %03d %02d", n%1000, n%100) },
		postal: "99%03d",
		places: []string{"Udusaare", "Kuuõue", "Tähesoo", "Härmavere"}, streets: []string{"Udu tänav", "Kuuõue tee"},
		buys: []string{"Kohvik", "Pagar", "Ehitus"}, sells: []string{"Puit", "Veod", "Trükk"}, forms: []string{"OÜ", "AS"},
	},
	{
		code: "GB", name: "United Kingdom", zone: abroad, currency: "GBP", layout: 2, share: 1,
		phone:  func(n int) string { return fmt.Sprintf("+44 7700 900%03d", n%1000) },
		postal: "ZZ99 %03d",
		places: []string{"Fogwick", "Moonthorpe", "Hushcombe"}, streets: []string{"Foggy Lane", "Moonrise Road"},
		buys: []string{"Bakery", "Tea Rooms", "Inn"}, sells: []string{"Tea Importers", "Tools", "Haulage"}, forms: []string{"Ltd", "LLP"},
	},
	{
		code: "US", name: "United States", zone: abroad, currency: "USD", layout: 2, share: 1,
		phone:  func(n int) string { return fmt.Sprintf("+1 218 555 01%02d", n%100) },
		postal: "00%03d",
		places: []string{"Duskwater", "Starlick", "Mistral Falls"}, streets: []string{"Duskwater Ave", "1st Moon St"},
		buys: []string{"Coffee", "Bakery", "Hardware"}, sells: []string{"Roasters", "Tool Supply", "Freight"}, forms: []string{"Inc.", "LLC"},
	},
}

// countryOf returns a country by its code, nil for a text that is none.
func countryOf(code string) *country {
	if i := slices.IndexFunc(countries, func(c country) bool { return c.code == code }); i >= 0 {
		return &countries[i]
	}
	return nil
}
