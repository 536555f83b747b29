package catalogue

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// CustomerCases returns the cases of the customer register, always the same.
// Their numbers have three digits, which no other customer's have.
func CustomerCases() []Case {
	d := desk{group: CustomerGroups()[0]}
	return slices.Concat(
		d.writtenDifferently(), d.names(), d.numbers(), d.branches(), d.ambiguous(), d.otherNumbers(),
		d.nameAlone(), d.people(), d.oddCodes(), d.invalidIDs(), d.places(), d.cards(), d.oneSided(), bothRegisters(d),
	)
}

func (d desk) writtenDifferently() []Case {
	const kind = WrittenDifferently
	typedFinnish := finnish(2)
	spaced := "fi " + typedFinnish[:3] + " " + typedFinnish[3:7] + " " + typedFinnish[8:]
	cvr, later := danish(1), danish(2)
	_, swedish, _ := swedishID(9_900_000)
	old, oldVAT := oldID() // six digits and the check digit
	return []Case{
		alike(kind, list(d.card("101", "Kahvila Aamunkoi Oy", vat(finnishVAT(1)))), list(d.card("101", "Kahvila Aamunkoi", id(finnish(1))))),
		alike(kind, list(d.card("102", "Leipomo Aamunkoi Oy", vat(spaced))), list(d.card("402", "Aamunkoin Leipomo Oy", id(typedFinnish)))),
		alike(kind, list(d.card("103", "Rautakauppa Iltarusko Oy", id(strings.ReplaceAll(finnish(3), "-", "")))),
			list(d.card("403", "Iltaruskon Rauta", id(finnish(3))))),
		alike(kind, list(d.abroad("DK", "104", "Skumringens Bageri ApS", vat("DK "+cvr[:2]+" "+cvr[2:4]+" "+cvr[4:6]+" "+cvr[6:]))),
			list(d.abroad("DK", "404", "Skumring Bageri", id(cvr)))),
		alike(kind, list(d.card("105", "Osuuskunta Ikihonka", vat(oldVAT))), list(d.card("405", "Ikihonka Osk", id(strings.TrimPrefix(old, "0"))))),
		alike(kind, list(d.abroad("SE", "106", "Åskmolns Bageri AB", vat(swedish))),
			list(d.abroad("SE", "406", "Åskmolns Bageri AB", vat("se "+swedish[2:8]+"-"+swedish[8:12]+" "+swedish[12:])))),
		alike(kind, list(d.abroad("DK", "107", "Månestøv Kro I/S", vat("dk-"+later))), list(d.abroad("DK", "407", "Kroen Månestøv", vat("DK"+later)))),
	}
}

func (d desk) names() []Case {
	return []Case{
		apart(LegalForms, list(d.card("111", "Kahvila Yötön Oy")), list(d.card("411", "Kahvila Yötön Ky"))),
		alike(LegalForms, list(d.card("112", "Hotelli Yöttömyys Oy"), d.card("113", "Hotelli Yöttömyys Ky")),
			list(d.card("112", "Hotelli Yöttömyys Oy"), d.card("113", "Hotelli Yöttömyys Ky"))),
		apart(LegalForms, list(d.card("114", "Kioski Kaamos Oy")), list(d.card("414", "Kioski Kaamas Oy"))),
		alike(SameName, list(d.card("115", "Leipomo  Äijäpuro OY")), list(d.card("415", "leipomo äijäpuro oy"))),
		alike(SameName, list(d.card("116", norm.NFD.String("Kukkakauppa Öljylähde Ky"))), list(d.card("416", "Kukkakauppa Öljylähde Ky"))),
		alike(SameName, list(d.card("117", "Hotelli\u00a0Tuulenpesä Oy")), list(d.card("417", "Hotelli Tuulenpesä Oy"))),
		alike(SameName, list(d.abroad("DE", "118", "Bäckerei Weißklee GmbH")), list(d.abroad("DE", "418", "BÄCKEREI WEISSKLEE GMBH"))),
		asked(Namesakes, list(d.card("151", "Autokorjaamo Rinne Oy", id(finnish(20)))), list(d.card("451", "Autokorjaamo Rinne Oy", id(finnish(21))))),
		asked(Namesakes, list(d.abroad("DK", "152", "Café Stjerneskud ApS", vat("DK"+danish(20)))),
			list(d.abroad("DK", "452", "Café Stjerneskud ApS", id(danish(21))))),
	}
}

