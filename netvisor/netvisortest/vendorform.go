package netvisortest

import (
	"slices"
	"strconv"
	"strings"
)

// vendorRoot is what vendor.nv takes, in the order of the vendor's
// documentation.
var vendorRoot = element[Vendor]{name: "root", kids: []element[Vendor]{{name: "vendor", kids: []element[Vendor]{
	{name: "vendorbaseinformation", wanted: true, kids: []element[Vendor]{
		line("code", func(v *Vendor) *string { return &v.Code }, maxCode),
		must(line("name", func(v *Vendor) *string { return &v.Name }, maxCustomerName)),
		line("address", func(v *Vendor) *string { return &v.Address }, 0),
		line("postcode", func(v *Vendor) *string { return &v.PostCode }, 0),
		line("city", func(v *Vendor) *string { return &v.City }, 0),
		country("country", func(v *Vendor) *string { return &v.Country }),
		must(line("organizationid", func(v *Vendor) *string { return &v.BusinessID }, 0)),
		line("groupname", func(v *Vendor) *string { return &v.Group }, 0),
		{name: "vendorbankaccounts", kids: []element[Vendor]{domesticAccounts, foreignAccounts}},
	}},
	{name: "vendorcontactdetails", kids: []element[Vendor]{
		line("phonenumber", func(v *Vendor) *string { return &v.Phone }, 0),
		line("email", func(v *Vendor) *string { return &v.Email }, 0),
		line("faxnumber", func(v *Vendor) *string { return &v.Fax }, 0),
		line("contactpersonname", func(v *Vendor) *string { return &v.ContactPersonName }, 0),
		line("contactpersonphonenumber", func(v *Vendor) *string { return &v.ContactPersonPhone }, 0),
		line("contactpersonemail", func(v *Vendor) *string { return &v.ContactPersonEmail }, 0),
		line("homepage", func(v *Vendor) *string { return &v.HomePage }, 0),
		free("comment", func(v *Vendor) *string { return &v.Comment }),
	}},
	{name: "vendoradditionalinformation", kids: []element[Vendor]{
		number("defaultvatpercent", func(v *Vendor) *string { return &v.VATPercent }),
		trueFalse("ispartialvatreduceprivileged", func(v *Vendor) *bool { return &v.PartialVAT }),
		number("paymenttermdiscountpercent", func(v *Vendor) *string { return &v.DiscountPercent }),
		checked("paymenttermcashdiscountdays", func(v *Vendor) *string { return &v.DiscountDays }, days),
		checked("paymenttermnetdays", func(v *Vendor) *string { return &v.NetDays }, days),
		currency("currencycode", func(v *Vendor) *string { return &v.Currency }),
		{name: "vendordimensions", kids: []element[Vendor]{dimensions(func(v *Vendor) *[]Dimension { return &v.Dimensions })}},
		{name: "vendoraccountingaccounts", kids: []element[Vendor]{
			{name: "vendoraccountingaccount", many: true, set: setAccount, kids: leaves[Vendor]("accountnumber!", "isdefault")},
		}},
		{name: "vendoracceptancedetails", kids: []element[Vendor]{
			{name: "vendoracceptancedetail", many: true, set: setAcceptance, kids: leaves[Vendor]("acceptancename!", "isdefault", "isforced")},
		}},
	}},
}}}}

var domesticAccounts = element[Vendor]{name: "vendordomesticbankaccounts", kids: []element[Vendor]{{
	name: "vendordomesticbankaccount", many: true, set: setDomestic,
	kids: leaves[Vendor]("netvisorkey", "iban!", "bankname!", "isdefault"),
}}}

var foreignAccounts = element[Vendor]{name: "vendorforeignbankaccounts", kids: []element[Vendor]{{
	name: "vendorforeignbankaccount", many: true, set: setForeign,
	kids: leaves[Vendor]("netvisorkey", "bban!", "bicswift", "bankname!", "clearingcode", "clearingnumber", "bankaddress",
		"country", "currencycode", "isdefault", "includeaddresssinforeignpayments"), // the vendor's own spelling
}}}

// days is a number of days.
func days(s string) (string, bool) { return s, isDigits(s) && len(s) <= 9 }

// leaves are elements whose text the element around them reads; an exclamation
// mark is for those that must not be empty.
func leaves[T any](names ...string) []element[T] {
	out := make([]element[T], len(names))
	for i, name := range names {
		plain, required := strings.CutSuffix(name, "!")
		out[i] = element[T]{name: plain, required: required}
	}
	return out
}

// texts sets fields from kids of n by name; what n does not name stays.
func (n *node) texts(fields map[string]*string) {
	for _, kid := range n.kids {
		if p := fields[kid.name]; p != nil {
			*p = strings.TrimSpace(kid.text)
		}
	}
}

