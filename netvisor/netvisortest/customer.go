package netvisortest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Lengths in characters; vendor documentation.
const (
	maxCustomerName = 250
	maxAddress      = 80
	maxPostNumber   = 50
	maxUnitNumber   = 17
	minUnitNumber   = 12
)

// automaticCode stands for a code that is to be the next free one. It cannot
// come from a message: XML has no such character.
const automaticCode = "\x00"

// Customer is one record of the customer register. Decimals are as in Product;
// empty means blank.
type Customer struct {
	Key                    int             `json:"netvisor_key"`                  // NetvisorKey, from 1
	Code                   string          `json:"internal_identifier"`           // at most 50 characters, may be empty
	BusinessID             string          `json:"external_identifier,omitempty"` // a personal id with Private
	OrganizationUnitNumber string          `json:"organization_unit_number,omitempty"`
	Name                   string          `json:"name"` // 1 to 250 characters
	NameExtension          string          `json:"name_extension,omitempty"`
	StreetAddress          string          `json:"street_address,omitempty"`
	AdditionalAddress      string          `json:"additional_address,omitempty"`
	City                   string          `json:"city,omitempty"`
	PostNumber             string          `json:"post_number,omitempty"`
	Country                string          `json:"country,omitempty"`        // ISO 3166, two letters
	Group                  string          `json:"customer_group,omitempty"` // its name; a missing group is created
	Phone                  string          `json:"phone_number,omitempty"`
	Fax                    string          `json:"fax_number,omitempty"`
	Email                  string          `json:"email,omitempty"`
	EmailInvoicing         string          `json:"email_invoicing_address,omitempty"`
	HomePage               string          `json:"home_page,omitempty"`
	Active                 bool            `json:"is_active"`
	Private                bool            `json:"is_private_customer,omitempty"`
	FinvoiceAddress        string          `json:"finvoice_address,omitempty"`
	FinvoiceRouterCode     string          `json:"finvoice_router_code,omitempty"`
	DeliveryName           string          `json:"delivery_name,omitempty"`
	DeliveryStreetAddress  string          `json:"delivery_street_address,omitempty"`
	DeliveryCity           string          `json:"delivery_city,omitempty"`
	DeliveryPostNumber     string          `json:"delivery_post_number,omitempty"`
	DeliveryCountry        string          `json:"delivery_country,omitempty"` // ISO 3166, two letters
	ContactName            string          `json:"contact_name,omitempty"`     // written, never read back
	ContactPerson          string          `json:"contact_person,omitempty"`
	ContactPersonEmail     string          `json:"contact_person_email,omitempty"`
	ContactPersonPhone     string          `json:"contact_person_phone,omitempty"`
	ContactPersons         []ContactPerson `json:"contact_persons,omitempty"`
	Offices                []Office        `json:"offices,omitempty"`
	Comment                string          `json:"comment,omitempty"`
	AgreementIdentifier    string          `json:"agreement_identifier,omitempty"`
	ReferenceNumber        string          `json:"reference_number,omitempty"`
	InvoicingLanguage      string          `json:"invoicing_language,omitempty"`   // two letters
	PrintChannelFormat     string          `json:"print_channel_format,omitempty"` // "1" or "2"; written, never read back
	DefaultReference       string          `json:"your_default_reference,omitempty"`
	TextBeforeLines        string          `json:"text_before_invoice_lines,omitempty"`
	TextAfterLines         string          `json:"text_after_invoice_lines,omitempty"`
	PaymentTerm            string          `json:"payment_term,omitempty"` // Description of one of the payment terms
	SecondName             string          `json:"second_name,omitempty"`  // written, never read back
	PaymentInterest        string          `json:"payment_interest,omitempty"`
	BalanceLimit           string          `json:"balance_limit,omitempty"`
	AutomationRule         string          `json:"automation_rule,omitempty"` // written, never read back
	FactoringAccount       string          `json:"factoring_account,omitempty"`
	TaxHandlingType        string          `json:"tax_handling_type,omitempty"` // countrygroup, forcedomestic, notaxhandling or domesticconstructionservice
	EUStandardFinvoice     bool            `json:"eu_standard_finvoice,omitempty"`
	SalesPerson            string          `json:"sales_person,omitempty"` // its key
	Dimensions             []Dimension     `json:"dimensions,omitempty"`
	InvoicingHistory       bool            `json:"invoicing_history,omitempty"` // has invoices, and cannot be deleted
	LastChanged            time.Time       `json:"last_changed"`
}

// ContactPerson is a person of a customer, as contactperson.nv writes one.
type ContactPerson struct {
	Key           int    `json:"netvisor_key"` // from 1; the next free one if it is 0
	FirstName     string `json:"first_name"`
	LastName      string `json:"last_name"`
	Default       bool   `json:"is_default,omitempty"` // at most one of a customer's
	Language      string `json:"language,omitempty"`   // FI, EN or SE
	Phone         string `json:"phone_number,omitempty"`
	Email         string `json:"email,omitempty"`
	Title         string `json:"title,omitempty"`
	Office        int    `json:"office,omitempty"` // key of one of the customer's offices, 0 for none
	Position      int    `json:"position,omitempty"`
	StreetAddress string `json:"street_address,omitempty"`
	PostNumber    string `json:"post_number,omitempty"`
	City          string `json:"city,omitempty"`
	Country       string `json:"country,omitempty"`
}