func (d desk) numbers() []Case {
	return []Case{
		asked(NumberTwoFirms, list(d.card("121", "Rautakauppa Pöllökangas Oy", vat(finnishVAT(10)))),
			list(d.card("121", "Hotelli Kuohuranta Oy", id(finnish(11))))),
		asked(NumberTwoFirms, list(d.card("122", "Ravintola Lokinlento Oy", id(finnish(12)))), list(d.card("122", "Ravintola Lokinpesä Oy", id(finnish(13))))),
		asked(NumberTwoFirms, list(d.abroad("DK", "123", "Rimfrost Boghandel A/S", vat("DK"+danish(10)))),
			list(d.abroad("DK", "123", "Havgus Byggemarked ApS", id(danish(11))))),
		asked(NumberTwoFirms, list(d.card("124", "Kyläkauppa Ahavatuuli Ky", id(finnish(14)))), list(d.card("124", "Huoltamo Ukonkaari Oy", id(finnish(15))))),
		asked(NumberOnly, list(d.card("125", "Kampaamo Välke Tmi")), list(d.card("125", "Päiväkoti Nappula"))),
		asked(NumberOnly, list(d.abroad("DK", "126", "Købmand Tordenskrald")), list(d.card("126", "Lounaspaikka Kuuskulma Oy"))),
		asked(NumberOnly, list(d.card("127", "Kirjakauppa Sivupolku Oy", vat(finnishVAT(16)))), list(d.card("127", "Rakennus Lekavasara Oy"))),
		asked(NumberTwice, list(d.card("128", "Kioski Ehtoo Oy", id(finnish(17)))),
			list(d.card("128", "Kioski Ehtoo Oy", id(finnish(17))), d.card("128", "Kioski Aamu Oy", id(finnish(18))))),
	}
}

func (d desk) branches() []Case {
	chain := func(number, branch string, k int) Party {
		return d.card(number, "Ruokatori Viimatalo Oy, "+branch, id(finnish(k)))
	}
	both := list(chain("131", "Keskusta", 30), chain("132", "Satama", 30))
	return []Case{
		alike(Branches, both, both),
		asked(Branches, list(chain("133", "Asema", 31), chain("134", "Kauppahalli", 31)), list(chain("433", "konserni", 31))),
		{
			Kind: Branches, Together: 1, Asked: true,
			Rackbeat: list(chain("135", "Pohjoinen", 32)),
			Netvisor: list(chain("135", "Pohjoinen", 32), chain("435", "Eteläinen", 32)),
		},
		asked(Branches, nil, list(chain("436", "Itäinen", 33), chain("437", "Läntinen", 33))),
	}
}

func (d desk) ambiguous() []Case {
	const kind = AmbiguousName
	flowers, tyres, café := "Kukka ja Lahja", "Rengaspiste", "Kesäkahvila"
	return []Case{
		asked(kind, list(d.card("141", flowers), d.card("142", flowers)), list(d.card("441", flowers))),
		asked(kind, list(d.card("143", tyres)), list(d.card("443", tyres), d.card("444", tyres))),
		asked(kind, list(d.card("145", café), d.card("146", café)), list(d.card("445", café), d.card("446", café))),
	}
}

func (d desk) otherNumbers() []Case {
	first, second := finnish(42), finnish(43)
	return []Case{
		alike(OtherNumber, list(d.card("161", "Hotelli Merenpauhu Oy", vat(finnishVAT(40)))), list(d.card("461", "Hotelli Merenpauhu Oy", id(finnish(40))))),
		alike(OtherNumber, list(d.card("162", "Rakennusliike Honkavuori Oy", id(finnish(41)))), list(d.card("462", "Honkavuori Yhtiöt Oy", id(finnish(41))))),
		alike(OtherNumber, list(d.abroad("DK", "163", "Solnedgang Blomster ApS", vat("DK"+danish(40)))),
			list(d.abroad("DK", "463", "Solnedgang Blomster og Planter", id(danish(40))))),
		asked(HeldNumber, list(d.card("165", "Kahvila Kynttelikkö Oy", id(first))),
			list(d.card("465", "Kahvila Kynttelikkö Oy", id(first)), d.card("165", "Autokorjaamo Mutteri Oy", id(finnish(44))))),
		asked(HeldNumber, list(d.card("166", "Leipomo Kannelmus Oy", id(second)), d.card("466", "Kirjakauppa Lukutoukka Oy", id(finnish(45)))),
			list(d.card("466", "Leipomo Kannelmus Oy", id(second)))),
	}
}

