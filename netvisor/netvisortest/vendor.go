package netvisortest

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxAccounts is how many bank accounts of one kind a vendor may have; vendor
// documentation.
const maxAccounts = 8

// Vendor is one record of the vendor register: a supplier. Decimals are as in
// Product; empty means blank.
type Vendor struct {
	Key                int               `json:"netvisor_key"`    // NetvisorKey, from 1
	Code               string            `json:"code"`            // at most 50 characters (inferred), may be empty
	Name               string            `json:"name"`            // 1 to 250 characters
	BusinessID         string            `json:"organization_id"` // vendor.nv demands it, people need not give it
	Address            string            `json:"address,omitempty"`
	PostCode           string            `json:"post_code,omitempty"`
	City               string            `json:"city,omitempty"`
	Country            string            `json:"country,omitempty"`    // ISO 3166, two letters
	Group              string            `json:"group_name,omitempty"` // free text: vendor groups have no list
	DomesticAccounts   []DomesticAccount `json:"domestic_accounts,omitempty"`
	ForeignAccounts    []ForeignAccount  `json:"foreign_accounts,omitempty"`
	Phone              string            `json:"phone_number,omitempty"`
	Email              string            `json:"email,omitempty"`
	Fax                string            `json:"fax_number,omitempty"`
	ContactPersonName  string            `json:"contact_person_name,omitempty"`
	ContactPersonPhone string            `json:"contact_person_phone,omitempty"`
	ContactPersonEmail string            `json:"contact_person_email,omitempty"`
	HomePage           string            `json:"home_page,omitempty"`
	Comment            string            `json:"comment,omitempty"`
	VATPercent         string            `json:"default_vat_percent"`
	PartialVAT         bool              `json:"is_partial_vat_reduce_privileged,omitempty"`
	DiscountPercent    string            `json:"payment_term_discount_percent,omitempty"`   // written, never read back
	DiscountDays       string            `json:"payment_term_cash_discount_days,omitempty"` // written, never read back
	NetDays            string            `json:"payment_term_net_days,omitempty"`           // read back as PaymentTerm
	Currency           string            `json:"currency_code,omitempty"`                   // ISO 4217; written, never read back
	Dimensions         []Dimension       `json:"dimensions,omitempty"`
	Accounts           []Account         `json:"accounting_accounts,omitempty"`
	Acceptances        []Acceptance      `json:"acceptance_details,omitempty"`
	LastChanged        time.Time         `json:"last_changed"`
}

// DomesticAccount is a Finnish bank account of a vendor.
type DomesticAccount struct {
	Key      int    `json:"netvisor_key"` // from 1; the next free one if it is 0
	IBAN     string `json:"iban"`
	BankName string `json:"bank_name"`
	Default  bool   `json:"is_default,omitempty"`
}

// ForeignAccount is another bank account of a vendor.
type ForeignAccount struct {
	Key            int    `json:"netvisor_key"` // from 1; the next free one if it is 0
	BBAN           string `json:"bban"`
	BICSwift       string `json:"bic_swift"`
	BankName       string `json:"bank_name"`
	ClearingCode   string `json:"clearing_code,omitempty"`
	ClearingNumber string `json:"clearing_number,omitempty"`
	BankAddress    string `json:"bank_address,omitempty"`
	Country        string `json:"country,omitempty"`       // ISO 3166, two letters
	Currency       string `json:"currency_code,omitempty"` // ISO 4217
	Default        bool   `json:"is_default,omitempty"`
	IncludeAddress bool   `json:"include_address_in_foreign_payments,omitempty"`
}

// Account is an account of the bookkeeping that a vendor's invoices go to.
type Account struct {
	Number  string `json:"account_number"`
	Default bool   `json:"is_default,omitempty"`
}

// Acceptance is who accepts a vendor's invoices.
type Acceptance struct {
	Name    string `json:"acceptance_name"`
	Default bool   `json:"is_default,omitempty"`
	Forced  bool   `json:"is_forced,omitempty"`
}

func (v *Vendor) head() (key *int, code *string, changed *time.Time) {
	return &v.Key, &v.Code, &v.LastChanged
}

// gone reports false: a deleted vendor is not there at all.
func (v *Vendor) gone() bool { return false }

func (v *Vendor) clone() Vendor {
	n := *v
	n.DomesticAccounts = slices.Clone(v.DomesticAccounts)
	n.ForeignAccounts = slices.Clone(v.ForeignAccounts)
	n.Dimensions = slices.Clone(v.Dimensions)
	n.Accounts = slices.Clone(v.Accounts)
	n.Acceptances = slices.Clone(v.Acceptances)
	return n
}

func (v *Vendor) lastPart() int {
	last := 0
	for _, a := range v.DomesticAccounts {
		last = max(last, a.Key)
	}
	for _, a := range v.ForeignAccounts {
		last = max(last, a.Key)
	}
	return last
}

// tidyVendor does to v what the vendor of the software does to what it stores,
// and refuses what it could not store.
func (st *store) tidyVendor(v *Vendor) error {
	for _, s := range []*string{&v.Code, &v.Name, &v.BusinessID, &v.Group} {
		*s = strings.TrimSpace(*s)
	}
	orElse(&v.VATPercent, "0")
	for _, s := range []*string{&v.VATPercent, &v.DiscountPercent, &v.DiscountDays, &v.NetDays} {
		if err := plainDecimal(s); err != nil {
			return err
		}
	}
	v.DomesticAccounts, v.ForeignAccounts = orNil(v.DomesticAccounts), orNil(v.ForeignAccounts)
	v.Dimensions, v.Accounts, v.Acceptances = orNil(v.Dimensions), orNil(v.Accounts), orNil(v.Acceptances)
	switch {
	case v.Name == "":
		return errors.New("the name is missing")
	case utf8.RuneCountInString(v.Name) > maxCustomerName:
		return errors.New("the name is too long")
	case utf8.RuneCountInString(v.Code) > maxCode:
		return errors.New("the code is too long")
	case max(len(v.DomesticAccounts), len(v.ForeignAccounts)) > maxAccounts:
		return errFault{invalid(textAccounts, maxAccounts)}
	}
	for i := range v.DomesticAccounts {
		st.part(&v.DomesticAccounts[i].Key)
	}
	for i := range v.ForeignAccounts {
		st.part(&v.ForeignAccounts[i].Key)
	}
	oneDefault(v.DomesticAccounts, func(a *DomesticAccount) *bool { return &a.Default })
	oneDefault(v.ForeignAccounts, func(a *ForeignAccount) *bool { return &a.Default })
	return nil
}

// oneDefault leaves the last of several defaults; vendor documentation.
func oneDefault[T any](all []T, of func(*T) *bool) {
	found := false
	for i := len(all) - 1; i >= 0; i-- {
		d := of(&all[i])
		*d, found = *d && !found, *d || found
	}
}