// truths is texts for booleans.
func (n *node) truths(fields map[string]*bool) *fault {
	for _, kid := range n.kids {
		if p := fields[kid.name]; p != nil {
			v, ok := truth(kid.text)
			if !ok {
				return invalid(textValue, kid.name)
			}
			*p = v
		}
	}
	return nil
}

// coded sets a field from the kid of n that has a code of some letters.
func (n *node) coded(name string, field *string, list string, letters int) *fault {
	kid := n.kid(name)
	if kid == nil {
		return nil
	}
	return standard(name, func(s *string) *string { return s }, list, letters).set(field, kid)
}

// account finds the bank account that n names by its key, or makes one.
func account[T any](all *[]T, n *node, key func(*T) int, needed string) (*T, *fault) {
	v, _ := n.kidText("netvisorkey", "")
	if v == "" {
		if n.kid(needed) == nil {
			return nil, invalid(textMissing, needed)
		}
		*all = append(*all, *new(T))
		return &(*all)[len(*all)-1], nil
	}
	for i := range *all {
		if strconv.Itoa(key(&(*all)[i])) == v {
			return &(*all)[i], nil
		}
	}
	return nil, invalid(textNoAccount, v)
}

// setDomestic adds a bank account, or edits the one with the key given.
func setDomestic(v *Vendor, n *node) *fault {
	a, f := account(&v.DomesticAccounts, n, func(a *DomesticAccount) int { return a.Key }, "iban")
	if f != nil {
		return f
	}
	n.texts(map[string]*string{"iban": &a.IBAN, "bankname": &a.BankName})
	if f := n.truths(map[string]*bool{"isdefault": &a.Default}); f != nil {
		return f
	}
	lastDefault(v.DomesticAccounts, a, func(a *DomesticAccount) *bool { return &a.Default })
	return nil
}

// setForeign is setDomestic for the accounts abroad.
func setForeign(v *Vendor, n *node) *fault {
	a, f := account(&v.ForeignAccounts, n, func(a *ForeignAccount) int { return a.Key }, "bban")
	if f != nil {
		return f
	}
	n.texts(map[string]*string{
		"bban": &a.BBAN, "bicswift": &a.BICSwift, "bankname": &a.BankName,
		"clearingcode": &a.ClearingCode, "clearingnumber": &a.ClearingNumber, "bankaddress": &a.BankAddress,
	})
	if f := n.coded("country", &a.Country, "ISO-3166", 2); f != nil {
		return f
	}
	if f := n.coded("currencycode", &a.Currency, "ISO-4217", 3); f != nil {
		return f
	}
	if f := n.truths(map[string]*bool{"isdefault": &a.Default, "includeaddresssinforeignpayments": &a.IncludeAddress}); f != nil {
		return f
	}
	lastDefault(v.ForeignAccounts, a, func(a *ForeignAccount) *bool { return &a.Default })
	return nil
}

// lastDefault lets the one just set as the default be it alone.
func lastDefault[T any](all []T, set *T, of func(*T) *bool) {
	for i := range all {
		if *of(set) && &all[i] != set {
			*of(&all[i]) = false
		}
	}
}

// setAccount sets one account of the bookkeeping by its number.
func setAccount(v *Vendor, n *node) *fault {
	name, _ := n.kidText("accountnumber", "")
	if !isDigits(name) {
		return invalid(textValue, "accountnumber")
	}
	i := slices.IndexFunc(v.Accounts, func(a Account) bool { return a.Number == name })
	if i < 0 {
		i = len(v.Accounts)
		v.Accounts = append(v.Accounts, Account{Number: name})
	}
	return n.truths(map[string]*bool{"isdefault": &v.Accounts[i].Default})
}

// setAcceptance sets one acceptance by its name.
func setAcceptance(v *Vendor, n *node) *fault {
	name, _ := n.kidText("acceptancename", "")
	if name == "" {
		return invalid(textMissing, "acceptancename")
	}
	i := slices.IndexFunc(v.Acceptances, func(a Acceptance) bool { return a.Name == name })
	if i < 0 {
		i = len(v.Acceptances)
		v.Acceptances = append(v.Acceptances, Acceptance{Name: name})
	}
	return n.truths(map[string]*bool{"isdefault": &v.Acceptances[i].Default, "isforced": &v.Acceptances[i].Forced})
}

// vendor answers vendor.nv: method=add, or method=edit with netvisorkey.
func (s *Server) vendor(c *call, q params) *fault {
	edit, f := q.edits()
	if f != nil {
		return f
	}
	w := writer[Vendor, *Vendor]{&s.store.vendors, &vendorRoot, "netvisorkey", textNoVendor, textDuplicateVendor}
	return w.serve(s, c, q, edit, Vendor{})
}
