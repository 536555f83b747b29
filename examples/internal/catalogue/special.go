package catalogue

import "strings"

// Groups that only one of the two systems has.
const (
	RackbeatOnlyGroup = "Sæsonvarer jul & påske"
	NetvisorOnlyGroup = "Poistuvat tuotteet"
)

// DuplicateCode is a code that two products of Netvisor have.
const DuplicateCode = "KAKSI-1"

// LongCode is a code that Rackbeat holds and Netvisor, with its 50
// characters, does not.
var LongCode = "SARJA-" + strings.Repeat("2026-", 9) + "ERIKOIS"

type special struct {
	Product
	place place
}

// specials are the products that a connector gets wrong first.
func specials() []special {
	return []special{
		{Product{Code: "AB-100", Name: "Ruuvi M8 × 40", Group: "Työkalut", Unit: "kpl", Price: "0.0375", Cost: "0.021", EAN: ean13("299000000001")}, onBoth},
		{Product{Code: "ab-100", Name: "Ruuvi M8 × 45", Group: "Työkalut", Unit: "kpl", Price: "0.0395", Cost: "0.022", EAN: ean13("299000000002")}, onBoth},
		{Product{Code: "004711", Name: "Kölninvesi 100 ml", Group: "Elintarvikkeet", Unit: "kpl", Price: "18.90", Cost: "9.5"}, onBoth},
		{Product{Code: "4711", Name: "Kölninvesi 400 ml", Group: "Elintarvikkeet", Unit: "kpl", Price: "49.90", Cost: "24.75"}, onlyRackbeat},
		{Product{Code: "Ø-12/A", Name: "Bøsning Ø12 <rustfri> & \"sort\"", Description: "5 > 3 & 2 < 3; pris: 12 €", Group: "Værktøj", Unit: "stk", Price: "119.95"}, onlyRackbeat},
		{Product{Code: "ÅÄÖ #7 %", Name: "Öljylamppu 'Åland'", Description: "Rivi 1\nRivi 2", Group: "Maalit ja lakat", Unit: "prk", Price: "64.00", Cost: "31.3333"}, onBoth},
		{Product{Code: "LOPPU-1", Name: "Kesätuote 2024", Group: "Tekstiilit", Unit: "kpl", Price: "9.90", Inactive: true}, onBoth},
		{Product{Code: "JUL-24", Name: "Julekalender med kaffe", Group: RackbeatOnlyGroup, Unit: "stk", Price: "199.00", Cost: "88"}, onlyRackbeat},
		{Product{Code: "PÅSKE-25", Name: "Påskeæg, fyldt", Group: RackbeatOnlyGroup, Unit: "stk", Price: "79.50"}, onlyRackbeat},
		{Product{Code: LongCode, Name: "Erikoissarja, pitkä koodi", Group: "Työkalut", Unit: "kpl", Price: "512.00"}, onlyRackbeat},
		{Product{Code: "", Name: "Lahjakortti ilman koodia", Group: "Toimistotarvikkeet", Unit: "kpl", Price: "25.00"}, onlyNetvisor},
		{Product{Code: "P-9", Name: "Faksipaperi", Group: NetvisorOnlyGroup, Unit: "kpl", Price: "3.20"}, onlyNetvisor},
		{Product{Code: DuplicateCode, Name: "Kynttilä, valkoinen", Group: "Elintarvikkeet", Unit: "pkt", Price: "4.50"}, onBoth},
		{Product{Code: DuplicateCode, Name: "Kynttilä, punainen", Group: "Elintarvikkeet", Unit: "pkt", Price: "4.50"}, onlyNetvisor},
	}
}
