package main

import (
	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/reconcile"
)

// suppliers pairs the suppliers of Rackbeat with the vendors of Netvisor. They
// are matched like customers, which is inferred: the vendors describe only how
// customers are.
var suppliers = register{
	name: "suppliers", entity: "supplier", sampled: "5001",
	codes: [2]string{instep.Left: "number", instep.Right: netvisor.FieldVendorCode},
	open: func(s *systems) [2]instep.Source {
		return [2]instep.Source{s.rackbeat.Suppliers(), s.netvisor.Vendors()}
	},
	mapping: func(*settings) instep.Mapping { return supplierMapping() },
	matcher: func(set *settings) instep.Matcher {
		return company.Cascade(
			company.Fields{Number: "number", BusinessID: "business_id", Name: "name"},
			company.Fields{Number: netvisor.FieldVendorCode, BusinessID: netvisor.FieldOrganizationID, Name: netvisor.FieldName},
			set.cascade,
		)
	},
	// Netvisor's interface can neither delete a supplier nor set one out of use.
	deletes: func(p reconcile.DeletePolicy) [2]reconcile.DeletePolicy {
		return [2]reconcile.DeletePolicy{instep.Left: p, instep.Right: min(p, reconcile.UnlinkDeleted)}
	},
}

// supplierMapping says which fields of suppliers correspond. Rackbeat owns
// them all. Groups of suppliers do not go over, and neither do payment terms:
// Netvisor has a supplier's as a number of days, and Rackbeat as an entry of a
// list, which -new supplier.payment_term chooses for new ones.
func supplierMapping() instep.Mapping {
	number, id := []string{"whole_number"}, []string{"business_id"}
	return instep.Mapping{Rules: []instep.Rule{
		key(via(field("number", "number", netvisor.FieldVendorCode), number, []string{"trim"}), instep.Match{Rank: company.RankNumber, Weak: true}),
		key(plain("name", "name", netvisor.FieldName), instep.Match{Rank: company.RankName}),
		key(via(field("business id", "business_id", netvisor.FieldOrganizationID), id, id), instep.Match{Rank: company.RankBusinessID, Strong: true}),
		plain("street", "address_street", netvisor.FieldAddress),
		plain("postal code", "address_zipcode", netvisor.FieldPostCode),
		plain("city", "address_city", netvisor.FieldCity),
		country(netvisor.FieldCountry),
		plain("e-mail", "contact_email", netvisor.FieldEmail),
		plain("phone", "contact_phone", netvisor.FieldPhone),
		plain("currency", "currency", netvisor.FieldCurrency),
		zone(netvisor.FieldCountry),
	}}
}
