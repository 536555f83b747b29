package catalogue

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

// SupplierCases returns the cases of the supplier register, always the same.
// Their numbers have three digits, which no other supplier's have. What the
// rules say of suppliers is taken from those for customers.
func SupplierCases() []Case {
	d := desk{group: SupplierGroups()[0]}
	return slices.Concat(d.supplierIDs(), d.supplierNames(), d.supplierNumbers(), d.supplierCards(), bothRegisters(d))
}

func (d desk) supplierIDs() []Case {
	cvr := danish(110)
	chain := finnish(112)
	return []Case{
		apart(NoBusinessID, list(d.card("301", "Marjanpoimija Vakka Tmi")), nil),
		apart(NoBusinessID, list(d.abroad("US", "302", "Duskwater Beans LLC")), nil),
		apart(NoBusinessID, list(d.abroad("GB", "303", "Moonthorpe Teas Ltd", id("-"))), nil),
		alike(NoBusinessID, list(d.card("304", "Hunajatila Mettinen")), list(d.card("304", "Hunajatila Mettinen"))),
		alike(WrittenDifferently, list(d.card("305", "Paahtimo Nokivuori Oy", vat("fi"+finnishVAT(111)[2:]))), list(d.card("605", "Nokivuoren Paahtimo", id(finnish(111))))),
		alike(WrittenDifferently, list(d.abroad("DK", "306", "Ravnekløft Emballage A/S", vat("DK-"+cvr))),
			list(d.abroad("DK", "606", "Ravnekløft Pak", id(cvr[:4]+" "+cvr[4:])))),
		asked(Branches, list(d.card("307", "Kuljetus Kiitäjä Oy, Pohjoinen", id(chain)), d.card("308", "Kuljetus Kiitäjä Oy, Etelä", id(chain))),
			list(d.card("607", "Kuljetus Kiitäjä", id(chain)))),
		apart(InvalidID, list(d.card("309", "Säkkikauppa Juutti Oy", id("7654321-0"))), list(d.card("609", "Pullotehdas Korkki Oy", id("7654321-0")))),
		alike(OtherNumber, list(d.card("311", "Maalitehdas Sivellin Oy", id(finnish(113)))), list(d.card("611", "Sivellin Yhtiöt Oy", id(finnish(113))))),
		asked(HeldNumber, list(d.card("312", "Sähkötukku Johdin Oy", id(finnish(114)))),
			list(d.card("612", "Sähkötukku Johdin Oy", id(finnish(114))), d.card("312", "Vuokraamo Teline Oy", id(finnish(115))))),
	}
}

func (d desk) supplierNames() []Case {
	rope := "Köysi ja Verkko"
	return []Case{
		apart(LegalForms, list(d.card("321", "Meijeri Kehruu Oy", id(finnish(120)))), list(d.card("621", "Meijeri Kehruu Osk", id(finnish(121))))),
		alike(SameName, list(d.card("322", "MEIJERI  ÖISTE OY")), list(d.card("622", norm.NFD.String("Meijeri Öiste Oy")))),
		alike(NameAlone, list(d.card("323", "Kalasatama Suomu")), list(d.card("623", "Kalasatama Suomu"))),
		asked(AmbiguousName, list(d.card("324", rope), d.card("325", rope)), list(d.card("624", rope))),
		asked(Namesakes, list(d.card("326", "Konepaja Ratas Oy", id(finnish(122)))), list(d.card("626", "Konepaja Ratas Oy", id(finnish(123))))),
	}
}

func (d desk) supplierNumbers() []Case {
	return []Case{
		asked(NumberTwoFirms, list(d.card("331", "Paperitukku Arkki Oy", vat(finnishVAT(130)))), list(d.card("331", "Vuokraamo Nostin Oy", id(finnish(131))))),
		asked(NumberTwoFirms, list(d.abroad("DK", "332", "Isfugl Fragt ApS", vat("DK"+danish(130)))), list(d.card("332", "Kuljetus Rekka Oy", id(finnish(132))))),
		asked(NumberTwoFirms, list(d.card("333", "Paahtimo Hiillos Oy", id(finnish(133)))), list(d.card("333", "Paahtimo Kekäle Oy", id(finnish(134))))),
		asked(NumberOnly, list(d.card("334", "Siivous Kiilto Tmi")), list(d.card("334", "Huolto Ruuvi"))),
		asked(NumberOnly, list(d.card("335", "Vahtipalvelu Yösilmä Oy", id(finnish(135)))), list(d.card("335", "Vahtipalvelu"))),
		alike(OddCode, list(d.card("336", "Kirjapaino Palkki Oy", id(finnish(136)))), list(d.card("T-336", "Kirjapaino Palkki", id(finnish(136))))),
		apart(OddCode, list(d.card("337", "Lasitehdas Kuula Oy", id(finnish(137)))), list(d.card("0337", "Nuohous Noki Oy", id(finnish(138))))),
		apart(OddCode, nil, list(d.card("", "Tilitoimisto Ilman Koodia Oy", id(finnish(139))))),
	}
}

func (d desk) supplierCards() []Case {
	_, german, _ := germanID(99_900_000)
	return []Case{
		apart(NoCountry, list(d.card("341", "Turvetuote Suo Oy", id(finnish(140)), typed(""))), list(d.card("641", "Mainostoimisto Häly Oy", id(finnish(141)), typed("")))),
		alike(UnknownCountry, list(d.abroad("DE", "342", "Rösterei Nachtfalter GmbH", vat(german), typed("Deutschland"))),
			list(d.abroad("DE", "342", "Rösterei Nachtfalter GmbH", vat(german)))),
		alike(OutOfUse, list(d.card("343", "Lankatehdas Kerä Oy", id(finnish(142)), unused)), list(d.card("343", "Lankatehdas Kerä Oy", id(finnish(142))))),
		apart(OutOfUse, list(d.card("344", "Jäätehdas Oy", id(finnish(143)), unused)), nil),
		apart(LongName, list(d.card("345", padded("Toimittajien yhteenliittymä ", 251), id(finnish(144)))), nil),
		apart(OneSidedLists, list(d.abroad("DK", "346", "Toldbod Ømark A/S", vat("DK"+danish(140)), group(RackbeatOnlySupplierGroup))), nil),
		apart(OneSidedLists, nil, list(d.card("646", "Kesätyö Satunnainen Tmi", id(finnish(145)), group(NetvisorOnlySupplierGroup)))),
		apart(OneSidedLists, list(d.abroad("DK", "347", "Nordlys Kaffe ApS", vat("DK"+danish(141)), term(RackbeatOnlyPaymentTerm))), nil),
	}
}