// Address is where an office is, or gets its mail.
type Address struct {
	StreetAddress string `json:"street_address,omitempty"`
	PostNumber    string `json:"post_number,omitempty"`
	City          string `json:"city,omitempty"`
	Country       string `json:"country,omitempty"` // ISO 3166, two letters
}

// Office is a place of business of a customer, as office.nv writes one.
type Office struct {
	Key                int     `json:"netvisor_key"` // from 1; the next free one if it is 0
	Name               string  `json:"name"`
	Phone              string  `json:"phone_number,omitempty"`
	Fax                string  `json:"fax_number,omitempty"`
	Identifier         string  `json:"identifier,omitempty"`
	EmailInvoicing     string  `json:"email_invoicing_address,omitempty"` // written, never read back
	Contact            Address `json:"contact_address,omitzero"`
	Visit              Address `json:"visit_address,omitzero"`
	FinvoiceAddress    string  `json:"finvoice_address,omitempty"`
	FinvoiceRouterCode string  `json:"finvoice_router_code,omitempty"`
}

// PaymentTerm is one line of paymenttermlist.nv. Terms are made by people in the
// vendor's own pages only.
type PaymentTerm struct {
	Key             int    `json:"netvisor_key"` // NetvisorKey, from 1; the next free one if it is 0
	Description     string `json:"description"`  // its name; not empty, given once
	NetDays         int    `json:"net_days"`
	DiscountDays    int    `json:"discount_days,omitempty"`
	DiscountPercent string `json:"discount_percent,omitempty"` // a decimal
	Default         bool   `json:"is_default,omitempty"`
}

func (c *Customer) head() (key *int, code *string, changed *time.Time) {
	return &c.Key, &c.Code, &c.LastChanged
}

// gone reports false: a deleted customer is not there at all.
func (c *Customer) gone() bool { return false }

func (c *Customer) clone() Customer {
	n := *c
	n.ContactPersons = slices.Clone(c.ContactPersons)
	n.Offices = slices.Clone(c.Offices)
	n.Dimensions = slices.Clone(c.Dimensions)
	return n
}

func (c *Customer) lastPart() int {
	last := 0
	for _, p := range c.ContactPersons {
		last = max(last, p.Key)
	}
	for _, o := range c.Offices {
		last = max(last, o.Key)
	}
	return last
}

func (st *store) needsOfCustomer(c *Customer) error { return st.ensure(&st.buyers, c.Group) }

// tidyCustomer does to c what the vendor does to what it stores, and refuses
// what it could not store.
func (st *store) tidyCustomer(c *Customer) error {
	for _, s := range []*string{&c.Code, &c.BusinessID, &c.Name, &c.NameExtension, &c.Group, &c.PaymentTerm} {
		*s = strings.TrimSpace(*s)
	}
	if err := errors.Join(plainDecimal(&c.BalanceLimit), plainDecimal(&c.PaymentInterest)); err != nil {
		return err
	}
	switch {
	case c.Name == "":
		return errors.New("the name is missing")
	case utf8.RuneCountInString(c.Name) > maxCustomerName:
		return errors.New("the name is too long")
	case utf8.RuneCountInString(c.Code) > maxCode:
		return errors.New("the code is too long")
	case c.PaymentTerm != "" && !slices.ContainsFunc(st.termList, func(t PaymentTerm) bool { return t.Description == c.PaymentTerm }):
		return fmt.Errorf("there is no payment term %q", c.PaymentTerm)
	}
	if err := st.tidyParts(c); err != nil {
		return err
	}
	if c.Code == automaticCode {
		c.Code = st.customers.nextCode()
	}
	return nil
}

// tidyParts keys the persons and offices of c. Empty lists become nil, as a
// file gives them back.
func (st *store) tidyParts(c *Customer) error {
	c.ContactPersons, c.Offices, c.Dimensions = orNil(c.ContactPersons), orNil(c.Offices), orNil(c.Dimensions)
	for i := range c.Offices {
		if c.Offices[i].Name == "" {
			return errors.New("the name of an office is missing")
		}
		st.part(&c.Offices[i].Key)
	}
	for i := range c.ContactPersons {
		p := &c.ContactPersons[i]
		if p.Office != 0 && c.office(p.Office) == nil {
			return fmt.Errorf("there is no office %d", p.Office)
		}
		st.part(&p.Key)
	}
	return nil
}

func (c *Customer) office(key int) *Office {
	if i := slices.IndexFunc(c.Offices, func(o Office) bool { return o.Key == key }); i >= 0 {
		return &c.Offices[i]
	}
	return nil
}

func (c *Customer) person(key int) *ContactPerson {
	if i := slices.IndexFunc(c.ContactPersons, func(p ContactPerson) bool { return p.Key == key }); i >= 0 {
		return &c.ContactPersons[i]
	}
	return nil
}

// plainDecimal brings *s into the plain form; blank stays blank.
func plainDecimal(s *string) error {
	if *s == "" {
		return nil
	}
	v, ok := parseDecimal(*s)
	if !ok {
		return fmt.Errorf("%q is not a decimal number", *s)
	}
	*s = v
	return nil
}

func orNil[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}