func (d desk) nameAlone() []Case {
	return []Case{
		alike(NameAlone, list(d.card("171", "Metsästysseura Hukka")), list(d.card("471", "Metsästysseura Hukka"))),
		alike(NameAlone, list(d.card("172", "Rakennus Sarana Oy", vat(finnishVAT(50)))), list(d.card("472", "Rakennus Sarana Oy"))),
		alike(NameAlone, list(d.abroad("GB", "173", "Hushcombe Tea Club")), list(d.abroad("GB", "473", "Hushcombe Tea Club"))),
	}
}

func (d desk) people() []Case {
	const kind = PrivatePeople
	namesakes := list(d.card("176", "Aino Kuvitelma", private), d.card("177", "Aino Kuvitelma", private))
	return []Case{
		alike(kind, list(d.card("175", "Ukko Satuinen", private)), list(d.card("175", "Ukko Satuinen", private, id(PrivateCode)))),
		alike(kind, namesakes, namesakes),
		alike(kind, list(d.card("178", "Tyyne Taruinen", private)), list(d.card("478", "Tyyne Taruinen", private))),
		apart(kind, list(d.card("179", "Säde Olematon", private)), list(d.card("479", "Viljo Olematon", private))),
	}
}

func (d desk) oddCodes() []Case {
	const kind = OddCode
	return []Case{
		alike(kind, list(d.card("181", "Urheiluseura Kipinä ry", vat(finnishVAT(60)))), list(d.card("A-1001", "Kipinä ry", id(finnish(60))))),
		alike(kind, list(d.card("182", "Puutarha Ruusunoksa")), list(d.card("", "Puutarha Ruusunoksa"))),
		alike(kind, list(d.card("183", "Sähkötyö Pistoke Oy", id(finnish(61)))), list(d.card("0183", "Sähkötyö Pistoke", id(finnish(61))))),
		apart(kind, list(d.card("184", "Verhoomo Helma Ky")), list(d.card("0184", "Lasiliike Kirkas Oy", id(finnish(62))))),
		apart(kind, nil, list(d.card("VANHA-7", "Kehystämö Reunus"))),
		apart(kind, nil, list(d.card("ÄÖ 12", "Äänentoisto Öinen Oy", id(finnish(63))))),
		apart(kind, nil, list(d.card("", "Koodia vailla Oy", id(finnish(64))))),
	}
}

func (d desk) invalidIDs() []Case {
	const kind, wrong, zeros = InvalidID, "1234567-8", "0000000-0"
	digits := sharedDigits()
	return []Case{
		apart(kind, list(d.card("191", "Teltta ja Retki Oy", id(wrong))), list(d.card("491", "Soitinpaja Kantele Oy", id(wrong)))),
		apart(kind, list(d.card("192", "Kalastus Vieho", id(zeros))), list(d.card("492", "Pesula Vaahto", id(zeros)))),
		apart(kind, list(d.card("193", "Kennel Haukku", id("-"))), list(d.card("493", "Ratsutila Kavio", id("-")))),
		alike(kind, list(d.card("194", "Suutari Lesti Tmi", id(wrong))), list(d.card("194", "Suutari Lesti Tmi", id(wrong)))),
		apart(SameDigits, list(d.abroad("DK", "195", "Vintergæk Handel ApS", vat("DK"+digits))),
			list(d.card("495", "Räätäli Neula Oy", id(digits[:7]+"-"+digits[7:])))),
	}
}

