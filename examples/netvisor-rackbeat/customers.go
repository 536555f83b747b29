package main

import (
	"errors"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/reconcile"
)

// customers pairs the customers of Rackbeat with those of Netvisor.
var customers = register{
	name: "customers", entity: "customer", sampled: "1001",
	codes: [2]string{instep.Left: "number", instep.Right: netvisor.FieldInternalIdentifier},
	open: func(s *systems) [2]instep.Source {
		return [2]instep.Source{s.rackbeat.Customers(), s.netvisor.Customers()}
	},
	mapping: func(*settings) instep.Mapping { return customerMapping() },
	matcher: func(set *settings) instep.Matcher {
		return company.Cascade(
			company.Fields{Number: "number", BusinessID: "business_id", Name: "name"},
			company.Fields{
				Number: netvisor.FieldInternalIdentifier, BusinessID: netvisor.FieldExternalIdentifier, Name: netvisor.FieldName,
				Private: netvisor.FieldIsPrivateCustomer,
			},
			set.cascade,
		)
	},
	deletes: func(p reconcile.DeletePolicy) [2]reconcile.DeletePolicy {
		return [2]reconcile.DeletePolicy{instep.Left: p, instep.Right: p}
	},
}

// customerMapping says which fields of customers correspond. Rackbeat owns
// them all. Of a private person, Netvisor shows no id.
func customerMapping() instep.Mapping {
	number, id := []string{"whole_number"}, []string{"business_id"}
	return instep.Mapping{Rules: []instep.Rule{
		key(via(field("number", "number", netvisor.FieldInternalIdentifier), number, []string{"trim"}), instep.Match{Rank: company.RankNumber, Weak: true}),
		key(plain("name", "name", netvisor.FieldName), instep.Match{Rank: company.RankName}),
		key(via(field("business id", "business_id", netvisor.FieldExternalIdentifier), id, id), instep.Match{Rank: company.RankBusinessID, Strong: true}),
		plain("street", "address_street", netvisor.FieldStreetAddress),
		plain("address line 2", "address_street2", netvisor.FieldAdditionalAddress),
		plain("postal code", "address_zipcode", netvisor.FieldPostNumber),
		plain("city", "address_city", netvisor.FieldCity),
		country(netvisor.FieldCountry),
		plain("e-mail", "contact_email", netvisor.FieldEmail),
		plain("phone", "contact_phone", netvisor.FieldPhone),
		named("group", "group", netvisor.FieldCustomerGroup),
		named("payment term", "payment_term", netvisor.FieldPaymentTerm),
		via(field("active", "is_barred", netvisor.FieldIsActive), []string{"not"}, nil),
		zone(netvisor.FieldCountry),
	}}
}

// named makes a rule for an entry of a code list, which goes over by its name.
func named(name, left, right string) instep.Rule {
	r := field(name, left, right)
	r.List = &instep.ListMapping{Same: true}
	return r
}

// country makes the rule for a country, a code of ISO 3166 on both sides.
func country(right string) instep.Rule {
	code := []string{"country"}
	return via(field("country", "country", right), code, code)
}

// zone makes the rule that gives new records of Rackbeat the VAT zone of their
// country. Netvisor has no such field.
func zone(right string) instep.Rule {
	return instep.Rule{
		Name: "VAT zone", Owner: instep.RightOwns, Direction: instep.ToLeft, CreateOnly: true,
		Left: instep.End{Field: "vat_zone"}, Right: instep.End{Field: right, Via: []string{"country", "vat_zone"}},
	}
}

var errOneWay = errors.New("a VAT zone says nothing of the country")

// vatZone turns a country into the VAT zone that it is for a Finnish company.
var vatZone = instep.Transform{
	Read: func(v instep.Value) (instep.Value, error) {
		code, _ := v.AsString()
		switch {
		case code == homeCountry:
			return instep.String("domestic"), nil
		case strings.Contains(" AT BE BG CY CZ DE DK EE ES FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK ", " "+code+" "):
			return instep.String("eu"), nil
		default:
			return instep.String("abroad"), nil
		}
	},
	Write: func(instep.Value) (instep.Value, error) { return instep.Value{}, errOneWay },
}

// homeCountry is where a company that uses Netvisor is.
const homeCountry = "FI"
