package netvisortest

import (
	"fmt"
	"strings"
)

// Error codes, as the vendor documents them.
const (
	codeAuthentication = "AUTHENTICATION_FAILED"
	codeInvalid        = "INVALID_DATA"
	codeSize           = "INVALID_DATA_SIZE"
	codeDuplicate      = "DUPLICATE_DATA"
	codeNotUnique      = "REQUEST_NOT_UNIQUE"
	codeAccess         = "SERVICE_ACCESS_ERROR"
	codeTechnical      = "TECHNICAL_ERROR"
)

// language is an index into a text.
type language int

const (
	finnish language = iota
	swedish
	english
)

// languageOf reads X-Netvisor-Interface-Language; what is unknown is Finnish.
func languageOf(header string) language {
	switch strings.ToUpper(strings.TrimSpace(header)) {
	case "SE":
		return swedish
	case "EN":
		return english
	}
	return finnish
}

// text is a sentence in the three languages, with the verbs of fmt.
type text [3]string

// fault is a failed request as the vendor tells it.
type fault struct {
	code string
	text text
	args []any
}

func (f *fault) in(l language) string { return fmt.Sprintf(f.text[l], f.args...) }

func invalid(t text, args ...any) *fault { return &fault{codeInvalid, t, args} }

func denied(t text) *fault { return &fault{codeAuthentication, t, nil} }