func (d desk) places() []Case {
	one, two := d.card("202", "Mökkikylä Niemi", typed("")), d.card("203", "Telakka Vanavesi Oy", id(finnish(70)), typed(""))
	return []Case{
		alike(NoCountry, list(d.card("201", "Kotipalvelu Lämpö Oy", id(finnish(71)), typed(""))), list(d.card("201", "Kotipalvelu Lämpö Oy", id(finnish(71))))),
		alike(NoCountry, list(one), list(one)),
		apart(NoCountry, list(two), list(d.card("503", "Saha Pölkky Oy", id(finnish(72)), typed("")))),
		alike(UnknownCountry, list(d.abroad("DK", "205", "Fugleflugt Kiosk ApS", vat("DK"+danish(70)), typed("Danmark"))),
			list(d.abroad("DK", "205", "Fugleflugt Kiosk ApS", id(danish(70))))),
		apart(UnknownCountry, list(d.card("206", "Taksi Nopea Ky", typed("Suomi"))), nil),
		alike(UnknownCountry, list(d.card("207", "Lampola Villa Oy", id(finnish(73)), typed("finland"))), list(d.card("207", "Lampola Villa Oy", id(finnish(73))))),
	}
}

func (d desk) cards() []Case {
	long := "Osuuskunta " + strings.Repeat("Pitkäniminen ", 20)
	return []Case{
		alike(OutOfUse, list(d.card("211", "Videovuokraamo Kela", unused)), list(d.card("211", "Videovuokraamo Kela", unused))),
		alike(OutOfUse, list(d.card("212", "Valokuvaamo Raami", unused)), list(d.card("212", "Valokuvaamo Raami"))),
		alike(OutOfUse, list(d.card("213", "Levykauppa Ura")), list(d.card("213", "Levykauppa Ura", unused))),
		apart(OutOfUse, list(d.card("214", "Faksihuolto Oy", unused)), list(d.card("515", "Konekirjoitus Oy", unused))),
		alike(NoPaymentTerm, list(d.card("221", "Kuntosali Rauta Oy", id(finnish(80)))), list(d.card("221", "Kuntosali Rauta Oy", id(finnish(80)), term("")))),
		apart(NoPaymentTerm, nil, list(d.card("521", "Tanssikoulu Askel Oy", id(finnish(81)), term("")))),
		apart(LongName, list(d.card("225", padded(long, 251))), nil),
		apart(LongName, list(d.card("226", padded("Yhdistys "+long, 250))), nil),
	}
}

// padded brings a text to a length in characters. It does not end in a space.
func padded(text string, length int) string {
	letters := []rune(text + strings.Repeat("n", length))[:length]
	letters[length-1] = 'n'
	return string(letters)
}

func (d desk) oneSided() []Case {
	const kind = OneSidedLists
	return []Case{
		apart(kind, list(d.abroad("DK", "231", "Nisseland ApS", vat("DK"+danish(90)), group(RackbeatOnlyCustomerGroup))), nil),
		apart(kind, nil, list(d.card("531", "Perinneseura Ennen ry", id(finnish(90)), group(NetvisorOnlyCustomerGroup)))),
		apart(kind, list(d.abroad("DK", "232", "Messecenter Drivis A/S", vat("DK"+danish(91)), term(RackbeatOnlyPaymentTerm))), nil),
		apart(kind, nil, list(d.card("532", "Kaupunki Olematon", id(finnish(91)), term(NetvisorOnlyPaymentTerm)))),
		alike(kind, list(d.card("233", "Joulupuoti Havu Oy", id(finnish(92)), group(RackbeatOnlyCustomerGroup))),
			list(d.card("233", "Joulupuoti Havu Oy", id(finnish(92)), group(NetvisorOnlyCustomerGroup)))),
	}
}

// bothRegisters are firms that are in the register of customers and in that of
// suppliers.
func bothRegisters(d desk) []Case {
	tools := d.card("241", "Konehalli Jyske Oy", id(finnish(95)), vat(finnishVAT(95)))
	coffee := d.abroad("DK", "242", "Urskov Kaffe ApS", id(danish(95)), vat("DK"+danish(95)))
	return []Case{alike(BothRegisters, list(tools), list(tools)), alike(BothRegisters, list(coffee), list(coffee))}
}
