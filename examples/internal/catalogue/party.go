package catalogue

// Customer is one customer as one system has it.
type Customer = Party

// Supplier is one supplier as one system has it. Suppliers are never private
// and get no deliveries from us.
type Supplier = Party

// Party is one customer or supplier as one system has it. An empty text means
// that the field is blank. Parties are comparable with ==.
type Party struct {
	Number      string // of digits; in Netvisor any text, also ""
	Name        string
	BusinessID  string // the national form, as somebody typed it: "1967543-8", "12345674"
	VATNumber   string // with the letters of its country, as somebody typed it
	Street      string
	Street2     string
	PostalCode  string
	City        string
	Country     string // ISO 3166, or what else somebody typed
	Email       string
	Phone       string
	Group       string // of customers or of suppliers
	PaymentTerm string // one of PaymentTerms, or one that only one system has
	Currency    string // ISO 4217
	Contact     string // a person, given name first
	Delivery    Address
	Private     bool // a person, not a firm: BusinessID would be a personal identity code
	Inactive    bool // no longer in use: Rackbeat says barred
}

// Address is where the goods go, if not to the address of the party.
type Address struct {
	Street     string
	PostalCode string
	City       string
}

// Term is a payment term.
type Term struct {
	Name string
	Days int
}

// Entries of lists that only one of the two systems has.
const (
	RackbeatOnlyCustomerGroup = "Julemarked & messe"
	NetvisorOnlyCustomerGroup = "Vanhat asiakkaat"
	RackbeatOnlySupplierGroup = "Fragt & told"
	NetvisorOnlySupplierGroup = "Satunnaiset toimittajat"
	RackbeatOnlyPaymentTerm   = "Løbende måned + 30 dage"
	NetvisorOnlyPaymentTerm   = "60 pv netto"
)

// CustomerGroups returns the names of the customer groups on both sides that
// mean the same, in order.
func CustomerGroups() []string {
	return []string{"Jälleenmyyjät", "Ravintolat ja kahvilat", "Julkinen sektori", "Erhvervskunder", privateGroup}
}

const privateGroup = "Yksityisasiakkaat"

// SupplierGroups returns the names of the supplier groups on both sides that
// mean the same, in order.
func SupplierGroups() []string {
	return []string{"Tavarantoimittajat", "Leverandører", "Kuljetus ja palvelut"}
}

// PaymentTerms returns the payment terms that both sides have, in order.
func PaymentTerms() []Term {
	return []Term{{"14 pv netto", 14}, {"30 pv netto", 30}, {"7 pv netto", 7}, {"Netto 8 dage", 8}, {"Heti", 0}}
}

// Layouts returns the names of the layouts of documents in Rackbeat. Netvisor
// has none.
func Layouts() []string { return []string{"Suomi", "Dansk", "English"} }

// daysOf returns the days of a payment term; false if there is no such term.
func daysOf(term string) (days int, ok bool) {
	for _, t := range append(PaymentTerms(), rackbeatTerm, netvisorTerm) {
		if t.Name == term {
			return t.Days, true
		}
	}
	return 0, false
}

var (
	rackbeatTerm = Term{RackbeatOnlyPaymentTerm, 30}
	netvisorTerm = Term{NetvisorOnlyPaymentTerm, 60}
)