var (
	textNoHeader = text{
		"Tunnistautumisen otsaketieto puuttuu",
		"Ett huvud för autentiseringen saknas",
		"An authentication header is missing",
	}
	textTimestamp = text{
		"Aikaleima on virheellinen",
		"Tidsstämpeln är felaktig",
		"The timestamp is not valid",
	}
	textStale = text{
		"Aikaleima on liian kaukana palvelimen ajasta",
		"Tidsstämpeln är för långt från serverns tid",
		"The timestamp is too far from the time of the server",
	}
	textAlgorithm = text{
		"Tarkisteen laskentatapa ei ole käytössä",
		"Beräkningssättet för kontrollsumman är inte i bruk",
		"The algorithm of the check value is not in use",
	}
	textPartner = text{
		"Integraatiokumppanin tunnusta ei tunneta",
		"Integrationspartnerns id är okänt",
		"The integration partner is not known",
	}
	textCustomer = text{
		"Asiakkaan tunnusta ei tunneta",
		"Kundens id är okänt",
		"The customer id is not known",
	}
	textOrganisation = text{
		"Y-tunnuksella ei löydy yritystä tälle tunnukselle",
		"Inget företag med FO-numret finns för detta id",
		"The customer id has no company with this business id",
	}
	textMAC = text{
		"Tarkiste ei täsmää",
		"Kontrollsumman stämmer inte",
		"The check value does not match",
	}
	textNotUnique = text{
		"Tapahtumatunniste on jo käytetty",
		"Transaktionens id har redan använts",
		"The transaction id has been used before",
	}
	textOverlap = text{
		"Yrityksellä on toinen pyyntö kesken",
		"Företaget har en annan begäran på gång",
		"Another request of the company is under way",
	}
	textDenied = text{
		"Rajapintaresurssia %s ei ole sallittu yritykselle",
		"Gränssnittsresursen %s är inte tillåten för företaget",
		"The resource %s is not allowed for the company",
	}
	textMethod = text{
		"Resurssi %s vaatii HTTP-metodin %s",
		"Resursen %s kräver HTTP-metoden %s",
		"The resource %s wants the HTTP method %s",
	}
	textStorage = text{
		"Tietoa ei voitu tallentaa",
		"Uppgiften kunde inte sparas",
		"The data could not be stored",
	}
	textParameter = text{
		"Parametrin %s arvo on virheellinen: %s",
		"Parametern %s har ett felaktigt värde: %s",
		"The parameter %s has a value that is not valid: %s",
	}
	textNoParameter = text{
		"Parametri %s puuttuu",
		"Parametern %s saknas",
		"The parameter %s is missing",
	}
	textListSize = text{
		"Parametrissa %s voi olla enintään %d arvoa",
		"Parametern %s kan ha högst %d värden",
		"The parameter %s can have at most %d values",
	}
	textBodySize = text{
		"Sanoma on liian suuri",
		"Meddelandet är för stort",
		"The message is too large",
	}
	textCharset = text{
		"Merkistö ei ole käytössä: %s",
		"Teckenuppsättningen är inte i bruk: %s",
		"The character set is not supported: %s",
	}
	textXML = text{
		"Sanoma ei ole kelvollista XML:ää",
		"Meddelandet är inte giltig XML",
		"The message is not valid XML",
	}
	textUnknownElement = text{
		"Tuntematon elementti: %s",
		"Okänt element: %s",
		"Unknown element: %s",
	}
	textOrder = text{
		"Elementti on väärässä paikassa: %s",
		"Elementet är på fel plats: %s",
		"The element is in the wrong place: %s",
	}
	textRepeated = text{
		"Elementti esiintyy useammin kuin kerran: %s",
		"Elementet förekommer mer än en gång: %s",
		"The element occurs more than once: %s",
	}
	textMissing = text{
		"Pakollinen elementti puuttuu: %s",
		"Ett obligatoriskt element saknas: %s",
		"A mandatory element is missing: %s",
	}
	textEmpty = text{
		"Pakollinen elementti on tyhjä: %s",
		"Ett obligatoriskt element är tomt: %s",
		"A mandatory element is empty: %s",
	}
	textTooLong = text{
		"Elementissä %s voi olla enintään %d merkkiä",
		"Elementet %s kan ha högst %d tecken",
		"The element %s can have at most %d characters",
	}
	textValue = text{
		"Elementin %s arvo on virheellinen",
		"Elementet %s har ett felaktigt värde",
		"The element %s has a value that is not valid",
	}
	textAttribute = text{
		"Elementin %s attribuutti %s puuttuu tai on virheellinen",
		"Elementet %s har attributet %s felaktigt eller inte alls",
		"The element %s has its attribute %s missing or not valid",
	}
	textNoProduct = text{
		"Tuotetta ei löydy tunnisteella: %s",
		"Produkten hittas inte med id: %s",
		"Product not found with id: %s",
	}
	textNoCustomer = text{
		"Tietojen muoto on virheellinen:. Asiakasta ei löydy Netvisor-tunnisteella: %s",
		"Uppgifternas form är felaktig:. Kunden hittas inte med Netvisors id: %s",
		"Data form incorrect:. Customer not found with Netvisor identifier: %s",
	}
	textNoVendor = text{
		"Toimittajaa ei löydy, netvisorkey %s",
		"Leverantören hittas inte, netvisorkey %s",
		"Vendor not found, netvisorkey %s",
	}
	textNoPerson = text{
		"Yhteyshenkilöä ei löydy tunnisteella: %s",
		"Kontaktpersonen hittas inte med id: %s",
		"Contact person not found with id: %s",
	}
	textNoOffice = text{
		"Toimipaikkaa ei löydy tunnisteella: %s",
		"Verksamhetsstället hittas inte med id: %s",
		"Office not found with id: %s",
	}
	textNoAccount = text{
		"Pankkitiliä ei löydy tunnisteella: %s",
		"Bankkontot hittas inte med id: %s",
		"Bank account not found with id: %s",
	}
	textAccounts = text{
		"Toimittajalla voi olla enintään %d samanlaista pankkitiliä",
		"En leverantör kan ha högst %d bankkonton av samma slag",
		"A vendor can have at most %d bank accounts of one kind",
	}
	textNoTerm = text{
		"Maksuehtoa ei löydy: %s",
		"Betalningsvillkoret hittas inte: %s",
		"Payment term not found: %s",
	}
	textInvoiced = text{
		"Asiakasta ei voi poistaa: sillä on laskuja",
		"Kunden kan inte raderas: den har fakturor",
		"The customer cannot be deleted: it has invoices",
	}
	textDuplicateCustomer = text{
		"Asiakaskoodi on jo käytössä: %s",
		"Kundkoden används redan: %s",
		"The customer code is in use: %s",
	}
	textDuplicateVendor = text{
		"Toimittajakoodi on jo käytössä: %s",
		"Leverantörskoden används redan: %s",
		"The vendor code is in use: %s",
	}
	textDuplicate = text{
		"Tuotekoodi on jo käytössä: %s",
		"Produktkoden används redan: %s",
		"The product code is in use: %s",
	}
	textExtended = text{
		"Tuotteen muokkaus ei ole mahdollista laajassa tuotehallinnassa",
		"En produkt kan inte redigeras i den utvidgade produkthanteringen",
		"A product cannot be edited with extended product management",
	}
)
