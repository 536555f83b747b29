package netvisor

import "time"

// readVendor reads one Vendor element of getvendor.nv. An element that holds
// nothing gives the zero Vendor.
func readVendor(n *node, zone *time.Location) (Vendor, error) {
	v := &values{zone: zone}
	base := n.kid("vendorbaseinformation")
	key := v.key(n, "netvisorkey")
	if key == 0 {
		key = v.key(base, "netvisorkey")
	}
	accounts := base.kid("vendorbankaccounts")
	s := Vendor{
		Key:              key,
		Code:             v.text(base, "code"),
		Name:             v.text(base, "name"),
		Address:          v.text(base, "address"),
		PostCode:         v.text(base, "postcode"),
		City:             v.text(base, "city"),
		Country:          country(base.kid("country")),
		OrganizationID:   v.text(base, "organizationid"),
		Group:            v.text(base, "groupname"),
		DomesticAccounts: v.domesticAccounts(accounts.kid("vendordomesticbankaccounts")),
		ForeignAccounts:  v.foreignAccounts(accounts.kid("vendorforeignbankaccounts")),
		Contact:          v.vendorContact(n.kid("vendorcontactdetails")),
		Additional:       v.vendorAdditional(n.kid("vendoradditionalinformation")),
	}
	return s, about("supplier", key, v.err)
}

// is reads a flag that counts as false where the reply has nothing.
func (v *values) is(n *node, name string) bool {
	on, _ := v.truth(n, name).Get()
	return on
}

func (v *values) domesticAccounts(n *node) []DomesticAccount {
	if n == nil {
		return nil
	}
	var out []DomesticAccount
	for _, k := range n.kids {
		out = append(out, DomesticAccount{
			Key: v.key(k, "netvisorkey"), IBAN: v.text(k, "iban"), BankName: v.text(k, "bankname"), IsDefault: v.is(k, "isdefault"),
		})
	}
	return out
}

func (v *values) foreignAccounts(n *node) []ForeignAccount {
	if n == nil {
		return nil
	}
	var out []ForeignAccount
	for _, k := range n.kids {
		out = append(out, ForeignAccount{
			Key: v.key(k, "netvisorkey"), BBAN: v.text(k, "bban"), BICSwift: v.text(k, "bicswift"),
			BankName: v.text(k, "bankname"), ClearingCode: v.text(k, "clearingcode"),
			ClearingNumber: v.text(k, "clearingnumber"), BankAddress: v.text(k, "bankaddress"),
			Country: country(k.kid("country")), Currency: v.text(k, "currencycode"), IsDefault: v.is(k, "isdefault"),
			IncludeAddress: v.is(k, includeAddress) || v.is(k, "includeaddressinforeignpayments"),
		})
	}
	return out
}

// includeAddress is how the vendor spells it.
const includeAddress = "includeaddresssinforeignpayments"

func (v *values) vendorContact(n *node) *VendorContact {
	if n == nil {
		return nil
	}
	return &VendorContact{
		Phone:       v.text(n, "phonenumber"),
		Email:       v.text(n, "email"),
		Fax:         v.text(n, "faxnumber"),
		PersonName:  v.text(n, "contactpersonname"),
		PersonPhone: v.text(n, "contactpersonphonenumber"),
		PersonEmail: v.text(n, "contactpersonemail"),
		HomePage:    v.text(n, "homepage"),
		Comment:     v.text(n, "comment"),
	}
}

func (v *values) vendorAdditional(n *node) *VendorAdditional {
	if n == nil {
		return nil
	}
	a := &VendorAdditional{
		DefaultVATPercent:   v.decimal(n, "defaultvatpercent"),
		IsPartialVATReduced: v.truth(n, "ispartialvatreducedprivileged"),
		PaymentTerm:         v.text(n, "paymentterm"),
		NetDays:             v.decimal(n, "paymenttermnetdays"),
		DiscountDays:        v.decimal(n, "paymenttermcashdiscountdays"),
		DiscountPercent:     v.decimal(n, "paymenttermdiscountpercent"),
		Currency:            v.text(n, "currencycode"),
		Dimensions:          v.dimensions(n.kid("vendordimensions")),
	}
	if a.IsPartialVATReduced.IsKept() { // the spelling of what is written
		a.IsPartialVATReduced = v.truth(n, "ispartialvatreduceprivileged")
	}
	if list := n.kid("vendoraccountingaccounts"); list != nil {
		for _, k := range list.kids {
			a.AccountingAccounts = append(a.AccountingAccounts, VendorAccount{
				Number: v.text(k, "accountnumber"), Name: v.text(k, "accountname"), IsDefault: v.is(k, "isdefault"),
			})
		}
	}
	if list := n.kid("vendoracceptancedetails"); list != nil {
		for _, k := range list.kids {
			a.Acceptance = append(a.Acceptance, VendorAcceptance{
				Name: v.text(k, "acceptancename"), IsDefault: v.is(k, "isdefault"), IsForced: v.is(k, "isforced"),
			})
		}
	}
	return a
}
